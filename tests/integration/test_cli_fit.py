"""`onmodel fit`: what it prints, what it refuses, how quickly it starts."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner, Result

from onmodel.cli.main import main
from onmodel.inference.mixed import Model, fit_mixed


@pytest.fixture
def table() -> pl.DataFrame:
    random = np.random.default_rng(4)
    patient = np.repeat(np.arange(50), 4)
    month = np.tile([0.0, 6.0, 12.0, 18.0], 50)
    own = random.normal(0, 5, 50)[patient] + random.normal(0, 0.4, 50)[patient] * month
    score = np.round(30 - 0.6 * month + own + random.normal(0, 3, 200), 1)
    arm = np.where(patient % 2 == 0, "early", "later")
    return pl.DataFrame({"id": patient, "month": month, "bdi": score, "arm": arm})


def run(file: Path, *options: str) -> Result:
    roles = ["--patient", "id", "--time", "month", "--outcome", "bdi"]
    return CliRunner().invoke(main, ["fit", str(file), *roles, *options])


def written(table: pl.DataFrame, folder: Path, kind: str) -> Path:
    file = folder / f"data.{kind}"
    if kind == "csv":
        table.write_csv(file)
    elif kind == "parquet":
        table.write_parquet(file)
    else:
        pyreadstat.write_sav(table, str(file))
    return file


@pytest.mark.parametrize("kind", ["csv", "sav", "parquet"])
def test_every_format_gives_the_fit_of_the_function(table: pl.DataFrame, tmp_path: Path, kind: str) -> None:
    result = run(written(table, tmp_path, kind), "--group", "arm", "--months", "0,18", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    expected = fit_mixed(table, Model("id", "month", "bdi", group="arm"))
    assert found["criterion"] == pytest.approx(expected.criterion)
    assert {row["name"]: row["estimate"] for row in found["coefficients"]} == pytest.approx(expected.coef)
    assert [(row["group"], row["month"]) for row in found["estimates"]] == [
        ("early", 0), ("early", 18), ("later", 0), ("later", 18),
    ]  # fmt: skip
    assert found["effect_sizes"][1]["d"] < 0


def test_semicolons_and_decimal_commas(table: pl.DataFrame, tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    rows = table.with_columns(pl.col("bdi", "month").cast(pl.String).str.replace(".", ",", literal=True))
    rows.write_csv(file, separator=";")
    found = json.loads(run(file, "--json").output)
    expected = fit_mixed(table, Model("id", "month", "bdi"))
    assert found["criterion"] == pytest.approx(expected.criterion)


def test_the_table_says_what_a_psychologist_looks_for(table: pl.DataFrame, tmp_path: Path) -> None:
    gaps = table.with_columns(pl.when(pl.int_range(pl.len()) == 9).then(None).otherwise("bdi").alias("bdi"))
    result = run(written(gaps, tmp_path, "csv"), "--random", "intercept", "--method", "ml")
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "199 observations of 50 patients" in text
    assert "1 rows left out because a value is missing (bdi 1)" in text
    for words in ("random intercept", "maximum likelihood", "estimate", "SE", "95 % interval", "deviance"):
        assert words in text


def test_a_doubtful_fit_prints_its_warning(table: pl.DataFrame, tmp_path: Path) -> None:
    result = run(written(table.with_columns(bdi=pl.lit(5.0)), tmp_path, "csv"))
    assert result.exit_code == 0, result.output
    assert "Warning: The outcome never varies" in " ".join(result.output.split())


def test_cells_that_are_no_numbers_are_named_by_line(table: pl.DataFrame, tmp_path: Path) -> None:
    bad = table.with_columns(pl.col("bdi").cast(pl.String)).with_columns(
        bdi=pl.when(pl.int_range(pl.len()) == 3).then(pl.lit("twelve")).otherwise("bdi")
    )
    result = run(written(bad, tmp_path, "csv"))
    assert result.exit_code == 1
    assert 'line 5, column bdi: "twelve"; needed is a number' in result.output


def test_refusals_as_json_name_line_column_and_value(table: pl.DataFrame, tmp_path: Path) -> None:
    bad = table.with_columns(month=pl.when(pl.int_range(pl.len()) == 0).then(1e999).otherwise("month"))
    result = run(written(bad, tmp_path, "csv"), "--json")
    assert result.exit_code == 1
    problem = json.loads(result.output)["problems"][0]
    assert (problem["line"], problem["column"]) == (2, "month")


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--group", "cohort"], 1, "there is no column cohort; the file has: id, month, bdi, arm"),
        (["--group", "arm", "--reference", "never"], 1, "'never' is not a value of 'arm'"),
        (["--terms", "categorical", "--months", "7"], 1, "'7' is not a value of 'categorical'"),
        (["--terms", "log", "--months", "-1"], 1, "no value at month -1"),
        (["--terms", "cubic"], 2, "'cubic' is not one of linear"),
        (["--months", "a,b"], 2, "is not a list of numbers"),
        (["--random", "both"], 2, "'both'"),
    ],
)
def test_other_refusals(
    table: pl.DataFrame, tmp_path: Path, options: list[str], code: int, words: str
) -> None:
    result = run(written(table, tmp_path, "csv"), *options)
    assert result.exit_code == code
    assert words in " ".join(result.output.split())


def test_it_loads_nothing_that_it_does_not_need(table: pl.DataFrame, tmp_path: Path) -> None:
    """What makes a start slow; `make bench` measures the start itself."""
    file = written(table, tmp_path, "csv")
    options = ["fit", str(file), "--patient", "id", "--time", "month", "--outcome", "bdi"]
    code = (
        "import sys; from onmodel.cli.main import main; main(sys.argv[1:], standalone_mode=False); "
        "print(*{'django', 'statsmodels', 'pandas', 'altair'} & set(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, *options], check=True, capture_output=True, text=True
    )
    assert result.stderr.strip() == ""
