"""How dependable are ratings, and how many sessions and raters make them so? Generalizability theory.

A G-study divides the variance of single scores over the object of measurement (a therapist, say), the facets
(session, rater, item), their interactions and a residual; a D-study says how dependable a mean over so many
conditions of each facet would be (Brennan 2001, Generalizability Theory, ch. 3 to 5). Components are by REML,
so that data need not be balanced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Ints, codes, complete_rows
from onmodel.inference.components import variance_components


@dataclass(frozen=True, slots=True)
class Component:
    """A variance component: the facets (and object) that it belongs to, and its share of all variance."""

    effect: tuple[str, ...]
    variance: float
    share: float


@dataclass(frozen=True, slots=True)
class GStudy:
    """Components of single scores; the last is the residual (the highest interaction and error in one)."""

    object: str
    facets: tuple[str, ...]
    components: tuple[Component, ...]
    mean: float
    n: int
    n_dropped: int
    levels: Mapping[str, int]
    criterion: float
    warnings: tuple[Caution, ...]

    def variance(self, *effect: str) -> float:
        """Of an effect named by its facets in any order. Raises KeyError."""
        for component in self.components:
            if set(component.effect) == set(effect):
                return component.variance
        raise KeyError(effect)


@dataclass(frozen=True, slots=True)
class DStudy:
    """Dependability of a mean over `conditions` of each facet.

    relative: the generalizability coefficient, for comparing objects with each other; absolute: the index of
    dependability (phi), for comparing with a standard. sem_absolute: standard error of such a mean. None
    where objects do not vary.
    """

    conditions: Mapping[str, int]
    relative: float | None
    absolute: float | None
    sem_relative: float
    sem_absolute: float

    @property
    def ratings(self) -> int:
        return prod(self.conditions.values())


def g_study(
    frame: pl.DataFrame,
    *,
    score: str,
    object: str,
    facets: Sequence[str],
    nested: Mapping[str, str] | None = None,
) -> GStudy:
    """One row a score. `nested`: facet -> what it lies within, such as {"session": "therapist"}.

    Raises DataError for a missing column, scores that are no numbers or never vary, a facet with one level,
    or an interaction that cannot be told from error because each of its combinations was scored once.

    >>> rows = [("a", 1, 6), ("a", 2, 5), ("b", 1, 4), ("b", 2, 2), ("c", 1, 2), ("c", 2, 2)]
    >>> table = pl.DataFrame(rows, schema=["therapist", "rater", "score"], orient="row")
    >>> study = g_study(table, score="score", object="therapist", facets=["rater"])
    >>> [(component.effect, round(component.variance, 3)) for component in study.components]
    [(('therapist',), 3.0), (('rater',), 0.333), (('therapist', 'rater'), 0.5)]
    """
    names = (object, *facets)
    table, dropped = complete_rows(frame, [score, *names], {score})
    within = dict(nested or {})
    coded = _codes(table, names, within)
    effects = _effects(names, within)
    factors = [_interaction([coded[name] for name in effect]) for effect in effects[:-1]]
    _refuse_untold(effects, factors, len(table))
    fit = variance_components(table[score].to_numpy(), factors)
    values = (*fit.variances, fit.residual)
    total = sum(values)
    components = tuple(Component(e, v, v / total) for e, v in zip(effects, values, strict=True))
    levels = {name: len(np.unique(coded[name])) for name in names}
    return GStudy(
        object,
        tuple(facets),
        components,
        fit.mean,
        len(table),
        dropped.total,
        levels,
        fit.criterion,
        _cautions(components, levels, fit.converged),
    )


def _refuse_untold(effects: Sequence[Sequence[str]], factors: Sequence[Ints], rows: int) -> None:
    for effect, factor in zip(effects, factors, strict=False):
        if factor.max() + 1 >= rows:
            raise DataError(
                f"every combination of {' and '.join(effect)} was scored once at most; "
                "its variance cannot be told from error"
            )


def d_study(study: GStudy, **conditions: int) -> DStudy:
    """How dependable a mean over `conditions` of each facet is; a facet left out counts once.

    Raises ValueError for a facet that the study does not know or a number below 1.

    >>> rows = [("a", 1, 6), ("a", 2, 5), ("b", 1, 4), ("b", 2, 2), ("c", 1, 2), ("c", 2, 2)]
    >>> table = pl.DataFrame(rows, schema=["therapist", "rater", "score"], orient="row")
    >>> study = g_study(table, score="score", object="therapist", facets=["rater"])
    >>> found = d_study(study, rater=2)  # 3 / (3 + 0.5 / 2); 3 / (3 + (0.5 + 0.333) / 2)
    >>> round(found.relative, 3), round(found.absolute, 3)
    (0.923, 0.878)
    """
    for facet, count in conditions.items():
        if facet not in study.facets or count < 1:
            raise ValueError(
                f"{facet}={count}: a number from 1 for one of {', '.join(study.facets)} is needed"
            )
    counts = {facet: conditions.get(facet, 1) for facet in study.facets}
    true = study.variance(study.object)
    relative = absolute = 0.0
    for component in study.components:
        if component.effect == (study.object,):
            continue
        error = component.variance / prod(counts[f] for f in component.effect if f != study.object)
        absolute += error
        if study.object in component.effect:
            relative += error
    return DStudy(
        counts,
        true / (true + relative) if true > 0 else None,
        true / (true + absolute) if true > 0 else None,
        relative**0.5,
        absolute**0.5,
    )


def needed(
    study: GStudy, *, target: float = 0.70, most: Mapping[str, int] | None = None, absolute: bool = False
) -> tuple[DStudy, ...]:
    """Every smallest set of conditions that reaches `target`, fewest ratings first; empty when none does.

    `most`: how many of each facet to consider (10). A set is smallest when no condition of it can be spared.

    >>> rows = [("a", 1, 6), ("a", 2, 5), ("b", 1, 4), ("b", 2, 2), ("c", 1, 2), ("c", 2, 2)]
    >>> table = pl.DataFrame(rows, schema=["therapist", "rater", "score"], orient="row")
    >>> study = g_study(table, score="score", object="therapist", facets=["rater"])
    >>> [dict(found.conditions) for found in needed(study, target=0.95)]
    [{'rater': 4}]
    """
    limits = {facet: (most or {}).get(facet, 10) for facet in study.facets}

    def reaches(found: DStudy) -> bool:
        value = found.absolute if absolute else found.relative
        return value is not None and value >= target

    enough = []
    for counts in product(*(range(1, limits[facet] + 1) for facet in study.facets)):
        conditions = dict(zip(study.facets, counts, strict=True))
        found = d_study(study, **conditions)
        fewer = [conditions | {f: c - 1} for f, c in conditions.items() if c > 1]
        if reaches(found) and not any(reaches(d_study(study, **less)) for less in fewer):
            enough.append(found)
    return tuple(sorted(enough, key=lambda found: (found.ratings, tuple(found.conditions.values()))))


def _codes(table: pl.DataFrame, names: tuple[str, ...], within: Mapping[str, str]) -> dict[str, Ints]:
    """Codes of each facet; a nested facet's label may come back in another object, so it is told apart."""
    result: dict[str, Ints] = {}
    for name in names:
        result[name], count = codes(table[name])
        if count < 2:
            raise DataError(f"column '{name}' has one value only; its variance cannot be seen", column=name)
    for name, outer in within.items():
        if name not in names or outer not in names:
            raise DataError(f"'{name}' within '{outer}': both must be the object or a facet")
        result[name] = _interaction([result[outer], result[name]])
    return result


def _effects(names: tuple[str, ...], within: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Every combination of object and facets in which a nested facet stands with what it lies within."""
    found = [
        effect
        for size in range(1, len(names) + 1)
        for effect in combinations(names, size)
        if all(within[name] in effect for name in effect if name in within)
    ]
    return found


def _interaction(factors: list[Ints]) -> Ints:
    combined = np.zeros(len(factors[0]), dtype=np.int64)
    for factor in factors:
        combined = combined * (int(factor.max()) + 1) + factor
    return np.unique(combined, return_inverse=True)[1].astype(np.int64)


def _cautions(
    components: tuple[Component, ...], levels: Mapping[str, int], converged: bool
) -> tuple[Caution, ...]:
    found = []
    zero = [" x ".join(c.effect) for c in components if c.variance == 0]
    if zero:
        found.append(Caution("zero_components", f"No variance was found for: {', '.join(zero)}."))
    few = [f"{name} {count}" for name, count in levels.items() if count < 5]
    if few:
        found.append(Caution("few_levels", f"Few conditions make components rough: {', '.join(few)}."))
    if not converged:
        found.append(Caution("not_converged", "The search for the components did not settle."))
    return tuple(found)
