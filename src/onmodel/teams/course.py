"""How a team was rated over time by its supervisor and, from four answers in a period, by its members."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import timezone

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.inference.describe import Summary, summarise
from onmodel.packs.standards import Rule, Term
from onmodel.programmes.models import Programme, Team
from onmodel.teams.models import FEWEST_ANSWERS, MemberRound
from onmodel.teams.rhythm import FACTORS, FORM, TEAM_PART, period_of

#: The rule whose settings say what is below adequate.
LOW_ITEM = "team_item_low"
PUBLISHED = "team_factors_published"


@dataclass(frozen=True, kw_only=True)
class Rated:
    """One rating by the supervisor: item or scale -> mark."""

    day: datetime.date
    marks: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One period of the members' answers. `marks` is empty where it may not be shown; `answered` stays."""

    starts_on: datetime.date
    ends_on: datetime.date
    answered: int
    is_over: bool
    marks: dict[str, Summary] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        return self.answered >= FEWEST_ANSWERS


@dataclass(frozen=True, kw_only=True)
class Factor:
    """A consensus factor: what was agreed each time, and between which bounds two cohorts were published."""

    item: str
    agreed: dict[datetime.date, float]
    published: dict[str, tuple[float, float]]


def forms_about(team: Team, instrument: str):
    about = Assignment.objects.answered().filter(team=team, subject_kind="team", instrument=instrument)
    return about.filter(respondent="supervisor").order_by("answered_on", "recorded_at", "pk")


def rated_by_supervisor(team: Team) -> list[Rated]:
    """In order of time."""
    forms = list(forms_about(team, FORM).values_list("pk", "answered_on"))
    marks: dict[object, dict[str, float]] = defaultdict(dict)
    keys = [pk for pk, _day in forms]
    for model, name in ((Answer, "item"), (Score, "scale")):
        given = model.objects.filter(assignment__in=keys, value__isnull=False)
        for form, what, value in given.values_list("assignment", name, "value"):
            marks[form][what] = value
    return [Rated(day=day, marks=marks[pk]) for pk, day in forms]


def last_rated(teams: Sequence[Team]) -> dict[int, datetime.date]:
    """Team -> the day of the supervisor's last rating; teams never rated lack."""
    about = Assignment.objects.answered().filter(team__in=teams, subject_kind="team", instrument=FORM)
    rated = about.filter(respondent="supervisor").order_by()
    return dict(rated.values("team").annotate(last=Max("answered_on")).values_list("team", "last"))


def answered_now(teams: Sequence[Team]) -> dict[int, int]:
    """Team -> how many members answered in the period of today; teams where nobody did lack."""
    period = period_of(teams[0].programme, timezone.localdate()) if teams else None
    if period is None:
        return {}
    rounds = MemberRound.objects.filter(team__in=teams, starts_on=period.starts_on)
    return dict(rounds.values_list("team", "answered"))


def asked_of_members(team: Team, today: datetime.date) -> list[Asked]:
    """In order of time; the answers of a period that may not be shown are not read at all."""
    rounds = list(MemberRound.objects.filter(team=team, starts_on__lte=today))
    shown = MemberRound.objects.shown(today).filter(team=team)
    counts: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for key, item, value, n in shown.values_list("pk", "tallies__item", "tallies__value", "tallies__n"):
        counts[key][item] += [value] * n
    return [
        Asked(
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            answered=one.answered,
            is_over=one.ends_on < today,
            marks={item: summarise(values) for item, values in counts[one.pk].items()},
        )
        for one in rounds
    ]


def low_rule(programme: Programme) -> Rule | None:
    return next((rule for rule in programme.definitions.all_rules() if rule.detector == LOW_ITEM), None)


def adequate_mark(programme: Programme) -> float | None:
    """The mark that the pack calls adequate; None where it names none."""
    rule = low_rule(programme)
    return float(rule.settings["adequate"]) if rule else None


def factors(team: Team) -> list[Factor]:
    """The factors at the level of the team, in the order of the form."""
    instrument = team.programme.definitions.instruments.get(FACTORS)
    if instrument is None:
        return []
    agreed: dict[str, dict[datetime.date, float]] = defaultdict(dict)
    given = Answer.objects.filter(assignment__in=forms_about(team, FACTORS), value__isnull=False)
    order = given.order_by("assignment__answered_on", "assignment__recorded_at")
    for item, day, value in order.values_list("item", "assignment__answered_on", "value"):
        agreed[item][day] = value
    published = _published(team.programme)
    return [
        Factor(
            item=item.id,
            agreed=agreed[item.id],
            published=_cohorts(published.get(f"{FACTORS}.{item.id}")),
        )
        for item in instrument.all_items()
        if item.part == TEAM_PART
    ]


def _published(programme: Programme) -> dict[str, Term]:
    listed = programme.definitions.terms.get(PUBLISHED)
    return {link: term for term in (listed.terms if listed else ()) for link in term.links}


def _cohorts(term: Term | None) -> dict[str, tuple[float, float]]:
    """Cohort -> the lowest and highest reading of its printed score."""
    if term is None:
        return {}
    names = {name.removesuffix("_low") for name in term.values if name.endswith("_low")}
    return {name: (float(term.values[f"{name}_low"]), float(term.values[f"{name}_high"])) for name in names}
