"""The end of a session in a real browser: a warning before it, and nothing typed is lost after it."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from onmodel.requirements.models import Attestation
from tests.cast import PASSWORD, assemble

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "We looked at every plan of this month."


@pytest.fixture
def cast(transactional_db, settings):
    settings.SESSION_IDLE_SECONDS = 8
    return assemble()


def sign_in(page: Page, username: str) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def form(page: Page, live_server, cast) -> Page:
    """The page of a requirement, with something typed."""
    address = live_server.url + reverse("requirement", args=[cast.programme.slug, "req_05_team_size"])
    page.goto(address)
    sign_in(page, "manager")
    page.wait_for_url(address)
    page.locator("#id_evidence").fill(TYPED)
    return page


def warning(page: Page):
    return page.get_by_role("dialog", name="Are you still there?")


def over(page: Page):
    return page.get_by_role("dialog", name="You were signed out")


def test_warns_and_a_sign_of_life_keeps_the_session(form: Page, accessible) -> None:
    expect(warning(form)).to_be_visible(timeout=10_000)
    accessible(form)
    form.get_by_role("button", name="Stay signed in").click()
    expect(warning(form)).to_be_hidden()
    expect(form.locator("#id_evidence")).to_have_value(TYPED)


def test_one_signs_in_again_in_another_tab_and_the_form_goes_on(form: Page, accessible, cast) -> None:
    expect(over(form)).to_be_visible(timeout=15_000)
    expect(form.locator("main")).to_be_hidden()
    accessible(form)
    with form.context.expect_page() as opened:
        form.get_by_role("link", name="Sign in again").click()
    other = opened.value
    sign_in(other, "manager")
    expect(other.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    other.close()
    expect(over(form)).to_be_hidden(timeout=10_000)
    expect(form.locator("#id_evidence")).to_have_value(TYPED)
    form.get_by_label("Yes").check()
    form.get_by_label("As of").fill("2026-01-05")
    form.locator("main").get_by_role("button", name="Keep my word on it").click()
    expect(form.get_by_role("heading", name="Attested")).to_be_visible()
    assert Attestation.objects.get().evidence == TYPED


def test_somebody_else_who_signs_in_does_not_get_the_form(form: Page, cast) -> None:
    expect(over(form)).to_be_visible(timeout=15_000)
    other = form.context.new_page()
    other.goto(form.url.split("/programmes/")[0] + "/sign-in/")
    sign_in(other, "supervisor")
    expect(form.locator("#session")).to_have_attribute(
        "data-who", other.locator("#session").get_attribute("data-who")
    )
    expect(form.locator("#id_evidence")).to_have_value("")


def test_a_form_sent_to_a_session_that_is_gone_comes_back_after_sign_in(form: Page) -> None:
    Session.objects.all().delete()
    form.evaluate("document.querySelector('#id_evidence').form.submit()")
    expect(form.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(form, "manager")
    expect(form.get_by_text("What you typed before you were signed out")).to_be_visible()
    expect(form.locator("#id_evidence")).to_have_value(TYPED)


def test_a_form_that_arrived_does_not_come_back(form: Page) -> None:
    address = form.url
    form.goto(address)
    expect(form.locator("#id_evidence")).to_have_value("")
    assert form.evaluate("Object.keys(sessionStorage).filter((name) => name.includes('draft')).length") == 0


def test_no_password_is_kept_in_the_browser(page: Page, live_server, cast) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    sign_in(page, "manager")
    page.goto(f"{live_server.url}/account/password/")
    for field in page.locator("main [type=password]").all():
        field.fill("a secret of mine")
    assert "a secret of mine" not in page.evaluate("JSON.stringify(sessionStorage)")
