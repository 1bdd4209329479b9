"""Write the log of supervision: meetings, who came, agreements, looking back after groups.

How often meetings take place is an assumption of the simulation: nearly always, and in the reorganised
programme half of the time, with reasons. Words are labelled as simulated and name nobody.
"""

from __future__ import annotations

import datetime
import uuid

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.demonstration.careers import in_trouble
from onmodel.demonstration.history import noon
from onmodel.demonstration.staff import StaffedProgramme, StaffedTeam
from onmodel.patients.models import GroupLead, GroupPlace
from onmodel.sessions.models import Attendance, Session, SessionTherapist
from onmodel.supervision.kinds import PEOPLE, PROGRAMME, kinds_of, proposed_days, whose
from onmodel.supervision.models import Agreement, Attendee, Meeting, Reflection

State = Meeting.State
BACK, AHEAD = datetime.timedelta(weeks=60), datetime.timedelta(weeks=6)
HELD, HELD_WHEN_REORGANISED = 0.99, 0.5
COMES, COMES_WHEN_REORGANISED = 0.92, 0.7
REFLECTED, REFLECTED_WHEN_REORGANISED = 0.97, 0.3
#: Kind -> day of the week (Monday is 0), hour.
WHEN = {
    "team_supervision": (1, 13),
    "intervision": (1, 13),
    "group_supervision": (2, 9),
    "treatment_review": (3, 9),
    "role_play": (4, 13),
    "expert_contact": (4, 16),
}
#: About so many sit together in group supervision.
SEATS = 4
GROUP_WEEKS = 16
REASONS = ("supervisor_away", "too_few", "crisis", "holiday")
TOPICS = (
    "Simulated: the not-knowing stance when a patient is certain; watched ten minutes and stopped twice.",
    "Simulated: pretend mode in a long case; how to challenge it and stay warm.",
    "Simulated: strong countertransference after a crisis; what it says of the patient's state of mind.",
    "Simulated: keeping individual and group therapy on one formulation.",
)
AGREED = (
    "Simulated: bring ten minutes of video with a stop and rewind",
    "Simulated: practise challenge in role play",
    "Simulated: ask two more not-knowing questions a session and record one",
)
STIMULATED = (
    "Simulated: slowing down when two members spoke at once; asking the others what they saw.",
    "Simulated: naming the feeling in the room before the event.",
    "Simulated: the therapists wondering aloud with each other.",
)
HINDERED = (
    "Simulated: we explained too much.",
    "Simulated: we let one story run on.",
    "",
)


