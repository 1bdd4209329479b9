"""What stands open on a long page and what opens on request; nothing is left out."""

import pytest

from onmodel.reports.document import Facts, Figure, Notes, Section, Status
from onmodel.reports.document import Table as ReportTable
from onmodel.web.components import Table
from onmodel.web.folding import Folded, folded, headline_of


def table(rows: int) -> Table:
    return Table("Forms", ["Form", "Due"], [[f"F{n}", "–"] for n in range(rows)], id="forms")


def test_rows_that_are_not_needed_now_are_folded_and_none_is_lost() -> None:
    found = folded(table(3), [True, False, False], "%(n)s others")
    assert isinstance(found, Folded)
    assert [row[0] for row in found.shown.rows] == ["F0"]
    assert [row[0] for row in found.rest.rows] == ["F1", "F2"]
    assert (found.rest.id, found.summary) == ("forms-others", "2 others")
    html = str(found)
    assert html.index("F0") < html.index("<summary>2 others</summary>") < html.index("F1")
    assert '<details class="behind">' in html


def test_what_has_nothing_to_fold_stays_as_it_is() -> None:
    assert folded(table(2), [True, True], "%(n)s others") == table(2)
    assert folded(table(0), [], "%(n)s others") == table(0)


def test_all_can_be_folded_and_the_fold_can_stand_open() -> None:
    found = folded(table(2), [False, False], "%(n)s others", open=True)
    assert found.shown is None
    assert '<details class="behind" open>' in str(found)


def section(*blocks) -> Section:
    return Section(id="cases", title="Patients", intro="How many.", blocks=blocks)


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ((), "How many."),
        ((Notes(title="What is missing", items=()),), "What is missing"),
        (
            (Facts(facts=tuple((f"fact {n}", Figure(value=n)) for n in range(4))),),
            "fact 0: 0 · fact 1: 1 · fact 2: 2",
        ),
        ((Facts(facts=(("share", Figure(value=None, unit="%")),)),), "share: unknown"),
        (
            (
                ReportTable(
                    title="Each",
                    columns=("What", "Met?"),
                    rows=(("A", Status("not_met")), ("B", Status("met")), ("C", Status("not_met"))),
                ),
            ),
            "Not met: 2 · Met: 1",
        ),
        (
            (
                ReportTable(title="Signs", columns=("Sign",), rows=(("A",),)),
                ReportTable(title="Asked", columns=("What", "Met?"), rows=(("A", Status("met")),)),
            ),
            "Asked – Met: 1",
        ),
    ],
)
def test_a_folded_section_says_in_a_line_what_it_comes_to(blocks, says) -> None:
    assert headline_of(section(*blocks)) == says
