"""A session ends after a time without use, and says how long is left."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

KEEP = "/session/"


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-11-23 09:00 +0100", tick=False)
    return time_machine


@pytest.fixture
def manager(client, cast):
    client.force_login(cast.manager)
    return client


def test_ends_after_half_an_hour_without_use(clock, manager):
    assert manager.get("/").status_code == 200
    clock.shift(30 * 60 - 5)
    assert manager.get("/").status_code == 200
    clock.shift(30 * 60 + 5)
    assert manager.get("/").url.startswith(reverse("sign-in"))
    assert "_auth_user_id" not in manager.session


def test_ends_after_twelve_hours_however_busily_it_is_used(clock, manager):
    manager.get("/")
    for _ in range(12 * 3 - 1):
        clock.shift(20 * 60)
        assert manager.get("/").status_code == 200
    clock.shift(19 * 60)
    assert manager.get(KEEP).json()["left"] == 60
    assert manager.post(KEEP).json()["left"] == 60
    clock.shift(61)
    assert manager.get("/").url.startswith(reverse("sign-in"))


def test_may_be_shorter(clock, manager, settings):
    settings.SESSION_IDLE_SECONDS = 300
    manager.get("/")
    clock.shift(301)
    assert manager.get("/").status_code == 302


def test_keeping_it_counts_as_use_and_asking_does_not(clock, manager):
    manager.get("/")
    clock.shift(1200)
    assert manager.get(KEEP).json()["left"] == 600
    assert manager.post(KEEP).json()["left"] == 1800
    clock.shift(1200)
    assert manager.get(KEEP).json()["left"] == 600


def test_the_progress_that_a_page_asks_for_by_itself_is_no_use(clock, manager):
    manager.get("/")
    clock.shift(1700)
    manager.get("/", headers={"HX-Request": "true"})
    clock.shift(101)
    assert manager.get("/").status_code == 302


def test_after_the_end_nothing_is_left_and_nobody_is_named(clock, manager):
    manager.get("/")
    clock.shift(1801)
    assert manager.get(KEEP).json() == {"left": 0}


def test_every_page_knows_how_long_is_left_and_whose_it_is(clock, manager, client, cast):
    page = manager.get("/").text
    assert 'data-left="1800"' in page
    assert 'data-warning="120"' in page
    assert manager.get(KEEP).json()["who"] in page


def test_the_word_for_who_differs_between_people_and_is_not_the_account(cast, client):
    words = set()
    for person in (cast.manager, cast.therapist):
        client.force_login(person)
        words.add(client.get(KEEP).json()["who"])
    assert len(words) == 2
    assert all(len(word) == 16 for word in words)
