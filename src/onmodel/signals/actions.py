"""Open signals for what was found, keep those that are still found, and let people settle them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.packs.standards import Closing, Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding, Outcome
from onmodel.signals.models import Signal

#: Rule file version -> kept with the signal; looked up once a run.
RuleVersions = dict[str, str]


def rule_versions(programme: Programme) -> RuleVersions:
    files = programme.definitions.rules.values()
    return {rule.id: file.version for file in files for rule in file.rules}


@transaction.atomic
def reconcile(
    *, programme: Programme, findings: Iterable[Finding], rules: Iterable[Rule], by: User | None
) -> Outcome:
    """Bring the programme's signals in line with what was found under these rules.

    A new finding opens a signal; one that is still there keeps its signal and renews its latest
    evidence; one that has ended closes it where the rule says so, and is otherwise left to a person.
    """
    found = {finding.identity: finding for finding in findings}
    looked_at = {rule.id: rule for rule in rules}
    unsettled = list(Signal.objects.unsettled().filter(programme=programme, rule__in=looked_at))
    known = {_identity(signal): signal for signal in unsettled}
    opened = _open([f for identity, f in found.items() if identity not in known], programme=programme, by=by)
    still = [signal for identity, signal in known.items() if identity in found]
    _renew(still, found)
    ended = [signal for identity, signal in known.items() if identity not in found]
    closed = _close_ended(ended, looked_at, by=by)
    return Outcome(opened=len(opened), still_found=len(still), ended=len(ended), closed=closed)


def _identity(signal: Signal) -> tuple[object, ...]:
    subject = signal.treatment_id or signal.person_id or signal.team_id
    return (signal.rule, signal.key, signal.subject_kind, subject)


def _open(findings: list[Finding], *, programme: Programme, by: User | None) -> list[Signal]:
    versions = rule_versions(programme)
    signals = [
        Signal(
            programme=programme,
            subject_kind=finding.rule.subject.value,
            treatment=finding.treatment,
            person=finding.person,
            team=finding.team,
            pack=programme.pack,
            rule=finding.rule.id,
            rule_version=versions[finding.rule.id],
            key=finding.key,
            severity=finding.severity or finding.rule.severity.value,
            evidence=finding.evidence,
            latest_evidence=finding.evidence,
        )
        for finding in findings
    ]
    Signal.objects.bulk_create(signals, batch_size=1_000)
    for signal in signals:
        record(by=by, verb="signal opened", subject=signal, rule=signal.rule, evidence=signal.evidence)
    return signals


def _renew(signals: list[Signal], found: dict[tuple[object, ...], Finding]) -> None:
    now = timezone.now()
    for signal in signals:
        signal.latest_evidence = found[_identity(signal)].evidence
        signal.last_found_at = now
    Signal.objects.bulk_update(signals, ["latest_evidence", "last_found_at"], batch_size=500)


def _close_ended(signals: list[Signal], rules: dict[str, Rule], *, by: User | None) -> int:
    closing = [signal for signal in signals if rules[signal.rule].closing is Closing.AUTOMATIC]
    for signal in closing:
        _close(signal, note=_("The condition has ended."), by=by)
    return len(closing)


def _close(signal: Signal, *, note: str, by: User | None) -> None:
    signal.state = Signal.State.CLOSED
    signal.closed_at = timezone.now()
    signal.closed_by = by
    signal.closing_note = note
    signal.save(update_fields=["state", "closed_at", "closed_by", "closing_note"])
    record(by=by, verb="signal closed", subject=signal, note=note)


def _unsettled(signal: Signal) -> Signal:
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    if current.state == Signal.State.CLOSED:
        raise ValidationError(_("This signal was closed already."))
    return current


@transaction.atomic
def acknowledge(*, signal: Signal, by: User) -> Signal:
    """Say that it was seen. A second time changes nothing."""
    current = _unsettled(signal)
    if current.acknowledged_at is None:
        current.acknowledged_at = timezone.now()
        current.acknowledged_by = by
        if current.state == Signal.State.OPEN:
            current.state = Signal.State.ACKNOWLEDGED
        current.save(update_fields=["acknowledged_at", "acknowledged_by", "state"])
        record(by=by, verb="signal acknowledged", subject=current)
    return current


@transaction.atomic
def mark_acted_upon(*, signal: Signal, by: User) -> Signal:
    """Say that something is being done about it."""
    current = acknowledge(signal=signal, by=by)
    current.state = Signal.State.ACTED_UPON
    current.save(update_fields=["state"])
    record(by=by, verb="signal acted upon", subject=current)
    return current


@transaction.atomic
def close(*, signal: Signal, note: str, by: User) -> Signal:
    """Close it, saying why."""
    if not note.strip():
        raise ValidationError(_("Say why the signal can be closed."))
    current = _unsettled(signal)
    _close(current, note=note.strip(), by=by)
    return current
