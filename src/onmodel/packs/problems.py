"""What is wrong with a pack: a file, a key in it, and plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class ProblemSeverity(StrEnum):
    """Whether a problem makes the pack refused, or only asks for attention."""

    REFUSED = "refused"
    WARNING = "warning"


class Finding(NamedTuple):
    """A problem before it is known which file it is in. `key` is a path such as `scales[2].items`."""

    key: str
    message: str
    severity: ProblemSeverity = ProblemSeverity.REFUSED


class Problem(NamedTuple):
    """A problem with its place. `file` starts with the id of the pack where that is known."""

    file: str
    key: str
    message: str
    severity: ProblemSeverity = ProblemSeverity.REFUSED

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.message}"


class PackError(ValueError):
    """A pack that is refused, with every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def in_file(file: str, findings: Iterable[Finding]) -> Iterator[Problem]:
    """The findings as problems of `file`."""
    return (Problem(file, *finding) for finding in findings)


def refused(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that make a pack refused: warnings left out."""
    return tuple(problem for problem in problems if problem.severity is ProblemSeverity.REFUSED)
