"""Write organisations, programmes, teams, groups and the people who work there."""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from django.contrib.auth.hashers import make_password

from onmodel.accounts.models import User
from onmodel.demonstration import service
from onmodel.demonstration.careers import ONE_DAY, months_before, recovered_on, reorganised_on
from onmodel.demonstration.names import people
from onmodel.demonstration.service import OrganisationPlan, ProgrammePlan, TeamPlan
from onmodel.patients.models import GroupLead
from onmodel.programmes.models import Group, Membership, Organisation, Programme, Team

EMAIL_DOMAIN = "simulated.invalid"
OPENED_MONTHS_AGO = service.MONTHS_BACK + 6
#: Positions of a team's therapists, the first ones in every team.
POSITIONS = (
    "psychiatrist",
    "primary_clinician",
    "group_therapist",
    "primary_clinician",
    "group_therapist",
    "individual_therapist",
    "nurse",
    "creative_therapist",
    "individual_therapist",
)
HOURS = (16, 24, 28, 24, 28, 24, 28, 24, 26)
TRAINING = ("a", "b", "a", "b", "b", "a", "a", "a", "b")


@dataclass
class StaffedTeam:
    """A team with those who work in it now (`therapists`) and those who left."""

    team: Team
    groups: list[Group] = field(default_factory=list)
    psychiatrist: User | None = None
    primary_clinicians: list[User] = field(default_factory=list)
    therapists: list[User] = field(default_factory=list)
    left: list[User] = field(default_factory=list)


@dataclass
class StaffedProgramme:
    plan: ProgrammePlan
    programme: Programme
    supervisor: User
    manager: User
    teams: list[StaffedTeam] = field(default_factory=list)


class Hiring:
    """Hands out people with invented names; each can be found by a user name made of it."""

    def __init__(self, rng: np.random.Generator, count: int) -> None:
        self._names: Iterator[str] = iter(people(rng, count))
        self._no_password = make_password(None)
        self.users: list[User] = []

    def hire(self, username: str = "") -> User:
        name = next(self._names)
        username = username or _username(name)
        user = User(
            username=username,
            name=name,
            email=f"{username}@{EMAIL_DOMAIN}",
            password=self._no_password,
        )
        self.users.append(user)
        return user


