"""Omega and loadings against base R's factanal (omega.R): 1e-5."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from onmodel.inference.reliability import omega

HERE = Path(__file__).parent
PRINTED = pl.read_csv(HERE / "omega.csv")


@cache
def bfi() -> pl.DataFrame:
    spec = importlib.util.spec_from_file_location("reliability_tables", HERE / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.bfi()


@pytest.mark.parametrize("trait", "ACENO")
def test_omega_of_a_trait(trait: str) -> None:
    x = bfi().select(pl.col([f"{trait}{i}" for i in range(1, 6)]).cast(pl.Float64)).to_numpy()
    found = omega(x)
    expected = PRINTED.filter(pl.col("trait") == trait)
    loadings = expected.filter(pl.col("what") == "loading")["value"].to_list()
    assert found.loadings.tolist() == pytest.approx(loadings, abs=1e-5)
    assert found.estimate == pytest.approx(expected.filter(pl.col("what") == "omega")["value"][0], abs=1e-5)
    assert found.n == expected.filter(pl.col("what") == "n")["value"][0]
    turned = any(loading < 0 for loading in loadings)
    assert ("negative_loading" in {caution.code for caution in found.warnings}) == turned
    assert np.isnan(x).any(axis=1).sum() == found.n_dropped
