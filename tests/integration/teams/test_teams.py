"""A team by both sides: what is kept, refused, counted and shown, and that nobody can be traced."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.assessments.models import Answer, Assignment
from onmodel.audit.models import Event
from onmodel.monitoring.run import look
from onmodel.nightly.run import STEPS
from onmodel.signals.models import Signal
from onmodel.teams.actions import answer_as_member, keep_factors, rate_team
from onmodel.teams.course import asked_of_members, factors
from onmodel.teams.members import members_of
from onmodel.teams.models import MemberRound, Tally, Turn
from onmodel.teams.rhythm import asked_items, due_on, factor_items, form_of, months_around
from tests.factories import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 1)
ITEMS = ("consistency", "communication", "integration", "reliability", "mentalizing")


def marks(value: object, **more: object) -> dict:
    return dict.fromkeys(ITEMS, value) | more


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def members(cast):
    """Five therapists of the blue team: the cast's and four more."""
    more = [UserFactory(name=f"Member {n}") for n in range(4)]
    for user in more:
        MembershipFactory(user=user, programme=cast.programme, team=cast.team)
    return [cast.therapist, *more]


def page(cast, name: str, team=None) -> str:
    return reverse(name, args=[cast.programme.slug, (team or cast.team).pk])


# --- periods ---
@pytest.mark.parametrize(
    ("day", "months", "first", "last"),
    [
        ((2025, 1, 1), 2, (2025, 1, 1), (2025, 2, 28)),
        ((2024, 2, 29), 2, (2024, 1, 1), (2024, 2, 29)),
        ((2025, 12, 31), 2, (2025, 11, 1), (2025, 12, 31)),
        ((2025, 8, 15), 3, (2025, 7, 1), (2025, 9, 30)),
        ((2025, 12, 1), 5, (2025, 11, 1), (2025, 12, 31)),
    ],
)
def test_periods_are_whole_months(day, months, first, last):
    found = months_around(datetime.date(*day), months)
    assert (found.starts_on, found.ends_on) == (datetime.date(*first), datetime.date(*last))


# --- the supervisor ---
def test_a_rating_of_the_team_is_kept_once_and_is_due_again(cast):
    given = marks(5, remarks="A calm month.")
    form = rate_team(team=cast.team, answers=given, rated_on=DAY, by=cast.supervisor)
    assert (form.status, form.scores.get(scale="TOTAL").value) == ("answered", 5.0)
    assert due_on(cast.team, DAY) == DAY + datetime.timedelta(days=61)
    with pytest.raises(ValidationError, match="already; nothing was changed"):
        rate_team(team=cast.team, answers=marks(1), rated_on=DAY, by=cast.supervisor)
    assert Answer.objects.get(item="reliability").value == 5


