"""Identity apart: found by exact name or number unopened, corrected with an event, keys replaced."""

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from environs import Env

from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.config.keys import keys
from onmodel.patients.actions import correct_identity
from onmodel.patients.models import Identity, Treatment
from onmodel.patients.rotating import RotationError, rotate
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(cast) -> Identity:
    return Identity.objects.create(
        patient=cast.patient, sealed={"name": "Zoë de Vries", "record_number": "SIM 0042"}
    )


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("text", ["Zoë de Vries", "zoe  DE vries", " ZOË DE VRIES ", "sim0042", "SIM 00 42"])
def test_found_without_opening(known, text, monkeypatch):
    monkeypatch.setattr("onmodel.patients.sealing.unseal", lambda _: pytest.fail("opened"))
    assert Identity.objects.called(text).values_list("pk", flat=True).get() == known.pk


@pytest.mark.parametrize("text", ["", " ", "Zoë", "de Vries", "0042", "Zoë de Vries; --", "%"])
def test_only_exactly(known, text):
    assert not Identity.objects.called(text).exists()


def test_nothing_readable_is_in_the_table(known):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM patients_identity")
        row = " ".join(str(bytes(v) if isinstance(v, memoryview) else v) for v in cursor.fetchone())
    assert "Vries" not in row
    assert "0042" not in row


@pytest.mark.parametrize(("who", "finds"), [("therapist", True), ("manager", False), ("assistant", True)])
def test_a_name_is_sought_only_by_those_who_may_see_names(cast, known, who, finds):
    client = client_of(getattr(cast, who))
    page = client.post(
        reverse("patients", args=[cast.programme.slug]), {"q": "Zoë de Vries", "state": "all"}, follow=True
    )
    assert (b"P-1001" in page.content) is finds


def test_name_and_number_are_two_indexes(cast):
    Identity.objects.create(patient=cast.patient, sealed={"name": "12 34", "record_number": "56"})
    identity = Identity.objects.get()
    assert identity.name_index != identity.record_number_index
    assert not Identity.objects.called("1234").exists()


@pytest.mark.parametrize(("who", "sees"), [("therapist", True), ("manager", False), ("patient_user", True)])
def test_the_treatment_page_shows_it_to_those_who_may(cast, known, who, sees):
    page = client_of(getattr(cast, who)).get(reverse("treatment", args=[cast.treatment.pk]))
    assert ("Zoë de Vries" in page.content.decode()) is sees


def test_a_correction_says_which_parts_and_not_what(cast, known):
    client = client_of(cast.therapist)
    parts = {"name": "Zoë Jansen", "record_number": "SIM 0042", "birth_date": "1990-04-12"}
    assert client.post(reverse("identity", args=[cast.treatment.pk]), parts).status_code == 302
    event = Event.objects.get(verb="identity corrected")
    assert event.detail == {"parts": ["name", "birth_date"]}
    assert event.patient == cast.patient.pk
    assert Treatment.objects.found_by("zoe jansen", known=Treatment.objects.all()).get() == cast.treatment


def test_a_record_number_belongs_to_one_patient(cast, known):
    other = PatientFactory(organisation=cast.organisation)
    with pytest.raises(ValidationError, match="record number"):
        correct_identity(patient=other, parts={"record_number": "sim0042"}, by=cast.therapist)
    elsewhere = cast.other_treatment.patient
    correct_identity(patient=elsewhere, parts={"record_number": "sim0042"}, by=cast.outsider)


@pytest.mark.parametrize("parts", [{"birth_date": "2999-01-01"}, {"shoe_size": "42"}])
def test_what_cannot_be_is_refused(cast, parts):
    with pytest.raises(ValidationError):
        correct_identity(patient=cast.patient, parts=parts, by=cast.therapist)


@pytest.fixture
def many(cast) -> list[Identity]:
    return [
        Identity.objects.create(
            patient=PatientFactory(organisation=cast.organisation), sealed={"name": f"Name {n}"}
        )
        for n in range(7)
    ]


def test_a_new_key_is_put_on_all_of_them_and_the_old_one_can_go(many, settings):
    new, old = Fernet.generate_key().decode(), settings.IDENTITY_KEYS[0]
    settings.IDENTITY_KEYS = [new, old]
    assert rotate(batch=3).resealed == 7
    assert rotate(batch=3).unchanged == 7
    settings.IDENTITY_KEYS = [new]
    assert [identity.sealed["name"] for identity in Identity.objects.order_by("pk")] == [
        f"Name {n}" for n in range(7)
    ]


def test_a_new_index_key_indexes_anew(many, settings):
    settings.INDEX_KEY = "another key"
    assert not Identity.objects.called("Name 3").exists()
    assert rotate().reindexed == 7
    assert Identity.objects.called("Name 3").count() == 1


def test_a_lacking_key_leaves_its_batch_and_the_run_goes_on_later(many, settings):
    old, new = settings.IDENTITY_KEYS[0], Fernet.generate_key().decode()
    lost = Fernet.generate_key().decode()
    settings.IDENTITY_KEYS = [lost]
    Identity.objects.filter(pk=many[4].pk).update(sealed={"name": "Name 4"})
    settings.IDENTITY_KEYS = [new, old]
    with pytest.raises(RotationError, match=str(many[4].pk)):
        rotate(batch=3)
    settings.IDENTITY_KEYS = [new, old, lost]
    rotated = rotate(batch=3)
    assert (rotated.unchanged, rotated.resealed) == (3, 4)


def test_rotate_as_a_command(many, settings):
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode(), *settings.IDENTITY_KEYS]
    result = CliRunner().invoke(main, ["identity", "rotate"])
    assert result.exit_code == 0
    assert "7 sealed anew" in result.output


def test_keys_from_a_file(tmp_path, monkeypatch):
    path = tmp_path / "keys"
    path.write_text("# in use\nnew\n\nold\n")
    monkeypatch.setenv("SOME_KEYS_FILE", str(path))
    assert keys(Env(), "SOME_KEYS", "known") == ["new", "old"]
