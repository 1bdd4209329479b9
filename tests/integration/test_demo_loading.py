"""Loading the simulated service: the same each time, refused where it makes no sense, with progress."""

import datetime
import hashlib
import json

import pytest
from django.db import transaction

from onmodel.accounts.models import User
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.demonstration.guard import contents
from onmodel.demonstration.load import load_demonstration
from onmodel.patients.models import GroupPlace, Involvement, Phase, Treatment
from onmodel.process.models import Incident, Plan
from onmodel.programmes.models import Membership, Organisation
from onmodel.requirements.models import Attestation
from onmodel.signals.models import Signal
from tests.factories import OrganisationFactory

TODAY = datetime.date(2026, 11, 2)

#: What is compared: everything but keys that the database hands out and times of recording.
DIGESTED = (
    (User, ("username", "name", "email")),
    (Membership, ("user__username", "programme__slug", "team__name", "role", "position", "hours_per_week")),
    (Treatment, ("id", "patient__pseudonym", "team__name", "started_on", "ended_on", "end_kind")),
    (Phase, ("treatment", "kind", "starts_on", "ends_on")),
    (Involvement, ("treatment", "therapist__username", "function", "ends_on")),
    (GroupPlace, ("treatment", "group__name")),
    (Plan, ("treatment", "kind", "made_on", "agreed_on")),
    (Incident, ("treatment", "kind", "happened_on")),
    (
        Assignment,
        ("treatment", "person__username", "team__name", "instrument", "months", "status", "answered_on"),
    ),
    (Answer, ("assignment__treatment", "assignment__instrument", "assignment__months", "item", "value")),
    (Score, ("assignment__treatment", "assignment__instrument", "assignment__months", "scale", "value")),
    (Attestation, ("programme__slug", "standard", "met", "attested_on", "evidence")),
    (Signal, ("programme__slug", "rule", "treatment", "person__username", "severity", "state")),
)


def digest() -> str:
    lines = []
    for model, fields in DIGESTED:
        rows = (json.dumps(row, default=str) for row in model.objects.values_list(*fields))
        lines += [model.__name__, *sorted(rows)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def digest_of(**settings: object) -> str:
    """Load, digest, and take everything back."""
    with transaction.atomic():
        load_demonstration(**{"today": TODAY, "patients": 30, "reports": False, **settings})
        found = digest()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_and_day_give_the_same_records(db) -> None:
    first = digest_of()
    assert digest_of() == first
    assert digest_of(seed=7) != first
    assert digest_of(today=TODAY + datetime.timedelta(days=1)) != first


def test_too_few_patients_are_refused(db) -> None:
    with pytest.raises(ValueError, match="at least 12"):
        load_demonstration(today=TODAY, patients=5)
    assert not Organisation.objects.exists()


def test_progress_ends_where_it_said(db) -> None:
    seen = []
    load_demonstration(today=TODAY, patients=12, progress=lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == list(range(1, seen[-1][2] + 1))


def test_an_organisation_without_programmes_is_not_taken_for_simulated(db) -> None:
    OrganisationFactory(name="Being set up")
    assert contents().real_organisations == ("Being set up",)
