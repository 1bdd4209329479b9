"""How often meetings were held against how often they should be; never what was said in them."""

from __future__ import annotations

import datetime
import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Min

from onmodel.packs.standards import Limit, Standard, Term
from onmodel.programmes.models import Programme, Team
from onmodel.sessions.models import Session
from onmodel.supervision.kinds import PROGRAMME, TEAM, days_between, kinds_of, rhythm_of, whose
from onmodel.supervision.models import Meeting

WEEKS = 13
PERIOD = datetime.timedelta(weeks=WEEKS)
#: A log that began less than four weeks ago tells no rhythm. Ours.
FEWEST_DAYS = 28
State = Meeting.State


@dataclass(frozen=True, kw_only=True)
class Held:
    """One meeting as far as it may be counted: its kind, team, day, state and why it fell out."""

    kind: str
    team: int | None
    day: datetime.date
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """One kind of meeting of a team (None: of the programme) in the `days` up to a day.

    `expected` is what the standard asks for in these days, `longest_gap` the longest time without one in
    them, and `since_last` the days since the last one or, before the first, since the log began. `days`
    is less than the whole period where the log of this kind began later; None where there is none yet.
    """

    kind: Term
    team: Team | None
    standard: Standard | None
    limit: Limit | None
    days: int | None
    held: int
    expected: float | None
    longest_gap: int | None
    since_last: int | None
    reasons: tuple[tuple[str, int], ...]
    meetings: tuple[Held, ...]

    @property
    def known(self) -> bool:
        return self.days is not None and self.days >= FEWEST_DAYS

    @property
    def missing(self) -> int | None:
        """How many are short of what the standard asks for, in whole meetings; 0 where none are."""
        if not self.known or self.expected is None:
            return None
        return max(0, round(self.expected) - self.held)

    def missed_in_a_row(self) -> int | None:
        """How many turns have passed without one since the last: of a weekly one, 2 after 15 days."""
        between = days_between(self.limit)
        if not between or self.since_last is None:
            return None
        return max(0, math.ceil(self.since_last / between) - 1)


def rhythms(programme: Programme, teams: Iterable[Team], day: datetime.date) -> list[Rhythm]:
    """Each kind of each of these teams, then those of the programme; kinds of some people have no rhythm."""
    teams = list(teams)
    logged = _logged(programme, day)
    began = _began(programme)
    found = []
    for kind in kinds_of(programme).values():
        places: list[Team | None] = {TEAM: list(teams), PROGRAMME: [None]}.get(whose(kind), [])
        for team in places:
            key = (kind.id, team.pk if team else None)
            found.append(_rhythm(programme, kind, team, logged.get(key, []), began.get(key), day))
    return found


def _logged(programme: Programme, day: datetime.date) -> dict[tuple[str, int | None], list[Held]]:
    """What was planned or held in the period, by kind and team, in order of time."""
    rows = Meeting.objects.filter(programme=programme, day__range=(day - PERIOD, day)).order_by("day")
    found: dict[tuple[str, int | None], list[Held]] = defaultdict(list)
    for kind, team, on, state, reason in rows.values_list("kind", "team", "day", "state", "reason"):
        found[kind, team].append(Held(kind=kind, team=team, day=on, state=state, reason=reason))
    return found


def _began(programme: Programme) -> dict[tuple[str, int | None], datetime.date]:
    """Since when each kind is logged for each team."""
    rows = Meeting.objects.filter(programme=programme).order_by()
    return {
        (kind, team): first for kind, team, first in rows.values_list("kind", "team").annotate(Min("day"))
    }


def _rhythm(
    programme: Programme,
    kind: Term,
    team: Team | None,
    meetings: list[Held],
    began: datetime.date | None,
    day: datetime.date,
) -> Rhythm:
    standard = rhythm_of(programme, kind)
    limit = programme.limit_of(standard) if standard else None
    start = None if began is None or began > day else max(began, day - PERIOD)
    days = None if start is None else (day - start).days
    held = [one.day for one in meetings if one.state == State.HELD]
    between, gaps = days_between(limit), list(_gaps(start, held, day))
    reasons = Counter(one.reason for one in meetings if one.state == State.NOT_HELD)
    return Rhythm(
        kind=kind,
        team=team,
        standard=standard,
        limit=limit,
        days=days,
        held=len(held),
        expected=days / between if days is not None and between else None,
        longest_gap=max(gaps, default=None),
        since_last=gaps[-1] if gaps else None,
        reasons=tuple(reasons.most_common()),
        meetings=tuple(meetings),
    )


def _gaps(start: datetime.date | None, held: list[datetime.date], day: datetime.date) -> Iterator[int]:
    """Days from the start to the first, between two, and from the last until now."""
    if start is None:
        return
    ends = [start, *held, day]
    yield from ((later - earlier).days for earlier, later in itertools.pairwise(ends))


@dataclass(frozen=True, kw_only=True)
class Reflected:
    """Of the sessions of a group in a period, after how many its therapists looked back."""

    group: str
    team: int | None
    sessions: int
    reflected: int
    last: datetime.date | None  # the last session that was looked back on


def reflections(programme: Programme, day: datetime.date) -> list[Reflected]:
    """Each group with sessions in the period, by name."""
    rows = Session.objects.filter(
        programme=programme, kind=Session.Kind.GROUP, held_on__range=(day - PERIOD, day)
    ).order_by("group__name", "group", "held_on")
    found: dict[tuple[int, str, int | None], list[tuple[datetime.date, bool]]] = defaultdict(list)
    for group, name, team, held_on, reflection in rows.values_list(
        "group", "group__name", "team", "held_on", "reflection"
    ):
        found[group, name, team].append((held_on, reflection is not None))
    return [
        Reflected(
            group=name,
            team=team,
            sessions=len(sessions),
            reflected=sum(done for _day, done in sessions),
            last=max((on for on, done in sessions if done), default=None),
        )
        for (_group, name, team), sessions in found.items()
    ]


@dataclass(frozen=True, kw_only=True)
class Against:
    """What was held against one source's variant of the standard; `holds` for that of this programme."""

    limit: Limit
    expected: float | None
    short: int | None
    holds: bool


def variants(found: Rhythm) -> list[Against]:
    """The rhythm against each variant that the sources print; empty where only one or none does."""
    limits = found.standard.limits if found.standard else ()
    return [_against(found, limit) for limit in limits] if len(limits) > 1 else []


def _against(found: Rhythm, limit: Limit) -> Against:
    between = days_between(limit)
    known = found.known and found.days is not None and between is not None
    expected = found.days / between if known else None
    short = None if expected is None else max(0, round(expected) - found.held)
    holds = found.limit is not None and found.limit.id == limit.id
    return Against(limit=limit, expected=expected, short=short, holds=holds)
