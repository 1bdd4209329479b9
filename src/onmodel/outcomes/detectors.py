"""Signals about outcome: overdue forms, deterioration, an answer that asks for attention at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Q

from onmodel.assessments.models import Answer, Assignment
from onmodel.measurement.change import Outcome as ChangeOutcome
from onmodel.measurement.change import classify_change
from onmodel.outcomes.change import Course, courses, parse_outcome
from onmodel.packs.instruments import Audience, Instrument
from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.signals.models import Signal


def overdue_measure(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Forms of treatments under way that were due more than `days` ago and are not answered."""
    latest = day - datetime.timedelta(days=int(float(str(rule.settings.get("days", 0)))))
    active = programme.treatments.active_on(day)
    overdue = Assignment.objects.overdue(latest).filter(treatment__in=active).select_related("treatment")
    instruments = programme.definitions.instruments
    for form in overdue.filter(instrument__in=instruments).iterator():
        evidence = {
            "instrument": instruments[form.instrument].abbreviation,
            "moment": form.months,
            "due": form.due_on.isoformat(),
            "days": (day - form.due_on).days,
        }
        yield Finding(rule=rule, treatment=form.treatment, key=str(form.pk), evidence=evidence)


def deteriorated(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Treatments under way whose latest score is reliably worse than their first."""
    active = {treatment.pk: treatment for treatment in programme.treatments.active_on(day)}
    for name in rule.settings["scales"]:
        instrument_id, scale = parse_outcome(str(name))
        instrument = programme.definitions.instruments.get(instrument_id)
        if instrument is None or instrument.audience is not Audience.TEAM:
            continue
        followed = [
            course
            for course in courses(programme, instrument, scale, until=day)
            if course.treatment in active and len(course.points) > 1
        ]
        for course, evidence in _deteriorated(instrument, scale, followed):
            yield Finding(rule=rule, treatment=active[course.treatment], key=str(name), evidence=evidence)


def _deteriorated(
    instrument: Instrument, scale: str, followed: list[Course]
) -> Iterable[tuple[Course, dict[str, object]]]:
    change = classify_change(instrument, scale, [c.first for c in followed], [c.latest for c in followed])
    for row, (course, outcome) in enumerate(zip(followed, change.to_list(), strict=True)):
        criterion = change.criterion(row)
        if outcome is ChangeOutcome.DETERIORATED and criterion is not None:
            yield (
                course,
                {
                    "scale": f"{instrument.abbreviation} {scale}",
                    "baseline": course.first,
                    "latest": course.latest,
                    "change": course.latest - course.first,
                    "criterion": criterion.value,
                    "criterion_source": criterion.source,
                    "n": len(course.points),
                },
            )


def risk_answer(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Answers to risk items given in the last `days` days; not those whose signal somebody closed."""
    since = day - datetime.timedelta(days=int(float(str(rule.settings.get("days", 14)))))
    instruments = programme.definitions.instruments
    risky = [(i, item) for i in instruments.values() for item in i.risk_items]
    if not risky:
        return
    wanted = Q()
    for instrument, item in risky:
        wanted |= Q(assignment__instrument=instrument.id, item=item.item, value__gte=item.at_least)
    given = Answer.objects.filter(
        wanted, assignment__programme=programme, assignment__answered_on__range=(since, day)
    ).select_related("assignment__treatment")
    settled = Signal.objects.filter(programme=programme, rule=rule.id, state=Signal.State.CLOSED)
    closed = set(settled.values_list("key", flat=True))
    for answer in given.iterator():
        form = answer.assignment
        if form.treatment is None or f"{form.pk}:{answer.item}" in closed:
            continue
        evidence = {
            "instrument": instruments[form.instrument].abbreviation,
            "item": answer.item,
            "answer": answer.value,
            "answered_on": form.answered_on.isoformat(),
        }
        yield Finding(rule=rule, treatment=form.treatment, key=f"{form.pk}:{answer.item}", evidence=evidence)
