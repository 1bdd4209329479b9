"""Organisations never see each other: who works in one finds nothing of the other by any query or page."""

import datetime

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from onmodel.access.permissions import ROLES, Permission
from onmodel.outcomes.models import ImportRun
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import GroupLead, GroupPlace, Identity, Involvement
from onmodel.programmes.models import Group
from onmodel.signals.models import Signal
from tests.factories import AssignmentFactory, MembershipFactory, TeamFactory, UserFactory
from tests.integration.security.state import undone
from tests.integration.test_permissions import TABLE, address
from tests.integration.test_permissions import signal as signal_fixture

pytestmark = pytest.mark.django_db
signal = signal_fixture
LEVELS = ("organisation", "programme", "team")
#: Rows of the other organisation carry this; no page of this one may.
MARK = "Quagmire"
DAY = datetime.date(2025, 1, 1)


@pytest.fixture
def theirs(cast):
    """A treatment of the other organisation, which has something of every kind."""
    programme, treatment = cast.other_programme, cast.other_treatment
    programme.name, programme.organisation.name = f"{MARK} programme", f"{MARK} house"
    programme.save()
    programme.organisation.save()
    treatment.patient.pseudonym = f"{MARK}-1"
    treatment.patient.save()
    treatment.team = TeamFactory(programme=programme, name=f"{MARK} team")
    treatment.save()
    Identity.objects.create(patient=treatment.patient, sealed={"name": f"{MARK} Person"})
    AssignmentFactory(treatment=treatment)
    ImportRun.objects.create(programme=programme, file_name=f"{MARK}.csv", digest="1" * 64)
    Signal.objects.create(
        programme=programme,
        subject_kind="treatment",
        treatment=treatment,
        pack="mbt",
        rule="missing_crisis_plan",
        rule_version="1.0.0",
        severity="urgent",
    )
    return treatment


def worker(cast, treatment, role: str, level: str):
    """Works here only; yet a wrong row ties them to a treatment, a group and an emergency there."""
    user = UserFactory(name="Nosy Parker")
    place = {"programme": cast.programme, "organisation": cast.organisation}
    if level == "organisation":
        place["programme"] = None
    MembershipFactory(user=user, role=role, team=cast.team if level == "team" else None, **place)
    Involvement.objects.create(treatment=treatment, therapist=user, function="individual", starts_on=DAY)
    group = Group.objects.create(team=treatment.team, name=f"{MARK} group", starts_on=DAY)
    GroupPlace.objects.create(treatment=treatment, group=group, starts_on=DAY)
    GroupLead.objects.create(group=group, therapist=user, starts_on=DAY)
    EmergencyAccess.objects.create(treatment=treatment, user=user, reason="By a mistake.")
    return user


def scoped() -> list[tuple[object, str]]:
    """Every query set that asks who wants to know."""
    return [
        (model, name)
        for model in apps.get_models()
        for name in ("visible_to", "known_to")
        if model.__module__.startswith("onmodel.") and hasattr(model._default_manager, name)
    ]


def organisation_of(row) -> int:
    """Whose a row is, by whichever way it hangs on an organisation."""
    for step in ("treatment", "programme"):
        if getattr(row, step, None) is not None:
            return organisation_of(getattr(row, step))
    return row.organisation_id


def test_there_is_something_to_try():
    assert {model.__name__ for model, _ in scoped()} >= {"Treatment", "Signal", "Assignment", "Programme"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("role", ROLES)
def test_no_query_gives_anything_of_another_organisation(cast, theirs, role, level):
    user = worker(cast, theirs, role, level)
    for model, name in scoped():
        found = getattr(model._default_manager, name)(user)
        assert all(organisation_of(row) == cast.organisation.pk for row in found), model
    for permission in Permission:
        assert not type(theirs).objects.visible_to(user, permission).filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_or_confirms_anything_of_another_organisation(cast, theirs, signal, role):
    user = worker(cast, theirs, role, "organisation")
    client = Client()
    client.force_login(user)
    for name, method in TABLE:
        if method != "get" or name in ("sign-out",):
            continue
        with undone():
            response = client.get(address(name, cast, signal))
        if response.status_code == 200 and not response.streaming:
            assert MARK.encode() not in response.content, name


ADDRESSES = {
    "programme": "slug",
    "patients": "slug",
    "signals": "slug",
    "requirements": "slug",
    "pir": "slug",
    "import-start": "slug",
    "treatment": "treatment",
    "identity": "treatment",
    "access-log": "treatment",
    "access-log-file": "treatment",
    "patient-access": "treatment",
    "emergency": "organisation",
    "emergencies": "organisation",
    "emergency-review": "emergency",
    "signal": "signal",
    "import-run": "import",
    "import-problems": "import",
}


@pytest.mark.parametrize("role", ROLES)
def test_every_address_of_another_organisation_is_not_there(cast, theirs, role):
    user = worker(cast, theirs, role, "organisation")
    client = Client()
    client.force_login(user)
    ids = {
        "slug": theirs.programme.slug,
        "treatment": theirs.pk,
        "organisation": theirs.programme.organisation.slug,
        "emergency": EmergencyAccess.objects.get().pk,
        "signal": Signal.objects.get(programme=theirs.programme).pk,
        "import": ImportRun.objects.get(programme=theirs.programme).pk,
    }
    got = {name: client.get(reverse(name, args=[ids[kind]])).status_code for name, kind in ADDRESSES.items()}
    assert got == dict.fromkeys(ADDRESSES, 404)
