"""The parts of a page of outcomes, each from the material to its series."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from onmodel.inference.cautions import DataError
from onmodel.inference.describe import Moment, describe
from onmodel.inference.mixed import MixedFit, Model, estimates_at, fit_mixed
from onmodel.inference.mixed.model import Random
from onmodel.inference.proportions import proportion
from onmodel.inference.shares import shares_over_time
from onmodel.inference.survival import Incidence, SurvivalCurve, cumulative_incidence, kaplan_meier
from onmodel.measurement.change import Outcome, change_criteria, classify_change
from onmodel.packs.instruments import Audience, Instrument
from onmodel.patients.models import DAYS_A_MONTH
from onmodel.process.models import Attendance
from onmodel.reports.cohorts.material import Material, Scale
from onmodel.reports.cohorts.selection import EVERYBODY
from onmodel.reports.cohorts.series import Basis, Kind, Part, Point, Series, share_point

#: Term lists of the pack: what is counted at each interview or form, and what each goal is seen by.
EVENTS, GOALS = "course_events", "treatment_goals"
#: Ends that are shown as curves of their own; every other end competes with them.
EARLY_ENDS = ("drop_out", "push_out")
STEPS = 36
ATTENDANCE_MONTHS = 3


# --- the course ---
def course(material: Material) -> tuple[list[Series], Basis]:
    """Observed means by moment and group, and the lines of one mixed model with a course for each group."""
    frame = material.main
    if frame.is_empty():
        return [], Basis()
    measure = f"{material.selection.instrument}.{material.selection.scale}"
    moments = describe(frame, time="months", outcome="score", group="group")
    observed = [
        _series(Part.COURSE, Kind.MEAN, measure, group, [_mean_point(m) for m in moments if m.group == group])
        for group in material.groups
    ]
    last, terms = _modelled(material, moments)
    fit = _fit(frame.filter(pl.col("group").is_in(list(last))), terms, material.minimum_n)
    if fit is None:
        return observed, Basis()
    warnings = tuple(str(warning) for warning in fit.warnings)
    basis = Basis(terms=fit.model.terms, random=fit.random, warnings=warnings)
    return [*observed, *_lines(fit, measure, last)], basis


def _mean_point(moment: Moment) -> Point:
    found = moment.summary
    return Point(x=moment.month, value=found.mean, lower=found.lower, upper=found.upper, n=found.n)


def _modelled(material: Material, moments: Sequence[Moment]) -> tuple[dict[str, float], tuple[str, ...]]:
    """The groups that can have a line, with their last month, and its terms.

    Bent where some group has three moments of enough patients; groups with two then have no line.
    """
    seen = {
        group: [m.month for m in moments if m.group == group and m.summary.n >= material.minimum_n]
        for group in material.groups
    }
    most = max((len(months) for months in seen.values()), default=0)
    needed, terms = (3, ("linear", "quadratic")) if most > 2 else (2, ("linear",))
    return {group: max(months) for group, months in seen.items() if len(months) >= needed}, terms


def _fit(frame: pl.DataFrame, terms: tuple[str, ...], minimum_n: int) -> MixedFit | None:
    """One model with a course for each group; None with too few patients."""
    if frame.is_empty() or frame["treatment"].n_unique() < minimum_n:
        return None
    group = "group" if frame["group"].n_unique() > 1 else None
    random: Random = "slope" if len(terms) > 1 else "intercept"
    try:
        model = Model("treatment", "months", "score", group=group, terms=terms, random=random)
        return fit_mixed(frame, model)
    except DataError:
        return None


def _lines(fit: MixedFit, measure: str, last: dict[str, float]) -> Iterator[Series]:
    """A smooth line for each group, from the start to its last moment of enough patients."""
    only = next(iter(last))
    for group, end in last.items():
        found = estimates_at(fit, [end * step / STEPS for step in range(STEPS + 1)])
        own = [e for e in found if (e.group or only) == group]
        points = [Point(x=e.month, value=e.estimate, lower=e.lower, upper=e.upper) for e in own]
        yield _series(Part.COURSE, Kind.MODEL, measure, group, points)


def missing(material: Material) -> list[Series]:
    """Of the patients who have come to a moment, the share that has a score there, by group."""
    frame, measure = material.main, f"{material.selection.instrument}.{material.selection.scale}"
    series = []
    for group in material.groups:
        known = frame.filter(pl.col("group") == group)
        followed = material.followed.filter(pl.col("group") == group)
        points = []
        for month in sorted(known["months"].unique()):
            reached = followed.filter(pl.col("months") >= month)["treatment"]
            measured = known.filter(
                (pl.col("months") == month) & pl.col("treatment").is_in(reached.implode())
            )
            share = proportion(measured["treatment"].n_unique(), len(reached))
            points.append(share_point(share, x=month))
        series.append(_series(Part.MISSING, Kind.SHARE, measure, group, points))
    return series


# --- who changed ---
def change(material: Material) -> list[Series]:
    """Who recovered, improved, stayed the same or got worse on the scale asked for, by group."""
    instrument = material.definitions.instruments[material.selection.instrument]
    scale = material.selection.scale
    if not change_criteria(instrument, scale):
        return []
    ends = ends_of(material.main)
    return [
        series
        for group in material.groups
        for series in _changed(instrument, scale, ends, group, Part.CHANGE)
    ]


def ends_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The scores at the start and last of each patient with both: treatment, group, first, last."""
    by_patient = frame.sort("treatment", "months").group_by("treatment", maintain_order=True)
    ends = by_patient.agg(
        group=pl.col("group").first(),
        first=pl.col("score").first(),
        last=pl.col("score").last(),
        began=pl.col("months").first(),
        n=pl.len(),
    )
    return ends.filter((pl.col("began") == 0) & (pl.col("n") > 1))


