"""Record events. Call it inside the transaction of the act itself, so that neither stands alone.

Record last: from the first event until the end of the transaction nobody else can append, so an act
that locks more rows after its event could wait for another that waits for the trail.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.audit import chain
from onmodel.audit.models import Event, Head, marked
from onmodel.audit.origin import current

A_BATCH = 1_000
HEAD = 1


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An event to be: what was done to which record, of whom, why."""

    verb: str
    subject: models.Model | None
    patient: int | None = None
    patients: Iterable[int] = ()
    why: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def record(
    *,
    by: User | None,
    verb: str,
    subject: models.Model | None,
    patient: int | None = None,
    patients: Iterable[int] = (),
    why: str = "",
    **detail: object,
) -> Event:
    """Add an event about `subject`; `by` is None only for the program's own nightly work.

    Of whom it is, the subject says itself (`of_patient`) unless it is given; `patients` are the ids of
    those in a list.
    """
    draft = Draft(verb=verb, subject=subject, patient=patient, patients=patients, why=why, detail=detail)
    return record_all([draft], by=by)[0]


def record_all(drafts: Iterable[Draft], *, by: User | None) -> list[Event]:
    """Add many events in their order, in few statements."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event belongs in the transaction of its act.")
    events = [_event(draft, by) for draft in drafts]
    if not events:
        return []
    head = _lock()
    now, sequence, digest = timezone.now(), head.sequence, head.digest
    for event in events:
        sequence += 1
        event.at, event.sequence, event.previous = now, sequence, digest
        event.digest = digest = chain.digest(digest, event.content())
    _store(events)
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


def _event(draft: Draft, by: User | None) -> Event:
    origin, subject = current(), draft.subject
    return Event(
        by=by,
        verb=draft.verb,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        patient=draft.patient if draft.patient is not None else getattr(subject, "of_patient", None),
        patients=marked(draft.patients),
        channel=origin.channel,
        address=origin.address,
        why=draft.why.replace("\0", ""),
        detail=json.loads(json.dumps(draft.detail, cls=DjangoJSONEncoder, allow_nan=False)),
    )
