"""Figures of groups against counts that can be made by hand, and what a reader may see of them."""

import datetime

import numpy as np
import pytest

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.inference.proportions import wilson
from onmodel.patients.models import Treatment
from onmodel.process.models import Attendance
from onmodel.reports.cohorts.computing import compute
from onmodel.reports.cohorts.selection import EARLIER, By, Selection, treatments_frame
from onmodel.reports.cohorts.series import Figures, Kind, Part, fewer
from tests.factories import PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
UNTIL = datetime.date(2026, 7, 1)
GSI = {"instrument": "bsi", "scale": "GSI"}


def started(cast, year: int, count: int, **fields: object) -> list[Treatment]:
    """So many treatments that started on 1 January of a year."""
    return [
        TreatmentFactory(
            programme=cast.programme,
            patient=PatientFactory(organisation=cast.organisation),
            started_on=datetime.date(year, 1, 1),
            **fields,
        )
        for _ in range(count)
    ]


def scored(cast, treatments, instrument: str, scale: str, by_month: dict[float, list[float]]) -> None:
    for month, values in by_month.items():
        found = treatments[: len(values)]
        store_forms(
            Forms(
                programme=cast.programme,
                instrument=cast.programme.definitions.instruments[instrument],
                respondent="patient",
                treatments=[t.pk for t in found],
                months=[month] * len(found),
                answered_on=[t.started_on + datetime.timedelta(days=round(30.4 * month)) for t in found],
                entered={scale: np.array(values, dtype=float)},
            ),
            by=None,
        )


def figures(cast, **selection: object) -> Figures:
    asked = Selection(**{**GSI, "by": By.YEAR, **selection})
    return compute(cast.programme, cast.programme.treatments.all(), asked, until=UNTIL)


def only(found: Figures, part: Part, group: str, what: str = "", kind: Kind = Kind.SHARE):
    (series,) = [s for s in found.of(part, kind) if s.group == group and s.what == what]
    return series.points


@pytest.fixture
def two_years(cast):
    """Ten patients of 2024 and eight of 2025 with the GSI at the start; fewer later on."""
    cast.treatment.delete()
    early, late = started(cast, 2024, 10), started(cast, 2025, 8)
    scored(
        cast, early, "bsi", "GSI",
        {0.0: [2.0] * 10, 6.0: [1.5] * 9, 12.0: [1.0] * 4 + [2.0] * 2 + [3.4] * 2},
    )  # fmt: skip
    scored(cast, late, "bsi", "GSI", {0.0: [1.0, 2.0] * 4, 6.0: [1.0, 2.0] * 3})
    cast.early, cast.late = early, late
    return cast


def test_the_course_has_means_with_n_by_year_of_start(two_years) -> None:
    found = figures(two_years)
    assert found.groups == {"2024": 10, "2025": 8}
    points = only(found, Part.COURSE, "2025", kind=Kind.MEAN)
    assert [(p.x, p.value, p.n) for p in points] == [(0.0, 1.5, 8), (6.0, 1.5, 6)]


def test_missing_is_of_those_who_came_to_the_moment(two_years) -> None:
    points = only(figures(two_years), Part.MISSING, "2024")
    assert [(p.x, p.events, p.n) for p in points] == [(0.0, 10, 10), (6.0, 9, 10), (12.0, 8, 10)]
    assert (points[1].lower, points[1].upper) == pytest.approx(wilson(9, 10))


def test_who_changed_is_counted_from_the_start_to_the_last_score(two_years) -> None:
    """2024: last scores 1.0 (4), 2.0 (2), 3.4 (2) and 1.5 (1); the reliable change of the GSI is below 1."""
    found = figures(two_years)
    counts = {
        what: only(found, Part.CHANGE, "2024", what)[0] for what in ("better", "unchanged", "deteriorated")
    }
    assert counts["better"].events >= 4
    assert counts["deteriorated"].events == 2
    assert sum(p.events for p in counts.values()) == 9
    assert {p.n for p in counts.values()} == {9}


def test_a_group_with_two_moments_has_no_line_beside_one_with_three(two_years) -> None:
    found = figures(two_years)
    assert [s.group for s in found.of(Part.COURSE, Kind.MODEL)] == ["2024"]
    assert found.model.terms == ("linear", "quadratic")


def test_events_are_shares_with_at_least_one(two_years) -> None:
    scored(two_years, two_years.early, "sshi", "SELF_HARM", {0.0: [3, 1, 0, 0], 12.0: [0, 1, 0, 0]})
    points = only(figures(two_years), Part.EVENTS, "2024", "self_harm")
    assert [(p.x, p.events, p.n) for p in points] == [(0.0, 2, 4), (12.0, 1, 4)]


