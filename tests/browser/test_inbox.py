"""The inbox by keyboard on a phone: a line that stands for several unfolds, and is marked as seen."""

import re

import pytest
from playwright.sync_api import Page, expect

from onmodel.monitoring.run import look
from tests.cast import PASSWORD, assemble
from tests.factories import InvolvementFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return assemble()


def sign_in(page: Page, live_server, username: str) -> None:
    page.goto(live_server.url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_by_keyboard_on_a_phone(page: Page, live_server, cast, accessible) -> None:
    for number in range(3):
        patient = PatientFactory(organisation=cast.organisation, pseudonym=f"M-{number}")
        treatment = TreatmentFactory(
            programme=cast.programme, patient=patient, team=cast.team, primary_clinician=cast.therapist
        )
        InvolvementFactory(treatment=treatment, therapist=cast.therapist)
    look(programme=cast.programme)
    page.set_viewport_size({"width": 390, "height": 800})
    sign_in(page, live_server, "therapist")
    page.get_by_role("link", name="All signals").click()
    line = page.locator("summary", has_text="No crisis plan")
    expect(line).to_contain_text("4 treatments")
    expect(page.get_by_role("link", name="M-2")).to_be_hidden()
    line.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("No crisis plan.*M-2"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    accessible(page)
    page.get_by_role("button", name=re.compile("All seen.*No crisis plan")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 signals are marked as seen.")).to_be_visible()
    expect(page.locator("summary", has_text="No crisis plan")).to_have_count(0)
