"""`onmodel analyse cohort`: two cohorts side by side, or the time before and after a date."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click
import polars as pl
from rich.table import Table

from onmodel.cli.analyses.reading import FILE, Numbers, Source, common
from onmodel.cli.analyses.showing import (
    console,
    grid,
    interval,
    interval_heading,
    number,
    p_value,
    pair,
    plain,
    print_json,
    say_warnings,
)
from onmodel.cli.fit import Terms, usual_months
from onmodel.cli.refusals import refuse
from onmodel.inference.cohorts import CohortComparison, compare_cohorts
from onmodel.inference.missing import BaselineDifference
from onmodel.inference.mixed import Model, as_dict

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@FILE
@click.option("--patient", required=True, metavar="C", help="Column that says whose measurement it is.")
@click.option("--time", required=True, metavar="C", help="Column with months since the patient's start.")
@click.option("--outcome", required=True, metavar="C", help="Column with the score.")
@click.option("--cohort", metavar="C", help="Column with the two cohorts.")
@click.option("--start", metavar="C", help="Instead: column with the date each patient started (YYYY-MM-DD).")
@click.option(
    "--at", metavar="DATE", help="With --start: patients who started before this date, and from it on."
)
@click.option(
    "--reference", metavar="VALUE", help="Cohort that the other is compared with (default: the first)."
)
@click.option(
    "--baseline", multiple=True, metavar="C", help="Characteristic to compare at the start; may be repeated."
)
@click.option(
    "--terms",
    type=Terms(),
    default="linear,quadratic",
    show_default=True,
    help="The course: linear, quadratic, log, categorical.",
)
@click.option(
    "--covariate", "covariates", multiple=True, metavar="C",
    help="Characteristic to adjust level and change for; may be repeated.",
)  # fmt: skip
@click.option("--months", type=Numbers(), help="Months at which to compare, such as 18,36.")
@common
def cohort(
    file: Path, patient: str, time: str, outcome: str, cohort: str | None, start: str | None, at: str | None,
    reference: str | None, baseline: tuple[str, ...], terms: tuple[str, ...],
    covariates: tuple[str, ...], months: tuple[float, ...] | None, missing: tuple[str, ...], level: float,
    as_json: bool,
) -> None:  # fmt: skip
    """Compare how two cohorts in FILE started and changed: one row a measurement.

    A mixed model gives each cohort its own course; effect sizes are changes over the model's SD at the
    start. A difference says nothing about its cause.

    \b
    Try:
      onmodel analyse cohort data.csv --patient id --time months --outcome gsi --cohort period --months 18,36
      onmodel analyse cohort data.csv --patient id --time months --outcome gsi --start started --at 2009-01-01
      onmodel analyse cohort data.sav --patient id --time months --outcome bdi --cohort arm --baseline age \
        --covariate age
    """
    _check(cohort, start, at)
    source = Source.open(file, missing, as_json)
    traits = tuple(dict.fromkeys([*baseline, *covariates]))
    frame = source.frame(numbers=[time, outcome], words=[patient, cohort, start], either=traits)
    column = cohort or "period of start"
    if start is not None:
        frame = frame.with_columns(periods(source, frame[start], str(at)))
        reference = reference or f"before {at}"
    chosen = {column: reference} if reference else {}
    model = Model(patient, time, outcome, column, terms, reference=chosen).adjusted_for(covariates)
    with source.refusing():
        found = compare_cohorts(frame, model, months or (), baseline=baseline, level=level)
        if months is None:
            later = tuple(month for month in usual_months(found.fit) if month > 0)
            found = compare_cohorts(frame, model, later, baseline=baseline, level=level)
    if as_json:
        print_json(as_values(found, level))
    else:
        show(found, level)


def _check(cohort: str | None, start: str | None, at: str | None) -> None:
    """click.UsageError where the options do not say one way to tell cohorts apart."""
    if (cohort is None) == (start is None) or (start is None) != (at is None):
        raise click.UsageError("give either --cohort, or --start together with --at")
    if at is not None and not ISO_DATE.fullmatch(at):
        raise click.UsageError(f"--at is {at!r}; a date such as 2009-01-01 is needed")


def periods(source: Source, started: pl.Series, at: str) -> pl.Series:
    """Before the date, or from it on; refused where a cell is no date."""
    names: list[str | None] = []
    for row, cell in enumerate(started.to_list()):
        if cell is not None and not ISO_DATE.fullmatch(cell):
            place = f"{source.table.place} {int(source.table.lines[row])}, column {started.name}"
            refuse(
                f'{source.table.path}: {place}: "{cell}"; needed is a date such as {at}',
                as_json=source.as_json,
            )
        names.append(None if cell is None else f"before {at}" if cell[:10] < at[:10] else f"from {at}")
    return pl.Series("period of start", names, dtype=pl.String)


def as_values(found: CohortComparison, level: float) -> dict[str, Any]:
    values: dict[str, Any] = plain(found, leave_out=["fit"])
    return {
        "analysis": "cohort",
        **values,
        "sentence": sentence(found, level),
        "model": as_dict(found.fit, (), level),
    }


def sentence(found: CohortComparison, level: float) -> str:
    """What a paper would say of the last month compared."""
    first, second = (c.name for c in found.cohorts)
    known = [d for d in found.differences if d.estimate is not None and d.p is not None]
    if not known:
        return "The data do not say whether the cohorts changed differently."
    last = known[-1]
    sizes = {e.group: e.d for e in found.effects if e.month == last.month}
    pair_of = " and ".join(f"{name} d = {number(sizes.get(name), 2)}" for name in (first, second))
    changed = "differently" if last.p is not None and last.p < 1 - level else "not demonstrably differently"
    p = p_value(last.p)
    p = p if p.startswith("<") else f"= {p}"
    bounds = interval(pair(last.lower, last.upper), 2)
    return (
        f"From start to month {last.month:g} patients of '{second}' changed {changed} "
        f"from those of '{first}' "
        f"({pair_of}; difference {number(last.estimate, 2)}, {100 * level:g} % interval {bounds}, p {p})."
    )


def show(found: CohortComparison, level: float) -> None:
    to = console()
    first, second = found.cohorts
    to.print(
        f"{found.fit.model.outcome}: {first.name} ({first.patients} patients), "
        f"{second.name} ({second.patients})",
        style="bold",
    )
    if found.baseline:
        table = grid("At the start", "", first.name, second.name, "SMD", "p", "Holm")
        for row in found.baseline:
            table.add_row(*baseline_cells(row))
        to.print(table)
    to.print(course_table(found, level))
    to.print(differences_table(found, level))
    if found.course is not None:
        course = found.course
        to.print(
            f"Whole course alike: F {course.statistic:.2f}, df {course.df} and {course.df_within:.1f}, "
            f"p {p_value(course.p)}."
        )
    to.print(sentence(found, level))
    say_warnings(to, found.warnings)


def course_table(found: CohortComparison, level: float) -> Table:
    heading = interval_heading(level)
    table = grid("Course", "group", "month", "mean", heading, "d", heading)
    for estimate, size in zip(found.estimates, found.effects, strict=True):
        mean = interval(pair(estimate.lower, estimate.upper), 2)
        d = interval(pair(size.lower, size.upper), 2)
        table.add_row(
            estimate.group or "",
            f"{estimate.month:g}",
            number(estimate.estimate, 2),
            mean,
            number(size.d, 2),
            d,
        )
    return table


def differences_table(found: CohortComparison, level: float) -> Table:
    first, second = found.cohorts
    title = f"Change of {second.name} less change of {first.name}"
    table = grid(title, "month", "difference", "SE", interval_heading(level), "p", "d")
    for one in found.differences:
        bounds = interval(pair(one.lower, one.upper), 2)
        table.add_row(
            f"{one.month:g}",
            number(one.estimate, 2),
            number(one.se, 3),
            bounds,
            p_value(one.p),
            number(one.d, 2),
        )
    return table


def baseline_cells(row: BaselineDifference) -> list[str]:
    """The second cohort stands in `complete`."""
    tests = [number(row.smd, 2), p_value(row.test.p), p_value(row.p_holm)]
    if isinstance(row.complete, dict) or isinstance(row.incomplete, dict):
        sides = (
            row.incomplete if isinstance(row.incomplete, dict) else {},
            row.complete if isinstance(row.complete, dict) else {},
        )
        return [
            row.name,
            *(", ".join(f"{k} {100 * v:.0f} %" for k, v in side.items()) for side in sides),
            *tests,
        ]
    return [row.name, number(row.incomplete), number(row.complete), *tests]
