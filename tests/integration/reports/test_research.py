"""Data for research: of those who agreed and nobody else, under codes, never again of who left."""

import csv
import datetime
import io
import zipfile

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.assessments.actions import record_answers
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.consent.actions import decide
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import Identity
from onmodel.reports import actions
from onmodel.reports.research.codes import Codes
from onmodel.rights.actions import erase_patient
from tests.factories import AssignmentFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 2)
ASKED = {"study": "alliance-2026", "why": "Approved by the board."}


@pytest.fixture
def study(cast):
    """Two patients with a filled form; the first agreed, the second was never asked."""
    cast.patient.year_of_birth = 1990
    cast.patient.save()
    Identity.objects.create(patient=cast.patient, sealed={"name": "Wilhelmina van Zand"})
    cast.second = TreatmentFactory(
        programme=cast.programme,
        patient=PatientFactory(organisation=cast.organisation, pseudonym="P-1002"),
        cohort="=cmd|' /C calc'!A0",
    )
    for treatment in (cast.treatment, cast.second):
        form = AssignmentFactory(treatment=treatment, months=2.0)
        items = {item.id: 1.0 for item in cast.programme.definitions.instruments["phq9"].all_items()}
        record_answers(assignment=form, answers=items, answered_on=DAY, by=cast.therapist)
        Answer.objects.create(assignment=form, item="remark", text="My sister Wilhelmina says so")
        for instrument, respondent in (("fwc_bv", "therapist"), ("wai_sr", "patient")):
            kept = AssignmentFactory(
                treatment=treatment, pack="generic", instrument=instrument, respondent=respondent
            )
            Assignment.objects.filter(pk=kept.pk).update(status="answered", answered_on=DAY)
            Answer.objects.create(assignment=kept, item="1", value=3)
            Score.objects.create(assignment=kept, scale="total", value=3, rule="sum")
    agree(cast, cast.patient)
    return cast


def agree(cast, patient, decision="given"):
    decide(
        patient=patient,
        programme=cast.programme,
        purpose=Purpose.RESEARCH,
        decision=decision,
        method="paper",
        by=cast.therapist,
    )


def take(cast, **more) -> zipfile.ZipFile:
    out = io.BytesIO()
    arguments = {"programme": cast.programme, "treatments": cast.programme.treatments.all(), **ASKED, **more}
    actions.take_research_data(out=out, by=cast.manager, **arguments)
    return zipfile.ZipFile(out)


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig"))))


def everything(archive: zipfile.ZipFile) -> str:
    return "".join(archive.read(name).decode("utf-8-sig") for name in archive.namelist())


def test_who_agreed_is_in_it_and_nobody_else(study):
    archive = take(study)
    (row,) = table(archive, "treatments")
    # started 2025-01-01, referred 2024-12-01, born 1990
    assert (row["start_year"], row["age_at_start"], row["days_referral_to_start"]) == ("2025", "35", "31")
    assert row["days_in_treatment"] == ""
    assert row["consent_text"] == "generic 1.0.0"
    (score,) = table(archive, "scores")
    assert (score["scale"], score["value"], score["months_planned"]) == ("TOTAL", "9", "2")
    assert score["days_since_start"] == "60"
    answers = table(archive, "answers")
    assert len(answers) == 10
    assert {answer["value"] for answer in answers} == {"1"}
    assert {r["person"] for r in (row, score, *answers)} == {row["person"]}
    assert {r["form"] for r in (score, *answers)} == {score["form"]}


def test_nothing_in_it_says_who_somebody_is(study):
    agree(study, study.second.patient)
    text = everything(take(study))
    hidden = {"Wilhelmina", "P-1001", "P-1002", "Blue team", "Tess", str(study.treatment.pk), "2025-03-02"}
    assert not {secret for secret in hidden if secret in text}


def test_forms_that_stay_between_few_are_not_in_it(study):
    archive = take(study)
    rows = table(archive, "scores") + table(archive, "answers")
    assert {row["instrument"] for row in rows} == {"phq9"}


def test_no_cell_is_a_formula(study):
    agree(study, study.second.patient)
    cohorts = {row["cohort"] for row in table(take(study), "treatments")}
    assert cohorts == {"", "'=cmd|' /C calc'!A0"}


def test_a_withdrawal_holds_at_once_and_is_told_to_who_had_the_data(study):
    agree(study, study.second.patient)
    before = take(study)
    agree(study, study.patient, "withdrawn")
    after = take(study)
    code = Codes("alliance-2026").of("person", study.patient.pk)
    assert code in {row["person"] for row in table(before, "treatments")}
    assert code not in {
        row["person"] for name in ("treatments", "scores", "answers") for row in table(after, name)
    }
    assert table(before, "remove") == []
    assert table(after, "remove") == [{"person": code}]
    assert table(take(study, study="another-study"), "remove") == []


