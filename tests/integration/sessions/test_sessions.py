"""Sessions, who was there, recordings under consent: what is kept, refused, shown and erased."""

import datetime

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from onmodel.patients.models import GroupPlace
from onmodel.programmes.models import Group
from onmodel.rights.actions import erase_patient
from onmodel.rights.export import patient_data
from onmodel.rights.retention import erase_past, past_period
from onmodel.sessions.actions import add_recording, erase_recording, keep_attendance, keep_session
from onmodel.sessions.models import Recording, Session
from onmodel.sessions.rotating import reseal_recordings
from tests.factories import LONG_AGO, PatientFactory, TreatmentFactory
from tests.recordings import DAY, allow_recording, held_session, recorded_session, tone

pytestmark = pytest.mark.django_db
JULY = datetime.date(2025, 7, 1)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def group(cast) -> Group:
    """A group of two: the cast's patient and another one."""
    group = Group.objects.create(team=cast.team, name="Blue A", starts_on=LONG_AGO)
    other = TreatmentFactory(
        programme=cast.programme,
        team=cast.team,
        patient=PatientFactory(organisation=cast.organisation, pseudonym="P-1002"),
    )
    for treatment in (cast.treatment, other):
        GroupPlace.objects.create(group=group, treatment=treatment, starts_on=LONG_AGO)
    return group


def keep(cast, **named) -> Session:
    given = {
        "programme": cast.programme,
        "held_on": DAY,
        "component": "individual",
        "treatment": cast.treatment,
        "therapists": [cast.therapist],
        "by": cast.therapist,
    }
    return keep_session(**given | named)


def pieces(client: Client, session: Session, **headers: str):
    return client.get(reverse("recording-media", args=[session.pk]), headers=headers)


# --- sessions ---
def test_a_group_session_expects_everybody_with_a_place(cast, group):
    session = keep(cast, treatment=None, group=group, component="group")
    assert (session.kind, session.team) == ("group", cast.team)
    assert session.attendances.filter(present=True).count() == 2
    keep_attendance(session=session, present=[cast.treatment], by=cast.therapist)
    assert [row.treatment for row in session.attendances.filter(present=True)] == [cast.treatment]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"held_on": datetime.date(2200, 1, 1)}, "future"),
        ({"component": "dancing"}, "dancing is no part"),
        ({"therapists": []}, "who gave"),
        ({"treatment": None}, "choose one of the two"),
    ],
)
def test_what_is_no_session_is_refused(cast, wrong, words):
    with pytest.raises(ValidationError, match=words):
        keep(cast, **wrong)
    assert not Session.objects.exists()


def test_a_patient_or_therapist_from_elsewhere_is_refused(cast):
    with pytest.raises(ValidationError, match="another programme"):
        keep(cast, treatment=cast.other_treatment)
    with pytest.raises(ValidationError, match="did not work in this programme"):
        keep(cast, therapists=[cast.outsider])


def test_the_same_session_is_kept_once(cast):
    keep(cast)
    with pytest.raises(ValidationError, match="kept already"):
        keep(cast)


def test_nobody_is_present_who_was_not_expected(cast):
    session = keep(cast)
    with pytest.raises(ValidationError, match="not expected"):
        keep_attendance(session=session, present=[cast.other_treatment], by=cast.therapist)


# --- recordings ---
def test_no_recording_without_consent_and_it_says_whose(cast, group):
    allow_recording(cast.treatment)
    session = keep(cast, treatment=None, group=group, component="group")
    with pytest.raises(ValidationError, match="P-1002 did not allow"):
        add_recording(session=session, file=tone(), by=cast.therapist)
    keep_attendance(session=session, present=[cast.treatment], by=cast.therapist)
    assert add_recording(session=session, file=tone(), by=cast.therapist).media_type == "audio/wav"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "one of the two"),
        ({"file": tone(), "reference": "shelf 3"}, "one of the two"),
        ({"file": ContentFile(b"<html>not a sound", name="x.wav")}, "x.wav is no recording"),
        ({"file": ContentFile(b"", name="empty.wav")}, "empty.wav is no recording"),
    ],
)
def test_what_is_no_recording_is_refused(cast, given, words):
    allow_recording(cast.treatment)
    session = held_session(cast)
    with pytest.raises(ValidationError, match=words):
        add_recording(session=session, by=cast.therapist, **given)
    assert not Recording.objects.exists()


