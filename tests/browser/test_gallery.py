"""The gallery in a real browser: charts drawn under the content policy, dialogs, progress, axe."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)

#: The focus is in the open dialog, or on its way through the browser itself.
INSIDE = "document.activeElement === document.body || !!document.activeElement.closest('dialog[open]')"


@pytest.fixture
def gallery(page: Page, live_server, settings, complaints) -> Page:
    settings.SHOW_GALLERY = True
    page.goto(f"{live_server.url}/gallery/")
    return page


def draw_all(page: Page) -> None:
    """Charts are drawn when they come near; printing asks for all of them."""
    page.wait_for_load_state()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("[data-drawn=drawn]")).to_have_count(page.locator("[data-chart]").count())


def test_draws_every_chart_and_breaks_no_policy(gallery: Page, complaints: list[str]) -> None:
    draw_all(gallery)
    assert gallery.locator(".chart-drawing svg").count() == gallery.locator("[data-chart]").count() > 4
    assert complaints == []


@pytest.mark.parametrize("width", [390, 1440])
def test_no_rule_of_accessibility_is_broken(gallery: Page, accessible, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 900})
    draw_all(gallery)
    for summary in gallery.locator("details > summary").all():
        summary.click()
    accessible(gallery)


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_sticks_out_of_the_page(gallery: Page, width: int) -> None:
    gallery.set_viewport_size({"width": width, "height": 900})
    draw_all(gallery)
    assert gallery.evaluate("document.documentElement.scrollWidth") <= width


def test_a_dialog_opens_by_key_keeps_the_focus_and_gives_it_back(gallery: Page) -> None:
    opener = gallery.locator("[data-dialog=end-treatment]")
    opener.focus()
    gallery.keyboard.press("Enter")
    dialog = gallery.get_by_role("dialog", name="End this treatment")
    expect(dialog).to_be_visible()
    for _ in range(6):
        gallery.keyboard.press("Tab")
        assert gallery.evaluate(INSIDE)
    gallery.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_progress_is_asked_for_until_it_is_done(gallery: Page) -> None:
    expect(gallery.locator("#polled .status")).to_have_text("Done", timeout=15_000)
    assert gallery.locator("#polled").get_attribute("hx-get") is None


def test_the_table_behind_a_chart_opens(gallery: Page) -> None:
    figure = gallery.locator("figure.chart").first
    figure.get_by_text("Show as a table").click()
    expect(figure.get_by_role("row")).to_have_count(6)


def test_a_heading_of_a_table_sorts_it(gallery: Page) -> None:
    table = gallery.get_by_role("table", name="Patients of Team North")
    table.get_by_role("link", name="Last score").click()
    expect(table.get_by_role("columnheader", name="Last score")).to_have_attribute("aria-sort", "ascending")
    expect(table.get_by_role("rowheader").first).to_have_text("P-0071")


def test_the_first_key_press_offers_to_skip_to_the_content(page: Page, live_server) -> None:
    page.goto(f"{live_server.url}/sign-in/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    skip.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("address", ["/sign-in/", "/no-such-page/"])
def test_pages_before_signing_in_are_accessible(
    page: Page, live_server, accessible, complaints: list[str], address: str
) -> None:
    page.goto(f"{live_server.url}{address}")
    accessible(page)
    assert [text for text in complaints if "404" not in text] == []


def test_switches_to_dutch_and_back(gallery: Page, complaints: list[str]) -> None:
    gallery.get_by_role("button", name="Nederlands").click()
    expect(gallery.locator("html")).to_have_attribute("lang", "nl")
    expect(gallery.get_by_role("heading", level=1)).to_have_text("Bouwstenen")
    expect(gallery.get_by_text(re.compile("95%-interval 10,1 tot 14,7"))).to_be_visible()
    gallery.get_by_role("button", name="English").click()
    expect(gallery.get_by_role("heading", level=1)).to_have_text("Components")
    assert complaints == []


def test_without_script_a_dialog_is_reached_by_its_link(browser, live_server, settings) -> None:
    settings.SHOW_GALLERY = True
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/gallery/")
    page.locator("[data-dialog=end-treatment]").click()
    expect(page.locator("#end-treatment")).to_be_visible()
    context.close()
