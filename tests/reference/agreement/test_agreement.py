"""Agreement against R's psych 2.2 and lme4 (agreement.R), and Krippendorff's published example.

ICCs and kappas 1e-6 (the standard error of kappa against statsmodels: psych's is for its own weights only);
variance components 1e-3 relative, their REML criterion 1e-6 relative.
"""

import importlib.util
import math
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from onmodel.inference.agreement import intraclass, krippendorff, weighted_kappa
from onmodel.inference.generalizability import g_study

HERE = Path(__file__).parent
PRINTED = pl.read_csv(HERE / "agreement.csv")


@cache
def table(name: str) -> pl.DataFrame:
    spec = importlib.util.spec_from_file_location("agreement_tables", HERE / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tables()[name]


def printed(name: str, what: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("table") == name) & (pl.col("what") == what))
    return dict(zip(rows["name"], rows["value"], strict=True))


@pytest.mark.parametrize("name", ["shrout_fleiss", "ratings"])
def test_intraclass_correlations(name: str) -> None:
    found = intraclass(table(name).to_numpy())
    single = (found.single_any, found.single_absolute, found.single_consistency)
    for icc in (*single, found.mean_any, found.mean_absolute, found.mean_consistency):
        assert icc.estimate == pytest.approx(printed(name, "estimate")[icc.kind], abs=1e-6)
        assert icc.lower == pytest.approx(printed(name, "lower")[icc.kind], abs=1e-6)
        assert icc.upper == pytest.approx(printed(name, "upper")[icc.kind], abs=1e-6)


def test_shrout_and_fleiss_printed_table() -> None:
    """Their Table 4: .17, .29, .71 for one judge, .44, .62, .91 for the mean of four."""
    found = intraclass(table("shrout_fleiss").to_numpy())
    single = (found.single_any, found.single_absolute, found.single_consistency)
    assert [round(icc.estimate, 2) for icc in single] == [0.17, 0.29, 0.71]
    means = (found.mean_any, found.mean_absolute, found.mean_consistency)
    assert [round(icc.estimate, 2) for icc in means] == [0.44, 0.62, 0.91]


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa(weights) -> None:
    found = weighted_kappa(table("ratings")["r0"], table("ratings")["r1"], weights=weights)
    assert found.estimate == pytest.approx(printed("ratings", weights)["kappa"], abs=1e-6)
    one, two = table("ratings")["r0"].to_numpy(), table("ratings")["r1"].to_numpy()
    categories, codes = np.unique(np.concatenate([one, two]), return_inverse=True)
    counts = np.zeros((len(categories), len(categories)))
    np.add.at(counts, (codes[: len(one)], codes[len(one) :]), 1)
    theirs = cohens_kappa(counts, wt=None if weights == "none" else weights)
    assert found.se == pytest.approx(theirs.std_kappa, abs=1e-8)


_ = math.nan
#: Four observers, twelve units: Krippendorff 2011, "Computing Krippendorff's alpha-reliability", part C.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T


@pytest.mark.parametrize(
    ("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorffs_example(metric, published: float) -> None:
    found = krippendorff(KRIPPENDORFF, metric=metric)
    assert found.estimate == pytest.approx(published, abs=5e-4)
    assert (found.units, found.ratings) == (11, 40)


@pytest.mark.parametrize(
    ("name", "object_", "facets", "nested"),
    [
        ("adherence", "therapist", ("session", "rater"), {"session": "therapist"}),
        ("penicillin", "plate", ("sample",), {}),
    ],
)
def test_components_of_a_g_study(
    name: str, object_: str, facets: tuple[str, ...], nested: dict[str, str]
) -> None:
    study = g_study(table(name), score="score", object=object_, facets=facets, nested=nested)
    expected = printed(name, "variance")
    assert study.criterion == pytest.approx(printed(name, "criterion")["criterion"], rel=1e-6)
    assert study.components[-1].variance == pytest.approx(expected["Residual"], rel=1e-3)
    for component in study.components[:-1]:
        assert component.variance == pytest.approx(expected[":".join(component.effect)], rel=1e-3, abs=1e-6)
