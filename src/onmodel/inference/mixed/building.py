"""From a saturated model to a parsimonious one, as D ch. 5 and 8 did, with the path of decisions kept.

1. Saturated: every time term, group, covariate and interaction.
2. Random part: by REML deviance, correlation and then slope given up where they do not improve the fit.
3. Fixed effects: by ML deviance, of the time effects that may go the one with the highest p is dropped, while
   that is above .10. An effect may not go while an effect that contains it stays (Hox 2002), nor linear time
   while quadratic time stays; group and covariates stay.
4. The result is fitted by REML, and compared by ML with the saturated model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from onmodel.inference.distributions import chi_square_p
from onmodel.inference.mixed.compare import LikelihoodRatio, likelihood_ratio
from onmodel.inference.mixed.design import TIME_TERMS, Design
from onmodel.inference.mixed.fit import fit_rows
from onmodel.inference.mixed.model import Model, Random, Rows, read
from onmodel.inference.mixed.result import MixedFit


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was considered for leaving out: an effect, or a part of the random structure."""

    name: str
    statistic: float
    df: int
    p: float


@dataclass(frozen=True, slots=True)
class Step:
    """One decision: `question`, all that was considered, what was left out (None: nothing), and why."""

    question: str
    considered: tuple[Candidate, ...]
    dropped: str | None
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class ModelBuilding:
    """The path from the saturated to the final model. `final` is by REML, `saturated` by ML."""

    saturated: MixedFit
    final: MixedFit
    steps: tuple[Step, ...]
    against_saturated: LikelihoodRatio | None

    def lines(self) -> list[str]:
        """The path in words, a line for each decision and each candidate."""
        said = [f"Saturated model: {', '.join(self.saturated.model.all_effects) or 'intercept only'}."]
        for number, step in enumerate(self.steps, 1):
            said.append(f"{number}. {step.question}: {step.reason}")
            said += [
                f"     {c.name}: deviance +{c.statistic:.2f}, df {c.df}, p {c.p:.3f}" for c in step.considered
            ]
        said.append(f"Final model: {', '.join(self.final.model.all_effects) or 'intercept only'}; "
                    f"random {self.final.random}.")  # fmt: skip
        if self.against_saturated is not None:
            ratio = self.against_saturated
            said.append(
                f"Against the saturated: deviance +{ratio.statistic:.2f}, df {ratio.df}, p {ratio.p:.3f}."
            )
        return said


def build_model(
    frame: pl.DataFrame,
    model: Model,
    *,
    threshold: float = 0.10,
    random_threshold: float = 0.05,
    keep: Sequence[str] = (),
) -> ModelBuilding:
    """Start from all effects of `model` and its random part; `keep` names time effects that must stay.

    Every model of the path rests on the same rows: those complete for the saturated model. Raises DataError
    as fit_mixed does.

    >>> rows = [(i, m, 30 - m + i * 7 % 5 + (i * 3 + m) % 4) for i in range(20) for m in (0, 3, 6, 12)]
    >>> table = pl.DataFrame(rows, schema=["id", "month", "bdi"], orient="row")
    >>> path = build_model(table, Model("id", "month", "bdi", terms=("linear", "quadratic")))
    >>> [step.dropped for step in path.steps], path.final.model.all_effects, path.final.random
    (['correlation', 'slope', 'quadratic', None], ('linear',), 'intercept')
    """
    rows = read(frame, model)
    random, steps = _random_part(rows, model, random_threshold)
    ml = replace(model, random=random, method="ml", effects=model.all_effects)
    saturated = fit_rows(rows, ml)
    current = saturated
    while True:
        step, smaller = _one_less(rows, current, threshold, frozenset(keep))
        if step is None:
            break
        steps.append(step)
        if smaller is None:
            break
        current = smaller
    final = fit_rows(subset(rows, current.model.all_effects), replace(current.model, method="reml"))
    gained = current.n_parameters < saturated.n_parameters
    against = likelihood_ratio(current, saturated) if gained and saturated.criterion is not None else None
    return ModelBuilding(saturated, final, tuple(steps), against)


