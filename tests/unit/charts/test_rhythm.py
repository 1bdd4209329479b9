"""The calendar of meetings: every mark on its day, the same in words and in the table."""

import datetime

import altair as alt

from onmodel.charts.rhythm import Mark, RhythmWords, rhythm_chart

DAY = datetime.date(2025, 9, 30)
WORDS = RhythmWords(
    week="Week of",
    kind="Meeting",
    states={"held": "held", "not_held": "fell out", "planned": "planned"},
    nothing="nothing logged",
)


def drawn():
    marks = [
        Mark(row="Intervision", day=DAY, state="held"),
        Mark(row="Intervision", day=DAY - datetime.timedelta(days=14), state="held"),
        Mark(row="Intervision", day=DAY - datetime.timedelta(days=28), state="not_held"),
    ]
    rows = ["Intervision", "Treatment review meeting of all"]
    return rhythm_chart(marks, rows, start=DAY - datetime.timedelta(days=91), end=DAY, words=WORDS)


def test_the_table_counts_what_is_drawn():
    chart = drawn()
    assert chart.headers == ("Meeting", "held", "fell out", "planned")
    assert chart.rows == (("Intervision", 2, 1, 0), ("Treatment review meeting of all", 0, 0, 0))
    assert chart.description == (
        "Intervision: held 2, fell out 1; Treatment review meeting of all: nothing logged."
    )


def test_the_drawing_is_valid_and_names_only_states_that_occur():
    spec = drawn().spec
    alt.Chart.from_dict({key: value for key, value in spec.items() if key != "autosize"})
    assert spec["encoding"]["shape"]["scale"]["domain"] == ["held", "fell out"]
    assert spec["encoding"]["shape"]["scale"]["range"] == ["circle", "cross"]
