"""Put the first of IDENTITY_KEYS on every identity and second factor, so that an older key can go.

In batches, each whole or not at all. What has the first key already is passed over, so that a run
that was broken off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F

from onmodel.audit.actions import record
from onmodel.patients.models import Identity
from onmodel.patients.sealing import indexes_of, reseal, sealed_by_first_key, unseal

A_BATCH = 500


class RotationError(RuntimeError):
    """An identity that none of the keys opens; the batch that it is in was left as it was."""

    def __init__(self, identity: int) -> None:
        super().__init__(
            f"Identity {identity} opens with none of IDENTITY_KEYS: add the key that it was sealed with. "
            "Batches before it are done; nothing of its own batch was changed."
        )


@dataclass(frozen=True)
class Rotated:
    resealed: int
    reindexed: int
    unchanged: int

    @property
    def total(self) -> int:
        return self.resealed + self.reindexed + self.unchanged


def rotate(*, batch: int = A_BATCH, progress: Callable[[int], None] | None = None) -> Rotated:
    """Seal anew what has another key, index anew what has another index, then look at all of it again.

    Raises RotationError where a key is lacking, RuntimeError where the second look finds anything.
    """
    resealed = reindexed = unchanged = last = 0
    while True:
        with transaction.atomic():
            rows = _rows().select_for_update().filter(pk__gt=last)[:batch]
            done = [_rotate_one(identity) for identity in rows]
            if not done:
                break
            last = done[-1][0]
            resealed += sum(how == "resealed" for _, how in done)
            reindexed += sum(how == "reindexed" for _, how in done)
            unchanged += sum(how == "unchanged" for _, how in done)
            if any(how != "unchanged" for _, how in done):
                record(by=None, verb="identities sealed anew", subject=None, first=done[0][0], last=last)
        if progress is not None:
            progress(len(done))
    _verify()
    return Rotated(resealed, reindexed, unchanged)


def _rows() -> models.QuerySet:
    """Identities as they lie in the table, not opened."""
    closed = ExpressionWrapper(F("sealed"), output_field=models.BinaryField())
    return Identity.objects.defer("sealed").annotate(closed=closed).order_by("pk")


def _rotate_one(identity: Identity) -> tuple[int, str]:
    content = _opened(identity)
    indexes = indexes_of(content)
    stale = any(getattr(identity, name) != value for name, value in indexes.items())
    if not sealed_by_first_key(identity.closed):
        Identity.objects.filter(pk=identity.pk).update(sealed=content, **indexes)
        return identity.pk, "resealed"
    if stale:
        Identity.objects.filter(pk=identity.pk).update(**indexes)
        return identity.pk, "reindexed"
    return identity.pk, "unchanged"


def _opened(identity: Identity) -> dict[str, object]:
    try:
        return unseal(identity.closed)
    except InvalidToken:
        raise RotationError(identity.pk) from None


def _verify() -> None:
    wrong = [
        identity.pk
        for identity in _rows().iterator(A_BATCH)
        if not sealed_by_first_key(identity.closed)
        or any(getattr(identity, name) != value for name, value in indexes_of(_opened(identity)).items())
    ]
    if wrong:
        raise RuntimeError(f"{len(wrong)} identities were written by another key meanwhile: run it again.")


class SealedFactorError(RuntimeError):
    """A second factor that none of the keys opens."""

    def __init__(self, factor: Authenticator) -> None:
        super().__init__(
            f"The second factor {factor.pk} of {factor.user.username} opens with none of IDENTITY_KEYS: add "
            "the key that it was sealed with, or remove the factor. No second factor was changed."
        )


@transaction.atomic
def reseal_second_factors() -> int:
    """Seal every secret that has not the first of IDENTITY_KEYS anew; how many factors were resealed."""
    changed = 0
    for factor in Authenticator.objects.select_for_update(of=("self",)).select_related("user"):
        sealed = {name: factor.data[name] for name in ("secret", "seed") if name in factor.data}
        stale = {name: text for name, text in sealed.items() if not sealed_by_first_key(text.encode())}
        if not stale:
            continue
        try:
            factor.data |= {name: reseal(text) for name, text in stale.items()}
        except InvalidToken:
            raise SealedFactorError(factor) from None
        factor.save(update_fields=["data"])
        changed += 1
    if changed:
        record(by=None, verb="second factors sealed anew", subject=None, factors=changed)
    return changed
