"""Places, forecast and figures of a programme."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from onmodel.programmes.models import Group
from onmodel.staffing.figures import figures, hours_over_time, loads, training_levels
from onmodel.staffing.forecasting import Outlook
from onmodel.staffing.models import Absence, GroupSize, TimeSpent, Vacancy
from onmodel.staffing.record import Record
from tests.factories import MembershipFactory, PatientFactory, ProgrammeFactory, TeamFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
OPENED = datetime.date(2020, 1, 1)


@pytest.fixture
def programme():
    return ProgrammeFactory(opened_on=OPENED)


def clinician(programme, hours, **more):
    return MembershipFactory(
        programme=programme, position="primary_clinician", hours_per_week=hours, starts_on=OPENED, **more
    )


def outlook(programme):
    return Outlook(Record(programme), timezone.localdate())


def history(programme, count=60):
    """One patient each half month for two years and a half; each stays ten months."""
    today = timezone.localdate()
    for number in range(count):
        start = today - datetime.timedelta(days=15 * (number + 1))
        end = start + datetime.timedelta(days=300)
        ended = {"ended_on": end, "end_kind": "completed"} if end <= today else {}
        patient = PatientFactory(organisation=programme.organisation)
        TreatmentFactory(
            programme=programme,
            patient=patient,
            referred_on=start - datetime.timedelta(days=20),
            started_on=start,
            **ended,
        )


def test_places_go_with_hours(programme):
    """18 patients at 24 hours: 18 + 18 x 12 / 24 = 27; more hours give no more than 18."""
    clinician(programme, 32)
    clinician(programme, 12)
    assert outlook(programme).places().total == 27


def test_what_if_somebody_comes_or_leaves(programme):
    clinician(programme, 24)
    leaver = clinician(programme, 24)
    assert outlook(programme).places(more_hours=16).total == 48  # 36 + 18 x 16 / 24
    assert outlook(programme).places(without=leaver.user_id).total == 18


def test_who_is_away_gives_no_places(programme):
    ill = clinician(programme, 24)
    Absence.objects.create(programme=programme, person=ill.user, kind="sickness", starts_on=OPENED)
    found = outlook(programme).places()
    assert (found.total, found.away) == (0, 1)


def test_hours_that_are_not_known_leave_the_places_unknown(programme):
    clinician(programme, None)
    found = outlook(programme).places()
    assert (found.total, found.why) == (None, "hours")


def test_a_pack_without_the_standards_tells_no_places():
    programme = ProgrammeFactory(pack="generic")
    assert outlook(programme).places().why == "standards"


def test_the_year_to_come(programme):
    """Some 24 come in a year and stay ten months: about 20 in treatment, and room for 36."""
    clinician(programme, 24)
    clinician(programme, 24)
    history(programme)
    mine = outlook(programme)
    found, why = mine.forecast(mine.places())
    assert why == ""
    assert 12 * found.rate.middle == pytest.approx(365.25 / 15, abs=1.0)
    assert found.mean_stay.middle == pytest.approx(300 / 30.4375, abs=0.05)
    last = found.months[-1].caseload
    assert last.low <= 20 <= last.high


def test_too_little_is_said(programme):
    clinician(programme, 24)
    history(programme, 5)
    mine = outlook(programme)
    assert mine.forecast(mine.places()) == (None, "arrivals")


def test_who_was_declined_is_not_expected(programme):
    patient = PatientFactory(organisation=programme.organisation)
    today = timezone.localdate()
    TreatmentFactory(
        programme=programme,
        patient=patient,
        referred_on=today - datetime.timedelta(days=30),
        started_on=None,
        ended_on=today,
        end_kind="transferred",
    )
    assert (outlook(programme).known.arrivals, outlook(programme).known.waiting) == (0, 0)


def test_the_page_compares_what_is_and_what_if(programme, client, cast):
    clinician(cast.programme, 24)
    cast.programme.opened_on = OPENED
    cast.programme.save()
    history(cast.programme)
    client.force_login(cast.manager)
    address = reverse("forecast", args=[cast.programme.slug])
    assert "As it is, and what if" not in client.get(address).content.decode()
    assert "As it is, and what if" in client.get(address, {"more_hours": "24"}).content.decode()
    wrong = client.get(address, {"more_hours": "-3", "without": "nobody"})
    assert wrong.status_code == 200
    assert "As it is, and what if" not in wrong.content.decode()


def test_figures_say_what_is_not_known(programme):
    found = {one.name: one for one in figures(Record(programme), timezone.localdate())}
    assert found["direct_contact"].why == "time_spent"
    assert found["vacant_hours"].value is None
    assert found["occupancy"].value is None
    assert found["sickness"].why == "absences"
    assert found["therapist_hours"].value is None


def test_figures_stand_against_the_standard(programme):
    today = timezone.localdate()
    MembershipFactory(programme=programme, role="supervisor", hours_per_week=10)
    TimeSpent.objects.create(
        programme=programme,
        starts_on=today - datetime.timedelta(days=90),
        ends_on=today,
        hours_worked=1000,
        hours_with_patients=620,
    )
    Vacancy.objects.create(programme=programme, position="nurse", hours_per_week=24, starts_on=OPENED)
    Vacancy.objects.create(
        programme=programme, position="nurse", hours_per_week=8, starts_on=OPENED, ends_on=today, end="filled"
    )
    found = {one.name: one for one in figures(Record(programme), today)}
    assert (found["supervisor_hours"].value, found["supervisor_hours"].inside) == (10.0, False)
    assert (found["direct_contact"].value, found["direct_contact"].inside) == (62.0, True)
    assert (found["vacant_hours"].value, found["vacant_hours"].n) == (24.0, 1)


def test_hours_over_time_follow_the_memberships(programme):
    team = TeamFactory(programme=programme, name="A")
    today = timezone.localdate()
    MembershipFactory(programme=programme, team=team, hours_per_week=20)
    MembershipFactory(programme=programme, team=team, hours_per_week=None)
    left = today - datetime.timedelta(days=400)
    MembershipFactory(programme=programme, team=team, hours_per_week=30, ends_on=left)
    months = hours_over_time(Record(programme), today)
    assert months[0].hours == 50
    assert (months[-1].hours, months[-1].people, months[-1].unknown) == (20, 2, 1)
    assert all(one.day.day == 1 for one in months)


def test_loads_and_levels_are_of_today(programme):
    here = MembershipFactory(programme=programme, training="a")
    MembershipFactory(programme=programme, user=here.user, role="supervisor", training="D")
    MembershipFactory(programme=programme, ends_on=OPENED, starts_on=OPENED)
    today = timezone.localdate()
    Absence.objects.create(programme=programme, person=here.user, kind="leave", starts_on=OPENED)
    assert training_levels(Record(programme), today) == {"d": 1}
    assert {one.is_away for one in loads(Record(programme), today)} == {True}


def test_the_page_of_staffing(cast, client):
    group = Group.objects.create(team=cast.team, name="Monday", starts_on=OPENED)
    GroupSize.objects.create(programme=cast.programme, group=group, places=8, starts_on=OPENED)
    client.force_login(cast.manager)
    page = client.get(reverse("staffing", args=[cast.programme.slug])).content.decode()
    assert "Monday" in page
    assert "vacancies are not kept here" in page
