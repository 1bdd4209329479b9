"""Two groups of a programme's treatments compared: at the start, in their courses, in their effects.

The path is that of D ch. 8: for each outcome a mixed model with linear and quadratic time and their
interaction with group, reduced at p > .10 under marginality; estimates and effect sizes from what is left.
Whether courses differ is judged by the model as posed, with Holm's correction over the outcomes.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.db.models import Q, QuerySet

from onmodel.assessments.models import Score
from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.inference.cautions import DataError
from onmodel.inference.comparisons import Comparison as Test
from onmodel.inference.comparisons import chi_square, fisher, t_test
from onmodel.inference.describe import Moment, Summary, describe, summarise
from onmodel.inference.mixed import (
    ChangeDifference,
    EffectSize,
    Estimate,
    JointTest,
    Model,
    ModelBuilding,
    build_model,
    changes_differ,
    course_test,
    effect_sizes,
    estimates_at,
    fit_mixed,
)
from onmodel.inference.multiplicity import holm
from onmodel.measurement.meaning import direction_of
from onmodel.outcomes.periods import FIRST, GROUPS, SECOND, Allocation, Member, Split, allocate
from onmodel.packs.instruments import Audience, Direction, Instrument
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme

#: The months of D ch. 8.
MONTHS = (18.0, 36.0)
SIGNIFICANT = 0.05
#: What a comparison can be adjusted for: what is known of a patient at the start.
COVARIATES = ("age", "gender")
#: A group below this is called small: its standard errors and p values are rough.
SMALL = 20

Scale = tuple[Instrument, str]


@dataclass(frozen=True)
class Trait:
    """A characteristic at the start in both groups. Of a share, the summaries' means are 0 to 1."""

    name: str  # "age", "gender" or "score"
    value: str  # which gender; the scale's place in the outcomes
    first: Summary
    second: Summary
    test: Test
    is_share: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """What the model says of one outcome. `effects` stand at the months that each group was measured;
    `differences` at those of both, from the full model.
    """

    path: ModelBuilding
    effects: tuple[EffectSize, ...]
    curves: tuple[Estimate, ...]
    differences: tuple[ChangeDifference, ...]
    test: JointTest | None


