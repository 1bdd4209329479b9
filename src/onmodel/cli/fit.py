"""`onmodel fit`: a linear mixed model of repeated measures in a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from onmodel.cli.fit_report import show
from onmodel.cli.refusals import refuse, take_table
from onmodel.inference.cautions import DataError
from onmodel.inference.columns import labels as as_labels
from onmodel.inference.mixed import MixedFit, Model, as_dict, fit_mixed
from onmodel.inference.mixed.design import TIME_TERMS
from onmodel.library.tables import MISSING_WORDS, BadCell, Table

#: Months that sources report, shown as far as the data reach when --months does not say.
USUAL_MONTHS = (0.0, 6.0, 12.0, 18.0, 24.0, 36.0, 48.0, 60.0)
#: With up to this many distinct moments each of them is shown.
FEW_MOMENTS = 8
#: So many wrong cells are listed; the rest is counted.
LISTED = 20


class Numbers(click.ParamType):
    """Numbers with commas between them."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        try:
            return tuple(float(part) for part in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers such as 0,6,12", param, ctx)


class Terms(click.ParamType):
    """Time terms with commas between them."""

    name = "terms"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        terms = tuple(part.strip() for part in value.split(",") if part.strip())
        unknown = [term for term in terms if term not in TIME_TERMS]
        if unknown:
            self.fail(f"{unknown[0]!r} is not one of {', '.join(TIME_TERMS)}", param, ctx)
        return terms


@dataclass(frozen=True)
class Columns:
    """The columns by role, as the options name them."""

    patient: str
    time: str
    outcome: str
    group: str | None
    covariates: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (
            self.patient,
            self.time,
            self.outcome,
            *([self.group] if self.group else []),
            *self.covariates,
        )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--patient", required=True, metavar="C", help="Column that says whose measurement it is.")
@click.option("--time", required=True, metavar="C", help="Column with months since the start.")
@click.option("--outcome", required=True, metavar="C", help="Column with the score.")
@click.option("--group", metavar="C", help="Column with groups, each with its own start and course.")
@click.option(
    "--covariate", "covariates", multiple=True, metavar="C", help="Further column; may be repeated."
)
@click.option(
    "--terms", type=Terms(), default="linear", show_default=True, help=f"Of {', '.join(TIME_TERMS)}."
)
@click.option(
    "--random",
    type=click.Choice(["intercept", "slope", "uncorrelated"]),
    default="slope",
    show_default=True,
    help="How patients differ: in level; in level and slope; both, without correlation.",
)
@click.option("--method", type=click.Choice(["reml", "ml"]), default="reml", show_default=True)
@click.option("--reference", metavar="VALUE", help="Group that the others are compared with.")
@click.option("--months", type=Numbers(), help="Months at which to estimate, such as 0,18,36.")
@click.option("--missing", multiple=True, help="A cell that means no answer, such as 999; may be repeated.")
@click.option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def fit(
    file: Path,
    patient: str,
    time: str,
    outcome: str,
    group: str | None,
    covariates: tuple[str, ...],
    terms: tuple[str, ...],
    random: str,
    method: str,
    reference: str | None,
    months: tuple[float, ...] | None,
    missing: tuple[str, ...],
    level: float,
    as_json: bool,
) -> None:
    """Fit a linear mixed model to the repeated measures in FILE (CSV, SPSS or Parquet).

    One row a measurement. Rows without a value in a column that is used are left out and counted. The
    course of the outcome over months is described by --terms; patients differ around it as --random says.

    \b
    Try:
      onmodel fit data.csv --patient id --time months --outcome bdi
      onmodel fit data.sav --patient id --time months --outcome bdi --group cohort --terms linear,quadratic
      onmodel fit data.csv --patient id --time months --outcome bdi --months 0,18,36 --json
    """
    columns = Columns(patient, time, outcome, group, covariates)
    references = {group: reference} if group and reference else {}
    model = Model(patient, time, outcome, group, terms, covariates, None, random, method, references)  # type: ignore[arg-type]
    table = take_table(file, as_json=as_json)
    try:
        found = fit_mixed(frame_of(table, columns, missing, as_json), model)
        report(found, months if months is not None else usual_months(found), level, as_json)
    except DataError as error:
        refuse(f"{file}: {error}", as_json=as_json)


def frame_of(table: Table, columns: Columns, missing: tuple[str, ...], as_json: bool) -> pl.DataFrame:
    """The columns that the model uses, as numbers and labels; refused when one is not there or is wrong."""
    for name in columns.names:
        if name not in table.columns:
            every = ", ".join(table.columns)
            refuse(f"{table.path}: there is no column {name}; the file has: {every}", as_json=as_json)
    needed = {name: table.numbers(name, missing) for name in (columns.time, columns.outcome)}
    bad = [
        cell
        for numbers in needed.values()
        for cell in (*numbers.bad, *infinite(table, numbers.values, needed))
    ]
    if bad:
        bad.sort(key=lambda cell: cell.line)
        message = f"{table.path}: nothing was fitted"
        refuse(message, bad, as_json=as_json, place=table.place, at_most=LISTED)
    found = {name: pl.Series(name, numbers.values).fill_nan(None) for name, numbers in needed.items()}
    for name in columns.names:
        found.setdefault(name, labels(table, name, missing))
    for name in columns.covariates:
        numbers = table.numbers(name, missing)
        if not numbers.bad:
            found[name] = pl.Series(name, numbers.values).fill_nan(None)
    return pl.DataFrame(found)


def infinite(table: Table, values: np.ndarray, needed: dict[str, Any]) -> list[BadCell]:
    """Cells that read as a number too large to be one, such as 1e999."""
    name = next(name for name, numbers in needed.items() if numbers.values is values)
    rows = np.flatnonzero(np.isinf(values))
    return [BadCell(int(table.lines[row]), name, str(values[row]), "a finite number") for row in rows]


def labels(table: Table, name: str, missing: tuple[str, ...]) -> pl.Series:
    """A column as labels, nothing where the cell means that."""
    absent = MISSING_WORDS | {code.strip().casefold() for code in missing}
    series = table.frame[name]
    cells = as_labels(series.fill_nan(None)).to_list() if series.dtype.is_float() else table.cells(name)
    known = [None if cell is None or cell.casefold() in absent else cell for cell in cells]
    return pl.Series(name, known, dtype=pl.String)


def usual_months(found: MixedFit) -> tuple[float, ...]:
    """The moments of the data when there are few, else those that sources report, while data reach."""
    moments = np.unique(found.kernel.rows.time)
    if len(moments) <= FEW_MOMENTS:
        return tuple(float(moment) for moment in moments)
    return tuple(month for month in USUAL_MONTHS if moments[0] <= month <= moments[-1])


def report(found: MixedFit, months: tuple[float, ...], level: float, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(as_dict(found, months, level), ensure_ascii=False, indent=1))
    else:
        show(found, months, level)
