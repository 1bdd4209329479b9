"""The dissertation's tables, recomputed from the numbers printed beside them.

A printed number stands for everything that rounds to it: 0.0005 for 0.00045 to 0.00055. So a result
recomputed from printed numbers is an interval, and it is right when the interval that the printed result
stands for overlaps it. After 36 months the last printed decimal of a quadratic coefficient is worth 1,296
times itself: 0.06 points of the GSI, 0.6 points of a SIPP scale; that is as closely as Table 3 of ch. 8 can
be checked from Table 2.
"""

import math
from collections.abc import Sequence

import polars as pl
import pytest

from onmodel.inference.mixed import Model, effect_sizes, fit_mixed, model_sd, read


def half_unit(text: str) -> float:
    """Half of the last printed decimal."""
    decimals = len(text.partition(".")[2])
    return 0.5 * 10.0**-decimals


def course(coefficients: Sequence[str], group: str, month: float) -> tuple[float, float]:
    """Estimate, and by how much rounding of the coefficients can move it, from OnModel's own design row.

    Coefficients in the order of ch. 8 Table 2: start, linear, quadratic, then the same for PRE against REORG.
    """
    table = pl.DataFrame(
        {
            "id": [1, 1, 1, 2, 2, 2],
            "t": [0.0, 18, 36] * 2,
            "y": [1.0, 2, 4, 3, 5, 9],
            "cohort": ["r"] * 3 + ["pre"] * 3,
        }
    )
    model = Model("id", "t", "y", group="cohort", terms=("linear", "quadratic"), reference={"cohort": "r"})
    design = read(table, model).design
    assert design.names[3:] == ("cohort=pre", "linear:cohort=pre", "quadratic:cohort=pre")
    row = design.row(month, {"cohort": group})
    value = sum(x * float(c) for x, c in zip(row, coefficients, strict=True))
    slack = sum(abs(x) * half_unit(c) for x, c in zip(row, coefficients, strict=True) if float(c))
    return value, slack


#: D ch. 8 Table 2 (absent: 0) and Table 3: start, 18 and 36 months, PRE then REORG.
CHAPTER_8 = {
    "GSI": (
        ["1.92", "-0.032", "0.0005", "-0.14", "-0.017", "0"], ["1.78", "1.05", "0.62"],
        ["1.92", "1.49", "1.37"],
    ),
    "self-control": (
        ["25.9", "0.35", "-0.006", "-0.28", "0.25", "0"], ["25.6", "34.4", "39.1"], ["25.9", "30.1", "30.4"],
    ),
    "identity": (
        ["22.4", "0.55", "-0.011", "0.014", "0.25", "0"], ["22.4", "33.3", "36.9"], ["22.4", "28.7", "27.8"],
    ),
    "responsibility": (
        ["29.2", "0.29", "-0.006", "-2.02", "0.27", "0"], ["27.2", "35.3", "39.6"], ["29.2", "32.5", "31.9"],
    ),
    "relational": (
        ["24.7", "-0.07", "0.005", "-0.08", "0.61", "-0.014"], ["24.7", "31.4", "32.1"],
        ["24.7", "25.0", "28.2"],
    ),
    "social concordance": (
        ["33.3", "0.11", "-0.002", "-3.16", "0.44", "-0.008"], ["30.1", "36.9", "37.4"],
        ["33.3", "34.7", "35.2"],
    ),
}  # fmt: skip
COURSES = [
    (outcome, group, month, printed)
    for outcome, (_, pre, reorganised) in CHAPTER_8.items()
    for group, values in (("pre", pre), ("r", reorganised))
    for month, printed in zip((0, 18, 36), values, strict=True)
]


@pytest.mark.parametrize(("outcome", "group", "month", "printed"), COURSES)
def test_chapter_8_table_3_courses_follow_from_table_2(
    outcome: str, group: str, month: int, printed: str
) -> None:
    value, slack = course(CHAPTER_8[outcome][0], group, month)
    assert value == pytest.approx(float(printed), abs=slack + half_unit(printed) + 1e-9)


#: D ch. 8 Table 3: effect sizes at 18 and 36 months, PRE then REORG. The SDs that divided are not printed.
EFFECTS_8 = {
    "GSI": (["-1.00", "-1.56"], ["-0.58", "-0.74"]),
    "self-control": (["1.22", "1.76"], ["0.59", "0.58"]),
    "identity": (["1.22", "1.63"], ["0.71", "0.60"]),
    "responsibility": (["1.18", "1.80"], ["0.47", "0.38"]),
    "relational": (["0.91", "1.02"], ["0.04", "0.47"]),
    "social concordance": (["0.99", "1.02"], ["0.21", "0.27"]),
}


def implied_sd(start: str, later: str, d: str) -> tuple[float, float]:
    """The lowest and highest SD for which change / SD gives the printed d."""
    change = abs(float(later) - float(start))
    slack = half_unit(start) + half_unit(later)
    size, around = abs(float(d)), half_unit(d)
    return max(change - slack, 0.0) / (size + around), (change + slack) / (size - around)


@pytest.mark.parametrize("outcome", list(CHAPTER_8))
@pytest.mark.parametrize("at", [0, 1])
def test_chapter_8_table_3_divides_both_cohorts_by_one_sd(outcome: str, at: int) -> None:
    """Both cohorts' changes at a month were divided by the same SD: the ranges of possible SDs overlap."""
    (_, pre, reorganised), (d_pre, d_reorganised) = CHAPTER_8[outcome], EFFECTS_8[outcome]
    low_1, high_1 = implied_sd(pre[0], pre[at + 1], d_pre[at])
    low_2, high_2 = implied_sd(reorganised[0], reorganised[at + 1], d_reorganised[at])
    assert max(low_1, low_2) <= min(high_1, high_2)


