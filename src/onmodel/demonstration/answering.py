"""Answers to items, by a graded-response model, so that the scale's score follows a given course.

Discriminations and thresholds are drawn for the simulation; they are no published parameters of
any instrument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

GRID = np.linspace(-6.0, 6.0, 241)
#: Spread of a patient's deviation on a subscale around the general severity.
FACET_SD = 0.4
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


@dataclass(frozen=True)
class GradedItems:
    """k items: discrimination (k,), thresholds (k, options - 1) ascending, lowest answer, facet (k,)."""

    discrimination: Floats
    thresholds: Floats
    lowest: int
    facets: NDArray[np.int64]

    def chances(self, severity: Floats) -> Floats:
        """P(answer at or above each option but the lowest): severity (..., k) -> (..., k, options - 1)."""
        return expit(self.discrimination[:, None] * (severity[..., None] - self.thresholds))

    def expected_mean(self, severity: Floats) -> Floats:
        """The mean answer that general severities (m,) lead to, over the spread of the facets."""
        around = severity[:, None] + FACET_SD * NODES[None, :]
        chances = self.chances(around[..., None].repeat(len(self.discrimination), axis=-1))
        per_node = chances.sum(axis=-1).mean(axis=-1)
        return self.lowest + per_node @ (WEIGHTS / WEIGHTS.sum())

    def severity_for(self, mean_answer: Floats) -> Floats:
        """The severity whose expected mean answer this is."""
        return np.interp(mean_answer, self.expected_mean(GRID), GRID)

    def draw(self, rng: np.random.Generator, severity: Floats, facet: Floats) -> Floats:
        """Answers (n, k) for general severities (n,) and facet deviations (n, facets)."""
        chances = self.chances(severity[:, None] + facet[:, self.facets])
        luck = rng.random(size=(len(severity), len(self.discrimination), 1))
        return self.lowest + (luck < chances).sum(axis=-1).astype(np.float64)


def graded_items(
    rng: np.random.Generator, *, facets: NDArray[np.int64], options: int, lowest: int, easiest: float
) -> GradedItems:
    """Items with these facets, `options` answers from `lowest`, the first threshold around `easiest`."""
    k = len(facets)
    steps = rng.uniform(0.5, 0.9, size=(k, options - 2))
    first = rng.normal(easiest, 0.5, size=(k, 1))
    thresholds = np.hstack([first, first + np.cumsum(steps, axis=1)])
    return GradedItems(rng.uniform(1.2, 2.4, size=k), thresholds, lowest, facets)


def skip_some(rng: np.random.Generator, answers: Floats, share: float) -> Floats:
    """The answers with that share of the single items left open."""
    return np.where(rng.random(size=answers.shape) < share, np.nan, answers)
