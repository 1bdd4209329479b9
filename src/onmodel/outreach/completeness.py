"""How complete the forms are: of those whose window is over, the share answered, with its interval. Reads.

A form set aside with a reason counts neither way, and its number is told. A partly answered one is not
answered.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from onmodel.assessments.models import Assignment
from onmodel.inference.proportions import Proportion, proportion
from onmodel.packs.standards import Schedule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme

REPEATED = "repeated"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Forms of one schedule, moment and primary clinician (None: none is named)."""

    schedule: str
    moment: str
    clinician: int | None
    answered: int
    over: int
    set_aside: int


@dataclass(frozen=True, kw_only=True)
class Complete:
    """`share.n` is the number of forms whose window is over; `target` as the pack gives it, else None."""

    share: Proportion
    set_aside: int
    target: float | None
    target_source: str


def cells(
    programme: Programme,
    visible: QuerySet[Treatment],
    *,
    day: datetime.date,
    since: datetime.date | None = None,
    with_desired: bool = False,
) -> list[Cell]:
    """Counts of the forms that schedules asked for; one query. `since`: due on that day or later."""
    Status = Assignment.Status
    over = Q(closes_on__lt=day) | Q(closes_on__isnull=True, due_on__lt=day)
    forms = Assignment.objects.filter(over, programme=programme, treatment__in=visible).exclude(schedule="")
    if not with_desired:
        forms = forms.filter(recommended=True)
    if since is not None:
        forms = forms.filter(due_on__gte=since)
    aside = Q(status=Status.NOT_APPLICABLE)
    rows = (
        forms.order_by()
        .values_list("schedule", "moment", "treatment__primary_clinician")
        .annotate(
            answered=Count("id", filter=Q(status=Status.ANSWERED)),
            over=Count("id", filter=~aside),
            set_aside=Count("id", filter=aside),
        )
    )
    return [
        Cell(
            schedule=schedule,
            moment=moment,
            clinician=clinician,
            answered=answered,
            over=n,
            set_aside=set_aside,
        )
        for schedule, moment, clinician, answered, n, set_aside in rows
    ]


def grouped(
    found: Iterable[Cell], by: Callable[[Cell], object], programme: Programme
) -> dict[object, Complete]:
    """The cells summed by what `by` names."""
    sums: dict[object, list[Cell]] = defaultdict(list)
    for cell in found:
        sums[by(cell)].append(cell)
    return {key: _sum(group, programme) for key, group in sums.items()}


def overall(found: Iterable[Cell], programme: Programme) -> Complete:
    return _sum(list(found), programme)


def _sum(group: list[Cell], programme: Programme) -> Complete:
    target, source = _target({cell.schedule for cell in group}, programme)
    return Complete(
        share=proportion(sum(cell.answered for cell in group), sum(cell.over for cell in group)),
        set_aside=sum(cell.set_aside for cell in group),
        target=target,
        target_source=source,
    )


def _target(schedules: set[str], programme: Programme) -> tuple[float | None, str]:
    """The target of the schedules where they agree on one; else that of the programme's standard."""
    known = [s for name in sorted(schedules) if (s := programme.definitions.schedules.get(name)) is not None]
    targets = {(s.target_completeness, s.target_source) for s in known}
    if len(targets) == 1 and (only := targets.pop())[0] is not None:
        return only
    for standard in programme.definitions.all_standards():
        if standard.measure == "outcome_completeness":
            limit = programme.limit_of(standard)
            if limit is not None and limit.at_least is not None:
                return limit.at_least / 100, limit.source  # the measure is a percentage
    return None, ""


def moment_key(cell: Cell) -> tuple[str, str]:
    """(schedule, moment); the repeats of one schedule together."""
    return cell.schedule, REPEATED if is_repeat(cell.moment) else cell.moment


def is_repeat(moment: str) -> bool:
    """Repeats are numbered after a dot, which no moment's id may hold."""
    return "." in moment


def order_of(schedule: Schedule | None, moment: str) -> float:
    """Where a moment stands in its schedule; repeats last."""
    months = {m.id: m.months for m in (schedule.moments if schedule else ())}
    return months.get(moment, float("inf"))
