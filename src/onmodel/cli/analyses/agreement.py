"""`onmodel analyse agreement`: how far raters agree, and how many ratings are needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from onmodel.cli.analyses.reading import FILE, Source, common
from onmodel.cli.analyses.showing import (
    console,
    grid,
    interval,
    interval_heading,
    number,
    pair,
    print_json,
    say_warnings,
)
from onmodel.inference.agreement import intraclass, krippendorff, weighted_kappa
from onmodel.inference.cautions import DataError
from onmodel.inference.generalizability import d_study, g_study, needed

ICC = {
    "single_any": "ICC1, one rating, raters of its own",
    "single_absolute": "ICC2, one rating, same raters, severity counts",
    "single_consistency": "ICC3, one rating, same raters, order only",
    "mean_any": "ICC1k, mean of all raters",
    "mean_absolute": "ICC2k, mean of all raters",
    "mean_consistency": "ICC3k, mean of all raters",
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@FILE
@click.option(
    "--subject", required=True, metavar="C", help="Column with what was rated (a session, a therapist)."
)
@click.option("--rater", metavar="C", help="Column with who rated.")
@click.option("--score", required=True, metavar="C", help="Column with the rating (a number).")
@click.option(
    "--facet",
    multiple=True,
    metavar="C",
    help="Column of a facet (session, rater): a G study; may be repeated.",
)
@click.option(
    "--nested", metavar="FACET=WITHIN", help="A facet that lies within another, such as session=therapist."
)
@click.option(
    "--metric",
    type=click.Choice(["nominal", "ordinal", "interval", "ratio"]),
    default="interval",
    show_default=True,
)
@click.option(
    "--resamples",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="For Krippendorff's interval.",
)
@common
def agreement(
    file: Path, subject: str, rater: str | None, score: str, facet: tuple[str, ...], nested: str | None,
    metric: str, resamples: int, missing: tuple[str, ...], level: float,
    as_json: bool,
) -> None:  # fmt: skip
    """Say how far raters in FILE agree: one row a rating.

    With --rater: intraclass correlations (subjects rated by every rater), Krippendorff's alpha (ratings may
    be missing), and weighted kappa of two raters. With --facet: where differences between ratings come from
    (subject, facets, error), and how many of each facet make a mean dependable at .70.

    \b
    Try:
      onmodel analyse agreement ratings.csv --subject session --rater rater --score adherence
      onmodel analyse agreement ratings.csv --subject therapist --facet task --facet rater --score adherence
      onmodel analyse agreement ratings.csv --subject therapist --facet session --nested session=therapist \
        --facet rater --score adherence
    """
    if (rater is None) == (not facet):
        raise click.UsageError("give either --rater (agreement) or --facet (a G study)")
    if nested is not None and (nested.count("=") != 1 or not set(nested.split("=")) <= {subject, *facet}):
        raise click.UsageError(f"--nested is {nested!r}; FACET=WITHIN of the columns given is needed")
    source = Source.open(file, missing, as_json)
    frame = source.frame(numbers=[score], words=[subject, rater, *facet])
    with source.refusing():
        found = (
            coefficients(frame, subject, str(rater), score, metric, resamples, level)
            if rater
            else dependability(frame, subject, facet, score, nested)
        )
    if as_json:
        print_json({"analysis": "agreement", **found})
    elif rater:
        show(found, level)
    else:
        show_dependability(found)


def ratings_of(frame: pl.DataFrame, subject: str, rater: str, score: str) -> np.ndarray:
    """(subjects, raters), nan where one did not rate. DataError where one rated twice."""
    rows = frame.drop_nulls()
    twice = rows.filter(rows.select(subject, rater).is_duplicated())
    if len(twice):
        raise DataError(
            f"'{twice[rater][0]}' rated '{twice[subject][0]}' more than once; one rating of each is needed",
            column=rater,
        )
    wide = rows.pivot(rater, index=subject, values=score, sort_columns=True).sort(subject)
    return wide.drop(subject).cast(pl.Float64).fill_null(float("nan")).to_numpy()


def coefficients(
    frame: pl.DataFrame, subject: str, rater: str, score: str, metric: str, resamples: int, level: float
) -> dict[str, Any]:
    ratings = ratings_of(frame, subject, rater, score)
    alpha = krippendorff(ratings, metric=metric, resamples=resamples, level=level)  # type: ignore[arg-type]
    why = None
    try:
        icc = intraclass(ratings, level=level)
    except DataError as error:
        icc, why = None, str(error)
    kappa = weighted_kappa(ratings[:, 0], ratings[:, 1], level=level) if ratings.shape[1] == 2 else None
    return {
        "subjects": len(ratings), "raters": ratings.shape[1], "krippendorff": alpha, "intraclass": icc,
        "why_no_intraclass": why, "kappa": kappa, "n_dropped": frame.null_count().sum_horizontal()[0],
    }  # fmt: skip


def dependability(
    frame: pl.DataFrame, subject: str, facets: tuple[str, ...], score: str, nested: str | None
) -> dict[str, Any]:
    facet, _, within = (nested or "").partition("=")
    study = g_study(
        frame, score=score, object=subject, facets=facets, nested={facet: within} if nested else None
    )
    return {"study": study, "one_of_each": d_study(study), "needed": needed(study)}


def show(found: dict[str, Any], level: float) -> None:
    to = console()
    to.print(f"{found['subjects']} subjects, {found['raters']} raters", style="bold")
    table = grid("Agreement", "", "estimate", interval_heading(level))
    icc, alpha, kappa = found["intraclass"], found["krippendorff"], found["kappa"]
    for name, label in ICC.items() if icc is not None else ():
        one = getattr(icc, name)
        table.add_row(label, number(one.estimate, 3), interval((one.lower, one.upper), 3))
    bounds = interval(pair(alpha.lower, alpha.upper), 3)
    table.add_row(f"Krippendorff's alpha, {alpha.metric}", number(alpha.estimate, 3), bounds)
    if kappa is not None:
        bounds = interval(pair(kappa.lower, kappa.upper), 3)
        table.add_row("Cohen's kappa, quadratic weights", number(kappa.estimate, 3), bounds)
    to.print(table)
    if icc is None:
        to.print(f"No intraclass correlation: {found['why_no_intraclass']}.")
    elif icc.n_dropped:
        to.print(f"{icc.n_dropped} subjects lack a rating and are not in the intraclass correlations.")


def show_dependability(found: dict[str, Any]) -> None:
    to = console()
    study, one = found["study"], found["one_of_each"]
    to.print(f"{study.n} ratings, {study.n_dropped} left out; mean {number(study.mean)}", style="bold")
    table = grid("Where differences come from", "", "variance", "share")
    for part in study.components:
        table.add_row(" x ".join(part.effect), number(part.variance), f"{100 * part.share:.0f} %")
    to.print(table)
    to.print(f"One of each: relative {number(one.relative, 2)}, absolute {number(one.absolute, 2)}.")
    for plan in found["needed"] or ():
        each = ", ".join(f"{count} of {facet}" for facet, count in plan.conditions.items())
        to.print(
            f"For .70: {each} (relative {number(plan.relative, 2)}, absolute {number(plan.absolute, 2)})."
        )
    say_warnings(to, study.warnings)
