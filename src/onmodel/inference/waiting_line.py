"""Patients who come, wait for a place and stay: what theory says of it, and a simulation where it cannot."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from onmodel.inference.columns import Floats

#: So many lengths of stay, drawn at random.
DrawStays = Callable[[int], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One simulated future at the moments asked for: arrays (k,), and the starts until the last of them.

    wait: how long somebody who comes at that moment would wait for a place.
    """

    caseload: Floats
    waiting: Floats
    wait: Floats
    starts: int


def expected_caseload(rate: float, mean_stay: float) -> float:
    """With places for all (M/G/infinity) the caseload is Poisson with this mean, however stays vary.

    rate: arrivals per unit of time; mean_stay in the same unit. Khinchine 1932; Gross and Harris 1998, 5.2.
    ValueError for a negative rate or stay.

    >>> expected_caseload(3.0, 15.0)
    45.0
    """
    if rate < 0 or mean_stay < 0:
        raise ValueError(f"a rate of {rate:g} and a stay of {mean_stay:g}: neither can be below 0")
    return rate * mean_stay


def waiting_chance(load: float, places: int) -> float:
    """Erlang's C: the chance that who comes has to wait, in M/M/c. `load` is rate x mean stay.

    Erlang 1917, by the recursion of his B formula. 1 where the load fills every place. ValueError without
    a place or for a negative load.

    >>> round(waiting_chance(2.0, 3), 4)  # 4 / 9
    0.4444
    """
    if places < 1 or load < 0:
        raise ValueError(f"{places} places and a load of {load:g}: at least one place, and a load from 0")
    if load >= places:
        return 1.0
    blocked = 1.0
    for count in range(1, places + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - load / places * (1 - blocked))


def mean_wait(rate: float, mean_stay: float, places: int) -> float | None:
    """Mean time until a place is free in M/M/c, in the unit of the stay; None where the line only grows.

    >>> round(mean_wait(2.0, 1.0, 3), 4)
    0.4444
    """
    load = expected_caseload(rate, mean_stay)
    if load >= places:
        return None
    return waiting_chance(load, places) * mean_stay / (places - load)


def simulate(
    *,
    arrivals: Sequence[float],
    draw_stays: DrawStays,
    places: int | None,
    remaining: Sequence[float] = (),
    waiting: int = 0,
    moments: Sequence[float],
) -> Course:
    """Who comes first is served first, as soon as one of `places` is free (None: there is always one).

    arrivals: times from now, ascending; remaining: how long each patient who is there still stays; waiting:
    how many wait already. Where more are in treatment than there are places, nobody starts until their
    number has fallen below. ValueError for moments that do not ascend, or for no place at all.

    >>> stays = lambda n: np.full(n, 4.0)
    >>> found = simulate(arrivals=[1.0, 2.0], draw_stays=stays, places=1, moments=[1.5, 3.0, 6.0])
    >>> found.caseload.tolist(), found.waiting.tolist(), found.wait.tolist(), found.starts
    ([1.0, 1.0, 1.0], [0.0, 1.0, 0.0], [3.5, 6.0, 3.0], 2)
    """
    if places is not None and places < 1:
        raise ValueError(f"{places} places: at least one is needed")
    if any(later <= earlier for earlier, later in itertools.pairwise(moments)):
        raise ValueError("the moments to look at must ascend")
    came = np.concatenate([np.zeros(waiting), np.asarray(arrivals, dtype=float)])
    stays = np.asarray(draw_stays(len(came)), dtype=float)
    there = np.asarray(remaining, dtype=float)
    started = came.copy()
    free = None if places is None else _free_at(there, places)
    at, wait = np.asarray(moments, dtype=float), np.zeros(len(moments))
    if free is not None:
        _serve(free, came, stays, started, at, wait)
    ended = started + stays
    return Course(
        caseload=_present(np.r_[np.zeros(len(there)), started], np.r_[there, ended], at),
        waiting=_present(came, started, at),
        wait=wait,
        starts=int((started <= at[-1]).sum()) if len(at) else 0,
    )


def _free_at(there: Floats, places: int) -> list[float]:
    """When each place is free: a heap; those beyond the places give nobody a place when they go."""
    ends = np.sort(there)[max(0, len(there) - places) :]
    free = [0.0] * (places - len(ends)) + [float(end) for end in ends]
    heapq.heapify(free)
    return free


def _serve(free: list[float], came: Floats, stays: Floats, started: Floats, at: Floats, wait: Floats) -> None:
    """Give places in order of coming; `wait` is read off at each moment, before who comes after it."""
    moment = 0
    for index, arrival in enumerate(came):
        while moment < len(at) and at[moment] < arrival:
            wait[moment] = max(0.0, free[0] - at[moment])
            moment += 1
        start = max(arrival, free[0])
        started[index] = start
        heapq.heapreplace(free, start + stays[index])
    for left in range(moment, len(at)):
        wait[left] = max(0.0, free[0] - at[left])


def _present(first: Floats, last: Floats, at: Floats) -> Floats:
    """How many of the stretches [first, last) each moment lies in."""
    begun = np.searchsorted(np.sort(first), at, side="right")
    over = np.searchsorted(np.sort(last), at, side="right")
    return (begun - over).astype(np.float64)


def poisson_times(rng: np.random.Generator, rate: float, until: float) -> Floats:
    """Moments of arrival at a steady rate from now until `until`, ascending.

    >>> times = poisson_times(np.random.default_rng(1), 10.0, 1.0)
    >>> bool((np.diff(times) > 0).all()), bool(times.max() <= 1)
    (True, True)
    """
    if rate < 0 or not math.isfinite(rate):
        raise ValueError(f"a rate of {rate} cannot be")
    return np.sort(rng.uniform(0.0, until, rng.poisson(rate * until)))
