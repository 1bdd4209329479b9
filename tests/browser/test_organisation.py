"""The pages about the organisation, read by everybody: on a desk and on a phone, in both languages."""

import datetime

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from onmodel.criteria.actions import begin_review, finish_review, improve, keep_criteria
from onmodel.criteria.consensus.actions import give_scores, open_round
from onmodel.pirs.actions import remark
from tests import cast as cast_module
from tests.pirs import drafted_pir, frozen_pir
from tests.projects import arranged, begun_project

pytestmark = pytest.mark.django_db(transaction=True)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def cast(db):
    return cast_module.assemble()


@pytest.fixture
def sign_in(context, live_server, client, settings):
    def as_(user, language: str = "en") -> None:
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        values = {settings.SESSION_COOKIE_NAME: session, django_settings.LANGUAGE_COOKIE_NAME: language}
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in values.items()]
        )

    return as_


def in_programme(name: str, *more: object) -> str:
    return reverse(name, args=["day-hospital", *more])


def criteria(cast) -> list[str]:
    """Scored, improved, and being scored by the manager."""
    today = timezone.localdate()
    audit = begin_review(programme=cast.programme, kind="audit", day=today, by=cast.expert)
    keep_criteria(review=audit, scores={"1": "4", "2": "3"}, remarks={"1": "Well kept."}, by=cast.expert)
    finish_review(review=audit, by=cast.expert)
    improve(
        programme=cast.programme, criterion="2", what="Ask earlier", owner=cast.manager, due_on=today,
        by=cast.manager,
    )  # fmt: skip
    own = begin_review(programme=cast.programme, kind="self", day=today, by=cast.manager)
    return [in_programme("criteria"), *(reverse("criteria-review", args=[one.pk]) for one in (audit, own))]


def consensus(cast) -> list[str]:
    """One round talked about, one that the manager still scores in."""
    items = [item.id for item in cast.programme.definitions.instruments["team_factors"].all_items()]
    raters = [cast.supervisor, cast.manager, cast.therapist]
    talking, alone = (
        open_round(
            programme=cast.programme,
            instrument="team_factors",
            starts_on=datetime.date(year, 1, 1),
            ends_on=datetime.date(year, 12, 31),
            raters=raters,
            named=True,
            by=cast.manager,
        )
        for year in (2024, 2025)
    )
    for mark, rater in zip(("2", "3/4", "6"), raters, strict=True):
        give_scores(round_=talking, scores=dict.fromkeys(items, mark), by=rater)
    return [
        in_programme("consensus"),
        in_programme("consensus-published"),
        reverse("consensus-round", args=[talking.pk]),
        reverse("consensus-rate", args=[alone.pk]),
        in_programme("yes-no-lists"),
    ]


def partners(cast) -> list[str]:
    return [in_programme("partners"), in_programme("partner", arranged(cast).pk)]


def implementing(cast) -> list[str]:
    begun_project(cast)
    names = ("implementing", "implementing-decision", "implementing-feasibility", "implementing-cases")
    return [*map(in_programme, names), in_programme("implementing-task", "population")]


def reports(cast) -> list[str]:
    """One frozen, one discussed."""
    frozen = frozen_pir(cast.programme, cast.supervisor, cast.manager)
    days = {"start": datetime.date(2025, 7, 1), "end": datetime.date(2025, 12, 31)}
    drafted = drafted_pir(cast.programme, cast.supervisor, **days)
    remark(pir=drafted, section="indicators", side="supervisor", text="Two left.", by=cast.supervisor)
    records = [reverse("pir-record", args=[one.pk]) for one in (frozen, drafted)]
    return [in_programme("pirs"), in_programme("pir-years"), *records]


@pytest.mark.parametrize(
    ("area", "language"),
    [(criteria, "nl"), (consensus, "en"), (partners, "nl"), (implementing, "en"), (reports, "nl")],
)
def test_everybody_can_read_the_pages_on_a_desk_and_on_a_phone(
    page: Page, live_server, cast, sign_in, accessible, complaints, area, language
) -> None:
    addresses = area(cast)
    sign_in(cast.manager, language)
    for address in addresses:
        page.set_viewport_size(DESK)
        page.goto(f"{live_server.url}{address}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        accessible(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        accessible(page)
    assert complaints == []


def test_a_report_is_folded_on_the_page_and_whole_on_paper(page: Page, live_server, cast, sign_in) -> None:
    drafted = drafted_pir(cast.programme, cast.supervisor)
    sign_in(cast.manager)
    page.goto(f"{live_server.url}{reverse('pir-record', args=[drafted.pk])}")
    turnover = page.get_by_role("rowheader", name="Turnover")
    expect(page.get_by_role("heading", name="Signs of trouble").first).to_be_visible()
    expect(turnover).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(turnover).to_be_visible()
    expect(page.get_by_role("button", name="Discard")).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(turnover).to_be_hidden()
    page.locator("#indicators summary").focus()
    page.keyboard.press("Enter")
    expect(turnover).to_be_visible()
    page.locator("#brief .basis").first.click()
    expect(page.locator("#basis-1")).to_be_in_viewport()
    page.get_by_role("button", name="Open every part").click()
    page.get_by_role("button", name="Fold every part again").click()
    expect(turnover).to_be_hidden()
