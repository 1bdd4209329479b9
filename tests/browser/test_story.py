"""A manager signs in, opens the programme, reads the report and takes it along as a PDF."""

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from onmodel.monitoring.run import look
from onmodel.signals.models import Signal
from tests.cast import PASSWORD, assemble
from tests.integration.test_pir import START, fill_with_trial

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    cast = assemble()
    fill_with_trial(cast.programme)
    return cast


def sign_in(page: Page, live_server, username: str) -> None:
    page.goto(live_server.url)
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_sign_in_open_the_programme_download_the_report(page: Page, live_server, cast, complaints) -> None:
    sign_in(page, live_server, "manager")
    page.get_by_role("link", name="Day hospital", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Day hospital")
    page.get_by_role("link", name="Reports", exact=True).click()
    page.get_by_label("From").fill(START.isoformat())
    page.get_by_label("To and including").fill("2025-12-31")
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_role("heading", name="What treatment brings")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    content = download.value.path().read_bytes()
    text = " ".join(page_.extract_text() for page_ in PdfReader(io.BytesIO(content)).pages)
    assert re.search(r"23\.33.*n\s=\s100", text, re.DOTALL)
    assert re.search(r"11\.13.*n\s=\s52", text, re.DOTALL)
    assert complaints == []


@pytest.mark.parametrize("width", [320, 640, 1440])  # 640: a screen of 1280 at 200 %
def test_every_page_of_a_manager_fits_and_breaks_no_rule(
    page: Page, live_server, cast, accessible, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, "manager")
    slug = cast.programme.slug
    for address in (
        "/",
        "/signals/?part=team",
        f"/programmes/{slug}/",
        f"/programmes/{slug}/patients/",
        f"/programmes/{slug}/signals/",
        f"/programmes/{slug}/requirements/",
        f"/programmes/{slug}/requirements/req_05_team_size/",
        f"/programmes/{slug}/report/?start=2025-01-01&end=2025-12-31",
        f"/treatments/{cast.treatment.pk}/",
    ):
        page.goto(live_server.url + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        accessible(page)


def test_the_pages_speak_dutch(page: Page, live_server, cast) -> None:
    sign_in(page, live_server, "manager")
    page.get_by_role("button", name="Nederlands").click()
    expect(page.get_by_text("Programma’s").or_(page.get_by_text("Programma's")).first).to_be_visible()


def test_a_patient_comes_to_the_own_treatment(page: Page, live_server, cast) -> None:
    sign_in(page, live_server, "patient")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing to fill in now")
    page.get_by_role("link", name="Your treatment and your course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your treatment")
    assert "P-1001" not in page.content()


def test_what_is_wrong_in_a_dialog_is_corrected_there(page: Page, live_server, cast, accessible) -> None:
    look(programme=cast.programme)
    signal = Signal.objects.filter(programme=cast.programme, treatment__isnull=False).first()
    sign_in(page, live_server, "manager")
    page.goto(f"{live_server.url}/signals/{signal.pk}/")
    page.get_by_role("button", name="Agree on an action").click()
    dialog = page.get_by_role("dialog", name="Agree on an action")
    dialog.locator("form").evaluate("form => { form.noValidate = true; }")
    dialog.get_by_role("button", name="Agree on an action").click()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("alert")).to_be_focused()
    dialog.get_by_role("link", name="By whom?").click()
    expect(dialog.get_by_label("By whom?")).to_be_focused()
    accessible(page)
