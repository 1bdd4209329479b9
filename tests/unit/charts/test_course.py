"""The course chart: what is drawn, what its table holds, what it says."""

import json

import pytest
from vl_convert import vegalite_to_vega

from onmodel.charts import Estimated, Group, Marks, Observed, course_chart, to_svg, words
from onmodel.charts.course import value_scale

# Beat the Blues as printed by HSAUR's data: observed n at 0, 2, 4, 6 and 8 months.
POINTS = [(0, 23.33, 100), (2, 16.92, 97), (4, 14.84, 73), (6, 13.64, 58), (8, 11.12, 52)]
OBSERVED = [Observed(months=m, mean=mean, n=n, low=mean - 2, high=mean + 2) for m, mean, n in POINTS]
MODEL = [Estimated(months=m, estimate=22 - m, low=20 - m, high=24 - m) for m in (0, 4, 8)]
ONE = [Group(name="All", observed=OBSERVED, model=MODEL)]
TWO = [*ONE, Group(name="Usual care", observed=OBSERVED[:3])]


def layers(drawing) -> list[dict]:
    return drawing.spec["layer"]


def marks_of(drawing) -> list[str]:
    return [layer["mark"]["type"] for layer in layers(drawing)]


def values(drawing, layer: dict) -> list[dict]:
    data = layer["data"]
    return data["values"] if "values" in data else drawing.spec["datasets"][data["name"]]


def test_draws_band_line_intervals_and_means() -> None:
    assert marks_of(course_chart(ONE, measure="BDI")) == ["area", "line", "rule", "point"]


def test_the_axis_runs_from_end_to_end_of_the_scale_and_no_further() -> None:
    drawing = course_chart(ONE, measure="Adherence", marks=Marks(cut_off=4, normal=(4, 7)), domain=(1, 7))
    axis = next(scale for scale in vegalite_to_vega(drawing.spec)["scales"] if scale["name"] == "y")
    assert (axis["domain"], axis["zero"], axis["nice"]) == ([1, 7], False, False)


def test_marks_lie_behind_the_course_with_their_words() -> None:
    drawing = course_chart(ONE, measure="BDI", marks=Marks(cut_off=14, normal=(0, 9)), language="nl")
    assert marks_of(drawing)[:4] == ["rect", "text", "rule", "text"]
    assert values(drawing, layers(drawing)[3]) == [{"at": 14, "word": "afkappunt 14"}]


def test_every_mean_is_drawn_with_its_n() -> None:
    drawing = course_chart(ONE, measure="BDI")
    points = values(drawing, layers(drawing)[3])
    assert [(p["months"], p["mean"], p["n"]) for p in points] == POINTS


def test_groups_differ_in_colour_and_in_shape() -> None:
    points = layers(course_chart(TWO, measure="BDI"))[-1]["encoding"]
    for channel in ("color", "shape"):
        scale = points[channel]["scale"]
        assert scale["domain"] == ["All", "Usual care"]
        assert len(set(scale["range"])) == 2


def test_ticks_stand_at_the_moments_that_were_measured() -> None:
    axis = course_chart(ONE, measure="BDI").spec["encoding"]["x"]["axis"]
    assert axis["values"] == [0, 2, 4, 6, 8]


def test_n_stands_under_each_moment_of_a_single_group() -> None:
    svg = to_svg(course_chart(ONE, measure="BDI").spec, words=words("en"))
    assert all(f">n {n}<" in svg for _, _, n in POINTS)
    assert ">n 100<" not in to_svg(course_chart(TWO, measure="BDI").spec, words=words("en"))


def test_the_table_holds_what_is_drawn_and_none_for_the_rest() -> None:
    drawing = course_chart(TWO, measure="BDI")
    model = ("Model", "Model, 95% interval")
    assert drawing.headers == ("Group", "Month", "Observed mean", "95% interval", "n", *model)
    assert drawing.rows[0] == ("All", "0", "23.3", "21.3 to 25.3", 100, "22", "20 to 24")
    assert drawing.rows[1] == ("All", "2", "16.9", "14.9 to 18.9", 97, None, None)
    assert drawing.rows[5][0] == "Usual care"
    assert len(drawing.numeric) == len(drawing.headers)


def test_one_group_needs_no_column_with_its_name() -> None:
    drawing = course_chart(ONE, measure="BDI")
    assert drawing.headers[0] == "Month"
    assert drawing.rows[0] == ("0", "23.3", "21.3 to 25.3", 100, "22", "20 to 24")
    assert drawing.numeric == (True,) * 6


def test_says_the_course_in_words_in_both_languages() -> None:
    assert course_chart(ONE, measure="BDI").description == (
        "BDI over time. All: 23.3 at 0 months (n 100), 11.1 at 8 months (n 52). Lower is better."
    )
    assert "23,3 na 0 maanden" in course_chart(ONE, measure="BDI", language="nl").description


def test_a_group_without_data_is_said_to_have_none() -> None:
    drawing = course_chart([Group(name="New")], measure="BDI")
    assert "New: nothing observed." in drawing.description
    assert drawing.rows == ()


@pytest.mark.parametrize("groups", [ONE, TWO, [Group(name="Empty")]])
def test_svg_is_the_same_each_time(groups: list[Group]) -> None:
    drawn = [to_svg(course_chart(groups, measure="BDI").spec, words=words("en")) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith("<svg")


def test_svg_has_the_width_asked_for_our_typeface_and_dutch_numbers() -> None:
    group = Group(
        name="All", observed=[Observed(months=0, mean=0.25, n=5), Observed(months=1, mean=0.5, n=5)]
    )
    svg = to_svg(course_chart([group], measure="GSI", language="nl").spec, words=words("nl"), width=500)
    assert 'width="500"' in svg
    assert "Source Sans Pro" in svg
    assert "0,3" in svg
    assert "Maanden sinds de start" in svg


def test_the_specification_is_plain_json() -> None:
    spec = course_chart(ONE, measure="BDI").spec
    assert json.loads(json.dumps(spec)) == spec


def test_the_axis_runs_over_the_scale_where_it_is_known() -> None:
    assert value_scale((0, 63)).to_dict()["domain"] == [0, 63]
    assert value_scale(None).to_dict() == {"nice": True, "zero": False}
