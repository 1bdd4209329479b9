"""Measurement: from answers to scores, and from scores to what they mean.

Pure: arrays in, frozen results out. Inside arrays NaN is unknown; results hand out None.
"""

from onmodel.measurement.answers import AnswerProblem, InvalidAnswersError, check_answers, outside_limits
from onmodel.measurement.arrays import to_list
from onmodel.measurement.change import (
    Change,
    ChangeCriterion,
    Outcome,
    change_criteria,
    classify_change,
    cut_off_between,
    derived_cut_off,
    reliable_change_index,
    standard_error,
)
from onmodel.measurement.columns import ColumnMatch, match_columns
from onmodel.measurement.meaning import (
    Banded,
    Sides,
    TScores,
    band_scores,
    direction_of,
    find_bands,
    find_cut_off,
    find_norm,
    sides_of,
    t_scores,
)
from onmodel.measurement.reliability import Alpha, cronbach_alpha, scale_alpha
from onmodel.measurement.scores import ScaleScores, Scores
from onmodel.measurement.scoring import score, scored_items
from onmodel.measurement.summary import ScaleSummary, summarise

__all__ = [
    "Alpha",
    "AnswerProblem",
    "Banded",
    "Change",
    "ChangeCriterion",
    "ColumnMatch",
    "InvalidAnswersError",
    "Outcome",
    "ScaleScores",
    "ScaleSummary",
    "Scores",
    "Sides",
    "TScores",
    "band_scores",
    "change_criteria",
    "check_answers",
    "classify_change",
    "cronbach_alpha",
    "cut_off_between",
    "derived_cut_off",
    "direction_of",
    "find_bands",
    "find_cut_off",
    "find_norm",
    "match_columns",
    "outside_limits",
    "reliable_change_index",
    "scale_alpha",
    "score",
    "scored_items",
    "sides_of",
    "standard_error",
    "summarise",
    "t_scores",
    "to_list",
]
