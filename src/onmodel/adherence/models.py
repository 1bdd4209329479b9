"""Which session was drawn to be rated, who was asked to rate it, and what was noted while watching."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.assessments.models import Assignment
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Session

#: So long a therapist has to see a rating before others of the team's supervisors see it too.
TIME_TO_SEE = datetime.timedelta(days=14)


class Draw(models.Model):
    """A session of a therapist that was drawn at random to be rated in a quarter.

    `held` counts the sessions of that kind in the quarter, `eligible` those that could be drawn, and
    `left_out` why the others could not. A draw that was refused stays, with the reason.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="draws")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="draws")
    kind = models.CharField(max_length=20, choices=Session.Kind)
    starts_on = models.DateField()
    ends_on = models.DateField()
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="draws")
    held = models.PositiveSmallIntegerField()
    eligible = models.PositiveSmallIntegerField()
    left_out = models.JSONField(default=dict)
    drawn_at = models.DateTimeField(default=timezone.now)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    refused_why = models.TextField(blank=True)

    class Meta:
        ordering = ["-drawn_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "therapist", "kind", "starts_on"],
                condition=Q(refused_at__isnull=True),
                name="one_standing_draw_a_quarter",
            ),
            models.CheckConstraint(
                condition=Q(refused_at__isnull=True) | ~Q(refused_why=""), name="draw_refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.therapist_id} from {self.starts_on}"


class SecondShare(models.Model):
    """Which share of a quarter's rated sessions a second person rates blind, as the programme set it."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="second_share")
    share = models.FloatField()
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share__range=(0, 1)), name="second_share_from_0_to_1")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id}: {self.share:g}"


class Calibration(models.Model):
    """A meeting of raters about one session: each rates it beforehand, and one of them for the reference."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="calibrations")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="calibrations")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField()
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-held_on", "id"]

    def __str__(self) -> str:
        return f"calibration of {self.held_on}"


class RatingQuerySet(models.QuerySet):
    def standing(self) -> RatingQuerySet:
        """Those not called off."""
        return self.filter(called_off_at__isnull=True)

    def waiting(self) -> RatingQuerySet:
        return self.standing().filter(submitted_at__isnull=True)

    def submitted(self) -> RatingQuerySet:
        return self.standing().filter(submitted_at__isnull=False)

    def opened(self) -> RatingQuerySet:
        """Those submitted, when all who were asked about that session and therapist have submitted too."""
        others = Rating.objects.waiting().filter(
            session=OuterRef("session"), therapist=OuterRef("therapist"), purpose__in=Rating.TOGETHER
        )
        together = Q(purpose__in=Rating.TOGETHER) & ~Exists(others)
        return self.submitted().filter(together | ~Q(purpose__in=Rating.TOGETHER))

    def counted(self) -> RatingQuerySet:
        """Those that say how the therapist does: not a therapist's own, none made for practice."""
        return self.submitted().filter(purpose__in=Rating.COUNTED)

    def asked_of(self, user) -> RatingQuerySet:
        """Those that the user was asked for, while (s)he works in the programme."""
        working = user.memberships.in_force().filter(role__in=["therapist", "supervisor"])
        there = Q(programme__in=working.values("programme"))
        there |= Q(programme__organisation__in=working.filter(programme__isnull=True).values("organisation"))
        return self.standing().filter(there, rater=user)

    def visible_to(self, user) -> RatingQuerySet:
        """The user's own; and opened ones about the user, of the same session, or of a team that (s)he
        supervises, these once the therapist has seen them or had the time to."""
        own = self.asked_of(user)
        supervised = Session.objects.visible_to(user, Permission.ADHERENCE_RATE)
        shown = Q(seen_at__isnull=False) | Q(submitted_at__lt=timezone.now() - TIME_TO_SEE)
        beside = Rating.objects.asked_of(user).submitted().values("session")
        pending = Rating.objects.asked_of(user).waiting().values("session")
        opened = (
            self.opened()
            .exclude(session__in=pending)
            .filter(
                Q(therapist=user, session__in=Session.objects.visible_to(user))
                | Q(session__in=beside)
                | Q(session__in=supervised) & shown
            )
        )
        return self.filter(Q(pk__in=own.values("pk")) | Q(pk__in=opened.values("pk")))


class Rating(models.Model):
    """A rating of one therapist in one session by one rater: a form, and when it was asked and submitted.

    The answers are those of `assignment`. Ratings for `TOGETHER` purposes of one session are opened only
    when all of them are in, so that nobody is led by another's.
    """

    class Purpose(models.TextChoices):
        RATING = "rating", _("rating")
        SECOND = "second", _("second, blind rating")
        SELF = "self", _("own rating")
        CALIBRATION = "calibration", _("calibration")
        REFERENCE = "reference", _("reference of a calibration")

    TOGETHER = (Purpose.RATING, Purpose.SECOND, Purpose.SELF)
    COUNTED = (Purpose.RATING, Purpose.SECOND)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="ratings")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="ratings")
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ratings_about"
    )
    rater = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ratings_given"
    )
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="rating")
    draw = models.ForeignKey(Draw, null=True, blank=True, on_delete=models.SET_NULL, related_name="ratings")
    calibration = models.ForeignKey(
        Calibration, null=True, blank=True, on_delete=models.SET_NULL, related_name="ratings"
    )
    purpose = models.CharField(max_length=20, choices=Purpose)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_why = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)  # by the therapist
    comment = models.TextField(blank=True)  # of the therapist

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["-session__held_on", "asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "therapist", "rater"],
                condition=Q(called_off_at__isnull=True) & ~Q(purpose="reference"),
                name="one_rating_a_rater_and_session",
            ),
            models.UniqueConstraint(
                fields=["session", "therapist"],
                condition=Q(called_off_at__isnull=True, purpose="reference"),
                name="one_reference_a_session",
            ),
            models.CheckConstraint(
                condition=Q(called_off_at__isnull=True) | ~Q(called_off_why=""),
                name="rating_called_off_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.session_id} by {self.rater_id}"


def counted(prefix: str = "") -> Q:
    """Forms that say how somebody does: all but own ratings and those made for practice."""
    return Q(**{f"{prefix}rating__isnull": True}) | Q(**{f"{prefix}rating__purpose__in": Rating.COUNTED})


class Note(models.Model):
    """What a rater noted at a moment of the recording, about an item or in general."""

    rating = models.ForeignKey(Rating, on_delete=models.CASCADE, related_name="notes")
    at_seconds = models.PositiveIntegerField(null=True, blank=True)
    item = models.CharField(max_length=40, blank=True)
    text = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at_seconds", "id"]

    def __str__(self) -> str:
        return f"{self.at_seconds}: {self.text[:40]}"
