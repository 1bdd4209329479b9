"""A yes/no list as a sum, and two of them beside each other: what was won, lost, and is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Check -> yes, no, or None where it is not known.
Marks = Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Total:
    """How many of `asked` are yes; with unknown ones the sum lies from `yes` to `most`."""

    yes: int
    unknown: int
    asked: int

    @property
    def most(self) -> int:
        return self.yes + self.unknown

    @property
    def known(self) -> int:
        return self.asked - self.unknown


@dataclass(frozen=True, slots=True)
class Compared:
    """Two totals over the same list. `won` and `lost` are checks known both times, in the list's order.

    `change` is the difference of the sums where each check is known both times, else None: then it lies
    from `least` to `most`.
    """

    before: Total
    after: Total
    won: tuple[str, ...]
    lost: tuple[str, ...]
    unknown: tuple[str, ...]
    least: int
    most: int

    @property
    def change(self) -> int | None:
        return self.least if not self.unknown else None


def total_of(marks: Marks) -> Total:
    """The sum of a list.

    >>> total_of({"a": True, "b": False, "c": None})
    Total(yes=1, unknown=1, asked=3)
    """
    values = list(marks.values())
    return Total(yes=values.count(True), unknown=values.count(None), asked=len(values))


def total_from(yes: int, asked: int) -> Total:
    """A sum of which only the total is known, as S prints it (24 of 33).

    Raises ValueError unless 0 <= yes <= asked and there is something asked.

    >>> total_from(24, 33).yes
    24
    """
    if asked < 1 or not 0 <= yes <= asked:
        raise ValueError(f"{yes} of {asked} is no sum; it lies from 0 to the number of questions")
    return Total(yes=yes, unknown=0, asked=asked)


def compare(before: Marks, after: Marks) -> Compared:
    """What changed from one time to the next.

    Raises ValueError where both are not over the same list: then the sums say nothing of each other.

    >>> compare({"a": True, "b": False}, {"a": True, "b": True}).won
    ('b',)
    """
    if set(before) != set(after):
        names = ", ".join(sorted(set(before) ^ set(after)))
        raise ValueError(f"The two lists differ in {names}; only sums over the same list can be compared")
    won = tuple(name for name in before if before[name] is False and after[name] is True)
    lost = tuple(name for name in before if before[name] is True and after[name] is False)
    unknown = tuple(name for name in before if before[name] is None or after[name] is None)
    at_least = sum((after[name] is True) - (before[name] is not False) for name in before)
    at_most = sum((after[name] is not False) - (before[name] is True) for name in before)
    return Compared(total_of(before), total_of(after), won, lost, unknown, at_least, at_most)


def change_of_totals(before: Total, after: Total) -> int:
    """How much a sum changed of which only the totals are known (S: from 24 to 28 of 33).

    Raises ValueError where not as much was asked both times.

    >>> change_of_totals(total_from(24, 33), total_from(28, 33))
    4
    """
    if before.asked != after.asked:
        raise ValueError(
            f"{before.asked} and {after.asked} questions: only sums over the same list can be compared"
        )
    return after.yes - before.yes
