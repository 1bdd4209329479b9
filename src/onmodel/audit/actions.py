"""Record events. Call it inside the transaction of the act itself, so that neither stands alone.

Record last: from the first event until the end of the transaction nobody else can append, so an act
that locks more rows after its event could wait for another that waits for the trail.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.audit import chain
from onmodel.audit.models import Event, Head, Words, marked
from onmodel.audit.origin import current
from onmodel.audit.touched import note

A_BATCH = 1_000
HEAD = 1


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event to be: what was done to which record, of whom, why.

    `why`, and `values` of the record before and after, are what goes when the patient is erased; `detail`
    stays, and so holds nothing that a person wrote or a patient answered.
    """

    verb: str
    subject: models.Model | None
    patient: int | None = None
    patients: Iterable[int] = ()
    why: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    by: User | None,
    verb: str,
    subject: models.Model | None,
    patient: int | None = None,
    patients: Iterable[int] = (),
    why: str = "",
    values: Mapping[str, Any] | None = None,
    **detail: object,
) -> Event:
    """Add an event about `subject`; `by` is None only for the program's own nightly work.

    Of whom it is, the subject says itself (`of_patient`) unless it is given; `patients` are the ids of
    those in a list. `why` and `values` are as in `Draft`.
    """
    draft = Draft(
        verb=verb,
        subject=subject,
        patient=patient,
        patients=patients,
        why=why,
        values=values or {},
        detail=detail,
    )
    return record_all([draft], by=by)[0]


def record_all(drafts: Iterable[Draft], *, by: User | None) -> list[Event]:
    """Add many events in their order, in few statements."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event belongs in the transaction of its act.")
    drafts = list(drafts)
    said = [_words(draft) for draft in drafts]
    events = [_event(draft, by, words) for draft, words in zip(drafts, said, strict=True)]
    if not events:
        return []
    head = _lock()
    now, sequence, digest = timezone.now(), head.sequence, head.digest
    for event in events:
        sequence += 1
        event.at, event.sequence, event.previous = now, sequence, digest
        event.digest = digest = chain.digest(digest, event.content())
    _store(events)
    _store_words(events, said)
    Head.objects.filter(pk=HEAD).update(sequence=sequence, digest=digest, seal=chain.seal(sequence, digest))
    return events


def begin() -> None:
    """Give an empty trail its head."""
    if not Event.objects.exists():
        sealed = chain.seal(0, chain.BEGINNING)
        Head.objects.get_or_create(
            pk=HEAD, defaults={"sequence": 0, "digest": chain.BEGINNING, "seal": sealed}
        )


def _lock() -> Head:
    head = Head.objects.select_for_update().filter(pk=HEAD).first()
    if head is None:
        raise RuntimeError("The audit trail has lost its head: run `onmodel audit verify`.")
    return head


def _store(events: list[Event]) -> None:
    if len(events) == 1:
        events[0].save(force_insert=True)
    else:
        Event.objects.bulk_create(events, batch_size=A_BATCH)


def _store_words(events: list[Event], said: list[Words | None]) -> None:
    kept = []
    for event, words in zip(events, said, strict=True):
        if words is not None:
            words.event = event
            kept.append(words)
    if kept:
        Words.objects.bulk_create(kept, batch_size=A_BATCH)


def _words(draft: Draft) -> Words | None:
    why, values = draft.why.replace("\0", ""), _as_kept(draft.values)
    return Words(salt=secrets.token_hex(16), why=why, values=values) if why or values else None


def _event(draft: Draft, by: User | None, words: Words | None) -> Event:
    origin, subject = current(), draft.subject
    patient = draft.patient if draft.patient is not None else getattr(subject, "of_patient", None)
    patients = list(draft.patients)
    note(subject, patient, patients)
    return Event(
        by=by,
        verb=draft.verb,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        patient=patient,
        patients=marked(patients),
        channel=origin.channel,
        address=origin.address,
        detail=_as_kept(draft.detail),
        words=chain.digest_of_words(words.salt, words.why, words.values) if words else "",
    )


def _as_kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the database gives it back."""
    return json.loads(json.dumps(dict(values), cls=DjangoJSONEncoder, allow_nan=False))
