"""Reviews, improvements and rounds that tests begin with."""

import datetime

import pytest
from django.utils import timezone

from onmodel.criteria.actions import begin_review, finish_review, keep_criteria
from onmodel.criteria.consensus.actions import give_scores, open_round
from onmodel.criteria.models import CriteriaReview


@pytest.fixture
def scored(cast):
    """Make a finished review: `scored(day, {"1": "4"}, kind="audit")`."""

    def make(day: datetime.date, scores: dict[str, str], kind: str = "audit") -> CriteriaReview:
        by = cast.expert if kind == "audit" else cast.supervisor
        review = begin_review(programme=cast.programme, kind=kind, day=day, by=by)
        keep_criteria(review=review, scores=scores, by=by)
        return finish_review(review=review, by=by)

    return make


@pytest.fixture
def all_items(cast):
    return [item.id for item in cast.programme.definitions.instruments["team_factors"].all_items()]


@pytest.fixture
def round_of(cast, all_items):
    """Make a round in which the supervisor, manager and therapist score; those named have given this mark."""

    def make(*, named: bool = False, given: dict[str, str] | None = None):
        raters = [cast.supervisor, cast.manager, cast.therapist]
        found = open_round(
            programme=cast.programme,
            instrument="team_factors",
            starts_on=datetime.date(2025, 1, 1),
            ends_on=timezone.localdate(),
            raters=raters,
            named=named,
            by=cast.manager,
        )
        for name, mark in (given or {}).items():
            give_scores(round_=found, scores=dict.fromkeys(all_items, mark), by=getattr(cast, name))
        found.refresh_from_db()
        return found

    return make
