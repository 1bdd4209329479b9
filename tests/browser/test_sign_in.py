"""Signing in with a second factor in a real browser: an app's code, and a passkey of a virtual key."""

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD, assemble
from tests.sign_in import SECRET, code_of, give_app

pytestmark = pytest.mark.django_db(transaction=True)

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def cast(transactional_db):
    return assemble()


@pytest.fixture
def site(live_server) -> str:
    """By name: browsers know no passkeys at a bare address."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def key(page: Page):
    """A virtual security key in the browser."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return browser


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/sign-in/")
    page.get_by_label("User name").fill("manager")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator("[data-menu] > summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_the_code_of_an_app(page: Page, site, cast, accessible, complaints) -> None:
    give_app(cast.manager)
    sign_in(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    accessible(page)
    page.get_by_label("Code").fill(code_of(SECRET))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Mia Manager")
    assert complaints == []


def test_sets_up_an_app_because_the_work_asks_for_it(page: Page, site, cast, settings, accessible) -> None:
    settings.REQUIRE_MFA = True
    sign_in(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your sign-in")
    accessible(page)
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="Picture for the authenticator app")).to_be_visible()
    accessible(page)
    page.get_by_label("code").fill(code_of(page.locator("code.code-block").inner_text()))
    page.get_by_role("button", name="Use this app").click()
    expect(page.locator(".codes li")).to_have_count(10)
    accessible(page)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Mia Manager")


def test_a_passkey_signs_in_alone(page: Page, site, cast, key, complaints) -> None:
    sign_in(page, site)
    page.goto(f"{site}/account/passkeys/add/")
    page.get_by_label("Name of this passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto(f"{site}/account/")
    expect(page.get_by_text("My laptop,")).to_be_visible()
    sign_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Mia Manager")
    assert complaints == []


def test_a_passkey_as_the_second_step(page: Page, site, cast, key) -> None:
    sign_in(page, site)
    page.goto(f"{site}/account/passkeys/add/")
    page.get_by_label("Sign in with it alone").uncheck()
    page.get_by_role("button", name="Add a passkey").click()
    sign_out(page)
    sign_in(page, site)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome, Mia Manager")


def test_no_passkey_says_so_in_the_page(page: Page, site, cast, key) -> None:
    sign_in(page, site)
    page.goto(f"{site}/account/passkeys/add/")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('no key')); }")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("No passkey came.")).to_be_visible()
