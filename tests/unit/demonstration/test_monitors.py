import datetime

import numpy as np
import pytest

from onmodel.demonstration.monitors import level_on, rated

TURNED = datetime.date(2025, 1, 1)


@pytest.mark.parametrize(
    ("day", "turned", "level"),
    [
        ("2026-01-01", None, 5.5),
        ("2024-12-31", TURNED, 5.5),
        ("2025-04-02", TURNED, 4.0),  # halfway through the six months of the fall
        ("2025-07-03", TURNED, 2.5),
        ("2026-07-01", TURNED, 2.5),
    ],
)
def test_ratings_fall_within_half_a_year(day: str, turned: datetime.date | None, level: float) -> None:
    assert level_on(datetime.date.fromisoformat(day), turned) == pytest.approx(level, abs=0.02)


def test_ratings_are_whole_numbers_from_1_to_7() -> None:
    assert rated(np.array([-1.0, 1.4, 4.6, 9.0])).tolist() == [1.0, 1.0, 5.0, 7.0]