def _changed(
    instrument: Instrument, scale: str, ends: pl.DataFrame, group: str, part: Part
) -> Iterator[Series]:
    own = ends.filter(pl.col("group") == group)
    found = classify_change(instrument, scale, own["first"].to_numpy(), own["last"].to_numpy())
    counts, n = found.counts(), found.n_known
    better = counts[Outcome.RECOVERED] + counts[Outcome.IMPROVED]
    shown = {"better": better, **{o.value: counts[o] for o in (Outcome.UNCHANGED, Outcome.DETERIORATED)}}
    if found.cut_off is not None:
        shown["recovered"] = counts[Outcome.RECOVERED]
    for what, count in shown.items():
        yield _series(
            part, Kind.SHARE, f"{instrument.id}.{scale}", group, [share_point(proportion(count, n))], what
        )


# --- goals ---
def goals(material: Material) -> list[Series]:
    """For each general goal, what its linked measures say: reliably better, or without the event."""
    linked = links(material, GOALS)
    events = {scale for scales in links(material, EVENTS).values() for scale in scales}
    frame = material.scores({scale for scales in linked.values() for scale in scales})
    found = []
    for goal, scales in linked.items():
        for instrument, scale in scales:
            own = frame.filter((pl.col("instrument") == instrument) & (pl.col("scale") == scale))
            if own.is_empty():
                continue
            for group in dict.fromkeys((EVERYBODY, *material.groups)):
                found += _goal(
                    material, goal, (instrument, scale), ends_of(own), group, (instrument, scale) in events
                )
    return found


def _goal(
    material: Material, goal: str, scale: Scale, ends: pl.DataFrame, group: str, is_event: bool
) -> list[Series]:
    own = ends if group == EVERYBODY else ends.filter(pl.col("group") == group)
    measure = f"{goal}:{scale[0]}.{scale[1]}"
    if is_event:
        ways = {"none_at_start": own["first"], "none_at_last": own["last"]}
        return [
            _series(
                Part.GOALS,
                Kind.SHARE,
                measure,
                group,
                [share_point(proportion(int((values == 0).sum()), len(values)))],
                what,
            )
            for what, values in ways.items()
        ]
    instrument = material.definitions.instruments[scale[0]]
    if not change_criteria(instrument, scale[1]):
        return []
    found = classify_change(instrument, scale[1], own["first"].to_numpy(), own["last"].to_numpy())
    counts = found.counts()
    better = proportion(counts[Outcome.RECOVERED] + counts[Outcome.IMPROVED], found.n_known)
    worse = proportion(counts[Outcome.DETERIORATED], found.n_known)
    return [
        _series(Part.GOALS, Kind.SHARE, measure, group, [share_point(share)], what)
        for what, share in (("better", better), (Outcome.DETERIORATED.value, worse))
    ]


def links(material: Material, terms: str) -> dict[str, list[Scale]]:
    """Term -> the scales that it links to (`form.SCALE`), of forms whose scores reach the whole team."""
    listed = material.definitions.terms.get(terms)
    instruments = material.definitions.instruments
    found: dict[str, list[Scale]] = {}
    for term in listed.terms if listed else ():
        pairs = [tuple(link.split(".", 1)) for link in term.links if "." in link]
        found[term.id] = [
            (form, scale)
            for form, scale in pairs
            if form in instruments
            and instruments[form].audience is Audience.TEAM
            and any(own.id == scale for own in instruments[form].scales)
        ]
    return found


