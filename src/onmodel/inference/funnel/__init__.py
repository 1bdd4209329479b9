"""Comparing providers by funnel plots (docs/statistics.md)."""

from onmodel.inference.funnel.compare import compare_providers
from onmodel.inference.funnel.dispersion import Dispersion, dispersion
from onmodel.inference.funnel.limits import binomial_limits, poisson_limits
from onmodel.inference.funnel.power import n_to_detect
from onmodel.inference.funnel.result import CurvePoint, Funnel, Limits, Provider

__all__ = [
    "CurvePoint",
    "Dispersion",
    "Funnel",
    "Limits",
    "Provider",
    "binomial_limits",
    "compare_providers",
    "dispersion",
    "n_to_detect",
    "poisson_limits",
]
