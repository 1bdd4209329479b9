import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.interrupted import interrupted_series


def series(values: list[float], **columns: list[float]) -> pl.DataFrame:
    return pl.DataFrame({"month": list(range(len(values))), "y": values, **columns})


def test_a_series_without_noise_gives_its_parts_back() -> None:
    """10 + 0.5 t before month 10, from there on 3 higher and falling by 0.2 a month more."""
    y = [10 + 0.5 * t + (3 - 0.2 * (t - 10)) * (t >= 10) for t in range(20)]
    found = interrupted_series(series(y), time="month", outcome="y", at=10)
    expected = {"intercept": 15, "trend": 0.5, "level_change": 3, "trend_change": -0.2}
    assert found.coef == pytest.approx(expected, abs=1e-9)
    effect = found.effect_at(15)
    assert (effect.expected, effect.without, effect.difference) == pytest.approx((19.5, 17.5, 2.0))
    assert (found.n_before, found.n_after) == (10, 10)


def test_shares_and_rates_on_their_own_scale() -> None:
    events = [10.0] * 10 + [20.0] * 10
    table = series(events, of=[40.0] * 20)
    shares = interrupted_series(table, time="month", outcome="y", at=10, family="binary", size="of")
    effect = shares.effect_at(12)
    assert (effect.expected, effect.without) == pytest.approx((0.5, 0.25), abs=1e-6)
    rates = interrupted_series(table, time="month", outcome="y", at=10, family="count", size="of")
    assert rates.effect_at(12).difference == pytest.approx(0.6931472, abs=1e-6)


def test_few_periods_are_named() -> None:
    found = interrupted_series(series([1.0, 2, 1, 5, 6, 5]), time="month", outcome="y", at=3)
    assert "short_series" in {c.code for c in found.warnings}


@pytest.mark.parametrize(
    ("table", "options", "why"),
    [
        (series([1.0, 2, 3, 4]), {"at": 3}, "each side needs two"),
        (pl.DataFrame({"month": [1, 1, 2, 3], "y": [1.0] * 4}), {"at": 2}, "more than once"),
        (series([1.0, 2, 3, 4]), {"at": 2, "family": "binary"}, "number of patients"),
        (
            series([1.0, 2, 3, 9], of=[5.0] * 4),
            {"at": 2, "family": "binary", "size": "of"},
            "9 events among 5",
        ),
    ],
)
def test_what_is_no_series_is_refused(table: pl.DataFrame, options: dict[str, object], why: str) -> None:
    with pytest.raises(DataError, match=why):
        interrupted_series(table, time="month", outcome="y", **options)
