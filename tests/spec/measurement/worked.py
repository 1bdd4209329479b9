"""What a worked example is, and how its answers are written down."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Worked:
    """Answers to an instrument by item, and the scores that they give; an item left out is missing."""

    instrument: str
    answers: dict[str, float]
    scores: dict[str, float | None]
    about: str = "every item"

    def __str__(self) -> str:
        return f"{self.instrument}: {self.about}"


def numbered(values) -> dict[str, float]:
    """Answers to items 1, 2, 3, ... in order."""
    return {str(n): value for n, value in enumerate(values, start=1)}


def in_turn(items: int, levels: int, low: int = 0) -> dict[str, float]:
    """Item n is answered with low + n modulo `levels`: neighbours differ, so a wrong key shows."""
    return numbered(low + n % levels for n in range(1, items + 1))


def without(answers: dict[str, float], *items: str) -> dict[str, float]:
    """The same answers with some missing."""
    return {item: value for item, value in answers.items() if item not in items}
