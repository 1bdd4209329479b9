"""Time to an end that not everybody has reached: Kaplan-Meier, log-rank, competing ends.

Rows are patients with the time until their end, or until they were last known to be without it (censored).
At equal times ends come before censoring. Written here because the intervals that people report (log-log) and
numbers at risk come with it; each is a few lines of NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Dropped, Floats, Ints, blank_to_null, complete_rows, labels, levels_of
from onmodel.inference.distributions import chi_square_p, critical


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """Share without the end at each distinct time, with its interval (arrays (k,), times ascending).

    at_risk: patients still followed just before; events, censored: at that time. median with interval: None
    where the curve (or a limit) does not come down to a half.
    """

    group: str | None
    n: int
    n_events: int
    time: Floats
    at_risk: Ints
    events: Ints
    censored: Ints
    survival: Floats
    se: Floats
    lower: Floats
    upper: Floats
    median: float | None
    median_lower: float | None
    median_upper: float | None
    dropped: Dropped

    def at(self, time: float) -> tuple[float, float, float]:
        """Share without the end at `time`, lower and upper limit."""
        index = int(np.searchsorted(self.time, time, side="right")) - 1
        if index < 0:
            return 1.0, 1.0, 1.0
        return float(self.survival[index]), float(self.lower[index]), float(self.upper[index])


@dataclass(frozen=True, slots=True)
class LogRank:
    """Do groups come to the end at the same rate? Observed and expected ends by group."""

    statistic: float
    df: int
    p: float
    groups: tuple[str, ...]
    observed: tuple[int, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """Share that has come to one kind of end by each time, where other kinds compete (arrays (k,))."""

    end: str
    group: str | None
    n: int
    n_ends: int
    time: Floats
    incidence: Floats
    se: Floats
    lower: Floats
    upper: Floats

    def at(self, time: float) -> tuple[float, float, float]:
        """Share with this end by `time`, lower and upper limit."""
        index = int(np.searchsorted(self.time, time, side="right")) - 1
        if index < 0:
            return 0.0, 0.0, 0.0
        return float(self.incidence[index]), float(self.lower[index]), float(self.upper[index])


def kaplan_meier(
    frame: pl.DataFrame,
    *,
    time: str,
    ended: str,
    group: str | None = None,
    level: float = 0.95,
    interval: str = "log-log",
) -> tuple[SurvivalCurve, ...]:
    """A curve for each group. `ended`: 1 or true at the end, 0 or false where censored.

    Kaplan and Meier 1958 (JASA 53:457), Greenwood's variance; intervals "log-log" (stay within 0 and 1) or
    "log" (as R's survfit by default). Raises DataError for a negative time or an `ended` that is not 0 or 1.

    >>> table = pl.DataFrame({"months": [2, 4, 4, 6, 8], "left": [1, 1, 0, 1, 0]})
    >>> curve = kaplan_meier(table, time="months", ended="left")[0]
    >>> curve.at_risk.tolist(), [round(share, 3) for share in curve.survival.tolist()], curve.median
    ([5, 4, 2, 1], [0.8, 0.6, 0.3, 0.3], 6.0)
    """
    if interval not in ("log-log", "log"):
        raise ValueError(f"interval is '{interval}'; choose 'log-log' or 'log'")
    table, dropped = _read(frame, time, ended, group)
    return tuple(
        _curve(name, part[time].to_numpy(), part[ended].to_numpy() > 0, level, interval, dropped)
        for name, part in _groups(table, group)
    )


def log_rank(frame: pl.DataFrame, *, time: str, ended: str, group: str) -> LogRank:
    """Mantel's log-rank test (1966, Cancer Chemother Rep 50:163) of equal rates in all groups.

    Raises DataError as kaplan_meier does, and for fewer than two groups.

    >>> table = pl.DataFrame({"months": [1, 2, 3, 4], "left": [1, 1, 1, 1], "arm": ["a", "a", "b", "b"]})
    >>> found = log_rank(table, time="months", ended="left", group="arm")
    >>> found.observed, round(found.expected[0], 3), round(found.statistic, 3), round(found.p, 3)
    ((2, 2), 0.833, 2.882, 0.09)
    """
    table, _ = _read(frame, time, ended, group)
    parts = list(_groups(table, group))
    if len(parts) < 2:
        raise DataError(f"column '{group}' has one value only; there is nothing to compare", column=group)
    times = np.unique(table.filter(pl.col(ended) > 0)[time].to_numpy())
    tables = [_counts(part[time].to_numpy(), part[ended].to_numpy() > 0, times) for _, part in parts]
    risk = np.stack([t[0] for t in tables]).astype(float)
    ends = np.stack([t[1] for t in tables]).astype(float)
    all_risk, all_ends = risk.sum(axis=0), ends.sum(axis=0)
    share = risk / all_risk
    spread = all_ends * (all_risk - all_ends) / np.maximum(all_risk - 1, 1)
    covariance = np.diag((share * spread).sum(axis=1)) - (share * spread) @ share.T
    excess = ends.sum(axis=1) - (share * all_ends).sum(axis=1)
    df = len(parts) - 1
    statistic = float(excess[:df] @ np.linalg.pinv(covariance[:df, :df]) @ excess[:df])
    return LogRank(
        statistic,
        df,
        chi_square_p(statistic, df),
        tuple(str(name) for name, _ in parts),
        tuple(int(k) for k in ends.sum(axis=1)),
        tuple(float(e) for e in (share * all_ends).sum(axis=1)),
    )


def cumulative_incidence(
    frame: pl.DataFrame, *, time: str, end: str, group: str | None = None, level: float = 0.95
) -> tuple[Incidence, ...]:
    """For each group and kind of end (a label in `end`; missing: censored), Aalen and Johansen's estimate.

    One minus Kaplan-Meier would count as possible drop-outs those who have completed; this does not.
    Variance: delta method (Marubini and Valsecchi 1995, eq. 10.12); intervals log-log.

    >>> ends = ["dropped out", "completed", None, "completed"]
    >>> table = pl.DataFrame({"months": [3, 6, 9, 12], "end": ends})
    >>> for found in cumulative_incidence(table, time="months", end="end"):
    ...     print(found.end, [round(found.at(month)[0], 3) for month in (3, 6, 12)])
    completed [0.0, 0.25, 0.75]
    dropped out [0.25, 0.25, 0.25]
    """
    columns = [time, *([group] if group else [])]
    table, _ = complete_rows(frame, columns, {time})
    if end not in frame.columns:
        raise DataError(
            f"there is no column '{end}'; the columns are: {', '.join(frame.columns)}", column=end
        )
    kept = frame.filter(pl.all_horizontal(pl.col(columns).is_not_null()))
    _refuse_negative(table[time])
    table = table.with_columns(labels(blank_to_null(kept[end])).alias("#end"))
    names = levels_of(table["#end"])
    return tuple(
        _incidence(name, group_name, part[time].to_numpy(), part["#end"].fill_null("").to_numpy(), level)
        for group_name, part in _groups(table, group)
        for name in names
    )


def _read(frame: pl.DataFrame, time: str, ended: str, group: str | None) -> tuple[pl.DataFrame, Dropped]:
    table, dropped = complete_rows(frame, [time, ended, *([group] if group else [])], {time, ended})
    if not len(table):
        raise DataError(f"no row has a value in all of: {time}, {ended}{f', {group}' if group else ''}")
    wrong = table.filter(~pl.col(ended).is_in([0.0, 1.0]))
    if len(wrong):
        raise DataError(
            f"column '{ended}' holds {wrong[ended][0]:g}; 1 (ended) or 0 (not yet) is needed", column=ended
        )
    _refuse_negative(table[time])
    return table, dropped


def _refuse_negative(times: pl.Series) -> None:
    below = times.filter(times < 0)
    if len(below):
        raise DataError(f"column '{times.name}' holds {below[0]:g}; a time since the start is needed")


def _groups(table: pl.DataFrame, group: str | None) -> list[tuple[str | None, pl.DataFrame]]:
    if group is None:
        return [(None, table)]
    text = labels(table[group])
    return [(level, table.filter(text == level)) for level in levels_of(table[group])]


def _counts(time: Floats, ended: np.ndarray, at: Floats) -> tuple[Ints, Ints]:
    """Patients at risk just before, and ends at, each of the times `at` (ascending)."""
    ordered = np.sort(time)
    risk = len(time) - np.searchsorted(ordered, at, side="left")
    ends = np.sort(time[ended])
    return risk, np.searchsorted(ends, at, side="right") - np.searchsorted(ends, at, side="left")


def _curve(
    group: str | None, time: Floats, ended: np.ndarray, level: float, interval: str, dropped: Dropped
) -> SurvivalCurve:
    at = np.unique(time)
    risk, ends = _counts(time, ended, at)
    _, gone = _counts(time, ~ended, at)
    survival = np.cumprod(1 - ends / risk).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_se = np.sqrt(np.cumsum(np.where(risk > ends, ends / (risk * (risk - ends)), 0.0)))
        log_se[survival == 0] = np.nan
        lower, upper = _limits(survival, log_se, critical(level), interval)
    median, *limits = (_first_below(at, values) for values in (survival, lower, upper))
    return SurvivalCurve(
        group, len(time), int(ends.sum()), at, risk, ends, gone, survival,
        survival * log_se, lower, upper, median, limits[0], limits[1], dropped,
    )  # fmt: skip


def _limits(survival: Floats, log_se: Floats, reach: float, interval: str) -> tuple[Floats, Floats]:
    """Lower and upper limit; 1 before the first end, nan once nobody is left."""
    if interval == "log":
        lower, upper = survival * np.exp(-reach * log_se), survival * np.exp(reach * log_se)
    else:
        spread = reach * log_se / np.log(survival)
        lower, upper = survival ** np.exp(-spread), survival ** np.exp(spread)
    whole = survival == 1
    return np.where(whole, 1.0, lower), np.where(whole, 1.0, np.minimum(upper, 1.0))


def _first_below(at: Floats, values: Floats) -> float | None:
    """The first time at which a share is a half or less; in a stretch at exactly a half, its middle."""
    below = np.flatnonzero(values <= 0.5 + 1e-12)
    if not len(below):
        return None
    first = below[0]
    if abs(values[first] - 0.5) < 1e-12:
        further = np.flatnonzero(values < 0.5 - 1e-12)
        if len(further):
            return float((at[first] + at[further[0]]) / 2)
    return float(at[first])


def _incidence(end: str, group: str | None, time: Floats, ends: np.ndarray, level: float) -> Incidence:
    at = np.unique(time)
    risk, any_end = _counts(time, ends != "", at)
    _, this = _counts(time, ends == end, at)
    survival = np.cumprod(1 - any_end / risk)
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * this / risk)
    variance = _incidence_variance(incidence, before, risk, any_end, this)
    se = np.sqrt(np.maximum(variance, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = critical(level) * se / (incidence * np.log(incidence))
        lower, upper = incidence ** np.exp(-spread), incidence ** np.exp(spread)
    nothing = incidence == 0
    return Incidence(
        end, group, len(time), int(this.sum()), at, incidence, se,
        np.where(nothing, 0.0, lower), np.where(nothing, 0.0, upper),
    )  # fmt: skip


def _incidence_variance(incidence: Floats, before: Floats, risk: Ints, any_end: Ints, this: Ints) -> Floats:
    """sum over earlier times j of (F(t) - F(j))^2 g_j + s_j^2 v_j - 2 (F(t) - F(j)) c_j, by running sums."""
    left = (risk - any_end).astype(float)
    g = np.divide(any_end, risk * left, out=np.zeros(len(risk)), where=left > 0)
    v = before**2 * (risk - this) * this / risk.astype(float) ** 3
    c = before * this / risk.astype(float) ** 2
    squared = (
        incidence**2 * np.cumsum(g) - 2 * incidence * np.cumsum(incidence * g) + np.cumsum(incidence**2 * g)
    )
    result: Floats = squared + np.cumsum(v) - 2 * (incidence * np.cumsum(c) - np.cumsum(incidence * c))
    return result
