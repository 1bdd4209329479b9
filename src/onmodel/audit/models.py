"""Who did or saw what, of whom, when, from where and why. Events are only ever added, in one chain."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from onmodel.audit import chain


class AppendOnlyError(RuntimeError):
    """Somebody tried to change or remove what is only ever added."""

    def __init__(self) -> None:
        super().__init__("The audit trail is append-only.")


#: The act after which what people wrote about a patient may be gone (`rights.actions`).
PATIENT_ERASED = "patient erased"


def marked(patients: Iterable[int]) -> str:
    """Patients' ids so that one can be found in the text: ' 12 15 99 '; empty for none."""
    ids = sorted(set(patients))
    return f" {' '.join(map(str, ids))} " if ids else ""


class EventQuerySet(models.QuerySet):
    def of_patient(self, patient: int) -> EventQuerySet:
        """Everything about that patient, also where (s)he stood in a list."""
        return self.filter(Q(patient=patient) | Q(patients__contains=f" {int(patient)} "))

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError

    def bulk_update(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnlyError


class Event(models.Model):
    """One act. Subject and patient are kept as ids, so that the event outlives what it is about.

    `patient` is whom it is about; `patients` those of a list, as `marked` writes them. What people wrote
    in it stands apart (`Words`); `words` is its digest. `why` holds words only in events from before that.
    """

    sequence = models.BigIntegerField(unique=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=60, blank=True)
    patient = models.BigIntegerField(null=True, db_index=True)
    patients = models.TextField(blank=True)
    channel = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=45, blank=True)
    why = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    words = models.CharField(max_length=64, blank=True)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"]),
            models.Index(fields=["by", "at"], name="audit_event_by_id_at_idx"),
            models.Index(fields=["sequence"], condition=~Q(patients=""), name="audit_event_of_lists"),
            models.Index(
                fields=["sequence"], condition=Q(verb=PATIENT_ERASED), name="audit_event_of_erasures"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnlyError

    def content(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in chain.CONTENT)

    @property
    def reason(self) -> str:
        """Why it was done, as it was written; empty where nothing was, or the patient was erased."""
        return self.why or (self.said.why if hasattr(self, "said") else "")

    @property
    def values(self) -> dict[str, Any]:
        """What stood in the record before and after, where it was kept and the patient is not erased."""
        return self.said.values if hasattr(self, "said") else {}


class WordsQuerySet(models.QuerySet):
    def forget_patient(self, patient: int) -> int:
        """Remove what was written in the events of an erased patient; the events stay, and still chain."""
        return self.filter(event__patient=patient)._raw_delete(self.db)

    def update(self, **_: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class Words(models.Model):
    """What people wrote in an event, apart from it, so that erasing a patient can remove it.

    The event keeps its digest. The salt goes with the words: what is left tells nothing of them.
    """

    event = models.OneToOneField(Event, primary_key=True, on_delete=models.PROTECT, related_name="said")
    salt = models.CharField(max_length=32)
    why = models.TextField(blank=True)
    values = models.JSONField(default=dict)

    objects = WordsQuerySet.as_manager()

    def __str__(self) -> str:
        return f"words of {self.event_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnlyError

    def fits(self, digest: str) -> bool:
        return chain.digest_of_words(self.salt, self.why, self.values) == digest


class Head(models.Model):
    """The last event of the chain, in a row of its own: who appends locks it, and a cut tail shows."""

    sequence = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.digest}"

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnlyError
