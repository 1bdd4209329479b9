"""Alpha and omega of a sum score, for `onmodel analyse agreement --items`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

import click
import polars as pl

from onmodel.cli.analyses.showing import (
    console,
    grid,
    interval,
    interval_heading,
    number,
    pair,
    say_warnings,
)
from onmodel.inference.cautions import DataError
from onmodel.inference.reliability import omega
from onmodel.measurement import cronbach_alpha


def chosen_items(asked: str, columns: tuple[str, ...]) -> list[str]:
    """Columns named with commas between them, or by a pattern such as bsi_*."""
    found: list[str] = []
    for pattern in asked.split(","):
        fitting = [name for name in columns if fnmatchcase(name, pattern.strip())]
        found += fitting or [pattern.strip()]
    names = list(dict.fromkeys(found))
    if len(names) < 2:
        raise click.UsageError(f"--items {asked!r} names {', '.join(names)} only; two items are needed")
    return names


def consistency(frame: pl.DataFrame, items: list[str], resamples: int, level: float) -> dict[str, Any]:
    """Alpha with Feldt's interval; omega, or why there is none."""
    values = frame.select(items).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    alpha = cronbach_alpha(values)
    whole, why = None, None
    try:
        whole = omega(values, resamples=resamples, level=level)
    except DataError as error:
        why = str(error)
    bounds = alpha.interval(level)
    return {
        "items": items,
        "n": alpha.n,
        "n_dropped": len(frame) - alpha.n,
        "alpha": {"estimate": alpha.value, "lower": bounds and bounds[0], "upper": bounds and bounds[1]},
        "omega": whole,
        "why_no_omega": why,
    }


def show_consistency(found: dict[str, Any], level: float) -> None:
    to = console()
    said = f"{len(found['items'])} items, {found['n']} respondents with all of them"
    to.print(f"{said}; {found['n_dropped']} left out", style="bold")
    alpha, whole = found["alpha"], found["omega"]
    table = grid("Reliability of the sum", "", "estimate", interval_heading(level))
    table.add_row(
        "Cronbach's alpha", number(alpha["estimate"], 3), interval(pair(alpha["lower"], alpha["upper"]), 3)
    )
    if whole is not None:
        bounds = interval(pair(whole.lower, whole.upper), 3)
        table.add_row("McDonald's omega", number(whole.estimate, 3), bounds)
    to.print(table)
    if alpha["estimate"] is None:
        to.print("No alpha: the sums do not vary, or fewer than two respondents answered all items.")
    if whole is None:
        to.print(f"No omega: {found['why_no_omega']}.")
        return
    loadings = grid("One common factor", "item", "loading", "unique variance")
    for item, loading, unique in zip(found["items"], whole.loadings, whole.uniqueness, strict=True):
        loadings.add_row(item, number(float(loading)), number(float(unique)))
    to.print(loadings)
    say_warnings(to, whole.warnings)
