"""Hours, signs, the year ahead and standings: what is drawn is in the table, and the drawing is valid."""

import datetime

import altair as alt
import pytest

from onmodel.charts.drift import Happened
from onmodel.charts.staffing import Ahead, Hours, SignPoint, ahead_chart, hours_chart, sign_chart
from onmodel.charts.standings import Stretch, standings_chart

JANUARY, FEBRUARY, JULY = (datetime.date(2025, month, 1) for month in (1, 2, 7))
EVENTS = (Happened(day=FEBRUARY, name="Reorganisation"), Happened(day=FEBRUARY, name="Split"))
STATES = {"usual": "usual", "weak": "worse", "alarm": "beyond"}


def hours():
    points = [
        Hours(day=day, team=team, hours=80.0, people=3)
        for day in (JANUARY, FEBRUARY, JULY)
        for team in ("A", "B")
    ]
    headers = ("Month", "Team", "Hours", "People")
    return hours_chart(points, measure="Hours a week", headers=headers, events=EVENTS)


def signs(values=(2.0, None, 5.0)):
    points = [
        SignPoint(day=day, name=f"Q{n}", value=value, low=0.5, high=4.0, state="usual")
        for n, (day, value) in enumerate(zip((JANUARY, FEBRUARY, JULY), values, strict=True))
    ]
    points[-1] = SignPoint(day=JULY, name="Q2", value=values[-1], n=7, low=0.5, high=4.0, state="alarm")
    headers = ("Quarter", "Value", "Usual", "n")
    return sign_chart(points, measure="%", headers=headers, states=STATES, centre=2.0, events=EVENTS)


def ahead():
    months = [Ahead(month=n, middle=n, low=0.0, high=2.0 * n) for n in (1, 2, 3)]
    return ahead_chart(months, measure="Patients", headers=("Month", "Expected", "80%"), limit=5.0)


def standings():
    stretches = [
        Stretch(row="5", state="met", start=JANUARY, end=FEBRUARY),
        Stretch(row="5", state="not_met", start=FEBRUARY, end=JULY),
    ]
    states = {"met": "Met", "not_met": "Not met", "unknown": "Unknown"}
    return standings_chart(
        stretches, headers=("Requirement", "Met?", "From", "Until"), states=states, events=EVENTS
    )


@pytest.mark.parametrize("draw", [hours, signs, ahead, standings])
def test_the_drawing_is_valid_and_has_as_many_cells_as_headers(draw):
    drawing = draw()
    alt.Chart.from_dict({key: value for key, value in drawing.spec.items() if key != "autosize"})
    assert {len(row) for row in drawing.rows} == {len(drawing.headers)} == {len(drawing.numeric)}


def test_the_table_of_hours_goes_by_half_years():
    assert [row[0] for row in hours().rows] == ["2025-01", "2025-01", "2025-07", "2025-07"]


def test_what_is_unknown_is_none_and_what_is_beyond_is_said():
    assert signs().rows == (
        ("Q0", "2", "0.5 to 4", None),
        ("Q1", None, "0.5 to 4", None),
        ("Q2 (beyond)", "5", "0.5 to 4", 7),
    )


def test_nothing_but_zeros_stands_on_the_ground():
    scales = [
        layer["encoding"]["y"]["scale"]["domain"]
        for layer in sign_chart(
            [SignPoint(day=JANUARY, name="Q1", value=0.0)],
            measure="",
            headers=("Quarter", "Value", "Usual", "n"),
            states=STATES,
        ).spec["layer"]
        if "scale" in layer.get("encoding", {}).get("y", {})
    ]
    assert scales
    assert all(scale == [0, 1.0] for scale in scales)


def test_standings_say_from_when_until_when():
    assert standings().rows[1] == ("5", "Not met", "2025-02-01", "2025-07-01")
