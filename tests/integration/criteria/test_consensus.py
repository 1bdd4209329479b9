"""Scoring alone and blind, the summary, names, agreement; the published cohorts on their page."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from onmodel.audit.models import Event
from onmodel.criteria.consensus.actions import (
    agree_scores,
    close_round,
    finish_round,
    give_scores,
    open_round,
)
from onmodel.criteria.consensus.reading import last_agreed, summary_of
from onmodel.criteria.models import Sheet

pytestmark = pytest.mark.django_db


def test_nobody_sees_a_score_until_all_are_in(cast, round_of, client):
    found = round_of(given={"supervisor": "6", "manager": "2/3"})
    assert summary_of(found) is None
    client.force_login(cast.manager)
    page = client.get(reverse("consensus-round", args=[found.pk])).content.decode()
    assert "Nobody sees what others scored" in page
    assert "Who differs most" not in page


def test_the_last_one_in_closes_the_round_and_the_summary_says_who_differs(cast, round_of):
    found = round_of(named=True, given={"supervisor": "6", "manager": "2/3", "therapist": "2"})
    assert not found.is_open
    summary = summary_of(found)
    one = summary.spreads["1"]
    assert (one.median, one.lowest, one.highest, one.n) == (2.5, 2.0, 6.0, 3)
    # distance from the median 2.5: 3.5, 0 and 0.5
    assert [(distance.rater, distance.mean) for distance in summary.furthest] == [
        (cast.supervisor.name, 3.5),
        (cast.therapist.name, 0.5),
        (cast.manager.name, 0.0),
    ]


def test_without_names_nothing_kept_says_whose_a_sheet_is(cast, round_of):
    found = round_of(given={"supervisor": "6", "manager": "2", "therapist": "3"})
    assert set(Sheet.objects.filter(round=found).values_list("rater", flat=True)) == {None}
    assert set(summary_of(found).sheets) == {"A", "B", "C"}
    assert not Event.objects.filter(verb="consensus scored").exists()


def test_with_names_the_event_says_who_scored_not_what(cast, round_of):
    round_of(named=True, given={"supervisor": "6"})
    event = Event.objects.get(verb="consensus scored")
    assert event.by == cast.supervisor
    assert "6" not in str(event.detail)


def test_without_names_two_are_too_few(cast):
    with pytest.raises(ValidationError, match="Without names ask at least 3"):
        open_round(
            programme=cast.programme,
            instrument="team_factors",
            starts_on=datetime.date(2025, 1, 1),
            ends_on=datetime.date(2025, 6, 1),
            raters=[cast.supervisor, cast.manager],
            by=cast.manager,
        )


def test_a_period_that_ends_before_it_begins_is_refused(cast):
    with pytest.raises(ValidationError, match="before it begins"):
        open_round(
            programme=cast.programme,
            instrument="team_factors",
            starts_on=datetime.date(2025, 6, 1),
            ends_on=datetime.date(2025, 1, 1),
            raters=[cast.supervisor, cast.manager],
            named=True,
            by=cast.manager,
        )


def test_somebody_of_elsewhere_and_a_form_about_patients_are_refused(cast):
    days = {"starts_on": datetime.date(2025, 1, 1), "ends_on": datetime.date(2025, 6, 1)}
    with pytest.raises(ValidationError, match="does not work in this programme"):
        open_round(
            programme=cast.programme,
            instrument="team_factors",
            raters=[cast.supervisor, cast.outsider],
            named=True,
            by=cast.manager,
            **days,
        )
    with pytest.raises(ValidationError, match="no form that several people score"):
        open_round(
            programme=cast.programme,
            instrument="bsi",
            raters=[cast.supervisor, cast.manager],
            named=True,
            by=cast.manager,
            **days,
        )


def test_what_lacks_and_what_is_no_mark_are_named_at_once(cast, round_of, all_items):
    found = round_of()
    scores = {**dict.fromkeys(all_items, "4"), "1": "9", "2": ""}
    with pytest.raises(ValidationError) as caught:
        give_scores(round_=found, scores=scores, by=cast.supervisor)
    said = " ".join(caught.value.messages)
    assert "9 is no score" in said
    assert "Not scored yet: 2." in said


def test_once_and_only_who_was_asked(cast, round_of, all_items):
    found = round_of(given={"supervisor": "4"})
    with pytest.raises(ValidationError, match="scored already"):
        give_scores(round_=found, scores=dict.fromkeys(all_items, "5"), by=cast.supervisor)
    with pytest.raises(ValidationError, match="not asked"):
        give_scores(round_=found, scores=dict.fromkeys(all_items, "5"), by=cast.expert)


def test_closing_early_is_the_leaders_and_needs_enough(cast, round_of):
    found = round_of(given={"supervisor": "4", "therapist": "5"})
    with pytest.raises(ValidationError, match="leads it"):
        close_round(round_=found, by=cast.supervisor)
    with pytest.raises(ValidationError, match="at least 3"):
        close_round(round_=found, by=cast.manager)


def test_agreement_is_kept_beside_what_each_gave_alone(cast, round_of):
    found = round_of(named=True, given={"supervisor": "6", "manager": "2", "therapist": "3"})
    before = list(Sheet.objects.order_by("pk").values_list("scores", flat=True))
    scores = {"1": "2/3", "2": "4"}
    agree_scores(round_=found, scores=scores, remarks={"1": "The board left."}, by=cast.manager)
    finish_round(round_=found, by=cast.manager)
    assert list(Sheet.objects.order_by("pk").values_list("scores", flat=True)) == before
    assert last_agreed(cast.programme, "team_factors", timezone.localdate()) == found
    with pytest.raises(ValidationError, match="was reached on"):
        agree_scores(round_=found, scores={"1": "5"}, by=cast.manager)


def test_nothing_is_agreed_before_everybody_scored_alone(cast, round_of):
    found = round_of(given={"supervisor": "6"})
    with pytest.raises(ValidationError, match="First everybody scores alone"):
        agree_scores(round_=found, scores={"1": "5"}, by=cast.manager)


# --- pages ---
def test_a_round_from_its_form_to_its_end(cast, client, all_items):
    client.force_login(cast.manager)
    sent = {
        "instrument": "team_factors",
        "starts_on": "2025-01-01",
        "ends_on": "2025-12-31",
        "named": "yes",
        "raters": [cast.manager.pk, cast.supervisor.pk],
    }
    response = client.post(reverse("consensus", args=[cast.programme.slug]), sent)
    assert response.status_code == 302
    found = cast.programme.consensus_rounds.get()
    for user, mark in ((cast.manager, "4"), (cast.supervisor, "5/6")):
        client.force_login(user)
        scored = client.post(reverse("consensus-rate", args=[found.pk]), dict.fromkeys(all_items, mark))
        assert scored.status_code == 302
    client.force_login(cast.manager)
    refused = client.post(reverse("consensus-agree", args=[found.pk]), {"score_1": "8", "remark_1": "Well."})
    assert refused.status_code == 422
    assert "Well." in refused.content.decode()
    done = client.post(reverse("consensus-agree", args=[found.pk]), {"score_1": "4/5", "finish": "1"})
    assert done.status_code == 302
    assert "4/5" in client.get(reverse("consensus-round", args=[found.pk])).content.decode()


def test_a_rater_without_a_say_in_requirements_may_score(cast, round_of, client, all_items):
    found = round_of()
    client.force_login(cast.therapist)
    assert client.get(reverse("consensus-rate", args=[found.pk])).status_code == 200
    assert client.post(reverse("consensus-rate", args=[found.pk]), {"1": "4"}).status_code == 422
    client.force_login(cast.colleague)
    assert client.get(reverse("consensus-rate", args=[found.pk])).status_code == 403


def test_the_published_cohorts_come_out(cast, client):
    """129 / 21 = 6.14 (128 to 130: 6.10 to 6.19), and 51.5 / 21 = 2.45 (47 to 56: 2.24 to 2.67)."""
    client.force_login(cast.manager)
    page = client.get(reverse("consensus-published", args=[cast.programme.slug])).content.decode()
    assert "6.14 (6.10 to 6.19, n = 21)" in page
    assert "2.45 (2.24 to 2.67, n = 21)" in page
