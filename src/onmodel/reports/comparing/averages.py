"""Effect sizes averaged over outcomes."""

from __future__ import annotations

from statistics import fmean

from onmodel.outcomes.periods import GROUPS
from onmodel.reports.comparing.view import View


def averages(view: View) -> list[tuple[float, float, float, int]]:
    """At each headline month of both groups: mean effect size of first and second, of how many outcomes."""
    rows = []
    for month in view.headline:
        pairs = [
            tuple(outcome.improvement(group, month) for group in GROUPS) for outcome in view.comparison.tested
        ]
        known = [(one, two) for one, two in pairs if one is not None and two is not None]
        if known:
            rows.append((month, *(fmean(pair[side] for pair in known) for side in (0, 1)), len(known)))
    return rows
