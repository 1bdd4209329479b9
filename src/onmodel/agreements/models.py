"""Agreements with the services around a programme, and each time that one was looked at again.

Not to be taken for `supervision.Agreement`, which is between people at a meeting.
"""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.programmes.files import KeptFile
from onmodel.programmes.models import PeriodQuerySet, Programme, period_constraint


class ArrangementQuerySet(PeriodQuerySet):
    def visible_to(self, user) -> ArrangementQuerySet:
        """Those of the programmes in which a role of today lets the user see agreements."""
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.AGREEMENTS_VIEW))


class Arrangement(models.Model):
    """What was agreed with one partner. `kind` is a term of the pack's `partners`, `covers` those below it.

    `document` says where the contract lies; its files may be kept as well (`ContractFile`). It holds until
    `ends_on`, and after that stays to be read.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="arrangements")
    kind = models.CharField(max_length=60)
    partner = models.CharField(max_length=200)
    contact = models.CharField(max_length=300, blank=True)
    agreed = models.TextField()
    covers = models.JSONField(default=list, blank=True)
    document = models.CharField(max_length=300, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    why_ended = models.CharField(max_length=300, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "partner", "-starts_on"]
        indexes = [models.Index(fields=["programme", "kind"])]
        constraints = [
            period_constraint("arrangement_ends_after_it_begins"),
            models.CheckConstraint(
                condition=~Q(partner="") & ~Q(agreed=""), name="arrangement_with_somebody_about_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.partner}"

    def last_reviewed(self, day: datetime.date) -> datetime.date:
        """When it was last looked at; the day it began where it was not. Reads what was fetched before."""
        return max([self.starts_on, *(one.held_on for one in self.reviews.all() if one.held_on <= day)])


class Review(models.Model):
    """One time that both sides looked at an agreement again: who, what they found, what changes."""

    class Result(models.TextChoices):
        WORKS = "works", _("it works")
        POINTS = "points", _("it works, with points to mend")
        FAILS = "fails", _("it does not work")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrangement = models.ForeignKey(Arrangement, on_delete=models.CASCADE, related_name="reviews")
    held_on = models.DateField()
    who = models.CharField(max_length=300)
    result = models.CharField(max_length=20, choices=Result.choices)
    found = models.TextField()
    changes = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-held_on", "-kept_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["arrangement", "held_on"], name="one_review_of_an_agreement_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.arrangement_id} {self.held_on}"


class ContractFileQuerySet(models.QuerySet):
    def visible_to(self, user) -> ContractFileQuerySet:
        return self.filter(arrangement__in=Arrangement.objects.visible_to(user))


class ContractFile(KeptFile):
    """The contract of an agreement, as somebody kept it; a later file leaves the earlier one."""

    arrangement = models.ForeignKey(Arrangement, on_delete=models.CASCADE, related_name="files")
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ContractFileQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at"]
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "digest"], name="one_contract_file_of_a_content")
        ]
