"""A programme's outcome on one scale: observed means, the fitted course, effect sizes, who changed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import polars as pl

from onmodel.assessments.models import Score
from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.inference.describe import Moment, describe
from onmodel.inference.mixed import (
    EffectSize,
    Estimate,
    MixedFit,
    Model,
    effect_sizes,
    estimates_at,
    fit_mixed,
)
from onmodel.inference.proportions import Proportion, proportion
from onmodel.measurement.change import Change, Outcome, classify_change
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme

#: Treatments that started longer than this before the end of a period are left to earlier reports.
LOOK_BACK = datetime.timedelta(days=5 * 365)


@dataclass(frozen=True, eq=False)
class OutcomeCourse:
    """One scale of one programme, up to a day. Without enough patients there is no fit.

    `observed` are means by planned month; `estimates` and `effects` stand at months within the data
    only; `change` compares each treatment's first score, at the start, with its last.
    """

    instrument: Instrument
    scale: str
    frame: pl.DataFrame
    observed: tuple[Moment, ...]
    fit: MixedFit | None
    estimates: tuple[Estimate, ...]
    effects: tuple[EffectSize, ...]
    curve: tuple[Estimate, ...]
    change: Change | None

    @property
    def patients(self) -> int:
        return self.frame["treatment"].n_unique()

    @property
    def forms(self) -> int:
        return len(self.frame)

    def share(self, *outcomes: Outcome) -> Proportion | None:
        """The share of patients with any of these outcomes, among those of whom it is known."""
        if self.change is None or not self.change.n_known:
            return None
        counts = self.change.counts()
        return proportion(sum(counts[outcome] for outcome in outcomes), self.change.n_known)


def outcome_course(
    programme: Programme,
    instrument: Instrument,
    scale: str,
    *,
    until: datetime.date,
    months: tuple[float, ...],
    minimum_n: int,
) -> OutcomeCourse:
    """Everything a report says of one outcome. One query."""
    frame = scores_frame(programme, instrument, scale, until=until)
    observed = tuple(describe(frame, time="months", outcome="score")) if len(frame) else ()
    fit = _fit(frame, minimum_n)
    measured = frame["months"].unique().to_list()
    last = max(measured, default=0.0)
    effect_months = tuple(month for month in months if month <= last)
    shown = sorted({0.0, *effect_months, *measured}) if measured else []
    return OutcomeCourse(
        instrument=instrument,
        scale=scale,
        frame=frame,
        observed=observed,
        fit=fit,
        estimates=estimates_at(fit, shown) if fit else (),
        effects=effect_sizes(fit, effect_months) if fit and effect_months else (),
        curve=estimates_at(fit, _steps(last)) if fit else (),
        change=_change(frame, instrument, scale),
    )


def scores_frame(
    programme: Programme, instrument: Instrument, scale: str, *, until: datetime.date
) -> pl.DataFrame:
    """Columns treatment, months, score: the known scores of treatments started in the look-back.

    Those of patients who objected to the monitoring of quality are left out.
    """
    scores = Score.objects.known().of_scale(instrument.id, scale)
    scores = scores.filter(allowed(Purpose.QUALITY_MONITORING, patient="assignment__treatment__patient"))
    rows = scores.filter(
        assignment__treatment__programme=programme,
        assignment__treatment__started_on__gt=until - LOOK_BACK,
        assignment__answered_on__lte=until,
        assignment__months__isnull=False,
    ).order_by("assignment__treatment", "assignment__months")
    values = list(rows.values_list("assignment__treatment", "assignment__months", "value"))
    return pl.DataFrame(
        [(str(treatment), months, value) for treatment, months, value in values],
        schema={"treatment": pl.String, "months": pl.Float64, "score": pl.Float64},
        orient="row",
    )


def _fit(frame: pl.DataFrame, minimum_n: int) -> MixedFit | None:
    """Straight where there are two moments, bent where there are more; None with too few patients."""
    moments = frame["months"].n_unique()
    if moments < 2 or frame["treatment"].n_unique() < minimum_n:
        return None
    terms = ("linear",) if moments == 2 else ("linear", "quadratic")
    random = "slope" if moments > 2 else "intercept"
    model = Model(patient="treatment", time="months", outcome="score", terms=terms, random=random)
    return fit_mixed(frame, model)


def _steps(last: float) -> tuple[float, ...]:
    """Months to draw a smooth line by, from the start to the last moment measured."""
    steps = 36
    return tuple(last * step / steps for step in range(steps + 1))


def _change(frame: pl.DataFrame, instrument: Instrument, scale: str) -> Change | None:
    """From the score at the start to the last known one, of patients with both."""
    by_patient = frame.sort("months").group_by("treatment", maintain_order=True)
    ends = by_patient.agg(
        first=pl.col("score").first(), last=pl.col("score").last(), began=pl.col("months").first(), n=pl.len()
    ).filter((pl.col("began") == 0) & (pl.col("n") > 1))
    if ends.is_empty():
        return None
    return classify_change(instrument, scale, ends["first"].to_numpy(), ends["last"].to_numpy())
