"""Where the parts of a timeline stand."""

import datetime

import pytest

from onmodel.charts.timeline import BAR, LABELS, RIGHT, ROW, WIDTH, Bar, Column, Lane, Mark, timeline

FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2025, 12, 31)


def drawn(*lanes: Lane, today: datetime.date | None = None):
    return timeline(lanes, first=FIRST, last=LAST, today=today)


def test_a_bar_goes_from_its_day_to_its_day():
    half = FIRST + (LAST - FIRST) / 2
    (row,) = drawn(Lane(title="Phase", bars=[Bar(label="Main", start=half, end=LAST)])).rows
    (box,) = row.boxes
    assert box.x == pytest.approx(LABELS + (WIDTH - LABELS - RIGHT) / 2, abs=1)
    assert box.x + box.width == pytest.approx(WIDTH - RIGHT, abs=0.2)
    assert box.label == "Main"


def test_a_bar_without_an_end_goes_on_and_says_so():
    (row,) = drawn(Lane(title="Phase", bars=[Bar(label="Main", start=FIRST)])).rows
    assert row.boxes[0].open
    assert row.boxes[0].x + row.boxes[0].width == WIDTH - RIGHT


def test_a_word_is_written_only_where_it_fits():
    short = Bar(
        label="A long name of a phase", start=FIRST, end=FIRST + datetime.timedelta(days=20), note="all"
    )
    (row,) = drawn(Lane(title="Phase", bars=[short])).rows
    assert (row.boxes[0].label, row.boxes[0].note) == ("", "all")


def test_bars_that_overlap_stand_below_each_other_and_the_lane_grows():
    bars = [Bar(label="", start=FIRST), Bar(label="", start=FIRST), Bar(label="", start=FIRST)]
    drawing = drawn(Lane(title="Parts", bars=bars), Lane(title="Next"))
    tops = [box.y for box in drawing.rows[0].boxes]
    assert tops == [tops[0], tops[0] + ROW, tops[0] + 2 * ROW]
    assert drawing.rows[1].y > tops[-1] + BAR


def test_a_column_is_as_high_as_its_share():
    column = Column(start=FIRST, end=LAST, share=0.5, note="6 of 12")
    (row,) = drawn(Lane(title="Came", columns=[column])).rows
    assert row.boxes[0].height == BAR / 2
    assert row.boxes[0].y + row.boxes[0].height == row.y + BAR


def test_a_mark_outside_stands_at_the_edge():
    (row,) = drawn(Lane(title="Happened", marks=[Mark(day=datetime.date(2020, 1, 1), label="early")])).rows
    assert row.points[0].x == LABELS
    assert row.points[0].path.startswith(f"M{LABELS},")


def test_the_axis_has_few_ticks_in_order_on_first_days_of_months():
    ticks = drawn(Lane(title="")).ticks
    assert ticks[0][1] == "3-2024"  # 23 months: every second month
    assert 2 <= len(ticks) <= 15
    assert [x for x, _ in ticks] == sorted(x for x, _ in ticks)


def test_today_is_shown_only_within_the_time():
    assert drawn(Lane(title=""), today=datetime.date(2030, 1, 1)).today is None
    assert drawn(Lane(title=""), today=FIRST).today == LABELS


def test_one_day_is_a_timeline_and_an_end_before_the_start_is_none():
    assert timeline([Lane(title="", bars=[Bar(label="", start=FIRST)])], first=FIRST, last=FIRST, today=FIRST)
    with pytest.raises(ValueError, match="2025-12-31 to 2024-01-01"):
        timeline([], first=LAST, last=FIRST, today=None)
