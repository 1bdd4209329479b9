"""Signs that answers or their absence may be steered: facts about forms that ask for an explanation.

None of them proves anything. Where a bound is used it comes from the caller, with its source.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from onmodel.inference.comparisons import fisher
from onmodel.inference.multiplicity import holm
from onmodel.inference.proportions import Proportion, proportion


def longest_run(answers: Sequence[float | None]) -> int:
    """The most answers in a row that are the same; one left open ends a row (Johnson 2005, JRP 39:103).

    >>> longest_run([1, 2, 2, 2, None, 2, 0])
    3
    """
    runs = (len(list(same)) for value, same in groupby(answers) if value is not None)
    return max(runs, default=0)


def is_straight_line(answers: Sequence[float | None], *, share: float, least: int) -> bool:
    """Whether one run takes at least `share` of the items; never of fewer than `least` items.

    Raises ValueError for a share that is not above 0 and at most 1.

    >>> is_straight_line([2, 2, 2, 2, 1], share=0.8, least=5), is_straight_line([2, 2, 2], share=0.8, least=5)
    (True, False)
    """
    if not 0 < share <= 1:
        raise ValueError(f"{share} is no share of the items")
    return len(answers) >= least and longest_run(answers) >= share * len(answers)


def too_soon(days: Sequence[int], *, within: float) -> tuple[int, ...]:
    """Which of these days (of one form, one patient) follow the one before by fewer than `within` days.

    Days are numbers; the positions that come back are those of the sorted days.

    >>> too_soon([100, 2, 0, 103], within=4)
    (1, 3)
    """
    ordered = sorted(days)
    return tuple(place for place, (one, other) in enumerate(pairwise(ordered), 1) if other - one < within)


def days_from_first_good(good: Sequence[tuple[int, bool]], ended: int, *, within: float) -> int | None:
    """Days from the first good score to the end, where that score was the last one and they are few.

    `good`: day and whether the score was good, of the scores since the start. None where no score was good,
    where an earlier one was good already, or where the end came more than `within` days later.

    >>> days_from_first_good([(180, False), (360, True)], 367, within=14)
    7
    >>> days_from_first_good([(180, True), (360, True)], 367, within=14) is None
    True
    """
    ordered = sorted(entry for entry in good if entry[0] <= ended)
    if not ordered or not ordered[-1][1] or any(is_good for _, is_good in ordered[:-1]):
        return None
    days = ended - ordered[-1][0]
    return days if days <= within else None


@dataclass(frozen=True, slots=True)
class Concentration:
    """One therapist's missing forms against those of all others.

    `p`: Fisher's exact test, two-sided; `adjusted`: after Holm's correction over all who were tested.
    """

    who: Hashable
    own: Proportion
    others: Proportion
    p: float
    adjusted: float


def concentrated(
    missing: Mapping[Hashable, tuple[int, int]], *, alpha: float, least: int
) -> tuple[Concentration, ...]:
    """Who has a larger share of missing forms than the others together, by more than chance explains.

    `missing`: (missing, due) by therapist. Therapists with fewer than `least` forms due are compared with,
    but not tested. Raises ValueError where more are missing than were due.

    >>> found = concentrated({"a": (15, 20), "b": (10, 60), "c": (10, 60)}, alpha=0.05, least=10)
    >>> [(c.who, c.own.successes, c.own.n, c.others.n) for c in found]
    [('a', 15, 20, 120)]
    """
    for own, of in missing.values():
        if not 0 <= own <= of:
            raise ValueError(f"{own} missing of {of} forms due cannot be")
    gone, due = (sum(counts[i] for counts in missing.values()) for i in (0, 1))
    tested = [who for who, counts in missing.items() if counts[1] >= least and due > counts[1]]
    p = [_p(missing[who], (gone - missing[who][0], due - missing[who][1])) for who in tested]
    found = []
    for who, raw, adjusted in zip(tested, p, holm(p), strict=True):
        own, of = missing[who]
        mine, rest = proportion(own, of), proportion(gone - own, due - of)
        larger = (mine.estimate or 0.0) > (rest.estimate or 0.0)
        if adjusted is not None and adjusted < alpha and larger:
            found.append(Concentration(who, mine, rest, raw, adjusted))
    return tuple(found)


def _p(own: tuple[int, int], others: tuple[int, int]) -> float:
    p = fisher([[own[0], own[1] - own[0]], [others[0], others[1] - others[0]]]).p
    return 1.0 if p is None else p
