"""A supervisor rates a session by keys: what is rated stays, a note leads back to its moment."""

import pytest
from playwright.sync_api import Page, expect

from tests import cast as cast_module
from tests import recordings

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rating(page: Page, context, live_server, client, settings, tmp_path, monkeypatch, complaints):
    """The rating that the cast's supervisor was asked for, on its page."""
    settings.MEDIA_ROOT = tmp_path / "files"
    cast = cast_module.assemble()
    short = recordings.tone
    monkeypatch.setattr(recordings, "tone", lambda: short(30.0))
    asked = recordings.asked_rating(cast)
    client.force_login(cast.supervisor)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/ratings/{asked.pk}/")
    return asked


def group(page: Page, item: str):
    return page.locator(f"fieldset[data-item={item}]")


@pytest.mark.parametrize("width", [390, 1440])
def test_rated_by_keys_and_submitted(rating, page: Page, accessible, complaints, width) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("document.querySelector('[data-player]').duration > 29")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    accessible(page)
    group(page, "c1").locator("input").first.focus()
    page.keyboard.press("5")
    page.keyboard.press("6")
    page.keyboard.press("0")
    page.keyboard.press("l")
    page.keyboard.press("n")
    page.keyboard.type("Stops, and goes back.")
    page.get_by_role("button", name="Add the note").click()
    jump = page.get_by_role("button", name="0:10")
    expect(jump).to_be_visible()
    page.evaluate("document.querySelector('[data-player]').currentTime = 0")
    jump.click()
    page.wait_for_function("document.querySelector('[data-player]').currentTime >= 10")
    for item in ("c4", "c5", "overall_adherence", "overall_competence"):
        group(page, item).locator("input").first.focus()
        page.keyboard.press("5")
    page.get_by_role("button", name="Submit the rating").click()
    expect(page.get_by_text("The rating is submitted.")).to_be_visible()
    accessible(page)
    answers = dict(rating.assignment.answers.values_list("item", "value"))
    assert (answers["c1"], answers["a2"], answers["c2"]) == (5.0, 6.0, None)
    assert complaints == []
