"""Somebody compares the two arms of a trial, and reads how the model was chosen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_story import sign_in
from tests.cast import assemble
from tests.integration.web.test_compare_page import fill_with_arms

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    cast = assemble()
    fill_with_arms(cast.programme)
    return cast


@pytest.mark.parametrize("width", [390, 1440])
def test_compare_two_cohorts(page: Page, live_server, cast, accessible, complaints, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server, "manager")
    page.goto(f"{live_server.url}/programmes/{cast.programme.slug}/")
    page.get_by_role("link", name="Outcomes", exact=True).click()
    page.get_by_role("link", name="Compare", exact=True).click()
    accessible(page)
    page.get_by_label("First cohort").select_option("TAU")
    page.get_by_label("Second cohort").select_option("BtheB")
    page.get_by_role("button", name="Compare cohorts").click()
    expect(page.get_by_role("heading", name="What was found")).to_be_visible()
    page.locator("#models summary").first.click()
    expect(page.locator("#models").get_by_text("What is left:").first).to_be_visible()
    page.locator("#courses .chart-drawing").first.scroll_into_view_if_needed()
    expect(page.locator("#courses .chart-drawing svg, #courses .chart-drawing canvas").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    accessible(page)
    assert complaints == []
