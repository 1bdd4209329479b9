"""The calculator by hand: each number of the expected column follows from the arithmetic beside it."""

import pytest

from onmodel.measurement.feasibility import (
    Basis,
    Cost,
    Demand,
    Limits,
    Range,
    Sign,
    budget,
    feasibility,
)

DEMAND = Demand(
    population=Range(200_000, 300_000),
    disorder=Range(1, 2),
    referred=Range(2, 4),
    suitable=Range(50, 50),
    months=Range(12, 18),
    hours=Range(3, 4),
    group=Range(6, 9),
)
LIMITS = Limits(caseload=Range(18, 18), therapist_hours=Range(24, 28), team=Range(4, 9), direct=Range(60, 65))
#: name -> low, high, by hand.
BY_HAND = {
    "with_disorder": (2_000, 6_000),  # 200 000 x 1 %; 300 000 x 2 %
    "referred": (40, 240),  # 2 000 x 2 %; 6 000 x 4 %
    "inflow": (20, 120),  # half of them
    "in_treatment": (20, 180),  # 20 x 12/12; 120 x 18/12
    "groups": (3, 30),  # 20/9 = 2.2, so 3; 180/6
    "by_caseload": (20 / 18, 10),  # 20/18; 180/18
    "direct_hours": (60, 720),  # 20 x 3; 180 x 4
    "all_hours": (60 / 0.65, 1_200),  # 60/0.65 = 92.3; 720/0.60
    "by_hours": (60 / 0.65 / 28, 50),  # 92.3/28 = 3.3; 1200/24
    "therapists": (4, 50),  # the larger of 1.1 and 3.3, in people; of 10 and 50
    "teams": (1, 12),  # 4/9, so 1; 50/4 = 12.5, of which 12 can be filled
}


def test_each_line_by_hand():
    found = {line.name: (line.value.low, line.value.high) for line in feasibility(DEMAND, LIMITS)}
    assert list(found) == list(BY_HAND)
    for name, expected in BY_HAND.items():
        assert found[name] == pytest.approx(expected, rel=1e-12), name


def test_each_line_says_what_it_is_made_of():
    """What stands on the page comes to what stands behind it, but for rounding to whole people."""
    for line in feasibility(DEMAND, LIMITS):
        value = line.first[1]
        for sign, _name, number in line.rest:
            value = value.times(number) if sign is Sign.TIMES else value.over(number)
        if not line.rounded:
            assert (value.low, value.high) == pytest.approx((line.value.low, line.value.high), rel=1e-12)


def test_the_budget_by_hand():
    costs = [
        Cost(name="Rebuilding", basis=Basis.ONCE, amount=Range(10_000, 20_000)),
        Cost(name="Rent", basis=Basis.YEAR, amount=Range(5_000, 6_000)),
        Cost(name="Training", basis=Basis.THERAPIST, amount=Range(1_000, 2_000)),
    ]
    found = budget(costs, Range(4, 5))
    assert found["once"].value == Range(10_000, 20_000)
    assert found["a_year"].value == Range(9_000, 16_000)  # 5 000 + 4 x 1 000; 6 000 + 5 x 2 000
    assert budget([], Range(4, 5)) == {}


def test_who_exactly_fills_a_caseload_needs_nobody_more():
    """30 in treatment by 18 patients and by 3 h, 60 %, 30 h: 1.67 and 5.0 therapists, so 5 and not 6."""
    demand = Demand(
        population=Range(100_000, 100_000),
        disorder=Range(1, 1),
        referred=Range(4, 4),
        suitable=Range(50, 50),
        months=Range(18, 18),
        hours=Range(3, 3),
        group=Range(8, 8),
    )
    limits = Limits(
        caseload=Range(18, 18), therapist_hours=Range(30, 30), team=Range(4, 9), direct=Range(60, 60)
    )
    therapists = next(one for one in feasibility(demand, limits) if one.name == "therapists")
    assert therapists.value == Range(5, 5)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-1, 2, "-1 lies below 0"),
        (3, 2, "the low value 3 lies above the high value 2"),
        (0, float("inf"), "no range of numbers"),
        (float("nan"), 1, "no range of numbers"),
    ],
)
def test_no_range(low, high, said):
    with pytest.raises(ValueError, match=said):
        Range(low, high)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("disorder", Range(1, 101), "disorder: 101 per cent is more than all"),
        ("months", Range(0, 12), "months: has to be above 0"),
        ("group", Range(0, 8), "group: has to be above 0"),
    ],
)
def test_a_demand_that_makes_no_sense(name, value, said):
    given = {field: getattr(DEMAND, field) for field in DEMAND.__dataclass_fields__}
    with pytest.raises(ValueError, match=said):
        Demand(**{**given, name: value})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("caseload", Range(0, 18), "caseload: has to be above 0"),
        ("direct", Range(60, 120), "direct: 120 per cent is more than all"),
    ],
)
def test_limits_that_make_no_sense(name, value, said):
    given = {field: getattr(LIMITS, field) for field in LIMITS.__dataclass_fields__}
    with pytest.raises(ValueError, match=said):
        Limits(**{**given, name: value})


def test_nothing_is_divided_by_what_may_be_nothing():
    with pytest.raises(ValueError, match="above 0"):
        Range(1, 2).over(Range(0, 2))
