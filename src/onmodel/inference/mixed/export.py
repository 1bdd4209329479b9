"""A fit as plain values, for JSON. What is unknown is None."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from onmodel.inference.mixed.estimates import effect_sizes, estimates_at
from onmodel.inference.mixed.result import MixedFit, known

Plain = dict[str, object]


def as_dict(fit: MixedFit, months: Iterable[float] = (), level: float = 0.95) -> Plain:
    """Everything that a fit says, with estimates and effect sizes at `months`.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> found = as_dict(fit, [12])
    >>> found["n_patients"], round(found["effect_sizes"][0]["d"], 3)
    (3, -1.0)
    """
    months = tuple(months)
    return {
        "model": asdict(fit.model),
        "random": fit.random,
        "method": fit.method,
        "coefficients": _coefficients(fit, level),
        "vcov": [[known(value) for value in row] for row in fit.vcov],
        "n_observations": fit.n_observations,
        "n_patients": fit.n_patients,
        "n_dropped": fit.n_dropped,
        "dropped_by_column": fit.dropped_by_column,
        "variance": {**asdict(fit.variance), "correlation": fit.variance.correlation},
        "sigma": fit.sigma,
        "criterion": fit.criterion,
        "loglik": fit.loglik,
        "aic": fit.aic,
        "bic": fit.bic,
        "n_parameters": fit.n_parameters,
        "converged": fit.converged,
        "singular": fit.singular,
        "warnings": [asdict(caution) for caution in fit.warnings],
        "diagnostics": asdict(fit.diagnostics),
        "estimates": [asdict(estimate) for estimate in estimates_at(fit, months, level=level)],
        "effect_sizes": [asdict(size) for size in effect_sizes(fit, months, level=level)],
    }


def _coefficients(fit: MixedFit, level: float) -> list[Plain]:
    intervals = fit.confidence(level)
    return [
        {
            "name": name,
            "estimate": fit.coef[name],
            "se": fit.se[name],
            "interval": intervals[name],
            "p": fit.p[name],
        }
        for name in fit.names
    ]
