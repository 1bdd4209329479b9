"""Record an event. Call it inside the transaction of the act itself, so that neither stands alone."""

from django.db import models, transaction

from onmodel.accounts.models import User
from onmodel.audit.models import Event


def record(*, by: User | None, verb: str, subject: models.Model, **detail: object) -> Event:
    """Add an event about `subject`; `by` is None only for the program's own nightly work."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event belongs in the transaction of its act.")
    kind = subject._meta.label_lower
    return Event.objects.create(
        by=by, verb=verb, subject_kind=kind, subject_id=str(subject.pk), detail=detail
    )