@dataclass(frozen=True, eq=False)
class OutcomeCompared:
    """One scale. `answer` is None where a group has too few patients or moments.

    `patients` are those with a score, by group; `last` each group's last month with enough of them;
    `adjusted` the p of the courses' difference after Holm's correction.
    """

    instrument: Instrument
    scale: str
    frame: pl.DataFrame
    patients: dict[str, int]
    observed: tuple[Moment, ...]
    months: tuple[float, ...]
    last: dict[str, float]
    answer: Answer | None
    adjusted: float | None = None

    @property
    def sign(self) -> int:
        """Makes improvement positive: -1 where a lower score is better."""
        return -1 if direction_of(self.instrument, self.scale) is Direction.WORSE else 1

    @property
    def differs(self) -> bool | None:
        """Whether the courses differ more than chance explains; None where that is unknown."""
        return None if self.adjusted is None else self.adjusted < SIGNIFICANT

    def effect(self, group: str, month: float) -> EffectSize | None:
        effects = self.answer.effects if self.answer else ()
        return next((e for e in effects if (e.group, e.month) == (group, month)), None)

    def improvement(self, group: str, month: float) -> float | None:
        """Cohen's d with improvement positive."""
        effect = self.effect(group, month)
        return None if effect is None or effect.d is None else self.sign * effect.d

    def difference(self, month: float) -> ChangeDifference | None:
        found = self.answer.differences if self.answer else ()
        return next((d for d in found if d.month == month), None)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The whole comparison, as of `until`."""

    allocation: Allocation
    until: datetime.date
    minimum_n: int
    traits: tuple[Trait, ...]
    outcomes: tuple[OutcomeCompared, ...]
    adjusted: bool = False

    @property
    def unknown(self) -> int:
        """Treatments that an adjustment leaves out: of patients whose age or gender is not known."""
        return sum(not _known(member) for member in self.allocation.members) if self.adjusted else 0

    @property
    def tested(self) -> tuple[OutcomeCompared, ...]:
        return tuple(o for o in self.outcomes if o.adjusted is not None)

    @property
    def different(self) -> tuple[OutcomeCompared, ...]:
        """The outcomes whose courses differ."""
        return tuple(o for o in self.outcomes if o.differs)

    @property
    def months(self) -> tuple[float, ...]:
        """Every month at which some outcome has an effect."""
        return tuple(sorted({e.month for o in self.outcomes if o.answer for e in o.answer.effects}))


def compare(
    treatments: QuerySet[Treatment],
    split: Split,
    *,
    outcomes: Sequence[Scale],
    until: datetime.date,
    minimum_n: int = 5,
    adjusted: bool = False,
) -> Comparison:
    """Compare two groups of these treatments on these outcomes. Two queries.

    Patients who objected to the monitoring of quality are left out; with `adjusted` (for COVARIATES) those
    whose age or gender is not known too.
    """
    treatments = treatments.filter(allowed(Purpose.QUALITY_MONITORING))
    allocation = allocate(treatments, split, until=until)
    scores = _scores(treatments, allocation, outcomes, until)
    if adjusted:
        scores = scores.join(_covariates(allocation), on="treatment", how="inner")
    found = [
        _outcome(scale, scores.filter(pl.col("outcome") == place), minimum_n)
        for place, scale in enumerate(outcomes)
    ]
    found = [outcome for outcome in found if len(outcome.frame)]
    corrected = holm([o.answer.test.p if o.answer and o.answer.test else None for o in found])
    judged = tuple(replace(o, adjusted=p) for o, p in zip(found, corrected, strict=True))
    return Comparison(allocation, until, minimum_n, _traits(allocation, judged), judged, adjusted)


def outcomes_of(programme: Programme) -> list[Scale]:
    """The outcomes of the programme's report that it measures; if none, its other forms' main scales.

    One query.
    """
    instruments = programme.definitions.instruments
    used = programme.assignments.filter(treatment__isnull=False, months__isnull=False)
    names = sorted(set(used.order_by().values_list("instrument", flat=True).distinct()) & set(instruments))
    template = programme.definitions.reports.get("pir")
    wanted = [o for o in (template.outcomes if template else ()) if o.instrument in names]
    if wanted:
        return [(instruments[o.instrument], o.scale) for o in wanted]
    others = [instruments[name] for name in names if instruments[name].audience is Audience.TEAM]
    return [(i, i.main_scale) for i in others if i.direction is not Direction.NEUTRAL]


def _scores(
    treatments: QuerySet[Treatment], allocation: Allocation, outcomes: Sequence[Scale], until: datetime.date
) -> pl.DataFrame:
    """Columns outcome (its place), treatment, months, score, group: every known score. One query."""
    place = {(instrument.id, scale): at for at, (instrument, scale) in enumerate(outcomes)}
    group = {member.treatment: member.group for member in allocation.members}
    asked = Q(pk__in=[])
    for instrument, scale in place:
        asked |= Q(assignment__instrument=instrument, scale=scale)
    rows = (
        Score.objects.known()
        .filter(
            asked,
            assignment__treatment__in=treatments,
            assignment__answered_on__lte=until,
            assignment__months__isnull=False,
        )
        .order_by("assignment__treatment", "assignment__months")
        .values_list(
            "assignment__instrument", "scale", "assignment__treatment", "assignment__months", "value"
        )
    )
    return pl.DataFrame(
        [
            (place[instrument, scale], str(treatment), months, value, group[treatment])
            for instrument, scale, treatment, months, value in rows
            if treatment in group
        ],
        schema={
            "outcome": pl.Int64,
            "treatment": pl.String,
            "months": pl.Float64,
            "score": pl.Float64,
            "group": pl.String,
        },
        orient="row",
    )


def _known(member: Member) -> bool:
    return member.age is not None and bool(member.gender)


def _covariates(allocation: Allocation) -> pl.DataFrame:
    """Columns treatment, age, gender: of members of whom both are known."""
    return pl.DataFrame(
        [(str(m.treatment), m.age, m.gender) for m in allocation.members if _known(m)],
        schema={"treatment": pl.String, "age": pl.Float64, "gender": pl.String},
        orient="row",
    )


def _outcome(scale: Scale, frame: pl.DataFrame, minimum_n: int) -> OutcomeCompared:
    observed = describe(frame, time="months", outcome="score", group="group") if len(frame) else ()
    measured = {
        group: {m.month for m in observed if m.group == group and m.summary.n >= minimum_n}
        for group in GROUPS
    }
    last = {group: max(measured[group], default=0.0) for group in GROUPS}
    shared = sorted(measured[FIRST] & measured[SECOND])
    asked = {month for month in MONTHS if month <= max(last.values())}
    months = tuple(sorted({*asked, *shared} - {0.0}))
    patients = {group: frame.filter(pl.col("group") == group)["treatment"].n_unique() for group in GROUPS}
    enough = min(patients.values()) >= minimum_n and len(shared) >= 2
    answer = _answer(frame, months, last, len(shared)) if enough else None
    return OutcomeCompared(*scale, frame, patients, observed, months, last, answer)


def _answer(
    frame: pl.DataFrame, months: tuple[float, ...], last: dict[str, float], moments: int
) -> Answer | None:
    """Straight courses where both groups share two moments, bent ones where they share more."""
    model = Model(
        patient="treatment",
        time="months",
        outcome="score",
        group="group",
        terms=("linear",) if moments == 2 else ("linear", "quadratic"),
        random="intercept" if moments == 2 else "slope",
        reference={"group": FIRST},
    )
    covariates = [name for name in COVARIATES if name in frame.columns and frame[name].n_unique() > 1]
    model = model.adjusted_for(covariates)
    try:
        path = build_model(frame, model, keep=[f"linear:{name}" for name in covariates])
    except DataError:
        return None
    full = fit_mixed(frame, replace(model, random=path.saturated.model.random))
    both = [month for month in months if month <= min(last.values())]
    effects = effect_sizes(path.final, months, sd="pooled")
    return Answer(
        path=path,
        effects=tuple(e for e in effects if e.month <= last[e.group or FIRST]) if _grouped(path) else (),
        curves=tuple(point for group in GROUPS for point in _curve(path, group, last[group])),
        differences=changes_differ(full, both),
        test=course_test(full),
    )


def _grouped(path: ModelBuilding) -> bool:
    """The group's own level always stays in the model, unless these data cannot tell the groups apart."""
    return "group" in path.final.model.all_effects