def test_a_second_recording_is_refused_and_the_first_stays(cast):
    session = recorded_session(cast)
    with pytest.raises(ValidationError, match="already"):
        add_recording(session=session, reference="shelf 3", by=cast.therapist)
    assert pieces(signed_in(cast.therapist), session).status_code == 200


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_played_in_parts(cast):
    session, client = recorded_session(cast), signed_in(cast.supervisor)
    whole, part = pieces(client, session), pieces(client, session, range="bytes=4-11")
    content = b"".join(whole.streaming_content)
    assert content == tone().read()
    assert (part.status_code, b"".join(part.streaming_content)) == (206, content[4:12])
    assert whole["Cache-Control"] == "private, no-store"


def test_on_disk_it_is_encrypted_and_a_new_key_can_be_put_on_it(cast, settings, own_files):
    session = recorded_session(cast)
    (stored,) = (path for path in own_files.rglob("*") if path.is_file())
    assert b"RIFF" not in stored.read_bytes()
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode(), *settings.IDENTITY_KEYS]
    assert (reseal_recordings(), reseal_recordings()) == (1, 0)
    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS[:1]
    assert b"".join(pieces(signed_in(cast.therapist), session).streaming_content) == tone().read()
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(RuntimeError, match="No recording was changed"):
        reseal_recordings()


def test_a_recording_whose_file_is_lost_is_not_there(cast, own_files):
    session = recorded_session(cast)
    for path in own_files.rglob("*.sealed"):
        path.unlink()
    client = signed_in(cast.therapist)
    assert pieces(client, session).status_code == 404
    assert "The file is not here" in client.get(reverse("therapy-session", args=[session.pk])).text


def test_a_withdrawn_consent_hides_it_at_once_and_erases_it_next(cast, own_files):
    session = recorded_session(cast)
    client = signed_in(cast.therapist)
    allow_recording(cast.treatment, "withdrawn", JULY)
    assert pieces(client, session).status_code == 404
    page = client.get(reverse("therapy-session", args=[session.pk])).text
    assert "does not allow it any more" in page
    assert [(one.what, one.months) for one in past_period(JULY)] == [(str(session.pk), None)]


def test_past_its_period_it_is_erased_with_its_file(cast, own_files, django_capture_on_commit_callbacks):
    session = recorded_session(cast)
    assert past_period(DAY + datetime.timedelta(days=170)) == []
    with django_capture_on_commit_callbacks(execute=True):
        erase_past(DAY + datetime.timedelta(days=200), by=None)
    recording = Recording.objects.get(session=session)
    assert (bool(recording.file), bool(recording.erased_why)) == (False, True)
    assert not [path for path in own_files.rglob("*") if path.is_file()]
    with pytest.raises(ValidationError, match="no recording to erase"):
        erase_recording(session=session, reason="Again.", by=None)


def test_erasing_a_patient_erases_the_recordings(cast, own_files, django_capture_on_commit_callbacks):
    session = recorded_session(cast)
    with django_capture_on_commit_callbacks(execute=True):
        counts = erase_patient(patient=cast.patient, reason="Asked to.", by=cast.manager)
    assert counts["recordings"] == 1
    assert not [path for path in own_files.rglob("*") if path.is_file()]
    assert not Session.objects.get(pk=session.pk).attendances.exists()


def test_no_copy_of_a_record_holds_a_recording(cast):
    session = recorded_session(cast)
    assert session.recording.file.name not in str(patient_data(cast.patient))


# --- pages ---
def test_a_session_is_kept_and_its_recording_added_by_the_pages(cast):
    allow_recording(cast.treatment)
    client = signed_in(cast.therapist)
    sent = {
        "held_on": "2025-06-01",
        "component": "individual",
        "treatment": str(cast.treatment.pk),
        "therapists": [cast.therapist.pk],
    }
    told = client.post(reverse("sessions", args=[cast.programme.slug]), sent)
    session = Session.objects.get()
    assert told.url == reverse("therapy-session", args=[session.pk])
    told = client.post(reverse("session-recording", args=[session.pk]), {"file": tone()})
    assert told.status_code == 302
    assert "<audio" in client.get(told.url).text
    again = client.post(reverse("sessions", args=[cast.programme.slug]), sent)
    assert (again.status_code, "kept already" in again.text) == (422, True)


def test_too_large_a_recording_is_refused(cast, settings):
    settings.MAX_RECORDING_BYTES = 100
    allow_recording(cast.treatment)
    session = held_session(cast)
    told = signed_in(cast.therapist).post(reverse("session-recording", args=[session.pk]), {"file": tone()})
    assert (told.status_code, "larger than" in told.text) == (422, True)
