"""What an import found or would make, as tables and facts of a page."""

from __future__ import annotations

import csv
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.outcomes.models import ImportRun
from onmodel.web.components import Column, EmptyState, Fact, Link, Progress, Status, Table
from onmodel.wording.cells import harmless
from onmodel.wording.numbers import date_written, written

PROBLEMS_A_PAGE = 50
State = ImportRun.State


def stage_in_words(run: ImportRun) -> str:
    words = {
        "reading": _("Reading the file"),
        "checking": _("Checking every row"),
        "writing": _("Writing, whole or not at all"),
    }
    if run.state == State.QUEUED:
        return _("Waiting for its turn")
    return words.get(run.stage, _("Starting"))


def progress_of(run: ImportRun) -> Progress:
    """How far it is; while writing it cannot be told, as nothing shows before all of it is written."""
    known = run.state == State.RUNNING and run.stage == "checking" and run.total_rows
    return Progress(
        stage_in_words(run),
        value=run.done_rows if known else None,
        maximum=run.total_rows or 1,
        detail=run.file_name,
        poll=reverse("import-progress", args=[run.pk]),
        id="import-progress",
    )


def facts_of(run: ImportRun) -> list[Fact]:
    """The counts that matter; what is zero and unsurprising is left out."""
    summary = run.summary
    if run.state == State.REFUSED:
        corrections = Fact(_("Corrections needed"), summary.get("problems"))
        return (
            [Fact(_("Rows in the file"), summary["rows"]), corrections]
            if "rows" in summary
            else [corrections]
        )
    facts = [
        Fact(_("New patients"), summary.get("new_patients"), note=_known(summary)),
        Fact(_("New treatments"), summary.get("new_treatments")),
        Fact(_("New forms"), summary.get("new_forms")),
    ]
    for key, label in (
        ("filled_forms", _("Forms filled")),
        ("unchanged_forms", _("Forms that were here already")),
        ("changed_people", _("Treatments with facts added")),
    ):
        if summary.get(key):
            facts.append(Fact(label, summary[key]))
    return facts


def _known(summary: dict[str, Any]) -> str:
    known = summary.get("known_patients", 0)
    return (
        ngettext("%(n)d was here already", "%(n)d were here already", known) % {"n": known} if known else ""
    )


def moments_table(run: ImportRun) -> Table:
    rows = [
        [
            f"{row['instrument']}: {row['scale']}",
            written(row["months"]),
            row["n"],
            written(row["mean"], 1),
            "" if row["sd"] is None else written(row["sd"], 1),
        ]
        for row in run.summary.get("moments", [])
    ]
    columns = [
        Column(_("Score")),
        Column(_("Months"), numeric=True),
        Column(_("n"), numeric=True),
        Column(_("Mean"), numeric=True),
        Column(_("SD"), numeric=True),
    ]
    return Table(_("Scores by moment"), columns, rows, narrow="scroll", id="moments", empty=_("No scores"))


def first_rows_table(run: ImportRun) -> Table:
    columns = [Column(_("Line")), *(Column(name) for name in run.summary.get("columns", []))]
    unused = run.summary.get("unused_columns", [])
    note = _("Not used: %(columns)s.") % {"columns": ", ".join(unused)} if unused else ""
    rows = run.summary.get("first_rows", [])
    return Table(_("The first rows, as read"), columns, rows, narrow="scroll", id="first-rows", note=note)


def problems_table(run: ImportRun, number: str | None) -> Table:
    page: Page = Paginator(run.problems, PROBLEMS_A_PAGE).get_page(number)
    rows = [
        [
            _place(problem["line"]),
            problem["column"],
            problem["value"],
            problem["reason"],
            problem["wanted"],
        ]
        for problem in page
    ]
    total, kept = run.summary.get("problems", len(run.problems)), len(run.problems)
    note = _("The first %(kept)d of %(total)d are shown.") % {"kept": kept, "total": total}
    return Table(
        _("What has to be corrected"),
        [_("Where"), _("Column"), _("What stands there"), _("What is wrong"), _("What would be right")],
        rows,
        page=page,
        note=note if total > kept else "",
        id="problems",
    )


def _place(line: int | None) -> str:
    return _("file or map") if line is None else _("line %(line)d") % {"line": line}


def problems_csv(run: ImportRun) -> HttpResponse:
    """The problems for a spreadsheet; UTF-8 with its mark, which Excel asks for."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{run.pk}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(["line", "column", "value", "reason", "wanted"])
    for problem in run.problems:
        row = [problem[key] for key in ("line", "column", "value", "reason", "wanted")]
        writer.writerow([harmless(cell) for cell in row])
    return response


def history_table(runs: Any) -> Table:
    rows = [
        [
            Link(run.file_name, reverse("import-run", args=[run.pk])),
            Status(run.state, "import"),
            run.started_at.date(),
            run.started_by.name if run.started_by else _("command line"),
            run.summary.get("new_forms"),
        ]
        for run in runs
    ]
    columns = [_("File"), _("State"), _("When"), _("By"), Column(_("New forms"), numeric=True)]
    empty = EmptyState(_("Nothing was imported yet"), _("Files that are tried or imported are listed here."))
    return Table(_("Earlier imports"), columns, rows, id="earlier", empty=empty)


def earlier_in_words(run: ImportRun) -> str:
    """When and by whom the same file was imported before; nothing where it was not."""
    earlier = run.summary.get("earlier")
    at = parse_datetime(earlier["at"]) if earlier and earlier["at"] else None
    if at is None:
        return ""
    by = earlier["by"] or _("the command line")
    return _("This file was imported by the same map on %(day)s, by %(by)s.") % {
        "day": date_written(at.date()),
        "by": by,
    }
