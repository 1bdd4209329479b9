"""What is kept of absences, vacancies, time and places; what is refused, in plain words."""

import datetime
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from onmodel.programmes.actions import add_membership
from onmodel.programmes.models import Group
from onmodel.staffing import actions
from onmodel.staffing.models import Absence, TimeSpent, Vacancy

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 1)


def days(number):
    return datetime.timedelta(days=number)


def absent(cast, start=DAY, end=None, kind="sickness"):
    return actions.record_absence(
        programme=cast.programme,
        person=cast.therapist,
        kind=kind,
        starts_on=start,
        ends_on=end,
        by=cast.manager,
    )


def vacant(cast, **changes):
    given = {"position": "nurse", "hours_per_week": Decimal(24), "starts_on": DAY} | changes
    return actions.open_vacancy(programme=cast.programme, by=cast.manager, **given)


def test_an_absence_lasts_until_somebody_says_that_it_ended(cast):
    absence = absent(cast)
    assert absence.ends_on is None
    actions.end_absence(absence=absence, ends_on=DAY + days(9), by=cast.manager)
    again = actions.end_absence(absence=absence, ends_on=DAY + days(9), by=cast.manager)
    assert again.ends_on == DAY + days(9)
    with pytest.raises(ValidationError, match="ended on 10 Jun 2025 already"):
        actions.end_absence(absence=absence, ends_on=DAY + days(3), by=cast.manager)


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (DAY, DAY - days(1), "before it begins on 1 Jun 2025"),
        (datetime.date(2010, 1, 1), datetime.date(2010, 2, 1), "does not work here in that time"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(cast, start, end, said):
    with pytest.raises(ValidationError, match=said):
        absent(cast, start, end)
    assert not Absence.objects.exists()


def test_nobody_is_away_twice_at_once(cast):
    absent(cast, DAY, DAY + days(9))
    with pytest.raises(ValidationError, match="away from 1 Jun 2025 already"):
        absent(cast, DAY + days(9))
    absent(cast, DAY + days(10))


def test_an_absence_to_come_or_of_no_known_kind_is_refused(cast):
    with pytest.raises(ValidationError, match="still to come"):
        absent(cast, timezone.localdate() + days(1))
    with pytest.raises(ValidationError, match="influenza is not one of the choices"):
        absent(cast, kind="influenza")


def test_what_was_kept_by_mistake_counts_no_more_and_stays(cast):
    absence = absent(cast)
    actions.take_back(kept=absence, by=cast.manager)
    actions.take_back(kept=absence, by=cast.manager)
    assert Absence.objects.count() == 1
    assert not Absence.objects.standing().exists()
    with pytest.raises(ValidationError, match="taken back meanwhile"):
        actions.end_absence(absence=absence, ends_on=DAY, by=cast.manager)
    absent(cast)


@pytest.mark.parametrize("hours", ["-8", "0", "60.5", "200"])
def test_a_vacancy_has_hours_of_a_week(cast, hours):
    with pytest.raises(ValidationError, match="hours a week are not above 0 and at most 60"):
        vacant(cast, hours_per_week=Decimal(hours))


def test_a_vacancy_ends_after_it_begins_and_once(cast):
    vacancy = vacant(cast)
    with pytest.raises(ValidationError, match="before it begins"):
        actions.end_vacancy(vacancy=vacancy, ends_on=DAY - days(1), end="filled", by=cast.manager)
    with pytest.raises(ValidationError, match="not one of the choices"):
        actions.end_vacancy(vacancy=vacancy, ends_on=DAY, end="", by=cast.manager)
    actions.end_vacancy(vacancy=vacancy, ends_on=DAY + days(60), end="filled", by=cast.manager)
    with pytest.raises(ValidationError, match="already"):
        actions.end_vacancy(vacancy=vacancy, ends_on=DAY + days(61), end="withdrawn", by=cast.manager)


def test_a_vacancy_sent_twice_counts_once(cast):
    token = uuid.uuid4()
    assert vacant(cast, token=token) == vacant(cast, token=token)
    assert Vacancy.objects.count() == 1
    with pytest.raises(ValidationError, match="another programme"):
        actions.open_vacancy(
            programme=cast.other_programme,
            position="nurse",
            hours_per_week=Decimal(24),
            starts_on=DAY,
            by=cast.manager,
            token=token,
        )


@pytest.mark.parametrize(("worked", "direct"), [("0", "0"), ("-1", "0"), ("100", "101"), ("100", "-1")])
def test_time_with_patients_is_part_of_time_worked(cast, worked, direct):
    with pytest.raises(ValidationError, match="from 0 to as many as were worked"):
        actions.record_time_spent(
            programme=cast.programme,
            starts_on=DAY,
            ends_on=DAY,
            hours_worked=Decimal(worked),
            hours_with_patients=Decimal(direct),
            by=cast.manager,
        )


def test_a_period_is_kept_once(cast):
    given = {
        "programme": cast.programme,
        "hours_worked": Decimal(100),
        "hours_with_patients": Decimal(60),
        "by": cast.manager,
    }
    spent = actions.record_time_spent(starts_on=DAY, ends_on=DAY + days(30), **given)
    assert spent.percent == 60
    with pytest.raises(ValidationError, match="kept already"):
        actions.record_time_spent(starts_on=DAY + days(30), ends_on=DAY + days(60), **given)
    assert TimeSpent.objects.count() == 1


def test_places_of_a_group_of_this_programme_only(cast):
    group = Group.objects.create(team=cast.team, name="Monday", starts_on=DAY)
    given = {"programme": cast.programme, "starts_on": DAY, "by": cast.manager}
    first = actions.set_places(group=group, places=8, **given)
    assert actions.set_places(group=group, places=8, **given) == first
    with pytest.raises(ValidationError, match="from 1 to 30"):
        actions.set_places(group=group, places=0, **given)


def test_one_person_has_a_role_in_a_team_once_at_a_time(cast):
    given = {"user": cast.colleague, "programme": cast.programme, "by": None, "team": "New"}
    add_membership(role="therapist", starts_on=DAY + days(30), hours_per_week=10, **given)
    with pytest.raises(ValidationError, match="at the same time"):
        add_membership(role="therapist", starts_on=DAY, hours_per_week=10, **given)


def test_nobody_works_more_hours_than_a_week_has(cast):
    with pytest.raises(ValidationError, match="hours a week in all; at most 60"):
        add_membership(
            user=cast.therapist, programme=cast.programme, role="supervisor", hours_per_week=50, by=None
        )
    with pytest.raises(ValidationError, match="not from 0 to 60"):
        add_membership(
            user=cast.therapist, programme=cast.programme, role="supervisor", hours_per_week=-1, by=None
        )


# --- the page ---
def test_the_manager_keeps_it_all_on_one_page(cast, client):
    client.force_login(cast.manager)
    page = reverse("staffing-keep", args=[cast.programme.slug])
    send = {
        "absence-person": cast.therapist.pk,
        "absence-kind": "sickness",
        "absence-starts_on": "2025-06-01",
    }
    address = reverse("staffing-record", args=[cast.programme.slug, "absence"])
    assert client.post(address, send).status_code == 302
    absence = Absence.objects.get()
    assert cast.therapist.name in client.get(page).content.decode()
    end = reverse("staffing-end", args=[cast.programme.slug, "absence", absence.pk])
    assert client.post(end, {"ends_on": "2025-06-03"}).status_code == 302
    absence.refresh_from_db()
    assert absence.ends_on == datetime.date(2025, 6, 3)


def test_a_wrong_form_keeps_what_was_filled_in(cast, client):
    client.force_login(cast.manager)
    address = reverse("staffing-record", args=[cast.programme.slug, "absence"])
    send = {
        "absence-person": cast.therapist.pk,
        "absence-kind": "sickness",
        "absence-starts_on": "2025-06-05",
        "absence-ends_on": "2025-06-01",
    }
    response = client.post(address, send)
    assert response.status_code == 422
    page = response.content.decode()
    assert "before it begins on 5 Jun 2025" in page
    assert 'value="2025-06-05"' in page


def test_what_is_no_kind_of_record_is_not_found(cast, client):
    client.force_login(cast.manager)
    slug = cast.programme.slug
    assert client.post(reverse("staffing-record", args=[slug, "salary"])).status_code == 404
    absence = absent(cast)
    for name in ("staffing-end", "staffing-take-back"):
        assert client.post(reverse(name, args=[slug, "salary", absence.pk])).status_code == 404
        assert client.post(reverse(name, args=[slug, "vacancy", absence.pk])).status_code == 404
