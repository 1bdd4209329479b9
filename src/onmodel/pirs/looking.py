"""Bring the signals about reports in line at once, where somebody did something that they are about."""

from __future__ import annotations

from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.pirs.detectors import DETECTORS
from onmodel.programmes.models import Programme
from onmodel.signals.actions import reconcile


def bring_up_to_date(programme: Programme, detector: str, *, by: User | None) -> None:
    """Look with that one detector, by the rules of the pack that name it."""
    rules = [rule for rule in programme.definitions.all_rules() if rule.detector == detector]
    day = timezone.localdate()
    findings = [finding for rule in rules for finding in DETECTORS[detector](programme, rule, day)]
    if rules:
        reconcile(programme=programme, findings=findings, rules=rules, by=by)
