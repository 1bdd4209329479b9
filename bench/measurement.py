"""Scoring against a plain loop over respondents, reading tables, and the command from a cold start."""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from bench.rows import Row, seconds
from onmodel.library import load
from onmodel.library.answers import read_answers
from onmodel.library.tables import read_table
from onmodel.measurement import score
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import CountScale, MeanScale, RatioScale, SumScale

FORMS = 20_000


def simulated(instrument: Instrument, rows: int, seed: int = 1) -> np.ndarray:
    """Simulated answers from 0 to 4, one in a hundred missing."""
    random = np.random.default_rng(seed)
    answers = random.integers(0, 5, (rows, len(instrument.all_items()))).astype(float)
    answers[random.random(answers.shape) < 0.01] = np.nan
    return answers


def score_plainly(instrument: Instrument, row: list[float]) -> dict[str, float]:
    """One respondent's sums, means, counts and ratios as a script would work them out."""
    given = dict(zip((item.id for item in instrument.all_items()), row, strict=True))
    scores: dict[str, float] = {}
    for scale in instrument.scales:
        if isinstance(scale, RatioScale):
            divisor = scores[scale.denominator]
            scores[scale.id] = scores[scale.numerator] / divisor if divisor else math.nan
            continue
        assert isinstance(scale, SumScale | MeanScale | CountScale)
        assert not scale.reverse
        here = [given[item] for item in scale.items if not math.isnan(given[item])]
        share = scale.missing.at_most_share or 0.0
        if not here or len(scale.items) - len(here) > share * len(scale.items):
            scores[scale.id] = math.nan
        elif isinstance(scale, CountScale):
            scores[scale.id] = float(sum(value >= scale.at_least for value in here))
        elif isinstance(scale, MeanScale):
            scores[scale.id] = sum(here) / len(here)
        else:
            scores[scale.id] = float(sum(here))
    return scores


def run() -> Iterator[Row]:
    """Rows of the bench; both ways of scoring are held against each other first."""
    bsi = load("mbt").instruments["bsi"]
    answers = simulated(bsi, FORMS)
    compare(bsi, answers[:500])
    ours = seconds(lambda: score(bsi, answers))
    rows = answers.tolist()
    plain = seconds(lambda: [score_plainly(bsi, row) for row in rows], repeats=2)
    name = f"BSI, 53 items, {len(bsi.scales)} scales, {FORMS:,} forms"
    yield Row(name, ours, "s", "a plain loop, times as fast", plain / ours, "10 x")
    yield Row("forms in a second", FORMS / ours, "forms")
    with tempfile.TemporaryDirectory() as folder:
        yield from files(bsi, answers, Path(folder))


def compare(instrument: Instrument, answers: np.ndarray) -> None:
    """AssertionError where the two ways of scoring differ."""
    found = score(instrument, answers)
    for scale in found.scales:
        expected = [score_plainly(instrument, row)[scale.scale_id] for row in answers.tolist()]
        np.testing.assert_allclose(scale.values, expected, rtol=0, atol=1e-12)


def files(bsi: Instrument, answers: np.ndarray, folder: Path) -> Iterator[Row]:
    """Reading the same answers from CSV, against polars alone; the command from a cold start."""
    path = folder / "answers.csv"
    frame = pl.DataFrame(answers, schema=[f"bsi_{item.id}" for item in bsi.all_items()]).fill_nan(None)
    frame.write_csv(path)
    ours = seconds(lambda: read_answers(read_table(path), bsi), repeats=3)
    theirs = seconds(lambda: pl.read_csv(path), repeats=3)
    yield Row(f"reading and checking them from CSV, {FORMS:,} lines", ours, "s")
    yield Row(
        "polars alone, without line numbers or checks", theirs, "s", "times as long for ours", ours / theirs
    )
    small = folder / "small.csv"
    frame.head(100).write_csv(small)
    command = [sys.executable, "-c", "from onmodel.cli.main import main; main()", "score", "bsi", str(small)]
    cold = seconds(lambda: subprocess.run(command, check=True, capture_output=True), repeats=3)
    yield Row("onmodel score, 100 forms, from a cold start", cold, "s", goal="below 1 s")
