"""One patient's course on one line, from referral to end; and the same in words."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.charts.timeline import Bar, Column, Drawing, Lane, Mark, timeline
from onmodel.packs.pack import Pack
from onmodel.patients.models import Treatment
from onmodel.process.terms import entry, label
from onmodel.wording.numbers import date_written

TONES = {"referral": "quiet", "waiting": "quiet", "initial": "attention", "main": "info"}
OTHER_PHASE = "good"
LATELY = datetime.timedelta(days=91)


@dataclass(frozen=True)
class Course:
    """The drawing, one or two sentences that say the most, and every day in words, latest first."""

    drawing: Drawing
    summary: str
    days: list[tuple[datetime.date, str]] = field(default_factory=list)


def course_of(treatment: Treatment, *, own: bool = False) -> Course | None:
    """None where no day is known. For the patient (`own`) without what staff noted of incidents."""
    reading = _Reading(treatment, own=own)
    if not reading.known:
        return None
    first, last = min(reading.known), max([*reading.known, reading.until])
    drawing = timeline(reading.lanes(), first=first, last=last, today=reading.today_shown)
    return Course(drawing, reading.summary(), sorted(reading.days, reverse=True))


class _Reading:
    """What is recorded, read once."""

    def __init__(self, treatment: Treatment, *, own: bool) -> None:
        self.treatment, self.own = treatment, own
        self.pack: Pack = treatment.programme.definitions
        self.today = timezone.localdate()
        self.until = treatment.ended_on or self.today
        self.today_shown = None if treatment.ended_on else self.today
        self.phases = list(treatment.phases.all())
        self.parts = list(treatment.parts.all())
        self.plans = [plan for plan in treatment.plans.defer("content") if plan.agreed_on]
        self.incidents = [] if own else list(treatment.incidents.all())
        self.time_outs = [] if own else list(treatment.time_outs.all())
        self.months = self._months()
        self.events = list(self._events())
        self.days = [(day, words) for day, words, _tone in self.events]
        self.known = [day for day, _words in self.days] + [phase.starts_on for phase in self.phases]

    def lanes(self) -> list[Lane]:
        lanes = [Lane(title=_("Phase"), bars=[self._phase(phase) for phase in self.phases])]
        if self.parts:
            lanes.append(Lane(title=_("Takes part"), bars=[self._part(part) for part in self.parts]))
        if self.months:
            lanes.append(Lane(title=_("Attendance"), columns=self.months))
        if self.plans:
            lanes.append(Lane(title=_("Plans"), marks=self._plan_marks()))
        happened = [
            Mark(day=day, label=_dated(day, words), tone=tone) for day, words, tone in self.events if tone
        ]
        bars = [self._time_out(one) for one in self.time_outs]
        return [*lanes, Lane(title=_("Happened"), marks=happened, bars=bars)]

    def _phase(self, phase) -> Bar:
        name = label(self.pack, "phases", phase.kind)
        tone = TONES.get(phase.kind, OTHER_PHASE)
        return Bar(
            label=name, start=phase.starts_on, end=_after(phase.ends_on), tone=tone, note=_period(name, phase)
        )

    def _part(self, part) -> Bar:
        name = label(self.pack, "therapy_components", part.component)
        return Bar(label=name, start=part.starts_on, end=part.ends_on, tone="quiet", note=_period(name, part))

    def _time_out(self, one) -> Bar:
        return Bar(
            label="", start=one.starts_on, end=one.ends_on, tone="attention", note=_period(_("Time-out"), one)
        )

    def _plan_marks(self) -> list[Mark]:
        return [
            Mark(
                day=plan.agreed_on,
                label=_dated(plan.agreed_on, label(self.pack, "plan_kinds", plan.kind)),
                tone="urgent" if plan.kind == "crisis_plan" else "good",
            )
            for plan in self.plans
        ]

    def _months(self) -> list[Column]:
        """Attendance month by month: as recorded by month, else from the sessions that were kept."""
        counts: dict[tuple[datetime.date, datetime.date], list[int]] = defaultdict(lambda: [0, 0])
        for row in self.treatment.attendance.all():
            counts[row.starts_on, row.ends_on][0] += row.attended
            counts[row.starts_on, row.ends_on][1] += row.expected
        if not counts:
            kept = self.treatment.attendances.values_list("session__held_on", "present")
            for day, present in kept:
                counts[_month(day)][0] += present
                counts[_month(day)][1] += 1
        return [
            Column(
                start=start,
                end=end,
                share=came / expected,
                note=_("%(day)s: came to %(came)s of %(expected)s sessions")
                % {"day": date_written(start), "came": came, "expected": expected},
            )
            for (start, end), (came, expected) in sorted(counts.items())
            if expected
        ]

    def _events(self) -> Iterator[tuple[datetime.date, str, str]]:
        """(day, in words, tone; no tone for what another lane draws)."""
        treatment = self.treatment
        dates = (
            (treatment.referred_on, _("Referral"), "quiet"),
            (treatment.oriented_on, _("First orientation"), "quiet"),
            (treatment.started_on, _("Start of treatment"), "info"),
        )
        yield from ((day, words, tone) for day, words, tone in dates if day)
        for phase in self.phases:
            name = label(self.pack, "phases", phase.kind)
            yield phase.starts_on, _("Phase: %(phase)s") % {"phase": name}, ""
        for plan in self.plans:
            name = label(self.pack, "plan_kinds", plan.kind)
            yield plan.agreed_on, _("Agreed: %(plan)s") % {"plan": name}, ""
        for incident in self.incidents:
            term = entry(self.pack, "incident_kinds", incident.kind)
            serious = bool(term and term.values.get("serious"))
            tone = "urgent" if serious else "attention"
            yield incident.happened_on, label(self.pack, "incident_kinds", incident.kind), tone
        for one in self.time_outs:
            yield one.starts_on, _("Time-out"), ""
        if treatment.ended_on:
            kind = label(self.pack, "end_kinds", treatment.end_kind)
            yield treatment.ended_on, _("End: %(kind)s") % {"kind": kind}, "info"

    def summary(self) -> str:
        return " ".join(part for part in (self._where(), self._came()) if part)

    def _where(self) -> str:
        treatment = self.treatment
        if treatment.ended_on:
            kind = label(self.pack, "end_kinds", treatment.end_kind)
            return _("Ended on %(day)s: %(kind)s.") % {"day": date_written(treatment.ended_on), "kind": kind}
        phase = next((one for one in reversed(self.phases) if one.ends_on is None), None)
        months = treatment.months_at(self.today)
        if phase is None and months is not None:
            return _("In month %(n)s of treatment.") % {"n": int(months) + 1}
        if phase is None:
            return _dated(*max(self.days)) + "."
        said = {"phase": label(self.pack, "phases", phase.kind), "day": date_written(phase.starts_on)}
        if months is None:
            weeks = (self.today - phase.starts_on).days // 7
            waits = ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}
            return _("%(phase)s since %(day)s: waiting for %(waits)s.") % {**said, "waits": waits}
        return _("%(phase)s since %(day)s, in month %(n)s of treatment.") % {**said, "n": int(months) + 1}

    def _came(self) -> str:
        """Attendance of the last three months of which any is known."""
        if not self.months:
            return ""
        since = self.months[-1].end - LATELY
        counts = self._counts(since)
        if not counts[1]:
            return ""
        return _("Came to %(came)s of the last %(expected)s sessions (since %(day)s).") % {
            "came": counts[0],
            "expected": counts[1],
            "day": date_written(since),
        }

    def _counts(self, since: datetime.date) -> tuple[int, int]:
        rows = [row for row in self.treatment.attendance.all() if row.starts_on >= since]
        if rows:
            return sum(row.attended for row in rows), sum(row.expected for row in rows)
        kept = list(
            self.treatment.attendances.filter(session__held_on__gte=since).values_list("present", flat=True)
        )
        return sum(kept), len(kept)


def _month(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    first = day.replace(day=1)
    return first, (first + datetime.timedelta(days=32)).replace(day=1) - datetime.timedelta(days=1)


def _after(end: datetime.date | None) -> datetime.date | None:
    """The day after, so that a phase meets the next one."""
    return end + datetime.timedelta(days=1) if end else None


def _dated(day: datetime.date, words: str) -> str:
    return f"{date_written(day)}: {words}"


def _period(name: str, row) -> str:
    if row.ends_on is None:
        return _("%(what)s, since %(start)s") % {"what": name, "start": date_written(row.starts_on)}
    return _("%(what)s, %(start)s to %(end)s") % {
        "what": name,
        "start": date_written(row.starts_on),
        "end": date_written(row.ends_on),
    }
