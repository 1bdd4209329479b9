"""How often against how often it should be, counted by hand; signals when a rhythm breaks, else quiet."""

import datetime

import pytest

from onmodel.monitoring.run import look
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import State, standing
from onmodel.requirements.supervision import OF_SUPERVISION
from onmodel.signals.models import Signal
from onmodel.supervision.models import Meeting, Reflection
from onmodel.supervision.rhythm import rhythms
from onmodel.supervisors.models import Exchange
from tests.meetings import group_session

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2025, 9, 30)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def meet(cast, days: list[int], kind: str = "group_supervision", state: str = "held", team=True, people=None):
    """Meetings of the cast's team so many days ago, at which supervisor and therapist were."""
    for back in days:
        meeting = Meeting.objects.create(
            programme=cast.programme,
            team=cast.team if team else None,
            kind=kind,
            day=ago(back),
            state=state,
            reason="holiday" if state == "not_held" else "",
        )
        for user in people or (cast.supervisor, cast.therapist):
            meeting.attendees.create(user=user, present=state == "held" or None)


def rhythm(cast, kind: str = "group_supervision"):
    found = rhythms(cast.programme, [cast.team, cast.other_team], TODAY)
    return next(one for one in found if one.kind.id == kind and one.team in (cast.team, None))


def found(cast, measure: str) -> dict[str, float | None]:
    return {one.about: one.value for one in OF_SUPERVISION[measure](Picture(cast.programme, TODAY))}


EVERY_WEEK = list(range(3, 120, 7))


# --- counting ---
def test_held_of_expected_with_the_longest_time_without(cast):
    """91 days are 13 weeks; of the 13 in them two did not take place, one after the other."""
    meet(cast, [day for day in EVERY_WEEK if day not in (24, 31)])
    meet(cast, [24, 31], state="not_held")
    one = rhythm(cast)
    assert (one.days, one.held, one.expected, one.missing) == (91, 11, 13.0, 2)
    assert one.longest_gap == 21  # from 38 to 17 days ago
    assert one.since_last == 3
    assert one.reasons == (("holiday", 2),)
    assert one.missed_in_a_row() == 0


def test_the_log_counts_from_where_it_began(cast):
    meet(cast, [3, 10, 17, 24, 31])
    one = rhythm(cast)
    assert (one.days, one.held) == (31, 5)
    assert one.expected == pytest.approx(31 / 7)
    assert one.known
    assert one.missing == 0


def test_a_log_of_less_than_four_weeks_and_none_at_all_tell_nothing(cast):
    meet(cast, [3, 10])
    assert not rhythm(cast).known
    assert rhythm(cast).missing is None
    assert rhythm(cast, "intervision").days is None
    assert found(cast, "intervisions_per_month") == {"Blue team": None, "Green team": None}
    assert found(cast, "therapist_supervisions_per_week")["Tess Therapist"] is None


@pytest.mark.parametrize(("since", "missed"), [(7, 0), (8, 1), (14, 1), (15, 2), (22, 3)])
def test_turns_missed_since_the_last_of_a_weekly_one(cast, since, missed):
    meet(cast, [since, since + 7, since + 40])
    assert rhythm(cast).missed_in_a_row() == missed


# --- standards ---
def test_frequencies_by_team_and_month(cast):
    """Every other week for 13 weeks: 7 in 91 days, 91 / 30.4375 = 2.99 months, so 2.34 a month."""
    meet(cast, [*range(3, 110, 14)], kind="intervision")
    assert found(cast, "intervisions_per_month")["Blue team"] == pytest.approx(7 / (91 / 30.4375))


def test_two_in_a_week_make_up_for_no_other_week(cast):
    """Group supervision in 6 of the 13 weeks, in each of them twice."""
    weeks = [0, 1, 2, 3, 4, 5]
    meet(cast, [100])
    meet(cast, [7 * week + 2 for week in weeks])
    meet(cast, [7 * week + 4 for week in weeks], kind="team_supervision")
    meet(cast, [100], kind="team_supervision")
    assert found(cast, "supervision_meetings_per_week")["Blue team"] == pytest.approx(6 / 13)


def test_each_therapist_and_supervisor_counts_by_who_was_there(cast):
    meet(cast, EVERY_WEEK)
    assert found(cast, "therapist_supervisions_per_week") == {
        "Tess Therapist": pytest.approx(1.0),
        "Cor Colleague": None,
    }
    meet(cast, [3, 10, 17, 100], kind="expert_contact", team=False, people=[cast.supervisor])
    assert found(cast, "expert_contacts_per_week") == {"Sam Supervisor": pytest.approx(3 / 13)}


