"""Look at a programme: every rule of its pack, by the detector that the rule names."""

from __future__ import annotations

import datetime
from dataclasses import replace

from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.adherence.detectors import adherence_drift
from onmodel.clocks.detectors import Clocks, clock
from onmodel.clocks.record import Record
from onmodel.criteria.detectors import improvement_overdue
from onmodel.feedback.actions import refresh_courses
from onmodel.feedback.detectors import off_track
from onmodel.forms.escalation import escalate_unseen
from onmodel.outcomes.detectors import deteriorated, overdue_measure, risk_answer
from onmodel.pirs.detectors import DETECTORS as OF_PIRS
from onmodel.process.detectors import ended_without_review, long_emergency
from onmodel.programmes.models import Programme
from onmodel.requirements.actions import keep_standings
from onmodel.requirements.detectors import requirement_changed, requirement_not_met
from onmodel.signals.actions import reconcile
from onmodel.signals.detection import Detector, Finding, Outcome
from onmodel.staffing.detectors import sign_beyond_limits, weak_signs
from onmodel.supervision.detectors import reflection_missing, rhythm_broken
from onmodel.teams.detectors import team_item_low

#: The name in a rule -> the code that looks.
DETECTORS: dict[str, Detector] = {
    detector.__name__: detector
    for detector in (
        overdue_measure,
        deteriorated,
        off_track,
        risk_answer,
        requirement_not_met,
        requirement_changed,
        clock,
        adherence_drift,
        rhythm_broken,
        reflection_missing,
        team_item_low,
        weak_signs,
        sign_beyond_limits,
        improvement_overdue,
        ended_without_review,
        long_emergency,
    )
} | OF_PIRS


def look(
    *, programme: Programme, on: datetime.date | None = None, by: User | None = None, only: str = ""
) -> Outcome:
    """Fit the courses to expect, keep how requirements stand, find what the rules ask for, and bring the
    signals in line.

    `on` is the day as which to look; `only` the one detector to look with, and then nothing else is done.
    """
    day = on or timezone.localdate()
    if not only:
        refresh_courses(programme=programme, until=day, by=by)
        keep_standings(programme=programme, on=day, by=by)
    clocks = Clocks(Record(programme, day))
    detectors = DETECTORS | {clock.__name__: clocks}
    findings: list[Finding] = []
    looked_at, unknown = [], []
    for rule in programme.definitions.all_rules():
        if only and rule.detector != only:
            continue
        detector = detectors.get(rule.detector)
        if detector is None:
            unknown.append(rule.id)
            continue
        looked_at.append(rule)
        findings += detector(programme, rule, day)
    outcome = reconcile(
        programme=programme, findings=findings, rules=looked_at, by=by, what_came=clocks.what_came
    )
    escalated = escalate_unseen(programme=programme, by=by) if on is None else 0
    return replace(outcome, unknown_rules=tuple(unknown), escalated=escalated)
