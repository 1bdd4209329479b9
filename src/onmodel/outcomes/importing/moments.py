"""When each row was measured: in months since the start of treatment, and on which day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from onmodel.outcomes.importing.mapping import EARLIEST, LATEST, MomentColumns
from onmodel.outcomes.importing.people import past_dates
from onmodel.outcomes.importing.reading import Floats, Source
from onmodel.patients.models import DAYS_A_MONTH

Starts = Sequence[datetime.date | None]


@dataclass
class When:
    """`months` (n,), NaN where unknown; `days` (n,); `column` is where the file says it.

    `told` marks rows of which a problem was told already.
    """

    months: Floats
    days: list[datetime.date | None]
    column: str = ""
    told: np.ndarray | None = None

    def demand(self, source: Source, rows: np.ndarray) -> None:
        """A problem for each of these rows (n,) whose moment is unknown."""
        for row in np.flatnonzero(rows & np.isnan(self.months)).tolist():
            if self.told is not None and self.told[row]:
                continue
            if self.days[row] is None:
                reason, wanted = _("the row does not say when it was measured"), _("a moment")
            else:
                reason = _("the patient's treatment has no start date, so the months are unknown")
                wanted = _("a start date, or a column with months")
            source.problem(row, self.column, self.days[row] or "", reason, wanted)


def after(months: float, starts: Starts) -> When:
    """The same moment for every row; the day follows from the start where that is known."""
    return When(np.full(len(starts), months), [day_at(start, months) for start in starts])


def day_at(start: datetime.date | None, months: float) -> datetime.date | None:
    return None if start is None else start + datetime.timedelta(days=round(months * DAYS_A_MONTH))


def of_rows(source: Source, moment: MomentColumns, starts: Starts) -> When:
    """Each row's own moment, from a column of months (or words for them), a date, or both."""
    before = len(source.problems)
    months = _months(source, moment) if moment.months else np.full(len(starts), np.nan)
    days = past_dates(source, moment.date) if moment.date else [None] * len(starts)
    column = moment.months or moment.date or ""
    _check_range(source, column, months)
    told = {problem.line for problem in source.problems[before:]}
    for row, (day, start) in enumerate(zip(days, starts, strict=True)):
        if np.isnan(months[row]) and day is not None and start is not None:
            months[row] = _months_between(start, day, moment.planned)
        elif day is None and not np.isnan(months[row]):
            days[row] = day_at(start, float(months[row]))
    return When(months, days, column, np.array([line in told for line in source.lines]))


def _months(source: Source, moment: MomentColumns) -> Floats:
    column = moment.months or ""
    if not moment.values:
        return source.numbers(column)
    months = np.full(len(source), np.nan)
    codes, labels = source.texts(column), source.texts(column, labelled=True)
    for row, (code, label) in enumerate(zip(codes, labels, strict=True)):
        found = moment.values.get(code, moment.values.get(label))
        if found is not None:
            months[row] = found
        elif label:
            wanted = _("one of %(words)s") % {"words": ", ".join(moment.values)}
            source.problem(row, column, label, _("the map does not know this moment"), wanted)
    return months


def _months_between(start: datetime.date, day: datetime.date, planned: Sequence[float]) -> float:
    """Months from start to day, to two decimals; or the nearest of the planned moments."""
    months = (day - start).days / DAYS_A_MONTH
    return min(planned, key=lambda moment: abs(moment - months)) if planned else round(months, 2)


def _check_range(source: Source, column: str, months: Floats) -> None:
    """A problem for, and NaN in place of, what cannot be a number of months since the start."""
    for row in np.flatnonzero((months < EARLIEST) | (months > LATEST)).tolist():
        wanted = _("months from %(low)g to %(high)g") % {"low": EARLIEST, "high": LATEST}
        reason = _("this cannot be the number of months since the start")
        source.problem(row, column, float(months[row]), reason, wanted)
        months[row] = np.nan