class SupervisionLog:
    """That of one programme."""

    def __init__(self, staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> None:
        self.staffed, self.rng, self.today = staffed, rng, today
        self.meetings: list[Meeting] = []
        self.attendees: list[Attendee] = []
        self.agreements: list[Agreement] = []

    def write(self) -> int:
        """How many meetings were written."""
        for kind in kinds_of(self.staffed.programme).values():
            if kind.id not in WHEN or whose(kind) == PEOPLE:
                continue
            places = [None] if whose(kind) == PROGRAMME else self.staffed.teams
            for team in places:
                self._series(kind.id, proposed_days(kind) or 28, team)
        Meeting.objects.bulk_create(self.meetings, batch_size=500)
        Attendee.objects.bulk_create(self.attendees, batch_size=500)
        Agreement.objects.bulk_create(self.agreements)
        self._reflections()
        return len(self.meetings)

    def _series(self, kind: str, every_days: int, team: StaffedTeam | None) -> None:
        """The same day and hour all along; intervision in the weeks between."""
        weekday, hour = WHEN[kind]
        first = self.today - BACK
        first += datetime.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (kind == "intervision"))
        days = range(0, (self.today + AHEAD - first).days, every_days)
        for number, expected in enumerate(self._people(kind, team)):
            series = uuid.uuid4()
            for n in days:
                day = first + datetime.timedelta(days=n)
                self._meeting(kind, team, day, hour + number, series, expected)

    def _people(self, kind: str, team: StaffedTeam | None) -> list[list[User]]:
        """Who is expected: supervision of therapists together in groups of about four."""
        if team is None:
            return [[self.staffed.supervisor]]
        if kind != "group_supervision":
            return [[self.staffed.supervisor, *team.therapists]]
        parts = -(-len(team.therapists) // SEATS)
        return [[self.staffed.supervisor, *team.therapists[part::parts]] for part in range(parts)]

    def _meeting(
        self,
        kind: str,
        team: StaffedTeam | None,
        day: datetime.date,
        hour: int,
        series: uuid.UUID,
        expected: list[User],
    ) -> None:
        meeting = Meeting(
            programme=self.staffed.programme,
            team=team.team if team else None,
            kind=kind,
            day=day,
            starts_at=datetime.time(hour),
            ends_at=datetime.time(hour, 50),
            series=series,
            kept_by=self.staffed.supervisor,
            kept_at=min(noon(day), timezone.now()),
        )
        came: list[bool | None] = [None] * len(expected)
        if day < self.today:
            came = self._happened(meeting, expected)
        self.meetings.append(meeting)
        self.attendees += [
            Attendee(meeting=meeting, user=user, present=there)
            for user, there in zip(expected, came, strict=True)
        ]

    def _happened(self, meeting: Meeting, expected: list[User]) -> list[bool | None]:
        """Held or not; two that were not logged yet are left to log."""
        troubled = in_trouble(self.staffed.plan, meeting.day, self.today)
        chance = HELD_WHEN_REORGANISED if troubled else HELD
        if self.rng.random() > chance:
            meeting.state = State.NOT_HELD
            meeting.reason = REASONS[int(self.rng.integers(len(REASONS)))]
            return [None] * len(expected)
        lately = (self.today - meeting.day).days < 10
        if self.staffed.plan.is_adrift and meeting.kind == "intervision" and lately:
            return [None] * len(expected)
        meeting.state = State.HELD
        comes = COMES_WHEN_REORGANISED if troubled else COMES
        came: list[bool | None] = [
            user == self.staffed.supervisor or bool(self.rng.random() < comes) for user in expected
        ]
        if meeting.kind in ("team_supervision", "group_supervision"):
            self._said(meeting, expected, came)
        return came

    def _said(self, meeting: Meeting, expected: list[User], came: list[bool | None]) -> None:
        """What was worked with and about; lately also what was agreed."""
        materials = list(Meeting.Material.values)
        meeting.material = materials[int(self.rng.choice(len(materials), p=[0.2, 0.5, 0.1, 0.2]))]
        meeting.topics = TOPICS[int(self.rng.integers(len(TOPICS)))]
        age = (self.today - meeting.day).days
        there = [user for user, present in zip(expected, came, strict=True) if present]
        therapists = [user for user in there if user != self.staffed.supervisor]
        if age > 80 or not therapists or self.rng.random() > 0.3:
            return
        owner = therapists[int(self.rng.integers(len(therapists)))]
        due = meeting.day + datetime.timedelta(days=28)
        settled = due <= self.today and not (self.staffed.plan.is_adrift and self.rng.random() < 0.7)
        self.agreements.append(
            Agreement(
                meeting=meeting,
                what=AGREED[int(self.rng.integers(len(AGREED)))],
                owner=owner,
                about=owner,
                due_on=due,
                state=Agreement.State.DONE if settled else Agreement.State.OPEN,
                settled_on=due if settled else None,
            )
        )

    def _reflections(self) -> None:
        """Each group weekly for some months; after most sessions its therapists looked back."""
        chance = REFLECTED_WHEN_REORGANISED if self.staffed.plan.is_adrift else REFLECTED
        leads = GroupLead.objects.filter(group__team__programme=self.staffed.programme, ends_on=None)
        by_group: dict[int, list[int]] = {}
        for group, therapist in leads.order_by("pk").values_list("group", "therapist"):
            by_group.setdefault(group, []).append(therapist)
        places = self._places()
        sessions, givers, attendances, kept = [], [], [], []
        for number, group in enumerate(g for team in self.staffed.teams for g in team.groups):
            for week in range(GROUP_WEEKS):
                day = self.today - datetime.timedelta(days=7 * week + 1 + number % 5)
                there = [one for one, start, end in places.get(group.pk, ()) if start <= day <= end]
                if not there:
                    continue
                session = self._session(group, day)
                sessions.append(session)
                givers += [
                    SessionTherapist(session=session, therapist_id=one) for one in by_group.get(group.pk, [])
                ]
                attendances += [
                    Attendance(session=session, treatment_id=one, present=bool(self.rng.random() < 0.85))
                    for one in there
                ]
                if self.rng.random() < chance:
                    kept.append(self._reflection(session, by_group.get(group.pk, [])))
        Session.objects.bulk_create(sessions)
        SessionTherapist.objects.bulk_create(givers)
        Attendance.objects.bulk_create(attendances, batch_size=500)
        Reflection.objects.bulk_create(kept)

    def _places(self) -> dict[int, list[tuple[object, datetime.date, datetime.date]]]:
        """Group -> who had a place in it, from when until when; each treatment once."""
        rows = GroupPlace.objects.filter(group__team__programme=self.staffed.programme)
        found: dict[int, dict[object, tuple[datetime.date, datetime.date]]] = {}
        ordered = rows.order_by("starts_on", "treatment")
        for group, one, start, end in ordered.values_list("group", "treatment", "starts_on", "ends_on"):
            found.setdefault(group, {})[one] = (start, end or datetime.date.max)
        return {group: [(one, *span) for one, span in spans.items()] for group, spans in found.items()}

    def _session(self, group, day: datetime.date) -> Session:
        return Session(
            programme=self.staffed.programme,
            team=group.team,
            group=group,
            kind=Session.Kind.GROUP,
            component="group",
            held_on=day,
            kept_at=min(noon(day), timezone.now()),
        )

    def _reflection(self, session: Session, therapists: list[int]) -> Reflection:
        return Reflection(
            session=session,
            stimulated=STIMULATED[int(self.rng.integers(len(STIMULATED)))],
            hindered=HINDERED[int(self.rng.integers(len(HINDERED)))],
            kept_at=min(noon(session.held_on), timezone.now()),
            kept_by_id=therapists[0] if therapists else None,
        )
