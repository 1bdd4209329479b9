"""What is computed for a standard from a programme's reports."""

from __future__ import annotations

from django.utils import timezone

from onmodel.requirements.measures import Found
from onmodel.requirements.picture import YEAR, Picture


def pirs_per_year(picture: Picture) -> list[Found]:
    """The reports signed in the last year; unknown while the first one is younger: it starts the clock."""
    signed = picture.programme.pirs.frozen().values_list("frozen_at", flat=True)
    days = [day for at in signed if (day := timezone.localtime(at).date()) <= picture.day]
    since = picture.day - YEAR
    n = sum(day > since for day in days)
    value = float(n) if days and min(days) <= since else None
    return [Found(value=value, n=n, about=picture.programme.name)]
