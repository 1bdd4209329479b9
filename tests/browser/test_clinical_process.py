"""Plans and assessments in a real browser: written with the patient, found where they are needed."""

import datetime

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from onmodel.process.course.actions import take_part
from tests.cast import PASSWORD, assemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    made = assemble()
    day = datetime.date(2025, 2, 1)
    take_part(treatment=made.treatment, component="group", starts_on=day, by=made.therapist)
    return made


def test_a_crisis_plan_is_written_and_reached_in_two_clicks(page: Page, live_server, cast, accessible):
    page.goto(live_server.url + reverse("plans", args=[cast.treatment.pk]))
    page.get_by_label("User name").fill("therapist")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    accessible(page)
    page.get_by_role("row", name="Crisis plan").get_by_role("button").click()
    page.get_by_label("What I try to do myself in a crisis").fill("Walk to the river")
    accessible(page)
    page.get_by_role("button", name="Keep it").click()
    for party in ("the patient", "the team"):
        page.get_by_label("Who agreed?").select_option(party)
        page.get_by_role("button", name="Keep the agreement").click()
    expect(page.get_by_text("agreed by patient and team")).to_be_visible()
    accessible(page)
    page.goto(live_server.url + reverse("treatment", args=[cast.treatment.pk]))
    expect(
        page.get_by_role("img", name="of treatment").or_(page.locator(".timeline-drawing"))
    ).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Crisis plan").click()
    expect(page.get_by_text("Walk to the river")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Crisis plans").click()
    expect(page.get_by_role("link", name="P-1001")).to_be_visible()


def test_an_assessment_is_filled_in_and_seen_on_the_checklist(page: Page, live_server, cast, accessible):
    page.goto(live_server.url + reverse("assessment", args=[cast.treatment.pk]))
    page.get_by_label("User name").fill("therapist")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    accessible(page)
    page.get_by_role("row", name="Mentalizing profile").get_by_role("link").click()
    page.get_by_label("Is curious about own thoughts and feelings: evidence").select_option("Weak")
    page.get_by_label("Self and other").select_option("rather self")
    accessible(page)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Kept; not complete yet.")).to_be_visible()
    expect(page.locator(".evidence-drawing")).to_be_visible()
    accessible(page)
    page.goto(live_server.url + reverse("assessment-keep", args=[cast.treatment.pk, "relationships"]))
    page.get_by_label("Who").first.fill("Sister")
    page.get_by_label("What of this may return in treatment").fill("Leaves before being left")
    accessible(page)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("1 person around the patient.")).to_be_visible()
    accessible(page)
    page.goto(live_server.url + reverse("checklist", args=[cast.treatment.pk]))
    tracers = page.get_by_role("row", name="Transference tracers")
    expect(tracers.get_by_role("cell", name="Done", exact=True)).to_be_visible()
    accessible(page)
    page.goto(live_server.url + reverse("checklists", args=[cast.programme.slug]))
    accessible(page)
