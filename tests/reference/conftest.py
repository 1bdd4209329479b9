import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest

HERE = Path(__file__).parent


@cache
def _tables() -> dict[str, pl.DataFrame]:
    """The tables of mixed/tables.py, which R reads too."""
    spec = importlib.util.spec_from_file_location("reference_tables", HERE / "mixed" / "tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.tables()


def _table(name: str) -> pl.DataFrame:
    return _tables()[name]


@pytest.fixture(scope="session")
def reference_tables() -> Callable[[str], pl.DataFrame]:
    """A table by its name."""
    return _table
