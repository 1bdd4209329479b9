"""Providers against limits about what is usual: shares, means and rates, adjusted for case mix or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, Ints, codes, complete_rows, labels
from onmodel.inference.distributions import critical, normal_two_sided_p, t_two_sided_p
from onmodel.inference.funnel.dispersion import Choice, Dispersion, dispersion
from onmodel.inference.funnel.limits import (
    binomial_cdf,
    binomial_limits,
    mid_p,
    poisson_cdf,
    poisson_limits,
    sum_distribution,
    sum_limits,
)
from onmodel.inference.funnel.result import CurvePoint, Funnel, Kind, Limits, Provider, Verdict
from onmodel.inference.glm import Family, exposures, fit_matrix, outcome_of
from onmodel.inference.regressors import is_factor, regressors

FAMILY: dict[Kind, Family] = {"proportion": "binary", "mean": "continuous", "rate": "count"}
CURVE_POINTS = 80
#: Below this, "auto" allows for no overdispersion: one that stands out would hide itself.
FEW_PROVIDERS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The providers' sums, (k,) each: observed and expected (events, or means), variance of observed.

    chances: each patient's own chance of the event, by provider, when a share is adjusted.
    """

    names: tuple[str, ...]
    n: Ints
    size: Floats
    observed: Floats
    expected: Floats
    variance: Floats
    chances: tuple[Floats, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What the limits depend on besides the provider."""

    kind: Kind
    target: float
    sd: float | None
    df: int
    levels: tuple[float, ...]
    spread: Dispersion
    adjusted: bool


def compare_providers(
    frame: pl.DataFrame,
    *,
    provider: str,
    outcome: str,
    kind: Kind,
    exposure: str | None = None,
    adjust: Sequence[str] = (),
    target: float | None = None,
    levels: Sequence[float] = (0.95, 0.998),
    overdispersion: Choice = "auto",
    winsorise: float = 0.1,
    minimum_n: int = 10,
) -> Funnel:
    """A funnel of providers from rows of patients (or of periods, for a rate with `exposure`).

    kind "proportion": the outcome is 0 or 1; "mean": a score; "rate": a count, per unit of `exposure`
    (without it, per row). `adjust`: patients' characteristics; the expected outcome of each patient then
    comes from a regression on them over all providers, and the value is target x observed / expected (for a
    mean target + observed - expected). `target`: what to compare with, instead of the overall value.
    Providers with fewer than `minimum_n` rows are shown and not judged.

    Raises DataError for columns that are missing or wrong, ValueError for a target with `adjust`.

    >>> out = [1] * 10 + [0] * 30 + [1] * 22 + [0] * 18
    >>> frame = pl.DataFrame({"team": ["a"] * 40 + ["b"] * 40, "out": out})
    >>> found = compare_providers(frame, provider="team", outcome="out", kind="proportion")
    >>> found.target, [(p.name, p.value, p.verdict) for p in found.providers]
    (0.4, [('a', 0.25, 'within'), ('b', 0.55, 'above')])
    """
    if target is not None and adjust:
        raise ValueError("a target cannot be given together with adjustment: it is then the overall value")
    levels = tuple(sorted(levels))
    table, n_dropped = _table(frame, provider, outcome, exposure, adjust)
    y = outcome_of(table, outcome, FAMILY[kind])
    size = exposures(table, exposure) if exposure else np.ones(len(table))
    overall = target if target is not None else float(y.sum() / size.sum())
    _check_target(kind, overall)
    expected, cautions = _expected(table, y, size, kind, adjust, overall)
    units, sd, df = _units(table[provider], y, size, expected, kind, bool(adjust))
    se = _se(units, kind, overall)
    judged = (units.n >= minimum_n) & (se > 0)
    spread = _spread(_z(units)[judged], se[judged], winsorise, overdispersion)
    setting = Setting(kind, overall, sd, df, levels, spread, bool(adjust))
    return Funnel(
        kind, overall, target is not None, sd, _providers(units, setting, se, judged), _curve(units, setting),
        spread, tuple(adjust), levels, minimum_n,
        {level: float(judged.sum() * (1 - level)) for level in levels}, len(table), n_dropped,
        _method(kind, spread, bool(adjust)), (*cautions, *_cautions(units, judged, minimum_n, spread)),
    )  # fmt: skip


def _z(units: Units) -> Floats:
    return (units.observed - units.expected) / np.maximum(np.sqrt(units.variance), 1e-300)


def _providers(units: Units, setting: Setting, se: Floats, judged: NDArray[np.bool_]) -> tuple[Provider, ...]:
    each = zip(se.tolist(), _z(units).tolist(), judged.tolist(), strict=True)
    return tuple(_provider(units, i, setting, *one) for i, one in enumerate(each))


def _spread(z: Floats, se: Floats, winsorise: float, asked: Choice) -> Dispersion:
    """Of few providers the scatter cannot be told: then none is reckoned with, unless it is asked for."""
    few = asked == "auto" and len(z) < FEW_PROVIDERS
    return dispersion(z, se, winsorise=winsorise, choice="none" if few else asked)


def _se(units: Units, kind: Kind, target: float) -> Floats:
    """Of a provider's value, were it like the others; nan where nothing is expected of its patients."""
    if kind == "mean":
        return np.sqrt(units.variance)
    known = units.expected > 1e-9
    return np.where(known, target * np.sqrt(units.variance) / np.where(known, units.expected, 1.0), np.nan)


def _table(
    frame: pl.DataFrame, provider: str, outcome: str, exposure: str | None, adjust: Sequence[str]
) -> tuple[pl.DataFrame, int]:
    numbers = {outcome, *([exposure] if exposure else [])}
    numbers |= {name for name in adjust if name in frame.columns and not is_factor(frame[name])}
    columns = [provider, outcome, *([exposure] if exposure else []), *adjust]
    table, dropped = complete_rows(frame, columns, numbers)
    if len(table) == 0:
        raise DataError("no row has a value in every column that is needed", column=outcome)
    return table, dropped.total


def _check_target(kind: Kind, target: float) -> None:
    wrong = (kind == "proportion" and not 0 < target < 1) or (kind == "rate" and target <= 0)
    if wrong:
        raise DataError(
            f"a {kind} of {target:g} overall leaves no room for differences: there is nothing to compare"
        )


def _expected(
    table: pl.DataFrame, y: Floats, size: Floats, kind: Kind, adjust: Sequence[str], target: float
) -> tuple[Floats, tuple[Caution, ...]]:
    """Each row's expected outcome: the target, or by regression on the case mix."""
    if not adjust:
        return target * (np.ones(len(y)) if kind == "mean" else size), ()
    columns = regressors(table, adjust)
    fit = fit_matrix(columns.names, columns.matrix, y, FAMILY[kind], offset=np.log(size))
    return fit.fitted, fit.warnings


def _units(
    of: pl.Series, y: Floats, size: Floats, expected: Floats, kind: Kind, adjusted: bool
) -> tuple[Units, float | None, int]:
    """Sums by provider, the SD between patients of one provider (means only) and its degrees of freedom."""
    code, k = codes(of)
    firsts = np.unique(code, return_index=True)[1]
    names = tuple(labels(of.gather(firsts)).to_list())
    n = np.bincount(code, minlength=k).astype(np.int64)

    def sums(values: Floats) -> Floats:
        return np.bincount(code, weights=values, minlength=k).astype(np.float64)

    if kind == "mean":
        rest = y - expected
        within = rest - (sums(rest) / n)[code]
        df = len(y) - k
        sd = math.sqrt(float((within**2).sum()) / df) if df > 0 else math.nan
        variance = sd**2 / n
        units = Units(names, n, n.astype(float), sums(y) / n, sums(expected) / n, variance, ())
        return units, None if math.isnan(sd) else sd, df
    own = sums(expected * (1 - expected)) if kind == "proportion" else sums(expected)
    order = np.argsort(code, kind="stable")
    by_provider = np.split(expected[order], np.cumsum(n)[:-1])
    chances = tuple(by_provider) if kind == "proportion" and adjusted else ()
    return Units(names, n, sums(size), sums(y), sums(expected), own, chances), None, 0


def _value(setting: Setting, observed: float, expected: float, size: float) -> float:
    """Share, mean or rate; standardised to the average mix when that is adjusted for."""
    if setting.kind == "mean":
        return setting.target + observed - expected if setting.adjusted else observed
    return setting.target * observed / max(expected, 1e-9) if setting.adjusted else observed / size


def _provider(units: Units, i: int, setting: Setting, se: float, z: float, judged: bool) -> Provider:
    observed, expected = float(units.observed[i]), float(units.expected[i])
    value = _value(setting, observed, expected, float(units.size[i]))
    if not se > 0:
        return Provider(
            units.names[i], int(units.n[i]), float(units.size[i]), observed, expected, value,
            None, None, None, (), "too_few", None,
        )  # fmt: skip
    limits = tuple(_limits(units, i, setting, se, level) for level in setting.levels)
    verdict: Verdict = "within" if judged else "too_few"
    outside: float | None = None
    for limit in limits if judged else ():
        if value < limit.lower or value > limit.upper:
            verdict, outside = ("below" if value < limit.lower else "above"), limit.level
    return Provider(
        units.names[i], int(units.n[i]), float(units.size[i]), observed, expected, value, se, z,
        _p(units, i, setting, se, z), limits, verdict, outside,
    )  # fmt: skip


def _limits(units: Units, i: int, setting: Setting, se: float, level: float) -> Limits:
    """Exact where chance alone is allowed for; normal about the target with overdispersion."""
    if setting.spread.applied != "none" or setting.kind == "mean":
        return _normal_limits(setting, se, level)
    if units.chances:
        low, high = sum_limits(sum_distribution(units.chances[i]), level)
        scale = setting.target / float(units.expected[i])
        return Limits(level, scale * low, scale * high)
    return _exact_limits(setting, float(units.expected[i]), level)


def _exact_limits(setting: Setting, expected: float, level: float) -> Limits:
    """Of a provider of the average mix with this many expected events."""
    if setting.kind == "proportion":
        low, high = binomial_limits(np.array([expected / setting.target]).round(), setting.target, level)
        return Limits(level, float(low[0]), float(high[0]))
    low, high = poisson_limits(np.array([expected]), level)
    return Limits(
        level, setting.target * float(low[0]) / expected, setting.target * float(high[0]) / expected
    )


def _normal_limits(setting: Setting, se: float, level: float) -> Limits:
    chance = setting.spread.applied == "none"
    reach = critical(level, setting.df if chance and setting.df > 0 else None) * _total_se(setting, se)
    low, high = setting.target - reach, setting.target + reach
    floor = -math.inf if setting.kind == "mean" else 0.0
    ceiling = 1.0 if setting.kind == "proportion" else math.inf
    return Limits(level, max(low, floor), min(high, ceiling))


def _total_se(setting: Setting, se: float) -> float:
    """With what providers differ by beyond chance."""
    spread = setting.spread
    if spread.applied == "additive":
        return math.sqrt(se**2 + (spread.tau2 or 0.0))
    return se * math.sqrt(max(spread.phi or 1.0, 1.0)) if spread.applied == "multiplicative" else se


def _p(units: Units, i: int, setting: Setting, se: float, z: float) -> float:
    """Two-sided: mid-p of the count, t of a mean, normal with overdispersion."""
    if setting.spread.applied != "none":
        return normal_two_sided_p(z * se / _total_se(setting, se))
    if setting.kind == "mean":
        return t_two_sided_p(z, setting.df) if setting.df > 0 else math.nan
    count, expected = float(units.observed[i]), float(units.expected[i])
    if units.chances:
        chance = sum_distribution(units.chances[i])
        return mid_p(float(chance[: int(count)].sum()), float(chance[int(count)]))
    counts = np.array([count - 1, count])
    if setting.kind == "rate":
        below, up_to = poisson_cdf(counts, np.full(2, expected))
    else:
        below, up_to = binomial_cdf(counts, np.full(2, float(units.n[i])), setting.target)
    return mid_p(float(below), float(up_to - below))


def _curve(units: Units, setting: Setting) -> tuple[CurvePoint, ...]:
    """Limits over the sizes that occur, closer together where they bend."""
    if not (units.variance > 0).any():
        return ()
    low, high = float(units.size.min()), float(units.size.max())
    sizes = np.geomspace(low, max(high, low * 1.0001), CURVE_POINTS)
    if setting.kind == "proportion":
        sizes = np.unique(np.round(sizes))
    return tuple(
        CurvePoint(float(s), tuple(_curve_limits(setting, s, v) for v in setting.levels)) for s in sizes
    )


def _curve_limits(setting: Setting, size: float, level: float) -> Limits:
    if setting.spread.applied == "none" and setting.kind != "mean":
        return _exact_limits(setting, setting.target * size, level)
    one = {"proportion": setting.target * (1 - setting.target), "rate": setting.target}
    variance = (setting.sd or 0.0) ** 2 if setting.kind == "mean" else one[setting.kind]
    return _normal_limits(setting, math.sqrt(variance / size), level)


def _method(kind: Kind, spread: Dispersion, adjusted: bool) -> str:
    exact = {
        "proportion": "exact binomial limits" if not adjusted else "exact Poisson-binomial limits",
        "rate": "exact Poisson limits",
        "mean": "t limits with the pooled SD within providers",
    }
    limits = exact[kind] if spread.applied == "none" else f"normal limits, {spread.applied} overdispersion"
    return limits + ("; case mix by indirect standardisation" if adjusted else "")


def _cautions(units: Units, judged: NDArray[np.bool_], minimum_n: int, spread: Dispersion) -> list[Caution]:
    said = []
    few = int((units.n < minimum_n).sum())
    if few:
        said.append(
            Caution(
                "too_few", f"{few} of {len(units.n)} providers have fewer than {minimum_n} rows: not judged"
            )
        )
    if int(judged.sum()) < FEW_PROVIDERS:
        said.append(
            Caution(
                "few_providers",
                f"{int(judged.sum())} providers are too few to tell overdispersion from outliers",
            )
        )
    if not (units.variance > 0).any():
        said.append(Caution("no_spread", "patients do not differ within providers: no limits can be drawn"))
    if spread.applied != "none":
        said.append(
            Caution("overdispersed", "providers differ by more than chance; the limits are widened for it")
        )
    return said
