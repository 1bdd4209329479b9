"""The table of how soon a fall of adherence is noticed says what the simulation gives."""

from __future__ import annotations

import re
from math import sqrt
from pathlib import Path

import pytest

from bench.drift import CASES, DESIGNS, simulate

DOCUMENTED = Path(__file__).parents[3] / "docs" / "adherence.md"
REPLICATES = 100
STANDARD_ERRORS = 3.5


def shares_in_the_row(start: str) -> list[float]:
    """The per cents of the table's row that starts so: by the watch, by the yearly mean."""
    row = next(line for line in DOCUMENTED.read_text().splitlines() if line.startswith(start))
    return [int(found) / 100 for found in re.findall(r"\| (\d+) %", row)]


@pytest.mark.parametrize(("start", "design"), [("| | **20 years**", 1), ("| team of five, one rater |", 3)])
def test_shares_noticed_within_a_year(start: str, design: int) -> None:
    found = simulate(CASES[0], DESIGNS[design], REPLICATES)
    for one, documented in zip(found, shares_in_the_row(start), strict=True):
        off = STANDARD_ERRORS * sqrt(max(documented * (1 - documented), 0.01) / REPLICATES)
        assert one.within(12) == pytest.approx(documented, abs=off)


def test_a_wrong_share_would_be_told() -> None:
    found, _yearly = simulate(CASES[0], DESIGNS[1], REPLICATES)
    assert found.within(12) != pytest.approx(0.87, abs=0.18)