@pytest.mark.parametrize(
    ("answers", "day", "words"),
    [
        (marks(8), DAY, "8 is not an answer from 1"),
        (marks(0), DAY, "0 is not an answer from 1"),
        (marks(4.5), DAY, "4.5 is not an answer"),
        ({"consistency": 4}, DAY, "Not answered yet"),
        (marks(4, nonsense=3), DAY, "nonsense is not asked"),
        (marks(4), datetime.date(2100, 1, 1), "has not come yet"),
        (marks(4), datetime.date(1999, 1, 1), "There was no team"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_kept(cast, answers, day, words):
    with pytest.raises(ValidationError, match=words):
        rate_team(team=cast.team, answers=answers, rated_on=day, by=cast.supervisor)
    assert not Assignment.objects.exists()


def test_the_form_keeps_what_was_sent_when_it_is_refused(cast):
    client, address = client_of(cast.supervisor), page(cast, "team-rate")
    told = client.post(address, {**marks("6"), "reliability": "9", "rated_on": DAY.isoformat()})
    assert told.status_code == 422
    assert "9 is not an answer from 1" in told.text
    assert told.text.count("checked") == 4
    told = client.post(address, {**marks("6"), "rated_on": DAY.isoformat()})
    assert told.status_code == 302


# --- the members ---
def test_who_is_asked(cast, members):
    MembershipFactory(user=cast.supervisor, programme=cast.programme, team=cast.team)
    assert set(members_of(cast.team)) == set(members)  # who supervises the team rates it as such
    with pytest.raises(ValidationError, match="Only those who treat in the team"):
        answer_as_member(team=cast.team, answers=marks(4), by=cast.colleague)


def test_a_member_counts_once(cast, members):
    client, address = client_of(cast.therapist), page(cast, "team-answer")
    assert client.post(address, marks("6")).status_code == 302
    again = client.post(address, marks("1"))
    assert (again.status_code, "it counted once" in again.text) == (422, True)
    assert client.get(address).status_code == 302
    found = MemberRound.objects.get()
    assert found.answered == 1
    assert set(found.tallies.values_list("item", "value", "n")) == {
        *((item, 6.0, 1) for item in ITEMS),
        ("TOTAL", 6.0, 1),
    }


@pytest.mark.parametrize(("answers", "words"), [(marks("8"), "8 is not"), ({}, "Not answered yet")])
def test_a_member_is_refused_in_words_and_may_try_again(cast, members, answers, words):
    told = client_of(cast.therapist).post(page(cast, "team-answer"), answers)
    assert (told.status_code, words in told.text) == (422, True)
    assert not Turn.objects.exists()
    assert not Tally.objects.exists()


def test_nothing_that_is_kept_tells_who_answered_what(cast, members):
    """Answers are counts without a person, a moment or an order; the trail says nothing at all."""
    before = Event.objects.count()
    for user in members:
        answer_as_member(team=cast.team, answers=marks(3), by=user)
    assert Event.objects.count() == before
    fields = {field.name for model in (MemberRound, Tally) for field in model._meta.get_fields()}
    assert fields == {
        *("id", "team", "instrument", "instrument_version", "starts_on", "ends_on", "answered"),
        *("tallies", "turns", "round", "item", "value", "n"),
    }
    assert {field.name for field in Turn._meta.get_fields()} == {"id", "round", "user"}
    assert Tally.objects.count() == len(ITEMS) + 1


def over(team) -> datetime.date:
    """Move what was answered to a period that is over; the day after it."""
    found = MemberRound.objects.get(team=team)
    MemberRound.objects.filter(pk=found.pk).update(
        starts_on=datetime.date(2025, 5, 1), ends_on=datetime.date(2025, 6, 30)
    )
    return datetime.date(2025, 7, 1)


@pytest.mark.parametrize(("n", "is_shown"), [(3, False), (4, True)])
def test_answers_are_shown_from_four_when_the_period_is_over(cast, members, n, is_shown):
    for user, value in zip(members[:n], (2, 4, 6, 4), strict=False):
        answer_as_member(team=cast.team, answers=marks(value), by=user)
    today = datetime.date.today()
    (running,) = asked_of_members(cast.team, today)
    assert (running.answered, running.marks) == (n, {})  # else each new answer could be told from the last
    (found,) = asked_of_members(cast.team, over(cast.team))
    assert bool(found.marks) is is_shown
    if is_shown:  # 2, 4, 6, 4: mean 4, SD sqrt((4 + 0 + 4 + 0) / 3)
        summary = found.marks["reliability"]
        assert (summary.n, summary.mean, round(summary.sd, 4)) == (4, 4.0, round((8 / 3) ** 0.5, 4))
        assert found.marks["TOTAL"].mean == 4.0


def test_who_answered_is_forgotten_when_the_period_is_over(cast, members):
    answer_as_member(team=cast.team, answers=marks(5), by=members[0])
    assert STEPS["team turns"](cast.programme) == {"forgotten": 0}
    over(cast.team)
    assert STEPS["team turns"](cast.programme) == {"forgotten": 1}
    assert not Turn.objects.exists()
    assert MemberRound.objects.get().answered == 1


# --- both sides ---
def test_both_sides_stand_beside_each_other(cast, members):
    for user, value in zip(members, (2, 4, 6, 4, 4), strict=True):
        answer_as_member(team=cast.team, answers=marks(value), by=user)
    over(cast.team)
    rate_team(team=cast.team, answers=marks(6), rated_on=DAY, by=cast.supervisor)
    text = client_of(cast.manager).get(page(cast, "team")).text
    for words in ("6 (n = 1)", "4.0 (n = 5)", "1.4", "\N{MINUS SIGN}2.0", "1 May 2025 to 30 Jun 2025"):
        assert words.replace("6 (n", "6.0 (n") in text, words
    assert "Answer as a member" not in text
    assert "Rate the team" not in text
    assert "Answer as a member" in client_of(members[0]).get(page(cast, "team")).text


def test_the_pages_lead_there(cast):
    for who, name in (("therapist", "adherence"), ("supervisor", "adherence"), ("manager", "programme")):
        text = client_of(getattr(cast, who)).get(reverse(name, args=[cast.programme.slug])).text
        assert page(cast, "team") in text
        assert (page(cast, "team", cast.other_team) in text) is (who == "manager")


def test_todays_list_asks_the_supervisor_and_the_members(cast, members):
    MembershipFactory(user=cast.supervisor, programme=cast.programme, team=cast.team)
    for user, name in ((cast.supervisor, "team-rate"), (members[0], "team-answer")):
        assert page(cast, name) in client_of(user).get("/").text
    assert page(cast, "team-answer") not in client_of(cast.supervisor).get("/").text  # rates it as such
    today = datetime.date.today()
    rate_team(team=cast.team, answers=marks(5), rated_on=today, by=cast.supervisor)
    answer_as_member(team=cast.team, answers=marks(5), by=members[0])
    for user, name in ((cast.supervisor, "team-rate"), (members[0], "team-answer")):
        assert page(cast, name) not in client_of(user).get("/").text


# --- the factors ---
def test_the_factors_of_a_team_stand_beside_the_published_ones(cast):
    items = factor_items(cast.programme)
    assert items == [str(n) for n in range(8, 19)]  # D ch. 8, Table 4: 11 at the level of the team
    answers = dict.fromkeys(items, "5") | {"9": "2.5"}
    form = keep_factors(team=cast.team, answers=answers, rated_on=DAY, by=cast.supervisor)
    assert form.scores.get(scale="TEAM").value == pytest.approx((10 * 5 + 2.5) / 11)
    assert form.scores.get(scale="ORGANISATION").value is None
    size = next(one for one in factors(cast.team) if one.item == "9")
    assert size.agreed == {DAY: 2.5}
    assert size.published == {"pre": (6.0, 6.0), "reorg": (1.0, 1.0)}
    text = client_of(cast.supervisor).get(page(cast, "team")).text
    assert "D ch. 8, Table 4" in text
    assert "2/3" in text
    with pytest.raises(ValidationError, match="1 is not asked"):
        keep_factors(team=cast.team, answers=answers | {"1": 3}, rated_on=DAY, by=cast.supervisor)


# --- the signal ---
def test_an_item_that_stays_below_adequate_opens_a_signal(cast):
    def rated(value: int, month: int) -> None:
        day = datetime.date(2025, month, 1)
        rate_team(team=cast.team, answers=marks(6, integration=value), rated_on=day, by=cast.supervisor)
        look(programme=cast.programme)

    found = Signal.objects.filter(rule="team_item_low", team=cast.team)
    rated(3, 1)
    assert not found.exists()
    rated(2, 3)
    signal = found.get()
    assert (signal.key, signal.evidence["before"], signal.evidence["found"]) == ("integration", 3.0, 2.0)
    text = client_of(cast.supervisor).get(reverse("signal", args=[signal.pk])).text
    assert "The parts of the treatment form one whole" in text
    rated(4, 5)
    assert found.get().state == "closed"


def test_what_is_asked_is_the_main_scale(cast):
    assert asked_items(form_of(cast.programme)) == list(ITEMS)
