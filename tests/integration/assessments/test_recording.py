"""Filling a form: answers are kept, checked and scored; the same twice changes nothing."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from onmodel.assessments.actions import record_answers, record_scores, set_aside
from onmodel.assessments.models import Answer
from onmodel.audit.models import Event
from tests.factories import AssignmentFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 7, 1)


@pytest.fixture
def form(db):
    return AssignmentFactory()


@pytest.fixture
def user(db):
    return UserFactory()


def score(form, scale="TOTAL"):
    return form.scores.get(scale=scale)


def test_a_form_fills_item_by_item(form, user):
    record_answers(assignment=form, answers={"1": 2, "2": 3}, answered_on=TODAY, by=user)
    form.refresh_from_db()
    assert form.status == "partial"
    assert (score(form).value, score(form).answered_items) == (None, 2)  # too few to score
    rest = {str(item): 1 for item in range(3, 10)}
    record_answers(assignment=form, answers=rest, answered_on=TODAY, by=user)
    form.refresh_from_db()
    assert form.status == "answered"
    assert score(form).value == 2 + 3 + 7 * 1


def test_the_same_twice_counts_once_and_a_change_scores_again(form, user):
    answers = {str(item): 1 for item in range(1, 10)}
    for _ in range(2):
        record_answers(assignment=form, answers=answers, answered_on=TODAY, by=user)
    assert Answer.objects.filter(assignment=form).count() == 9
    assert score(form).value == 9
    record_answers(assignment=form, answers={"9": 0}, answered_on=TODAY, by=user)
    assert score(form).value == 8


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"1": 4}, "Item 1: 4 is not an answer from 0.0 to 3.0"),
        ({"1": "often"}, "Item 1: often"),
        ({"77": 1}, "has no item 77"),
        ({"1": 1, "2": -1}, "Item 2: -1"),
    ],
)
def test_a_wrong_answer_keeps_nothing(form, user, answers, message):
    with pytest.raises(ValidationError, match=message):
        record_answers(assignment=form, answers=answers, answered_on=TODAY, by=user)
    assert not Answer.objects.exists()
    assert not Event.objects.filter(verb="answers recorded").exists()


def test_a_score_may_be_entered(form, user):
    record_scores(assignment=form, scores={"TOTAL": 17}, answered_on=TODAY, by=user)
    form.refresh_from_db()
    assert (form.status, score(form).value, score(form).entered) == ("answered", 17, True)


@pytest.mark.parametrize(
    ("scores", "message"), [({"TOTAL": 28}, "not a score from"), ({"GSI": 1.0}, "has no scale GSI")]
)
def test_a_score_out_of_place_is_refused(form, user, scores, message):
    with pytest.raises(ValidationError, match=message):
        record_scores(assignment=form, scores=scores, answered_on=TODAY, by=user)
    assert not form.scores.exists()


def test_setting_aside_asks_why(form, user):
    with pytest.raises(ValidationError, match="why"):
        set_aside(assignment=form, reason=" ", by=user)
    set_aside(assignment=form, reason="in hospital", by=user)
    form.refresh_from_db()
    assert form.status == "not_applicable"
