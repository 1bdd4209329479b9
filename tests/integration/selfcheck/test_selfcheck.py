"""A self-check is its therapist's: kept, shown, taken back, removed; and found nowhere else."""

import datetime
import json

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.nightly.run import STEPS
from onmodel.selfcheck.actions import keep_check, show_check, take_back_check
from onmodel.selfcheck.course import changes, experienced_colleagues, form_of, opened
from onmodel.selfcheck.models import SelfCheck
from tests.factories import MembershipFactory, UserFactory
from tests.integration.security.crawl import crawl

pytestmark = pytest.mark.django_db
SECRET = "zephyr-of-doubt-7731"
CHOICES = (
    *("confidence_1", "confidence_2", "competence_1", "competence_2"),
    *("not_knowing_1", "not_knowing_2", "strain_1", "strain_2", "support"),
)


def answers(value: object = 3, **more: object) -> dict:
    return dict.fromkeys(CHOICES, value) | more


def kept(cast, day: datetime.date | None = None, **more: object) -> SelfCheck:
    wants = bool(more.pop("wants_support", False))
    check = keep_check(
        programme=cast.programme,
        answers=answers(**{"wish": SECRET, **more}),
        wants_support=wants,
        by=cast.therapist,
    )
    if day:
        SelfCheck.objects.filter(pk=check.pk).update(checked_on=day)
    return check


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def own(cast) -> str:
    return reverse("self-check", args=[cast.programme.slug])


def therapists_page(cast) -> str:
    return reverse("therapist-adherence", args=[cast.programme.slug, cast.therapist.pk])


# --- filling it ---
def test_it_is_filled_seen_and_removed_by_its_therapist(cast):
    client = client_of(cast.therapist)
    assert client.post(own(cast), {**answers("4"), "wish": SECRET}).status_code == 302
    text = client.get(own(cast)).text
    assert SECRET in text
    assert "only you" in text
    check = SelfCheck.objects.get()
    assert client.post(reverse("self-check-remove", args=[check.pk])).status_code == 302
    assert not SelfCheck.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answers(6), "6 is not an answer from 1"),
        (answers(0), "0 is not an answer from 1"),
        ({}, "Not answered yet"),
        (answers(3, nonsense=1), "has no item nonsense"),
        (answers(3, wish="x" * 2001), "at most 2000 characters"),
    ],
)
def test_what_cannot_be_is_refused(cast, given, words):
    with pytest.raises(ValidationError, match=words):
        keep_check(programme=cast.programme, answers=given, wants_support=False, by=cast.therapist)
    assert not SelfCheck.objects.exists()


def test_a_second_one_on_a_day_is_refused_and_what_was_typed_stays(cast):
    kept(cast)
    told = client_of(cast.therapist).post(own(cast), {**answers("5"), "wish": "Another day."})
    assert (told.status_code, "nothing was changed" in told.text) == (422, True)
    assert "Another day." in told.text
    assert SelfCheck.objects.get().sealed["support"] == 3


# --- against oneself ---
def test_change_is_against_the_own_earlier_answers(cast):
    """Support 4, then 2, then 3: one more than the time before, one less than the first."""
    for n, value in enumerate((4, 2, 3)):
        kept(cast, datetime.date(2025, 1 + n, 1), support=value)
    instrument = form_of(cast.programme)
    course = opened(instrument, SelfCheck.objects.all())
    found = {one.scale: one for one in changes(instrument, course)}
    assert (found["SUPPORT"].now, found["SUPPORT"].since_last, found["SUPPORT"].since_first) == (3, 1, -1)
    assert found["STRAIN"].since_last == 0
    assert [one.since_last for one in changes(instrument, course[:1])] == [None] * 5


def test_colleagues_with_a_higher_level_or_longer_here_are_suggested(cast):
    cast.therapist.memberships.update(training="a", starts_on=datetime.date(2024, 1, 1))

    def colleague(name: str, training: str, year: int, **more: object) -> None:
        day = datetime.date(year, 1, 1)
        named = {"team": cast.team, "training": training, "starts_on": day} | more
        MembershipFactory(user=UserFactory(name=name), programme=cast.programme, **named)

    colleague("Level C", "c", 2025)
    colleague("Level B", "B", 2025)
    colleague("Longer", "a", 2022)
    colleague("Newer", "a", 2025)
    colleague("Untrained", "", 2020)
    colleague("Elsewhere", "c", 2020, team=cast.other_team)
    colleague("Gone", "c", 2020, ends_on=datetime.date(2021, 1, 1))
    found = [one.user.name for one in experienced_colleagues(cast.programme, cast.therapist)]
    assert found == ["Level C", "Level B", "Longer"]
    assert "Level C (level C, in the programme since" in client_of(cast.therapist).get(own(cast)).text


# --- showing it ---
def test_supervisors_see_what_was_shown_until_it_is_taken_back(cast):
    check = kept(cast, wants_support=True)
    supervisor, page = client_of(cast.supervisor), therapists_page(cast)
    assert SECRET not in supervisor.get(page).text
    assert client_of(cast.therapist).post(reverse("self-check-show", args=[check.pk])).status_code == 302
    text = supervisor.get(page).text
    assert SECRET in text
    assert "Asks for support." in text
    assert Event.objects.filter(verb="shown self-checks opened", by=cast.supervisor).exists()
    client_of(cast.therapist).post(reverse("self-check-take-back", args=[check.pk]))
    assert SECRET not in supervisor.get(page).text


def test_nobody_shows_or_removes_anothers(cast):
    check = kept(cast)
    for name in ("self-check-show", "self-check-take-back", "self-check-remove"):
        for user in (cast.supervisor, cast.colleague, cast.manager):
            assert client_of(user).post(reverse(name, args=[check.pk])).status_code == 404
    for act in (show_check, take_back_check):
        with pytest.raises(ValidationError, match="somebody else's"):
            act(check=check, by=cast.supervisor)


# --- found nowhere else ---
def test_no_other_page_form_or_file_holds_it(cast):
    """A supervisor and a manager follow every link and send every form; what was written is never read."""
    kept(cast)
    for who in ("supervisor", "manager"):
        for answer in crawl(client_of(getattr(cast, who))):
            assert SECRET not in answer.text, f"{who}: {answer.url}"


def test_no_form_answer_score_or_event_is_made_of_it(cast):
    check = kept(cast)
    show_check(check=check, by=cast.therapist)
    assert not any(model.objects.exists() for model in (Assignment, Answer, Score))
    for event in Event.objects.all():
        assert SECRET not in f"{event.detail} {event.reason} {event.values}"


def test_in_the_database_and_so_in_a_backup_it_is_sealed(cast):
    kept(cast)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM selfcheck_selfcheck")
        (row,) = cursor.fetchall()
    sealed = next(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    assert SECRET.encode() not in sealed
    assert not any(SECRET in str(value) for value in row)


def test_it_goes_when_its_therapist_leaves(cast):
    kept(cast)
    assert STEPS["self-checks"](cast.programme) == {"of leavers removed": 0}
    cast.therapist.memberships.update(ends_on=datetime.date(2025, 1, 1))
    assert STEPS["self-checks"](cast.programme) == {"of leavers removed": 1}
    assert not SelfCheck.objects.exists()


def test_rotating_the_keys_seals_it_anew(cast, settings):
    check = kept(cast)
    old = settings.IDENTITY_KEYS
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode(), *old]
    told = CliRunner().invoke(main, ["identity", "rotate", "--json"])
    assert json.loads(told.output)["self_checks"] == 1
    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS[:1]
    assert SelfCheck.objects.get(pk=check.pk).sealed["wish"] == SECRET
