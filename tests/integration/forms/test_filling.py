"""Answers kept as they are given: once, in the right order, scored only when the form is finished."""

import pytest
from django.core.exceptions import ValidationError

from onmodel.assessments.models import Answer, Score
from onmodel.forms.actions import Given, finish_form, open_sitting, save_answers
from onmodel.forms.models import DraftAnswer, Sitting
from onmodel.signals.actions import close
from onmodel.signals.models import Signal
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db
ITEMS = ("low", "flooded", "daily", "others", "curious", "risk")


@pytest.fixture
def form(cast):
    return AssignmentFactory(treatment=cast.treatment, instrument="weekly_check")


@pytest.fixture
def sitting(form):
    return open_sitting(assignment=form, channel="link", by=None)


def say(sitting, item: str, value: object, **kwargs: float):
    return save_answers(sitting=sitting, given=[Given(item=item, value=value, **kwargs)], by=None)


def test_an_answer_is_kept_at_once_and_scored_by_nobody(form, sitting):
    assert say(sitting, "low", "3", seconds=4.2).items == ("low",)
    form.refresh_from_db()
    assert (form.status, form.answered_on) == ("partial", None)
    assert form.drafts.get().value == 3.0
    assert not Answer.objects.exists()
    assert not Score.objects.exists()


def test_the_same_twice_counts_once(form, sitting):
    for _time in range(2):
        say(sitting, "low", 3, seconds=5.0)
    sitting.refresh_from_db()
    assert form.drafts.count() == 1
    assert (sitting.active_seconds, sitting.item_seconds) == (5.0, {"low": 5.0})


def test_what_was_said_last_holds_in_whatever_order_it_arrives(form, sitting):
    say(sitting, "low", 1, age=0.0)
    say(sitting, "low", 4, age=3600.0)  # waited an hour in another browser
    assert form.drafts.get().value == 1.0
    say(sitting, "low", 2)
    assert form.drafts.get().value == 2.0


def test_a_wrong_answer_does_not_stop_the_others(form, sitting):
    given = [Given(item="low", value=9), Given(item="nothing", value=1), Given(item="daily", value=2)]
    kept = save_answers(sitting=sitting, given=given, by=None)
    assert kept.items == ("daily",)
    assert set(kept.problems) == {"low", "nothing"}
    assert "9" in kept.problems["low"]


@pytest.mark.parametrize("value", ["inf", "nan", "1e999", "x", "-1"])
def test_no_number_that_is_no_answer(form, sitting, value):
    assert set(say(sitting, "low", value).problems) == {"low"}
    assert not form.drafts.exists()


def test_finished_it_is_scored_and_the_drafts_are_gone(form, sitting):
    save_answers(sitting=sitting, given=[Given(item=item, value=1) for item in ITEMS], by=None)
    finish_form(sitting=sitting, by=None)
    form.refresh_from_db()
    sitting.refresh_from_db()
    assert (form.status, form.recorded_by) == ("answered", None)
    assert form.answers.count() == len(ITEMS)
    assert form.scores.get(scale="BURDEN").value == pytest.approx((1 + 1 + 3 + 3 + 3) / 5)
    assert not DraftAnswer.objects.exists()
    assert sitting.finished_at is not None


def test_finished_twice_and_answered_late_changes_nothing(form, sitting):
    save_answers(sitting=sitting, given=[Given(item=item, value=1) for item in ITEMS], by=None)
    finish_form(sitting=sitting, by=None)
    finish_form(sitting=sitting, by=None)
    assert say(sitting, "low", 4).finished
    assert form.answers.get(item="low").value == 1.0
    assert not DraftAnswer.objects.exists()


def test_an_item_passed_over_leaves_a_form_answered_that_can_be_scored(form, sitting):
    given = [Given(item=item, value=None if item == "low" else 1) for item in ITEMS]
    save_answers(sitting=sitting, given=given, by=None)
    assert finish_form(sitting=sitting, by=None).status == "answered"


def test_too_few_answers_leave_it_partly_answered(form, sitting):
    say(sitting, "low", 1)
    finished = finish_form(sitting=sitting, by=None)
    assert (finished.status, finished.answered_on is None) == ("partial", False)
    with pytest.raises(ValidationError):
        open_sitting(assignment=form, channel="link", by=None)


def test_nothing_answered_is_not_finished(sitting):
    say(sitting, "low", None)
    with pytest.raises(ValidationError, match="No question"):
        finish_form(sitting=sitting, by=None)


def test_a_risk_answer_opens_a_signal_though_the_form_is_never_finished(form, sitting):
    assert say(sitting, "risk", 1).at_risk == ("risk",)
    signal = Signal.objects.get()
    assert (signal.rule, signal.severity, signal.treatment) == ("risk_answer", "urgent", form.treatment)
    assert signal.evidence["answer"] == 1.0
    say(sitting, "risk", 3)
    assert Signal.objects.get().latest_evidence["answer"] == 3.0


def test_the_lowest_answer_on_a_risk_item_opens_none(sitting):
    assert say(sitting, "risk", 0).at_risk == ()
    assert not Signal.objects.exists()


def test_a_closed_risk_signal_stays_closed(cast, sitting):
    say(sitting, "risk", 2)
    close(signal=Signal.objects.get(), note="Spoken with.", by=cast.therapist)
    say(sitting, "risk", 2)
    assert Signal.objects.get().state == "closed"


def test_a_pause_is_not_time_that_went_to_an_answer(sitting):
    say(sitting, "low", 1, seconds=4_000.0)
    sitting.refresh_from_db()
    assert sitting.active_seconds == 120.0


def test_sittings_of_patients_and_of_staff(cast, form, sitting):
    staff = AssignmentFactory(treatment=cast.treatment, instrument="weekly_check", months=1.0)
    open_sitting(assignment=staff, channel="paper", by=cast.assistant)
    assert list(Sitting.objects.by_patients()) == [sitting]
    assert not Sitting.objects.finished().exists()
