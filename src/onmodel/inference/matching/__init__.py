"""Groups made alike: propensity scores, matching within strata, balance (docs/statistics.md)."""

from onmodel.inference.matching.balance import Balance, balance
from onmodel.inference.matching.match import Matching, Pair, match_groups, nearest_pairs
from onmodel.inference.matching.propensity import Propensity, propensity_scores

__all__ = [
    "Balance",
    "Matching",
    "Pair",
    "Propensity",
    "balance",
    "match_groups",
    "nearest_pairs",
    "propensity_scores",
]
