"""Which recommendations of earlier reports a report has to say something about, and which are overdue."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from onmodel.pirs.models import Fate, Pir, Recommendation
from onmodel.programmes.models import Programme


@dataclass(frozen=True)
class Carried:
    """A recommendation of an earlier report; `fate` is what was last said of it since that report."""

    recommendation: Recommendation
    fate: Fate | None


def carried_over(pir: Pir) -> list[Carried]:
    """Those that were not settled when the report before was frozen, the oldest first."""
    before = pir.programme.pirs.frozen().filter(end__lt=pir.start).order_by("-end").first()
    if before is None:
        return []
    found = []
    for one in _of_earlier(pir):
        earlier = [fate for fate in one.fates.all() if fate.said_at <= before.frozen_at]
        since = [fate for fate in one.fates.all() if fate.said_at > before.frozen_at]
        if not (earlier and earlier[-1].became in Fate.SETTLED):
            found.append(Carried(one, since[-1] if since else None))
    return found


def _of_earlier(pir: Pir) -> Iterable[Recommendation]:
    earlier = Recommendation.objects.filter(
        pir__programme=pir.programme, pir__frozen_at__isnull=False, pir__end__lt=pir.start
    )
    return earlier.select_related("owner", "pir").prefetch_related("fates").order_by("pir__end", "id")


def unsettled(programme: Programme, day: datetime.date) -> list[Recommendation]:
    """Recommendations of signed reports that nobody called done or dropped by the end of that day."""
    found = Recommendation.objects.filter(
        pir__programme=programme, pir__frozen_at__date__lte=day
    ).select_related("owner", "pir")
    return [one for one in found.prefetch_related("fates").order_by("due_on", "id") if not _settled(one, day)]


def _settled(one: Recommendation, day: datetime.date) -> bool:
    said = [fate for fate in one.fates.all() if fate.said_at.date() <= day]
    return bool(said) and said[-1].became in Fate.SETTLED
