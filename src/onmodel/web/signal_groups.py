"""Signals that say the same, merged: one line that unfolds, with how many, by when and for whom."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.followup.models import Action
from onmodel.packs.standards import SubjectKind
from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal
from onmodel.web.components import Component, Status
from onmodel.web.signal_rows import about, of_change, text_of, title_of
from onmodel.wording.numbers import date_written

#: So many of a line are listed; the rest stand on the page of the programme.
UNFOLDED = 10


@dataclass(frozen=True)
class Line:
    """One signal of a line: whom it is about, where to read it, by when, who does what about it."""

    signal: Signal
    about: Any
    when: Any
    told: str
    done: str


@dataclass(frozen=True)
class SignalGroup(Component):
    """Signals of one rule in one programme; with one, its own line, with more, a line that unfolds."""

    template: ClassVar[str] = "components/signal_group.html"
    title: str
    n: int
    counted: str
    harm: int
    severity: Status
    programme: str
    due_on: datetime.date | None
    when: Any
    lines: Sequence[Line]
    more: str
    rule: str
    slug: str

    def extra(self) -> dict[str, Any]:
        return {"line": self.lines[0] if self.lines else None, "unfolds": self.n > 1}


def signal_groups(found: QuerySet[Signal], *, most: int | None = None) -> list[SignalGroup]:
    """The lines of these signals, the most pressing first; three queries."""
    rows = list(found.alike()[:most] if most else found.alike())
    if not rows:
        return []
    wanted = {(row["programme"], row["rule"]) for row in rows}
    undone = Action.objects.undone().select_related("owner")
    listed = found.filter(rule__in={rule for _programme, rule in wanted}).first_of_each(UNFOLDED)
    listed = listed.select_related("programme", "treatment__patient", "person", "team", "closed_by")
    members: dict[tuple[object, str], list[Signal]] = defaultdict(list)
    for signal in listed.prefetch_related(Prefetch("actions", queryset=undone)):
        members[signal.programme_id, signal.rule].append(signal)
    return [_group(row, members[row["programme"], row["rule"]]) for row in rows]


def signals_in(groups: Iterable[SignalGroup]) -> list[Signal]:
    """Those that are listed, for the trail of who saw what."""
    return [line.signal for group in groups for line in group.lines]


def _group(row: dict[str, Any], members: list[Signal]) -> SignalGroup:
    first, n = members[0], row["n"]
    rest = reverse("signals", args=[first.programme.slug])
    return SignalGroup(
        title=title_of(first),
        n=n,
        counted=_counted(row["subjects"], first.subject_kind),
        harm=row["harm"],
        severity=Status(first.severity, of="severity"),
        programme=first.programme.name,
        due_on=row["first_due"],
        when=_closed_when(members) or _when(row["first_due"], row["since"]),
        lines=[_line(signal) for signal in members],
        more=f"{rest}?rule={first.rule}" if n > len(members) else "",
        rule=first.rule,
        slug=first.programme.slug,
    )


def _counted(n: int, kind: str) -> str:
    said = {
        SubjectKind.TREATMENT: ngettext("%(n)s treatment", "%(n)s treatments", n),
        SubjectKind.THERAPIST: ngettext("%(n)s therapist", "%(n)s therapists", n),
        SubjectKind.SUPERVISOR: ngettext("%(n)s supervisor", "%(n)s supervisors", n),
        SubjectKind.TEAM: ngettext("%(n)s team", "%(n)s teams", n),
    }
    return said.get(SubjectKind(kind), ngettext("%(n)s time", "%(n)s times", n)) % {"n": n}


def _when(due_on: datetime.date | None, since: datetime.datetime) -> Any:
    if due_on is None:
        return _("since %(day)s") % {"day": date_written(timezone.localtime(since).date())}
    return due_in_words(due_on)


def _closed_when(signals: Sequence[Signal]) -> str:
    """The last day on which one of them was closed; empty where none was."""
    days = [timezone.localtime(signal.closed_at).date() for signal in signals if signal.closed_at]
    return _("closed on %(day)s") % {"day": date_written(max(days))} if days else ""


def due_in_words(due_on: datetime.date) -> Any:
    """Overdue since a day, due today, or by when."""
    today = timezone.localdate()
    if due_on < today:
        return Status("overdue", of="due", label=_("Overdue since %(day)s") % {"day": date_written(due_on)})
    if due_on == today:
        return Status("today", of="due")
    return _("by %(day)s") % {"day": date_written(due_on)}


def _line(signal: Signal) -> Line:
    # How scores went is read after the own impression (`signal_rows.of_change`).
    told = "" if of_change(signal) else text_of(signal)
    return Line(
        signal=signal,
        about=about(signal),
        when=_closed_when([signal]) or _when(signal.due_on, signal.opened_at),
        told=told,
        done=_done(signal),
    )


def _done(signal: Signal) -> str:
    """What came of it, or who does what by when."""
    if signal.state == Signal.State.CLOSED:
        return signal.closing_note
    agreed = [
        _("%(what)s (%(who)s, by %(day)s)")
        % {"what": action.what, "who": action.owner.name, "day": date_written(action.due_on)}
        for action in signal.actions.all()
    ]
    return "; ".join(agreed)


def rule_title(programme: Programme, rule_id: str) -> str:
    """The rule's title in the reader's language; its id where the pack has it no more."""
    rule = next((rule for rule in programme.definitions.all_rules() if rule.id == rule_id), None)
    return rule.title.in_(get_language() or "en") if rule else rule_id
