"""Which treatments a page of outcomes is about, and the groups that they fall into."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

import msgspec
import polars as pl
from django.db.models import QuerySet

from onmodel.patients.models import GroupPlace, Involvement, Phase, Treatment

#: As many groups as a chart can tell apart; the smallest, or the earliest, go together.
MOST_GROUPS = 5
EARLIER, OTHER, NOWHERE = "#earlier", "#other", "#none"
#: The key of everybody together.
EVERYBODY = ""


class By(StrEnum):
    """What makes a group."""

    EVERYBODY = "all"
    YEAR = "year"
    HALF_YEAR = "half_year"
    COHORT = "cohort"
    TEAM = "team"
    GROUP = "group"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What the reader asked for; None and "" ask for everything. Both days of the start are included."""

    instrument: str
    scale: str
    by: By = By.YEAR
    started_from: datetime.date | None = None
    started_until: datetime.date | None = None
    cohort: str = ""
    team: int | None = None
    group: int | None = None
    therapist: int | None = None
    phase: str = ""

    @property
    def key(self) -> str:
        """Tells selections apart."""
        return "|".join(str(getattr(self, name)) for name in sorted(self.__dataclass_fields__))

    def plain(self) -> dict[str, object]:
        """For a job that runs elsewhere; `from_plain` takes it back."""
        return msgspec.to_builtins(self)

    @classmethod
    def from_plain(cls, values: dict[str, object]) -> Selection:
        return msgspec.convert(values, cls)

    def of(self, treatments: QuerySet[Treatment], until: datetime.date) -> QuerySet[Treatment]:
        """Those of the treatments that had started by `until` and were asked for."""
        found = treatments.filter(started_on__lte=min(until, self.started_until or until))
        if self.started_from:
            found = found.filter(started_on__gte=self.started_from)
        if self.cohort:
            found = found.filter(cohort=self.cohort)
        if self.team:
            found = found.filter(team=self.team)
        if self.group:
            found = found.filter(pk__in=GroupPlace.objects.filter(group=self.group).values("treatment"))
        if self.therapist:
            part = Involvement.objects.filter(therapist=self.therapist).values("treatment")
            found = found.filter(pk__in=part)
        if self.phase:
            now = Phase.objects.in_force(until).filter(kind=self.phase)
            found = found.filter(pk__in=now.values("treatment"))
        return found


def treatments_frame(treatments: QuerySet[Treatment], selection: Selection) -> pl.DataFrame:
    """Columns treatment, started, ended, end, group (a key), one row a treatment. One or two queries."""
    rows = treatments.order_by("started_on", "id").values_list(
        "id", "started_on", "ended_on", "end_kind", "cohort", "team__name"
    )
    listed = list(rows)
    places = _places(treatments) if selection.by is By.GROUP else {}
    keys = [_key(selection.by, row, places) for row in listed]
    return pl.DataFrame(
        [
            (str(row[0]), *row[1:4], key)
            for row, key in zip(listed, _together(keys, selection.by), strict=True)
        ],
        schema={
            "treatment": pl.String,
            "started": pl.Date,
            "ended": pl.Date,
            "end": pl.String,
            "group": pl.String,
        },
        orient="row",
    )


def _key(by: By, row: tuple, places: dict[object, str]) -> str:
    id_, started, _, _, cohort, team = row
    return {
        By.EVERYBODY: EVERYBODY,
        By.YEAR: str(started.year),
        By.HALF_YEAR: f"{started.year}-{1 if started.month <= 6 else 2}",
        By.COHORT: cohort or NOWHERE,
        By.TEAM: team or NOWHERE,
        By.GROUP: places.get(id_, NOWHERE),
    }[by]


def _places(treatments: QuerySet[Treatment]) -> dict[object, str]:
    """Each treatment's latest therapy group."""
    rows = GroupPlace.objects.filter(treatment__in=treatments).order_by("starts_on")
    return dict(rows.values_list("treatment", "group__name"))


def _together(keys: list[str], by: By) -> list[str]:
    """The keys with the earliest periods, or the smallest groups, taken together beyond MOST_GROUPS."""
    if len(set(keys)) <= MOST_GROUPS:
        return keys
    if by in (By.YEAR, By.HALF_YEAR):
        kept = set(sorted(set(keys))[-(MOST_GROUPS - 1) :])
        return [key if key in kept else EARLIER for key in keys]
    kept = {key for key, _ in Counter(keys).most_common(MOST_GROUPS - 1)}
    return [key if key in kept else OTHER for key in keys]


def in_order(groups: dict[str, int]) -> dict[str, int]:
    """Earlier ones first, then by name, what is left over last."""
    place = {EARLIER: 0, OTHER: 2, NOWHERE: 3}
    return dict(sorted(groups.items(), key=lambda item: (place.get(item[0], 1), item[0])))
