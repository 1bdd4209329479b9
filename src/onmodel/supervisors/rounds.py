"""Half-years in which supervisees answer, who they are, and what is shown of what they said."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from onmodel.accounts.models import User
from onmodel.inference.describe import Summary, summarise
from onmodel.packs.base import SubjectKind
from onmodel.packs.instruments import Instrument, ItemKind
from onmodel.packs.scales import SingleScale
from onmodel.programmes.models import Membership, Programme
from onmodel.supervisors.models import Opinion, Round

#: From so many answers on they are shown; with fewer a supervisor could tell whose they are.
FEWEST = 4
JULY = 7


def instrument_for(programme: Programme) -> Instrument | None:
    """The pack's form about supervisors; None where it has none."""
    forms = programme.definitions.instruments.values()
    return next((one for one in forms if one.subject is SubjectKind.SUPERVISOR), None)


def rated_items(instrument: Instrument) -> list[str]:
    """The items that are rated; what is written is not asked of supervisees: a hand can be known."""
    return [item.id for item in instrument.all_items() if item.kind is ItemKind.CHOICE]


def main_item(instrument: Instrument) -> str | None:
    scale = instrument.scale(instrument.main_scale) if instrument.main_scale else None
    return scale.item if isinstance(scale, SingleScale) else None


def half_year(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The first and last day of the half-year of a day.

    >>> half_year(datetime.date(2026, 3, 2))
    (datetime.date(2026, 1, 1), datetime.date(2026, 6, 30))
    """
    if day.month < JULY:
        return datetime.date(day.year, 1, 1), datetime.date(day.year, 6, 30)
    return datetime.date(day.year, 7, 1), datetime.date(day.year, 12, 31)


def supervisors_of(programme: Programme, day: datetime.date | None = None):
    """Who supervises there on that day (today), by name."""
    memberships = Membership.objects.in_force(day).of_programme(programme).filter(role="supervisor")
    return User.objects.filter(pk__in=memberships.values("user")).order_by("name", "pk")


def supervisees_of(programme: Programme, supervisor: User, day: datetime.date | None = None):
    """The therapists of the teams that (s)he supervises, of the whole programme where no team is named."""
    led = supervisor.memberships.in_force(day).of_programme(programme).filter(role="supervisor")
    therapists = Membership.objects.in_force(day).of_programme(programme).filter(role="therapist")
    if not led.filter(team__isnull=True).exists():
        therapists = therapists.filter(team__in=led.values("team"))
    people = User.objects.filter(pk__in=therapists.values("user")).exclude(pk=supervisor.pk)
    return people.order_by("name", "pk")


@dataclass(frozen=True, kw_only=True)
class Said:
    """What came of a round that is over: item, and part of the form, -> summary, where answers are enough.

    A part counts as the mean of one's items in it. `n` is how many answered. With fewer than FEWEST
    nothing is shown, nor how few there were.
    """

    starts_on: datetime.date
    ends_on: datetime.date
    n: int | None
    items: dict[str, Summary]
    parts: dict[str, Summary]


def by_part(instrument: Instrument, answers: Iterable[Mapping[str, float]]) -> dict[str, list[float]]:
    """Part -> of each who rated one of its items, the mean over these."""
    found: dict[str, list[float]] = defaultdict(list)
    part_of = {item.id: item.part or "" for item in instrument.all_items()}
    for given in answers:
        own: dict[str, list[float]] = defaultdict(list)
        for item, value in given.items():
            own[part_of.get(item, "")].append(value)
        for part, values in own.items():
            found[part].append(fmean(values))
    return found


def said_about(programme: Programme, supervisor: User, day: datetime.date) -> list[Said]:
    """Of each round that is over on that day, in order of time.

    A round that still runs shows nothing: who looks twice could tell what the last one said.
    """
    found = rounds_about(programme, [supervisor], day)
    return found.get(supervisor.pk, [])


def rounds_about(
    programme: Programme, supervisors: Iterable[User], day: datetime.date
) -> dict[int, list[Said]]:
    """The same for several supervisors, by their id."""
    over = Round.objects.filter(programme=programme, supervisor__in=list(supervisors), ends_on__lt=day)
    answers: dict[int, list[dict[str, float]]] = defaultdict(list)
    for of, given in Opinion.objects.filter(round__in=over).order_by("pk").values_list("round", "answers"):
        answers[of].append(given)
    found: dict[int, list[Said]] = defaultdict(list)
    instrument = instrument_for(programme)
    for one in over.order_by("starts_on"):
        found[one.supervisor_id].append(_said(one, answers[one.pk], instrument))
    return found


def _said(one: Round, answers: list[dict[str, float]], instrument: Instrument | None) -> Said:
    if len(answers) < FEWEST or instrument is None:
        return Said(starts_on=one.starts_on, ends_on=one.ends_on, n=None, items={}, parts={})
    values: dict[str, list[float]] = defaultdict(list)
    for given in answers:
        for item, value in given.items():
            values[item].append(value)
    return Said(
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        n=len(answers),
        items=_shown(values),
        parts=_shown(by_part(instrument, answers)),
    )


def _shown(values: Mapping[str, list[float]]) -> dict[str, Summary]:
    """Those with answers enough; in order of size, not of coming in."""
    return {name: summarise(sorted(given)) for name, given in values.items() if len(given) >= FEWEST}
