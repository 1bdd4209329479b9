"""Adherence joined to patients' courses: whose sessions count, from how many on, and what the page says."""

import datetime

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.outcomes.actions import refresh_associations
from onmodel.outcomes.with_adherence import joined
from tests.drifting import FIRST, QUARTER, rate_quarterly
from tests.factories import (
    InvolvementFactory,
    MembershipFactory,
    PatientFactory,
    TreatmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
UNTIL = FIRST + 12 * QUARTER
MONTHS = (0.0, 6.0, 12.0)


def treated(cast, therapists, number: int) -> list:
    """So many patients, each of one therapist in turn, for a year: half of them, if there are more than
    therapists, from the second quarter on, half a year later."""
    found = []
    for n in range(number):
        start = FIRST + QUARTER * (1 + 4 * (n // len(therapists) % 2))
        user = list(therapists)[n % len(therapists)]
        treatment = TreatmentFactory(
            programme=cast.programme,
            patient=PatientFactory(organisation=cast.organisation),
            team=therapists[user],
            primary_clinician=user,
            referred_on=FIRST,
            started_on=start,
            ended_on=start + datetime.timedelta(days=365),
            end_kind="completed",
        )
        InvolvementFactory(treatment=treatment, therapist=user)
        found.append(treatment)
    return found


def measure(cast, treatments, seed: int = 3) -> None:
    random = np.random.default_rng(seed)
    for months in MONTHS:
        later = datetime.timedelta(days=round(months * 30.4))
        forms = Forms(
            programme=cast.programme,
            instrument=cast.programme.definitions.instruments["bsi"],
            respondent="patient",
            treatments=[one.pk for one in treatments],
            months=[months] * len(treatments),
            answered_on=[one.started_on + later for one in treatments],
            entered={"GSI": 2 - 0.05 * months + random.normal(0, 0.4, len(treatments))},
        )
        store_forms(forms, by=None)


@pytest.fixture
def staff(cast):
    people = {cast.therapist: cast.team, cast.colleague: cast.other_team}
    for team in (cast.team, cast.other_team):
        user = UserFactory()
        MembershipFactory(user=user, programme=cast.programme, role="therapist", team=team)
        people[user] = team
    return people


def test_adherence_is_that_of_the_sessions_rated_during_the_treatment(cast, staff):
    """The cast's therapist rates two points lower throughout, the team's other therapist does not: the first
    lies a point under their team, the second a point above. What came later does not count."""
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, quarters=12, fell={cast.therapist: 0})
    treatments = treated(cast, staff, 4)
    measure(cast, treatments)
    gsi = cast.programme.definitions.instruments["bsi"]
    frame, ratings = joined(cast.programme, gsi, "GSI", until=UNTIL)
    own = dict(frame.select("therapist", "own").unique().rows())
    assert own[str(cast.therapist.pk)] == pytest.approx(-1.0, abs=0.15)
    assert own[str(cast.colleague.pk)] == pytest.approx(0.0, abs=0.15)
    assert frame["own"].sum() == pytest.approx(0.0)
    assert len(frame) == 12
    in_a_year = 4 * 2 * len(staff)
    assert in_a_year <= ratings <= in_a_year + len(staff)


def test_too_few_are_counted_and_not_shown(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, quarters=12)
    measure(cast, treated(cast, staff, 4))
    assert refresh_associations(programme=cast.programme, until=UNTIL) == 1
    found = cast.programme.adherence_associations.get().found
    assert (found["patients"], found["own"], found["team"]) == (4, None, None)
    page = page_of(cast)
    assert "not shown: too few" in page
    assert "no proof that adherence causes outcome" in page


def test_enough_are_shown_with_an_interval(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, quarters=12, fell={cast.therapist: 0})
    measure(cast, treated(cast, staff, 60))
    refresh_associations(programme=cast.programme, until=UNTIL)
    found = cast.programme.adherence_associations.get().found
    assert found["own"]["lower"] < found["own"]["estimate"] < found["own"]["upper"]
    assert "after a year (95 % interval" in page_of(cast)
    assert refresh_associations(programme=cast.programme, until=UNTIL) == 1
    assert cast.programme.adherence_associations.count() == 1


def page_of(cast) -> str:
    client = Client()
    client.force_login(cast.manager)
    return client.get(reverse("adherence-outcome", args=[cast.programme.slug])).content.decode()
