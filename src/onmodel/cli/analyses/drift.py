"""`onmodel analyse drift`: control charts of a series, and the change at a known date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import polars as pl

from onmodel.cli.analyses.reading import FILE, Source, common
from onmodel.cli.analyses.showing import (
    coefficient_rows,
    console,
    grid,
    interval,
    interval_heading,
    number,
    p_value,
    pair,
    print_json,
    say_warnings,
)
from onmodel.inference.cautions import DataError
from onmodel.inference.control import ControlChart, cusum, ewma, shewhart
from onmodel.inference.interrupted import Interrupted, interrupted_series

CHARTS = {"shewhart": shewhart, "ewma": ewma, "cusum": cusum}
SCALE = {"continuous": "", "binary": " in log-odds", "count": " in log rate"}
FAMILY = {"score": "continuous", "count": "count", "proportion": "binary"}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@FILE
@click.option("--time", required=True, metavar="C", help="Column with the order of the points (numbers).")
@click.option(
    "--value", required=True, metavar="C", help="Column with the mean score or the number of events."
)
@click.option("--size", metavar="C", help="Column with the number of patients (or exposure) of each point.")
@click.option("--kind", type=click.Choice(list(FAMILY)), default="score", show_default=True)
@click.option("--chart", type=click.Choice([*CHARTS, "all"]), default="all", show_default=True)
@click.option("--baseline", type=click.IntRange(2), metavar="N", help="The first N points set what is usual.")
@click.option("--centre", type=float, help="What is usual, where a standard says so.")
@click.option("--sd", type=float, help="SD of one patient's score, where it is known.")
@click.option(
    "--at", type=float, metavar="T", help="Time of a known change: level and trend before and after."
)
@common
def drift(
    file: Path, time: str, value: str, size: str | None, kind: str, chart: str, baseline: int | None,
    centre: float | None, sd: float | None, at: float | None, missing: tuple[str, ...], level: float,
    as_json: bool,
) -> None:  # fmt: skip
    """Find a change over time in FILE: one row a point (a month, a session).

    Shewhart's chart finds large changes at once, EWMA and CUSUM small ones that last. False alarms come
    about once in 370 points. With --at the level and trend before and after that time are compared.

    \b
    Try:
      onmodel analyse drift sessions.csv --time session --value adherence --baseline 20
      onmodel analyse drift quarters.csv --time quarter --value dropouts --size starts --kind proportion
      onmodel analyse drift quarters.csv --time quarter --value gsi --at 12 --json
    """
    if kind == "proportion" and size is None:
        raise click.UsageError("--kind proportion needs --size, the column with the number of patients")
    source = Source.open(file, missing, as_json)
    frame = source.frame(numbers=[time, value, size]).drop_nulls().sort(time)
    dropped = len(source.table.lines) - len(frame)
    chosen = list(CHARTS) if chart == "all" else [chart]
    with source.refusing():
        charts = {name: drawn(name, frame, value, size, kind, baseline, centre, sd) for name in chosen}
        before_after = None
        if at is not None:
            before_after = interrupted_series(
                frame, time=time, outcome=value, at=at, family=FAMILY[kind], size=size,  # type: ignore[arg-type]
            )  # fmt: skip
    times = frame[time].to_list()
    if as_json:
        print_json(as_values(charts, before_after, times, dropped, level))
    else:
        show(charts, before_after, times, value, dropped, level)


def drawn(
    name: str, frame: pl.DataFrame, value: str, size: str | None, kind: str, baseline: int | None,
    centre: float | None, sd: float | None,
) -> ControlChart:  # fmt: skip
    if len(frame) < 2:
        raise DataError(f"{len(frame)} points are no series; two or more are needed", column=value)
    sizes = frame[size].to_list() if size else None
    return CHARTS[name](
        frame[value].to_list(),
        kind=kind,
        sizes=sizes,
        baseline=baseline,
        centre=centre,
        sd=sd,  # type: ignore[operator]
    )


def as_values(
    charts: dict[str, ControlChart],
    series: Interrupted | None,
    times: list[float],
    dropped: int,
    level: float,
) -> dict[str, Any]:
    change = None
    if series is not None:
        last = series.effect_at(times[-1], level)
        change = {"fit": series, "coefficients": coefficient_rows(series, level), "effect_at_end": last}
    return {
        "analysis": "drift",
        "times": times,
        "n_dropped": dropped,
        "charts": charts,
        "before_after": change,
    }


def show(
    charts: dict[str, ControlChart], series: Interrupted | None, times: list[float], value: str, dropped: int,
    level: float,
) -> None:  # fmt: skip
    to = console()
    to.print(f"{value}: {len(times)} points, {dropped} rows left out", style="bold")
    table = grid(
        "Charts",
        "",
        "centre",
        "first signal",
        "direction",
        "began",
        "false alarm every",
        "a change shows after",
    )
    for name, chart in charts.items():
        first = chart.first_signal
        began = "" if chart.change_point is None else f"after {times[max(chart.change_point - 1, 0)]:g}"
        table.add_row(
            name, number(chart.centre), "none" if first is None else f"{times[first]:g}",
            "" if first is None else str(chart.points[first].signal), began, f"{chart.run_length:.0f} points",
            f"{chart.run_length_shift:.1f} points",
        )  # fmt: skip
    to.print(table)
    for chart in charts.values():
        unit = "SD" if chart.kind == "score" or "ratio" not in chart.method else "times"
        to.print(f"{chart.method}; a change of {chart.shift:g} {unit} is looked for.", style="dim")
    if series is not None:
        show_series(to, series, times[-1], level)
    said = [caution for chart in charts.values() for caution in chart.warnings]
    say_warnings(to, [*said, *(series.warnings if series else ())])


def show_series(to: Any, series: Interrupted, end: float, level: float) -> None:
    table = grid(f"Before and after {series.at:g}", "", "estimate", "SE", interval_heading(level), "p")
    for row in coefficient_rows(series, level):
        table.add_row(
            row["name"],
            number(row["estimate"]),
            number(row["se"]),
            interval(row["interval"]),
            p_value(row["p"]),
        )
    to.print(table)
    to.print(f"{series.method}.", style="dim")
    effect = series.effect_at(end, level)
    if effect is not None:
        bounds = interval(pair(effect.lower, effect.upper))
        to.print(
            f"At {end:g}: {number(effect.expected)}, without the change {number(effect.without)}; "
            f"difference {number(effect.difference)} ({bounds})"
            f"{SCALE[series.family]}."
        )
