"""Linear mixed models for repeated measures, on a kernel of our own (docs/statistics.md)."""

from onmodel.inference.mixed.batch import BatchFit, fit_many
from onmodel.inference.mixed.building import Candidate, ModelBuilding, Step, build_model
from onmodel.inference.mixed.compare import (
    LikelihoodRatio,
    VarianceExplained,
    likelihood_ratio,
    variance_explained,
)
from onmodel.inference.mixed.contrasts import (
    ChangeDifference,
    changes_differ,
    course_test,
    courses_differ,
)
from onmodel.inference.mixed.degrees import (
    CoefficientTest,
    JointTest,
    coefficient_tests,
    degrees_of_freedom,
    joint_test,
)
from onmodel.inference.mixed.estimates import (
    EffectSize,
    Estimate,
    changes_at,
    effect_sizes,
    estimates_at,
    groups_of,
    model_sd,
    start_of,
)
from onmodel.inference.mixed.export import as_dict
from onmodel.inference.mixed.fit import fit_mixed, fit_rows
from onmodel.inference.mixed.model import Model, Rows, read
from onmodel.inference.mixed.nested import NestedFit, ProgrammeEffect, fit_nested
from onmodel.inference.mixed.patients import (
    CoursePoint,
    PatientEffects,
    patient_course,
    patient_effects,
    patient_prediction,
    residuals,
)
from onmodel.inference.mixed.profile import ProfileInterval, profile_intervals
from onmodel.inference.mixed.result import MixedFit, VarianceComponents

__all__ = [
    "BatchFit",
    "Candidate",
    "ChangeDifference",
    "CoefficientTest",
    "CoursePoint",
    "EffectSize",
    "Estimate",
    "JointTest",
    "LikelihoodRatio",
    "MixedFit",
    "Model",
    "ModelBuilding",
    "NestedFit",
    "PatientEffects",
    "ProfileInterval",
    "ProgrammeEffect",
    "Rows",
    "Step",
    "VarianceComponents",
    "VarianceExplained",
    "as_dict",
    "build_model",
    "changes_at",
    "changes_differ",
    "coefficient_tests",
    "course_test",
    "courses_differ",
    "degrees_of_freedom",
    "effect_sizes",
    "estimates_at",
    "fit_many",
    "fit_mixed",
    "fit_nested",
    "fit_rows",
    "groups_of",
    "joint_test",
    "likelihood_ratio",
    "model_sd",
    "patient_course",
    "patient_effects",
    "patient_prediction",
    "profile_intervals",
    "read",
    "residuals",
    "start_of",
    "variance_explained",
]
