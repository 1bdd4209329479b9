"""The yearly letter: drafted from the record, made one's own, released and then frozen."""

import datetime
import hashlib
import io

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from onmodel.audit.models import Event
from onmodel.feedback.actions import (
    discard_letter,
    draft_letter,
    edit_letter,
    letter_stamp,
    rate_goal,
    release_letter,
    set_goal,
)
from onmodel.feedback.letters import letter_due
from onmodel.feedback.models import Letter, Reflection
from onmodel.feedback.paper import letter_pdf
from onmodel.patient_access.actions import make_access
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.rights.export import patient_data
from tests.followed import START, day_of, measure

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 1, 10)


@pytest.fixture(autouse=True)
def january():
    with time_machine.travel(datetime.datetime(2026, 1, 10, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def treated(cast):
    cast.treatment.started_on = START
    cast.treatment.save()
    measure(cast.treatment, (0.0, 2.4), (6.0, 1.8), (12.0, 1.0))
    goal = set_goal(treatment=cast.treatment, words="Sleep through", general="symptoms", by=cast.therapist)
    goal.set_on = START
    goal.save()
    with time_machine.travel(datetime.datetime(2025, 2, 1, tzinfo=datetime.UTC)):
        rate_goal(goal=goal, nearness=2, state="open", by=None)
    rate_goal(goal=goal, nearness=7, state="open", by=None)
    Reflection.objects.create(
        treatment=cast.treatment,
        measured_on=day_of(6),
        therapist=cast.therapist,
        patient_sees="It is lighter.",
    )
    return cast


def drafted(cast, language: str = "en") -> Letter:
    return draft_letter(treatment=cast.treatment, language=language, by=cast.therapist)


def words(letter: Letter) -> str:
    return "\n".join(line for section in letter.sections for line in section["paragraphs"])


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, letter: Letter) -> str:
    return reverse(name, args=[letter.treatment_id, letter.pk])


def test_the_first_words_are_those_of_the_record(treated):
    said = words(drafted(treated))
    assert "filled in 2 questionnaires" in said  # that of the start is more than a year old
    assert "“Sleep through”: from 2 of 10 on 1 Feb 2025 to 7 of 10 on 10 Jan 2026" in said
    assert "General severity" in said or "BSI" in said
    assert "from 2.4 on 1 Jan 2025 to 1 on 1 Jan 2026" in said
    assert "Reliably better than at the start" in said
    assert "On 3 Jul 2025 you said: “It is lighter.”" in said
    assert "third" not in said  # expectation is for talking about


def test_a_letter_speaks_the_language_asked_for(treated):
    letter = drafted(treated, "nl")
    assert "vragenlijsten" in words(letter)
    assert "Uw behandeling" in text_of(letter_pdf(letter))


def test_what_stood_a_year_before_is_said(treated):
    with time_machine.travel(datetime.datetime(2026, 7, 10, 12, tzinfo=datetime.UTC)):
        assert "A year ago, on 3 Jul 2025, it was 1.8." in words(drafted(treated))


def test_who_does_not_treat_the_patient_writes_no_letter(treated):
    letter = drafted(treated)
    for act in (
        lambda: draft_letter(treatment=treated.treatment, language="en", by=treated.manager),
        lambda: edit_letter(letter=letter, texts={}, comment="", by=treated.manager),
        lambda: release_letter(letter=letter, by=treated.supervisor),
        lambda: discard_letter(letter=letter, by=treated.patient_user),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_one_draft_at_a_time_in_a_language_we_speak(treated):
    with pytest.raises(ValidationError):
        drafted(treated, "fr")
    discard_letter(letter=drafted(treated), by=treated.therapist)
    drafted(treated)
    with pytest.raises(ValidationError):
        drafted(treated)


def test_a_letter_is_made_ones_own_released_and_frozen(treated):
    letter = drafted(treated)
    page = client_of(treated.therapist)
    where = address("letter", letter)
    shown = page.get(where).content.decode()
    assert "Looking back" in shown
    filled = {"section_about": "Dear Pia.\n\nA hard year.", "comment": "See you Monday.", "keep": "1"}
    filled |= {"section_caution": "", "seen": letter_stamp(letter)}
    assert page.post(where, filled).status_code == 302
    letter.refresh_from_db()
    assert letter.state == "draft"
    assert letter.sections[0]["paragraphs"] == ["Dear Pia.", "A hard year."]
    draft = text_of(page.get(address("letter-file", letter)).content)
    assert "Draft, not released" in draft
    release = {**filled, "release": "1", "seen": letter_stamp(letter)}
    assert page.post(where, release).status_code == 302
    letter.refresh_from_db()
    told = text_of(bytes(letter.pdf))
    assert "Dear Pia." in told
    assert "See you Monday." in told
    assert "Draft" not in told
    assert "Tess Therapist, 10 Jan 2026" in told
    event = Event.objects.get(verb="letter released")
    assert event.detail["digest"] == hashlib.sha256(bytes(letter.pdf)).hexdigest()
    measure(treated.treatment, (13.0, 3.0))
    assert page.get(address("letter-file", letter)).content == bytes(letter.pdf)
    assert page.get(where).status_code == 404
    with pytest.raises(ValidationError):
        edit_letter(letter=letter, texts={}, comment="", by=treated.therapist)


def test_the_same_letter_gives_the_same_bytes(treated):
    letter = drafted(treated)
    assert letter_pdf(letter) == letter_pdf(letter)


def test_two_who_write_one_letter_overwrite_nothing(treated):
    letter = drafted(treated)
    seen = letter_stamp(letter)
    edit_letter(letter=letter, texts={"about": "First."}, comment="", by=treated.therapist)
    with pytest.raises(ChangedMeanwhileError):
        edit_letter(letter=letter, texts={"about": "Second."}, comment="", by=treated.therapist, seen=seen)
    answer = client_of(treated.therapist).post(address("letter", letter), {"seen": seen, "comment": "x"})
    assert answer.status_code == 409
    assert "First." in answer.content.decode()


def test_an_empty_letter_is_not_released(treated):
    letter = drafted(treated)
    texts = {section["id"]: "" for section in letter.sections}
    edit_letter(letter=letter, texts=texts, comment="", by=treated.therapist)
    with pytest.raises(ValidationError):
        release_letter(letter=letter, by=treated.therapist)


def test_the_patient_reads_it_once_it_is_released(treated, client):
    letter = drafted(treated)
    patient = client_of(treated.patient_user)
    assert patient.get(address("letter-file", letter)).status_code == 404
    assert "letters" not in patient.get(reverse("progress", args=[treated.treatment.pk])).content.decode()
    _, code = make_access(treatment=treated.treatment, kind="code", by=treated.therapist)
    client.post(reverse("patient-sign-in"), {"code": code})
    assert client.get(reverse("my-letter", args=[letter.pk])).status_code == 404
    release_letter(letter=letter, by=treated.therapist)
    assert patient.get(address("letter-file", letter)).status_code == 200
    assert reverse("my-letter", args=[letter.pk]) in client.get(reverse("my-progress")).content.decode()
    answer = client.get(reverse("my-letter", args=[letter.pk]))
    assert answer["Content-Type"] == "application/pdf"


def test_a_draft_is_thrown_away(treated):
    letter = drafted(treated)
    client_of(treated.therapist).post(address("letter", letter), {"discard": "1"})
    assert not Letter.objects.exists()


def test_a_letter_is_in_the_copy_in_words(treated):
    letter = drafted(treated)
    assert patient_data(treated.patient)["treatments"][0]["letters"] == []
    release_letter(letter=letter, by=treated.therapist)
    (copied,) = patient_data(treated.patient)["treatments"][0]["letters"]
    assert "pdf" not in copied
    assert copied["sections"][0]["paragraphs"]


@pytest.mark.parametrize(
    ("today", "ended", "due"),
    [
        ("2025-12-31", None, None),
        ("2026-01-01", None, "2026-01-01"),
        ("2027-06-01", None, "2027-01-01"),
        ("2027-06-01", "2026-03-01", "2027-01-01"),
        ("2029-06-01", "2026-03-01", "2027-01-01"),
    ],
)
def test_a_letter_is_due_when_a_year_is_full(cast, today, ended, due):
    cast.treatment.started_on = START
    cast.treatment.ended_on = datetime.date.fromisoformat(ended) if ended else None
    found = letter_due(cast.treatment, today=datetime.date.fromisoformat(today))
    assert found == (datetime.date.fromisoformat(due) if due else None)


def test_a_released_letter_is_no_longer_due(treated):
    page = client_of(treated.therapist)
    where = reverse("progress-impression", args=[treated.treatment.pk])
    page.post(where, {"change": "5"})
    shown = reverse("progress", args=[treated.treatment.pk])
    assert "A year of treatment was full on 1 Jan 2026" in page.get(shown).content.decode()
    page.post(reverse("letter-draft", args=[treated.treatment.pk]), {"language": "en"})
    release_letter(letter=Letter.objects.get(), by=treated.therapist)
    assert letter_due(treated.treatment, today=TODAY) is None


def test_of_a_start_on_29_february_the_year_is_full_on_the_28th(cast):
    cast.treatment.started_on = datetime.date(2024, 2, 29)
    assert letter_due(cast.treatment, today=datetime.date(2025, 3, 1)) == datetime.date(2025, 2, 28)
