"""A member answers about the team on a phone, a therapist fills the self-check: by touch, and accessible."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from onmodel.selfcheck.models import SelfCheck
from onmodel.teams.models import MemberRound
from tests.cast import PASSWORD, assemble

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return assemble()


@pytest.fixture
def phone(page: Page, live_server, cast) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("team", args=[cast.programme.slug, cast.team.pk]))
    page.get_by_label("User name").fill("therapist")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Blue team", level=1)).to_be_visible()
    return page


def mark_all(page: Page, mark: str) -> None:
    for label in page.locator(f".rating-scale label:has(input[value='{mark}'])").all():
        label.click()


def test_a_member_answers_once_and_the_therapist_looks_at_the_own_work(
    phone: Page, live_server, cast, accessible, complaints
) -> None:
    accessible(phone)
    phone.get_by_role("link", name="Answer as a member").click()
    accessible(phone)
    mark_all(phone, "5")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_text("You answered in this period.")).to_be_visible()
    assert MemberRound.objects.get().answered == 1

    phone.goto(live_server.url + reverse("self-check", args=[cast.programme.slug]))
    mark_all(phone, "3")
    phone.get_by_label("I would like support").check()
    phone.get_by_role("button", name="Keep, for me alone").click()
    expect(phone.get_by_text("only you", exact=True)).to_be_visible()
    phone.get_by_role("button", name="Show to my supervisors").click()
    expect(phone.get_by_text("you and your supervisors", exact=True)).to_be_visible()
    accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert SelfCheck.objects.get().shared_on is not None
    assert complaints == []
