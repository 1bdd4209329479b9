"""The simulated service in the database: complete, labelled, apart from real records."""

import datetime
import statistics

import pytest
from django.db import connection, transaction
from django.db.models import Avg, Count, F, Sum
from django.utils import timezone

from onmodel.access.permissions import Permission, roles_with
from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment, Score
from onmodel.demonstration.guard import contents
from onmodel.demonstration.load import Loaded, load_demonstration
from onmodel.demonstration.signins import PASSWORD, SIGN_INS
from onmodel.demonstration.staff import EMAIL_DOMAIN
from onmodel.patients.models import Identity, Patient, Phase, Treatment
from onmodel.pirs.models import Pir, Question, Recommendation
from onmodel.pirs.years import frozen_reports, series_of
from onmodel.process.models import Incident, Plan
from onmodel.programmes.models import Membership, Organisation, Programme
from onmodel.requirements.models import Attestation
from onmodel.selfcheck.models import SelfCheck
from onmodel.signals.models import Signal
from onmodel.staffing.charted import look_at_signs, settings_of
from onmodel.teams.models import MemberRound
from onmodel.web.views.inbox import inbox_for
from tests.factories import OrganisationFactory, ProgrammeFactory, UserFactory

TODAY = datetime.date(2026, 11, 2)


PATIENTS = 200
#: Of the inbox, for one person.
MOST_LINES = 10
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Loaded once for this module and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = load_demonstration(today=TODAY, patients=PATIENTS)
        connection.check_constraints()  # here once: else PostgreSQL does it after each test
        yield made
        transaction.set_rollback(True)


def test_a_service_of_the_sources_shape(loaded: Loaded) -> None:
    assert (loaded.programmes, loaded.therapists, loaded.patients) == (6, 80, PATIENTS)
    therapists = Membership.objects.in_force(TODAY).filter(role="therapist")
    assert therapists.values("user").distinct().count() == 80
    assert Patient.objects.count() == Identity.objects.count() == Treatment.objects.count() == PATIENTS
    answered = Assignment.objects.answered()
    assert answered.count() == loaded.forms
    assert Signal.objects.count() == loaded.signals > 0


def test_everything_is_labelled_as_simulated(loaded: Loaded) -> None:
    assert not Programme.objects.exclude(is_simulated=True).exists()
    assert not Programme.objects.exclude(name__endswith="(simulated)").exists()
    assert not Organisation.objects.exclude(name__endswith="(simulated)").exists()
    assert not User.objects.exclude(email__endswith=f"@{EMAIL_DOMAIN}").exists()
    assert all(identity.sealed["record_number"].startswith("SIM-") for identity in Identity.objects.all())


def test_terms_and_instruments_are_those_of_the_pack(loaded: Loaded) -> None:
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


def test_teams_are_seen_by_both_sides_and_one_therapist_looked_at_the_own_work(loaded: Loaded) -> None:
    """Members' answers are counts; self-checks are simulated of the therapist of the sign-ins alone."""
    rounds = MemberRound.objects.shown(TODAY)
    assert rounds.exists()
    for round_ in rounds[:5]:
        counted = round_.tallies.filter(item="reliability").aggregate(n=Sum("n"))["n"]
        assert counted == round_.answered
    assert {one.therapist.username for one in SelfCheck.objects.all()} == {"therapist"}
    assert SelfCheck.objects.filter(shared_on=None).exists()
    assert Score.objects.known().filter(assignment__subject_kind="team", scale="TEAM").exists()


def test_worklists_have_something(loaded: Loaded) -> None:
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


