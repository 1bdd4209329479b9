"""Linear mixed models for repeated measures, on a kernel of our own (docs/statistics.md)."""

from onmodel.inference.mixed.estimates import (
    EffectSize,
    Estimate,
    changes_at,
    effect_sizes,
    estimates_at,
    groups_of,
    model_sd,
)
from onmodel.inference.mixed.export import as_dict
from onmodel.inference.mixed.fit import fit_mixed, fit_rows
from onmodel.inference.mixed.model import Model, Rows, read
from onmodel.inference.mixed.patients import PatientEffects, patient_course, patient_effects
from onmodel.inference.mixed.result import MixedFit, VarianceComponents

__all__ = [
    "EffectSize",
    "Estimate",
    "MixedFit",
    "Model",
    "PatientEffects",
    "Rows",
    "VarianceComponents",
    "as_dict",
    "changes_at",
    "effect_sizes",
    "estimates_at",
    "fit_mixed",
    "fit_rows",
    "groups_of",
    "model_sd",
    "patient_course",
    "patient_effects",
    "read",
]
