"""Which yes/no lists a programme can hold a sum over, what the record says of each check, and two sums."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from onmodel.criteria.models import YesNoSum
from onmodel.measurement.sums import Compared, Total, change_of_totals, compare, total_from, total_of
from onmodel.packs.standards import StandardKind
from onmodel.packs.texts import Text
from onmodel.programmes.models import Programme
from onmodel.requirements.standing import State, standings

#: Standards that are met or not; a clock or a criterion is more than yes or no.
YES_NO = (StandardKind.REQUIREMENT, StandardKind.RECOMMENDATION, StandardKind.FACTOR)


@dataclass(frozen=True, kw_only=True)
class Check:
    id: str
    text: Text
    number: str = ""


@dataclass(frozen=True, kw_only=True)
class YesNoList:
    """`checks` is empty where the source prints the sum only; then `maximum` says how many were asked."""

    id: str
    title: Text
    note: Text | None
    checks: tuple[Check, ...]
    maximum: int
    published: dict[str, float]
    source: str

    @property
    def by_sum_only(self) -> bool:
        return not self.checks


@dataclass(frozen=True, kw_only=True)
class Between:
    """Two sums over one list. `compared` is None where only totals are known; `change` where it is open."""

    before: YesNoSum
    after: YesNoSum
    first: Total
    second: Total
    change: int | None
    compared: Compared | None


def lists_of(programme: Programme) -> list[YesNoList]:
    """The checklists of the pack, then its lists of standards that are met or not."""
    pack = programme.definitions
    found = [
        YesNoList(
            id=one.id,
            title=one.title,
            note=one.note,
            checks=tuple(Check(id=check.id, text=check.text) for check in one.checks),
            maximum=one.maximum or len(one.checks),
            published=dict(one.published_totals),
            source=one.source,
        )
        for one in pack.checklists.values()
    ]
    for one in pack.standards.values():
        if one.id in pack.instruments:
            continue  # scored by a form of that name
        checks = tuple(
            Check(id=s.id, text=s.text, number=s.number) for s in one.standards if s.kind in YES_NO
        )
        if checks and len(checks) == len(one.standards):
            found.append(
                YesNoList(
                    id=one.id,
                    title=one.title,
                    note=one.note,
                    checks=checks,
                    maximum=len(checks),
                    published={},
                    source=one.source,
                )
            )
    return found


def list_of(programme: Programme, name: str) -> YesNoList | None:
    return next((one for one in lists_of(programme) if one.id == name), None)


def from_the_record(programme: Programme, chosen: YesNoList, day: datetime.date) -> dict[str, bool | None]:
    """What the record says of each check on that day; None where it says nothing."""
    ids = {check.id for check in chosen.checks}
    known = {one.standard.id: one for one in standings(programme, day) if one.standard.id in ids}
    word = {State.MET: True, State.NOT_MET: False, State.UNKNOWN: None}
    return {check.id: word[known[check.id].state] if check.id in known else None for check in chosen.checks}


def total(one: YesNoSum) -> Total:
    if one.yes is not None and one.asked is not None:
        return total_from(one.yes, one.asked)
    return total_of(one.marks)


def between(before: YesNoSum, after: YesNoSum) -> Between:
    """Raises ValueError where both are not over the same checks."""
    first, second = total(before), total(after)
    compared = compare(before.marks, after.marks) if before.marks and after.marks else None
    change = compared.change if compared else change_of_totals(first, second)
    return Between(before=before, after=after, first=first, second=second, change=change, compared=compared)
