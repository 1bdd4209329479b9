"""Meetings about the work: planned, held or not, who was there, what was agreed; looking back after a group.

What is said in them is of those who take part; managers see how often they take place (`rhythm`).
"""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission, Reach, roles_reaching
from onmodel.programmes.models import Programme, Team
from onmodel.sessions.models import Session


def working(user, reach: Reach):
    """The user's memberships of today whose role sees supervision, with that reach."""
    roles = roles_reaching(reach, Permission.SUPERVISION_VIEW)
    return user.memberships.in_force().filter(role__in=roles)


def of_teams(memberships, team: str = "team", programme: str = "programme") -> Q:
    """Rows of the teams of these memberships; of every team of a programme where they name none."""
    whole = memberships.filter(team__isnull=True)
    some = Q(**{f"{team}__in": memberships.filter(team__isnull=False).values("team")})
    return (
        some
        | Q(**{f"{programme}__in": whole.values("programme"), f"{team}__isnull": False})
        | Q(
            **{
                f"{programme}__organisation__in": whole.filter(programme__isnull=True).values("organisation"),
                f"{team}__isnull": False,
            }
        )
    )


def of_programmes(memberships) -> Q:
    """Rows of the programmes of these memberships."""
    whole = memberships.filter(programme__isnull=True)
    return Q(programme__in=memberships.values("programme")) | Q(
        programme__organisation__in=whole.values("organisation")
    )


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user) -> MeetingQuerySet:
        """Those of the teams that one works in or supervises, and those that one was expected at.

        Of individual supervision others of the team see nothing; of meetings without a team, as with the
        expert, only supervisors of the programme.
        """
        members, leads = working(user, Reach.INVOLVED), working(user, Reach.TEAM)
        expected = Q(pk__in=Attendee.objects.filter(user=user).values("meeting"))
        own = expected & of_programmes(members | leads)
        together = Q(is_private=False) & of_teams(members)
        return self.filter(own | together | of_teams(leads) | Q(team__isnull=True) & of_programmes(leads))

    def held(self) -> MeetingQuerySet:
        return self.filter(state=Meeting.State.HELD)

    def not_logged(self, day: datetime.date) -> MeetingQuerySet:
        """Those that were planned before that day, and of which nobody said whether they were held."""
        return self.filter(state=Meeting.State.PLANNED, day__lt=day)


class Meeting(models.Model):
    """A meeting about the work: supervision, intervision, review, contact with the expert.

    `kind` is a term of the pack's `meeting_kinds`. `is_private` marks those of some people. `series` is
    the same for all that were planned together. `session` is the recorded session that was looked at.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        HELD = "held", _("held")
        NOT_HELD = "not_held", _("not held")

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        SUPERVISOR_AWAY = "supervisor_away", _("the supervisor was away")
        TOO_FEW = "too_few", _("too few could come")
        CRISIS = "crisis", _("a crisis came first")
        OTHER = "other", _("another reason")

    class Material(models.TextChoices):
        NONE = "none", _("none")
        VIDEO = "video", _("video")
        AUDIO = "audio", _("audio")
        ROLE_PLAY = "role_play", _("role play")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="meetings")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=40)
    is_private = models.BooleanField(default=False)
    day = models.DateField()
    starts_at = models.TimeField(null=True, blank=True)
    ends_at = models.TimeField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    reason_note = models.CharField(max_length=300, blank=True)
    series = models.UUIDField(null=True, blank=True)
    material = models.CharField(max_length=20, choices=Material.choices, default=Material.NONE)
    session = models.ForeignKey(
        Session, null=True, blank=True, on_delete=models.SET_NULL, related_name="meetings"
    )
    recording = models.CharField(max_length=200, blank=True)  # where the recording of the meeting is kept
    recording_agreed = models.BooleanField(default=False)  # by everybody who was there
    topics = models.TextField(blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Attendee", related_name="meetings")
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-starts_at", "id"]
        indexes = [models.Index(fields=["programme", "kind", "day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(starts_at__isnull=False, ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state="not_held") & ~Q(reason="") | ~Q(state="not_held") & Q(reason=""),
                name="meeting_not_held_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(recording="") | Q(recording_agreed=True), name="meeting_recorded_with_agreement"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"

    @property
    def may_be_shown_outside(self) -> bool:
        """Whether somebody beyond the team may look at its recording.

        Patients were told that recordings of their sessions stay with the team's supervision: where one
        was looked at, the recording of the meeting stays there too.
        """
        return self.state == self.State.HELD and bool(self.recording) and self.session_id is None


class Attendee(models.Model):
    """Somebody who was expected at a meeting, or came; `present` is None until it is known."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    present = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["user__name"]
        constraints = [models.UniqueConstraint(fields=["meeting", "user"], name="one_place_at_a_meeting")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.meeting_id}"


class AgreementQuerySet(models.QuerySet):
    def open(self) -> AgreementQuerySet:
        return self.filter(state=Agreement.State.OPEN)

    def visible_to(self, user) -> AgreementQuerySet:
        return self.filter(meeting__in=Meeting.objects.visible_to(user))


class Agreement(models.Model):
    """What was agreed at a meeting: by whom, until when; `about` names whose work it is about.

    It stays between those who were there; what managers are to know and follow is a `followup.Action`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agreements")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervision_agreements"
    )
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    settled_on = models.DateField(null=True, blank=True)
    result = models.CharField(max_length=300, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True)
                | ~Q(state="open") & Q(settled_on__isnull=False),
                name="agreement_settled_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(result=""), name="agreement_dropped_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.what


class ReflectionQuerySet(models.QuerySet):
    def visible_to(self, user) -> ReflectionQuerySet:
        """Those after sessions of groups of the teams that one works in or supervises."""
        return self.filter(session__in=group_sessions_of(user))


def group_sessions_of(user):
    """Sessions of the groups of the teams that the user works in or supervises."""
    memberships = working(user, Reach.INVOLVED) | working(user, Reach.TEAM)
    return Session.objects.filter(of_teams(memberships), kind=Session.Kind.GROUP)


class Reflection(models.Model):
    """What the therapists saw when they looked back after a group session, in two minutes."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="reflection")
    stimulated = models.TextField()
    hindered = models.TextField(blank=True)
    agreed = models.CharField(max_length=300, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReflectionQuerySet.as_manager()

    class Meta:
        ordering = ["-session__held_on"]

    def __str__(self) -> str:
        return f"reflection on {self.session_id}"
