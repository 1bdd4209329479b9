"""The longest gap between reviews, each worked by hand. Days are counted from 1 January 2025, day 0."""

import datetime

import pytest

from onmodel.requirements.reviews import longest_gap

ZERO = datetime.date(2025, 1, 1)


def on(day: int) -> datetime.date:
    return ZERO + datetime.timedelta(days=day)


@pytest.mark.parametrize(
    ("begins", "held", "day", "gap"),
    [
        (0, [40, 80, 120], 130, 40),  # 40, 40, 40, and 10 that run
        (0, [40, 120], 130, 80),  # 40, 120 - 40 = 80, 10
        (0, [40, 80], 150, 70),  # 40, 40, and 150 - 80 = 70 that run
        (0, [], 90, 90),  # none was held: 90 run
        (0, [60, 80], 100, 60),  # the first came late: 60, 20, 20
        (0, [80, 40], 100, 40),  # in whatever order: 40, 40, 20
        (50, [20, 70], 90, 20),  # what was before it counts is left out: 20, 20
        (0, [40, 200], 100, 60),  # the one of day 200 is still to come: 40, 60
        (0, [30, 30, 60], 60, 30),  # two on a day are one: 30, 30, and none runs
        (0, [100, 130, 500], 500, 370),  # 500 - 130, though it began more than a year ago
        (0, [300, 330, 360, 700], 720, 340),  # since day 355: 30 (360), 340 (700), 20; 300 is past
        (0, [300, 330, 360, 390, 420, 450], 680, 230),  # 30 five times, 230 that run
    ],
)
def test_the_longest_gap(begins, held, day, gap):
    year_ago = on(day) - datetime.timedelta(days=365)
    assert longest_gap(on(begins), [on(one) for one in held], day=on(day), since=year_ago) == gap
