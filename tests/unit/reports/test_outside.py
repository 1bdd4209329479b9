"""What a reader outside the programme is not told: nothing from which a few people could be told."""

import datetime

from onmodel.reports.document import Chart, Facts, Figure, Point, Report, Section, Table
from onmodel.reports.outside import without_small_numbers


def report_of(*blocks) -> Report:
    day = datetime.date(2025, 6, 30)
    return Report(
        title="Report",
        programme="Day hospital",
        organisation="Riverside",
        format="",
        start=day,
        end=day,
        pack="mbt",
        pack_version="1.0.0",
        template_version="1.0.0",
        language="en",
        simulated=False,
        nominal_dates=False,
        sections=(Section(id="brief", title="In brief", intro="", blocks=blocks),),
    )


def shown(*blocks):
    return without_small_numbers(report_of(*blocks)).sections[0].blocks


def fact(**figure) -> float | None:
    (block,) = shown(Facts(facts=(("x", Figure(**figure)),)))
    return block.facts[0][1].value


def table(*rows) -> list[list[float | None]]:
    (block,) = shown(Table(title="", columns=("", "", ""), rows=rows))
    return [[cell.value if isinstance(cell, Figure) else cell for cell in row] for row in block.rows]


def count(value: int) -> Figure:
    return Figure(value=value)


def share(n: int, of: int) -> Figure:
    return Figure(value=100 * n / of, unit="%", n=of, lower=1.0, upper=99.0)


def test_counts_of_one_to_four_are_hidden_and_nobody_is_not():
    assert [fact(value=n) for n in (0, 1, 4, 5, 12)] == [0, None, None, 5, 12]
    assert fact(value=3, unit="patients") is None


def test_other_figures_stay():
    assert fact(value=3, unit="hours a week") == 3
    assert fact(value=3.2, decimals=1, n=40) == 3.2


def test_means_of_few_are_hidden_with_all_that_goes_with_them():
    (block,) = shown(Facts(facts=(("x", Figure(value=3.2, decimals=1, n=4, lower=2.0, upper=4.0)),)))
    figure = block.facts[0][1]
    assert (figure.value, figure.n, figure.lower, figure.upper) == (None, None, None, None)
    assert figure.why == "fewer than 5"


def test_shares_by_which_few_could_be_counted_are_hidden_from_both_sides():
    """3 of 20 and 17 of 20 both tell of three people; none of 20 and 10 of 20 tell of nobody and of ten."""
    assert [fact(value=100 * k / 20, unit="%", n=20) for k in (3, 17, 0, 20, 10)] == [
        None,
        None,
        0.0,
        100.0,
        50.0,
    ]


def test_one_hidden_count_takes_the_smallest_other_with_it():
    """Of 22 that ended, 12 and 8 would leave 2."""
    rows = (("a", count(12)), ("b", count(8)), ("c", count(2)))
    assert table(*rows) == [["a", 12], ["b", None], ["c", None]]


def test_two_hidden_counts_hide_each_other():
    rows = (("a", count(12)), ("b", count(3)), ("c", count(2)))
    assert table(*rows) == [["a", 12], ["b", None], ["c", None]]


def test_shares_of_a_row_add_up_as_well():
    """10 and 8 of 20 are reliably better and unchanged: the two who are worse could be computed."""
    assert table(("BSI", share(10, 20), share(8, 20), share(2, 20))) == [["BSI", 50.0, None, None]]


def test_points_of_few_are_left_out_of_charts():
    points = (Point(x=0, value=1.0, n=30), Point(x=6, value=0.5, n=3))
    (block,) = shown(Chart(title="", x_title="", y_title="", observed=points))
    assert [point.x for point in block.observed] == [0]


def test_the_version_says_that_it_leaves_out():
    assert "fewer than 5 people" in without_small_numbers(report_of()).sections[0].intro
