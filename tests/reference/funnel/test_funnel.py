"""Parity with R on medpar (values printed by funnel.R): 1,495 admissions to 54 hospitals.

Tolerances: limits 1e-9 relative (the same distributions), values adjusted by regression 1e-7, variances 1e-8.
"""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.funnel import Funnel, compare_providers
from tests.real_data import table

PRINTED = pl.read_csv(Path(__file__).parent / "funnel.csv", schema_overrides={"name": pl.String})
MIX = ("age80", "white", "hmo", "type")


def printed(case: str, quantity: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("case") == case) & (pl.col("quantity") == quantity))
    return dict(zip(rows["name"], rows["value"], strict=True))


def medpar() -> pl.DataFrame:
    return table("medpar").with_columns(pl.col("type").cast(pl.String))


def compared(**options: object) -> Funnel:
    return compare_providers(medpar(), provider="provnum", **options)  # type: ignore[arg-type]


def limits(found: Funnel, level: float, side: str) -> dict[str, float]:
    position = found.levels.index(level)
    return {p.name: getattr(p.limits[position], side) for p in found.providers}


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("died", {"outcome": "died", "kind": "proportion"}),
        ("days", {"outcome": "los", "kind": "rate", "overdispersion": "none"}),
    ],
)
@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize("side", ["lower", "upper"])
def test_exact_limits(case: str, options: dict[str, object], level: float, side: str) -> None:
    found = limits(compared(**options), level, side)
    assert found == pytest.approx(printed(case, f"{side}{level}"), rel=1e-9, abs=1e-12)


def test_limits_of_means() -> None:
    found = compared(outcome="los", kind="mean", overdispersion="none")
    assert found.sd == pytest.approx(printed("mean", "sd")["sd"], rel=1e-10)
    assert limits(found, 0.95, "upper") == pytest.approx(printed("mean", "upper0.95"), rel=1e-9)
    assert limits(found, 0.998, "lower") == pytest.approx(printed("mean", "lower0.998"), rel=1e-9)


@pytest.mark.parametrize(
    ("case", "outcome", "kind"), [("adjusted", "died", "proportion"), ("adjusted_days", "los", "rate")]
)
def test_case_mix(case: str, outcome: str, kind: str) -> None:
    found = compared(outcome=outcome, kind=kind, adjust=MIX)
    values = {p.name: p.value for p in found.providers}
    assert values == pytest.approx(printed(case, "value"), rel=1e-7, abs=1e-9)


def test_overdispersion() -> None:
    spread = compared(outcome="died", kind="proportion").dispersion
    assert spread.q == pytest.approx(printed("died", "q")["q"], rel=1e-8)
    assert spread.p == pytest.approx(printed("died", "q_p")["q_p"], rel=1e-8)
    assert spread.phi == pytest.approx(printed("died", "phi")["phi"], rel=1e-8)


def test_variance_between_providers() -> None:
    found = compared(outcome="los", kind="rate", winsorise=0.0)
    assert found.dispersion.tau2 == pytest.approx(printed("days", "tau2")["tau2"], rel=1e-8)


def test_variance_between_providers_is_metafors_about_the_same_centre() -> None:
    """metafor centres on the weighted mean; given that as the target only the variances' scale is left."""
    rows = medpar().filter(pl.len().over("provnum") >= 10)
    found = compare_providers(rows, provider="provnum", outcome="los", kind="rate", winsorise=0.0)
    own = printed("days_own_centre", "tau2")["tau2"]
    assert found.target == pytest.approx(printed("days_own_centre", "target")["target"], rel=1e-8)
    assert found.dispersion.tau2 == pytest.approx(own, rel=0.01)
