"""An absence and a vacancy are kept on a phone; the year to come and the signs of trouble are read."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from onmodel.programmes.actions import record_event
from onmodel.programmes.models import Membership
from onmodel.requirements.actions import keep_standings
from onmodel.staffing.models import Absence, Vacancy
from tests import cast as cast_module
from tests.factories import PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db(transaction=True)
OPENED = datetime.date(2020, 1, 1)


@pytest.fixture
def cast(db):
    """A programme of some years, with patients enough to tell of the year to come."""
    cast = cast_module.assemble()
    cast.programme.opened_on = OPENED
    cast.programme.save()
    Membership.objects.filter(user=cast.therapist).update(position="primary_clinician")
    today = timezone.localdate()
    for number in range(40):
        start = today - datetime.timedelta(days=20 * (number + 1))
        end = start + datetime.timedelta(days=300)
        TreatmentFactory(
            programme=cast.programme,
            patient=PatientFactory(organisation=cast.organisation),
            referred_on=start - datetime.timedelta(days=20),
            started_on=start,
            **({"ended_on": end, "end_kind": "completed"} if end <= today else {}),
        )
    record_event(
        programme=cast.programme,
        kind="reorganisation",
        happened_on=today - datetime.timedelta(days=400),
        by=cast.manager,
    )
    keep_standings(programme=cast.programme, on=today - datetime.timedelta(days=90), by=None)
    return cast


@pytest.fixture
def manager(context, live_server, client, settings, cast):
    client.force_login(cast.manager)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return cast.manager


def test_absence_and_vacancy_are_kept_on_a_phone(page: Page, live_server, cast, manager, accessible) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/programmes/day-hospital/staffing/keep/")
    accessible(page)
    page.get_by_label("Who?").select_option(label=cast.therapist.name)
    page.get_by_label("First day").first.fill("2025-06-01")
    page.get_by_role("button", name="Keep it").nth(0).click()
    expect(page.get_by_text("It is kept.")).to_be_visible()
    page.get_by_label("As what?").select_option(index=0)
    page.get_by_label("Hours a week").fill("24")
    page.get_by_label("Open since").fill("2025-06-01")
    page.get_by_role("button", name="Keep it").nth(1).click()
    expect(page.get_by_text("It is kept.")).to_be_visible()
    assert Absence.objects.get().person == cast.therapist
    assert Vacancy.objects.get().hours_per_week == 24


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("staffing/", "Hours of the therapists, by team"),
        ("staffing/forecast/?more_hours=24", "Weeks until there is a place, for who comes then"),
        ("signs/", "How this is judged"),
        ("requirements/over-time/", "Met or not, over time"),
    ],
)
def test_the_pictures_can_be_read_by_everybody(
    page: Page, live_server, manager, accessible, path, says
) -> None:
    page.goto(f"{live_server.url}/programmes/day-hospital/{path}")
    expect(page.get_by_role("heading", name=says).first).to_be_visible()
    accessible(page)
