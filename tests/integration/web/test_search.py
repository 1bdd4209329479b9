"""Whom one looks for stands in no address and in no log."""

import logging

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from onmodel.patients.models import Identity
from tests.factories import MembershipFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db

NUMBER = "MRN-555123"


@pytest.fixture
def client(client, cast):
    Identity.objects.create(patient=cast.patient, sealed={"record_number": NUMBER})
    other = PatientFactory(organisation=cast.organisation, pseudonym="P-2002")
    TreatmentFactory(programme=cast.programme, patient=other)
    client.force_login(cast.assistant)
    return client


@pytest.fixture
def address(cast) -> str:
    return reverse("patients", args=[cast.programme.slug])


def test_finds_by_record_number_without_telling_it(client, address, caplog):
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        sent = client.post(address, {"q": NUMBER, "state": "all", "team": ""})
        assert NUMBER not in sent.url
        page = client.get(sent.url)
    assert "P-1001" in page.text
    assert "P-2002" not in page.text
    assert NUMBER not in caplog.text
    assert all(NUMBER not in str(session.get_decoded()) for session in Session.objects.all())


def test_sorting_and_paging_keep_what_was_sought(client, address):
    sent = client.post(address, {"q": "P-2002", "state": "all"})
    page = client.get(f"{sent.url}&sort=-start")
    assert "P-1001" not in page.text
    assert "sought=1" in page.text


def test_who_manages_all_and_treats_one_finds_only_that_one_by_number(client, cast, address):
    """Of the rest of the programme a manager may not learn who they are."""
    other = cast.programme.treatments.exclude(pk=cast.treatment.pk).get()
    Identity.objects.create(patient=other.patient, sealed={"record_number": "MRN-9"})
    MembershipFactory(user=cast.therapist, programme=cast.programme, role="manager")
    client.force_login(cast.therapist)
    assert "P-1001" in client.get(client.post(address, {"q": NUMBER, "state": "all"}).url).text
    assert "P-2002" not in client.get(client.post(address, {"q": "MRN-9", "state": "all"}).url).text


def test_another_visit_starts_with_everybody(client, address):
    client.post(address, {"q": "P-2002", "state": "all"})
    assert "P-1001" in client.get(f"{address}?state=all").text


def test_a_term_in_the_address_is_not_listened_to(client, address):
    assert "P-1001" in client.get(f"{address}?q=P-2002&state=all").text


def test_nothing_sought_forgets_what_was(client, address):
    client.post(address, {"q": "P-2002", "state": "all"})
    sent = client.post(address, {"q": "", "state": "all"})
    assert "sought" not in sent.url
    assert "P-1001" in client.get(f"{address}?state=all&sought=1").text
