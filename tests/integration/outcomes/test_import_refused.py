"""A file that is not wholly right writes nothing, and is told where it is wrong."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from onmodel.outcomes import actions
from onmodel.outcomes.actions import preview_import, run_import
from onmodel.outcomes.importing import writing
from onmodel.outcomes.models import ImportRun
from tests.factories import AssignmentFactory, TreatmentFactory
from tests.import_files import DATED_MAP, LONG_MAP, import_file, records, written

pytestmark = pytest.mark.django_db
State = ImportRun.State
GOOD = "id,month,bdi\nA,0,30\nA,6,20\nB,0,25\n"


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"


def refused(programme, path, map_text=LONG_MAP):
    """The problems of a file that is refused, and writes nothing."""
    before = records()
    run = import_file(programme, path, map_text)
    assert run.state == State.REFUSED
    assert records() == before
    assert run.summary["problems"] == len(run.problems)
    return [(p["line"], p["column"], p["value"], p["reason"]) for p in run.problems]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("id,month,score\nA,0,30\n", (None, "measures[1].column", "bdi")),
        ("id,month,bdi\nA,0,30\nA,6,twenty\nB,0,25\n", (3, "bdi", "twenty")),
        ("id,month,bdi\nA,0,30\nA,6,200\n", (3, "bdi", "200")),
        ("id;month;bdi\nA;0;30,5\nA;6;20.5\n", (2, "bdi", "30,5")),
        ("id,month,bdi\nA,0,30\nA,0,31\n", (3, "bdi", "31")),
        ("id,month,bdi\nA,0\n", (None, "outcomes.csv", "")),
        ("", (None, "outcomes.csv", "")),
        ("id,month,bdi\n", (None, "outcomes.csv", "")),
    ],
    ids=["column", "text", "range", "mixed decimals", "twice", "ragged", "empty", "no rows"],
)
def test_a_broken_file_is_refused_with_the_place(cast, tmp_path, text, place):
    (problem,) = refused(cast.programme, written(tmp_path, text))[:1]
    assert problem[:3] == place
    assert problem[3]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('"bdi2"', '"bdi9"', "measures[1].instrument"),
        ('"TOTAL"', '"SUM"', "measures[1].scale"),
        ('column = "bdi"', 'column = "bdi"\nrespondent = "expert"', "measures[1].respondent"),
        ('scale = "TOTAL"\ncolumn = "bdi"', 'items = { "99" = "bdi" }', "measures[1].items"),
        ("[treatment]", "[treatement]", "map"),
    ],
)
def test_a_map_that_does_not_fit_the_pack_names_the_key(cast, tmp_path, old, new, key):
    problems = refused(cast.programme, written(tmp_path, GOOD), LONG_MAP.replace(old, new))
    assert [problem[1] for problem in problems] == [key]


def test_a_half_valid_file_writes_nothing_and_tells_every_bad_row(cast, tmp_path):
    rows = "\n".join(f"P{n},0,{99 if n % 2 else 10}" for n in range(40))
    problems = refused(cast.programme, written(tmp_path, f"id,month,bdi\n{rows}\n"))
    assert [problem[0] for problem in problems] == list(range(3, 42, 2))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_encodings_and_delimiters_give_the_same_records(cast, tmp_path, encoding, sign):
    number = '"12,5"' if sign == "," else "12,5"
    text = f"id,month,bdi\nZoë,0,{number}\nÉlodie,6,7\n" if sign == "," else ""
    text = text or f"id{sign}month{sign}bdi\nZoë{sign}0{sign}{number}\nÉlodie{sign}6{sign}7\n"
    run = import_file(cast.programme, written(tmp_path, text, encoding=encoding), LONG_MAP)
    assert run.state == State.DONE, run.problems
    stored = cast.programme.assignments.values_list("treatment__patient__pseudonym", "scores__value")
    assert set(stored) == {("Zoë", 12.5), ("Élodie", 7)}


def test_a_value_that_differs_from_the_records_is_refused_with_both(cast, tmp_path):
    import_file(cast.programme, written(tmp_path, GOOD), LONG_MAP)
    problems = refused(cast.programme, written(tmp_path, GOOD.replace("A,6,20", "A,6,21")))
    assert problems == [(3, "bdi", "21", "the records have 20 at month 6")]


def test_a_start_that_differs_from_the_records_is_refused(cast, tmp_path):
    text = "id,started,measured,bdi\nP-1001,2025-01-02,2025-02-01,20\n"
    ((line, column, value, reason),) = refused(cast.programme, written(tmp_path, text), DATED_MAP)
    assert (line, column, value) == (2, "started", "2025-01-02")
    assert "2025-01-01" in reason


def test_two_treatments_of_a_patient_need_a_start_to_tell_them_apart(cast, tmp_path):
    TreatmentFactory(programme=cast.programme, patient=cast.patient, started_on="2023-01-01")
    ((_line, _column, _value, reason),) = refused(
        cast.programme, written(tmp_path, "id,month,bdi\nP-1001,0,20\n")
    )
    assert "2 treatments" in reason
    text = "id,started,measured,bdi\nP-1001,2025-01-01,2025-02-01,20\n"
    run = import_file(cast.programme, written(tmp_path, text), DATED_MAP)
    assert run.state == State.DONE, run.problems
    assert cast.treatment.assignments.get().months == 1.02


def test_a_patient_known_elsewhere_tells_nothing_of_its_record(cast, tmp_path):
    cast.patient.year_of_birth = 1990
    cast.patient.save()
    cast.patient.treatments.all().delete()
    map_text = LONG_MAP.replace('column = "id"', 'column = "id"\nyear_of_birth = "born"')
    problems = refused(cast.programme, written(tmp_path, "id,month,bdi,born\nP-1001,0,3,1991\n"), map_text)
    assert problems[0][:3] == (2, "born", "1991")
    assert "1990" not in problems[0][3]


def test_a_planned_form_is_filled_by_the_file(cast, tmp_path):
    form = AssignmentFactory(treatment=cast.treatment, instrument="bdi2", months=6.0, status="planned")
    text = "id,month,bdi\nP-1001,6,20\n"
    map_text = LONG_MAP
    run = import_file(cast.programme, written(tmp_path, text), map_text, by=cast.manager)
    assert run.state == State.DONE, run.problems
    form.refresh_from_db()
    assert (form.status, form.scores.get().value) == ("answered", 20)
    assert run.summary["filled_forms"] == 1
    assert cast.treatment.assignments.count() == 1


def test_a_failure_in_the_middle_of_writing_leaves_nothing(cast, tmp_path, monkeypatch):
    before = records()
    stored = []

    def fail(forms, *, by):
        if stored:
            raise OSError("the disk is full")
        stored.append(writing_forms(forms, by=by))
        return stored[-1]

    writing_forms = writing.store_forms
    monkeypatch.setattr(writing, "store_forms", fail)
    monkeypatch.setattr(writing, "AT_ONCE", 2)
    with pytest.raises(OSError, match="disk"):
        import_file(cast.programme, written(tmp_path, GOOD), LONG_MAP)
    assert stored == [2]
    assert records() == before
    run = ImportRun.objects.get()
    assert run.state == State.FAILED
    assert "the disk is full" in run.problems[0]["reason"]


def test_records_that_change_while_it_is_written_stop_it_in_plain_words(cast, tmp_path, monkeypatch):
    def meanwhile(forms, *, by):
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(writing, "store_forms", meanwhile)
    with pytest.raises(IntegrityError):
        import_file(cast.programme, written(tmp_path, GOOD), LONG_MAP)
    run = ImportRun.objects.get()
    assert run.problems[0]["reason"] == "nothing was written; the records changed meanwhile"
    assert not run.file


def test_a_file_left_lying_is_thrown_away_after_a_week(cast, tmp_path, settings):
    old = preview(cast, tmp_path)
    ImportRun.objects.update(started_at=timezone.now() - datetime.timedelta(days=8))
    new = preview(cast, tmp_path)
    assert list(ImportRun.objects.all()) == [new]
    assert old.file.name != new.file.name
    assert len(list((settings.MEDIA_ROOT / "imports").iterdir())) == 1


def test_a_preview_writes_nothing_and_says_what_would_be_made(cast, tmp_path):
    before = records()
    run = preview(cast, tmp_path)
    assert records() == before
    assert run.state == State.PREVIEW
    assert (run.summary["new_patients"], run.summary["new_forms"]) == (2, 3)
    assert run.summary["first_rows"][0] == ["2", "A", "0", "30"]


def preview(cast, tmp_path):
    from django.core.files import File

    with written(tmp_path, GOOD).open("rb") as content:
        return preview_import(
            programme=cast.programme, file=File(content, name="x.csv"), map_text=LONG_MAP, by=cast.manager
        )


def test_confirming_twice_counts_once(cast, tmp_path):
    run = preview(cast, tmp_path)
    assert actions.queue_import(run=run, by=cast.manager) is True
    assert actions.queue_import(run=run, by=cast.manager) is False
    assert run_import(run=run, by=cast.manager).state == State.DONE
    before = records()
    assert run_import(run=run, by=cast.manager).state == State.DONE
    assert records() == before


@pytest.mark.parametrize(
    "who", ["therapist", "supervisor", "expert", "stakeholder", "administrator", "outsider"]
)
def test_without_the_right_nothing_happens(cast, tmp_path, who):
    with pytest.raises(PermissionDenied):
        import_file(cast.programme, written(tmp_path, GOOD), LONG_MAP, by=getattr(cast, who))
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize("who", ["manager", "assistant"])
def test_those_who_may_import(cast, tmp_path, who):
    run = import_file(cast.programme, written(tmp_path, GOOD), LONG_MAP, by=getattr(cast, who))
    assert run.state == State.DONE


def test_progress_is_told_and_kept(cast, tmp_path):
    run = preview(cast, tmp_path)
    told = []
    run_import(run=run, by=cast.manager, progress=lambda *stage: told.append(stage))
    assert told[0][0] == "reading"
    assert told[-1] == ("writing", 3, 3)
    run.refresh_from_db()
    assert run.stage == "writing"
