"""Open signals for what was found, keep those that are still found, and let people settle them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import Draft, record, record_all
from onmodel.packs.standards import Closing, Rule
from onmodel.programmes.changes import refuse_stale, stamp_of
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding, Outcome
from onmodel.signals.models import Signal, SignalQuerySet

#: Rule file version -> kept with the signal; looked up once a run.
RuleVersions = dict[str, str]
ACKNOWLEDGED = ["acknowledged_at", "acknowledged_by", "state"]
CLOSED = ["state", "closed_at", "closed_by", "closing_note"]
RENEWED = ["latest_evidence", "responsible", "due_on", "severity", *ACKNOWLEDGED]
HARM = [Signal.Severity.INFO, Signal.Severity.ATTENTION, Signal.Severity.URGENT]
A_BATCH = 500
#: Words what came of signals that are no longer found: what identifies each, and the words.
WhatCame = Callable[[list[Signal]], Iterable[tuple[tuple[object, ...], str]]]


def rule_versions(programme: Programme) -> RuleVersions:
    files = programme.definitions.rules.values()
    return {rule.id: file.version for file in files for rule in file.rules}


@transaction.atomic
def reconcile(
    *,
    programme: Programme,
    findings: Iterable[Finding],
    rules: Iterable[Rule],
    by: User | None,
    among: Q | None = None,
    what_came: WhatCame | None = None,
) -> Outcome:
    """Bring the programme's signals in line with what was found under these rules.

    A new finding opens a signal; one that is still there keeps its signal and renews its latest
    evidence; one that has ended closes it where the rule says so, and is otherwise left to a person.
    With `among`, only those signals; `what_came` words what came of those that ended. The programme is
    locked, so that a look elsewhere does not open the same twice.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    found = {finding.identity: finding for finding in findings}
    looked_at = {rule.id: rule for rule in rules}
    unsettled = Signal.objects.unsettled().filter(programme=programme, rule__in=looked_at)
    if among is not None:
        unsettled = unsettled.filter(among)
    known = {signal.identity: signal for signal in unsettled.select_related("treatment", "programme")}
    opened = _open([f for identity, f in found.items() if identity not in known], programme=programme)
    still = [signal for identity, signal in known.items() if identity in found]
    _renew(still, found)
    ended = [signal for identity, signal in known.items() if identity not in found]
    closed = _close_ended(ended, looked_at, notes=dict(what_came(ended)) if what_came else {}, by=by)
    record_all([*map(_opening, opened), *map(_closing, closed)], by=by)
    return Outcome(opened=len(opened), still_found=len(still), ended=len(ended), closed=len(closed))


@transaction.atomic
def open_signal(*, programme: Programme, finding: Finding, by: User | None) -> Signal:
    """Open a signal at once, outside a look at the whole programme; the one that is there stays.

    A second finding renews the latest evidence of an unsettled signal and leaves a closed one closed.
    The caller holds a lock under which the same is not found twice at a time.
    """
    same = Signal.objects.filter(
        programme=programme,
        rule=finding.rule.id,
        key=finding.key,
        subject_kind=finding.rule.subject.value,
        treatment=finding.treatment,
        person=finding.person,
        team=finding.team,
    ).order_by("-opened_at")
    if known := same.select_related("treatment").first():
        if known.state != Signal.State.CLOSED:
            _renew([known], {known.identity: finding})
        return known
    (signal,) = _open([finding], programme=programme)
    record_all([_opening(signal)], by=by)
    return signal


def _opening(signal: Signal) -> Draft:
    values = {"evidence": signal.evidence}
    return Draft(verb="signal opened", subject=signal, values=values, detail={"rule": signal.rule})


def _closing(signal: Signal) -> Draft:
    return Draft(verb="signal closed", subject=signal, why=signal.closing_note)


def _open(findings: list[Finding], *, programme: Programme) -> list[Signal]:
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
            confidential=finding.rule.confidential,
            severity=finding.severity or finding.rule.severity.value,
            responsible=finding.rule.responsible,
            due_on=finding.due_on,
            evidence=finding.evidence,
            latest_evidence=finding.evidence,
        )
        for finding in findings
    ]
    Signal.objects.bulk_create(signals, batch_size=1_000)
    return signals


def _renew(signals: list[Signal], found: dict[tuple[object, ...], Finding]) -> None:
    """That all were found again, at once; one by one only those of which something changed."""
    changed = [signal for signal in signals if _takes_over(signal, found[signal.identity])]
    for some in _batched(signals, A_BATCH):
        Signal.objects.filter(pk__in=[one.pk for one in some]).update(last_found_at=timezone.now())
    Signal.objects.bulk_update(changed, RENEWED, batch_size=A_BATCH)


