"""How many patients, therapists, hours and groups a new programme would have, from ranges to ranges.

Every input is a range; each line is the lowest and the highest value that the inputs allow (interval
arithmetic; all inputs are positive, so the bounds come from the bounds). Nothing here is a default:
shares, durations and prices are whoever asks' own; limits come from the pack's standards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both included.

    Raises ValueError for a bound below 0, one that is no number, and a low above the high.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"{self.low} to {self.high} is no range of numbers")
        if self.low < 0:
            raise ValueError(f"{self.low:g} lies below 0")
        if self.low > self.high:
            raise ValueError(f"the low value {self.low:g} lies above the high value {self.high:g}")

    def times(self, other: Range) -> Range:
        """The product: low by low, high by high.

        >>> Range(2, 3).times(Range(10, 20))
        Range(low=20, high=60)
        """
        return Range(self.low * other.low, self.high * other.high)

    def over(self, other: Range) -> Range:
        """The quotient: low by high, high by low. Raises ValueError where the other may be 0.

        >>> Range(36, 72).over(Range(18, 18))
        Range(low=2.0, high=4.0)
        """
        if other.low <= 0:
            raise ValueError("a number that something is divided by is above 0")
        return Range(self.low / other.high, self.high / other.low)

    def plus(self, other: Range) -> Range:
        """The sum.

        >>> Range(1, 2).plus(Range(3, 5))
        Range(low=4, high=7)
        """
        return Range(self.low + other.low, self.high + other.high)


HUNDRED = Range(100, 100)
MONTHS_A_YEAR = Range(12, 12)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """Who may come, per cent where it is a share; `months` of treatment, `hours` of direct contact that one
    patient takes of therapists in a week.

    Raises ValueError, naming the input, for a share above 100 or a length, group or hours of 0.
    """

    population: Range
    disorder: Range  # per cent of the population
    referred: Range  # per cent of those with the disorder, in a year
    suitable: Range  # per cent of those referred who fit and begin
    months: Range
    hours: Range
    group: Range  # patients in one group

    def __post_init__(self) -> None:
        for name in ("disorder", "referred", "suitable"):
            if getattr(self, name).high > HUNDRED.high:
                raise ValueError(f"{name}: {getattr(self, name).high:g} per cent is more than all")
        for name in ("months", "hours", "group"):
            if getattr(self, name).low <= 0:
                raise ValueError(f"{name}: has to be above 0")


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the standards ask: patients a therapist, hours a week of a therapist, people in a team, direct
    contact as per cent of hours.

    Raises ValueError for one that may be 0, and for more than 100 per cent.
    """

    caseload: Range
    therapist_hours: Range
    team: Range
    direct: Range

    def __post_init__(self) -> None:
        for name in ("caseload", "therapist_hours", "team", "direct"):
            if getattr(self, name).low <= 0:
                raise ValueError(f"{name}: has to be above 0")
        if self.direct.high > HUNDRED.high:
            raise ValueError(f"direct: {self.direct.high:g} per cent is more than all")


class Basis(StrEnum):
    """What an amount of the budget is for."""

    ONCE = "once"
    YEAR = "year"
    THERAPIST = "therapist"  # for each therapist, a year


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One line of the budget."""

    name: str
    basis: Basis
    amount: Range


class Sign(StrEnum):
    """What is done with the next number."""

    TIMES = "×"
    OVER = "÷"
    PLUS = "+"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the arithmetic: `first`, then sign and number in turn, makes `value`.

    `name` and the names of the numbers are ids for the reader's words; those of costs are the user's own.
    `rounded` says that the value is in whole people, teams or groups, rounded up.
    """

    name: str
    first: tuple[str, Range]
    rest: tuple[tuple[Sign, str, Range], ...]
    value: Range
    rounded: bool = False


