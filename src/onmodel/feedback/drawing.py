"""One scale of one patient, drawn: for the page that is looked at together and for the letter."""

from __future__ import annotations

from onmodel.charts.course import Estimated, Marks
from onmodel.charts.drawing import Drawing
from onmodel.charts.patient import Score, patient_course_chart
from onmodel.feedback import words as say
from onmodel.feedback.expecting import Point
from onmodel.feedback.looking import Seen
from onmodel.measurement.meaning import find_cut_off


def course_of(seen: Seen, *, language: str, expected: bool = True, height: int = 230) -> Drawing:
    """The course with the band of normal; with `expected` also what was to be expected."""
    measured = seen.measured
    scores: dict[float, float | None] = dict(zip(measured.months, measured.scores, strict=True))
    scores |= dict.fromkeys(seen.missed)
    cut_off = find_cut_off(seen.instrument, seen.scale)
    normal = say.normal_band(seen) if seen.norm else None
    points = seen.points if expected else ()
    return patient_course_chart(
        [Score(months=month, score=scores[month]) for month in sorted(scores)],
        measure=f"{say.title_of(seen)} ({say.better(seen)})",
        marks=Marks(cut_off=cut_off.value if cut_off else None, normal=normal),
        expected=[_estimated(seen, point) for point in points],
        domain=_ends(seen, points),
        language="nl" if language.startswith("nl") else "en",
        height=height,
    )


def _estimated(seen: Seen, point: Point) -> Estimated:
    low, high = say.within(seen, point.low), say.within(seen, point.high)
    return Estimated(months=point.month, estimate=say.within(seen, point.expected), low=low, high=high)


def _ends(seen: Seen, points: tuple[Point, ...]) -> tuple[float, float]:
    """The whole scale where its ends are known; else room for what is drawn."""
    scale, scores = seen.instrument.scale(seen.scale), seen.measured.scores
    drawn = [*scores, *(p.low for p in points), *(p.high for p in points)]
    low, high = min(drawn), max(drawn)
    if scale.minimum is not None and scale.maximum is not None:
        return min(scale.minimum, min(scores)), max(scale.maximum, max(scores))
    room = max(high - low, abs(high + low) / 4) / 4
    return low - room, high + room
