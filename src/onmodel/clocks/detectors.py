"""Signals about clocks: one for each subject for whom something is due soon, or overdue."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.accounts.models import User
from onmodel.clocks.record import Record
from onmodel.clocks.rules import Clock, Reading, clock_of, clock_rules, readings
from onmodel.clocks.states import Counts, State
from onmodel.packs.standards import Rule, Severity
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.signals.models import Signal
from onmodel.wording.numbers import date_written

#: The states that ask somebody for something.
ASKING = (State.DUE, State.OVERDUE)
HARM = [Severity.INFO, Severity.ATTENTION, Severity.URGENT]


def clock(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Each subject for whom the rule's clock is due soon or overdue."""
    return Clocks(Record(programme, day)).findings(rule)


@dataclass(frozen=True)
class Clocks:
    """The clocks of a programme over one record, so that rules share what they read."""

    record: Record

    def __call__(self, programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
        """As a detector; programme and day are those of the record."""
        return self.findings(rule)

    def findings(self, rule: Rule) -> list[Finding]:
        found = clock_of(self.record, rule)
        if found is None:
            return []
        asking = [one for one in readings(self.record, found) if one.state in ASKING]
        subjects = self._subjects(rule, asking)
        made = (_finding(found, one, subjects[one.key]) for one in asking if one.key in subjects)
        return [one for one in made if not self._is_settled(one)]

    def _subjects(self, rule: Rule, asking: list[Reading]) -> Mapping[object, dict[str, object]]:
        """Key -> the subject, under the name that a finding has for it."""
        keys = {one.key for one in asking}
        if rule.subject == "treatment":
            return {key: {"treatment": self.record.treatments[key]} for key in keys}
        if rule.subject in ("therapist", "supervisor"):
            return {key: {"person": user} for key, user in User.objects.in_bulk(keys).items()}
        if rule.subject == "team":
            return {team.pk: {"team": team} for team in self.record.programme.teams.filter(pk__in=keys)}
        return {key: {} for key in keys}

    def _is_settled(self, finding: Finding) -> bool:
        """Whether a person closed it for this run, when it was no less severe."""
        closed = self._settled.get(finding.identity)
        return closed is not None and HARM.index(closed) >= HARM.index(Severity(finding.severity))

    @cached_property
    def _settled(self) -> dict[tuple[object, ...], Severity]:
        closed = Signal.objects.filter(
            programme=self.record.programme,
            state=Signal.State.CLOSED,
            closed_by__isnull=False,
            due_on__isnull=False,
        )
        return {signal.identity: Severity(signal.severity) for signal in closed.order_by("closed_at")}

    def what_came(self, ended: list[Signal]) -> Iterator[tuple[tuple[object, ...], str]]:
        """What came of signals that are no longer found, in words; of those of clocks."""
        rules = {rule.id: rule for rule in clock_rules(self.record.programme)}
        for rule in {signal.rule for signal in ended} & set(rules):
            found = clock_of(self.record, rules[rule])
            now = {one.key: one for one in readings(self.record, found)} if found else {}
            for signal in ended:
                if signal.rule == rule:
                    came = _done_on(signal, now.get(signal.subject.pk), found)
                    yield signal.identity, _in_words(signal, came, self.record.day)


def _finding(clock: Clock, reading: Reading, subject: Mapping[str, object]) -> Finding:
    run = reading.run
    assert run is not None
    severity = clock.rule.severity if reading.state is State.OVERDUE else Severity.INFO
    bounds = {"at_least": clock.limit.at_least, "at_most": clock.limit.at_most}
    evidence = {
        "standard": clock.standard.id,
        "since": run.since.isoformat(),
        "due": run.due_on.isoformat(),
        **{name: bound for name, bound in bounds.items() if bound is not None},
        "unit": clock.limit.unit,
        "source": clock.limit.source,
    }
    return Finding(
        rule=clock.rule,
        key=run.since.isoformat(),
        severity=severity.value,
        due_on=run.due_on,
        evidence=evidence,
        **subject,
    )


def _done_on(signal: Signal, reading: Reading | None, clock: Clock | None) -> datetime.date | None:
    """The day on which what the signal asked for was done, where the record tells."""
    run = reading.run if reading is not None else None
    if run is None or clock is None:
        return None
    if clock.counts is Counts.EVERY:
        return run.since if run.since.isoformat() > signal.key else None
    return run.done_on


def _in_words(signal: Signal, done: datetime.date | None, day: datetime.date) -> str:
    if done is not None and signal.due_on is not None:
        late = (done - signal.due_on).days
        if late <= 0:
            return _("Done on %(day)s, in time.") % {"day": date_written(done)}
        words = ngettext("Done on %(day)s, %(n)s day late.", "Done on %(day)s, %(n)s days late.", late)
        return words % {"day": date_written(done), "n": late}
    treatment = signal.treatment
    if treatment is not None and treatment.ended_on is not None and treatment.ended_on <= day:
        return _("The treatment has ended.")
    return _("The condition has ended.")
