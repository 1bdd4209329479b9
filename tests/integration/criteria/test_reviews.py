"""Scoring the criteria, levels' means and the plan of improvement."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from onmodel.clocks.record import Record
from onmodel.criteria.actions import (
    begin_review,
    call_off_audit,
    finish_review,
    improve,
    keep_criteria,
    plan_audit,
    settle_improvement,
)
from onmodel.criteria.models import CriteriaReview
from onmodel.criteria.scores import form_of, last_two, level_means
from onmodel.criteria.scores import scored as reviews_of
from onmodel.monitoring.run import look
from onmodel.signals.models import Signal

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 1)


def test_a_six_is_refused_in_plain_words_and_the_rest_is_kept(cast):
    review = begin_review(programme=cast.programme, kind="audit", day=DAY, by=cast.expert)
    kept = keep_criteria(review=review, scores={"1": "4", "2": "6"}, by=cast.expert)
    assert kept.items == ("1",)
    assert kept.problems["2"] == "Criterion 2: 6 is no score. It goes from 1 (very poor) to 5 (very good)."


def test_finished_once(cast, scored):
    review = scored(DAY, {"1": "4"})
    with pytest.raises(ValidationError, match="finished on"):
        keep_criteria(review=review, scores={"1": "5"}, by=cast.expert)
    with pytest.raises(ValidationError, match="finished on"):
        finish_review(review=review, by=cast.expert)


def test_nobody_scores_in_anothers_review_or_twice_on_a_day(cast, scored):
    review = begin_review(programme=cast.programme, kind="self", day=DAY, by=cast.supervisor)
    with pytest.raises(ValidationError, match="Somebody else"):
        keep_criteria(review=review, scores={"1": "5"}, by=cast.manager)
    with pytest.raises(ValidationError, match="already"):
        begin_review(programme=cast.programme, kind="self", day=DAY, by=cast.supervisor)


def test_a_day_that_has_not_come_is_refused(cast):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with pytest.raises(ValidationError, match="has not come yet"):
        begin_review(programme=cast.programme, kind="audit", day=tomorrow, by=cast.expert)


def test_means_keep_the_four_levels_apart_and_count_what_was_scored(cast):
    form = form_of(cast.programme)
    scores = {"1": 4.0, "2": 2.0, "7": 1.0, "11": 5.0}
    found = {one.level: (one.mean, one.n, one.of) for one in level_means(form, scores)}
    # organisation (4 + 2) / 2; organisation and team 1 alone; team 5; all (4 + 2 + 1 + 5) / 4
    assert found == {
        "organisation": (3.0, 2, 6),
        "organisation_team": (1.0, 1, 4),
        "team": (5.0, 1, 8),
        "therapist": (None, 0, 2),
        "TOTAL": (3.0, 4, 20),
    }


def test_an_audit_is_held_against_the_audit_before_it(cast, scored):
    scored(DAY, {"1": "2"})
    scored(datetime.date(2025, 5, 1), {"1": "5"}, kind="self")
    scored(datetime.date(2025, 6, 1), {"1": "4"})
    latest, before = last_two(reviews_of(cast.programme, timezone.localdate()))
    assert (latest.scores["1"], before.scores["1"]) == (4.0, 2.0)


def test_an_audit_that_was_planned_is_the_one_that_begins(cast):
    today = timezone.localdate()
    planned = plan_audit(programme=cast.programme, day=today, by=cast.expert)
    begun = begin_review(programme=cast.programme, kind="audit", day=today, by=cast.expert)
    assert begun.pk == planned.pk
    with pytest.raises(ValidationError, match="was begun"):
        call_off_audit(audit=begun, by=cast.expert)


def test_a_day_that_is_past_cannot_be_planned(cast):
    with pytest.raises(ValidationError, match="is past"):
        plan_audit(programme=cast.programme, day=DAY, by=cast.expert)


def test_only_an_audit_stops_the_clock_of_the_yearly_audit(cast, scored):
    scored(DAY, {"1": "4"}, kind="self")
    assert not Record(cast.programme, timezone.localdate()).days("programme_audited")
    scored(DAY, {"1": "4"})
    assert Record(cast.programme, timezone.localdate()).days("programme_audited") == {
        cast.programme.pk: [DAY]
    }


def overdue(cast):
    return improve(
        programme=cast.programme,
        criterion="7",
        what="Restore supervision",
        owner=cast.supervisor,
        due_on=DAY,
        by=cast.manager,
    )


def test_an_improvement_past_its_day_opens_a_signal_to_the_manager_that_ends_with_it(cast):
    improvement = overdue(cast)
    look(programme=cast.programme, only="improvement_overdue")
    signal = Signal.objects.get(rule="improvement_overdue")
    assert (signal.responsible, signal.evidence["item"]) == ("manager", "7")
    settle_improvement(improvement=improvement, state="done", result="Every week again.", by=cast.manager)
    look(programme=cast.programme, only="improvement_overdue")
    signal.refresh_from_db()
    assert signal.state == "closed"
    with pytest.raises(ValidationError, match="settled on"):
        settle_improvement(improvement=improvement, state="done", result="", by=cast.manager)


def test_a_criterion_that_is_none_is_refused(cast):
    with pytest.raises(ValidationError, match="no criterion 21"):
        improve(
            programme=cast.programme,
            criterion="21",
            what="x",
            owner=cast.manager,
            due_on=DAY,
            by=cast.manager,
        )


# --- pages ---
def test_the_form_has_aspects_and_the_record_beside_each_criterion(client, cast):
    client.force_login(cast.expert)
    begun = {"kind": "audit", "day": DAY.isoformat()}
    response = client.post(reverse("criteria-begin", args=[cast.programme.slug]), begun, follow=True)
    page = response.content.decode()
    assert "The board knows in outline the programme" in page
    assert "What the record says" in page
    assert "Nobody has attested it." in page  # unknown said as unknown


def test_a_wrong_score_gives_422_and_loses_nothing(client, cast):
    review = begin_review(programme=cast.programme, kind="audit", day=DAY, by=cast.expert)
    client.force_login(cast.expert)
    sent = {"1": "4", "2": "6", "remark_1": "Seen the budget."}
    response = client.post(reverse("criteria-finish", args=[review.pk]), sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "6 is no score" in page
    assert "Seen the budget." in page
    review.refresh_from_db()
    assert review.state == CriteriaReview.State.BEGUN


def test_the_page_shows_the_last_two_and_the_plan(client, cast, scored):
    scored(DAY, {"1": "2", "2": "3"})
    scored(datetime.date(2025, 6, 1), {"1": "4"})
    overdue(cast)
    client.force_login(cast.manager)
    page = client.get(reverse("criteria", args=[cast.programme.slug])).content.decode()
    assert "4.00 (1 of 6 scored)" in page
    assert "Overdue" in page
    assert "criteria-dots" in page


def test_what_came_of_an_improvement_is_said_on_its_page(client, cast):
    improvement = overdue(cast)
    client.force_login(cast.manager)
    url = reverse("improvement", args=[improvement.pk])
    assert client.post(url, {"state": "dropped", "result": ""}).status_code == 422
    assert client.post(url, {"state": "done", "result": "Done."}).status_code == 302
    improvement.action.refresh_from_db()
    assert improvement.action.result == "Done."
