"""The real trial, from R's table to the records and back."""

import datetime

import numpy as np
import pytest

from onmodel.assessments.models import Score
from onmodel.audit.models import Event
from onmodel.outcomes.models import ImportRun
from onmodel.patients.models import Treatment
from tests.import_files import EXAMPLES, import_file, records
from tests.real_data import beat_the_blues

pytestmark = pytest.mark.django_db

MAP = (EXAMPLES / "beat-the-blues.toml").read_text(encoding="utf-8")


@pytest.fixture
def table(tmp_path, settings):
    """The trial as R and pandas write it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    path = tmp_path / "btheb.csv"
    beat_the_blues().to_csv(path, index=False, na_rep="NA")
    return path


def test_the_trials_figures_come_out_of_the_records(cast, table):
    run = import_file(cast.programme, table, MAP, by=cast.manager)
    assert run.state == ImportRun.State.DONE
    scores = Score.objects.of_scale("bdi2", "TOTAL").known()
    found = []
    for months in (0, 2, 4, 6, 8):
        values = np.array(scores.filter(assignment__months=months).values_list("value", flat=True))
        found.append((len(values), round(values.mean(), 1), round(values.std(ddof=1), 1)))
    # shared reference, section 8: n observed and M (SD), computed again from HSAUR's BtheB
    assert found == [(100, 23.3, 10.8), (97, 16.9, 10.8), (73, 14.8, 11.8), (58, 12.8, 11.2), (52, 11.1, 9.3)]
    shown = [(row["months"], row["n"], round(row["mean"], 1)) for row in run.summary["moments"]]
    assert shown == [(0, 100, 23.3), (2, 97, 16.9), (4, 73, 14.8), (6, 58, 12.8), (8, 52, 11.1)]


def test_each_score_stands_with_its_patient(cast, table):
    import_file(cast.programme, table, MAP)
    frame = beat_the_blues()
    stored = {
        (pseudonym, months): value
        for pseudonym, months, value in Score.objects.values_list(
            "assignment__treatment__patient__pseudonym", "assignment__months", "value"
        )
    }
    wanted = {
        (f"BtB-{row['rownames']}", months): row[column]
        for _, row in frame.iterrows()
        for column, months in zip(
            ["bdi.pre", "bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m"], (0, 2, 4, 6, 8), strict=True
        )
        if row[column] == row[column]
    }
    assert stored == wanted


def test_patients_have_their_arm_and_a_start_that_is_marked_as_nominal(cast, table):
    import_file(cast.programme, table, MAP)
    treatments = Treatment.objects.filter(patient__pseudonym__startswith="BtB-")
    assert treatments.filter(cohort="BtheB").count() == 52
    assert treatments.filter(cohort="TAU").count() == 48
    assert set(treatments.values_list("started_on", "start_is_nominal")) == {
        (datetime.date(2000, 1, 1), True)
    }


def test_the_event_stands_beside_the_import(cast, table):
    run = import_file(cast.programme, table, MAP, by=cast.manager)
    event = Event.objects.get(verb="outcomes imported")
    assert event.by == cast.manager
    assert event.subject_id == str(run.pk)
    assert (event.detail["new_forms"], event.detail["new_patients"]) == (380, 100)
    assert event.detail["digest"] == run.digest


def test_the_file_itself_is_not_kept(cast, table, settings):
    run = import_file(cast.programme, table, MAP)
    run.refresh_from_db()
    assert not run.file
    assert list((settings.MEDIA_ROOT / "imports").iterdir()) == []


def test_the_same_file_a_second_time_changes_nothing_and_says_so(cast, table):
    import_file(cast.programme, table, MAP, by=cast.manager)
    before = records()
    run = import_file(cast.programme, table, MAP, by=cast.manager)
    assert run.state == ImportRun.State.UNCHANGED
    assert run.summary["earlier"]["by"] == "Mia Manager"
    assert records() == before


def test_the_same_rows_in_another_order_change_nothing(cast, table):
    import_file(cast.programme, table, MAP)
    before = records()
    head, *rows = table.read_text().splitlines()
    table.write_text("\n".join([head, *reversed(rows)]))
    run = import_file(cast.programme, table, MAP)
    assert run.state == ImportRun.State.UNCHANGED
    assert run.summary["unchanged_forms"] == 380
    assert records() == before


def test_a_later_export_adds_what_is_new(cast, table):
    whole = table.read_text()
    first_only = [",".join(line.split(",")[:5] + ["NA"] * 4) for line in whole.splitlines()[1:61]]
    table.write_text("\n".join([whole.splitlines()[0], *first_only]))
    import_file(cast.programme, table, MAP)
    table.write_text(whole)
    run = import_file(cast.programme, table, MAP)
    assert run.state == ImportRun.State.DONE
    assert run.summary["new_patients"] == 40
    assert (run.summary["new_forms"], run.summary["unchanged_forms"]) == (320, 60)
    assert Score.objects.count() == 380


def test_the_trial_in_two_programmes_stays_apart(cast, table):
    import_file(cast.programme, table, MAP)
    import_file(cast.other_programme, table, MAP)
    assert cast.programme.assignments.count() == cast.other_programme.assignments.count() == 380