def test_goals_say_who_is_without_the_event_at_both_ends(two_years) -> None:
    scored(two_years, two_years.early, "sshi", "SELF_HARM", {0.0: [3, 1, 0, 0], 12.0: [0, 1, 0, 0]})
    found = figures(two_years)
    start = only(found, Part.GOALS, "2024", "none_at_start")[0]
    last = only(found, Part.GOALS, "2024", "none_at_last")[0]
    assert ((start.events, start.n), (last.events, last.n)) == ((2, 4), (3, 4))


def test_ends_are_curves_where_others_compete(two_years) -> None:
    """Of ten, one drops out and one completes within the year: 1/10, and 1 - 2/10 stay."""
    for treatment, kind, days in zip(two_years.early, ("drop_out", "completed"), (100, 200), strict=False):
        treatment.ended_on = treatment.started_on + datetime.timedelta(days=days)
        treatment.end_kind = kind
        treatment.save()
    found = figures(two_years)
    at_year = {p.x: p for p in only(found, Part.ENDS, "2024", kind=Kind.STAYING)}[12.0]
    assert (at_year.value, at_year.n) == (pytest.approx(0.8), 8)
    incidence = [s for s in found.of(Part.ENDS, Kind.INCIDENCE) if s.group == "2024"]
    dropped = {s.measure: s.points[12].value for s in incidence}
    assert dropped == {"drop_out": pytest.approx(0.1), "push_out": 0.0}


def test_an_end_to_come_is_no_end_yet(two_years) -> None:
    first = two_years.early[0]
    first.ended_on, first.end_kind = UNTIL + datetime.timedelta(days=5), "drop_out"
    first.save()
    assert {p.value for p in only(figures(two_years), Part.ENDS, "2024", kind=Kind.STAYING)} == {1.0}


def test_attendance_is_the_mean_over_patients(two_years) -> None:
    for treatment, attended in zip(two_years.early, (4, 2), strict=False):
        Attendance.objects.create(
            treatment=treatment,
            kind="group",
            starts_on=treatment.started_on,
            ends_on=treatment.started_on + datetime.timedelta(days=29),
            expected=4,
            attended=attended,
        )
    (point,) = only(figures(two_years), Part.ATTENDANCE, "2024", kind=Kind.MEAN)
    assert (point.x, point.value, point.n) == (0.0, 0.75, 2)


def test_patients_who_objected_are_counted_as_left_out(two_years) -> None:
    from onmodel.consent.models import Consent

    Consent.objects.create(
        patient=two_years.early[0].patient,
        purpose="quality_monitoring",
        decision="refused",
        decided_on=UNTIL,
        method="paper",
        text_source="generic",
        text_version="1.0.0",
    )
    found = figures(two_years)
    assert (found.patients, found.objected, found.groups["2024"]) == (17, 1, 9)


def test_filters_leave_whom_was_asked_for(two_years) -> None:
    two_years.early[0].team = two_years.team
    two_years.early[0].save()
    assert figures(two_years, team=two_years.team.pk).patients == 1
    assert figures(two_years, started_from=datetime.date(2025, 1, 1)).patients == 8
    assert figures(two_years, started_until=datetime.date(2024, 12, 31)).patients == 10
    assert figures(two_years, cohort="none").patients == 0
    assert figures(two_years, therapist=two_years.therapist.pk).patients == 0


def test_the_earliest_years_go_together(cast) -> None:
    for year in range(2018, 2026):
        started(cast, year, 1)
    frame = treatments_frame(cast.programme.treatments.all(), Selection(**GSI))
    counts = dict(frame["group"].value_counts().iter_rows())
    assert counts == {EARLIER: 4, "2022": 1, "2023": 1, "2024": 1, "2025": 2}


def test_readers_of_aggregates_get_no_small_cells(two_years) -> None:
    scored(two_years, two_years.early, "sshi", "SELF_HARM", {0.0: [3, 1] + [0] * 6, 12.0: [0, 1] + [1] * 6})
    whole = figures(two_years)
    seen = fewer(whole, 5, also_events=True)
    points = only(seen, Part.EVENTS, "2024", "self_harm")
    assert [(p.value, p.n) for p in points] == [(None, None), (None, None)]
    assert fewer(whole, 9, also_events=True).groups == {"2024": 10}


def test_means_of_few_are_unknown_with_their_n_for_who_sees_patients(two_years) -> None:
    seen = fewer(figures(two_years), 7, also_events=False)
    points = only(seen, Part.COURSE, "2025", kind=Kind.MEAN)
    assert [(p.value, p.n) for p in points] == [(1.5, 8), (None, 6)]
