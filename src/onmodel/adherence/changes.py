"""Whether adherence is another after an event that is known: the year before against the year after."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from onmodel.adherence.correcting import Correction, Rated, series_of
from onmodel.adherence.drift import DAYS_A_YEAR
from onmodel.inference.cautions import DataError
from onmodel.inference.mixed import Model, coefficient_tests, fit_mixed

#: Compared are the sessions of so long on either side.
WINDOW = datetime.timedelta(days=365)
#: Fewer sessions on a side tell nothing.
FEWEST = 6
AFTER = "after"


@dataclass(frozen=True, kw_only=True)
class BeforeAndAfter:
    """Mean level before, and how much higher it is after, with its interval and p by a mixed model in which
    therapists differ. The estimate is None where there is too little on a side; `n` counts sessions."""

    n_before: int
    n_after: int
    therapists: int
    before: float | None = None
    change: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None

    @property
    def fewest(self) -> int:
        return FEWEST


def before_and_after(
    ratings: Sequence[Rated], correction: Correction, *, on: datetime.date, team: int | None = None
) -> BeforeAndAfter:
    """The event's day counts as after. Ratings that those before cannot be held against are left out."""
    near = [one for one in ratings if abs(one.day - on) <= WINDOW and team in (None, one.team)]
    earlier = len({(one.session, one.therapist) for one in near if one.day < on})
    scores = series_of(near, correction, baseline=earlier).scores if earlier else ()
    later = len(scores) - earlier if earlier else len({(o.session, o.therapist) for o in near})
    counts = {
        "n_before": earlier,
        "n_after": later,
        "therapists": len({one.therapist for one in scores}),
    }
    if earlier < FEWEST or later < FEWEST:
        return BeforeAndAfter(**counts)
    frame = pl.DataFrame(
        {
            "therapist": [str(one.therapist) for one in scores],
            "years": [(one.day - on).days / DAYS_A_YEAR for one in scores],
            "score": [one.value for one in scores],
            AFTER: [float(one.day >= on) for one in scores],
        }
    )
    try:
        fit = fit_mixed(frame, Model("therapist", "years", "score", effects=(AFTER,), random="intercept"))
    except DataError:
        return BeforeAndAfter(**counts)
    level, found = (one for one in coefficient_tests(fit) if one.name in ("intercept", AFTER))
    return BeforeAndAfter(
        **counts,
        before=level.estimate,
        change=found.estimate,
        lower=found.lower,
        upper=found.upper,
        p=found.p,
    )
