"""Contacts that people tried, reminders that were sent, and what programme and patient want of them."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.assessments.models import Assignment
from onmodel.patients.models import Patient, Treatment
from onmodel.programmes.models import Programme


class Channel(models.TextChoices):
    MAIL = "mail", _("mail")
    SMS = "sms", _("text message")


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    DUTCH = "nl", _("Dutch")


class ContactQuerySet(models.QuerySet):
    def counted(self) -> ContactQuerySet:
        """Those that were not struck as mistaken."""
        return self.filter(struck_at__isnull=True)


class Contact(models.Model):
    """An attempt to reach a patient about forms, and what came of it; a mistaken one is struck."""

    class Kind(models.TextChoices):
        TELEPHONE = "telephone", _("telephone")
        MAIL = "mail", _("mail")
        SMS = "sms", _("text message")
        LETTER = "letter", _("letter")
        VISIT = "visit", _("home visit")
        IN_PERSON = "in_person", _("in person")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("reached")
        MESSAGE_LEFT = "message_left", _("message left")
        NO_ANSWER = "no_answer", _("not reached")
        SENT = "sent", _("sent")
        DECLINED = "declined", _("does not want to")
        WRONG_DETAILS = "wrong_details", _("number or address is wrong")

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=20, choices=Kind)
    outcome = models.CharField(max_length=20, choices=Outcome)
    happened_on = models.DateField(default=timezone.localdate)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    next_on = models.DateField(null=True, blank=True)
    logged_at = models.DateTimeField(default=timezone.now)
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-logged_at"]
        indexes = [models.Index(fields=["treatment", "happened_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gte=F("happened_on")),
                name="contact_next_is_not_before_it",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.outcome}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id


class ReminderPlan(models.Model):
    """How a programme reminds: whether, by which channels, not at which hours, in which language."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="reminder_plan")
    is_on = models.BooleanField(default=False)
    by_mail = models.BooleanField(default=True)
    by_sms = models.BooleanField(default=False)
    language = models.CharField(max_length=2, choices=Language, default=Language.ENGLISH)
    quiet_from = models.TimeField(default=datetime.time(20))
    quiet_until = models.TimeField(default=datetime.time(9))
    time_zone = models.CharField(max_length=60, default="Europe/Amsterdam")
    days_between = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"reminders of {self.programme}"

    def channels(self) -> list[str]:
        """In the order in which they are tried."""
        allowed = ((Channel.MAIL, self.by_mail), (Channel.SMS, self.by_sms))
        return [channel.value for channel, on in allowed if on]


class ReminderText(models.Model):
    """A programme's own words for one kind of reminder. A version is never changed: a new one is added."""

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        NEW_LINK = "new_link", _("new link")

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="reminder_texts")
    kind = models.CharField(max_length=20, choices=Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=2, choices=Language)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=150, blank=True)
    body = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["kind", "channel", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "channel", "language", "version"],
                name="one_reminder_text_a_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel} in {self.language}, version {self.version}"


class ReminderWish(models.Model):
    """What a patient wants: another language or channel than the programme's, or no reminders."""

    class How(models.TextChoices):
        LINK = "link", _("by the link in a reminder")
        STAFF = "staff", _("said so to staff")

    patient = models.OneToOneField(Patient, on_delete=models.CASCADE, related_name="reminder_wish")
    language = models.CharField(max_length=2, choices=Language, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_how = models.CharField(max_length=10, choices=How, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"wish of {self.patient_id}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.patient_id


class SendingQuerySet(models.QuerySet):
    def failed(self) -> SendingQuerySet:
        """Those that did not arrive as far as is known, and are not tried again by themselves."""
        return self.filter(state__in=[Sending.State.FAILED, Sending.State.UNCLEAR])

    def begun(self) -> SendingQuerySet:
        """Those that a patient got, gets or may have got."""
        return self.exclude(state__in=[Sending.State.FAILED, Sending.State.CANCELLED])


class Sending(models.Model):
    """One message to a patient, with what came of it. Neither its words nor its address are kept."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNCLEAR = "unclear", _("broken off")  # while it was being sent: it may have arrived
        CANCELLED = "cancelled", _("not needed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="sendings")
    kind = models.CharField(max_length=20, choices=ReminderText.Kind)
    channel = models.CharField(max_length=10, choices=Channel)
    language = models.CharField(max_length=2, choices=Language)
    text_version = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    planned_for = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = SendingQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_for", "id"]
        indexes = [
            models.Index(fields=["state", "planned_for"]),
            models.Index(fields=["treatment", "planned_for"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}, {self.state}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id


class SendingForm(models.Model):
    """That a form was in a reminder of a step of the ladder: once, and never again."""

    sending = models.ForeignKey(Sending, on_delete=models.CASCADE, related_name="forms")
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "step"], name="one_reminder_a_form_and_step")
        ]

    def __str__(self) -> str:
        return f"{self.step} for {self.assignment_id}"
