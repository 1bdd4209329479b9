"""Reports as they were released: bytes that are kept, not made again."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme


class FrozenError(TypeError):
    """Somebody tried to change or remove what was released."""

    def __init__(self) -> None:
        super().__init__("What was signed or released is never changed or removed.")


class ReleasedReportQuerySet(models.QuerySet):
    def visible_to(self, user) -> ReleasedReportQuerySet:
        """Those of the programmes where the user may read released reports, or release them.

        What was taken back is shown only to those who may release.
        """
        reads = Programme.objects.visible_to(user, Permission.RELEASED_VIEW)
        releases = Programme.objects.visible_to(user, Permission.REPORT_RELEASE)
        standing = Q(taken_back_at__isnull=True)
        return self.filter(Q(programme__in=reads) & standing | Q(programme__in=releases))

    def delete(self) -> NoReturn:
        raise FrozenError


class ReleasedReport(models.Model):
    """A report of a programme over a period, released to its stakeholders."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="released_reports")
    title = models.CharField(max_length=200)
    start = models.DateField()
    end = models.DateField()
    pack = models.CharField(max_length=60)
    pack_version = models.CharField(max_length=40)
    template_version = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    released_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_why = models.TextField(blank=True)

    objects = ReleasedReportQuerySet.as_manager()

    class Meta:
        ordering = ["-end", "-released_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True, taken_back_why="")
                | Q(taken_back_at__isnull=False) & ~Q(taken_back_why=""),
                name="release_taken_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.start} to {self.end}"

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise FrozenError


class ReleasedFileQuerySet(models.QuerySet):
    def update(self, **_: Any) -> NoReturn:
        raise FrozenError

    def delete(self) -> NoReturn:
        raise FrozenError


class ReleasedFile(models.Model):
    """One form of a released report, byte for byte, with its SHA-256, which the audit trail holds as well."""

    report = models.ForeignKey(ReleasedReport, on_delete=models.PROTECT, related_name="files")
    language = models.CharField(max_length=5)
    kind = models.CharField(max_length=5)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    objects = ReleasedFileQuerySet.as_manager()

    class Meta:
        ordering = ["language", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["report", "language", "kind"], name="one_released_file_of_a_kind")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}.{self.language}.{self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise FrozenError
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise FrozenError

    @property
    def is_as_released(self) -> bool:
        return hashlib.sha256(bytes(self.content)).hexdigest() == self.digest
