"""The simulated service in the database: complete, labelled, the same each time, apart from real records."""

import datetime
import hashlib
import json

import pytest
from django.db import transaction
from django.db.models import Avg, Count, F
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.demonstration.guard import contents
from onmodel.demonstration.load import Loaded, load_demonstration
from onmodel.demonstration.signins import PASSWORD, SIGN_INS
from onmodel.demonstration.staff import EMAIL_DOMAIN
from onmodel.patients.models import GroupPlace, Identity, Involvement, Patient, Phase, Treatment
from onmodel.process.models import Incident, Plan
from onmodel.programmes.models import Membership, Organisation, Programme
from onmodel.requirements.models import Attestation
from onmodel.signals.models import Signal
from tests.factories import OrganisationFactory, ProgrammeFactory, UserFactory

TODAY = datetime.date(2026, 11, 2)


@pytest.fixture
def loaded(db) -> Loaded:
    return load_demonstration(today=TODAY, patients=60)


@pytest.fixture
def larger(db) -> Loaded:
    return load_demonstration(today=TODAY, patients=200)


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
        load_demonstration(**{"today": TODAY, "patients": 30, **settings})
        found = digest()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_and_day_give_the_same_records(db) -> None:
    first = digest_of()
    assert digest_of() == first
    assert digest_of(seed=7) != first
    assert digest_of(today=TODAY + datetime.timedelta(days=1)) != first


def test_a_service_of_the_sources_shape(loaded: Loaded) -> None:
    assert (loaded.programmes, loaded.therapists, loaded.patients) == (6, 80, 60)
    therapists = Membership.objects.in_force(TODAY).filter(role="therapist")
    assert therapists.values("user").distinct().count() == 80
    assert Patient.objects.count() == Identity.objects.count() == Treatment.objects.count() == 60
    answered = Assignment.objects.answered()
    assert answered.count() == loaded.forms
    assert Signal.objects.count() == loaded.signals > 0


def test_everything_is_labelled_as_simulated(loaded: Loaded) -> None:
    assert not Programme.objects.exclude(is_simulated=True).exists()
    assert not Programme.objects.exclude(name__endswith="(simulated)").exists()
    assert not Organisation.objects.exclude(name__endswith="(simulated)").exists()
    assert not User.objects.exclude(email__endswith=f"@{EMAIL_DOMAIN}").exists()
    assert all(identity.sealed["record_number"].startswith("SIM-") for identity in Identity.objects.all())


def test_terms_and_instruments_are_those_of_the_pack(larger: Loaded) -> None:
    pack = Programme.objects.first().definitions
    terms = {name: {term.id for term in list_.terms} for name, list_ in pack.terms.items()}
    used = {
        "programme_formats": Programme.objects.values_list("format", flat=True),
        "phases": Phase.objects.values_list("kind", flat=True),
        "end_kinds": Treatment.objects.exclude(end_kind="").values_list("end_kind", flat=True),
        "plan_kinds": Plan.objects.values_list("kind", flat=True),
        "incident_kinds": Incident.objects.values_list("kind", flat=True),
    }
    for name, values in used.items():
        assert set(values.distinct()) <= terms[name], name
    roles = {role.id for role in pack.all_roles()}
    assert set(Membership.objects.values_list("position", flat=True)) <= roles | {""}
    assert set(Assignment.objects.values_list("instrument", flat=True)) <= set(pack.instruments)


def test_entered_scores_lie_within_their_scales(loaded: Loaded) -> None:
    sipp = Programme.objects.first().definitions.instruments["sipp118"]
    scores = Score.objects.filter(assignment__instrument="sipp118")
    assert scores.exists()
    for name, value in scores.values_list("scale", "value"):
        scale = sipp.scale(name)
        assert scale.minimum is None or value >= scale.minimum
        assert scale.maximum is None or value <= scale.maximum


def test_worklists_have_something(larger: Loaded) -> None:
    statuses = set(Assignment.objects.values_list("status", flat=True))
    assert {"planned", "open", "answered", "missed"} <= statuses
    assert Assignment.objects.overdue(TODAY).exists()
    assert Treatment.objects.waiting_on(TODAY).exists()


