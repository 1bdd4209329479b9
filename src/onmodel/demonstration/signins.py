"""A sign-in for each role of the demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from onmodel.accounts.models import User
from onmodel.patient_access.actions import make_access
from onmodel.patients.models import Treatment

#: Simulated accounts about simulated records, on the own machine: the same words for all.
PASSWORD = "simulated-service"  # noqa: S105


@dataclass(frozen=True)
class SignIn:
    username: str
    who: str


SIGN_INS = (
    SignIn("therapist", "therapist in Maasoever, the reorganised unit"),
    SignIn("supervisor", "supervisor of Maasoever"),
    SignIn("manager", "director of Rivierland's five programmes"),
    SignIn("expert", "expert: requirements, reports, no patient"),
    SignIn("research", "research assistant: data, imports"),
    SignIn("board", "board member: reports only"),
    SignIn("admin", "administrator: no clinical record"),
    SignIn("patient", "patient of the Rivierland day hospital"),
    SignIn("privacy", "privacy officer: emergency access, who saw what"),
    SignIn("neighbour", "director of another organisation, Duinzicht"),
)


def open_sign_ins() -> None:
    """Give those accounts the password; all other simulated accounts have none."""
    password = make_password(PASSWORD)
    User.objects.filter(username__in=[sign_in.username for sign_in in SIGN_INS]).update(password=password)


def patient_code() -> str | None:
    """A new code with which the patient of the sign-ins comes without an account; None in a tiny service."""
    treatment = Treatment.objects.filter(patient__user__username="patient").order_by("started_on").last()
    return make_access(treatment=treatment, kind="code", by=None)[1] if treatment else None
