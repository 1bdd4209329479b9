"""A supervision is logged on a phone, the rhythm seen, a supervisor rated; everything by its label."""

import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from onmodel.supervision.models import Agreement, Meeting
from onmodel.supervisors.models import SupervisorRating
from tests import cast as cast_module
from tests import meetings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db):
    """With twelve weeks of supervision, two of which fell out."""
    cast = cast_module.assemble()
    today = timezone.localdate()
    for week in range(2, 14):
        day = today - datetime.timedelta(weeks=week)
        meeting = meetings.planned_meeting(cast, day=day, kind="group_supervision")
        held = week not in (5, 6)
        Meeting.objects.filter(pk=meeting.pk).update(
            state="held" if held else "not_held", reason="" if held else "holiday"
        )
    meetings.planned_meeting(cast, day=today, kind="group_supervision")
    return cast


@pytest.fixture
def sign_in(context, live_server, client, settings):
    def as_(user) -> None:
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        context.add_cookies([cookie])

    return as_


def test_a_meeting_is_logged_on_a_phone(
    cast, sign_in, page: Page, live_server, accessible, complaints
) -> None:
    sign_in(cast.supervisor)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/programmes/day-hospital/supervision/")
    page.locator(".chart svg").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page)
    page.get_by_role("link", name="Supervision of individual").first.click()
    expect(page.get_by_label("Tess Therapist")).to_be_checked()
    page.get_by_label("Tess Therapist").uncheck()
    page.get_by_label("What was it about?").fill("Stop and rewind")
    page.get_by_label("What is agreed?").first.fill("Bring a video")
    page.get_by_label("By whom?").first.select_option(label="Sam Supervisor")
    accessible(page)
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_role("alert").or_(page.locator(".field-error")).first).to_be_visible()
    expect(page.get_by_label("Tess Therapist")).not_to_be_checked()
    page.get_by_label("By when?").first.fill((timezone.localdate() + datetime.timedelta(weeks=1)).isoformat())
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_text("The meeting is logged.")).to_be_visible()
    accessible(page)
    agreement = Agreement.objects.get()
    assert (agreement.what, agreement.meeting.topics) == ("Bring a video", "Stop and rewind")
    assert all("422" in one for one in complaints)  # of the form that was refused once


def test_the_expert_rates_a_supervisor(
    cast, sign_in, page: Page, live_server, accessible, complaints
) -> None:
    sign_in(cast.expert)
    person = f"/programmes/day-hospital/supervision/supervisors/{cast.supervisor.pk}/"
    page.goto(f"{live_server.url}{person}")
    page.get_by_role("button", name="Begin").click()
    accessible(page)
    row = page.locator("fieldset[data-item=duties_1]")
    row.locator("input").first.focus()
    page.keyboard.press("6")
    page.locator("fieldset[data-item=overall] input[value='5']").check(force=True)
    expect(page.locator("[data-status]")).to_have_text("Saved")
    page.get_by_role("button", name="Submit the rating").click()
    expect(page.get_by_text("The rating is submitted")).to_be_visible()
    accessible(page)
    rating = SupervisorRating.objects.get()
    answers = dict(rating.assignment.answers.values_list("item", "value"))
    assert (answers["duties_1"], answers["overall"]) == (6.0, 5.0)
    assert complaints == []
