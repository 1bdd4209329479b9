"""`onmodel score` as a person and as a program would use it."""

import json
import subprocess
import sys

import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner

from onmodel.cli.main import main

#: Three people's PHQ-9: 9 x 1 = 9; 9 x 3 = 27; eight answers, 16, prorated to 16 x 9 / 8 = 18.
PHQ9 = (
    "id;" + ";".join(f"phq9_{n}" for n in range(1, 10)) + "\n"
    "p1;1;1;1;1;1;1;1;1;1\n"
    "p2;3;3;3;3;3;3;3;3;3\n"
    "p3;2;2;2;2;2;2;2;2;\n"
)  # fmt: skip


def run(*arguments):
    return CliRunner().invoke(main, ["score", *map(str, arguments)])


@pytest.fixture(name="phq9")
def fixture_phq9(tmp_path):
    path = tmp_path / "answers.csv"
    path.write_text(PHQ9)
    return path


def test_scores_are_written_beside_who_and_how_many_answers(phq9, tmp_path):
    out = tmp_path / "scores.csv"
    result = run("phq9", phq9, "--out", out)
    assert result.exit_code == 0, result.output
    assert pl.read_csv(out).to_dicts() == [
        {"id": "p1", "line": 2, "phq9_TOTAL": 9.0, "phq9_TOTAL_answered": 9},
        {"id": "p2", "line": 3, "phq9_TOTAL": 27.0, "phq9_TOTAL_answered": 9},
        {"id": "p3", "line": 4, "phq9_TOTAL": 18.0, "phq9_TOTAL_answered": 8},
    ]
    assert "Scores written to" in result.output
    assert "18.0" in result.output  # (9 + 27 + 18) / 3


def test_an_unknown_score_is_an_empty_cell(phq9, tmp_path):
    phq9.write_text(PHQ9.replace("p3;2;2;2", "p3;;;"))
    run("phq9", phq9, "--out", tmp_path / "scores.csv")
    assert (tmp_path / "scores.csv").read_text().splitlines()[3] == "p3,4,,5"


def test_json_for_a_program(phq9):
    data = json.loads(run("PHQ-9", phq9, "--json").output)
    assert (data["instrument"], data["rows"], data["pack"]) == ("phq9", 3, "mbt")
    (scale,) = data["scales"]
    assert (scale["scale_id"], scale["n"], scale["mean"], scale["sd"]) == ("TOTAL", 3, 18.0, 9.0)
    assert (scale["rule"], scale["filled"]) == ("sum", 1)
    alpha = scale["alpha"]
    assert (alpha["n"], alpha["items"], alpha["level"]) == (2, 9, 0.95)
    assert alpha["value"] == pytest.approx(1)  # the two who answered everything differ alike on each item
    assert data["scores"][2] == {
        "id": "p3",
        "line": 4,
        "scores": {"TOTAL": 18.0},
        "answered": {"TOTAL": 8},
    }


def test_everything_wrong_is_listed_and_nothing_written(phq9, tmp_path):
    phq9.write_text(PHQ9.replace("p1;1;1", "p1;4;x").replace("p2;3", "p2;-1"))
    result = run("phq9", phq9, "--out", tmp_path / "scores.csv")
    assert result.exit_code == 1
    assert "3 things are wrong" in result.stderr
    assert 'line 2, column phq9_1: "4"; needed is a whole number from 0 to 3' in result.stderr
    assert 'line 2, column phq9_2: "x"; needed is a number' in result.stderr
    assert 'line 3, column phq9_1: "-1"' in result.stderr
    assert not (tmp_path / "scores.csv").exists()


def test_refusals_as_json(phq9):
    phq9.write_text("id,q1,item1\n1,1,1\n")
    result = run("phq9", phq9, "--json")
    assert result.exit_code == 1
    problems = json.loads(result.output)["problems"]
    assert [p["item"] for p in problems] == ["2", "3", "4", "5", "6", "7", "8", "9", "1"]
    assert problems[0]["expected"] == "a column 2 or q2 or phq9_2"
    assert problems[-1]["message"] == "columns q1 and item1 all say item 1"


def test_a_broken_file_is_refused(phq9):
    phq9.write_bytes(b"\x00\x01")
    result = run("phq9", phq9)
    assert (result.exit_code, "not a text file" in result.stderr) == (1, True)
    assert json.loads(run("phq9", phq9, "--json").output)["problems"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["phq"], "did you mean phq9"),
        (["phq9", "--pack", "nope"], "there is no pack nope; there are generic, mbt"),
        (["phq9", "--id", "who"], "no column who; the file has: id, phq9_1"),
        (["phq9", "--delimiter", "dash"], "'dash' is not one of"),
    ],
)
def test_what_was_not_understood_is_a_usage_error(phq9, arguments, message):
    result = run(arguments[0], phq9, *arguments[1:])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path):
    assert run("phq9", tmp_path / "none.csv").exit_code == 2


def test_the_answers_are_not_overwritten(phq9):
    result = run("phq9", phq9, "--out", phq9)
    assert (result.exit_code, phq9.read_text()) == (2, PHQ9)


def test_a_form_of_entered_scores(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("id;SIPP_SF identity;responsibility\na;3,25;2\nb;;2,5\n")
    data = json.loads(run("sipp_sf", path, "--json").output)
    assert [row["scores"] for row in data["scores"]] == [
        {"IDENTITY": 3.25, "RESPONSIBILITY": 2.0},
        {"IDENTITY": None, "RESPONSIBILITY": 2.5},
    ]
    path.write_text("id,x\na,1\n")
    said = run("sipp_sf", path).stderr
    assert "no column for the score IDENTITY; needed is a column IDENTITY or sipp_sf_IDENTITY" in said


def test_a_place_that_cannot_be_written(phq9, tmp_path):
    result = run("phq9", phq9, "--out", tmp_path / "none" / "scores.csv")
    assert (result.exit_code, "cannot be written" in result.stderr) == (1, True)


@pytest.mark.parametrize("kind", ["sav", "parquet"])
def test_spss_and_parquet(tmp_path, kind):
    frame = pl.DataFrame(
        {"code": ["a", "b"], **{f"t0_{n}": [1.0, 99.0 if n == 1 else 2.0] for n in range(1, 10)}}
    )
    path = tmp_path / f"answers.{kind}"
    pyreadstat.write_sav(frame, str(path)) if kind == "sav" else frame.write_parquet(path)
    data = json.loads(run("phq9", path, "--prefix", "t0_", "--missing", "99", "--json").output)
    assert [row["scores"]["TOTAL"] for row in data["scores"]] == [9.0, 18.0]
    assert [(row["id"], row["row"]) for row in data["scores"]] == [("a", 1), ("b", 2)]


def test_help_teaches():
    result = run("--help")
    assert "onmodel score phq9 answers.csv" in result.output


def test_the_command_starts_quickly(phq9):
    """What takes long to load is not loaded."""
    script = (
        "import sys; from onmodel.cli.main import main\n"
        f"try: main(['score', 'phq9', {str(phq9)!r}])\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert not {"django", "scipy", "polars", "pandas", "altair", "pyreadstat"} & set(
        done.stdout.splitlines()[-1].split()
    )
