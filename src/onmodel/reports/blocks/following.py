"""What could be better, what became of earlier promises, and what could not be said."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from onmodel.outcomes.course import OutcomeCourse
from onmodel.packs.base import Text
from onmodel.reports.blocks.outcome import name_of
from onmodel.reports.document import Block, Figure, Notes, Status, Table
from onmodel.reports.period import Period, words
from onmodel.reports.units import why_in_words
from onmodel.requirements.standing import State
from onmodel.wording.numbers import date_written


def suggestions(period: Period) -> list[Block]:
    """What the pack says helps where something is not met or signalled; then the actions agreed."""
    rows = [
        (words(standing.standard.text), _sentences(standing.standard.helps))
        for standing in period.standings
        if standing.state is State.NOT_MET
    ]
    open_rules = set(period.open_signals.values_list("rule", flat=True))
    rows += [
        (words(rule.title), _sentences(rule.helps))
        for rule in period.programme.definitions.all_rules()
        if rule.id in open_rules and rule.detector != "requirement_not_met"
    ]
    advice = Table(
        title=_("What helps, by the pack"),
        columns=(_("Because of"), _("What helps")),
        rows=tuple(rows),
        empty=_("Nothing in the record asks for improvement."),
    )
    return [advice, _agreed(period)]


def _sentences(helps: tuple[Text, ...]) -> str:
    return " ".join(words(help_) for help_ in helps)


def _agreed(period: Period) -> Table:
    agreed = period.programme.actions.filter(agreed_at__date__range=(period.start, period.end))
    return _actions_table(agreed, title=_("Agreed in this period"), empty=_("No action was agreed."))


def promises(period: Period) -> list[Block]:
    """Actions agreed before the period, that were open when it began."""
    earlier = period.programme.actions.filter(agreed_at__date__lt=period.start)
    carried = earlier.exclude(settled_on__lt=period.start)
    empty = _("No action was carried over from before this period.")
    return [_actions_table(carried, title=_("Carried over"), empty=empty)]


def _actions_table(actions, *, title: str, empty: str) -> Table:
    """Those about the programme; what was agreed for one patient belongs to that patient's record."""
    found = list(actions.select_related("owner", "signal"))
    about_all = [action for action in found if action.signal is None or action.signal.treatment_id is None]
    others = len(found) > len(about_all)
    note = _("What was agreed for single patients stands in their records.") if others else ""
    rows = tuple(
        (
            action.what,
            action.owner.name,
            date_written(action.due_on),
            Status(action.state),
            action.result,
        )
        for action in about_all
    )
    columns = (_("Action"), _("Owner"), _("By"), _("State"), _("Result"))
    return Table(title=title, columns=columns, rows=rows, note=note, empty=empty)


def missing_data(period: Period) -> list[Block]:
    """Requirements that are unknown and outcomes that are missing, with what would make them known."""
    reasons: dict[str, list[str]] = {}
    for standing in period.standings:
        if standing.state is State.UNKNOWN and standing.why is not None:
            name = standing.standard.number or words(standing.standard.text)
            reasons.setdefault(why_in_words(standing.why), []).append(name)
    requirements = Table(
        title=_("Requirements that are unknown"),
        columns=(_("Why"), _("Requirements, by number")),
        rows=tuple((why, ", ".join(names)) for why, names in reasons.items()),
        empty=_("Every requirement is known."),
    )
    measured = {(course.instrument.id, course.scale) for course in period.outcomes}
    instruments = period.programme.definitions.instruments
    absent = tuple(
        f"{instruments[o.instrument].abbreviation} {words(instruments[o.instrument].scale(o.scale).title)}"
        for o in period.template.outcomes
        if (o.instrument, o.scale) not in measured
    )
    outcomes = Notes(
        title=_("Outcomes of the report that were never measured"),
        items=absent,
        empty=_("Every outcome of the report was measured."),
    )
    return [requirements, _completeness(period), outcomes]


def _completeness(period: Period) -> Table:
    """How many patients were measured at each month, of those who were there at the first.

    One row a form where its scales were always filled together.
    """
    by_form: dict[str, list[OutcomeCourse]] = {}
    for course in period.outcomes:
        by_form.setdefault(course.instrument.id, []).append(course)
    rows: list[tuple[str, dict[float, Figure]]] = []
    for courses in by_form.values():
        measured = [_measured(period, course) for course in courses]
        if all(shares == measured[0] for shares in measured):
            rows.append((courses[0].instrument.abbreviation, measured[0]))
        else:
            rows += [(name_of(c), shares) for c, shares in zip(courses, measured, strict=True)]
    months = sorted({month for _name, shares in rows for month in shares})
    nobody = Figure(value=None, why=_("not due yet"))
    return Table(
        title=_("Measured, of the patients measured at the start"),
        columns=(_("Outcome"), *(_("%(month)g months") % {"month": month} for month in months)),
        rows=tuple((name, *(shares.get(month, nobody) for month in months)) for name, shares in rows),
        note=_("Patients who started too recently for a month are not counted as missing there."),
        empty=_("No outcome was measured."),
    )


def _measured(period: Period, course: OutcomeCourse) -> dict[float, Figure]:
    """The share measured at each later month among those who were due by the end of the period."""
    frame = course.frame
    found: dict[float, Figure] = {}
    at_start = set(frame.filter(frame["months"] == 0)["treatment"])
    for month in sorted(set(frame["months"]) - {0.0}):
        due = {
            treatment
            for treatment in at_start
            if (period.end - period.started[UUID(treatment)]).days >= month * 365.25 / 12
        }
        seen = set(frame.filter(frame["months"] == month)["treatment"]) & due
        if due:
            basis = period.counted(_("patients measured at the start and due at that month"))
            found[month] = Figure(value=100 * len(seen) / len(due), unit="%", n=len(due), basis=basis)
    return found
