"""Signals about reports: a recommendation past its day, a question that waits, a report that is late."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Rule
from onmodel.pirs.carried import unsettled
from onmodel.pirs.late import due_report
from onmodel.pirs.models import Question
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Detector, Finding


def recommendation_overdue(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """One finding for each recommendation whose day has passed and that nobody called done or dropped."""
    for one in unsettled(programme, day):
        if one.due_on < day:
            yield Finding(
                rule=rule,
                key=str(one.pk),
                due_on=one.due_on,
                evidence={
                    "about": one.what,
                    "owner": one.owner.name,
                    "due": one.due_on.isoformat(),
                    "days": (day - one.due_on).days,
                },
            )


def pir_question(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """One finding for each question of the expert centre that waits for an answer."""
    asked = Question.objects.open().filter(pir__programme=programme, asked_at__date__lte=day)
    for question in asked.select_related("pir", "asked_by"):
        yield Finding(
            rule=rule,
            key=str(question.pk),
            evidence={
                "by": question.asked_by.name,
                "period": f"{question.pir.start} – {question.pir.end}",
            },
        )


def pir_late(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """At most one finding: the next report is past the day by which the pack's rhythm asks for it."""
    due = due_report(programme, day)
    if due is not None and due.due_on < day:
        yield Finding(
            rule=rule,
            due_on=due.due_on,
            evidence={
                "due": due.due_on.isoformat(),
                "days": (day - due.due_on).days,
            },
        )


DETECTORS: dict[str, Detector] = {
    detector.__name__: detector for detector in (recommendation_overdue, pir_question, pir_late)
}
