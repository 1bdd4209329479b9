"""The shape of the simulated service: its organisations, programmes and teams.

Nothing here is a real institution. One programme was reorganised and is adrift: its team shrinks, its
supervisor has too few hours, a caseload is too high, and adherence and outcome fall (the pattern of D ch. 8).
Another went through the same and recovered: after a year and a half the hours of its supervisor came back,
and adherence, meetings and the outcome of those who began from then on with them.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

#: Months before today.
MONTHS_BACK = 54
REORGANISED_MONTHS_AGO = 33


@dataclass(frozen=True, kw_only=True)
class TeamPlan:
    """`therapists` work there now, the psychiatrist among them; `left` went at the reorganisation.

    `weight` says how the programme's patients are divided.
    """

    name: str
    therapists: int
    left: int = 0
    weight: float = 1.0


@dataclass(frozen=True, kw_only=True)
class ProgrammePlan:
    """`share` of the service's patients; `completeness` multiplies the chance that a form comes back."""

    slug: str
    name: str
    format: str
    teams: tuple[TeamPlan, ...]
    share: float
    supervisor_hours: float = 18.0
    hours_when_reorganised: float | None = None
    completeness: float = 1.0
    youngest: int = 19
    oldest: int = 52
    reorganised: bool = False
    recovered: bool = False

    @property
    def is_adrift(self) -> bool:
        """Reorganised, and not recovered up to now."""
        return self.reorganised and not self.recovered


@dataclass(frozen=True, kw_only=True)
class OrganisationPlan:
    slug: str
    name: str
    programmes: tuple[ProgrammePlan, ...]


def teams(*sizes: tuple[str, int]) -> tuple[TeamPlan, ...]:
    return tuple(TeamPlan(name=name, therapists=size) for name, size in sizes)


DAY_HOSPITAL = ProgrammePlan(
    slug="rivierland-day-hospital",
    name="Rivierland day hospital (simulated)",
    format="day_hospital",
    teams=teams(("Lek", 9), ("Linge", 8)),
    share=0.20,
    completeness=1.05,
)
REORGANISED = ProgrammePlan(
    slug="maasoever-day-hospital",
    name="Maasoever day hospital (simulated)",
    format="day_hospital",
    teams=(
        TeamPlan(name="Oever", therapists=5, left=3),
        TeamPlan(name="Kade", therapists=3, left=4, weight=1.7),
    ),
    share=0.21,
    supervisor_hours=10.0,
    completeness=0.85,
    reorganised=True,
)
OUTPATIENT_NORTH = ProgrammePlan(
    slug="noorderpoort-intensive-outpatient",
    name="Noorderpoort intensive outpatient (simulated)",
    format="intensive_outpatient",
    teams=teams(("Brink", 8), ("Singel", 7), ("Wal", 6)),
    share=0.25,
)
RECOVERED = ProgrammePlan(
    slug="zuiderhof-intensive-outpatient",
    name="Zuiderhof intensive outpatient (simulated)",
    format="intensive_outpatient",
    teams=(
        TeamPlan(name="Hof", therapists=7, left=2),
        TeamPlan(name="Tuin", therapists=6, left=3),
    ),
    share=0.15,
    hours_when_reorganised=8.0,
    completeness=0.95,
    reorganised=True,
    recovered=True,
)
ADOLESCENTS = ProgrammePlan(
    slug="de-brug-adolescents",
    name="De Brug for adolescents (simulated)",
    format="adolescents",
    teams=teams(("Boog", 7), ("Pijler", 6)),
    share=0.13,
    youngest=15,
    oldest=20,
)
OUTSIDER = ProgrammePlan(
    slug="duinzicht-intensive-outpatient",
    name="Duinzicht intensive outpatient (simulated)",
    format="intensive_outpatient",
    teams=teams(("Duin", 4), ("Strand", 4)),
    share=0.06,
)

MAIN = OrganisationPlan(
    slug="rivierland",
    name="Rivierland Expertise Centre (simulated)",
    programmes=(DAY_HOSPITAL, REORGANISED, OUTPATIENT_NORTH, RECOVERED, ADOLESCENTS),
)
NEIGHBOUR = OrganisationPlan(
    slug="duinzicht", name="Duinzicht Mental Health (simulated)", programmes=(OUTSIDER,)
)
ORGANISATIONS = (MAIN, NEIGHBOUR)


def all_programmes() -> tuple[ProgrammePlan, ...]:
    return tuple(plan for organisation in ORGANISATIONS for plan in organisation.programmes)


def number_of_therapists() -> int:
    return sum(team.therapists for plan in all_programmes() for team in plan.teams)


def patients_a_programme(total: int) -> dict[str, int]:
    """How many of `total` patients each programme has: one at least, else by share.

    What rounding leaves goes to the largest first. `total` is at least the number of programmes.
    """
    plans = sorted(all_programmes(), key=lambda plan: -plan.share)
    counts = {plan.slug: max(int(plan.share * total), 1) for plan in plans}
    for plan in itertools.islice(itertools.cycle(plans), total - sum(counts.values())):
        counts[plan.slug] += 1
    return counts
