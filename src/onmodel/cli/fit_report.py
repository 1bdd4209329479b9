"""A fitted mixed model on the terminal, for somebody who reads psychology journals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from onmodel.inference.mixed import MixedFit, effect_sizes, estimates_at, groups_of, model_sd, start_of

RANDOM = {
    "slope": "random intercept and slope, correlated",
    "uncorrelated": "random intercept and slope, uncorrelated",
    "intercept": "random intercept",
    "none": "no random effects",
}
METHOD = {"reml": "restricted maximum likelihood (REML)", "ml": "maximum likelihood (ML)"}


def show(fit: MixedFit, months: Sequence[float], level: float) -> None:
    """Print head, fixed effects, variances, estimates with effect sizes, warnings."""
    console = Console(highlight=False)
    print_head(console, fit)
    console.print(fixed_effects(fit, level))
    console.print(variances(fit))
    console.print("; ".join(notes(fit)) + ".")
    if months:
        console.print(course(fit, months, level))
        console.print(
            f"d: change since month {start_of(fit):g} divided by the model's SD at the start "
            "(intercept and residual variance).",
            style="dim",
        )
    for caution in fit.warnings:
        console.print(f"Warning: {caution.message}", style="bold")


def print_head(console: Console, fit: MixedFit) -> None:
    low, middle, high = fit.diagnostics.observations_per_patient
    console.print(f"{fit.model.outcome} over {fit.model.time}", style="bold")
    console.print(f"Linear mixed model, {RANDOM[fit.random]}; {METHOD[fit.method]}.")
    console.print(
        f"{fit.n_observations} observations of {fit.n_patients} patients "
        f"({low} to {high} each, median {middle:g}); {dropped(fit)}."
    )


def dropped(fit: MixedFit) -> str:
    if not fit.n_dropped:
        return "no row left out"
    by_column = ", ".join(f"{name} {count}" for name, count in fit.dropped_by_column.items())
    return f"{fit.n_dropped} rows left out because a value is missing ({by_column})"


def fixed_effects(fit: MixedFit, level: float) -> Table:
    table = grid("Fixed effects", "", "estimate", "SE", "z", interval_heading(level), "p")
    intervals = fit.confidence(level)
    for name in fit.names:
        estimate, se = fit.coef[name], fit.se[name]
        z = estimate / se if estimate is not None and se else None
        table.add_row(
            name, number(estimate), number(se), number(z, 2), interval(intervals[name]), p_value(fit.p[name])
        )
    return table


def variances(fit: MixedFit) -> Table:
    found = fit.variance
    table = grid("Variances", "", "variance", "SD")
    for name, value in (("intercept", found.intercept), ("slope", found.slope), ("residual", found.residual)):
        if value is not None:
            table.add_row(name, number(value), number(value**0.5))
    return table


def notes(fit: MixedFit) -> list[str]:
    """What goes with the variances: their correlation, and how well the model fits."""
    said = []
    if fit.variance.correlation is not None:
        said.append(f"Correlation of intercept and slope {fit.variance.correlation:.2f}")
    if fit.criterion is not None:
        label = "REML criterion" if fit.method == "reml" else "deviance"
        said.append(f"{label} {fit.criterion:.2f}, AIC {fit.aic:.2f}, BIC {fit.bic:.2f}")
    return said or ["No variance and no likelihood could be estimated"]


def course(fit: MixedFit, months: Sequence[float], level: float) -> Table:
    grouped = groups_of(fit) != (None,)
    heading = interval_heading(level)
    decimals = 2 if (model_sd(fit)[0] or 1.0) >= 1 else 3
    table = grid("Estimated course", *(["group"] if grouped else []), "month", "mean", heading, "d", heading)
    estimates = estimates_at(fit, months, level=level)
    for estimate, size in zip(estimates, effect_sizes(fit, months, level=level), strict=True):
        group = [estimate.group or ""] if grouped else []
        mean = (number(estimate.estimate, decimals), interval(pair(estimate.lower, estimate.upper), decimals))
        effect = (
            (number(size.d, 2), interval(pair(size.lower, size.upper), 2))
            if size.month != size.start
            else ("", "")
        )
        table.add_row(*group, f"{estimate.month:g}", *mean, *effect)
    return table


def grid(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left")
    for position, heading in enumerate(headings):
        table.add_column(
            heading, justify="left" if heading in ("", "group") else "right", no_wrap=position > 0
        )
    return table


def interval_heading(level: float) -> str:
    return f"{100 * level:g} % interval"


def number(value: float | None, decimals: int | None = None) -> str:
    """With about four figures, or fixed decimals; empty where unknown."""
    if value is None or math.isnan(value):
        return ""
    if decimals is None:
        size = abs(value)
        decimals = 2 if size >= 10 else 3 if size >= 1 or size == 0 else 4 if size >= 0.01 else 6
    return f"{value:.{decimals}f}"


def pair(lower: float | None, upper: float | None) -> tuple[float, float] | None:
    return (lower, upper) if lower is not None and upper is not None else None


def interval(bounds: tuple[float, float] | None, decimals: int | None = None) -> str:
    known = bounds is not None and not any(map(math.isnan, bounds))
    return " to ".join(number(bound, decimals) for bound in bounds or ()) if known else ""


def p_value(p: float | None) -> str:
    if p is None or math.isnan(p):
        return ""
    return "<.001" if p < 0.001 else f"{p:.3f}".lstrip("0")
