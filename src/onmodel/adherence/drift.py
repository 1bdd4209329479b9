"""Whether the adherence of a programme, its teams and its therapists fell and stayed down.

Each is held against its own first sessions, raters' severity and kind of session taken out
(`correcting`), by a CUSUM whose false-alarm rate is set in the pack (`inference.control.falls`).
"""

from __future__ import annotations

import datetime
import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from onmodel.adherence import scales
from onmodel.adherence.correcting import (
    Correction,
    Rated,
    Scored,
    Series,
    correction_of,
    series_of,
    spread_of,
)
from onmodel.adherence.models import Rating
from onmodel.assessments.models import Score
from onmodel.inference.cautions import DataError
from onmodel.inference.control.falls import Amount, Watch, watch_for_fall
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Rule
from onmodel.programmes.events import last_restart
from onmodel.programmes.models import Membership, Programme
from onmodel.sessions.models import Session

DETECTOR = "adherence_drift"
#: The pace of rating is that of the last two years.
PACE_YEARS = 2.0
DAYS_A_YEAR = 365.25
#: 95 % of a normal distribution lies above minus this many SDs.
ONE_SIDED = 1.645


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Of one level. `baseline` sessions, a `fall` that matters in points, `run_length` sessions between false
    alarms; `least_df` for the spread; nothing is said `fresh_days` after the last session; a team's or
    programme's fall is one where `share` of at least `members` parts lie lower."""

    baseline: int = 8
    fall: float = 1.0
    run_length: float = 160.0
    least_df: int = 12
    fresh_days: int = 365
    share: float = 0.5
    members: int = 2


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A therapist, team or programme that was looked at. `watch` is None where there is too little: `why`
    is "few" (then `needed` sessions more make a baseline) or "spread"."""

    level: str
    subject: int
    series: Series
    settings: Settings
    watch: Watch | None
    why: str = ""
    needed: int = 0

    @property
    def scores(self) -> Sequence[Scored]:
        return self.series.scores

    @property
    def since(self) -> datetime.date | None:
        """The day from which the level is lower now."""
        return self.scores[self.watch.now.first].day if self.watch and self.watch.now else None

    @property
    def amount(self) -> Amount | None:
        return self.watch.amount(self.watch.now) if self.watch and self.watch.now else None

    @property
    def pace(self) -> float:
        """Sessions a year, lately; of the whole time where that is shorter."""
        last, first = self.scores[-1].day, self.scores[0].day
        years = min(PACE_YEARS, max((last - first).days / DAYS_A_YEAR, 0.25))
        recent = [one for one in self.scores if (last - one.day).days <= years * DAYS_A_YEAR]
        return len(recent) / years

    @property
    def years_between_false_alarms(self) -> float:
        return self.settings.run_length / self.pace

    def is_fallen(self, day: datetime.date) -> bool:
        """Whether it lies lower now, by sessions that are not long past."""
        fresh = bool(self.scores) and (day - self.scores[-1].day).days <= self.settings.fresh_days
        return self.since is not None and fresh


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Everything that was looked at on a day. None for the programme without rated sessions."""

    day: datetime.date
    programme: Watched | None
    teams: Mapping[int, Watched]
    therapists: Mapping[int, Watched]
    correction: Correction
    ratings: Sequence[Rated]

    def parts_of(self, whole: Watched) -> list[Watched]:
        """A team's therapists, or a programme's teams, rated since its fall began."""
        since = whole.since
        if since is None:
            return []
        later = [one for one in whole.scores if one.day >= since]
        if whole.level == "team":
            return [self.therapists[n] for n in sorted({one.therapist for one in later})]
        return [self.teams[n] for n in sorted({one.team for one in later if one.team in self.teams})]

    def changes(self, whole: Watched) -> list[tuple[Watched, float, int]]:
        """Each part with how much higher it lies since then than its own baseline (the whole's where it has
        none), and in how many sessions."""
        since, found = whole.since, []
        for part in self.parts_of(whole):
            values = [one.value for one in part.scores if since is not None and one.day >= since]
            held_to = part.watch or whole.watch
            if held_to is not None:
                found.append((part, sum(values) / len(values) - held_to.centre, len(values)))
        return found

    def lower(self, whole: Watched) -> list[Watched]:
        """Those of its parts that lie at least half of the fall that matters lower."""
        return [part for part, change, _n in self.changes(whole) if change <= -whole.settings.fall / 2]

    def is_shared(self, whole: Watched) -> bool:
        """Whether the fall is one of the whole, not of one of its parts: enough of them lie lower, and
        without the lowest the others still do, by more than chance explains."""
        changes = sorted(self.changes(whole), key=lambda one: one[1] * one[2])
        lower = len(self.lower(whole))
        if len(changes) < whole.settings.members or lower < whole.settings.share * len(changes):
            return False
        rest, watch = changes[1:], whole.watch
        n = sum(sessions for _part, _change, sessions in rest)
        if not n or watch is None:
            return False
        mean = sum(change * sessions for _part, change, sessions in rest) / n
        error = watch.sd * math.sqrt(1 / n + 1 / (len(rest) * rest[0][0].settings.baseline))
        return mean <= -whole.settings.fall / 2 and mean + ONE_SIDED * error < 0


def settings_for(pack: Pack) -> dict[str, Settings]:
    """By level, from the pack's rules; a level without a rule is not watched."""
    rules = [rule for rule in pack.all_rules() if rule.detector == DETECTOR]
    return {rule.subject.value: settings_of(rule) for rule in rules}


