"""S, its results on self-harm and suicide attempts: remission among those who had it at the start.

S prints shares and p, not the numbers of patients. These are numbers that round to its shares and come as
close as any (among at most 96 and 89 patients, its periods) to its p.
"""

import pytest

from onmodel.inference.comparisons import wald_shares
from onmodel.inference.proportions import proportion


@pytest.mark.parametrize(
    ("first", "second", "percentages", "p", "within"),
    [
        ((48, 64), (26, 41), (75, 63, 70), 0.212, 0.0008),  # self-harm
        ((71, 80), (41, 47), (89, 87, 88), 0.801, 0.0005),  # suicide attempts
    ],
)
def test_remission_by_period_and_in_all(
    first: tuple[int, int], second: tuple[int, int], percentages: tuple[int, ...], p: float, within: float
) -> None:
    together = (first[0] + second[0], first[1] + second[1])
    shares = [proportion(*pair).estimate for pair in (first, second, together)]
    assert tuple(round(100 * share) for share in shares) == percentages
    assert wald_shares(first, second).p == pytest.approx(p, abs=within)


def test_seventy_per_cent_lies_between_the_periods_weighted_by_their_size() -> None:
    """96 and 89 patients: rounding of 75 and 63 leaves room from 68.7 to 69.7, and 69.5 rounds to 70."""
    weight = 96 / (96 + 89)
    lowest, highest = (weight * (75 + r) + (1 - weight) * (63 + r) for r in (-0.5, 0.5))
    assert lowest < 69.5 < highest