def feasibility(demand: Demand, limits: Limits) -> list[Line]:
    """The lines from population to teams, each on those before it.

    18 in treatment by 18 a therapist is one; the hours may ask for more; the larger number counts.

    >>> known = Demand(population=Range(100_000, 100_000), disorder=Range(1, 1), referred=Range(4, 4),
    ...     suitable=Range(50, 50), months=Range(18, 18), hours=Range(3, 3), group=Range(8, 8))
    >>> asked = Limits(caseload=Range(18, 18), therapist_hours=Range(24, 24), team=Range(4, 9),
    ...     direct=Range(60, 60))
    >>> [(line.name, line.value.high) for line in feasibility(known, asked)][2:4]
    [('inflow', 20.0), ('in_treatment', 30.0)]
    """
    disorder = _line("with_disorder", ("population", demand.population), _share("disorder", demand.disorder))
    referred = _line("referred", _of(disorder), _share("share_referred", demand.referred))
    inflow = _line("inflow", _of(referred), _share("suitable", demand.suitable))
    months = (Sign.TIMES, "months", demand.months)
    treated = _line("in_treatment", _of(inflow), [months, (Sign.OVER, "months_a_year", MONTHS_A_YEAR)])
    by_load = _line("by_caseload", _of(treated), [(Sign.OVER, "caseload", limits.caseload)])
    direct = _line("direct_hours", _of(treated), [(Sign.TIMES, "hours", demand.hours)])
    per_cent = [(Sign.TIMES, "hundred", HUNDRED), (Sign.OVER, "direct", limits.direct)]
    hours = _line("all_hours", _of(direct), per_cent)
    by_hours = _line("by_hours", _of(hours), [(Sign.OVER, "therapist_hours", limits.therapist_hours)])
    groups = _line("groups", _of(treated), [(Sign.OVER, "group", demand.group)], rounded=True)
    therapists = _therapists(by_load, by_hours)
    return [
        *(disorder, referred, inflow, treated, groups),
        *(by_load, direct, hours, by_hours, therapists, _teams(therapists, limits.team)),
    ]


def _of(line: Line) -> tuple[str, Range]:
    return line.name, line.value


def _share(name: str, per_cent: Range) -> list[tuple[Sign, str, Range]]:
    return [(Sign.TIMES, name, per_cent), (Sign.OVER, "hundred", HUNDRED)]


def _line(
    name: str, first: tuple[str, Range], rest: Sequence[tuple[Sign, str, Range]], *, rounded: bool = False
) -> Line:
    value = first[1]
    for sign, _name, number in rest:
        value = value.times(number) if sign is Sign.TIMES else value.over(number)
    if rounded:
        value = Range(whole(value.low), whole(value.high))
    return Line(name=name, first=first, rest=tuple(rest), value=value, rounded=rounded)


def whole(value: float) -> int:
    """Rounded up; what arithmetic left beyond the ninth decimal is no reason for another person.

    >>> whole(2.1), whole(3.0000000000001)
    (3, 3)
    """
    return math.ceil(round(value, 9))


def _therapists(by_load: Line, by_hours: Line) -> Line:
    """The larger of both, in whole people."""
    low = whole(max(by_load.value.low, by_hours.value.low))
    high = whole(max(by_load.value.high, by_hours.value.high))
    return Line(name="therapists", first=_of(by_load), rest=(), value=Range(low, high), rounded=True)


def _teams(therapists: Line, team: Range) -> Line:
    """From the fewest that the fewest therapists fit in, to the most that the most therapists can fill."""
    low = whole(therapists.value.low / team.high)
    high = max(low, math.floor(therapists.value.high / team.low))
    rest = ((Sign.OVER, "team", team),)
    return Line(name="teams", first=_of(therapists), rest=rest, value=Range(low, high), rounded=True)


def budget(costs: Sequence[Cost], therapists: Range) -> dict[str, Line]:
    """What is paid once, and what every year; a basis of which there is no line is left out.

    >>> costs = [Cost(name="training", basis=Basis.THERAPIST, amount=Range(100, 200))]
    >>> budget(costs, Range(4, 5))["a_year"].value
    Range(low=400, high=1000)
    """
    once = [cost for cost in costs if cost.basis is Basis.ONCE]
    yearly = [cost for cost in costs if cost.basis is not Basis.ONCE]
    lines = {"once": _sum("once", once, therapists), "a_year": _sum("a_year", yearly, therapists)}
    return {name: line for name, line in lines.items() if line is not None}


def cost_of(cost: Cost, therapists: Range) -> Range:
    """What a line of the budget comes to.

    >>> cost_of(Cost(name="rent", basis=Basis.YEAR, amount=Range(5, 6)), Range(4, 5))
    Range(low=5, high=6)
    """
    return cost.amount.times(therapists) if cost.basis is Basis.THERAPIST else cost.amount


def _sum(name: str, costs: Sequence[Cost], therapists: Range) -> Line | None:
    if not costs:
        return None
    parts = [(cost.name, cost_of(cost, therapists)) for cost in costs]
    total = parts[0][1]
    for _name, amount in parts[1:]:
        total = total.plus(amount)
    rest = tuple((Sign.PLUS, of, amount) for of, amount in parts[1:])
    return Line(name=name, first=parts[0], rest=rest, value=total)