def subset(rows: Rows, effects: tuple[str, ...]) -> Rows:
    """The same rows with some of the effects."""
    design = rows.design
    columns = [0, *(column for effect in effects for column in design.columns_of(effect))]
    parts = {part: design.parts[part] for effect in effects for part in effect.split(":")}
    return replace(rows, design=Design(effects, parts), x=rows.x[:, columns])


def _random_part(rows: Rows, model: Model, threshold: float) -> tuple[Random, list[Step]]:
    """Give up the correlation, then the slope, where REML deviance does not mind."""
    steps: list[Step] = []
    random = model.random
    while random != "intercept":
        larger = fit_rows(rows, replace(model, random=random, method="reml"))
        if larger.random == "none":
            return "intercept", steps
        if larger.random == "intercept":
            steps.append(Step("Random slope", (), "slope", "dropped, these data cannot carry it"))
            return "intercept", steps
        simpler: Random = "uncorrelated" if random == "slope" and not steps else "intercept"
        candidate = _random_candidate(rows, model, larger, simpler)
        goes = candidate.p > threshold
        reason = f"{'dropped' if goes else 'kept'}, p {candidate.p:.3f} by REML deviance"
        name = candidate.name.split()[-1]
        steps.append(Step(f"Random {name}", (candidate,), name if goes else None, reason))
        if not goes and simpler == "intercept":
            break
        random = simpler if goes else random
    return random, steps


def _random_candidate(rows: Rows, model: Model, larger: MixedFit, simpler: Random) -> Candidate:
    """A variance is tested at its edge: the p values of df and df - 1 are averaged (Self and Liang 1987)."""
    smaller = fit_rows(rows, replace(model, random=simpler, method="reml"))
    statistic = max((smaller.criterion or 0.0) - (larger.criterion or 0.0), 0.0)
    df = larger.n_parameters - smaller.n_parameters
    if simpler == "uncorrelated":
        return Candidate("without correlation", statistic, df, chi_square_p(statistic, df))
    below = chi_square_p(statistic, df - 1) if df > 1 else float(statistic <= 0)
    return Candidate("without slope", statistic, df, (chi_square_p(statistic, df) + below) / 2)


def _one_less(
    rows: Rows, current: MixedFit, threshold: float, keep: frozenset[str]
) -> tuple[Step | None, MixedFit | None]:
    """Try every effect that may go; drop the least of them if its p is above the threshold."""
    effects = current.model.all_effects
    tried: list[tuple[Candidate, MixedFit]] = []
    for effect in removable(effects, keep):
        rest = tuple(other for other in effects if other != effect)
        smaller = fit_rows(subset(rows, rest), replace(current.model, effects=rest))
        if smaller.criterion is None or current.criterion is None:
            continue
        df = current.n_parameters - smaller.n_parameters
        statistic = max(smaller.criterion - current.criterion, 0.0)
        p = chi_square_p(statistic, df) if df else 1.0
        tried.append((Candidate(effect, statistic, df, p), smaller))
    if not tried:
        return None, None
    least, smaller = max(tried, key=lambda pair: pair[0].p)
    considered = tuple(candidate for candidate, _ in tried)
    if least.p <= threshold:
        return Step(
            "Fixed effects", considered, None, f"none has p above {threshold:g}; the search ends"
        ), None
    reason = f"{least.name} dropped, p {least.p:.3f} by ML deviance"
    return Step("Fixed effects", considered, least.name, reason), smaller


def removable(effects: Sequence[str], keep: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The time effects that no other effect contains."""

    def contained(effect: str) -> bool:
        parts = effect.split(":")
        # linear time lies within quadratic time, alone and in an interaction
        higher = {"quadratic" if part == "linear" else part for part in parts}
        others = [set(other.split(":")) for other in effects if other != effect]
        return any(set(parts) <= other or higher <= other for other in others)

    timed = [effect for effect in effects if set(effect.split(":")) & set(TIME_TERMS)]
    return tuple(effect for effect in timed if effect not in keep and not contained(effect))
