"""Reliable and clinically significant change (Jacobson & Truax, 1991, J Consult Clin Psychol 59:12-19).

SEM = SD sqrt(1 - r); S_diff = sqrt(2) SEM; the smallest reliable change is 1.96 S_diff. Recovered:
reliably better, and from the dysfunctional to the functional side of the cut-off. Improved:
reliably better, without that crossing. Deteriorated: reliably worse. Unchanged: none of these.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.arrays import Floats, Ints, frozen, to_list
from onmodel.measurement.meaning import direction_of, find_cut_off, sides_of
from onmodel.measurement.missing import SLACK
from onmodel.packs.base import Confidence
from onmodel.packs.instruments import CutOff, Direction, Instrument, Norm, ReliableChange

#: Of a standard normal distribution, 95 % lies within this many SD of the mean.
Z_95 = 1.96


class Outcome(StrEnum):
    """What became of a respondent between two measurements."""

    RECOVERED = "recovered"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    DETERIORATED = "deteriorated"


OUTCOMES = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class ChangeCriterion:
    """The smallest reliable change, how it was come by, and for whom it holds.

    `sem` and `s_diff` are None for a published value that came without SD and reliability.
    """

    value: float
    sem: float | None
    s_diff: float | None
    rule: ReliableChange

    @property
    def source(self) -> str:
        return self.rule.source

    @property
    def confidence(self) -> Confidence:
        return self.rule.confidence

    @property
    def origin(self) -> str:
        """ "published", or "computed" from SD and reliability."""
        return "computed" if self.rule.value is None else "published"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Change of n respondents on one scale, and what the verdict rests on.

    `change` (n,) is last - first; `codes` (n,) positions in OUTCOMES, -1 where unknown; `applied`
    (n,) the position in `criteria` of the criterion that held, -1 where none did. Without a
    `cut_off` nobody can be called recovered: everyone reliably better is then improved.
    """

    change: Floats
    codes: Ints
    applied: Ints
    criteria: tuple[ChangeCriterion, ...]
    cut_off: CutOff | None
    direction: Direction

    def to_list(self) -> list[Outcome | None]:
        return [OUTCOMES[code] if code >= 0 else None for code in self.codes.tolist()]

    def changes(self) -> list[float | None]:
        return to_list(self.change)

    def criterion(self, row: int) -> ChangeCriterion | None:
        """The criterion that held for a respondent; None where none did."""
        position = int(self.applied[row])
        return self.criteria[position] if position >= 0 else None

    def counts(self) -> dict[Outcome, int]:
        """How many of each outcome, among those who are known."""
        found = Counter(outcome for outcome in self.to_list() if outcome is not None)
        return {outcome: found[outcome] for outcome in OUTCOMES}

    @property
    def n_known(self) -> int:
        return int((self.codes >= 0).sum())


def standard_error(sd: float, reliability: float) -> float:
    """The standard error of measurement, SD sqrt(1 - r), in units of the score."""
    if not (sd > 0 and 0 <= reliability <= 1):
        raise ValueError(
            f"an SD above 0 and a reliability from 0 to 1 are needed, not {sd:g} and {reliability:g}"
        )
    return float(sd * np.sqrt(1 - reliability))


def reliable_change_index(sd: float, reliability: float) -> float:
    """The smallest difference that chance explains in fewer than 5 of 100: 1.96 sqrt(2) SEM."""
    return float(Z_95 * np.sqrt(2) * standard_error(sd, reliability))


def cut_off_between(functional: Norm, dysfunctional: Norm) -> float:
    """Jacobson and Truax's cut-off c: the point as likely in one population as in the other.

    c = (SD_f M_d + SD_d M_f) / (SD_f + SD_d). ValueError when the norms are of different scales.
    """
    if functional.scale != dysfunctional.scale:
        raise ValueError(
            f"norms of {functional.scale} and of {dysfunctional.scale} have no cut-off between them"
        )
    weighted = functional.sd * dysfunctional.mean + dysfunctional.sd * functional.mean
    return weighted / (functional.sd + dysfunctional.sd)


def derived_cut_off(functional: Norm, dysfunctional: Norm) -> CutOff:
    """The cut-off c as a definition, with both norms as its source and confidence "derived"."""
    return CutOff(
        scale=functional.scale,
        value=cut_off_between(functional, dysfunctional),
        use="clinical",
        population=f"{functional.population} | {dysfunctional.population}",
        group=functional.group if functional.group == dysfunctional.group else None,
        source=f"cut-off c (Jacobson & Truax 1991) from: {functional.source}; {dysfunctional.source}",
        confidence=Confidence.DERIVED,
    )


