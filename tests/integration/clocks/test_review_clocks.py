"""The clocks of reviews and absences, with the days counted out."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from onmodel.clocks.record import Record
from onmodel.clocks.rules import clock_of, clock_rules, readings
from onmodel.clocks.states import State
from onmodel.monitoring.run import look
from onmodel.process.course.actions import end_treatment
from onmodel.process.models import Review
from onmodel.programmes.models import Threshold
from onmodel.sessions.models import Session
from onmodel.signals.actions import close
from onmodel.signals.models import Signal

pytestmark = pytest.mark.django_db
#: A Tuesday.
TODAY = datetime.date(2025, 7, 1)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def begin(cast, days_ago: int) -> None:
    cast.treatment.started_on = ago(days_ago)
    cast.treatment.referred_on = cast.treatment.oriented_on = ago(days_ago + 10)
    cast.treatment.save()


def reading(cast, rule: str, on: datetime.date = TODAY):
    record = Record(cast.programme, on)
    clock = clock_of(record, next(r for r in clock_rules(cast.programme) if r.id == rule))
    return next((one for one in readings(record, clock) if one.key == cast.treatment.pk), None)


def state(cast, rule: str, on: datetime.date = TODAY) -> State | None:
    found = reading(cast, rule, on)
    return found.state if found else None


def review(cast, days_ago: int, kind: str = "team", **given: object) -> Review:
    day = ago(days_ago)
    return cast.treatment.reviews.create(kind=kind, language="en", taken_on=day, held_on=day, **given)


def sessions(cast, came: str, first: int = 20) -> None:
    """A session each day from so many days ago: + came, - missed."""
    for n, mark in enumerate(came):
        held = Session.objects.create(
            programme=cast.programme, kind="individual", component="individual", held_on=ago(first - n)
        )
        held.attendances.create(treatment=cast.treatment, present=mark == "+")


@pytest.mark.parametrize(
    ("rule", "kind", "last", "expected"),
    [
        ("team_review_due", "team", 30, State.RUNNING),  # 42 days; told from 7 before
        ("team_review_due", "team", 35, State.DUE),
        ("team_review_due", "team", 42, State.DUE),
        ("team_review_due", "team", 43, State.OVERDUE),
        ("patient_review_due", "patient", 77, State.RUNNING),  # 92 days; told from 14 before
        ("patient_review_due", "patient", 78, State.DUE),
        ("patient_review_due", "patient", 93, State.OVERDUE),
    ],
)
def test_how_long_until_the_next_review(cast, rule, kind, last, expected):
    begin(cast, 200)
    review(cast, last, kind)
    assert state(cast, rule) is expected


def test_a_review_of_the_other_kind_is_not_that_review(cast):
    begin(cast, 200)
    review(cast, 60)
    review(cast, 10, "patient")
    assert state(cast, "team_review_due") is State.OVERDUE


def test_a_review_that_is_prepared_was_not_held(cast):
    begin(cast, 200)
    review(cast, 60)
    cast.treatment.reviews.create(kind="team", language="en", taken_on=TODAY)
    assert state(cast, "team_review_due") is State.OVERDUE


def test_nothing_is_asked_where_reviews_were_never_kept(cast):
    begin(cast, 200)
    for rule in ("team_review_due", "patient_review_due", "outcome_not_in_review"):
        assert state(cast, rule) is State.UNKNOWN
    look(programme=cast.programme, on=TODAY)
    assert not Signal.objects.filter(rule__endswith="review_due").exists()


@pytest.mark.parametrize(("used", "expected"), [(True, State.RUNNING), (False, State.OVERDUE)])
def test_outcome_is_used_twice_a_year(cast, used, expected):
    """365.25 / 2, rounded up: 183 days after the one of 190 days ago."""
    begin(cast, 400)
    review(cast, 190, outcome_used=True)
    review(cast, 20, outcome_used=used)
    assert state(cast, "outcome_not_in_review") is expected


@pytest.mark.parametrize(
    ("said", "plan", "days_ago", "expected"),
    [
        ({"crisis_plan": "Still fits."}, None, 15, State.MET),
        ({}, None, 10, State.DUE),  # within 14 days; told from 7 before
        ({}, None, 15, State.OVERDUE),
        ({}, 12, 15, State.MET),  # a new version was agreed three days after it
    ],
)
def test_the_crisis_plan_is_looked_at_in_each_review(cast, said, plan, days_ago, expected):
    begin(cast, 200)
    review(cast, 100, discussed={"crisis_plan": "Made."})
    review(cast, days_ago, discussed=said)
    if plan is not None:
        cast.treatment.plans.create(kind="crisis_plan", made_on=ago(plan), agreed_on=ago(plan))
    assert state(cast, "crisis_plan_not_reviewed") is expected


def test_the_programmes_own_period_holds(cast):
    begin(cast, 200)
    review(cast, 43)
    Threshold.objects.create(
        programme=cast.programme,
        standard="rhythm_team_progress_review",
        at_most=60.0,
        reason="small team",
        set_by=cast.manager,
    )
    assert state(cast, "team_review_due") is State.RUNNING


@pytest.mark.parametrize(
    ("came", "step", "expected"),
    [
        ("+-", None, None),
        ("+--", None, State.OVERDUE),  # the second one 18 days ago, a Friday: to be called on Monday
        ("+--+", None, State.MET),
        ("+--", 17, State.MET),
        ("+--", 2, State.LATE),
    ],
)
def test_who_missed_two_sessions_is_called(cast, came, step, expected):
    begin(cast, 90)
    sessions(cast, came)
    if step is not None:
        cast.treatment.absence_steps.create(step="telephone", happened_on=ago(step), result="reached")
    assert state(cast, "missed_and_not_called") is expected


def test_the_call_waits_for_the_working_day(cast):
    """Missed on Thursday the 12th and Friday the 13th of June: the last day to call is Monday the 16th."""
    begin(cast, 90)
    sessions(cast, "--", first=19)
    run = reading(cast, "missed_and_not_called").run
    assert (run.since, run.due_on) == (datetime.date(2025, 6, 13), datetime.date(2025, 6, 16))
    assert state(cast, "missed_and_not_called", datetime.date(2025, 6, 16)) is State.DUE
    assert state(cast, "missed_and_not_called", datetime.date(2025, 6, 17)) is State.OVERDUE


@pytest.mark.parametrize(
    ("came", "reviewed", "expected"),
    [
        ("+--", None, None),
        ("+---", None, State.OVERDUE),  # the third one 17 days ago; two weeks
        ("+---", 5, State.MET),
        ("+---", 18, State.OVERDUE),  # that review was before it
        ("+---+", None, State.OVERDUE),  # coming again is no review
    ],
)
def test_three_missed_in_a_row_lead_to_a_review(cast, came, reviewed, expected):
    begin(cast, 90)
    sessions(cast, came)
    if reviewed is not None:
        review(cast, reviewed)
    found = state(cast, "missed_without_review")
    assert found is (State.LATE if reviewed == 1 else expected)


def test_a_time_out_is_no_absence(cast):
    begin(cast, 90)
    sessions(cast, "+---")
    cast.treatment.time_outs.create(starts_on=ago(19), ends_on=ago(10), reason="Violence.")
    assert state(cast, "missed_without_review") is None


def test_the_steps_about_an_absence_count_for_letter_and_visit(cast):
    """Called in vain 30 days ago: a letter by day 16; sent 20 days ago: a visit by 6 days ago."""
    begin(cast, 90)
    steps = cast.treatment.absence_steps
    steps.create(step="telephone", happened_on=ago(30), result="not_reached")
    assert state(cast, "no_letter_when_not_reached") is State.OVERDUE
    steps.create(step="letter", happened_on=ago(20), result="sent")
    assert state(cast, "no_letter_when_not_reached") is State.MET
    assert reading(cast, "no_visit_after_letter").run.due_on == ago(6)
    assert state(cast, "no_visit_after_letter") is State.OVERDUE
    sessions(cast, "+", first=1)
    assert state(cast, "no_visit_after_letter") is State.LATE


# --- an end after absences ---
def ending(cast, **given: object) -> None:
    end_treatment(
        treatment=cast.treatment,
        **{
            "ended_on": TODAY,
            "kind": "drop_out",
            "ground": "not_reached",
            "reason": "Did not come any more.",
            "decided_by": [cast.therapist],
            "discussed_on": ago(1),
            "by": cast.therapist,
        }
        | given,
    )


def test_nobody_is_ended_after_absences_without_a_review(cast):
    begin(cast, 90)
    sessions(cast, "+---")
    with pytest.raises(ValidationError, match="3 sessions in a row were missed, the last on 14 Jun 2025"):
        ending(cast)
    review(cast, 5)
    ending(cast)
    look(programme=cast.programme, on=TODAY)
    assert not Signal.objects.filter(rule="ended_without_review").exists()


def test_a_reason_lets_it_end_and_tells_the_supervisor(cast):
    begin(cast, 90)
    sessions(cast, "+---")
    ending(cast, without_review="Moved abroad.")
    look(programme=cast.programme, on=TODAY)
    signal = Signal.objects.get(rule="ended_without_review")
    assert signal.responsible == "supervisor"
    assert signal.evidence["missed"] == 3
    assert signal.evidence["reason"] == "Moved abroad."
    close(signal=signal, note="Talked over.", by=cast.supervisor)
    look(programme=cast.programme, on=TODAY)
    assert Signal.objects.unsettled().filter(rule="ended_without_review").count() == 0


@pytest.mark.parametrize("came", ["+--", "+---+"])
def test_an_end_without_absences_needs_no_reason(cast, came):
    begin(cast, 90)
    sessions(cast, came)
    ending(cast, without_review="Not needed.")
    assert cast.treatment.ending.without_review == ""


def test_an_end_as_planned_asks_for_no_review(cast):
    begin(cast, 90)
    sessions(cast, "+---")
    ending(cast, kind="completed", ground="as_planned")


@pytest.mark.parametrize(("minutes", "found"), [(30, 0), (31, 1), (None, 0)])
def test_a_long_emergency_appointment(cast, minutes, found):
    begin(cast, 90)
    cast.treatment.incidents.create(
        programme=cast.programme, kind="emergency_appointment", happened_on=ago(3), minutes=minutes
    )
    look(programme=cast.programme, on=TODAY)
    signals = Signal.objects.unsettled().filter(rule="long_emergency_appointment")
    assert signals.count() == found
    for signal in signals:
        close(signal=signal, note="Could not be shorter.", by=cast.therapist)
    look(programme=cast.programme, on=TODAY)
    assert not Signal.objects.unsettled().filter(rule="long_emergency_appointment").exists()
