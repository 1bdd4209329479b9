"""What is missing, in whom, and what it may do to the answer (docs/statistics.md)."""

from onmodel.inference.missing.baseline import BaselineDifference, compare_baseline
from onmodel.inference.missing.patterns import Pattern, Patterns, missing_patterns
from onmodel.inference.missing.sensitivity import (
    AssessmentsTest,
    MixtureEstimate,
    PatternMixture,
    assessments_as_predictor,
    pattern_mixture,
)

__all__ = [
    "AssessmentsTest",
    "BaselineDifference",
    "MixtureEstimate",
    "Pattern",
    "PatternMixture",
    "Patterns",
    "assessments_as_predictor",
    "compare_baseline",
    "missing_patterns",
    "pattern_mixture",
]