def test_the_supervisor_is_no_participant(cast):
    meet(cast, EVERY_WEEK)
    assert found(cast, "supervision_group_size") == {"Blue team": 1.0, "Green team": None}


def test_a_psychiatrist_with_fewer_than_six_in_the_log_may_have_had_them_before(cast):
    cast.therapist.memberships.update(position="psychiatrist")
    meet(cast, [10, 20, 30, 40, 50])
    assert found(cast, "psychiatrist_supervision_sessions") == {"Tess Therapist": None}
    meet(cast, [60])
    assert found(cast, "psychiatrist_supervision_sessions") == {"Tess Therapist": 6.0}


def test_looking_back_is_unknown_for_a_team_that_never_did(cast):
    sessions = [group_session(cast, day=ago(back)) for back in (1, 8, 15, 22)]
    assert found(cast, "group_reflection_percent")["Blue team"] is None
    Reflection.objects.create(session=sessions[0], stimulated="Asking.")
    assert found(cast, "group_reflection_percent")["Blue team"] == 25.0


def test_exchanges_of_the_last_year_are_unknown_while_the_log_is_younger(cast):
    assert found(cast, "supervision_exchanges_per_year") == {"Sam Supervisor": None}
    meet(cast, [400, 390])
    assert found(cast, "supervision_exchanges_per_year") == {"Sam Supervisor": 0.0}
    for meeting, other, back in zip(
        Meeting.objects.all(), (cast.expert, cast.colleague), (100, 380), strict=True
    ):
        answered = datetime.datetime.combine(ago(back), datetime.time(12), datetime.UTC)
        Exchange.objects.create(
            programme=cast.programme,
            meeting=meeting,
            shared_by=other,
            shared_with=cast.supervisor,
            went_well="The frame.",
            answered_at=answered,
        )
    assert found(cast, "supervision_exchanges_per_year") == {"Sam Supervisor": 1.0}


def test_a_standard_becomes_computed(cast):
    meet(cast, [*range(3, 120, 14)], kind="intervision")
    meet(cast, [*range(3, 120, 14)], kind="intervision", people=[cast.colleague])
    Meeting.objects.filter(attendees__user=cast.colleague).update(team=cast.other_team)
    standard = cast.programme.definitions.standard("rhythm_intervision")
    now = standing(standard, Picture(cast.programme, TODAY), None)
    assert now.state is State.MET
    assert now.known == "computed"


# --- signals ---
def signals(cast) -> list[tuple[str, str]]:
    look(programme=cast.programme, on=TODAY)
    mine = ("supervision_rhythm", "expert_contact_rhythm", "reflection_missing")
    found = Signal.objects.unsettled().filter(rule__in=mine).order_by("rule", "key")
    return [(one.rule, one.key) for one in found]


def test_one_that_fell_out_for_a_holiday_is_no_signal(cast):
    meet(cast, [day for day in EVERY_WEEK if day != 24])
    meet(cast, [24], state="not_held")
    assert signals(cast) == []


def test_nothing_logged_is_no_signal(cast):
    assert signals(cast) == []


def test_two_missed_in_a_row_open_a_signal_that_closes_when_it_goes_on(cast):
    meet(cast, [day for day in EVERY_WEEK if day > 14])
    assert signals(cast) == [("supervision_rhythm", "group_supervision")]
    signal = Signal.objects.get(rule="supervision_rhythm")
    assert signal.team == cast.team
    assert signal.evidence["since_last"] == 17
    assert signal.evidence["n"] == 11  # 17, 24, ... 87 days ago
    meet(cast, [1])
    assert signals(cast) == []


def test_fewer_than_three_of_four_open_a_signal(cast):
    """9 of 13 held, never two missed in a row at the end."""
    meet(cast, [day for day in EVERY_WEEK if day not in (10, 24, 38, 52)])
    assert signals(cast) == [("supervision_rhythm", "group_supervision")]


def test_supervisor_and_expert_out_of_touch(cast):
    meet(cast, [30, 37, 44, 100], kind="expert_contact", team=False, people=[cast.supervisor])
    assert signals(cast) == [("expert_contact_rhythm", "expert_contact")]


def test_group_sessions_without_looking_back(cast):
    sessions = [group_session(cast, day=ago(back)) for back in (1, 8, 15, 22)]
    assert signals(cast) == []
    Reflection.objects.create(session=sessions[0], stimulated="Asking.")
    assert signals(cast) == [("reflection_missing", "")]