def _username(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return ".".join(plain.split())


class Staffing:
    """Everyone and everything of the structure, kept until it is written in one go."""

    def __init__(self, rng: np.random.Generator, today: datetime.date) -> None:
        self.today = today
        self.opened_on = months_before(today, OPENED_MONTHS_AGO)
        self.hiring = Hiring(rng, 400)
        self.organisations: list[Organisation] = []
        self.programmes: list[StaffedProgramme] = []
        self.memberships: list[Membership] = []
        self.leads: list[GroupLead] = []

    def organisation(self, plan: OrganisationPlan) -> Organisation:
        organisation = Organisation(name=plan.name, slug=plan.slug)
        self.organisations.append(organisation)
        for programme in plan.programmes:
            self._programme(organisation, programme)
        return organisation

    def work(self, user: User, organisation: Organisation, role: str, **details: object) -> None:
        """A membership since the opening, unless `details` say otherwise."""
        details.setdefault("starts_on", self.opened_on)
        membership = Membership(user=user, organisation=organisation, role=role, **details)
        self.memberships.append(membership)

    def _programme(self, organisation: Organisation, plan: ProgrammePlan) -> None:
        programme = Programme(
            organisation=organisation,
            name=plan.name,
            slug=plan.slug,
            pack="mbt",
            format=plan.format,
            opened_on=self.opened_on,
            is_simulated=True,
        )
        sign_in = "supervisor" if plan.is_adrift else ""
        supervisor, manager = self.hiring.hire(sign_in), self.hiring.hire()
        for hours, period in self._supervisor_hours(plan):
            self.work(
                supervisor,
                organisation,
                "supervisor",
                programme=programme,
                position="mbt_supervisor",
                training="d",
                hours_per_week=Decimal(str(hours)),
                **period,
            )
        self.work(manager, organisation, "manager", programme=programme, position="programme_manager")
        staffed = StaffedProgramme(plan, programme, supervisor, manager)
        self.programmes.append(staffed)
        for team in plan.teams:
            staffed.teams.append(self._team(programme, plan, team))

    def _supervisor_hours(self, plan: ProgrammePlan) -> list[tuple[float, dict[str, datetime.date]]]:
        """Fewer between a reorganisation and the recovery from it."""
        turned, recovered = reorganised_on(plan, self.today), recovered_on(plan, self.today)
        if turned is None or recovered is None or plan.hours_when_reorganised is None:
            return [(plan.supervisor_hours, {})]
        return [
            (plan.supervisor_hours, {"ends_on": turned - ONE_DAY}),
            (plan.hours_when_reorganised, {"starts_on": turned, "ends_on": recovered - ONE_DAY}),
            (plan.supervisor_hours, {"starts_on": recovered}),
        ]

    def _team(self, programme: Programme, plan: ProgrammePlan, team_plan: TeamPlan) -> StaffedTeam:
        team = Team(programme=programme, name=team_plan.name, starts_on=self.opened_on)
        staffed = StaffedTeam(team)
        staffed.groups = [
            Group(team=team, name=f"{team_plan.name} {letter}", starts_on=self.opened_on) for letter in "AB"
        ]
        for seat in range(team_plan.therapists):
            self._therapist(staffed, programme, plan, seat)
        self._those_who_left(staffed, programme, plan, team_plan.left)
        self._leads(staffed)
        return staffed

    def _therapist(self, staffed: StaffedTeam, programme: Programme, plan: ProgrammePlan, seat: int) -> None:
        position = POSITIONS[seat]
        first = plan.is_adrift and position == "primary_clinician" and not self._known("therapist")
        user = self.hiring.hire("therapist" if first else "")
        staffed.therapists.append(user)
        if position == "psychiatrist":
            staffed.psychiatrist = user
        if position == "primary_clinician":
            staffed.primary_clinicians.append(user)
        short = plan.is_adrift and seat == 2
        self.work(
            user,
            programme.organisation,
            "therapist",
            programme=programme,
            team=staffed.team,
            position=position,
            training="" if short else TRAINING[seat],
            hours_per_week=Decimal(16 if short else HOURS[seat]),
        )

    def _known(self, username: str) -> bool:
        return any(user.username == username for user in self.hiring.users)

    def _those_who_left(
        self, staffed: StaffedTeam, programme: Programme, plan: ProgrammePlan, count: int
    ) -> None:
        """They went one after the other in the months around the reorganisation."""
        turned = reorganised_on(plan, self.today)
        for number in range(count if turned else 0):
            user = self.hiring.hire()
            staffed.left.append(user)
            self.work(
                user,
                programme.organisation,
                "therapist",
                programme=programme,
                team=staffed.team,
                position="individual_therapist",
                training="b",
                hours_per_week=Decimal(24),
                ends_on=turned + datetime.timedelta(days=30 * number),
            )

    def _leads(self, staffed: StaffedTeam) -> None:
        leaders = [user for user in staffed.therapists if user is not staffed.psychiatrist]
        for number, group in enumerate(staffed.groups):
            for seat in sorted({number % len(leaders), (number + 2) % len(leaders)}):
                user = leaders[seat]
                self.leads.append(GroupLead(group=group, therapist=user, starts_on=self.opened_on))

    def write(self) -> None:
        teams = [team for programme in self.programmes for team in programme.teams]
        User.objects.bulk_create(self.hiring.users)
        Organisation.objects.bulk_create(self.organisations)
        Programme.objects.bulk_create([staffed.programme for staffed in self.programmes])
        Team.objects.bulk_create([staffed.team for staffed in teams])
        Group.objects.bulk_create([group for staffed in teams for group in staffed.groups])
        Membership.objects.bulk_create(self.memberships)
        GroupLead.objects.bulk_create(self.leads)


def staff_service(rng: np.random.Generator, today: datetime.date) -> Staffing:
    """Both organisations with everyone who works there; not written yet."""
    staffing = Staffing(rng, today)
    centre = staffing.organisation(service.MAIN)
    neighbour = staffing.organisation(service.NEIGHBOUR)
    for username, role, position in (
        ("manager", "manager", "programme_director"),
        ("expert", "expert", "centre_expert"),
        ("research", "research_assistant", "researcher"),
        ("research2", "research_assistant", "researcher"),
        ("board", "stakeholder", "board_member"),
        ("admin", "administrator", "secretary"),
    ):
        staffing.work(staffing.hiring.hire(username), centre, role, position=position)
    outsider = staffing.hiring.hire("neighbour")
    staffing.work(outsider, neighbour, "manager", position="programme_director")
    staffing.work(staffing.hiring.hire("privacy"), centre, "privacy_officer", position="privacy_officer")
    return staffing
