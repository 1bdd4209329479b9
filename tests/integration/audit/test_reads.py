"""Who saw what of whom: whatever page shows a patient, an event says so, at one insert a page."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.patients.models import Identity
from tests.integration.test_permissions import TABLE, WHO, address
from tests.integration.test_permissions import signal as signal_fixture

pytestmark = pytest.mark.django_db
signal = signal_fixture
READ = sorted(name for name, method in TABLE if method == "get")


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("name", READ)
def test_a_page_that_shows_a_patient_says_so_in_the_trail(cast, signal, name):
    Identity.objects.create(patient=cast.patient, sealed={"name": "Wilhelmina van Zand"})
    url = address(name, cast, signal)
    for who in filter(None, WHO):
        user = getattr(cast, who)
        response = client_of(user).get(url)
        if response.status_code != 200 or response.streaming:
            continue
        shows = any(text in response.content for text in (b"P-1001", b"Wilhelmina"))
        told = Event.objects.of_patient(cast.patient.pk).filter(by=user).exists()
        assert told or not shows, f"{who} sees the patient at {url}"


@pytest.mark.parametrize("name", READ)
def test_a_look_costs_at_most_one_insert_and_the_same_look_again_none(cast, signal, name):
    user = cast.supervisor
    client, url = client_of(user), address(name, cast, signal)
    for most in (1, 0):
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        inserts = [query["sql"] for query in asked if query["sql"].startswith('INSERT INTO "audit')]
        assert len(inserts) <= most


def test_nobody_who_is_refused_leaves_a_look(cast):
    address = reverse("treatment", args=[cast.treatment.pk])
    assert client_of(cast.colleague).get(address).status_code == 404
    assert client_of(cast.expert).get(address).status_code == 403
    assert not Event.objects.of_patient(cast.patient.pk).exists()


def test_a_look_says_who_of_whom_and_from_where(cast):
    client_of(cast.therapist).get(reverse("treatment", args=[cast.treatment.pk]), REMOTE_ADDR="192.0.2.7")
    event = Event.objects.get(verb="treatment opened with identity")
    assert (event.by, event.patient, event.channel, event.address) == (
        cast.therapist,
        cast.patient.pk,
        "web",
        "192.0.2.7",
    )


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "203.0.113.5", "192.0.2.7"),  # nobody that we trust said so
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "1.1.1.1, 203.0.113.5", "203.0.113.5"),  # what the visitor put in front counts for nothing
        (2, "1.1.1.1, 203.0.113.5, 10.0.0.1", "203.0.113.5"),
        (2, "203.0.113.5", "192.0.2.7"),
    ],
)
def test_an_address_is_taken_from_our_own_proxies_only(cast, settings, proxies, forwarded, found):
    settings.TRUSTED_PROXIES = proxies
    client_of(cast.therapist).get(
        reverse("treatment", args=[cast.treatment.pk]),
        REMOTE_ADDR="192.0.2.7",
        HTTP_X_FORWARDED_FOR=forwarded,
    )
    assert Event.objects.get(verb="treatment opened with identity").address == found


def test_a_list_is_one_event_with_everybody_in_it(cast):
    client_of(cast.manager).get(reverse("patients", args=[cast.programme.slug]))
    event = Event.objects.get(verb="patients listed")
    assert event.patients == f" {cast.patient.pk} "
    assert Event.objects.of_patient(cast.patient.pk).get() == event


def test_one_patients_number_within_anothers_is_not_that_patient(cast):
    client_of(cast.manager).get(reverse("patients", args=[cast.programme.slug]))
    assert not Event.objects.of_patient(int(f"{cast.patient.pk}0")).exists()
    assert not Event.objects.of_patient(int(f"9{cast.patient.pk}")).exists()


def test_a_look_again_after_five_minutes_is_another(cast):

    client, url = client_of(cast.therapist), reverse("treatment", args=[cast.treatment.pk])
    client.get(url)
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=6)):
        client.get(url)
    assert Event.objects.filter(verb="treatment opened with identity").count() == 2


def test_the_patient_reads_who_saw_the_record(cast):
    client_of(cast.therapist).get(reverse("treatment", args=[cast.treatment.pk]))
    page = client_of(cast.patient_user).get(reverse("access-log", args=[cast.treatment.pk]))
    assert "Tess Therapist" in page.content.decode()
    assert "opened the record, with name and contacts" in page.content.decode()


def test_nothing_is_read_when_the_look_cannot_be_kept(cast, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("the trail cannot be written")

    client = client_of(cast.therapist)
    client.raise_request_exception = False
    monkeypatch.setattr("onmodel.audit.actions._store", fail)
    assert client.get(reverse("treatment", args=[cast.treatment.pk])).status_code == 500
