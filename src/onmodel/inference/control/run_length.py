"""How many points pass on average before a chart signals: without a change, and after one.

A shift is in standard deviations of a single point; shift 0 gives the time between false alarms.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from onmodel.inference.columns import Floats

NODES = 60


def _cdf(x: Floats | float) -> Floats:
    from scipy import special

    return np.asarray(special.ndtr(x), dtype=np.float64)


def _density(x: Floats) -> Floats:
    result: Floats = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    return result


def _nodes(low: float, high: float) -> tuple[Floats, Floats]:
    """Gauss-Legendre nodes and weights on an interval."""
    x, w = np.polynomial.legendre.leggauss(NODES)
    half = (high - low) / 2
    return (low + high) / 2 + half * x, half * w


def shewhart_run_length(width: float = 3.0, *, shift: float = 0.0, run: int | None = None) -> float:
    """With limits `width` SDs about the centre, and a signal after `run` points on one side if given.

    Champ and Woodall 1987 (Technometrics 29:393-399), as a Markov chain over the length of the run.

    >>> round(shewhart_run_length(3), 1), round(shewhart_run_length(3, run=8), 1)
    (370.4, 152.7)
    """
    up = float(_cdf(width - shift) - _cdf(-shift))
    down = float(_cdf(-shift) - _cdf(-width - shift))
    if run is None:
        return 1 / max(1 - up - down, 1e-300)
    states = run - 1  # a run of 1, 2, ... on one side; the other side likewise
    moves = np.zeros((2 * states, 2 * states))
    for length in range(states):
        if length + 1 < states:
            moves[length, length + 1] = up
            moves[states + length, states + length + 1] = down
        moves[length, states] += down
        moves[states + length, 0] += up
    steps = np.linalg.solve(np.eye(2 * states) - moves, np.ones(2 * states))
    return float(1 + up * steps[0] + down * steps[states])


def ewma_run_length(weight: float, width: float, *, shift: float = 0.0) -> float:
    """With constant limits `width` long-run SDs of the average about the centre.

    Crowder's integral equation (1987, Technometrics 29:401-407), solved at Gauss-Legendre nodes.

    >>> round(ewma_run_length(0.2, 2.86), 0)
    371.0
    """
    edge = width * math.sqrt(weight / (2 - weight))
    x, w = _nodes(-edge, edge)
    kernel = _density((x[None, :] - (1 - weight) * x[:, None]) / weight - shift) * w[None, :] / weight
    steps = np.linalg.solve(np.eye(NODES) - kernel, np.ones(NODES))
    start = _density(x / weight - shift) * w / weight
    return float(1 + start @ steps)


def cusum_run_length(slack: float, threshold: float, *, shift: float = 0.0) -> float:
    """Of both sides together: 1 / (1 / upper + 1 / lower) (Van Dobben de Bruyn 1968).

    Each side by Page's integral equation, with its mass at 0.

    >>> round(cusum_run_length(0.5, 4), 1), round(cusum_run_length(0.5, 4, shift=1), 2)
    (167.7, 8.38)
    """
    both = cusum_one_side(np.array([slack]), np.array([threshold]), np.array([shift, -shift]))
    return float(1 / (1 / both).sum())


def cusum_one_side(slack: Floats, threshold: Floats, shift: Floats) -> Floats:
    """Of the upper side alone, for several charts at once (broadcast to (m,)): Page's integral equation
    with its mass at 0.

    >>> cusum_one_side(np.array([0.5]), np.array([4.0]), np.array([0.0, 1.0])).round(2)
    array([335.37,   8.38])
    """
    k, h, d = (column[:, None, None] for column in np.broadcast_arrays(slack, threshold, shift))
    share, weight = _nodes(0.0, 1.0)
    x, w = h[:, 0] * share, h[:, 0] * weight
    at = np.concatenate([np.zeros((len(x), 1)), x], axis=1)
    system = np.repeat(np.eye(NODES + 1)[None], len(x), axis=0)
    system[:, :, 0] -= _cdf(k[:, 0] - d[:, 0] - at)
    system[:, :, 1:] -= _density(x[:, None, :] - at[:, :, None] + k - d) * w[:, None, :]
    steps = np.linalg.solve(system, np.ones((len(x), NODES + 1, 1)))
    return np.asarray(steps[:, 0, 0], dtype=np.float64)


def ratio_cusum_run_length(scores: Floats, chances: Floats, threshold: float, *, states: int = 150) -> float:
    """Of one side of a likelihood-ratio CUSUM whose point adds `scores[j]` with chance `chances[j]`.

    Brook and Evans's Markov chain (1972, Biometrika 59:539-549), a step shared between the states beside it.

    >>> round(ratio_cusum_run_length(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 1.5, states=4), 1)
    6.0
    """
    width = threshold / (states - 1)
    position = np.maximum(width * np.arange(states)[:, None] + scores[None, :], 0.0) / width
    inside = position <= states - 1 + 1e-9
    low = np.minimum(np.floor(position + 1e-9), states - 1).astype(np.int64)
    part = np.clip(position - low, 0.0, 1.0)
    chance = np.where(inside, chances[None, :], 0.0)
    row = states * np.arange(states)[:, None]
    moves = np.bincount((row + low).ravel(), (chance * (1 - part)).ravel(), states**2)
    above = np.minimum(low + 1, states - 1)
    moves += np.bincount((row + above).ravel(), (chance * part).ravel(), states**2)
    system = np.eye(states) - moves.reshape(states, states)
    return float(np.linalg.solve(system, np.ones(states))[0])


def limit_for(run_length: float, of: Callable[[float], float], low: float = 0.05) -> float:
    """The limit at which `of(limit)`, which rises with it, reaches `run_length`: bracketed, then halved.

    ValueError for a run length that is reached at once or not at all.
    """
    high = low
    while of(high) < run_length:
        low, high = high, 1.5 * high
        if high > 60:
            raise ValueError(f"no limit gives a run length of {run_length:g}")
    if high == low:
        raise ValueError(f"a run length of {run_length:g} is too short for limits")
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if of(middle) < run_length else (low, middle)
    return (low + high) / 2
