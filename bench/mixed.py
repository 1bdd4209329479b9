"""The mixed model against lme4 and statsmodels, on the same simulated register in the same run."""

from __future__ import annotations

import gc
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from bench.rows import Row, seconds
from onmodel.inference.mixed import Model, fit_many, fit_mixed

PATIENTS = 18_000
#: Months of planned measurements, of which patients miss some; about 5.4 each.
PLANNED = np.array([0, 3, 6, 9, 12, 18, 24, 30, 36, 42, 48], dtype=float)
MODEL = Model("patient", "time", "outcome", group="group")
LME4 = Path(__file__).with_name("mixed_lme4.R")


def register(patients: int, *, irregular: bool, seed: int = 1) -> pl.DataFrame:
    """A simulated register: drop-out and missed moments, two groups; `irregular` moments fall on any day."""
    random = np.random.default_rng(seed)
    last = random.integers(1, len(PLANNED) + 1, patients)
    here = (np.arange(len(PLANNED)) < last[:, None]) & (random.random((patients, len(PLANNED))) < 0.9)
    here[:, 0] = True
    patient, moment = np.nonzero(here)
    month = PLANNED[moment]
    if irregular:
        month = np.where(moment > 0, np.round(month + random.uniform(-1, 1, len(month)), 2), 0.0)
    group = (random.random(patients) < 0.5)[patient]
    deviation = random.multivariate_normal([0, 0], [[40, -0.4], [-0.4, 0.04]], patients)[patient]
    own = deviation[:, 0] + deviation[:, 1] * month
    outcome = 25 - 0.3 * month + group * (1.5 + 0.1 * month) + own + random.normal(0, 6, len(month))
    names = np.where(group, "later", "before")
    return pl.DataFrame({"patient": patient, "time": month, "outcome": np.round(outcome, 3), "group": names})


def run() -> Iterator[Row]:
    irregular, fixed = register(PATIENTS, irregular=True), register(PATIENTS, irregular=False)
    size = f"{PATIENTS:,} patients, {len(irregular):,} rows"
    ours = seconds(lambda: fit_mixed(irregular, MODEL))
    criterion = fit_mixed(irregular, MODEL).criterion
    yield Row(f"REML, intercept and slope; {size}, any day", ours, "s")
    yield Row("the same at fixed moments", seconds(lambda: fit_mixed(fixed, MODEL)), "s")
    yield from against_lme4(irregular, ours, criterion)
    yield from against_statsmodels(irregular, ours, criterion)
    yield memory()
    yield from growth(ours / PATIENTS)
    yield from batch(ours)
    yield cold_start(fixed.head(500))


def against_lme4(table: pl.DataFrame, ours: float, criterion: float | None) -> Iterator[Row]:
    if not shutil.which("Rscript"):
        yield Row("lme4 (R is not on this machine)", None, "s")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.csv"
        table.write_csv(file)
        done = subprocess.run(["Rscript", str(LME4), str(file)], capture_output=True, text=True)
    if done.returncode:
        yield Row("lme4 (not installed in R)", None, "s")
        return
    took, theirs = map(float, done.stdout.split()[-2:])
    yield Row("lme4::lmer on the same table", took, "s", "lme4 / OnModel", took / ours, "20 x")
    yield Row("REML criterion above OnModel's", theirs - (criterion or np.nan), "", "lme4")


def against_statsmodels(table: pl.DataFrame, ours: float, criterion: float | None) -> Iterator[Row]:
    from statsmodels.regression.mixed_linear_model import MixedLM

    later = (table["group"] == "later").to_numpy().astype(float)
    time_ = table["time"].to_numpy()
    one = np.ones(len(table))
    fixed, random = np.column_stack([one, time_, later, later * time_]), np.column_stack([one, time_])
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = MixedLM(table["outcome"].to_numpy(), fixed, table["patient"].to_numpy(), random).fit(
            reml=True
        )
    took = time.perf_counter() - began
    yield Row(
        "statsmodels MixedLM on the same table", took, "s", "statsmodels / OnModel", took / ours, "300 x"
    )
    yield Row("REML criterion above OnModel's", -2 * result.llf - (criterion or np.nan), "", "statsmodels")


def memory() -> Row:
    """Peak memory of a fit above that of having the table, in a process of its own."""
    code = (
        "import bench.mixed as b;"
        "from onmodel.inference.mixed import fit_mixed;"
        "fit_mixed(b.register(200, irregular=True), b.MODEL);"
        f"t = b.register({10 * PATIENTS}, irregular=True);"
        "import gc; gc.collect();"
        "before = b.now_used();"
        "b.reset_peak();"
        "f = fit_mixed(t, b.MODEL);"
        "print(t.estimated_size(), b.peak_used() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    data, extra = map(float, done.stdout.split())
    name = f"memory above the table; {10 * PATIENTS:,} patients, {data / 1e6:.0f} MB of data"
    return Row(name, extra / 1e6, "MB", "of the data", extra / data, "under 10 x")


def now_used() -> float:
    return _status("VmRSS")


def peak_used() -> float:
    return _status("VmHWM")


def reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _status(key: str) -> float:
    """Bytes, from Linux's account of this process; elsewhere the peak since its start."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
    return next(1024.0 * int(line.split()[1]) for line in status.read_text().splitlines() if key in line)


def growth(per_patient: float) -> Iterator[Row]:
    """Seconds a patient must not grow with the number of patients."""
    for patients in (100_000, 1_000_000):
        table = register(patients, irregular=True)
        took = seconds(lambda table=table: fit_mixed(table, MODEL), repeats=1)
        name = f"{patients:,} patients, {len(table):,} rows, any day"
        yield Row(
            name, took, "s", "time a patient / that at 18,000", took / patients / per_patient, "about 1"
        )
        del table
        gc.collect()


def batch(large: float) -> Iterator[Row]:
    """43 programmes x 10 outcomes at once: ten times the data of the large fit in 430 parts."""
    table, random = register(PATIENTS, irregular=True), np.random.default_rng(2)
    noise = {f"outcome{k}": pl.col("outcome") + random.normal(0, k, len(table)) for k in range(10)}
    table = table.with_columns(programme=pl.col("patient") % 43, **noise)
    outcomes = [f"outcome{k}" for k in range(10)]
    took = seconds(lambda: fit_many(table, MODEL, outcomes, by="programme"), repeats=3)
    yield Row(
        "43 programmes x 10 outcomes, 430 fits",
        took,
        "s",
        "large fits in that time",
        took / large,
        "a few; ten times the rows",
    )


def cold_start(table: pl.DataFrame) -> Row:
    """The command on a small file, Python's own start included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.csv"
        table.write_csv(path)
        command = [sys.executable, "-c", "from onmodel.cli.main import main; main()", "fit", str(path)]
        command += ["--patient", "patient", "--time", "time", "--outcome", "outcome"]
        cold = seconds(lambda: subprocess.run(command, check=True, capture_output=True), repeats=3)
    return Row("onmodel fit, 500 rows, from a cold start", cold, "s", goal="below 1.5 s")
