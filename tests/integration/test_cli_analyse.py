"""`onmodel analyse`: what each analysis prints, as JSON too, and what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner, Result

from onmodel.cli.analyse import ANALYSES
from onmodel.cli.main import main
from onmodel.inference.control import cusum
from onmodel.inference.funnel import compare_providers
from onmodel.inference.gee import fit_gee
from onmodel.inference.generalizability import d_study, g_study
from onmodel.inference.reliability import omega
from onmodel.inference.survival import kaplan_meier
from onmodel.measurement import cronbach_alpha


def courses() -> pl.DataFrame:
    """Simulated: 80 patients, 0 to 18 months, the second half start in 2015 and improve less."""
    random = np.random.default_rng(2)
    rows = []
    for i in range(80):
        own, late = random.normal(0, 4), i >= 40
        for month in (0, 6, 12, 18)[: 4 if i % 4 else 3]:
            score = 30 - (0.3 if late else 0.8) * month + own + random.normal(0, 2)
            harm = int(random.random() < 0.7 - 0.02 * month)
            started = f"20{15 if late else 10}-05-{1 + i % 28:02d}"
            rows.append(
                (f"p{i}", month, round(score, 1), "later" if late else "early", started, 20 + i % 30, harm)
            )
    return pl.DataFrame(rows, schema=["id", "month", "gsi", "cohort", "started", "age", "harm"], orient="row")


def treatments() -> pl.DataFrame:
    """Simulated: 300 treatments in 10 teams; t3 loses many."""
    random = np.random.default_rng(5)
    team = np.arange(300) % 10
    left = random.random(300) < np.where(team == 3, 0.75, 0.25)
    how = np.where(left, "drop-out", np.where(random.random(300) < 0.5, "completed", ""))
    return pl.DataFrame(
        {
            "team": [f"t{t}" for t in team],
            "left": left.astype(int),
            "how": how,
            "months": random.exponential(10, 300).round(1) + 0.1,
            "age": random.normal(30, 8, 300).round(),
        }
    )


def ratings() -> pl.DataFrame:
    random = np.random.default_rng(6)
    rows = [
        (f"s{s}", f"t{s % 6}", f"r{r}", round(3 + 0.4 * (s % 6) + 0.3 * r + random.normal(0, 0.4), 1))
        for s in range(30)
        for r in range(2)
    ]
    return pl.DataFrame(rows, schema=["session", "therapist", "rater", "score"], orient="row")


def quarters() -> pl.DataFrame:
    random = np.random.default_rng(7)
    late = np.arange(30) >= 18
    return pl.DataFrame(
        {
            "quarter": np.arange(30),
            "gsi": (10 + random.normal(0, 1, 30) + 3 * late).round(2),
            "lost": random.binomial(40, np.where(late, 0.4, 0.15)),
            "starts": [40] * 30,
        }
    )


def written(table: pl.DataFrame, folder: Path, kind: str = "csv") -> str:
    file = folder / f"data.{kind}"
    if kind == "sav":
        pyreadstat.write_sav(table, str(file))
    else:
        getattr(table, f"write_{kind}")(file)
    return str(file)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["analyse", *arguments])


def values(*arguments: str) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


FUNNEL = ("--provider", "team", "--outcome", "left")
COURSE = ("--patient", "id", "--time", "month")
EXAMPLES = {
    "cohort": (
        courses,
        (*COURSE, "--outcome", "gsi", "--cohort", "cohort", "--baseline", "age"),
        "changed differently",
    ),
    "outcome": (courses, (*COURSE, "--outcome", "gsi"), "Who was measured when"),
    "dropout": (treatments, ("--time", "months", "--ended", "left", "--group", "team"), "Log-rank test"),
    "agreement": (ratings, ("--subject", "session", "--rater", "rater", "--score", "score"), "Krippendorff"),
    "drift": (
        quarters,
        ("--time", "quarter", "--value", "gsi", "--baseline", "15", "--at", "18"),
        "level_change",
    ),
    "funnel": (treatments, FUNNEL, "above 99.8 %"),
}


@pytest.mark.parametrize("name", ANALYSES)
@pytest.mark.parametrize("kind", ["csv", "sav", "parquet"])
def test_every_analysis_reads_every_format(name: str, kind: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    table, options, words = EXAMPLES[name]
    file = written(table(), tmp_path, kind)
    result = run(name, file, *options)
    assert result.exit_code == 0, result.output
    assert words in result.output
    assert values(name, file, *options)["analysis"] == name


@pytest.mark.parametrize("name", ANALYSES)
def test_help_teaches_by_examples(name: str) -> None:
    result = run(name, "--help")
    assert f"onmodel analyse {name}" in result.output
    assert result.exit_code == 0


def test_json_holds_no_nan_and_is_complete(tmp_path: Path) -> None:
    found = values("funnel", written(treatments(), tmp_path), *FUNNEL, "--adjust", "age")
    expected = compare_providers(
        treatments(), provider="team", outcome="left", kind="proportion", adjust=["age"]
    )
    assert [p["value"] for p in found["providers"]] == pytest.approx([p.value for p in expected.providers])
    assert len(found["curve"]) == len(expected.curve)
    assert {"dispersion", "warnings", "method", "n", "n_dropped", "by_chance"} <= set(found)


def test_before_and_after_a_date(tmp_path: Path) -> None:
    file = written(courses(), tmp_path)
    found = values(
        "cohort",
        file,
        *COURSE,
        "--outcome",
        "gsi",
        "--start",
        "started",
        "--at",
        "2012-01-01",
        "--months",
        "18",
    )
    assert [c["name"] for c in found["cohorts"]] == ["before 2012-01-01", "from 2012-01-01"]
    by_name = values("cohort", file, *COURSE, "--outcome", "gsi", "--cohort", "cohort", "--months", "18")
    assert found["differences"] == by_name["differences"]
    assert "changed differently" in found["sentence"]


def test_yes_and_no_by_estimating_equations(tmp_path: Path) -> None:
    found = values("outcome", written(courses(), tmp_path), *COURSE, "--outcome", "harm", "--kind", "yesno")
    expected = fit_gee(courses(), patient="id", outcome="harm", time="month", family="binary")
    assert {row["name"]: row["estimate"] for row in found["coefficients"]} == pytest.approx(expected.coef)
    assert [s["share"]["n"] for s in found["shares"]] == [80, 80, 80, 60]


def test_kinds_of_end(tmp_path: Path) -> None:
    file = written(treatments(), tmp_path)
    found = values("dropout", file, "--time", "months", "--end", "how", "--months", "6,12")
    assert [e["incidence"]["end"] for e in found["ends"]] == ["completed", "drop-out"]
    curve = values("dropout", file, "--time", "months", "--ended", "left", "--months", "12")["curves"][0]
    assert curve["at"][0]["share"] == pytest.approx(
        kaplan_meier(treatments(), time="months", ended="left")[0].at(12)[0]
    )


def test_dependability_of_ratings(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    options = (
        "--subject",
        "therapist",
        "--facet",
        "session",
        "--facet",
        "rater",
        "--nested",
        "session=therapist",
    )
    result = run("agreement", written(ratings(), tmp_path), *options, "--score", "score")
    assert "For .70" in result.output, result.output


def test_how_many_sessions_and_raters_are_needed(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    file = written(ratings(), tmp_path)
    options = ["--subject", "therapist", "--facet", "session", "--facet", "rater", "--score", "score"]
    options += ["--nested", "session=therapist", "--target", "0.95", "--absolute", "--most", "3"]
    found = values("agreement", file, *options)
    assert {(p["conditions"]["session"], p["conditions"]["rater"]) for p in found["plans"]} == {
        (s, r) for s in (1, 2, 3) for r in (1, 2, 3)
    }
    study = g_study(
        ratings(),
        score="score",
        object="therapist",
        facets=["session", "rater"],
        nested={"session": "therapist"},
    )
    last = found["plans"][-1]
    assert last["absolute"] == pytest.approx(d_study(study, session=3, rater=3).absolute)
    assert found["needed"] == []
    assert "Not even 3 of each" in run("agreement", file, *options).output


def test_alpha_and_omega_of_items(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    trait = random.normal(0, 1, 60)
    items = pl.DataFrame({f"i{k}": (trait + random.normal(0, 1, 60)).round(1) for k in range(5)})
    file = written(items, tmp_path)
    found = values("agreement", file, "--items", "i*", "--resamples", "0")
    alpha = cronbach_alpha(items.to_numpy())
    assert found["alpha"]["estimate"] == pytest.approx(alpha.value)
    assert [found["alpha"]["lower"], found["alpha"]["upper"]] == pytest.approx(alpha.interval())
    assert found["omega"]["estimate"] == pytest.approx(omega(items.to_numpy()).estimate)
    two = values("agreement", file, "--items", "i0, i1")
    assert two["omega"] is None
    assert "three items" in two["why_no_omega"]
    assert "One common factor" in run("agreement", file, "--items", "i*", "--resamples", "0").output
    assert "No omega" in run("agreement", file, "--items", "i0,i1").output


def test_drift_of_shares_is_that_of_the_function(tmp_path: Path) -> None:
    options = (
        "--time",
        "quarter",
        "--value",
        "lost",
        "--size",
        "starts",
        "--kind",
        "proportion",
        "--baseline",
        "15",
    )
    found = values("drift", written(quarters(), tmp_path), *options)
    table = quarters()
    expected = cusum(table["lost"], kind="proportion", sizes=table["starts"], baseline=15)
    assert found["charts"]["cusum"]["first_signal"] == expected.first_signal
    assert set(found["charts"]) == {"shewhart", "ewma", "cusum"}


@pytest.mark.parametrize(
    ("name", "change", "options", "words"),
    [
        ("funnel", {"left": ["1", "0", "7"]}, FUNNEL, ["line 4", "'left' holds 7", "neither 0 nor 1"]),
        ("funnel", {"left": ["1", "0", "yes"]}, FUNNEL, ['line 4, column left: "yes"', "a number"]),
        ("funnel", {}, ("--provider", "unit", "--outcome", "left"), ["no column unit", "team, left"]),
        ("dropout", {"months": ["1", "2", "-3"]}, ("--time", "months", "--ended", "left"), ["months", "-3"]),
        (
            "drift",
            {"months": ["1", "1", "2"]},
            ("--time", "months", "--value", "left", "--at", "2"),
            ["more than once"],
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    name: str, change: dict[str, list[str]], options: tuple[str, ...], words: list[str], tmp_path: Path
) -> None:
    table = pl.DataFrame(
        {"team": ["a", "b", "c"], "left": ["1", "0", "1"], "months": ["1", "2", "3"], **change}
    )
    file = written(table, tmp_path)
    result = run(name, file, *options)
    assert result.exit_code == 1, result.output
    assert all(word in result.output for word in words), result.output
    assert file in result.output
    assert "error" in json.loads(run(name, file, *options, "--json").output)


def test_cohorts_adjusted_for_age(tmp_path: Path) -> None:
    file = written(courses(), tmp_path)
    options = (
        "--patient",
        "id",
        "--time",
        "month",
        "--outcome",
        "gsi",
        "--cohort",
        "cohort",
        "--months",
        "18",
    )
    plain = values("cohort", file, *options)
    adjusted = values("cohort", file, *options, "--covariate", "age")
    names = {row["name"] for row in adjusted["model"]["coefficients"]}
    assert {"age", "linear:age"} <= names
    assert adjusted["differences"][0]["estimate"] != plain["differences"][0]["estimate"]


def test_a_start_that_is_no_date_is_named(tmp_path: Path) -> None:
    table = courses().with_columns(
        pl.when(pl.col("id") == "p3").then(pl.lit("May 2010")).otherwise("started").alias("started")
    )
    result = run(
        "cohort",
        written(table, tmp_path),
        *COURSE,
        "--outcome",
        "gsi",
        "--start",
        "started",
        "--at",
        "2012-01-01",
    )
    assert result.exit_code == 1
    assert 'column started: "May 2010"; needed is a date' in result.output


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("cohort", (*COURSE, "--outcome", "gsi")),
        ("cohort", (*COURSE, "--outcome", "gsi", "--start", "started", "--at", "soon")),
        ("dropout", ("--time", "month")),
        ("agreement", ("--subject", "id", "--score", "gsi")),
        ("agreement", ("--subject", "id", "--facet", "month")),
        ("agreement", ("--items", "gsi")),
        ("agreement", ("--items", "gsi,age", "--score", "gsi")),
        ("agreement", ("--subject", "id", "--score", "gsi", "--facet", "month", "--nested", "x")),
        ("drift", ("--time", "month", "--value", "harm", "--kind", "proportion")),
        ("funnel", ("--provider", "id", "--outcome", "gsi", "--exposure", "month")),
        ("funnel", ("--provider", "id", "--outcome", "harm", "--target", "0.3", "--adjust", "age")),
        ("outcome", (*COURSE, "--outcome", "gsi", "--months", "six")),
        ("nothing", ()),
    ],
)
def test_what_was_not_understood_exits_with_2(name: str, options: tuple[str, ...], tmp_path: Path) -> None:
    assert run(name, written(courses(), tmp_path), *options).exit_code == 2


@pytest.mark.parametrize("name", ANALYSES)
def test_it_loads_nothing_slow(name: str, tmp_path: Path) -> None:
    """Cold start: no library that takes seconds to import, in a process of its own."""
    table, options, _ = EXAMPLES[name]
    file = written(table(), tmp_path)
    code = (
        "import sys; from onmodel.cli.main import main; main(standalone_mode=False); "
        "slow = {'scipy.stats', 'pandas', 'statsmodels', 'altair', 'django'} & set(sys.modules); "
        "sys.exit(f'loaded {slow}' if slow else 0)"
    )
    command = [sys.executable, "-c", code, "analyse", name, file, *options]
    assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""
