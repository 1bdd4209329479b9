"""A programme's implementation report of a period, from its first draft until it is frozen."""

from __future__ import annotations

import datetime
import hashlib
import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme, period_constraint
from onmodel.reports.models import FrozenError


def person(related_name: str = "+") -> models.ForeignKey:
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name=related_name)


class Side(models.TextChoices):
    """Who writes a report with whom; each signs it."""

    SUPERVISOR = "supervisor", _("supervisor")
    MANAGER = "manager", _("manager")


#: Which permission speaks and signs for a side.
SPEAKS = {Side.SUPERVISOR: Permission.PIR_WRITE, Side.MANAGER: Permission.PIR_ANSWER}


class PirQuerySet(models.QuerySet):
    def visible_to(self, user) -> PirQuerySet:
        """Frozen ones of the programmes whose reports the user may read; drafts for those who write them."""
        reads = Programme.objects.visible_to(user, Permission.PIR_VIEW)
        writes = Q()
        for permission in SPEAKS.values():
            writes |= Q(programme__in=Programme.objects.visible_to(user, permission))
        return self.filter(Q(programme__in=reads) & (Q(frozen_at__isnull=False) | writes))

    def received_by(self, user) -> PirQuerySet:
        """Frozen ones of the programmes that the user follows for the expert centre."""
        followed = Programme.objects.visible_to(user, Permission.PIR_RECEIVE)
        return self.frozen().filter(programme__in=followed)

    def with_unread(self, user) -> PirQuerySet:
        """`unread`: whether the user has not marked it as read."""
        return self.annotate(unread=~Exists(Reading.objects.filter(pir=OuterRef("pk"), by=user)))

    def frozen(self) -> PirQuerySet:
        return self.filter(frozen_at__isnull=False)

    def overlapping(self, start: datetime.date, end: datetime.date) -> PirQuerySet:
        return self.filter(start__lte=end, end__gte=start)

    def update(self, **values: Any) -> int:
        if self.frozen().exists():
            raise FrozenError
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        if self.frozen().exists():
            raise FrozenError
        return super().delete()


