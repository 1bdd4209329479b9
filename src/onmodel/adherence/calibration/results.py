"""What a calibration came to: item by item, each rater's distance from the reference."""

from __future__ import annotations

from dataclasses import dataclass

from onmodel.adherence.models import Calibration, Rating
from onmodel.assessments.actions import instrument_of
from onmodel.assessments.models import Answer
from onmodel.packs.instruments import Instrument, ItemKind


@dataclass(frozen=True, kw_only=True)
class Held:
    """One rater against the reference: item -> mark, and over the items that both rated the mean difference,
    the mean distance and their number; None where they share no item."""

    rating: Rating
    marks: dict[str, float]
    n: int
    above: float | None
    apart: float | None


@dataclass(frozen=True, kw_only=True)
class Results:
    """`reference` is empty while it is not in."""

    instrument: Instrument | None
    items: tuple[str, ...]
    reference: dict[str, float]
    raters: tuple[Held, ...]


def results_of(calibration: Calibration) -> Results:
    """From the ratings that are in, the raters by name."""
    ratings = list(
        Rating.objects.submitted()
        .filter(calibration=calibration)
        .select_related("rater", "assignment")
        .order_by("rater__name", "pk")
    )
    marks: dict[object, dict[str, float]] = {one.assignment_id: {} for one in ratings}
    given = Answer.objects.filter(assignment__in=list(marks), value__isnull=False)
    for form, item, value in given.values_list("assignment", "item", "value"):
        marks[form][item] = value
    instrument = instrument_of(ratings[0].assignment) if ratings else None
    chosen = [i.id for i in instrument.all_items() if i.kind is ItemKind.CHOICE] if instrument else []
    is_reference = {one.pk: one.purpose == Rating.Purpose.REFERENCE for one in ratings}
    reference = next((marks[one.assignment_id] for one in ratings if is_reference[one.pk]), {})
    held = [
        _held(one, marks[one.assignment_id], reference, chosen) for one in ratings if not is_reference[one.pk]
    ]
    seen = {item for one in [reference, *(h.marks for h in held)] for item in one}
    return Results(
        instrument=instrument,
        items=tuple(item for item in chosen if item in seen),
        reference={item: value for item, value in reference.items() if item in chosen},
        raters=tuple(held),
    )


def _held(rating: Rating, marks: dict[str, float], reference: dict[str, float], chosen: list[str]) -> Held:
    differences = [marks[item] - reference[item] for item in chosen if item in marks and item in reference]
    n = len(differences)
    return Held(
        rating=rating,
        marks={item: marks[item] for item in chosen if item in marks},
        n=n,
        above=sum(differences) / n if n else None,
        apart=sum(map(abs, differences)) / n if n else None,
    )