def test_each_role_signs_in(loaded: Loaded, client) -> None:
    for sign_in in SIGN_INS:
        assert client.login(username=sign_in.username, password=PASSWORD), sign_in.username
    others = User.objects.exclude(username__in=[sign_in.username for sign_in in SIGN_INS])
    assert not any(user.has_usable_password() for user in others)


def test_each_role_sees_its_own(loaded: Loaded) -> None:
    def treatments(username: str):
        return Treatment.objects.visible_to(User.objects.get(username=username))

    assert treatments("patient").count() == 1
    assert treatments("therapist").exists()
    for username in ("expert", "board", "admin"):
        assert not treatments(username).exists()
    slugs = set(treatments("neighbour").values_list("programme__slug", flat=True))
    assert slugs == {"duinzicht-intensive-outpatient"}
    centre = set(treatments("manager").values_list("programme__slug", flat=True))
    assert len(centre) == 5
    assert not centre & slugs


def test_adherence_falls_in_the_reorganised_programme_only(loaded: Loaded) -> None:
    def mean(slug: str, **when: object) -> float:
        scores = Score.objects.filter(
            assignment__programme__slug=slug,
            assignment__instrument="mbt_acs",
            scale__iexact="adherence",
            **{f"assignment__answered_on__{name}": day for name, day in when.items()},
        )
        return scores.aggregate(mean=Avg("value"))["mean"]

    before, lately = {"lt": datetime.date(2024, 1, 2)}, {"gt": datetime.date(2025, 11, 2)}
    assert mean("maasoever-day-hospital", **before) > 5.0
    assert mean("maasoever-day-hospital", **lately) < 3.2
    assert mean("rivierland-day-hospital", **before) > 5.0
    assert mean("rivierland-day-hospital", **lately) > 5.0


def test_requirements_fail_where_the_service_was_reorganised(larger: Loaded) -> None:
    requirements = Signal.objects.filter(treatment__isnull=True)
    assert set(requirements.values_list("programme__slug", flat=True)) == {"maasoever-day-hospital"}
    rules = set(requirements.values_list("rule", flat=True))
    assert {"team_size", "supervisor_hours", "therapist_hours"} <= rules


def test_signals_have_a_history(larger: Loaded) -> None:
    signals = Signal.objects.all()
    assert signals.filter(opened_at__date__lt=TODAY - datetime.timedelta(days=182)).exists()
    assert set(signals.values_list("state", flat=True)) >= {"open", "acknowledged", "closed"}
    assert not signals.filter(closed_at__lt=F("opened_at")).exists()
    assert not signals.filter(acknowledged_at__lt=F("opened_at")).exists()
    assert not signals.filter(opened_at__gt=timezone.now()).exists()


def test_each_attestation_has_an_earlier_one(loaded: Loaded) -> None:
    ages = Attestation.objects.values("programme", "standard").annotate(n=Count("id"))
    assert set(ages.values_list("n", flat=True)) == {3}


def test_too_few_patients_are_refused(db) -> None:
    with pytest.raises(ValueError, match="at least 12"):
        load_demonstration(today=TODAY, patients=5)
    assert not Organisation.objects.exists()


def test_progress_ends_where_it_said(db) -> None:
    seen = []
    load_demonstration(today=TODAY, patients=12, progress=lambda *step: seen.append(step))
    assert [done for _, done, _ in seen] == list(range(1, seen[-1][2] + 1))


def test_only_simulated_records_count_as_simulated(loaded: Loaded) -> None:
    assert contents().only_simulated
    assert contents().simulated
    ProgrammeFactory(organisation=OrganisationFactory(name="Riverside"), is_simulated=False)
    UserFactory(username="someone", email="someone@example.org")
    found = contents()
    assert found.real_organisations == ("Riverside",)
    assert found.real_accounts == ("someone",)
    assert not found.only_simulated


def test_an_organisation_without_programmes_is_not_taken_for_simulated(db) -> None:
    OrganisationFactory(name="Being set up")
    assert contents().real_organisations == ("Being set up",)