class Pir(models.Model):
    """`drafted_at` is when its figures were taken from the record; `frozen_at` when both had signed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="pirs")
    start = models.DateField()
    end = models.DateField()
    pack = models.CharField(max_length=60)
    pack_version = models.CharField(max_length=40)
    template_version = models.CharField(max_length=40)
    drafted_at = models.DateTimeField(default=timezone.now)
    drafted_by = person()
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = PirQuerySet.as_manager()

    class Meta:
        ordering = ["-end"]
        constraints = [
            period_constraint("pir_ends_after_it_starts", "start", "end"),
            models.UniqueConstraint(fields=["programme", "start"], name="one_pir_from_a_day"),
        ]

    def __str__(self) -> str:
        return f"PIR {self.start} to {self.end}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and type(self).objects.frozen().filter(pk=self.pk).exists():
            raise FrozenError
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.is_frozen:
            raise FrozenError
        return super().delete(*args, **kwargs)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None


class PartQuerySet(models.QuerySet):
    """What belongs to a report, and is frozen with it."""

    def update(self, **values: Any) -> int:
        self._refuse_frozen()
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        if Pir.objects.frozen().filter(pk__in={obj.pir_id for obj in objs}).exists():
            raise FrozenError
        return super().bulk_create(objs, *args, **kwargs)

    def _refuse_frozen(self) -> None:
        if self.filter(pir__frozen_at__isnull=False).exists():
            raise FrozenError


class PartOfPir(models.Model):
    """Cannot be added, changed or removed once its report is frozen."""

    objects = PartQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._refuse_frozen()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self._refuse_frozen()
        return super().delete(*args, **kwargs)

    def _refuse_frozen(self) -> None:
        if Pir.objects.frozen().filter(pk=self.pir_id).exists():
            raise FrozenError


class Reader(models.TextChoices):
    """Whom a version of the report is for."""

    WHOLE = "whole", _("the programme and the expert centre")
    OUTSIDE = "outside", _("stakeholders, without small numbers")


class DraftValue(PartOfPir):
    """The figures of a version as they were last taken from the record, as JSON. `before`: the last draft."""

    pir = models.ForeignKey(Pir, on_delete=models.CASCADE, related_name="drafts")
    language = models.CharField(max_length=5)
    reader = models.CharField(max_length=10, choices=Reader)
    content = models.TextField()
    before = models.TextField(blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pir", "language", "reader"], name="one_draft_of_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.pir_id}.{self.language}.{self.reader}"


class KeptFile(PartOfPir):
    """One form of a frozen report, byte for byte, with its SHA-256, which the audit trail holds as well."""

    pir = models.ForeignKey(Pir, on_delete=models.PROTECT, related_name="files")
    language = models.CharField(max_length=5)
    reader = models.CharField(max_length=10, choices=Reader)
    kind = models.CharField(max_length=5)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["language", "reader", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["pir", "language", "reader", "kind"], name="one_kept_file_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pir_id}.{self.name}"

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise FrozenError

    @property
    def name(self) -> str:
        return f"{self.language}.{self.reader}.{self.kind}"

    @property
    def is_as_frozen(self) -> bool:
        return hashlib.sha256(bytes(self.content)).hexdigest() == self.digest


class Remark(PartOfPir):
    """What the supervisor says of a section, and what the manager answers: one text of each."""

    pir = models.ForeignKey(Pir, on_delete=models.CASCADE, related_name="remarks")
    section = models.CharField(max_length=60)
    side = models.CharField(max_length=20, choices=Side)
    text = models.TextField()
    said_by = person()
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pir", "section", "side"], name="one_remark_of_a_side"),
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.side}: {self.section}"


class Recommendation(PartOfPir):
    """What is recommended, who does it, by when."""

    pir = models.ForeignKey(Pir, on_delete=models.CASCADE, related_name="recommendations")
    what = models.CharField(max_length=300)
    owner = person("pir_recommendations")
    due_on = models.DateField()
    made_by = person()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pir", "what", "owner", "due_on"], name="one_recommendation_is_one"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="recommendation_says_something"),
        ]

    def __str__(self) -> str:
        return self.what


class Fate(models.Model):
    """What had become of a recommendation when somebody said so. The last one counts; none is changed."""

    class Became(models.TextChoices):
        DONE = "done", _("done")
        UNDER_WAY = "under_way", _("under way")
        NOT_BEGUN = "not_begun", _("not begun")
        DROPPED = "dropped", _("dropped")

    SETTLED = (Became.DONE, Became.DROPPED)

    recommendation = models.ForeignKey(Recommendation, on_delete=models.PROTECT, related_name="fates")
    became = models.CharField(max_length=20, choices=Became)
    words = models.TextField(blank=True)
    said_by = person()
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["said_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(became="dropped") | ~Q(words=""), name="recommendation_dropped_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recommendation_id}: {self.became}"


class Signature(PartOfPir):
    """By whom, for which side; `digest` is of everything that was signed."""

    pir = models.ForeignKey(Pir, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=20, choices=Side)
    by = person()
    at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pir", "side"], name="one_signature_a_side"),
            models.UniqueConstraint(fields=["pir", "by"], name="two_people_sign"),
        ]

    def __str__(self) -> str:
        return f"{self.side} ({self.at:%Y-%m-%d})"


class Reading(models.Model):
    """That a reader of the expert centre marked the report as read."""

    pir = models.ForeignKey(Pir, on_delete=models.PROTECT, related_name="readings")
    by = person()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pir", "by"], name="read_once")]

    def __str__(self) -> str:
        return f"{self.pir_id} ({self.at:%Y-%m-%d})"


class QuestionQuerySet(models.QuerySet):
    def open(self) -> QuestionQuerySet:
        return self.filter(answered_at__isnull=True)


class Question(models.Model):
    """What the expert centre asks about a section of a frozen report, and what the supervisor answers."""

    pir = models.ForeignKey(Pir, on_delete=models.PROTECT, related_name="questions")
    section = models.CharField(max_length=60)
    text = models.TextField()
    asked_by = person()
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="pir_question_says_something"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="pir_question_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} ({self.asked_at:%Y-%m-%d})"
