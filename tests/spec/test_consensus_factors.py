"""D ch. 8, Table 4: the means of the 21 consensus scores of both cohorts, and how "2/3" is to be read."""

from pathlib import Path

import msgspec
import pytest

import onmodel.library
from onmodel.packs.standards import TermList

FILE = Path(onmodel.library.__file__).parent / "mbt" / "terms" / "team_factors_published.toml"
TERMS = msgspec.toml.decode(FILE.read_bytes(), type=TermList).terms


def mean(cohort: str, share: float) -> float:
    """Over the factors, each interval read at `share` of the way from its low to its high end."""
    ends = [(float(t.values[f"{cohort}_low"]), float(t.values[f"{cohort}_high"])) for t in TERMS]
    return sum(low + share * (high - low) for low, high in ends) / len(ends)


@pytest.mark.parametrize(
    ("cohort", "share", "total"),
    [
        # before: 7+6+7+7+6+5+7 = 45; 6+6+6+7+6+(6/7)+(5/6)+6+6+6+6 = 66 to 68; 4+6+7 = 17
        ("pre", 0.0, 45 + 66 + 17),
        ("pre", 0.5, 45 + 67 + 17),
        ("pre", 1.0, 45 + 68 + 17),
        # during: 4+(2/3)+4+(2/3)+2+3+1 = 18 to 20; six of (2/3) and 1+3+2+2+2 = 22 to 28; 2+(2/3)+3 = 7 to 8
        ("reorg", 0.0, 18 + 22 + 7),
        ("reorg", 0.5, 19 + 25 + 7.5),
        ("reorg", 1.0, 20 + 28 + 8),
    ],
)
def test_sum_by_hand(cohort: str, share: float, total: float) -> None:
    assert mean(cohort, share) == pytest.approx(total / 21)


def test_mean_before_is_the_printed_6_1() -> None:
    assert round(mean("pre", 0.5), 1) == 6.1


def test_printed_2_4_lies_within_the_interval_and_is_the_middle_cut_to_one_decimal() -> None:
    """No one reading rounds to 2.4: low 2.24, middle 2.45, high 2.67."""
    assert mean("reorg", 0.0) < 2.4 < mean("reorg", 1.0)
    middle = mean("reorg", 0.5)
    assert middle == pytest.approx(2.452, abs=0.0005)
    assert int(middle * 10) / 10 == 2.4


def test_printed_ranges() -> None:
    """Range 4 to 7 before, 1 to 4 during."""
    for cohort, lowest, highest in (("pre", 4, 7), ("reorg", 1, 4)):
        assert min(t.values[f"{cohort}_low"] for t in TERMS) == lowest
        assert max(t.values[f"{cohort}_high"] for t in TERMS) == highest
