"""Bring the signals of clocks in line at once when a record has changed; the nightly look does all."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.clocks.detectors import Clocks
from onmodel.clocks.record import Record
from onmodel.clocks.rules import clock_rules
from onmodel.packs.standards import Rule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.signals.actions import reconcile
from onmodel.signals.detection import Outcome

#: More patients than this at once, as after an import, wait for the night.
AT_ONCE = 50


def look_again(
    *, patients: Collection[int] = (), programmes: Collection[int] = (), by: User | None = None
) -> None:
    """Look at the clocks of these patients' treatments, and at those of no patient of these programmes."""
    if len(patients) <= AT_ONCE:
        by_programme: dict[int, list[UUID]] = defaultdict(list)
        for treatment in Treatment.objects.filter(patient__in=patients):
            by_programme[treatment.programme_id].append(treatment.pk)
        for programme in _programmes(by_programme):
            look_at_treatments(programme=programme, treatments=by_programme[programme.pk], by=by)
    for programme in _programmes(programmes):
        look_at_others(programme=programme, by=by)


def _programmes(keys: Collection[int]):
    return Programme.objects.filter(pk__in=keys).prefetch_related("thresholds") if keys else ()


def look_at_treatments(
    *,
    programme: Programme,
    treatments: Collection[UUID],
    by: User | None = None,
    on: datetime.date | None = None,
) -> Outcome:
    """Bring the signals of clocks about these treatments in line with the record as it is now."""
    keys = frozenset(treatments)
    record = Record(programme, on or timezone.localdate(), only=keys)
    rules = [rule for rule in clock_rules(programme) if rule.subject == "treatment"]
    return _look(record, rules, among=Q(treatment__in=keys), by=by)


def look_at_others(
    *, programme: Programme, by: User | None = None, on: datetime.date | None = None
) -> Outcome:
    """The same for the clocks about therapists, teams and the programme."""
    record = Record(programme, on or timezone.localdate(), only=frozenset())
    rules = [rule for rule in clock_rules(programme) if rule.subject != "treatment"]
    return _look(record, rules, among=Q(treatment__isnull=True), by=by)


@transaction.atomic
def _look(record: Record, rules: list[Rule], *, among: Q, by: User | None) -> Outcome:
    """The lock comes first: what is found is what holds when the signals change."""
    Programme.objects.select_for_update(no_key=True).get(pk=record.programme.pk)
    clocks = Clocks(record)
    findings = [finding for rule in rules for finding in clocks.findings(rule)]
    return reconcile(
        programme=record.programme,
        findings=findings,
        rules=rules,
        by=by,
        among=among,
        what_came=clocks.what_came,
    )
