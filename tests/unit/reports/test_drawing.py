from onmodel.reports.document import Chart, Line, Point
from onmodel.reports.drawing import draw

POINTS = (Point(x=0.0, value=30.0, n=12), Point(x=6.0, value=20.0, n=10), Point(x=12.0, value=None))


def chart(**parts: object) -> Chart:
    return Chart(title="BDI", x_title="Months", y_title="BDI", **parts)


def test_one_course_has_no_column_of_groups() -> None:
    drawing = draw(chart(observed=POINTS), "en")
    assert "Group" not in drawing.headers
    assert len(drawing.rows) == 2  # the unknown moment is not drawn


def test_several_groups_stand_in_one_drawing() -> None:
    lines = tuple(Line(name=name, observed=POINTS) for name in ("Before", "After"))
    drawing = draw(chart(lines=lines), "en")
    assert drawing.headers[0] == "Group"
    assert {row[0] for row in drawing.rows} == {"Before", "After"}


def test_nothing_observed_is_not_drawn() -> None:
    assert draw(chart(), "en") is None
    assert draw(chart(lines=(Line(name="Before", observed=()),)), "en") is None
