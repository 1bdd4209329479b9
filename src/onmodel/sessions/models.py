"""Sessions of therapy, who was there, and their recordings."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission, Reach, roles_reaching
from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Group, Programme, Team
from onmodel.sessions.sealed_file import SealedReader


class SessionQuerySet(models.QuerySet):
    def visible_to(self, user, permission: Permission = Permission.SESSION_VIEW) -> SessionQuerySet:
        """Those that the user gave, and those of the teams that the user supervises, today."""
        memberships = user.memberships.in_force()

        def those(reach: Reach):
            return memberships.filter(role__in=roles_reaching(reach, permission))

        wide = those(Reach.TEAM)
        whole = wide.filter(team__isnull=True)
        return self.filter(
            Q(pk__in=SessionTherapist.objects.filter(therapist=user).values("session"))
            & Q(programme__in=(those(Reach.INVOLVED) | wide).values("programme"))
            | Q(team__in=wide.filter(team__isnull=False).values("team"))
            | Q(programme__in=whole.values("programme"))
            | Q(programme__organisation__in=whole.filter(programme__isnull=True).values("organisation"))
        )

    def given_by(self, therapist) -> SessionQuerySet:
        return self.filter(pk__in=SessionTherapist.objects.filter(therapist=therapist).values("session"))

    def held_between(self, start, end) -> SessionQuerySet:
        return self.filter(held_on__range=(start, end))

    def with_recording(self) -> SessionQuerySet:
        """Those whose recording is there: it was added, and not erased since."""
        return self.filter(recording__isnull=False, recording__erased_at__isnull=True)

    def allowed_by_all(self) -> SessionQuerySet:
        """Those with a patient, in which every patient who was there allows recording, as it stands today."""
        there = Attendance.objects.filter(present=True)
        against = there.refusing()
        return self.filter(Exists(there.filter(session=OuterRef("pk")))).exclude(
            pk__in=against.values("session")
        )

    def watchable(self) -> SessionQuerySet:
        return self.with_recording().allowed_by_all()


class Session(models.Model):
    """One meeting for therapy: of one patient, or of a group.

    `component` is a term of the pack's parts of the programme, `theme` the set theme of a course: a term of
    the list that the component links to. Who was there are its attendances.
    """

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", _("individual session")
        GROUP = "group", _("group session")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="sessions")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions")
    kind = models.CharField(max_length=20, choices=Kind)
    component = models.CharField(max_length=40)
    theme = models.CharField(max_length=40, blank=True)
    held_on = models.DateField()
    therapists = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="SessionTherapist", related_name="sessions_given"
    )
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "id"]
        indexes = [models.Index(fields=["programme", "held_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="group", group__isnull=False) | Q(kind="individual", group__isnull=True),
                name="session_of_a_group_names_it",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.held_on}"


class SessionTherapist(models.Model):
    """A therapist who gave the session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="given_by")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "therapist"], name="one_place_of_a_therapist")
        ]

    def __str__(self) -> str:
        return f"{self.therapist_id} in {self.session_id}"


class AttendanceQuerySet(models.QuerySet):
    def refusing(self) -> AttendanceQuerySet:
        """Those of patients who do not allow recording, as it stands today."""
        willing = Attendance.objects.filter(allowed(Purpose.SESSION_RECORDING, patient="treatment__patient"))
        return self.exclude(pk__in=willing.values("pk")).select_related("treatment__patient")


class Attendance(models.Model):
    """A patient who was expected at the session, and was there or not."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="attendances")
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="attendances")
    present = models.BooleanField(default=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["treatment__patient__pseudonym"]
        constraints = [
            models.UniqueConstraint(fields=["session", "treatment"], name="one_attendance_of_a_treatment")
        ]

    def __str__(self) -> str:
        return f"{self.treatment_id} at {self.session_id}"


class Recording(models.Model):
    """The recording of a session: a file kept here, encrypted, or a reference to where it is kept.

    `sealed_key` is the file's own key under IDENTITY_KEYS (`sessions.sealed_file`); it goes with the file.

    When its period is over, or a patient takes the consent back, the file and the reference go;
    the row stays and says when and why.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="recording")
    reference = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to="recordings/", blank=True)
    sealed_key = models.TextField(blank=True)
    media_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)  # bytes, before encryption
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    erased_at = models.DateTimeField(null=True, blank=True)
    erased_why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True)
                | Q(file="", reference="", sealed_key="") & ~Q(erased_why=""),
                name="recording_erased_with_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"recording of {self.session}"

    @property
    def is_there(self) -> bool:
        """Whether its file is; a restored backup has none."""
        return bool(self.file) and self.file.storage.exists(self.file.name)

    def open_plain(self) -> SealedReader:
        """Its bytes as they were before encryption."""
        return SealedReader(self.file.storage.open(self.file.name, "rb"), self.sealed_key, self.size)
