"""Kaplan-Meier, log-rank and cumulative incidence against R's survival 3.5 (survival.R): 1e-8 relative.

Standard errors of incidence: R's is the infinitesimal jackknife, ours the delta method; they agree to 2 %.
"""

import importlib.util
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.survival import cumulative_incidence, kaplan_meier, log_rank

HERE = Path(__file__).parent
PRINTED = pl.read_csv(HERE / "survival.csv", schema_overrides={"group": pl.String})


@cache
def table(name: str) -> pl.DataFrame:
    spec = importlib.util.spec_from_file_location("survival_tables", HERE / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tables()[name]


def printed(what: str) -> list[tuple[str, float, float]]:
    return PRINTED.filter(pl.col("what") == what).select("group", "time", "value").rows()


@pytest.mark.parametrize("interval", ["log", "log-log"])
def test_kaplan_meier(interval: str) -> None:
    curves = {
        c.group: c
        for c in kaplan_meier(table("uis"), time="time", ended="ended", group="group", interval=interval)
    }
    for group, time, value in printed("survival"):
        assert curves[group].at(time)[0] == pytest.approx(value, rel=1e-8)
    for group, time, value in printed(f"lower {interval}"):
        assert curves[group].at(time)[1] == pytest.approx(value, rel=1e-8)
    for group, time, value in printed(f"upper {interval}"):
        assert curves[group].at(time)[2] == pytest.approx(value, rel=1e-8)
    for what, name in (
        ("median", "median"),
        (f"median lower {interval}", "median_lower"),
        (f"median upper {interval}", "median_upper"),
    ):
        for group, _, value in printed(what):
            assert getattr(curves[group], name) == pytest.approx(value)


def test_log_rank() -> None:
    found = log_rank(table("uis"), time="time", ended="ended", group="group")
    assert found.statistic == pytest.approx(printed("logrank")[0][2], rel=1e-8)
    expected = {group: value for group, _, value in printed("expected")}
    assert dict(zip(found.groups, found.expected, strict=True)) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("end", ["death", "malignancy"])
def test_cumulative_incidence(end: str) -> None:
    found = cumulative_incidence(table("mgus"), time="time", end="end", group="group")
    curves = {c.group: c for c in found if c.end == end}
    for group, time, value in printed(f"incidence {end}"):
        assert curves[group].at(time)[0] == pytest.approx(value, rel=1e-8)
    for group, time, value in printed(f"incidence se {end}"):
        curve = curves[group]
        index = int(curve.time.searchsorted(time, side="right")) - 1
        assert curve.se[index] == pytest.approx(value, rel=0.02)
