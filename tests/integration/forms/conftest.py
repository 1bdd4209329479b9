"""A form of the weekly check that is due to the cast's patient, and the patient's own browser."""

import pytest
from django.test import Client
from django.urls import reverse

from onmodel.patient_access.actions import make_access
from tests.factories import AssignmentFactory

ITEMS = ("low", "flooded", "daily", "others", "curious", "risk")


@pytest.fixture
def form(cast):
    return AssignmentFactory(treatment=cast.treatment, instrument="weekly_check")


@pytest.fixture
def phone(cast) -> Client:
    """Signed in by a code."""
    client = Client()
    _access, code = make_access(treatment=cast.treatment, kind="code", by=None)
    assert client.post(reverse("patient-sign-in"), {"code": code}).url == reverse("my-start")
    return client


def url(name: str, form) -> str:
    return reverse(f"my-form{name}", args=[form.pk])
