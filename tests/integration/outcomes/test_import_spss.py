"""SPSS and Parquet files: codes with labels, values declared missing, dates, items."""

import datetime

import pandas as pd
import polars as pl
import pyreadstat
import pytest

from onmodel.assessments.models import Score
from onmodel.outcomes.models import ImportRun
from onmodel.patients.models import Treatment
from tests.import_files import LONG_MAP, import_file

pytestmark = pytest.mark.django_db

MAP = """
layout = "long"

[patient]
column = "patient"
gender = "sex"

[treatment]
start = "intake"
cohort = "arm"
ended = "ended"
end_kind = "how"
end_kinds = { "Completed as planned" = "completed", "2" = "drop_out" }

[moment]
date = "measured"
planned = [0, 6, 12]

[[measures]]
instrument = "phq9"
items = "phq{item}"

[[measures]]
instrument = "bdi2"
scale = "TOTAL"
column = "bdi"
"""

D = datetime.date


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def sav(tmp_path):
    """Three rows of two patients; -9 is declared missing, codes carry labels, dates are SPSS dates."""
    frame = pd.DataFrame(
        {
            "patient": [101.0, 101.0, 102.0],
            "sex": [1.0, 1.0, 2.0],
            "arm": [1.0, 1.0, 2.0],
            "intake": [D(2024, 1, 10), D(2024, 1, 10), D(2024, 2, 1)],
            "measured": [D(2024, 1, 12), D(2024, 7, 15), D(2024, 2, 3)],
            "ended": [D(2024, 12, 1), None, D(2024, 5, 1)],
            "how": [1.0, None, 2.0],
            "bdi": [30.0, -9.0, 22.0],
        }
        | {f"phq{item}": [float(item % 4), 1.0, -9.0 if item == 9 else 3.0] for item in range(1, 10)}
    )
    path = tmp_path / "register.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels={
            "sex": {1.0: "woman", 2.0: "man"},
            "arm": {1.0: "day hospital", 2.0: "intensive out-patient"},
            "how": {1.0: "Completed as planned", 2.0: "Left early"},
        },
        missing_ranges={"bdi": [-9.0]} | {f"phq{item}": [-9.0] for item in range(1, 10)},
    )
    return path


def test_an_spss_register_comes_in_whole(cast, sav):
    run = import_file(cast.programme, sav, MAP, by=cast.assistant)
    assert run.state == ImportRun.State.DONE, run.problems
    first, second = Treatment.objects.filter(patient__pseudonym__in=["101", "102"]).order_by(
        "patient__pseudonym"
    )
    assert (first.patient.gender, first.cohort, first.end_kind) == ("woman", "day hospital", "completed")
    assert (second.patient.gender, second.cohort, second.end_kind) == (
        "man",
        "intensive out-patient",
        "drop_out",
    )
    assert (first.started_on, first.start_is_nominal) == (D(2024, 1, 10), False)
    assert (first.ended_on, second.ended_on) == (D(2024, 12, 1), D(2024, 5, 1))


def test_answers_are_scored_and_declared_missing_values_are_unknown(cast, sav):
    import_file(cast.programme, sav, MAP)
    phq = Score.objects.of_scale("phq9", "TOTAL").order_by(
        "assignment__treatment__patient", "assignment__months"
    )
    # 1+2+3+0+1+2+3+0+1 = 13; nine ones = 9; eight threes, item 9 missing, prorated 24 x 9/8 = 27
    found = [(s.assignment.months, s.value, s.answered_items) for s in phq]
    assert found == [(0, 13, 9), (6, 9, 9), (0, 27, 8)]
    bdi = Score.objects.of_scale("bdi2", "TOTAL").values_list("assignment__months", "value")
    assert sorted(bdi) == [(0, 22), (0, 30)]
    assert set(phq[1].assignment.answers.values_list("value", flat=True)) == {1}
    assert phq[1].assignment.answered_on == D(2024, 7, 15)


def test_the_same_register_again_changes_nothing(cast, sav, tmp_path):
    import_file(cast.programme, sav, MAP)
    run = import_file(cast.programme, sav, MAP + "\n# the same, said by another map\n")
    assert run.state == ImportRun.State.UNCHANGED
    assert run.summary["unchanged_forms"] == 5


def test_an_answer_out_of_range_is_told_by_row_and_item(cast, sav, tmp_path):
    frame, _meta = pyreadstat.read_sav(str(sav))
    frame.loc[1, "phq4"] = 4.0
    path = tmp_path / "wrong.sav"
    pyreadstat.write_sav(frame, str(path))
    run = import_file(cast.programme, path, MAP)
    assert run.state == ImportRun.State.REFUSED
    (problem,) = [p for p in run.problems if p["column"] == "phq4"]
    assert (problem["line"], problem["value"]) == (2, "4")
    assert "0 to 3" in problem["wanted"]


def test_a_parquet_file(cast, tmp_path):
    path = tmp_path / "data.parquet"
    pl.DataFrame({"id": ["A", "A"], "month": [0, 6], "bdi": [30.5, None]}).write_parquet(path)
    run = import_file(cast.programme, path, LONG_MAP)
    assert run.state == ImportRun.State.DONE, run.problems
    assert cast.programme.assignments.get().scores.get().value == 30.5
