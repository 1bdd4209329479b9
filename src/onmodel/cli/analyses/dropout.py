"""`onmodel analyse dropout`: how long patients stay, and how treatments end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from onmodel.cli.analyses.reading import FILE, Numbers, Source, common
from onmodel.cli.analyses.showing import (
    console,
    grid,
    interval,
    interval_heading,
    number,
    p_value,
    print_json,
)
from onmodel.inference.survival import (
    Incidence,
    LogRank,
    SurvivalCurve,
    cumulative_incidence,
    kaplan_meier,
    log_rank,
)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@FILE
@click.option(
    "--time", required=True, metavar="C", help="Column with the months until the end, or until last seen."
)
@click.option("--ended", metavar="C", help="Column with 1 at the end (drop-out), 0 where still in treatment.")
@click.option("--end", metavar="C", help="Column with the kind of end as words; blank while in treatment.")
@click.option(
    "--group", metavar="C", help="Column with groups, compared by the log-rank test (with --ended)."
)
@click.option("--months", type=Numbers(), default="6,12,18", show_default=True, help="Months to report.")
@common
def dropout(
    file: Path, time: str, ended: str | None, end: str | None, group: str | None, months: tuple[float, ...],
    missing: tuple[str, ...], level: float, as_json: bool,
) -> None:  # fmt: skip
    """Say how long patients in FILE stay: one row a treatment.

    With --ended: Kaplan and Meier's curve, which counts those still in treatment for as long as they were
    seen. With --end: the share that came to each kind of end (drop-out, push-out, completion), where one
    end rules out the others.

    \b
    Try:
      onmodel analyse dropout treatments.csv --time months --ended dropped_out
      onmodel analyse dropout treatments.csv --time months --ended dropped_out --group cohort
      onmodel analyse dropout treatments.csv --time months --end how_ended --months 6,12 --json
    """
    if (ended is None) == (end is None):
        raise click.UsageError("give either --ended (0/1) or --end (the kind of end in words)")
    source = Source.open(file, missing, as_json)
    frame = source.frame(numbers=[time, ended], words=[end, group])
    curves: tuple[SurvivalCurve, ...] = ()
    ends: tuple[Incidence, ...] = ()
    test: LogRank | None = None
    with source.refusing():
        if ended is not None:
            curves = kaplan_meier(frame, time=time, ended=ended, group=group, level=level)
            test = log_rank(frame, time=time, ended=ended, group=group) if len(curves) > 1 else None
        else:
            ends = cumulative_incidence(frame, time=time, end=str(end), group=group, level=level)
    if as_json:
        print_json(as_values(curves, ends, test, months))
    else:
        show(curves, ends, test, months, level)


def shares(curve: SurvivalCurve | Incidence, months: tuple[float, ...]) -> list[dict[str, float]]:
    return [dict(zip(("month", "share", "lower", "upper"), (m, *curve.at(m)), strict=True)) for m in months]


def as_values(
    curves: tuple[SurvivalCurve, ...],
    ends: tuple[Incidence, ...],
    test: LogRank | None,
    months: tuple[float, ...],
) -> dict[str, Any]:
    return {
        "analysis": "dropout",
        "curves": [{"curve": curve, "at": shares(curve, months)} for curve in curves],
        "ends": [{"incidence": end, "at": shares(end, months)} for end in ends],
        "log_rank": test,
    }


def show(
    curves: tuple[SurvivalCurve, ...], ends: tuple[Incidence, ...], test: LogRank | None,
    months: tuple[float, ...], level: float,
) -> None:  # fmt: skip
    to = console()
    heading = interval_heading(level)
    if curves:
        table = grid("Still in treatment", "group", "patients", "ended", "median", "month", "share", heading)
        for curve in curves:
            for position, at in enumerate(shares(curve, months)):
                head = [
                    curve.group or "all",
                    f"{curve.n}",
                    f"{curve.n_events}",
                    number(curve.median, 1) or "not reached",
                ]
                table.add_row(*(head if position == 0 else [""] * 4), *share_cells(at))
        to.print(table)
    if ends:
        table = grid("Ended, by kind", "group", "end", "patients", "ended so", "month", "share", heading)
        for end in ends:
            for position, at in enumerate(shares(end, months)):
                head = [end.group or "all", end.end, f"{end.n}", f"{end.n_ends}"]
                table.add_row(*(head if position == 0 else [""] * 4), *share_cells(at))
        to.print(table)
    if len(curves) == 1 and curves[0].group is not None:
        to.print(f"No log-rank test: '{curves[0].group}' is the only group.")
    if test is not None:
        to.print(f"Log-rank test: chi-square {test.statistic:.2f}, df {test.df}, p {p_value(test.p)}.")


def share_cells(at: dict[str, float]) -> list[str]:
    return [f"{at['month']:g}", number(at["share"], 3), interval((at["lower"], at["upper"]), 3)]
