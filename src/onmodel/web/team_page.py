"""A team's page: both sides over time, item by item, and the factors beside the published ones."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.charts.course import Group, Marks, Observed, course_chart
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Team
from onmodel.teams.course import Asked, Factor, Rated, adequate_mark, factors
from onmodel.teams.models import FEWEST_ANSWERS
from onmodel.teams.rhythm import DAYS_A_MONTH, FACTORS, asked_items
from onmodel.web.components import Chart, Column, EmptyState, Sparkline, Table
from onmodel.web.rating_form import in_words
from onmodel.wording.numbers import date_written, written

#: So many periods and ratings are listed; the chart shows all.
LISTED = 9


def cohort_words() -> dict[str, str]:
    """The two published cohorts of D ch. 8, Table 4."""
    return {"pre": _("Published: before"), "reorg": _("Published: reorganised")}


def period_words(one: Asked) -> str:
    return _("%(first)s to %(last)s") % {
        "first": date_written(one.starts_on),
        "last": date_written(one.ends_on),
    }


def both_sides(team: Team, instrument: Instrument, rated: Sequence[Rated], asked: Sequence[Asked]) -> Chart:
    """The main scale by the supervisor and by the members, whose spread is no interval and stands below."""
    today, main = timezone.localdate(), instrument.main_scale
    scale = instrument.scale(main)
    by_supervisor = [
        Observed(months=_months(one.day, today), mean=one.marks[main], n=1)
        for one in rated
        if main in one.marks
    ]
    by_members = [
        Observed(months=_months(_middle(one), today), mean=one.marks[main].mean, n=one.marks[main].n)
        for one in asked
        if main in one.marks
    ]
    groups = [
        Group(name=_("Supervisor"), observed=by_supervisor),
        Group(name=_("Members"), observed=by_members),
    ]
    drawing = course_chart(
        [group for group in groups if group.observed],
        measure=in_words(scale.title),
        lower_is_better=False,
        marks=Marks(cut_off=adequate_mark(team.programme), cut_off_word=_("adequate")),
        domain=(scale.minimum, scale.maximum),
        time=_("Months before today"),
        language=get_language() or "en",
    )
    note = _("One supervisor's mark has no interval; how far the members lie apart stands in the table.")
    return Chart(drawing, _("Over time"), id="team-course", simulated=team.programme.is_simulated, note=note)


def _months(day: datetime.date, today: datetime.date) -> float:
    return -round((today - day).days / DAYS_A_MONTH, 1)


def _middle(one: Asked) -> datetime.date:
    return one.starts_on + (one.ends_on - one.starts_on) / 2


def periods_table(instrument: Instrument, rated: Sequence[Rated], asked: Sequence[Asked]) -> Table:
    """Each period of the members beside the supervisor's ratings of the same days."""
    main = instrument.main_scale
    rows = []
    for one in list(asked)[::-1][:LISTED]:
        theirs = one.marks.get(main)
        own = [r.marks[main] for r in rated if one.starts_on <= r.day <= one.ends_on and main in r.marks]
        mean = sum(own) / len(own) if own else None
        apart = theirs.mean - mean if theirs and mean is not None else None
        rows.append(
            [
                period_words(one),
                _shown(mean, len(own)),
                _shown(theirs.mean, theirs.n) if theirs else not_shown(one),
                written(theirs.sd, 1) if theirs else "–",
                "–" if apart is None else _signed(apart),
            ]
        )
    columns = [
        _("Period"),
        Column(_("Supervisor (n ratings)"), numeric=True),
        Column(_("Members (n answers)"), numeric=True),
        Column(_("Spread of members (SD)"), numeric=True),
        Column(_("Members above supervisor"), numeric=True),
    ]
    empty = EmptyState(_("No period yet"), _("Members are asked in each period of two months."))
    return Table(_("Period by period"), columns, rows, empty=empty, narrow="scroll", id="team-periods")


def not_shown(one: Asked) -> str:
    if not one.is_over:
        return _("period under way: %(n)s answered") % {"n": one.answered}
    return _("%(n)s answered; shown from %(least)s") % {"n": one.answered, "least": FEWEST_ANSWERS}


def _shown(mean: float | None, n: int) -> str:
    return "–" if mean is None else _("%(mean)s (n = %(n)s)") % {"mean": written(mean, 1), "n": n}


def _signed(value: float) -> str:
    return written(value, 1) if value < 0 else f"+{written(value, 1)}"


def items_table(instrument: Instrument, rated: Sequence[Rated], asked: Sequence[Asked]) -> Table:
    """Each item: the supervisor's last mark and course, the members' last mean and spread, the distance."""
    shown = [one for one in asked if one.marks]
    last = shown[-1].marks if shown else {}
    rows = []
    for item in asked_items(instrument):
        course = [one.marks.get(item) for one in rated]
        mark = next((value for value in reversed(course) if value is not None), None)
        theirs = last.get(item)
        apart = theirs.mean - mark if theirs and mark is not None else None
        label = in_words(instrument.item(item).label, item)
        rows.append(
            [
                label,
                "–" if mark is None else written(mark),
                _line(course, instrument) if len(rated) > 1 else "–",
                "–" if theirs is None else _shown(theirs.mean, theirs.n),
                "–" if theirs is None else written(theirs.sd, 1),
                "–" if apart is None else _signed(apart),
            ]
        )
    columns = [
        _("Item"),
        Column(_("Supervisor, last"), numeric=True),
        _("Supervisor, course"),
        Column(_("Members, last period shown"), numeric=True),
        Column(_("Spread (SD)"), numeric=True),
        Column(_("Apart"), numeric=True),
    ]
    return Table(_("Item by item"), columns, rows, id="team-items", caption_hidden=True)


def _line(course: Sequence[float | None], instrument: Instrument) -> Sparkline:
    scale = instrument.scale(instrument.main_scale)
    known = [written(value) for value in course if value is not None]
    words = _("%(n)s ratings: %(marks)s") % {"n": len(known), "marks": ", ".join(known)}
    return Sparkline(course, words, low=scale.minimum, high=scale.maximum)


def factors_table(team: Team) -> Table | None:
    """What was agreed last and the time before, beside the two published cohorts."""
    found = factors(team)
    if not found:
        return None
    instrument = team.programme.definitions.instruments[FACTORS]
    days = sorted({day for one in found for day in one.agreed})
    lately = days[-2:]
    cohorts = {
        name: words for name, words in cohort_words().items() if any(name in f.published for f in found)
    }
    rows = [
        [
            in_words(instrument.item(one.item).label, one.item),
            *(_mark(one, day) for day in lately),
            *(_read(one.published.get(name)) for name in cohorts),
        ]
        for one in found
    ]
    columns = [
        _("Factor of the team"),
        *(Column(date_written(day), numeric=True) for day in lately),
        *(Column(words, numeric=True) for words in cohorts.values()),
    ]
    return Table(
        _("Factors of the team"), columns, rows, narrow="scroll", id="team-factors", caption_hidden=True
    )


def _mark(one: Factor, day: datetime.date) -> str:
    return written(one.agreed[day]) if day in one.agreed else "–"


def _read(bounds: tuple[float, float] | None) -> str:
    """A published score as it is printed: 6, or 2/3 where it lies between two marks."""
    if bounds is None:
        return "–"
    low, high = bounds
    return written(low) if low == high else f"{written(low)}/{written(high)}"