def test_who_was_erased_is_to_be_removed_too(study):
    take(study)
    code = Codes("alliance-2026").of("person", study.patient.pk)
    erase_patient(patient=study.patient, reason="Asked for.", by=None)
    assert table(take(study), "remove") == [{"person": code}]


def test_a_withdrawal_while_the_file_is_made_stops_it(study, monkeypatch):
    write = actions.write_archive

    def slowly(*arguments, **named):
        made = write(*arguments, **named)
        agree(study, study.patient, "withdrawn")
        return made

    monkeypatch.setattr(actions, "write_archive", slowly)
    with pytest.raises(ValidationError, match="changed while"):
        take(study)
    assert not Event.objects.filter(verb=actions.RESEARCH_TAKEN).exists()


def test_codes_join_files_of_one_study_and_of_no_two(study):
    first, again, other = take(study), take(study), take(study, study="another-study")
    codes = [table(archive, "treatments")[0]["person"] for archive in (first, again, other)]
    assert codes[0] == codes[1] != codes[2]


def test_each_column_scale_and_item_stands_in_the_codebook(study):
    archive = take(study)
    book = table(archive, "codebook")
    told = {(row["file"], row["column"]) for row in book if not row["key"]}
    for name in ("treatments", "scores", "answers"):
        header = archive.read(f"{name}.csv").decode("utf-8-sig").splitlines()[0].split(",")
        assert {(f"{name}.csv", column) for column in header} <= told
    assert all(row["label_en"] and row["label_nl"] for row in book if not row["key"])
    keys = {row["key"] for row in book}
    assert {"phq9", "phq9.TOTAL", "phq9.1", "phq9.9"} <= keys
    assert any(row["label_en"] != row["label_nl"] for row in book if not row["key"])


def test_the_patient_reads_that_data_were_taken(study):
    take(study)
    event = Event.objects.of_patient(study.patient.pk).get(verb=actions.RESEARCH_TAKEN)
    assert event.detail["study"] == "alliance-2026"
    assert event.detail["rows"]["answers"] == 10
    assert event.reason == ASKED["why"]
    client = Client()
    client.force_login(study.patient_user)
    page = client.get(reverse("access-log", args=[study.treatment.pk]))
    assert "took pseudonymised data for research" in page.content.decode()


@pytest.mark.parametrize("name", ["", "A", "ab", "../../etc/passwd", "Alliance", "x" * 41, "a b c"])
def test_a_name_that_is_none_is_refused(study, name):
    with pytest.raises(ValidationError, match="short name"):
        take(study, study=name)


def test_without_a_reason_there_is_no_file(study):
    with pytest.raises(ValidationError, match="who approved"):
        take(study, why=" ")


def test_the_page_gives_the_file_and_lists_it(study):
    client = Client()
    client.force_login(study.assistant)
    page = reverse("research", args=[study.programme.slug])
    assert "1 of 2 persons" in client.get(page).content.decode()
    response = client.post(page, ASKED)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert len(table(archive, "treatments")) == 1
    assert "research-alliance-2026-day-hospital-" in response["Content-Disposition"]
    assert "Approved by the board." in client.get(page).content.decode()


def test_simulated_data_say_so(study):
    study.programme.is_simulated = True
    study.programme.save()
    client = Client()
    client.force_login(study.manager)
    response = client.post(reverse("research", args=[study.programme.slug]), ASKED)
    assert "-simulated.zip" in response["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert table(archive, "treatments")[0]["simulated"] == "simulated"


def test_on_the_command_line(study, tmp_path):
    path = tmp_path / "data.zip"
    arguments = ["research", "export", "day-hospital", "--study", "alliance-2026", "--reason", "Board."]
    done = CliRunner().invoke(main, [*arguments, "--out", str(path)])
    assert done.exit_code == 0, done.output
    assert "1 persons, 1 treatments, 1 scores, 10 answers; 0 to remove" in done.output
    assert len(table(zipfile.ZipFile(path), "treatments")) == 1
    assert list(tmp_path.iterdir()) == [path]
    assert "ends in .zip" in CliRunner().invoke(main, [*arguments, "--out", "data.csv"]).output
    nowhere = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "none" / "data.zip")])
    assert "cannot be written" in nowhere.output
    arguments[2] = "nowhere"
    assert "no programme 'nowhere'" in CliRunner().invoke(main, [*arguments, "--out", str(path)]).output
