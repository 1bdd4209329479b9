"""`onmodel analyse outcome`: the course of a score, a yes/no or a count."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import polars as pl

from onmodel.cli.analyses.reading import FILE, Numbers, Source, common
from onmodel.cli.analyses.showing import (
    coefficient_rows,
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
from onmodel.cli.fit_report import show as show_fit
from onmodel.inference.cautions import DataError
from onmodel.inference.gee import GeeFit, fit_gee
from onmodel.inference.missing import AssessmentsTest, Patterns, assessments_as_predictor, missing_patterns
from onmodel.inference.mixed import MixedFit, Model, as_dict, fit_mixed
from onmodel.inference.shares import ShareAt, shares_over_time

FAMILY = {"yesno": "binary", "count": "count"}
#: With more moments than this a table of patterns is no help.
MANY_MOMENTS = 12


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@FILE
@click.option("--patient", required=True, metavar="C", help="Column that says whose measurement it is.")
@click.option("--time", required=True, metavar="C", help="Column with months since the start.")
@click.option("--outcome", required=True, metavar="C", help="Column with the score, 0/1, or the count.")
@click.option("--kind", type=click.Choice(["score", *FAMILY]), default="score", show_default=True)
@click.option("--group", metavar="C", help="Column with groups.")
@click.option(
    "--covariate", "covariates", multiple=True, metavar="C", help="Further column; may be repeated."
)
@click.option(
    "--terms",
    type=Terms(),
    default="linear",
    show_default=True,
    help="Course of a score: linear, quadratic, log, categorical.",
)
@click.option(
    "--working",
    type=click.Choice(["exchangeable", "independent"]),
    default="exchangeable",
    show_default=True,
    help="Of a yes/no or count: the assumed correlation.",
)
@click.option("--months", type=Numbers(), help="Months at which to estimate a score, such as 0,18,36.")
@common
def outcome(
    file: Path, patient: str, time: str, outcome: str, kind: str, group: str | None,
    covariates: tuple[str, ...], terms: tuple[str, ...], working: str, months: tuple[float, ...] | None,
    missing: tuple[str, ...], level: float, as_json: bool,
) -> None:  # fmt: skip
    """Describe how an outcome in FILE changes over months: one row a measurement.

    A score: a linear mixed model (as `onmodel fit`), who was measured when, and whether those measured seldom
    differ. A yes/no (0, 1) or a count: estimating equations with each moment against the first, and the
    share at each moment.

    \b
    Try:
      onmodel analyse outcome data.csv --patient id --time months --outcome gsi --terms linear,quadratic
      onmodel analyse outcome data.csv --patient id --time months --outcome self_harm --kind yesno
      onmodel analyse outcome data.sav --patient id --time months --outcome admissions --kind count --json
    """
    source = Source.open(file, missing, as_json)
    frame = source.frame(numbers=[time, outcome], words=[patient, group], either=covariates)
    with source.refusing():
        if kind == "score":
            model = Model(patient, time, outcome, group, terms, covariates)  # type: ignore[arg-type]
            fit = fit_mixed(frame, model)
            checks = seldom_measured(frame, model)
            at = months if months is not None else usual_months(fit)
            score(fit, checks, who(frame, patient, time, outcome), at, level, as_json)
            return
        fitted = fit_gee(
            frame, patient=patient, outcome=outcome, time=time, family=FAMILY[kind], working=working,  # type: ignore[arg-type]
            covariates=[*([group] if group else []), *covariates],
        )  # fmt: skip
        shares = (
            shares_over_time(frame, time=time, outcome=outcome, group=group, level=level)
            if kind == "yesno"
            else ()
        )
    if as_json:
        rows = coefficient_rows(fitted, level)
        print_json(
            {"analysis": "outcome", "kind": kind, **plain(fitted), "coefficients": rows, "shares": shares}
        )
    else:
        show(fitted, shares, outcome, time, level)


def seldom_measured(frame: pl.DataFrame, model: Model) -> AssessmentsTest | None:
    """None where everybody was measured equally often, or the data do not allow the question."""
    counts = frame.drop_nulls([model.patient, model.time, model.outcome]).group_by(model.patient).len()
    if counts["len"].n_unique() < 2:
        return None
    try:
        return assessments_as_predictor(frame, model)
    except DataError:
        return None


def who(frame: pl.DataFrame, patient: str, time: str, outcome: str) -> Patterns | None:
    if frame[time].drop_nulls().n_unique() > MANY_MOMENTS:
        return None
    return missing_patterns(frame, patient=patient, time=time, outcome=outcome)


def score(
    fit: MixedFit, test: AssessmentsTest | None, patterns: Patterns | None, months: tuple[float, ...],
    level: float, as_json: bool,
) -> None:  # fmt: skip
    if as_json:
        found: dict[str, Any] = {"analysis": "outcome", "kind": "score", **as_dict(fit, months, level)}
        found["patterns"] = plain(patterns)
        found["assessments"] = plain(test, leave_out=["fit"])
        print_json(found)
        return
    show_fit(fit, months, level)
    to = console()
    if patterns is not None:
        table = grid("Who was measured when", "", "", "patients", "share")
        for one in patterns.patterns[:10]:
            table.add_row(one.picture, one.kind.replace("_", "-"), f"{one.n}", f"{100 * one.share:.0f} %")
        to.print(table)
        if len(patterns.patterns) > 10:
            to.print(f"and {len(patterns.patterns) - 10} rarer patterns.")
    if test is not None and test.p_together is not None:
        verdict = "differ" if test.p_together < 0.05 else "cannot be seen to differ"
        to.print(
            f"Patients measured seldom {verdict} from the others in start or change "
            f"(number of measurements as predictor: p {p_value(test.p_together)})."
        )
    say_warnings(to, patterns.warnings if patterns else ())


def show(fit: GeeFit, shares: tuple[ShareAt, ...], outcome: str, time: str, level: float) -> None:
    to = console()
    scale = "log-odds" if fit.family == "binary" else "log rates"
    to.print(f"{outcome} over {time}", style="bold")
    to.print(
        f"{fit.method}; {scale}. {fit.n_observations} observations of {fit.n_patients} patients, "
        f"{fit.n_dropped} rows left out; correlation within patients {fit.correlation:.2f}."
    )
    table = grid("Coefficients", "", "estimate", "SE", interval_heading(level), "p")
    for row in coefficient_rows(fit, level):
        table.add_row(
            row["name"],
            number(row["estimate"]),
            number(row["se"]),
            interval(row["interval"]),
            p_value(row["p"]),
        )
    to.print(table)
    if shares:
        table = grid("Observed shares", "group", "month", "yes", "of", "share", interval_heading(level))
        for at in shares:
            one = at.share
            bounds = interval(pair(one.lower, one.upper), 3)
            table.add_row(
                at.group or "all",
                f"{at.time:g}",
                f"{one.successes}",
                f"{one.n}",
                number(one.estimate, 3),
                bounds,
            )
        to.print(table)
    say_warnings(to, fit.warnings)
