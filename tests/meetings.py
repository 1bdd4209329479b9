"""Meetings, group sessions and ratings of supervisors for tests."""

import datetime

from django.utils import timezone

from onmodel.programmes.models import Group
from onmodel.sessions.models import Session
from onmodel.supervision.actions import Agreed, Log, keep_meeting, plan_meetings
from onmodel.supervision.models import Agreement, Meeting
from onmodel.supervisors.actions import begin_rating, share_supervision
from onmodel.supervisors.models import Exchange, SupervisorRating
from tests.factories import MembershipFactory, UserFactory

DAY = datetime.date(2025, 6, 3)
DUE = datetime.date(2025, 7, 1)


def log(cast, **more: object) -> Log:
    return Log(**{"day": DAY, "present": (cast.supervisor, cast.therapist), **more})


def held_meeting(cast, kind: str = "team_supervision", **more: object) -> Meeting:
    """A supervision of the cast's team, at which therapist and supervisor were."""
    return keep_meeting(
        programme=cast.programme, kind=kind, team=cast.team, log=log(cast, **more), by=cast.supervisor
    )


def planned_meeting(cast, day: datetime.date = DAY, kind: str = "team_supervision") -> Meeting:
    (meeting,) = plan_meetings(
        programme=cast.programme, kind=kind, team=cast.team, first=day, by=cast.supervisor
    )
    return meeting


def agreed(cast, about=None) -> Agreed:
    return Agreed(what="Bring a video", owner=cast.therapist, due_on=DUE, about=about or cast.therapist)


def open_agreement(cast) -> Agreement:
    return held_meeting(cast, agreements=(agreed(cast),)).agreements.get()


def group_session(cast, day: datetime.date = DAY, team=None) -> Session:
    """A session of a group of the cast's team, with the cast's patient in it."""
    team = team or cast.team
    group, _made = Group.objects.get_or_create(
        team=team, name=f"Group of {team.name}", defaults={"starts_on": datetime.date(2020, 1, 1)}
    )
    session = Session.objects.create(
        programme=team.programme, team=team, group=group, kind="group", component="group", held_on=day
    )
    session.given_by.create(therapist=cast.therapist)
    session.attendances.create(treatment=cast.treatment)
    return session


def recorded_meeting(cast, **more: object) -> Meeting:
    return held_meeting(cast, recording="Shelf 4", recording_agreed=True, **more)


def partner(cast):
    """A supervisor of the cast's other team."""
    user = UserFactory(username="partner", name="Pam Partner")
    MembershipFactory(user=user, programme=cast.programme, role="supervisor", team=cast.other_team)
    return user


def shared(cast) -> Exchange:
    return share_supervision(
        meeting=recorded_meeting(cast), shared_with=partner(cast), question="Enough room?", by=cast.supervisor
    )


def begun_rating(cast) -> SupervisorRating:
    return begin_rating(
        programme=cast.programme,
        supervisor=cast.supervisor,
        basis="live",
        day=timezone.localdate(),
        by=cast.expert,
    )
