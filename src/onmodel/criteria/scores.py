"""The criteria and what they were scored: the last time, the time before, and the means of the levels.

The source (D App. 1) prints one of four levels beside each criterion and no rule for a mean. Each level is
therefore kept apart: "organisation and team" counts for neither of the two.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onmodel.assessments.models import Answer
from onmodel.criteria.models import CriteriaReview
from onmodel.packs.instruments import Instrument, Item
from onmodel.packs.standards import Standard, StandardKind
from onmodel.programmes.models import Programme

FORM = "quality_criteria"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """An item of the form with the standard of the same number, which has the aspects."""

    item: Item
    standard: Standard | None

    @property
    def id(self) -> str:
        return self.item.id


@dataclass(frozen=True, kw_only=True)
class LevelMean:
    """The mean of a level over the `n` of its `of` criteria that were scored; None where none was."""

    level: str
    mean: float | None
    n: int
    of: int


@dataclass(frozen=True, kw_only=True)
class Scored:
    """One finished review with its scores by item; an item that was passed over lacks."""

    review: CriteriaReview
    scores: Mapping[str, float]


def form_of(programme: Programme) -> Instrument | None:
    return programme.definitions.instruments.get(FORM)


def criteria_of(programme: Programme) -> list[Criterion]:
    """In the form's order; empty for a pack without such a form."""
    form = form_of(programme)
    if form is None:
        return []
    chosen = (one for one in programme.definitions.all_standards() if one.kind is StandardKind.CRITERION)
    numbered = {standard.number: standard for standard in chosen}
    return [Criterion(item=item, standard=numbered.get(item.id)) for item in form.all_items()]


def level_means(instrument: Instrument, scores: Mapping[str, float]) -> list[LevelMean]:
    """Of each part of the form, and of all criteria under the name of the main scale."""
    items: dict[str, list[str]] = defaultdict(list)
    for item in instrument.all_items():
        items[item.part or ""].append(item.id)
    parts = [_mean(part.id, items[part.id], scores) for part in instrument.parts]
    return [*parts, _mean(instrument.main_scale, [one for ids in items.values() for one in ids], scores)]


def _mean(level: str, items: list[str], scores: Mapping[str, float]) -> LevelMean:
    known = [scores[item] for item in items if item in scores]
    mean = sum(known) / len(known) if known else None
    return LevelMean(level=level, mean=mean, n=len(known), of=len(items))


def scored(programme: Programme, day: datetime.date, kind: str = "") -> list[Scored]:
    """The finished reviews up to that day, the latest first."""
    reviews = programme.criteria_reviews.finished().filter(day__lte=day).select_related("assessor")
    found = list(reviews.filter(kind=kind) if kind else reviews)
    scores = scores_of(review.assignment_id for review in found)
    return [Scored(review=review, scores=scores.get(review.assignment_id, {})) for review in found]


def scores_of(assignments: Iterable[object]) -> dict[object, dict[str, float]]:
    """Form -> item -> score."""
    found: dict[object, dict[str, float]] = defaultdict(dict)
    answers = Answer.objects.filter(assignment__in=list(assignments), value__isnull=False)
    for form, item, value in answers.values_list("assignment", "item", "value"):
        found[form][item] = value
    return dict(found)


def last_two(reviews: Iterable[Scored]) -> tuple[Scored | None, Scored | None]:
    """The latest review and the one of the same kind before it: an audit is held against an audit."""
    listed = list(reviews)
    latest = listed[0] if listed else None
    same = [one for one in listed[1:] if latest is not None and one.review.kind == latest.review.kind]
    return latest, same[0] if same else None
