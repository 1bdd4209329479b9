"""What the record holds of a programme, as days by subject. Each kind of event is one query, made once."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q

from onmodel.packs.standards import Limit, Standard
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme, Threshold

#: The key of a treatment, person, team or programme -> its days, in order.
Days = Mapping[object, list[datetime.date]]
Found = Iterable[tuple[object, datetime.date]]


@dataclass(frozen=True, kw_only=True)
class Event:
    """A kind of event. `always` says that each subject has it: where it is missing, it was not recorded."""

    find: Callable[[Record, str], Found]
    always: bool = False


#: The name that a rule uses -> how its days are found. A name may carry a term: `plan_agreed:crisis_plan`.
EVENTS: dict[str, Event] = {}


def event(*, always: bool = False) -> Callable[[Callable[[Record, str], Found]], Callable]:
    """Let the function be the event of its name."""

    def kept(find: Callable[[Record, str], Found]) -> Callable:
        EVENTS[find.__name__] = Event(find=find, always=always)
        return find

    return kept


def event_of(name: str) -> Event:
    """Raises ValueError for a name that is no event."""
    kind = name.partition(":")[0]
    if kind not in EVENTS:
        raise ValueError(f"{kind!r} is no event of the record; there are {', '.join(sorted(EVENTS))}")
    return EVENTS[kind]


@dataclass(frozen=True)
class Record:
    """One programme on `day`: all that is under way and waits, or only some treatments, ended or not."""

    programme: Programme
    day: datetime.date
    only: frozenset[UUID] | None = None
    _known: dict[str, Days] = field(default_factory=dict, init=False, repr=False, compare=False)
    _read: dict[str, list[tuple]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, treatment: Treatment, day: datetime.date) -> Record:
        """That of one treatment, which need not be read again."""
        record = cls(treatment.programme, day, only=frozenset([treatment.pk]))
        record.__dict__["treatments"] = {treatment.pk: treatment}
        return record

    @cached_property
    def treatments(self) -> dict[object, Treatment]:
        return {t.pk: t for t in self.programme.treatments.filter(self.those()).order_by()}

    @cached_property
    def thresholds(self) -> dict[str, Threshold]:
        """Standard -> the programme's own threshold, as it is now."""
        return {one.standard: one for one in Threshold.objects.filter(programme=self.programme)}

    def limit_of(self, standard: Standard) -> Limit | None:
        """The limit that holds here, as `Programme.limit_of`; one query for all standards."""
        own = self.thresholds.get(standard.id)
        return own.as_limit(standard) if own else standard.limit_variant()

    def those(self, of: str = "") -> Q:
        """The treatments looked at; `of` leads to the treatment, as in `treatment__`."""
        if self.only is not None:
            return Q(**{f"{of}pk__in": self.only})
        open_end = Q(**{f"{of}ended_on__isnull": True}) | Q(**{f"{of}ended_on__gt": self.day})
        return open_end & Q(**{f"{of}programme": self.programme})

    def days(self, name: str) -> Days:
        """The days on which that happened, up to the day looked at; the first query is the only one."""
        if name not in self._known:
            found: dict[object, list[datetime.date]] = defaultdict(list)
            for key, day in event_of(name).find(self, name.partition(":")[2]):
                if day is not None and day <= self.day:
                    found[key].append(day)
            for days in found.values():
                days.sort()
            self._known[name] = dict(found)
        return self._known[name]

    def has(self, name: str) -> bool:
        """Whether it happened to anybody; reads no further than the first."""
        found = iter(event_of(name).find(self, name.partition(":")[2]))
        return next(found, None) is not None

    def read(self, name: str, find: Callable[[], Iterable[tuple]]) -> list[tuple]:
        """Rows that several events are found in, read once."""
        if name not in self._read:
            self._read[name] = list(find())
        return self._read[name]

    def rows(self, rows: Any, *names: str) -> Any:
        """Rows of a queryset, read in pieces."""
        return rows.order_by().values_list(*names).iterator(chunk_size=5_000)
