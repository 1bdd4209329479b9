"""A therapist gives a link, the patient opens it on a phone: a real browser, and no account."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD, assemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return assemble()


def test_from_the_therapist_to_the_patients_phone(
    page: Page, browser: Browser, live_server, cast, accessible, complaints
) -> None:
    page.goto(f"{live_server.url}/treatments/{cast.treatment.pk}/")
    page.get_by_label("User name").fill("therapist")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="The patient's own access").click()
    accessible(page)
    page.get_by_role("button", name="Make it").click()
    link = page.locator("#given code").inner_text()
    assert re.fullmatch(re.escape(live_server.url) + r"/my/code/#[2-9A-Z]{5}(-[2-9A-Z]{5}){3}", link)
    accessible(page)

    phone = browser.new_context(viewport={"width": 390, "height": 800}).new_page()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(link)
    expect(phone.locator("[name=code]")).to_have_value(link.partition("#")[2])
    expect(phone.locator("[name=code]")).to_be_hidden()
    assert phone.url == f"{live_server.url}/my/code/"
    accessible(phone)
    phone.get_by_role("button", name="Go on").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Nothing to fill in now")
    accessible(phone)
    phone.get_by_role("link", name="Your treatment and your course").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your treatment")
    accessible(phone)
    assert not any(link.partition("#")[2] in url.partition("#")[0] for url in asked)
    phone.get_by_role("button", name="Sign out").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("To your questionnaires")
    phone.context.close()
    assert complaints == []
