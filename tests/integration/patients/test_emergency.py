"""Emergency access: a day, a reason, a judgement; and what it does not open."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.access.permissions import Permission
from onmodel.audit.models import Event
from onmodel.patients.actions import open_in_emergency, review_emergency
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import Identity, Treatment
from onmodel.programmes.models import Membership
from tests.factories import MembershipFactory, PatientFactory

pytestmark = pytest.mark.django_db
REASON = "The patient is at the crisis service now."


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(user, cast, patient: str = "P-1001", reason: str = REASON):
    address = reverse("emergency", args=[cast.organisation.slug])
    return client_of(user).post(address, {"patient": patient, "reason": reason})


def sees(user, cast) -> bool:
    return client_of(user).get(reverse("treatment", args=[cast.treatment.pk])).status_code == 200


def test_a_colleague_opens_the_record_for_a_day(cast):
    assert not sees(cast.colleague, cast)
    assert ask(cast.colleague, cast).url == reverse("treatment", args=[cast.treatment.pk])
    page = client_of(cast.colleague).get(reverse("treatment", args=[cast.treatment.pk])).content.decode()
    assert REASON in page
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=23, minutes=59)):
        assert Treatment.objects.visible_to(cast.colleague).filter(pk=cast.treatment.pk).exists()
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=24, minutes=1)):
        assert not Treatment.objects.visible_to(cast.colleague).exists()


def test_the_event_says_why_and_each_look_as_well(cast):
    ask(cast.colleague, cast)
    sees(cast.colleague, cast)
    events = Event.objects.of_patient(cast.patient.pk).filter(by=cast.colleague)
    told = [(event.verb, event.reason) for event in events]
    assert ("emergency access opened", REASON) in told
    assert ("treatment opened with identity", REASON) in told


@pytest.mark.parametrize("patient", ["P-1001", "p-1001", "sim 7", "Zoë de Vries", "ZOE DE  VRIES"])
def test_by_pseudonym_number_or_name(cast, patient):
    Identity.objects.create(patient=cast.patient, sealed={"name": "Zoë de Vries", "record_number": "SIM7"})
    assert ask(cast.colleague, cast, patient).status_code == 302


def test_a_try_that_finds_nobody_is_kept_without_what_was_sought(cast):
    assert ask(cast.colleague, cast, "Somebody Else").status_code == 422
    event = Event.objects.get(verb="emergency access sought")
    assert "Somebody Else" not in str(event.content())


def test_two_of_one_name_open_neither(cast):
    twin = PatientFactory(organisation=cast.organisation)
    for patient in (cast.patient, twin):
        Identity.objects.create(patient=patient, sealed={"name": "Zoë de Vries"})
    assert ask(cast.colleague, cast, "Zoë de Vries").status_code == 422
    assert not EmergencyAccess.objects.exists()


def test_a_short_reason_is_none(cast):
    assert ask(cast.colleague, cast, reason="urgent").status_code == 422
    with pytest.raises(ValidationError):
        open_in_emergency(treatment=cast.treatment, reason=" ", by=cast.colleague)


def test_one_who_sees_it_anyway_uses_no_emergency(cast):
    assert ask(cast.therapist, cast).status_code == 302
    assert not EmergencyAccess.objects.exists()


def test_a_patient_of_another_organisation_is_nobody_here(cast):
    pseudonym = cast.other_treatment.patient.pseudonym
    here = ask(cast.colleague, cast, pseudonym)
    nobody = ask(cast.colleague, cast, "P-nobody")
    assert here.status_code == nobody.status_code == 422
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize("patient", ["P-1001", "P-nobody"])
def test_a_stranger_learns_nothing(cast, patient):
    MembershipFactory(user=cast.outsider, programme=cast.other_programme, role="therapist")
    assert ask(cast.outsider, cast, patient).status_code == 404


def test_it_ends_with_the_work_relation(cast):
    ask(cast.colleague, cast)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(user=cast.colleague).update(ends_on=yesterday)
    assert not sees(cast.colleague, cast)


@pytest.mark.parametrize(
    "permission",
    [Permission.IDENTITY_EDIT, Permission.PATIENT_ACCESS_GIVE, Permission.SIGNALS_HANDLE],
)
def test_it_gives_nothing_that_would_outlast_it(cast, permission):
    ask(cast.colleague, cast)
    assert not Treatment.objects.visible_to(cast.colleague, permission).exists()


@pytest.mark.parametrize("name", ["identity", "patient-access"])
def test_nor_the_pages_of_it(cast, name):
    ask(cast.colleague, cast)
    assert client_of(cast.colleague).get(reverse(name, args=[cast.treatment.pk])).status_code == 404


def test_the_privacy_officer_judges_it_once(cast):
    ask(cast.colleague, cast)
    access = EmergencyAccess.objects.get()
    client = client_of(cast.privacy_officer)
    listed = client.get(reverse("emergencies", args=[cast.organisation.slug])).content.decode()
    assert REASON in listed
    answer = {"justified": "no", "note": "The colleague was not on duty."}
    assert client.post(reverse("emergency-review", args=[access.pk]), answer).status_code == 302
    access.refresh_from_db()
    assert (access.justified, access.reviewed_by) == (False, cast.privacy_officer)
    assert client.post(reverse("emergency-review", args=[access.pk]), answer).status_code == 422


def test_nobody_judges_their_own(cast):
    access = open_in_emergency(treatment=cast.treatment, reason=REASON, by=cast.colleague)
    with pytest.raises(ValidationError):
        review_emergency(access=access, justified=True, note="It was fine.", by=cast.colleague)
