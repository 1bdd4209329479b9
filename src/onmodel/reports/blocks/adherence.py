"""Adherence of therapists and team, from the forms that supervisors filled."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from onmodel.adherence.models import counted
from onmodel.assessments.models import Score
from onmodel.inference.describe import Summary, summarise
from onmodel.packs.instruments import Instrument
from onmodel.packs.standards import StandardKind
from onmodel.reports.document import Basis, Block, Chart, Facts, Figure, Notes, Point, Table
from onmodel.reports.period import Period, words

#: The form by which a supervisor rates a therapist's session, and a team.
SESSION_FORM = "mbt_acs"
TEAM_FORM = "team_items"
#: A course of three years shows a drift.
SHOWN = datetime.timedelta(days=3 * 365)
FEWEST_FOR_INTERVAL = 3
DAYS_A_QUARTER = 365.25 / 4


@dataclass(frozen=True)
class Rating:
    about: int
    day: datetime.date
    value: float


def adherence_table(period: Period) -> list[Block]:
    """Overall scores, each part of the form, and the course over three years."""
    form = period.programme.definitions.instruments.get(SESSION_FORM)
    ratings = _ratings(period, SESSION_FORM, period.start) if form else {}
    if form is None or not ratings:
        return [Notes(items=(), empty=_("No session was rated in this period."))]
    blocks: list[Block] = [_summary(period, form, ratings)]
    blocks += [_scales_table(period, form, ratings, title=_("Recorded sessions, by scale"))]
    return [*blocks, _course(period, form)]


def team_items(period: Period) -> list[Block]:
    form = period.programme.definitions.instruments.get(TEAM_FORM)
    ratings = _ratings(period, TEAM_FORM, period.start) if form else {}
    if form is None or not ratings:
        return [Notes(items=(), empty=_("No team was rated in this period."))]
    return [_scales_table(period, form, ratings, title=_("Team items"))]


def overall_adherence(period: Period) -> Summary:
    """The overall scores of the sessions rated in the period."""
    form = period.programme.definitions.instruments[SESSION_FORM]
    return summarise(_values(_ratings(period, SESSION_FORM, period.start).get(form.main_scale, [])))


def _ratings(period: Period, instrument: str, since: datetime.date) -> dict[str, list[Rating]]:
    """Scale -> sessions of the programme's therapists, or ratings of its teams, from `since` to the period's
    end. A session that several people rated is one, with their mean."""
    scores = (
        Score.objects.known()
        .filter(
            assignment__programme=period.programme,
            assignment__instrument=instrument,
            assignment__treatment__isnull=True,
            assignment__answered_on__range=(since, period.end),
        )
        .filter(counted("assignment__"))
    )
    together: dict[tuple[str, int, object], list[tuple[datetime.date, float]]] = defaultdict(list)
    rows = scores.values_list(
        "scale",
        "assignment__person",
        "assignment__team",
        "assignment",
        "assignment__rating__session",
        "assignment__answered_on",
        "value",
    )
    for scale, person, team, form, session, day, value in rows.order_by(
        "assignment__answered_on", "assignment"
    ):
        together[scale, person or team or 0, session or form].append((day, value))
    found: dict[str, list[Rating]] = defaultdict(list)
    for (scale, about, _what), given in together.items():
        mean = sum(value for _day, value in given) / len(given)
        found[scale].append(Rating(about, given[0][0], mean))
    return found


def ratings_basis(period: Period, form: Instrument) -> Basis:
    """The forms of the period that supervisors filled."""
    return Basis(
        rule=form.abbreviation,
        version=form.version,
        data=_("forms filled from %(period)s") % {"period": period.in_words},
    )


def adequate(period: Period) -> float | None:
    """The score that the pack calls adequate: the lower bound of its standard on adherence."""
    for standard in period.programme.definitions.all_standards():
        if standard.measure == "adherence_score" and standard.kind is not StandardKind.FACTOR:
            limit = period.programme.limit_of(standard)
            return limit.at_least if limit else None
    return None


def _summary(period: Period, form: Instrument, ratings: dict[str, list[Rating]]) -> Facts:
    overall = ratings.get(form.main_scale, [])
    by_therapist: dict[int, list[float]] = defaultdict(list)
    for rating in overall:
        by_therapist[rating.about].append(rating.value)
    means = [sum(values) / len(values) for values in by_therapist.values()]
    bound = adequate(period)
    basis = ratings_basis(period, form)
    enough = sum(mean >= bound for mean in means) if bound is not None else None
    return Facts(
        facts=(
            (_("sessions rated"), Figure(value=len(overall), basis=basis)),
            (_("therapists rated"), Figure(value=len(means), basis=basis)),
            (
                words(form.scale(form.main_scale).title),
                _mean(summarise([r.value for r in overall]), basis),
            ),
            (
                _("therapists with a mean of at least %(bound)s") % {"bound": f"{bound:g}"}
                if bound is not None
                else _("therapists with an adequate mean"),
                Figure(
                    value=enough,
                    n=len(means),
                    basis=basis,
                    why="" if bound is not None else _("the pack names no adequate score"),
                ),
            ),
        ),
        note=_(
            "One rater a session: a single therapist's figure is uncertain; read the course of the whole."
        ),
    )


def _mean(summary: Summary, basis: Basis) -> Figure:
    """Two ratings make no interval worth printing; it would leave the scale."""
    lower, upper = (summary.lower, summary.upper) if summary.n >= FEWEST_FOR_INTERVAL else (None, None)
    return Figure(value=summary.mean, decimals=1, n=summary.n, lower=lower, upper=upper, basis=basis)


def _scales_table(period: Period, form: Instrument, ratings: dict[str, list[Rating]], *, title: str) -> Table:
    """Each scale's mean this period beside the period before."""
    before = _ratings(period.before, form.id, period.before.start)
    basis, earlier = ratings_basis(period, form), ratings_basis(period.before, form)
    rows = tuple(
        (
            words(scale.title),
            _mean(summarise(_values(ratings.get(scale.id, []))), basis),
            _mean(summarise(_values(before.get(scale.id, []))), earlier),
        )
        for scale in form.scales
        if scale.id in ratings
    )
    columns = (_("Scale"), _("This period (95 % interval)"), _("Period before (95 % interval)"))
    return Table(title=title, columns=columns, rows=rows)


def _values(ratings: Iterable[Rating]) -> list[float]:
    return [rating.value for rating in ratings]


def _course(period: Period, form: Instrument) -> Chart:
    """Means by quarter, counted back from the period's end; each stands at the quarter's end, 0 the last."""
    quarters: dict[int, list[float]] = defaultdict(list)
    for rating in _ratings(period, form.id, period.end - SHOWN).get(form.main_scale, []):
        quarters[int((period.end - rating.day).days // DAYS_A_QUARTER)].append(rating.value)
    points = []
    for quarter, values in sorted(quarters.items(), reverse=True):
        summary = summarise(values)
        points.append(
            Point(
                x=-3.0 * quarter,
                value=summary.mean,
                lower=summary.lower,
                upper=summary.upper,
                n=summary.n,
            )
        )
    return Chart(
        title=_("%(scale)s by quarter") % {"scale": words(form.scale(form.main_scale).title)},
        x_title=_("Months before the end of the period, each point the quarter up to then"),
        y_title=_("score (higher is better)"),
        observed=tuple(points),
        adequate=adequate(period),
        basis=ratings_basis(period, form),
    )
