"""A report's figures for a spreadsheet: every one, in full precision, and no formula."""

import csv
import datetime
import io

from onmodel.reports.document import Facts, Figure, Report, Section, Table
from onmodel.reports.figures import COLUMNS, as_csv


def report(*blocks) -> Report:
    day = datetime.date(2026, 1, 1)
    return Report(
        title="t", programme="p", organisation="o", format="", start=day, end=day, pack="mbt",
        pack_version="1", template_version="", language="en", simulated=True, nominal_dates=False,
        sections=(Section(id="s", title="Section", intro="", blocks=blocks),),
    )  # fmt: skip


def rows(*blocks) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(report(*blocks)))))


def test_each_figure_is_a_row() -> None:
    table = Table(
        title="Effects",
        columns=("Scale", "d", "p"),
        rows=(("GSI", Figure(value=0.123456, n=40, lower=-0.1, upper=0.3), Figure(value=None, why="few")),),
    )
    known, unknown = rows(table)
    assert tuple(known) == COLUMNS
    assert (known["table"], known["row"], known["column"]) == ("Effects", "GSI", "d")
    assert [float(known[c]) for c in ("value", "n", "lower", "upper")] == [0.123456, 40, -0.1, 0.3]
    assert (unknown["value"], unknown["why_unknown"]) == ("", "few")


def test_a_name_is_no_formula() -> None:
    (row,) = rows(Facts(facts=(("=1+1", Figure(value=3.0, unit="patients")),)))
    assert (row["row"], row["unit"]) == ("'=1+1", "patients")
