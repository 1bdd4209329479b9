"""Two texts cut where they differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onmodel import library
from onmodel.process.plans.comparing import pieces, side_by_side

TEXTS = st.text(alphabet="ab \n", max_size=40)


def marked(found) -> str:
    return "".join(f"[{piece.words}]" if piece.changed else piece.words for piece in found)


@pytest.mark.parametrize(
    ("before", "after", "left", "right"),
    [
        ("call my sister", "call my brother", "call my [sister]", "call my [brother]"),
        ("", "walk", "", "[walk]"),
        ("walk\nand rest", "walk\nand rest", "walk\nand rest", "walk\nand rest"),
        ("walk", "", "[walk]", ""),
    ],
)
def test_what_differs_is_marked_on_both_sides(before, after, left, right):
    old, new = pieces(before, after)
    assert (marked(old), marked(new)) == (left, right)


@given(TEXTS, TEXTS)
def test_nothing_is_lost_and_what_is_not_marked_is_in_both(before, after):
    old, new = pieces(before, after)
    assert "".join(piece.words for piece in old) == before
    assert "".join(piece.words for piece in new) == after
    assert [p.words for p in old if not p.changed] == [p.words for p in new if not p.changed]


def test_a_plan_shows_what_stands_in_either_version():
    pack = library.load("mbt")
    before = {"cp_parts.own_action": "walk", "cp_stages.stage_0.helps": "music"}
    after = {"cp_parts.own_action": "walk", "cp_parts.contacts": "my sister"}
    found = side_by_side(pack, "crisis_plan", before, after, "en")
    keys = [(pair.field.key, pair.differs) for _section, pairs in found for pair in pairs]
    assert keys == [
        ("cp_parts.own_action", False),
        ("cp_parts.contacts", True),
        ("cp_stages.stage_0.helps", True),
    ]


def test_parts_of_the_programme_are_compared_by_their_names():
    pack = library.load("mbt")
    key = "tp_goals.symptoms.components"
    ((_section, (pair,)),) = side_by_side(pack, "treatment_plan", {key: ["group"]}, {}, "nl")
    assert marked(pair.before) == "[Mentaliserende groepstherapie]"