def criterion_from(rule: ReliableChange) -> ChangeCriterion:
    """The smallest reliable change of one rule: published, or from SD and reliability.

    ValueError when the rule has neither.
    """
    if rule.sd is not None and rule.reliability is not None:
        sem = standard_error(rule.sd, rule.reliability)
        s_diff = float(np.sqrt(2) * sem)
        return ChangeCriterion(Z_95 * s_diff if rule.value is None else rule.value, sem, s_diff, rule)
    if rule.value is None:
        raise ValueError(f"reliable change of {rule.scale} needs a value, or an SD and a reliability")
    return ChangeCriterion(rule.value, None, None, rule)


def change_criteria(instrument: Instrument, scale_id: str) -> tuple[ChangeCriterion, ...]:
    """The criteria of a scale in the order of the file; for a respondent the first that holds counts."""
    return tuple(criterion_from(rule) for rule in instrument.reliable_changes if rule.scale == scale_id)


def which_criterion(first: Floats, criteria: tuple[ChangeCriterion, ...]) -> Ints:
    """(n,): the first criterion that holds for each starting score; -1 where none does.

    A score at the border itself counts as above it, so that two criteria leave no gap.
    """
    applied = np.full(first.shape, -1, dtype=np.int64)
    for position, criterion in reversed(list(enumerate(criteria))):
        above, below = criterion.rule.starts_above, criterion.rule.starts_below
        holds = ~np.isnan(first)
        if above is not None:
            holds &= first >= above - SLACK
        if below is not None:
            holds &= first < below - SLACK
        applied[holds] = position
    return applied


def classify_change(
    instrument: Instrument,
    scale_id: str,
    first: ArrayLike,
    last: ArrayLike,
    *,
    cut_off: CutOff | None = None,
    group: str | None = None,
) -> Change:
    """Classify n respondents from their first to their last score (n,), NaN where unknown.

    The cut-off is the scale's own for recovery (`find_cut_off`) unless one is given. Unknown are
    respondents without both scores or without a criterion, and all where the scale has no direction.
    """
    start, end = np.asarray(first, dtype=np.float64), np.asarray(last, dtype=np.float64)
    if start.ndim != 1 or start.shape != end.shape:
        raise ValueError(f"first and last must be as long as each other, not {start.size} and {end.size}")
    direction = direction_of(instrument, scale_id)
    border = find_cut_off(instrument, scale_id, group=group) if cut_off is None else cut_off
    criteria = change_criteria(instrument, scale_id)
    applied = which_criterion(start, criteria)
    codes = outcome_codes(start, end, smallest_change(applied, criteria), border, direction)
    return Change(frozen(end - start), frozen(codes), frozen(applied), criteria, border, direction)


def smallest_change(applied: Ints, criteria: tuple[ChangeCriterion, ...]) -> Floats:
    """(n,): the smallest reliable change for each respondent, NaN where no criterion holds."""
    values = np.array([*(criterion.value for criterion in criteria), np.nan])
    return values[applied]  # -1, no criterion, is the NaN at the end


def outcome_codes(
    first: Floats, last: Floats, smallest: Floats, cut_off: CutOff | None, direction: Direction
) -> Ints:
    """(n,): positions in OUTCOMES; -1 where unknown."""
    if direction is Direction.NEUTRAL:
        return np.full(first.shape, -1, dtype=np.int64)
    better_is_higher = direction is Direction.BETTER
    gain = last - first if better_is_higher else first - last
    recovered = np.zeros(first.shape, dtype=bool)
    if cut_off is not None:
        functional_first = sides_of(first, cut_off).high == better_is_higher
        functional_last = sides_of(last, cut_off).high == better_is_higher
        recovered = ~functional_first & functional_last
    improved = gain >= smallest - SLACK
    deteriorated = -gain >= smallest - SLACK
    unknown = np.isnan(gain) | np.isnan(smallest)
    place = OUTCOMES.index
    return np.select(
        [unknown, improved & recovered, improved, deteriorated],
        [-1, place(Outcome.RECOVERED), place(Outcome.IMPROVED), place(Outcome.DETERIORATED)],
        default=place(Outcome.UNCHANGED),
    ).astype(np.int64)
