"""Somebody without a map brings the Beat the Blues trial in, from the programme's page to the result."""

import pytest
from playwright.sync_api import Page, expect

from onmodel.outcomes.models import ImportRun
from tests import cast as cast_module
from tests.real_data import beat_the_blues

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed_in(page: Page, context, live_server, client, settings, tmp_path, complaints) -> Page:
    """The manager, on the programme's page."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    client.force_login(cast_module.assemble().manager)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/programmes/day-hospital/")
    return page


@pytest.fixture
def table(tmp_path) -> str:
    path = tmp_path / "btheb.csv"
    beat_the_blues().to_csv(path, index=False)
    return str(path)


def fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 1440])
def test_from_a_file_without_a_map_to_a_result(signed_in: Page, table, accessible, complaints, width) -> None:
    page = signed_in
    page.get_by_role("link", name="Import outcomes").click()
    fits(page, width)
    accessible(page)
    page.get_by_label("File", exact=True).set_input_files(table)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_label("Which score is it?")).to_have_value("bdi2:TOTAL")
    fits(page, width)
    accessible(page)
    page.get_by_label("Or one date that stands for everybody's start").fill("2000-01-01")
    page.get_by_role("button", name="See what it would make").click()
    expect(page.get_by_role("row", name="BDI-II: Total score 0 100 23.3 10.8")).to_be_visible()
    fits(page, width)
    accessible(page)
    page.get_by_role("button", name="Import into Day hospital").click()
    expect(page.get_by_role("row", name="BDI-II: Total score 8 52 11.1 9.3")).to_be_visible()
    accessible(page)
    assert complaints == []
    assert ImportRun.objects.get().state == ImportRun.State.DONE


def test_the_page_shows_the_result_by_itself(signed_in: Page, table, settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}  # nobody works
    page = signed_in
    page.get_by_role("link", name="Import outcomes").click()
    page.get_by_label("File", exact=True).set_input_files(table)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_label("Or one date that stands for everybody's start").fill("2000-01-01")
    page.get_by_role("button", name="See what it would make").click()
    page.get_by_role("button", name="Import into Day hospital").click()
    expect(page.get_by_text("Waiting for its turn")).to_be_visible()
    ImportRun.objects.update(state=ImportRun.State.RUNNING, stage="checking", done_rows=50, total_rows=100)
    expect(page.get_by_text("Checking every row")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "50")
    ImportRun.objects.update(state=ImportRun.State.DONE)
    expect(page.get_by_role("link", name="Import another file")).to_be_visible()


def test_a_refused_file_says_where(signed_in: Page, tmp_path, accessible) -> None:
    page = signed_in
    path = tmp_path / "outcomes.csv"
    path.write_text("id,month,bdi\nA,0,30\nA,6,seven\nB,0,99\n")
    page.get_by_role("link", name="Import outcomes").click()
    page.get_by_label("File", exact=True).set_input_files(str(path))
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_label("Which column has the score?").select_option("bdi")
    page.get_by_label("Which score is it?").select_option("bdi2:TOTAL")
    page.get_by_label("Or one date that stands for everybody's start").fill("2000-01-01")
    page.get_by_role("button", name="See what it would make").click()
    expect(page.get_by_role("row", name="line 3 bdi seven this is not a number")).to_be_visible()
    expect(page.get_by_role("row", name="line 4 bdi 99 no score of BDI-II can be this")).to_be_visible()
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this list (CSV)").click()
    assert "seven" in download.value.path().read_text(encoding="utf-8-sig")