# --- events ---
def events(material: Material) -> list[Series]:
    """The share of patients with at least one, by moment and group: self-harm, attempts, admissions, care."""
    linked = links(material, EVENTS)
    frame = material.scores({scale for scales in linked.values() for scale in scales})
    frame = frame.with_columns(any=(pl.col("score") > 0).cast(pl.Float64))
    found = []
    for term, scales in linked.items():
        for instrument, scale in scales:
            own = frame.filter((pl.col("instrument") == instrument) & (pl.col("scale") == scale))
            if own.is_empty():
                continue
            shares = shares_over_time(own, time="months", outcome="any", group="group")
            for group in material.groups:
                points = [share_point(s.share, x=s.time) for s in shares if s.group == group]
                found.append(_series(Part.EVENTS, Kind.SHARE, f"{instrument}.{scale}", group, points, term))
    return [series for series in found if series.points]


# --- ends ---
def ends(material: Material) -> list[Series]:
    """Who is still in treatment, and who dropped out or was pushed out, by month since the start."""
    if material.patients.is_empty():
        return []
    over = pl.col("ended") <= material.until  # an end to come is none yet
    last = pl.when(over).then(pl.col("ended")).otherwise(pl.lit(material.until))
    frame = material.patients.with_columns(
        time=(last - pl.col("started")).dt.total_days() / DAYS_A_MONTH,
        any=over.fill_null(value=False).cast(pl.Float64),
        how=pl.when(over).then(pl.col("end")),
    )
    found: list[Series] = []
    for group in material.groups:
        own = frame.filter(pl.col("group") == group)
        if not own.is_empty():
            found += _ends_of(own, group)
    return found


def _ends_of(own: pl.DataFrame, group: str) -> Iterator[Series]:
    times = np.sort(own["time"].to_numpy())
    months = range(int(times[-1]) + 1)
    risk = {month: int(len(times) - np.searchsorted(times, month)) for month in months}
    (curve,) = kaplan_meier(own, time="time", ended="any")
    yield _series(Part.ENDS, Kind.STAYING, "any", group, [_curve_point(curve, m, risk[m]) for m in months])
    incidences = {found.end: found for found in cumulative_incidence(own, time="time", end="how")}
    for end in EARLY_ENDS:
        if (incidence := incidences.get(end)) is None:
            points = [Point(x=m, value=0.0, n=risk[m], events=0) for m in months]
        else:
            points = [_curve_point(incidence, m, risk[m]) for m in months]
        yield _series(Part.ENDS, Kind.INCIDENCE, end, group, points)


def _curve_point(curve: SurvivalCurve | Incidence, month: int, risk: int) -> Point:
    value, *limits = curve.at(month)
    lower, upper = (None if np.isnan(limit) else limit for limit in limits)
    total = getattr(curve, "n_ends", None)
    return Point(x=month, value=value, lower=lower, upper=upper, n=risk, events=total)


# --- attendance ---
def attendance(material: Material) -> list[Series]:
    """Of the sessions expected, the share attended: the mean over patients, by quarter since the start."""
    rows = Attendance.objects.filter(treatment__in=material.treatments, ends_on__lte=material.until)
    columns = ("treatment", "kind", "starts_on", "expected", "attended")
    listed = [(str(t), *rest) for t, *rest in rows.values_list(*columns)]
    schema = {
        "treatment": pl.String,
        "kind": pl.String,
        "day": pl.Date,
        "expected": pl.Int64,
        "came": pl.Int64,
    }
    frame = pl.DataFrame(listed, schema=schema, orient="row").join(material.patients, on="treatment")
    month = (pl.col("day") - pl.col("started")).dt.total_days() / DAYS_A_MONTH
    frame = frame.with_columns(quarter=(month / ATTENDANCE_MONTHS).floor() * ATTENDANCE_MONTHS)
    frame = frame.filter((pl.col("quarter") >= 0) & (pl.col("expected") > 0))
    by_patient = frame.group_by("kind", "group", "quarter", "treatment").agg(
        (pl.col("came").sum() / pl.col("expected").sum()).alias("share")
    )
    found = []
    for kind in sorted(by_patient["kind"].unique()):
        moments = describe(
            by_patient.filter(pl.col("kind") == kind), time="quarter", outcome="share", group="group"
        )
        for group in material.groups:
            points = [_share_of_mean(m) for m in moments if m.group == group]
            if points:
                found.append(_series(Part.ATTENDANCE, Kind.MEAN, kind, group, points))
    return found


def _share_of_mean(moment: Moment) -> Point:
    """A mean of shares, its interval kept within 0 and 1."""
    found = moment.summary
    lower = None if found.lower is None else max(found.lower, 0.0)
    upper = None if found.upper is None else min(found.upper, 1.0)
    return Point(x=moment.month, value=found.mean, lower=lower, upper=upper, n=found.n)


def _series(part: Part, kind: Kind, measure: str, group: str, points: list[Point], what: str = "") -> Series:
    return Series(
        part=part, kind=kind, measure=measure, group=group or EVERYBODY, points=tuple(points), what=what
    )