#: D ch. 5 Table 2: (estimate, SD) at start, 18 and 36 months with d at 18 and 36, MBT then OPT.
CHAPTER_5 = [
    ("GSI MBT", ["1.78", "1.04", "0.73"], ["0.73", "0.67", "0.75"], ["-1.06", "-1.42"]),
    ("GSI OPT", ["1.46", "1.21", "1.04"], ["0.73", "0.67", "0.75"], ["-0.35", "-0.57"]),
    ("identity MBT", ["23.0", "33.3", "34.8"], ["8.0", "8.6", "10.0"], ["1.23", "1.30"]),
    ("identity OPT", ["26.5", "29.4", "29.9"], ["8.0", "8.6", "10.0"], ["0.35", "0.38"]),
    ("relational MBT", ["25.0", "31.2", "31.4"], ["7.2", "7.6", "8.7"], ["0.84", "0.81"]),
    ("relational OPT", ["26.9", "29.4", "30.6"], ["7.2", "7.6", "8.7"], ["0.35", "0.47"]),
    ("responsibility MBT", ["27.0", "34.8", "40.2"], ["6.9", "6.1", "5.8"], ["1.21", "2.08"]),
    ("responsibility OPT", ["29.4", "34.4", "36.8"], ["6.9", "6.1", "5.8"], ["0.76", "1.16"]),
    ("self-control MBT", ["25.3", "34.4", "38.8"], ["7.7", "7.7", "7.7"], ["1.19", "1.76"]),
    ("self-control OPT", ["29.4", "31.8", "34.6"], ["7.7", "7.7", "7.7"], ["0.31", "0.67"]),
    ("social MBT", ["30.4", "36.7", "37.6"], ["7.1", "7.3", "8.1"], ["0.87", "0.95"]),
    ("social OPT", ["32.5", "33.1", "35.3"], ["7.1", "7.3", "8.1"], ["0.08", "0.36"]),
]


@pytest.mark.parametrize(("outcome", "means", "sds", "ds"), CHAPTER_5)
def test_chapter_5_table_2_divides_by_the_pooled_sd(
    outcome: str, means: list[str], sds: list[str], ds: list[str]
) -> None:
    """d = change / sqrt((SD at start squared + SD at the month squared) / 2)."""
    for at in (1, 2):
        change = float(means[at]) - float(means[0])
        pooled = math.sqrt((float(sds[0]) ** 2 + float(sds[at]) ** 2) / 2)
        d = change / pooled
        slack = (half_unit(means[0]) + half_unit(means[at])) / pooled
        slack += abs(d) * max(half_unit(sds[0]), half_unit(sds[at])) / pooled
        assert d == pytest.approx(float(ds[at - 1]), abs=slack + half_unit(ds[at - 1]) + 1e-9), outcome


#: D ch. 4 Table 1: estimate of the change at 18 months, SD at the start, effect size.
CHAPTER_4 = [
    ("SCL-90", "0.83", "0.68", "1.23"), ("BDI", "12.90", "10.23", "1.26"), ("EQ-5D", "0.20", "0.29", "0.68"),
    ("IIP", "0.62", "0.46", "1.36"), ("OQ relations", "6.66", "6.71", "0.99"),
    ("OQ role", "4.36", "5.39", "0.81"),
    ("BPDSI", "10.02", "8.13", "1.23"), ("SIPP self-control", "1.23", "0.76", "1.62"),
    ("SIPP identity", "1.17", "0.67", "1.74"), ("SIPP responsibility", "1.03", "0.71", "1.45"),
    ("SIPP relational", "0.89", "0.71", "1.24"), ("SIPP social", "0.99", "0.80", "1.23"),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "estimate", "sd", "printed"), CHAPTER_4)
def test_chapter_4_table_1_divides_by_the_sd_at_the_start(
    outcome: str, estimate: str, sd: str, printed: str
) -> None:
    low = (float(estimate) - half_unit(estimate)) / (float(sd) + half_unit(sd)) - half_unit(printed)
    high = (float(estimate) + half_unit(estimate)) / (float(sd) - half_unit(sd)) + half_unit(printed)
    assert low <= float(printed) <= high, outcome


def test_effect_sizes_divide_as_chapter_5_does_when_asked() -> None:
    import numpy as np

    random = np.random.default_rng(5)
    patient, month = np.repeat(np.arange(80), 3), np.tile([0.0, 18.0, 36.0], 80)
    own = random.normal(0, 6, 80)[patient] + random.normal(0, 0.2, 80)[patient] * month
    table = pl.DataFrame({"id": patient, "t": month, "y": 25 + 0.3 * month + own + random.normal(0, 4, 240)})
    fit = fit_mixed(table, Model("id", "t", "y"))
    sd_0, sd_36 = math.sqrt(fit.variance.total(0)), math.sqrt(fit.variance.total(36))
    found = effect_sizes(fit, [36], sd="pooled")[0]
    assert found.sd == pytest.approx(math.sqrt((sd_0**2 + sd_36**2) / 2))
    assert found.d == pytest.approx(found.change / found.sd)
    assert model_sd(fit)[0] == pytest.approx(sd_0)
