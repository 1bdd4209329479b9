"""`onmodel analyse agreement`: how far raters agree, and how many ratings are needed."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from onmodel.cli.analyses.consistency import chosen_items, consistency, show_consistency
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
from onmodel.inference.generalizability import DStudy, GStudy, d_study, g_study, needed

#: Numbers of a facet that the table of decision studies shows.
SHOWN, FEW = (1, 2, 3, 4, 6, 8, 10), (1, 2, 5)
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
@click.option("--subject", metavar="C", help="Column with what was rated (a session, a therapist).")
@click.option("--rater", metavar="C", help="Column with who rated.")
@click.option("--score", metavar="C", help="Column with the rating (a number).")
@click.option(
    "--facet",
    multiple=True,
    metavar="C",
    help="Column of a facet (session, rater, item): a G study; may be repeated.",
)
@click.option(
    "--nested", metavar="FACET=WITHIN", help="A facet that lies within another, such as session=therapist."
)
@click.option("--items", metavar="C,C,...", help="Columns of items, or a pattern such as 'bsi_*'.")
@click.option(
    "--metric",
    type=click.Choice(["nominal", "ordinal", "interval", "ratio"]),
    default="interval",
    show_default=True,
)
@click.option("--target", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.70,
              show_default=True, help="How dependable a mean has to be.")  # fmt: skip
@click.option("--absolute", is_flag=True, help="Against a standard; otherwise subjects among each other.")
@click.option(
    "--most", type=click.IntRange(1, 50), default=10, show_default=True, help="Conditions to consider."
)
@click.option(
    "--resamples",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="For the intervals of Krippendorff's alpha and of omega.",
)
@common
def agreement(
    file: Path, subject: str | None, rater: str | None, score: str | None, facet: tuple[str, ...],
    nested: str | None, items: str | None, metric: str, target: float, absolute: bool, most: int,
    resamples: int, missing: tuple[str, ...], level: float, as_json: bool,
) -> None:  # fmt: skip
    """Say how far raters in FILE agree (one row a rating), or items (one row a form).

    With --rater: intraclass correlations (subjects rated by every rater), Krippendorff's alpha (ratings may
    be missing), and weighted kappa of two raters. With --facet: where differences between ratings come from
    (subject, facets, error), how dependable a mean over so many of each is, and how many are needed. With
    --items: Cronbach's alpha and McDonald's omega of their sum.

    \b
    Try:
      onmodel analyse agreement ratings.csv --subject session --rater rater --score adherence
      onmodel analyse agreement ratings.csv --subject therapist --facet task --facet rater --score adherence
      onmodel analyse agreement ratings.csv --subject therapist --facet session --nested session=therapist \
        --facet rater --score adherence --target .80 --absolute
      onmodel analyse agreement forms.csv --items 'bsi_*'
    """
    _check(subject, rater, score, facet, nested, items)
    source = Source.open(file, missing, as_json)
    if items is not None:
        names = chosen_items(items, source.table.columns)
        frame = source.frame(numbers=names)
        with source.refusing():
            found = consistency(frame, names, resamples, level)
    else:
        frame = source.frame(numbers=[score], words=[subject, rater, *facet])
        with source.refusing():
            found = (
                coefficients(frame, str(subject), rater, str(score), metric, resamples, level)
                if rater
                else dependability(frame, str(subject), facet, str(score), nested, (target, absolute, most))
            )
    if as_json:
        print_json({"analysis": "agreement", **found})
    elif items is not None:
        show_consistency(found, level)
    elif rater:
        show(found, level)
    else:
        show_dependability(found)


def _check(
    subject: str | None, rater: str | None, score: str | None, facet: tuple[str, ...], nested: str | None,
    items: str | None,
) -> None:  # fmt: skip
    """click.UsageError where the options do not say one thing."""
    ways = [rater is not None, bool(facet), items is not None]
    if sum(ways) != 1:
        raise click.UsageError("give --rater (agreement), --facet (a G study) or --items (a sum score)")
    if items is None and (subject is None or score is None):
        raise click.UsageError("--subject and --score are needed: what was rated, and the rating")
    if items is not None and (subject is not None or score is not None):
        raise click.UsageError("--items stands alone: a row a form, without --subject and --score")
    if nested is not None and (nested.count("=") != 1 or not set(nested.split("=")) <= {subject, *facet}):
        raise click.UsageError(f"--nested is {nested!r}; FACET=WITHIN of the columns given is needed")


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
    frame: pl.DataFrame, subject: str, facets: tuple[str, ...], score: str, nested: str | None,
    wanted: tuple[float, bool, int],
) -> dict[str, Any]:  # fmt: skip
    facet, _, within = (nested or "").partition("=")
    study = g_study(
        frame, score=score, object=subject, facets=facets, nested={facet: within} if nested else None
    )
    target, absolute, most = wanted
    limits = dict.fromkeys(facets, most)
    return {
        "study": study,
        "one_of_each": d_study(study),
        "plans": plans(study, most),
        "target": target,
        "absolute": absolute,
        "most": most,
        "needed": needed(study, target=target, most=limits, absolute=absolute),
    }


def plans(study: GStudy, most: int) -> list[DStudy]:
    """Decision studies over SHOWN of each facet, fewer where facets are many."""
    counts = [count for count in (SHOWN if len(study.facets) < 3 else FEW) if count <= most]
    return [
        d_study(study, **dict(zip(study.facets, chosen, strict=True)))
        for chosen in product(counts, repeat=len(study.facets))
    ]


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
    study = found["study"]
    to.print(f"{study.n} ratings, {study.n_dropped} left out; mean {number(study.mean)}", style="bold")
    table = grid("Where differences come from", "", "variance", "share")
    for part in study.components:
        table.add_row(" x ".join(part.effect), number(part.variance), f"{100 * part.share:.0f} %")
    to.print(table)
    kind = "absolute" if found["absolute"] else "relative"
    table = grid("A mean over so many", *study.facets, "relative", "absolute", "error of the mean")
    for plan in found["plans"]:
        counts = [str(plan.conditions[facet]) for facet in study.facets]
        table.add_row(
            *counts, number(plan.relative, 2), number(plan.absolute, 2), number(plan.sem_absolute, 2)
        )
    to.print(table)
    target = f"{found['target']:.2f}".lstrip("0")
    for plan in found["needed"]:
        each = ", ".join(f"{count} of {facet}" for facet, count in plan.conditions.items())
        to.print(
            f"For {target} ({kind}): {each} (relative {number(plan.relative, 2)}, "
            f"absolute {number(plan.absolute, 2)})."
        )
    if not found["needed"]:
        to.print(f"Not even {found['most']} of each make a mean {target} dependable ({kind}).")
    say_warnings(to, study.warnings)