def _curve(path: ModelBuilding, group: str, last: float) -> list[Estimate]:
    """A smooth line of one group, from the start to its last moment."""
    steps = 36
    months = [last * step / steps for step in range(steps + 1)]
    return [point for point in estimates_at(path.final, months) if point.group == group]


def _traits(allocation: Allocation, outcomes: Sequence[OutcomeCompared]) -> tuple[Trait, ...]:
    """Age, gender and the scores at the start, each with its test."""
    found = [_mean("age", "", *(_ages(allocation, group) for group in GROUPS)), *_genders(allocation)]
    for place, outcome in enumerate(outcomes):
        at_start = outcome.frame.filter(pl.col("months") == 0.0)
        values = [at_start.filter(pl.col("group") == group)["score"].to_list() for group in GROUPS]
        found.append(_mean("score", str(place), *values))
    return tuple(trait for trait in found if trait.first.n or trait.second.n)


def _ages(allocation: Allocation, group: str) -> list[float]:
    return [member.age for member in allocation.of(group) if member.age is not None]


def _mean(name: str, value: str, first: list[float], second: list[float]) -> Trait:
    return Trait(name, value, summarise(first), summarise(second), t_test(first, second))


def _genders(allocation: Allocation) -> list[Trait]:
    """The share of the most frequent gender; chi-square, Fisher's test where few are expected."""
    known = [member for member in allocation.members if member.gender]
    if not known:
        return []
    frequent = Counter(member.gender for member in known).most_common(1)[0][0]
    shares = [[float(m.gender == frequent) for m in known if m.group == group] for group in GROUPS]
    counts = [[int(sum(share)), len(share) - int(sum(share))] for share in shares]
    test = chi_square(counts)
    if test.warnings and test.p is not None:
        test = fisher(counts)
    return [Trait("gender", frequent, *(summarise(share) for share in shares), test, is_share=True)]