def test_six_signed_reports_tell_how_a_programme_fell_and_recovered(loaded: Loaded) -> None:
    """What was frozen: one half-year before the reorganisation, three in it, two after it."""
    pirs = Pir.objects.filter(programme__slug="zuiderhof-intensive-outpatient").order_by("start")
    assert pirs.frozen().count() == pirs.count() == 6
    reports = frozen_reports(pirs, "en")
    assert all(report.simulated for report in reports.values())
    told = {
        one.name: [figure and figure.value for figure in one.figures]
        for one in series_of(list(reports.values()))
    }
    before, falling, *fallen, rising, after = told["Overall adherence"]
    assert before > 5.0 > falling > max(fallen)
    assert max(fallen) < 3.0 < rising < 4.5
    assert after > 5.0
    turnover, sick = told["Turnover of staff"], told["Sickness absence"]
    assert max(turnover) == turnover[1] > 20.0
    assert max(sick) in sick[1:4]
    assert sick[-1] < 5.0
    open_ = told["signals open at the end"]
    assert max(open_) in open_[2:4]
    assert Pir.objects.exclude(programme__slug="zuiderhof-intensive-outpatient").count() == 0


def test_recommendations_are_followed_from_report_to_report(loaded: Loaded) -> None:
    """The hours of the supervisor: not begun, under way, done."""
    hours = Recommendation.objects.get(what__startswith="Give supervision its eighteen hours")
    assert [fate.became for fate in hours.fates.all()] == ["not_begun", "under_way", "done"]
    assert Question.objects.filter(answered_at=None).count() == 1


def test_requirements_fail_where_the_service_was_reorganised(loaded: Loaded) -> None:
    requirements = Signal.objects.unsettled().filter(treatment__isnull=True, due_on__isnull=True)
    requirements = requirements.exclude(rule__startswith="adherence_drift")
    requirements = requirements.exclude(
        rule__in=("requirement_changed", "sign_beyond_limits", "climate", "pir_question_waits")
    )
    assert set(requirements.values_list("programme__slug", flat=True)) == {"maasoever-day-hospital"}
    rules = set(requirements.values_list("rule", flat=True))
    assert {"team_size", "supervisor_hours", "therapist_hours"} <= rules


def test_only_the_reorganised_programmes_had_a_climate(loaded: Loaded) -> None:
    """About a reorganisation; four other programmes in eleven quarters have none."""
    found = set()
    for programme in Programme.objects.all():
        signs = look_at_signs(programme, TODAY, settings_of(programme))
        found |= {(programme.slug, q.year) for q, climate in signs.climates.items() if climate.is_climate}
    where = {slug for slug, _year in found}
    assert "maasoever-day-hospital" in where <= {"maasoever-day-hospital", "zuiderhof-intensive-outpatient"}


def test_nobody_gets_more_signals_than_they_can_read(loaded: Loaded) -> None:
    """Lines of the inbox, for each of the staff who see signals; docs/signals.md prints the numbers."""
    staff = User.objects.filter(memberships__role__in=roles_with(Permission.SIGNALS_VIEW)).distinct()
    lines = sorted(inbox_for(user).alike().count() for user in staff)
    assert lines[-1] <= MOST_LINES
    assert statistics.median(lines) <= 1


def test_signals_have_a_history(loaded: Loaded) -> None:
    signals = Signal.objects.all()
    assert signals.filter(opened_at__date__lt=TODAY - datetime.timedelta(days=182)).exists()
    assert set(signals.values_list("state", flat=True)) >= {"open", "acknowledged", "closed"}
    assert not signals.filter(closed_at__lt=F("opened_at")).exists()
    assert not signals.filter(acknowledged_at__lt=F("opened_at")).exists()
    assert not signals.filter(opened_at__gt=timezone.now()).exists()


def test_each_attestation_has_an_earlier_one(loaded: Loaded) -> None:
    ages = Attestation.objects.values("programme", "standard").annotate(n=Count("id"))
    assert set(ages.values_list("n", flat=True)) == {3, 7}  # 7 where three years are reported


def test_only_simulated_records_count_as_simulated(loaded: Loaded) -> None:
    assert contents().only_simulated
    assert contents().simulated
    ProgrammeFactory(organisation=OrganisationFactory(name="Riverside"), is_simulated=False)
    UserFactory(username="someone", email="someone@example.org")
    found = contents()
    assert found.real_organisations == ("Riverside",)
    assert found.real_accounts == ("someone",)
    assert not found.only_simulated
