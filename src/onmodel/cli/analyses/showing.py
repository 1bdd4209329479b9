"""Results as plain values for JSON, and as tables on the terminal."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import click
import numpy as np
import polars as pl
from rich.console import Console

from onmodel.cli.fit_report import grid, interval, interval_heading, number, p_value, pair
from onmodel.inference.cautions import Caution

__all__ = ["Coefficients", "coefficient_rows", "console", "grid", "interval", "interval_heading", "number",
           "p_value", "pair", "plain", "print_json", "say_warnings"]  # fmt: skip


class Coefficients:
    """What a fit with named coefficients offers."""

    coef: Mapping[str, float | None]
    se: Mapping[str, float | None]
    ci: Mapping[str, tuple[float, float] | None]
    p: Mapping[str, float | None]


def console() -> Console:
    return Console(highlight=False)


def plain(value: Any, leave_out: Iterable[str] = ()) -> Any:
    """Frozen results as dicts, arrays as lists, nan as None."""
    without = frozenset(leave_out)
    if is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in fields(value) if f.name not in without and f.name != "kernel"]
        return {name: plain(getattr(value, name), without) for name in names}
    if isinstance(value, Mapping):
        return {("" if k is None else str(k)): plain(v, without) for k, v in value.items()}
    if isinstance(value, pl.Series):
        return plain(value.to_list(), without)
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), without)
    if isinstance(value, list | tuple):
        return [plain(v, without) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_json(found: Mapping[str, Any]) -> None:
    click.echo(json.dumps(plain(found), ensure_ascii=False, indent=1, allow_nan=False))


def coefficient_rows(fit: Any, level: float) -> list[dict[str, Any]]:
    """A row for each coefficient of a fit."""
    ci = fit.confidence(level) if hasattr(fit, "confidence") else fit.ci
    return [
        {"name": n, "estimate": fit.coef[n], "se": fit.se[n], "interval": ci[n], "p": fit.p[n]}
        for n in fit.coef
    ]


def say_warnings(to: Console, warnings: Sequence[Caution]) -> None:
    for caution in dict.fromkeys(warnings):
        to.print(f"Warning: {caution.message}", style="bold")
