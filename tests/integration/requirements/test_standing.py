"""Met, not met or unknown; computed, attested or neither."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from onmodel.requirements.actions import attest, months_later, set_threshold
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Known, State, Why, latest_attestations, standing
from tests.factories import MembershipFactory, ProgrammeFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 7, 1)


@pytest.fixture
def programme(db):
    return ProgrammeFactory()


@pytest.fixture
def user(db):
    return UserFactory()


def stand(programme, standard):
    definition = programme.definitions.standard(standard)
    said = latest_attestations(programme, TODAY).get(standard)
    return standing(definition, Picture(programme, TODAY), said)


def team_of(programme, size, name="A"):
    team = TeamFactory(programme=programme, name=name)
    for _ in range(size):
        MembershipFactory(programme=programme, team=team)
    return team


@pytest.mark.parametrize(
    ("size", "state"), [(3, State.NOT_MET), (4, State.MET), (9, State.MET), (10, State.NOT_MET)]
)
def test_bounds_are_included(programme, size, state):
    team_of(programme, size)
    found = stand(programme, "req_05_team_size")
    assert (found.state, found.known) == (state, Known.COMPUTED)


def test_one_team_out_of_bounds_is_enough(programme):
    team_of(programme, 5)
    small = team_of(programme, 2, name="B")
    found = stand(programme, "req_05_team_size")
    assert [f.team for f in found.failing] == [small]
    assert len(found.found) == 2


def test_one_unknown_among_met_is_unknown(programme):
    MembershipFactory(programme=programme, hours_per_week=28)
    MembershipFactory(programme=programme, hours_per_week=None)
    found = stand(programme, "req_04_therapist_hours")
    assert (found.state, found.why) == (State.UNKNOWN, Why.NO_DATA)


def test_an_attestation_fills_what_cannot_be_computed(programme, user):
    assert stand(programme, "req_12_availability").why is Why.NOT_ATTESTED
    attest(
        programme=programme,
        standard="req_12_availability",
        met=True,
        evidence="Rota of June",
        by=user,
        on=TODAY,
    )
    found = stand(programme, "req_12_availability")
    assert (found.state, found.known) == (State.MET, Known.ATTESTED)


def test_the_record_outweighs_the_word(programme, user):
    team_of(programme, 2)
    attest(
        programme=programme, standard="req_05_team_size", met=True, evidence="we think so", by=user, on=TODAY
    )
    assert stand(programme, "req_05_team_size").state is State.NOT_MET


def test_an_attestation_expires(programme, user):
    attest(
        programme=programme,
        standard="req_12_availability",
        met=True,
        evidence="Rota of 2023",
        by=user,
        on=datetime.date(2023, 6, 1),
        expires_on=datetime.date(2024, 6, 1),
    )
    found = stand(programme, "req_12_availability")
    assert (found.state, found.why) == (State.UNKNOWN, Why.EXPIRED)


def test_the_latest_word_counts(programme, user):
    for day, met in ((10, True), (20, False)):
        attest(
            programme=programme,
            standard="req_12_availability",
            met=met,
            evidence="meeting",
            by=user,
            on=datetime.date(2025, 6, day),
        )
    assert stand(programme, "req_12_availability").state is State.NOT_MET


def test_a_programme_may_hold_another_variant_and_says_so(programme, user):
    team_of(programme, 11)
    set_threshold(
        programme=programme, standard="req_05_team_size", variant="d", reason="we follow D", by=user
    )
    found = stand(type(programme).objects.get(pk=programme.pk), "req_05_team_size")
    assert found.state is State.MET  # D allows up to 12
    assert found.overridden


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"evidence": "  "}, "Say what shows it"),
        ({"standard": "req_99"}, "has no standard"),
    ],
)
def test_refused_attestations_keep_nothing(programme, user, given, message):
    wanted = {"standard": "req_12_availability", "met": True, "evidence": "rota", **given}
    with pytest.raises(ValidationError, match=message):
        attest(programme=programme, by=user, **wanted)
    assert not programme.attestations.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"variant": "x"}, "no variant"),
        ({"at_least": 9.0, "at_most": 4.0}, "above the upper"),
        ({"variant": "d", "reason": ""}, "Say why"),
    ],
)
def test_refused_thresholds(programme, user, given, message):
    with pytest.raises(ValidationError, match=message):
        set_threshold(
            **{"programme": programme, "standard": "req_05_team_size", "reason": "r", "by": user, **given}
        )


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ((2025, 1, 31), 1, (2025, 2, 28)),
        ((2024, 1, 31), 1, (2024, 2, 29)),
        ((2025, 6, 15), 12, (2026, 6, 15)),
        ((2025, 12, 31), 6, (2026, 6, 30)),
    ],
)
def test_months_later(day, months, later):
    assert months_later(datetime.date(*day), months) == datetime.date(*later)


def test_what_has_no_number_and_is_attested_waits_for_a_word(programme):
    standard = programme.definitions.standard("rec_03_outcome_each_case")
    assert standard.measure == "outcome_completeness"  # its source names no bound
    found = stand(programme, "rec_03_outcome_each_case")
    assert (found.state, found.why) == (State.UNKNOWN, Why.NOT_ATTESTED)
