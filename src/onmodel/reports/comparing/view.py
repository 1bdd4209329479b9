"""What all parts of a comparison's report share: names of groups and outcomes, bases, what may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from onmodel.inference.describe import Summary
from onmodel.inference.mixed import JointTest
from onmodel.outcomes.comparison import MONTHS, Comparison, OutcomeCompared
from onmodel.outcomes.periods import FIRST, SECOND, ByDate
from onmodel.packs.instruments import Direction
from onmodel.reports.document import Basis, Figure
from onmodel.reports.period import COUNTED, words
from onmodel.wording.numbers import date_written, written

#: For readers of aggregates only, a count below this is not shown, nor what rests on it.
SMALL_CELL = 5
P_DECIMALS, P_LEAST = 3, 0.001


@dataclass(frozen=True)
class View:
    """A comparison as a reader may see it. `aggregates_only`: small cells are left out."""

    comparison: Comparison
    aggregates_only: bool

    @property
    def by_date(self) -> ByDate | None:
        split = self.comparison.allocation.split
        return split if isinstance(split, ByDate) else None

    @cached_property
    def names(self) -> dict[str, str]:
        split = self.comparison.allocation.split
        if isinstance(split, ByDate):
            day = {"date": date_written(split.date)}
            return {FIRST: _("Before %(date)s") % day, SECOND: _("From %(date)s on") % day}
        return {FIRST: split.first, SECOND: split.second}

    @cached_property
    def headline(self) -> tuple[float, ...]:
        """The months of D ch. 8 as far as they were reached, else the last month that was measured."""
        months = self.comparison.months
        return tuple(month for month in MONTHS if month in months) or months[-1:]

    @property
    def fewest(self) -> int:
        """Means of fewer patients are not shown."""
        least = self.comparison.minimum_n
        return max(least, SMALL_CELL) if self.aggregates_only else least

    def count(self, n: int, data: str) -> Figure:
        if self.aggregates_only and 0 < n < SMALL_CELL:
            return Figure(value=None, why=_("fewer than %(n)s") % {"n": SMALL_CELL})
        return Figure(value=n, basis=Basis(rule=COUNTED, version="", data=data))

    def number(self, n: int) -> str:
        """A count within a sentence."""
        if self.aggregates_only and 0 < n < SMALL_CELL:
            return _("fewer than %(n)s") % {"n": SMALL_CELL}
        return written(n)

    def mean(self, summary: Summary, basis: Basis, *, percent: bool = False) -> Figure:
        """A mean with its interval and n; not of too few."""
        known = summary.n >= self.fewest and summary.mean is not None
        if percent and self.aggregates_only and known:
            events = round(summary.n * summary.mean)
            known = not (0 < events < SMALL_CELL or 0 < summary.n - events < SMALL_CELL)
        if not known:
            return Figure(value=None, why=_("too few patients"))
        times = 100 if percent else 1
        return Figure(
            value=times * summary.mean,
            unit="%" if percent else "",
            decimals=0 if percent else 2,
            n=summary.n,
            lower=None if percent or summary.lower is None else summary.lower,
            upper=None if percent or summary.upper is None else summary.upper,
            basis=basis,
        )

    def outcome_data(self, outcome: OutcomeCompared) -> str:
        return _("%(forms)s forms of %(patients)s patients, answered by %(day)s") % {
            "forms": self.number(len(outcome.frame)),
            "patients": self.number(sum(outcome.patients.values())),
            "day": date_written(self.comparison.until),
        }

    def observed_basis(self, outcome: OutcomeCompared) -> Basis:
        return Basis(
            rule=_("%(instrument)s, scale %(scale)s, scored as its definition says")
            % {"instrument": outcome.instrument.abbreviation, "scale": outcome.scale},
            version=outcome.instrument.version,
            data=self.outcome_data(outcome),
        )

    def model_basis(self, outcome: OutcomeCompared) -> Basis:
        fit = outcome.answer.path.final if outcome.answer else None
        effects = ", ".join(effect_in_words(effect) for effect in fit.model.all_effects) if fit else ""
        return Basis(
            rule=_("linear mixed model of %(scale)s, REML: %(effects)s; %(random)s")
            % {
                "scale": outcome.scale,
                "effects": effects,
                "random": random_in_words(fit.random if fit else ""),
            },
            version=f"{outcome.instrument.id} {outcome.instrument.version}",
            data=self.outcome_data(outcome),
        )

    def test_basis(self, outcome: OutcomeCompared) -> Basis:
        return Basis(
            rule=_(
                "linear mixed model of %(scale)s with everything in it, before anything was dropped: "
                "F of the group's whole part in the course, and differences, by REML with Satterthwaite's "
                "degrees of freedom"
            )
            % {"scale": outcome.scale},
            version=f"{outcome.instrument.id} {outcome.instrument.version}",
            data=self.outcome_data(outcome),
        )


def degrees(test: JointTest) -> str:
    """Its degrees of freedom, in words."""
    return _("df %(df)s and %(within)s") % {"df": test.df, "within": written(test.df_within, 0)}


def outcome_name(outcome: OutcomeCompared) -> str:
    return f"{outcome.instrument.abbreviation} {words(outcome.instrument.scale(outcome.scale).title)}"


def better(outcome: OutcomeCompared) -> str:
    """Which way is better, in words."""
    if outcome.instrument.scale(outcome.scale).direction is Direction.NEUTRAL:
        return ""
    return _("lower is better") if outcome.sign < 0 else _("higher is better")


def p_figure(p: float | None, basis: Basis | None, why: str = "") -> Figure:
    return Figure(
        value=p, decimals=P_DECIMALS, least=P_LEAST, basis=basis if p is not None else None, why=why
    )


def p_in_words(p: float) -> str:
    """ "p = 0.012" or "p < 0.001"."""
    if p < P_LEAST:
        return f"p < {written(P_LEAST, P_DECIMALS)}"
    return f"p = {written(p, P_DECIMALS)}"


def effect_in_words(effect: str) -> str:
    """ "linear time × group" of "linear:group"."""
    known = {
        "linear": _("linear time"),
        "quadratic": _("quadratic time"),
        "group": _("group"),
        "age": _("age"),
        "gender": _("gender"),
        "slope": _("slope by patient"),
        "correlation": _("correlation of intercept and slope"),
        "without slope": _("without slope by patient"),
        "without correlation": _("without correlation of intercept and slope"),
    }
    return " × ".join(known.get(part, part) for part in effect.split(":"))


def random_in_words(random: str) -> str:
    return {
        "slope": _("random intercept and slope by patient"),
        "uncorrelated": _("random intercept and slope by patient, uncorrelated"),
        "intercept": _("random intercept by patient"),
    }.get(random, _("no random effects"))