def _batched(signals: Iterable[Signal], size: int) -> Iterator[list[Signal]]:
    """In pieces of so many (itertools has this from Python 3.12 on)."""
    rest = iter(signals)
    while some := list(islice(rest, size)):
        yield some


def _takes_over(signal: Signal, finding: Finding) -> bool:
    """Take over what was found now; whether that differs. One that grew more severe is open again."""
    severity = finding.severity or finding.rule.severity.value
    before = [getattr(signal, name) for name in RENEWED]
    signal.latest_evidence = finding.evidence
    signal.responsible, signal.due_on = finding.rule.responsible, finding.due_on
    if signal.escalated_at is None and finding.due_on is not None:
        if HARM.index(severity) > HARM.index(signal.severity) and signal.state == Signal.State.ACKNOWLEDGED:
            signal.state, signal.acknowledged_at, signal.acknowledged_by = Signal.State.OPEN, None, None
        signal.severity = severity
    return before != [getattr(signal, name) for name in RENEWED]


def _close_ended(
    signals: list[Signal], rules: dict[str, Rule], *, notes: Mapping[object, str], by: User | None
) -> list[Signal]:
    closing = [signal for signal in signals if rules[signal.rule].closing is Closing.AUTOMATIC]
    for signal in closing:
        _settle(signal, note=notes.get(signal.identity) or _("The condition has ended."), by=by)
    Signal.objects.bulk_update(closing, CLOSED, batch_size=500)
    return closing


def _settle(signal: Signal, *, note: str, by: User | None) -> None:
    signal.state = Signal.State.CLOSED
    signal.closed_at = timezone.now()
    signal.closed_by = by
    signal.closing_note = note


def _unsettled(signal: Signal) -> Signal:
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    if current.state == Signal.State.CLOSED:
        raise ValidationError(_("This signal was closed already."))
    return current


def signal_stamp(signal: Signal) -> str:
    """Its state, and how many actions were agreed to answer it."""
    return stamp_of([signal.pk, signal.state, signal.actions.count()])


@transaction.atomic
def acknowledge(*, signal: Signal, by: User) -> Signal:
    """Say that it was seen. A second time changes nothing."""
    current = _unsettled(signal)
    if _acknowledge(current, by=by):
        current.save(update_fields=ACKNOWLEDGED)
        record(by=by, verb="signal acknowledged", subject=current)
    return current


@transaction.atomic
def acknowledge_all(*, signals: SignalQuerySet, by: User) -> int:
    """Say of each that it was seen; how many were not before."""
    keys = list(signals.values_list("pk", flat=True))
    current = Signal.objects.select_for_update(of=["self"]).filter(pk__in=keys, state=Signal.State.OPEN)
    seen = [signal for signal in current.select_related("treatment") if _acknowledge(signal, by=by)]
    Signal.objects.bulk_update(seen, ACKNOWLEDGED, batch_size=A_BATCH)
    record_all([Draft(verb="signal acknowledged", subject=signal) for signal in seen], by=by)
    return len(seen)


def _acknowledge(signal: Signal, *, by: User) -> bool:
    """Whether it was not acknowledged before."""
    if signal.acknowledged_at is not None:
        return False
    signal.acknowledged_at = timezone.now()
    signal.acknowledged_by = by
    if signal.state == Signal.State.OPEN:
        signal.state = Signal.State.ACKNOWLEDGED
    return True


@transaction.atomic
def escalate(*, signal: Signal, by: User | None) -> bool:
    """Nobody acknowledged it in time: more people see it, as urgent. Whether it was not so before."""
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    if current.escalated_at or current.acknowledged_at or current.state == Signal.State.CLOSED:
        return False
    current.escalated_at, current.severity = timezone.now(), Signal.Severity.URGENT
    current.save(update_fields=["escalated_at", "severity"])
    record(by=by, verb="signal escalated", subject=current)
    return True


@transaction.atomic
def mark_acted_upon(*, signal: Signal, by: User) -> Signal:
    """Say that something is being done about it."""
    current = _unsettled(signal)
    verbs = ["signal acknowledged"] if _acknowledge(current, by=by) else []
    current.state = Signal.State.ACTED_UPON
    current.save(update_fields=ACKNOWLEDGED)
    drafts = [Draft(verb=verb, subject=current) for verb in (*verbs, "signal acted upon")]
    record_all(drafts, by=by)
    return current


@transaction.atomic
def close(*, signal: Signal, note: str, by: User, seen: str | None = None) -> Signal:
    """Close it, saying why. ChangedMeanwhileError where it went on after the person saw `seen`."""
    if not note.strip():
        raise ValidationError(_("Say why the signal can be closed."))
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    refuse_stale(current, signal_stamp(current), seen)
    current = _unsettled(signal)
    _settle(current, note=note.strip(), by=by)
    current.save(update_fields=CLOSED)
    record_all([_closing(current)], by=by)
    return current
