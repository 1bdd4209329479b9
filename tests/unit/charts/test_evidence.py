"""Where marks, positions and people stand in the pictures of an assessment, reckoned by hand."""

import pytest

from onmodel.charts.evidence import Scale, Strand, Theme, evidence_picture
from onmodel.charts.relations import Person, relations_map, short

DATES = ["3 Mar 2025", "3 Mar 2026"]


def test_a_mark_stands_in_the_column_of_its_date():
    themes = [Theme(title="Others", strands=[Strand(label="Curious", marks=["weak", "strong"])])]
    picture = evidence_picture(themes, [], DATES)
    heading, line = picture.lines
    assert heading.heading
    # the columns share 960 - 700 = 260: their middles at 700 + 65 and 700 + 195
    assert [(mark.x, mark.kind) for mark in line.marks] == [(765, "weak"), (895, "strong")]
    assert [x for x, _day in picture.columns] == [765, 895]


def test_where_nobody_looked_there_is_no_mark():
    themes = [Theme(title="Others", strands=[Strand(label="Curious", marks=[None, "not_seen"])])]
    assert [mark.kind for mark in evidence_picture(themes, [], DATES).lines[1].marks] == ["not_seen"]


def test_positions_stand_between_the_poles_and_two_dates_apart():
    scale = Scale(label="Self and other", left="self", right="other", positions=[-2, 1])
    (axis,) = evidence_picture([], [scale], DATES).axes
    # from 330 to 630 in four steps of 75
    assert axis.ticks == (330, 405, 480, 555, 630)
    assert [(mark.x, mark.y - axis.y) for mark in axis.marks] == [(330, -6), (555, 6)]
    alone = Scale(label="Self and other", left="self", right="other", positions=[0])
    (axis,) = evidence_picture([], [alone], DATES[:1]).axes
    assert [(mark.x, mark.y - axis.y) for mark in axis.marks] == [(480, 0)]


@pytest.mark.parametrize(
    ("positions", "reason"), [([3, 0], "outside -2 to 2"), ([0], "1 values for 2 dates")]
)
def test_what_cannot_be_drawn(positions, reason):
    scale = Scale(label="Self and other", left="self", right="other", positions=positions)
    with pytest.raises(ValueError, match=reason):
        evidence_picture([], [scale], DATES)


def test_people_stand_around_the_middle_nearer_with_more_feeling():
    people = [Person(name="Sister", near=3), Person(name="Neighbour", near=1, past=True)]
    drawn = relations_map(people)
    top, bottom = drawn.nodes
    # the middle at (480, 300); 0.46 * 245 = 113 above it, 245 below it
    assert (top.x, top.y) == (480, 187)
    assert (bottom.x, bottom.y, bottom.past) == (480, 545, True)
    assert drawn.rings == ((170, 113), (270, 179), (370, 245))
    assert relations_map([]).nodes == ()


def test_names_are_cut_where_they_do_not_fit():
    assert short("A sister whose name is far too long") == "A sister whose name is…"
    assert short("Sister") == "Sister"
    with pytest.raises(ValueError, match="nearness 4"):
        relations_map([Person(name="Sister", near=4)])
