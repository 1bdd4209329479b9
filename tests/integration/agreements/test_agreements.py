"""Agreements with partners: kept, reviewed, due, overdue, ended; what clocks and requirements tell."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.agreements.actions import change_arrangement, end_arrangement, keep_arrangement
from onmodel.agreements.standing import State, standings
from onmodel.clocks.looking import look_at_others
from onmodel.requirements.actions import attest
from onmodel.requirements.partners import crisis_agreement_reviews_per_year
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Known
from onmodel.requirements.standing import State as Met
from onmodel.requirements.standing import standings as requirements
from onmodel.signals.models import Signal
from tests.projects import BEGUN, CRISIS, arranged, reviewed, terms

pytestmark = pytest.mark.django_db
#: 183 days after the begin: half a year of 365.25 days, rounded up.
DUE = datetime.date(2025, 7, 8)
DAY = datetime.timedelta(days=1)


def state(cast, day: datetime.date, kind: str = "crisis_service") -> State:
    (found,) = (one for one in standings(cast.programme, day) if one.kind.id == kind)
    return found.state


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (BEGUN - DAY, State.TO_COME),
        (BEGUN, State.IN_FORCE),
        (DUE - 29 * DAY, State.IN_FORCE),
        (DUE - 28 * DAY, State.DUE),
        (DUE, State.DUE),
        (DUE + DAY, State.OVERDUE),
    ],
)
def test_states_over_half_a_year(cast, day, expected):
    arranged(cast)
    assert state(cast, day) is expected
    assert state(cast, day, "referrer") is State.NONE


def test_a_review_sets_the_clock_anew(cast):
    reviewed(arranged(cast), datetime.date(2025, 6, 1), cast.manager)
    assert state(cast, DUE + DAY) is State.IN_FORCE
    assert state(cast, datetime.date(2025, 12, 2)) is State.OVERDUE  # 184 days after the first of June


def test_an_agreement_that_ended_is_not_asked_after(cast):
    end_arrangement(
        arrangement=arranged(cast), on=datetime.date(2025, 3, 1), why="A merger.", by=cast.manager
    )
    assert state(cast, DUE + DAY) is State.ENDED


def test_without_a_rhythm_nothing_is_due(cast):
    arranged(cast, kind="hospital", partner="Town hospital", covers=())
    assert state(cast, datetime.date(2027, 1, 1), "hospital") is State.IN_FORCE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "baker"}, "baker is no kind of partner"),
        ({"partner": "  "}, "Say with whom it is"),
        ({"agreed": "\0"}, "Say with whom it is"),
        ({"ends_on": datetime.date(2024, 1, 1)}, "It cannot end on 1 Jan 2024 when it begins on 6 Jan 2025"),
        ({"covers": ("referral_way",)}, "referral_way is no part of an agreement with a crisis_service"),
    ],
)
def test_what_makes_no_agreement(cast, given, said):
    with pytest.raises(ValidationError, match=said):
        keep_arrangement(programme=cast.programme, terms=terms(**given), by=cast.manager)
    assert not cast.programme.arrangements.exists()


def test_the_same_agreement_twice_counts_once(cast):
    arranged(cast)
    with pytest.raises(ValidationError, match="is kept already"):
        keep_arrangement(programme=cast.programme, terms=terms(), by=cast.manager)


@pytest.mark.parametrize(
    ("day", "more", "said"),
    [
        (BEGUN - DAY, {}, "it was not reviewed on 5 Jan 2025"),
        (timezone.localdate() + 400 * DAY, {}, "is still to come"),
        (BEGUN + DAY, {"found": " "}, "Say who spoke"),
        (BEGUN + DAY, {"result": "fine"}, "not one of the choices"),
        (BEGUN + DAY, {"result": "points"}, "say what changes"),
        (datetime.date(2025, 4, 1), {}, "The agreement ended on 1 Mar 2025"),
    ],
)
def test_what_is_no_review(cast, day, more, said):
    arrangement = arranged(cast)
    end_arrangement(arrangement=arrangement, on=datetime.date(2025, 3, 1), why="A merger.", by=cast.manager)
    with pytest.raises(ValidationError, match=said):
        reviewed(arrangement, day, cast.manager, **more)
    assert not arrangement.reviews.exists()


def test_a_second_review_of_a_day_is_refused(cast):
    arrangement = arranged(cast)
    reviewed(arrangement, DUE, cast.manager)
    with pytest.raises(ValidationError, match="is kept already"):
        reviewed(arrangement, DUE, cast.manager)


def test_it_neither_begins_nor_ends_across_a_review(cast):
    arrangement = arranged(cast)
    reviewed(arrangement, DUE, cast.manager)
    with pytest.raises(ValidationError, match="cannot begin on 9 Jul 2025"):
        change_arrangement(arrangement=arrangement, terms=terms(starts_on=DUE + DAY), by=cast.manager)
    with pytest.raises(ValidationError, match="cannot end on 7 Jul 2025"):
        end_arrangement(arrangement=arrangement, on=DUE - DAY, why="A merger.", by=cast.manager)


def requirement(cast, day: datetime.date):
    return next(
        one for one in requirements(cast.programme, day) if one.standard.id == "req_13_crisis_services"
    )


def test_requirement_13_is_attested_until_an_agreement_is_kept(cast):
    day = DUE - 60 * DAY
    said = {"standard": "req_13_crisis_services", "met": True, "evidence": "A contract.", "on": day}
    attest(programme=cast.programme, by=cast.manager, **said)
    assert requirement(cast, day).known is Known.ATTESTED
    arranged(cast)
    assert (requirement(cast, day).known, requirement(cast, day).state) == (Known.COMPUTED, Met.MET)
    assert requirement(cast, DUE + DAY).state is Met.NOT_MET  # overdue


def test_an_agreement_that_says_too_little_does_not_meet_it(cast):
    arranged(cast, covers=CRISIS[:2])
    assert requirement(cast, BEGUN).state is Met.NOT_MET


def test_reviews_a_year_are_unknown_in_the_first_year(cast):
    arrangement = arranged(cast)
    for month in (3, 9):
        reviewed(arrangement, datetime.date(2025, month, 1), cast.manager)
    values = {
        day: crisis_agreement_reviews_per_year(Picture(cast.programme, day))[0].value
        for day in (datetime.date(2026, 1, 5), datetime.date(2026, 1, 6), datetime.date(2026, 3, 2))
    }
    assert list(values.values()) == [None, 2.0, 1.0]


def signals(cast, day: datetime.date) -> list[str]:
    look_at_others(programme=cast.programme, on=day)
    found = Signal.objects.filter(programme=cast.programme, rule="partners_not_reviewed")
    return [one.severity for one in found.exclude(state="closed")]


def test_the_clock_goes_by_the_agreement_left_alone_longest(cast):
    cast.programme.opened_on = datetime.date(2020, 1, 1)
    cast.programme.save()
    first = arranged(cast)
    arranged(cast, partner="The other crisis team", starts_on=datetime.date(2025, 3, 1))
    assert signals(cast, DUE - 29 * DAY) == []
    assert signals(cast, DUE - 20 * DAY) == ["info"]
    reviewed(first, DUE - 10 * DAY, cast.manager)
    assert signals(cast, DUE - 10 * DAY) == []
    assert signals(cast, datetime.date(2025, 9, 1)) == ["info"]  # of the other one, due since 31 August


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_manager_keeps_reviews_and_ends_one_by_hand(cast):
    client, slug = client_of(cast.manager), cast.programme.slug
    given = {
        "kind": "crisis_service",
        "partner": "Town crisis team",
        "agreed": "Admission for a night.",
        "covers": list(CRISIS),
        "starts_on": "2025-01-06",
    }
    sent = client.post(reverse("partners", args=[slug]), given)
    kept = cast.programme.arrangements.get()
    assert sent.url == reverse("partner", args=[slug, kept.pk])
    again = client.post(reverse("partners", args=[slug]), given)
    assert again.status_code == 422
    assert "is kept already" in again.content.decode()
    review = {
        "review-held_on": "2025-06-01",
        "review-who": "Both heads",
        "review-result": "points",
        "review-found": "Two nights.",
        "review-changes": "Call before ten.",
    }
    client.post(reverse("partner-review", args=[slug, kept.pk]), review)
    page = client.get(reverse("partner", args=[slug, kept.pk])).content.decode()
    assert "Call before ten." in page
    client.post(
        reverse("partner-end", args=[slug, kept.pk]), {"end-on": "2025-07-01", "end-why": "A merger."}
    )
    kept.refresh_from_db()
    assert (kept.ends_on, kept.why_ended) == (datetime.date(2025, 7, 1), "A merger.")


def test_two_who_change_one_agreement(cast):
    kept = arranged(cast)
    address = reverse("partner", args=[cast.programme.slug, kept.pk])
    page = client_of(cast.manager).get(address)
    seen = page.context["form"].initial["seen"]
    change_arrangement(arrangement=kept, terms=terms(agreed="Two nights."), by=cast.supervisor)
    given = {
        "kind": "crisis_service",
        "partner": "X",
        "agreed": "One.",
        "starts_on": "2025-01-06",
        "seen": seen,
    }
    response = client_of(cast.manager).post(f"{address}change/", given)
    assert response.status_code == 409
    assert "Two nights." in response.content.decode()
    kept.refresh_from_db()
    assert kept.agreed == "Two nights."
