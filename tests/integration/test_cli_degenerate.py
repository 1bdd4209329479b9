"""Tables from which hardly anything can be learnt, on the command line: named, and no traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from onmodel.cli.main import main

COURSE = ("--patient", "id", "--time", "month")
WAYS = {
    "fit": ("fit", *COURSE, "--outcome", "score", "--group", "arm", "--terms", "linear,quadratic"),
    "fit by month": ("fit", *COURSE, "--outcome", "score", "--group", "arm", "--terms", "categorical"),
    "cohort": ("analyse", "cohort", *COURSE, "--outcome", "score", "--cohort", "arm", "--baseline", "age",
               "--covariate", "age"),
    "score": ("analyse", "outcome", *COURSE, "--outcome", "score", "--group", "arm", "--covariate", "age"),
    "yes/no": ("analyse", "outcome", *COURSE, "--outcome", "event", "--kind", "yesno", "--group", "arm"),
    "count": ("analyse", "outcome", *COURSE, "--outcome", "event", "--kind", "count"),
    "dropout": ("analyse", "dropout", "--time", "weeks", "--ended", "event", "--group", "arm"),
    "raters": ("analyse", "agreement", "--subject", "id", "--rater", "month", "--score", "score",
               "--resamples", "20"),
    "facets": ("analyse", "agreement", "--subject", "id", "--facet", "month", "--score", "score"),
    "items": ("analyse", "agreement", "--items", "score,age,event", "--resamples", "20"),
    "drift": ("analyse", "drift", "--time", "place", "--value", "score", "--at", "8"),
    "drift of events": ("analyse", "drift", "--time", "place", "--value", "event", "--kind", "count",
                        "--chart", "shewhart", "--at", "8"),
    "shares": ("analyse", "funnel", "--provider", "team", "--outcome", "event", "--adjust", "age"),
    "means": ("analyse", "funnel", "--provider", "team", "--outcome", "score", "--kind", "mean"),
}  # fmt: skip


def usual() -> pl.DataFrame:
    """Five patients at four moments."""
    n = 20
    return pl.DataFrame(
        {
            "id": [f"p{i // 4}" for i in range(n)],
            "month": [6 * (i % 4) for i in range(n)],
            "score": [20.0 - i % 4 + i * 7 % 5 for i in range(n)],
            "arm": ["ab"[i // 4 % 2] for i in range(n)],
            "age": [20.0 + i // 4 * 3 for i in range(n)],
            "event": [i * 3 % 5 % 2 for i in range(n)],
            "weeks": [1.0 + i for i in range(n)],
            "place": list(range(n)),
            "team": ["uvw"[i // 4 % 3] for i in range(n)],
        }
    )


TABLES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "empty": lambda t: t.clear(),
    "one row": lambda t: t.head(1),
    "one patient": lambda t: t.head(4),
    "two patients": lambda t: t.head(8),
    "one moment": lambda t: t.filter(pl.col("month") == 0),
    "all missing": lambda t: t.with_columns(score=pl.lit(None, pl.Float64), event=pl.lit(None, pl.Int64)),
    "constant": lambda t: t.with_columns(score=pl.lit(5.0), event=pl.lit(0)),
    "always": lambda t: t.with_columns(event=pl.lit(1)),
    "separated": lambda t: t.with_columns(
        event=(pl.col("arm") == "b").cast(pl.Int64), score=10.0 * (pl.col("arm") == "b")
    ),
    "exact": lambda t: t.with_columns(score=30 - pl.col("month") / 2),
    "one group": lambda t: t.with_columns(arm=pl.lit("a"), team=pl.lit("u")),
    "alike": lambda t: t.with_columns(age=pl.lit(30.0)),
    "huge": lambda t: t.with_columns(pl.col("score") * 1e150),
}


def invoked(*arguments: str) -> str:
    """What is printed; it ends with success or a refusal."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code in (0, 1), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result.output


@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("way", WAYS)
def test_it_is_survived_and_said(way: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    TABLES[kind](usual()).write_csv(file)
    command = WAYS[way]
    at = 1 if command[0] == "fit" else 2
    arguments = [*command[:at], str(file), *command[at:]]
    if (list(WAYS).index(way) + list(TABLES).index(kind)) % 2:
        shown = invoked(*arguments).split()
        assert shown
        assert not {"nan", "inf", "None"} & set(shown), shown
    else:
        json.loads(invoked(*arguments, "--json"), parse_constant=pytest.fail)
