"""How a form came to be filled: sittings, the answers of an unfinished form, browsers of staff."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.assessments.models import Assignment
from onmodel.programmes.models import Programme


class SittingQuerySet(models.QuerySet):
    def finished(self) -> SittingQuerySet:
        """Those that ended with the form finished."""
        return self.filter(finished_at__isnull=False)

    def by_patients(self) -> SittingQuerySet:
        """Those in which the patient answered, on whatever device."""
        return self.filter(channel__in=Sitting.OF_PATIENTS)

    def at_staff_devices(self) -> SittingQuerySet:
        """Those at a browser in which somebody of the staff has signed in."""
        return self.exclude(device="").filter(device__in=StaffDevice.objects.values("device"))


class Sitting(models.Model):
    """One time that somebody sat down to a form, on one device; a form may take several.

    `active_seconds` is the time that went to answering, as the browser measured it (each item counts
    for PAUSE seconds at most), `item_seconds` what of it went to which item. Without the page's script
    nothing is measured: None, and no items.
    """

    class Channel(models.TextChoices):
        LINK = "link", _("by a link")
        CODE = "code", _("by a code")
        ACCOUNT = "account", _("with the own account")
        KIOSK = "kiosk", _("at the unit's tablet")
        STAFF = "staff", _("entered by staff")
        PAPER = "paper", _("entered from paper")
        INTERVIEW = "interview", _("entered in an interview")

    OF_PATIENTS = (Channel.LINK, Channel.CODE, Channel.ACCOUNT, Channel.KIOSK)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="sittings")
    channel = models.CharField(max_length=20, choices=Channel)
    device = models.CharField(max_length=64, blank=True)  # digest of the token in the browser's cookie
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    last_active_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    active_seconds = models.FloatField(null=True, blank=True)
    item_seconds = models.JSONField(default=dict, blank=True)
    note = models.TextField(blank=True)  # of who entered the form

    objects = SittingQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "id"]
        indexes = [models.Index(fields=["device"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("opened_at")),
                name="sitting_finished_after_it_opened",
            ),
            models.CheckConstraint(
                condition=Q(active_seconds__isnull=True) | Q(active_seconds__gte=0),
                name="sitting_takes_no_negative_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.channel} {self.opened_at:%Y-%m-%d %H:%M}"

    @property
    def of_patient(self) -> int | None:
        """Whom an event about it is about."""
        return self.assignment.of_patient


class DraftAnswer(models.Model):
    """An answer of a form that is not finished: kept as given, scored by nobody.

    Neither number nor text: passed over on purpose. `given_at` is when the person gave it, which may
    be long before it reached us; of two for one item the one given last holds.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="drafts")
    sitting = models.ForeignKey(Sitting, null=True, on_delete=models.SET_NULL, related_name="+")
    item = models.CharField(max_length=40)
    value = models.FloatField(null=True, blank=True)
    text = models.TextField(blank=True)
    not_applicable = models.BooleanField(default=False)
    given_at = models.DateTimeField()

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [models.UniqueConstraint(fields=["assignment", "item"], name="one_draft_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {self.value if self.value is not None else self.text}"

    @property
    def as_given(self) -> float | str | None:
        """As `assessments.actions.record_answers` takes it."""
        if self.not_applicable:
            return "na"
        return self.text if self.text else self.value


class StaffDevice(models.Model):
    """A browser in which somebody of the staff signed in; the browser holds the token, this its digest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_devices")
    device = models.CharField(max_length=64, db_index=True)
    seen_on = models.DateField(default=timezone.localdate)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "device"], name="one_device_of_a_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device[:8]}"


class SafetyTextQuerySet(models.QuerySet):
    def current(self, programme: Programme) -> SafetyText | None:
        """The version that is shown now; None where the programme has none of its own."""
        return self.filter(programme=programme).order_by("-version").first()


class SafetyText(models.Model):
    """What a patient reads at once after an answer that asks for attention: one version, never changed.

    It names whom to call, with the numbers that work there. A signal that nobody has acknowledged
    after `hours` is escalated.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="safety_texts")
    version = models.PositiveIntegerField()
    english = models.TextField()
    dutch = models.TextField()
    hours = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    objects = SafetyTextQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "version"], name="one_safety_text_a_version"),
            models.CheckConstraint(
                condition=Q(hours__gte=1) & Q(hours__lte=168), name="safety_text_hours_up_to_a_week"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.version}"

    def in_(self, language: str) -> str:
        return self.dutch if language.startswith("nl") else self.english
