"""Signs of trouble, counted from records; their limits, the climate, and the signals about both."""

import datetime
from dataclasses import replace

import pytest
from django.urls import reverse

from onmodel.library import load
from onmodel.patients.models import GroupPlace
from onmodel.process.models import Incident
from onmodel.programmes.actions import record_event
from onmodel.programmes.models import Group
from onmodel.staffing import signs
from onmodel.staffing.charted import look_at_signs, settings_of
from onmodel.staffing.detectors import sign_beyond_limits, weak_signs
from onmodel.staffing.models import Absence, GroupSize, Vacancy
from onmodel.staffing.quarters import Quarter, complete_quarters, quarter_of
from onmodel.staffing.record import Record
from onmodel.supervision.models import Meeting
from tests.factories import (
    MembershipFactory,
    PatientFactory,
    ProgrammeFactory,
    TeamFactory,
    TreatmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
START, END = datetime.date(2025, 4, 1), datetime.date(2025, 6, 30)
LONG_AGO = datetime.date(2020, 1, 1)


@pytest.fixture
def programme():
    return ProgrammeFactory(opened_on=LONG_AGO)


def counted(sign, programme):
    return sign(Record(programme), START, END)


def treated(programme, **dates):
    patient = PatientFactory(organisation=programme.organisation)
    return TreatmentFactory(programme=programme, patient=patient, **dates)


# --- quarters ---
def test_quarters_are_those_of_the_calendar():
    quarter = quarter_of(datetime.date(2025, 12, 31))
    assert quarter == Quarter(2025, 4)
    assert (quarter.start, quarter.end) == (datetime.date(2025, 10, 1), datetime.date(2025, 12, 31))
    assert quarter.next == Quarter(2026, 1)


def test_only_whole_quarters_count_and_the_last_ones():
    first, last = datetime.date(2024, 1, 2), datetime.date(2025, 6, 29)
    found = complete_quarters(first, last, most=3)
    assert found == [Quarter(2024, 3), Quarter(2024, 4), Quarter(2025, 1)]
    assert complete_quarters(first, datetime.date(2024, 3, 31), most=3) == []


# --- each sign ---
def test_turnover_counts_who_left_and_not_who_changed_team(programme):
    one, other = TeamFactory(programme=programme), TeamFactory(programme=programme)
    left = datetime.date(2025, 5, 1)
    MembershipFactory(programme=programme, team=one, ends_on=left)
    mover = UserFactory()
    MembershipFactory(programme=programme, team=one, user=mover, ends_on=left)
    MembershipFactory(programme=programme, team=other, user=mover, starts_on=left)
    MembershipFactory.create_batch(2, programme=programme, team=one)
    MembershipFactory(programme=programme, team=one, ends_on=datetime.date(2025, 3, 1))  # before
    found = counted(signs.turnover, programme)
    assert (found.events, found.n, found.value) == (1, 4, 25.0)


def test_sickness_is_a_share_of_the_staffs_days(programme):
    """Two people, 91 days each; 20 + 8 sick in these days: 28 of 182 = 15.4 %."""
    ill, _well = (MembershipFactory(programme=programme) for _ in range(2))
    assert counted(signs.sickness_absence, programme).why == "absences"
    for start, end in (("2025-05-01", "2025-05-20"), ("2025-06-23", None)):
        Absence.objects.create(
            programme=programme, person=ill.user, kind="sickness", starts_on=start, ends_on=end
        )
    Absence.objects.create(
        programme=programme, person=ill.user, kind="leave", starts_on="2025-04-01", ends_on="2025-04-09"
    )
    found = counted(signs.sickness_absence, programme)
    assert found.value == pytest.approx(100 * 28 / 182)
    assert found.n == 2


def test_vacancies_are_unknown_until_one_was_kept(programme):
    assert counted(signs.vacancies, programme).value is None
    for day in ("2024-01-01", "2025-04-01", "2025-06-30"):
        Vacancy.objects.create(programme=programme, position="nurse", hours_per_week=24, starts_on=day)
    assert counted(signs.vacancies, programme).events == 2


def test_places_taken_are_patient_days_of_place_days(programme):
    """8 places x 91 days; one patient all the time, one for 30 days: 121 of 728."""
    group = Group.objects.create(team=TeamFactory(programme=programme), name="A", starts_on=LONG_AGO)
    assert counted(signs.under_capacity, programme).why == "places"
    GroupSize.objects.create(programme=programme, group=group, places=8, starts_on=LONG_AGO)
    for start, end in (("2025-01-01", None), ("2025-06-01", None)):
        GroupPlace.objects.create(treatment=treated(programme), group=group, starts_on=start, ends_on=end)
    found = counted(signs.under_capacity, programme)
    assert found.value == pytest.approx(100 * 121 / 728)


def test_the_largest_of_two_sizes_is_not_taken_but_the_latest(programme):
    group = Group.objects.create(team=TeamFactory(programme=programme), name="A", starts_on=LONG_AGO)
    for places, day in ((12, LONG_AGO), (4, START)):
        GroupSize.objects.create(programme=programme, group=group, places=places, starts_on=day)
    GroupPlace.objects.create(treatment=treated(programme), group=group, starts_on=LONG_AGO)
    assert counted(signs.under_capacity, programme).value == 25.0


def test_waiting_time_is_the_middle_of_those_who_started(programme):
    for weeks in (2, 4, 12):
        start = datetime.date(2025, 5, 1)
        treated(programme, referred_on=start - datetime.timedelta(weeks=weeks), started_on=start)
    treated(programme, referred_on=None, started_on=START)
    found = counted(signs.waiting_time, programme)
    assert (found.value, found.n) == (4.0, 3)


def test_incidents_are_unknown_where_none_was_ever_kept(programme):
    treated(programme, started_on=datetime.date(2025, 1, 1))
    sign = signs.COUNTS["suicide_attempts"]
    assert counted(sign, programme).why == "incidents"
    Incident.objects.create(programme=programme, kind="complaint", happened_on=datetime.date(2024, 1, 1))
    found = counted(sign, programme)
    assert found.value == 0
    assert found.size == pytest.approx(91 / 365.25)  # one patient's quarter, in years


def test_drop_out_is_a_share_of_those_who_ended(programme):
    for kind in ("drop_out", "completed", "push_out"):
        treated(programme, ended_on=datetime.date(2025, 5, 1), end_kind=kind)
    found = counted(signs.COUNTS["drop_out"], programme)
    assert (found.events, found.n) == (1, 3)


def test_the_first_manager_is_no_change(programme):
    MembershipFactory(programme=programme, role="manager", ends_on=datetime.date(2025, 4, 30))
    MembershipFactory(programme=programme, role="manager", starts_on=datetime.date(2025, 5, 1))
    assert counted(signs.change_of_manager, programme).value == 1
    assert signs.change_of_manager(Record(programme), LONG_AGO, LONG_AGO).value == 0


def test_a_split_is_known_by_events_only(programme):
    sign = signs.COUNTS["splits"]
    assert counted(sign, programme).why == "events"
    record_event(programme=programme, kind="turnover", happened_on=START, by=None)
    assert counted(sign, programme).value == 0
    record_event(programme=programme, kind="split", happened_on=START, by=None)
    assert counted(sign, programme).value == 1


def test_meetings_of_which_nobody_said_anything_do_not_count(programme):
    for state in ("held", "held", "not_held", "planned"):
        reason = "holiday" if state == "not_held" else ""
        Meeting.objects.create(programme=programme, kind="intervision", day=START, state=state, reason=reason)
    found = counted(signs.missed_meetings, programme)
    assert (found.events, found.n) == (1, 3)


def test_roles_are_looked_for_in_each_team_or_once(programme):
    one, two = TeamFactory(programme=programme), TeamFactory(programme=programme)
    for team in (one, two):
        MembershipFactory(programme=programme, team=team, position="primary_clinician")
    MembershipFactory(programme=programme, team=one, position="psychiatrist")
    MembershipFactory(programme=programme, role="supervisor", position="mbt_supervisor")
    found = counted(signs.unmet_roles, programme)
    # needed: supervisor, manager, and in two teams psychiatrist and primary clinician; not there: two of six
    assert (found.events, found.n) == (2, 6)


def test_each_sign_of_the_pack_is_counted():
    listed = {term.id for term in load("mbt").terms[signs.SIGNS].terms}
    assert listed == set(signs.COUNTS)
    assert len(listed) == 16


# --- limits and climate ---
@pytest.fixture
def quiet(programme):
    """Eight quiet quarters, two years of 2022 and 2023; a patient and four therapists all along."""
    programme.opened_on = datetime.date(2022, 1, 1)
    programme.save()
    team = TeamFactory(programme=programme)
    for _ in range(4):
        MembershipFactory(programme=programme, team=team, starts_on=programme.opened_on)
    treated(programme, started_on=programme.opened_on)
    Incident.objects.create(programme=programme, kind="other", happened_on=programme.opened_on)
    Vacancy.objects.create(
        programme=programme, position="nurse", hours_per_week=8, starts_on=programme.opened_on
    )
    record_event(programme=programme, kind="other_event", happened_on=programme.opened_on, by=None)
    return programme


DAY = datetime.date(2024, 4, 2)


def trouble(programme, day=datetime.date(2024, 2, 1)):
    for kind in ("reorganisation", "split"):
        record_event(programme=programme, kind=kind, happened_on=day, by=None)
    for kind in ("complaint", "aggression"):
        Incident.objects.create(programme=programme, kind=kind, happened_on=day)


def test_a_quiet_quarter_is_no_climate(quiet):
    found = look_at_signs(quiet, DAY, settings_of(quiet))
    assert found.quarters[-1] == Quarter(2024, 1)
    assert list(found.climates) == [Quarter(2024, 1)]
    assert found.climates[Quarter(2024, 1)].weak == 0


def test_several_signs_each_of_them_small_are_a_signal(quiet):
    trouble(quiet)
    (rule,) = (rule for rule in quiet.definitions.all_rules() if rule.id == "climate")
    (finding,) = weak_signs(quiet, rule, DAY)
    assert finding.evidence["found"] >= finding.evidence["needed"] == 4
    assert "reorganisation" in finding.evidence["signs"]
    (alone,) = (rule for rule in quiet.definitions.all_rules() if rule.id == "sign_beyond_limits")
    assert not list(sign_beyond_limits(quiet, alone, DAY)), "each alone is no alarm"


def test_three_of_them_are_none(quiet):
    record_event(programme=quiet, kind="split", happened_on=datetime.date(2024, 2, 1), by=None)
    (rule,) = (rule for rule in quiet.definitions.all_rules() if rule.id == "climate")
    assert not list(weak_signs(quiet, rule, DAY))


def test_one_sign_far_beyond_its_limits_is_a_signal_by_itself(quiet):
    for number in range(6):
        Vacancy.objects.create(
            programme=quiet, position="nurse", hours_per_week=8, starts_on=datetime.date(2024, 2, 1 + number)
        )
    (rule,) = (rule for rule in quiet.definitions.all_rules() if rule.id == "sign_beyond_limits")
    (finding,) = sign_beyond_limits(quiet, rule, DAY)
    assert (finding.key, finding.evidence["found"]) == ("vacancies", 6.0)


def test_without_quarters_enough_there_are_no_limits_and_no_climate(quiet):
    few = look_at_signs(quiet, datetime.date(2022, 8, 1), settings_of(quiet))
    assert {one.why for one in few.charted if one.term.id == "turnover"} == {"few"}
    assert few.climates == {}


def test_a_new_baseline_begins_the_quarters_anew(quiet):
    record_event(programme=quiet, kind="new_baseline", happened_on=datetime.date(2023, 1, 1), by=None)
    found = look_at_signs(quiet, DAY, settings_of(quiet))
    assert found.quarters[0] == Quarter(2023, 1)


def test_settings_are_the_packs(quiet):
    settings = settings_of(quiet)
    assert replace(settings, baseline=4).baseline == 4
    assert (settings.baseline, settings.chance, settings.most) == (8, 0.125, 0.05)


def test_the_limits_of_a_count_are_exact(quiet):
    """One vacancy in eight quarters: the rate is 1/8 a quarter; P(at most 2) = 0.99973, P(at most 1) =
    0.99281, so the upper limit of the chances of three SDs (0.99865) lies between 1 and 2."""
    found = look_at_signs(quiet, DAY, settings_of(quiet))
    (vacancies,) = (one for one in found.charted if one.term.id == "vacancies")
    assert 1 < vacancies.last.upper < 2
    assert vacancies.centre == pytest.approx(1 / 8)


def test_the_page_shows_all_and_how_they_stand(cast, client):
    client.force_login(cast.manager)
    page = client.get(reverse("signs", args=[cast.programme.slug]))
    assert page.status_code == 200
