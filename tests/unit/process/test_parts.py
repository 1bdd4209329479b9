"""What the packs say that a plan consists of."""

import pytest

from onmodel import library
from onmodel.process.plans.parts import LONGEST, cleaned, fields_of, goals_in, missing, structure
from onmodel.process.terms import entries

MBT = library.load("mbt")
GENERIC = library.load("generic")


@pytest.mark.parametrize("pack", [MBT, GENERIC], ids=["mbt", "generic"])
def test_every_kind_of_plan_has_parts_and_every_part_a_kind(pack):
    kinds = {term.id for term in entries(pack, "plan_kinds")}
    assert {str(part.values["plan"]) for part in entries(pack, "plan_parts")} == kinds
    assert all(structure(pack, kind) for kind in kinds)


@pytest.mark.parametrize("pack", [MBT, GENERIC], ids=["mbt", "generic"])
def test_no_two_fields_of_a_plan_have_one_key(pack):
    for kind in entries(pack, "plan_kinds"):
        listed = [field.key for section in structure(pack, kind.id) for field in section.fields()]
        assert len(listed) == len(set(listed))
        assert all(field.label.en and field.label.nl for field in fields_of(pack, kind.id).values())


def test_the_crisis_plan_has_five_parts_that_it_must_have_and_four_stages():
    """QM 4.2.2: five aspects. D ch. 2: stages 0 to 3, of which the patient names 1 and 2."""
    fields = fields_of(MBT, "crisis_plan")
    assert sum(field.required for field in fields.values()) == 5
    stages = [key.split(".")[1:] for key in fields if key.startswith("cp_stages")]
    assert {stage for stage, _ in stages} == {f"stage_{n}" for n in range(4)}
    assert [stage for stage, part in stages if part == "name"] == ["stage_1", "stage_2"]
    assert [part for stage, part in stages if stage == "stage_0"] == [
        "states",
        "signs",
        "helps",
        "avoid",
        "by_whom",
    ]


def test_the_treatment_plan_makes_five_goals_ones_own_and_links_them():
    """QM 4.2.2: five general goals, each linked to components."""
    fields = fields_of(MBT, "treatment_plan")
    assert sum(key.endswith(".words") for key in fields) == 5
    linked = [field for key, field in fields.items() if key.endswith(".components")]
    assert len(linked) == 5
    assert all({term.id for term in field.choices} >= {"individual", "group"} for field in linked)


def test_what_is_written_is_trimmed_and_what_is_empty_left_out():
    content = {"cp_parts.own_action": "  walk \n rest  ", "cp_parts.contacts": "   "}
    assert cleaned(MBT, "crisis_plan", content) == {"cp_parts.own_action": "walk\n rest"}


def test_components_keep_the_order_of_the_pack():
    content = {"tp_goals.symptoms.components": ["group", "individual"]}
    assert cleaned(MBT, "treatment_plan", content) == {
        "tp_goals.symptoms.components": ["individual", "group"]
    }


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"unheard_of": "x"}, KeyError),
        ({"tp_goals.symptoms.components": ["dancing"]}, ValueError),
        ({"tp_understanding": "x" * (LONGEST + 1)}, ValueError),
    ],
)
def test_what_a_plan_has_not_is_refused(content, error):
    with pytest.raises(error):
        cleaned(MBT, "treatment_plan", content)


def test_what_is_missing_is_named():
    assert len(missing(MBT, "crisis_plan", {})) == 5
    assert len(missing(MBT, "crisis_plan", {"cp_parts.own_action": "walk"})) == 4
    assert missing(MBT, "signal_plan", {}) == ()


def test_goals_are_found_by_their_general_goal():
    content = {"tp_goals.symptoms.words": "Sleep", "tp_agreements": "x"}
    assert goals_in(MBT, "treatment_plan", content) == {"symptoms": "Sleep"}
    assert goals_in(MBT, "crisis_plan", content) == {}