def settings_of(rule: Rule) -> Settings:
    given = {name: float(str(value)) for name, value in rule.settings.items() if name in NUMBERS}
    whole = {name: int(value) for name, value in given.items() if NUMBERS[name] is int}
    return Settings(**{**given, **whole})


NUMBERS: dict[str, type] = {
    "baseline": int,
    "fall": float,
    "run_length": float,
    "least_df": int,
    "fresh_days": int,
    "share": float,
    "members": int,
}


def look_for_drift(
    programme: Programme,
    day: datetime.date,
    *,
    forms: Collection[int] | None = None,
    therapist: int | None = None,
) -> Drift:
    """As of `day`. With `forms` the series of `therapist` holds those only: what a reader may see."""
    settings = settings_for(programme.definitions)
    ratings = counted_ratings(programme, day)
    correction = correction_of(tuple(ratings), baseline=settings.get("therapist", Settings()).baseline)
    shown = [one for one in ratings if forms is None or one.therapist != therapist or one.form in set(forms)]
    grouped = {
        "therapist": _grouped(shown, "therapist"),
        "team": _grouped([one for one in ratings if one.team is not None], "team"),
        "programme": {programme.pk: ratings} if ratings else {},
    }
    found = {
        level: _watched(level, grouped[level], correction, settings[level]) if level in settings else {}
        for level in grouped
    }
    return Drift(
        day=day,
        programme=found["programme"].get(programme.pk),
        teams=found["team"],
        therapists=found["therapist"],
        correction=correction,
        ratings=ratings,
    )


def counted_ratings(programme: Programme, day: datetime.date) -> list[Rated]:
    """Every rating that counts of the programme's therapists up to that day, since the baseline was last
    begun anew. In order of time."""
    forms = {
        form.id: form.main_scale for kind in Session.Kind if (form := scales.scale_for(programme, kind.value))
    }
    main = Q()
    for instrument, scale in forms.items():
        main |= Q(assignment__instrument=instrument, scale=scale)
    if not forms:
        return []
    rows = (
        Score.objects.known()
        .filter(
            main,
            Q(assignment__rating__isnull=True) | Q(assignment__rating__in=Rating.objects.counted()),
            assignment__programme=programme,
            assignment__subject_kind="therapist",
            assignment__respondent_user__isnull=False,
            assignment__answered_on__lte=day,
        )
        .order_by(
            "assignment__answered_on", "assignment__person", "assignment__respondent_user", "assignment"
        )
    )
    restart = last_restart(programme, day)
    if restart is not None:
        rows = rows.filter(assignment__answered_on__gte=restart)
    where = _teams(programme)
    return [
        Rated(
            day=answered_on,
            therapist=person,
            team=team or _team_on(where.get(person, ()), answered_on),
            kind=instrument,
            rater=rater,
            session=session or form,
            form=form,
            value=value,
        )
        for form, value, person, rater, instrument, answered_on, session, team in rows.values_list(
            "assignment",
            "value",
            "assignment__person",
            "assignment__respondent_user",
            "assignment__instrument",
            "assignment__answered_on",
            "assignment__rating__session",
            "assignment__rating__session__team",
        )
    ]


Spell = tuple[int, datetime.date, datetime.date | None]


def _teams(programme: Programme) -> dict[int, list[Spell]]:
    """Therapist -> the teams (s)he worked in, with the days."""
    found: dict[int, list[Spell]] = defaultdict(list)
    rows = Membership.objects.filter(programme=programme, role="therapist", team__isnull=False)
    for user, team, starts_on, ends_on in rows.order_by("starts_on").values_list(
        "user", "team", "starts_on", "ends_on"
    ):
        found[user].append((team, starts_on, ends_on))
    return found


def _team_on(spells: Iterable[Spell], day: datetime.date) -> int | None:
    there = [team for team, start, end in spells if start <= day and (end is None or end >= day)]
    return there[0] if there else None


def _grouped(ratings: Iterable[Rated], by: str) -> dict[int, list[Rated]]:
    found: dict[int, list[Rated]] = defaultdict(list)
    for one in ratings:
        found[getattr(one, by)].append(one)
    return found


def _watched(
    level: str, units: Mapping[int, Sequence[Rated]], correction: Correction, settings: Settings
) -> dict[int, Watched]:
    """Units of one level share the spread of a session around an unchanged level."""
    series = {n: series_of(own, correction, baseline=settings.baseline) for n, own in units.items()}
    spread = spread_of(series.values())
    return {n: _watch(level, n, one, settings, spread) for n, one in series.items()}


def _watch(
    level: str, subject: int, series: Series, settings: Settings, spread: tuple[float, int] | None
) -> Watched:
    watch, why, needed = None, "", 0
    if not series.is_complete:
        why, needed = "few", settings.baseline + 1 - len(series.scores)
    elif spread is None or spread[1] < settings.least_df:
        why = "spread"
    else:
        try:
            watch = watch_for_fall(
                series.values,
                baseline=settings.baseline,
                sd=spread[0],
                df=spread[1],
                fall=settings.fall,
                run_length=settings.run_length,
            )
        except DataError:
            why = "spread"
    return Watched(
        level=level, subject=subject, series=series, settings=settings, watch=watch, why=why, needed=needed
    )
