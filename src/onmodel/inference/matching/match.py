"""Pairs of patients with the closest scores, one from each group, within strata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution
from onmodel.inference.columns import Floats, codes, complete_rows
from onmodel.inference.matching.balance import IMBALANCE, Balance, Bools, Ints, balance
from onmodel.inference.matching.propensity import Propensity, propensity_scores

Order = Literal["closest", "largest", "optimal"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of the table, from 0, and the difference of their scores."""

    treated: int
    other: int
    difference: float


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Pairs, who is left over, and the balance of each covariate before and after."""

    pairs: tuple[Pair, ...]
    unmatched: tuple[int, ...]
    n_treated: int
    n_other: int
    n_dropped: int
    balance: tuple[Balance, ...]
    propensity: Propensity
    method: str
    warnings: tuple[Caution, ...]

    @property
    def n(self) -> int:
        """Pairs."""
        return len(self.pairs)

    @property
    def rows(self) -> tuple[int, ...]:
        """The rows of the table that were matched, in order."""
        return tuple(sorted([p.treated for p in self.pairs] + [p.other for p in self.pairs]))


def match_groups(
    frame: pl.DataFrame,
    *,
    group: str,
    treated: str,
    covariates: Sequence[str],
    strata: Sequence[str] = (),
    order: Order = "closest",
    caliper: float | None = None,
    sd: Literal["pooled", "treated"] = "pooled",
    reference: Mapping[str, str] | None = None,
) -> Matching:
    """Each treated patient with another of the same strata and the nearest propensity score, at most once.

    As D ch. 5: scores by logistic regression, pairs within strata on the smallest difference. order
    "closest": the pair that is nearest of all first; "largest": the treated with the largest score chooses
    first (MatchIt's default); "optimal": the smallest sum of differences. `caliper`: no pair further apart,
    in SDs of the score. One row a patient; rows without a value that is needed are left out and counted.
    Raises DataError as propensity_scores().

    >>> frame = pl.DataFrame({"arm": ["m", "m", "o", "o", "o"], "age": [20.0, 31, 30, 40, 22]})
    >>> found = match_groups(frame, group="arm", treated="m", covariates=["age"])
    >>> [(pair.treated, pair.other) for pair in found.pairs]
    [(0, 4), (1, 2)]
    """
    needed = frame.with_row_index("#row")
    kept = complete_rows(needed, ["#row", *strata], ())[0]["#row"] if strata else needed["#row"]
    rows = frame[kept.to_numpy()]
    scored = propensity_scores(rows, group=group, treated=treated, covariates=covariates, reference=reference)
    original = kept.to_numpy()[scored.rows].astype(np.int64)
    table = frame[original]
    stratum = _strata(table, strata)
    reach = None if caliper is None else caliper * float(scored.scores.std(ddof=1))
    found = nearest_pairs(scored.scores, scored.treated, stratum, order=order, caliper=reach)
    first, second = np.array(found, dtype=np.int64).reshape(-1, 2).T
    apart = np.abs(scored.scores[first] - scored.scores[second])
    pairs = tuple(map(Pair, original[first].tolist(), original[second].tolist(), apart.tolist()))
    left = tuple(original[np.setdiff1d(np.flatnonzero(scored.treated), first)].tolist())
    rows_of = balance(
        table, list(dict.fromkeys([*covariates, *strata])), scored.treated,
        first=first, second=second, sd=sd, scores=scored.scores,
    )  # fmt: skip
    return Matching(
        pairs, left, int(scored.treated.sum()), int((~scored.treated).sum()), len(frame) - len(table),
        rows_of, scored, _method(order, strata, caliper),
        (*scored.warnings, *_cautions(pairs, left, rows_of)),
    )  # fmt: skip


def _strata(table: pl.DataFrame, strata: Sequence[str]) -> Ints:
    """A number for each combination of values."""
    if not strata:
        return np.zeros(len(table), dtype=np.int64)
    every = np.stack([codes(table[name])[0] for name in strata], axis=1)
    return np.unique(every, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def nearest_pairs(
    scores: Floats,
    treated: Bools,
    stratum: Ints | None = None,
    *,
    order: Order = "closest",
    caliper: float | None = None,
) -> list[tuple[int, int]]:
    """(treated, other) positions of pairs within each stratum, in order of the treated; ties go to the first.

    >>> nearest_pairs(np.array([0.5, 0.6, 0.55, 0.1]), np.array([True, True, False, False]))
    [(0, 2), (1, 3)]
    """
    group = np.zeros(len(scores), dtype=np.int64) if stratum is None else stratum
    choose = {"closest": _closest, "largest": _largest, "optimal": _optimal}[order]
    limit = np.inf if caliper is None else caliper
    pairs: list[tuple[int, int]] = []
    for value in np.unique(group[treated]):
        one = np.flatnonzero(treated & (group == value))
        other = np.flatnonzero(~treated & (group == value))
        if len(other):
            # rounding errors must not decide between patients who are alike
            distance = np.abs(scores[one][:, None] - scores[other][None, :]).round(10)
            pairs += [(int(one[i]), int(other[j])) for i, j in choose(distance, scores[one].round(10), limit)]
    return sorted(pairs)


def _closest(distance: Floats, scores: Floats, limit: float) -> list[tuple[int, int]]:
    """The smallest distance of all, then the smallest of what is left, and so on."""
    free_one, free_other = set(range(distance.shape[0])), set(range(distance.shape[1]))
    pairs = []
    for flat in np.argsort(distance, axis=None, kind="stable"):
        i, j = divmod(int(flat), distance.shape[1])
        if distance[i, j] > limit or not free_one or not free_other:
            break
        if i in free_one and j in free_other:
            pairs.append((i, j))
            free_one.remove(i)
            free_other.remove(j)
    return pairs


def _largest(distance: Floats, scores: Floats, limit: float) -> list[tuple[int, int]]:
    """The treated with the largest score chooses first."""
    left = distance.copy()
    pairs = []
    for i in np.argsort(-scores, kind="stable"):
        j = int(np.argmin(left[i]))
        if np.isfinite(left[i, j]) and left[i, j] <= limit:
            pairs.append((int(i), j))
            left[:, j] = np.inf
    return pairs


def _optimal(distance: Floats, scores: Floats, limit: float) -> list[tuple[int, int]]:
    """The smallest sum of distances; a pair beyond the limit costs more than any other."""
    from scipy.optimize import linear_sum_assignment

    cost = np.where(distance > limit, 1e6, distance)
    one, other = linear_sum_assignment(cost)
    return [(int(i), int(j)) for i, j in zip(one, other, strict=True) if distance[i, j] <= limit]


def _method(order: Order, strata: Sequence[str], caliper: float | None) -> str:
    how = {
        "closest": "nearest pairs first",
        "largest": "largest score first",
        "optimal": "smallest sum of differences",
    }[order]
    within = f" within {', '.join(strata)}" if strata else ""
    near = f", caliper {caliper:g} SD" if caliper is not None else ""
    return f"1:1 matching on the propensity score{within}, {how}{near}"


def _cautions(pairs: tuple[Pair, ...], left: tuple[int, ...], rows: tuple[Balance, ...]) -> list[Caution]:
    said = []
    if left:
        total = len(pairs) + len(left)
        said.append(Caution("unmatched", f"{len(left)} of {total} found no partner and are left out"))
    off = [row.name for row in rows if row.smd_after is not None and abs(row.smd_after) > IMBALANCE]
    if off:
        message = f"still apart by more than {IMBALANCE:g} SD after matching: {', '.join(off)}"
        said.append(Caution("imbalance", message))
    return said
