"""A cache that all server processes share: the tries at sign-in are counted in it.

Django's own cache in the database keeps pickled objects, which run as code when they are read, and readable
keys, in which an address stands. This one keeps JSON under keyed digests.
"""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from onmodel.accounts.models import Kept

FOREVER = datetime.timedelta(days=3650)
#: What is over is swept out once in so many writes.
SWEPT_ONCE_IN = 100


class SharedCache(BaseCache):
    """Values of JSON, in the table of `Kept`."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: object, timeout: object = DEFAULT_TIMEOUT, version: object = None) -> bool:
        digest = self._digest(key, version)
        Kept.objects.filter(pk=digest, until__lte=timezone.now()).delete()
        try:
            with transaction.atomic():
                Kept.objects.create(pk=digest, value=value, until=self._until(timeout))
        except IntegrityError:
            return False
        return True

    def get(self, key: str, default: object = None, version: object = None) -> Any:
        found = Kept.objects.filter(pk=self._digest(key, version), until__gt=timezone.now()).first()
        return default if found is None else found.value

    def set(self, key: str, value: object, timeout: object = DEFAULT_TIMEOUT, version: object = None) -> None:
        if not secrets.randbelow(SWEPT_ONCE_IN):
            Kept.objects.filter(until__lte=timezone.now()).delete()
        kept = {"value": value, "until": self._until(timeout)}
        Kept.objects.update_or_create(pk=self._digest(key, version), defaults=kept)

    def touch(self, key: str, timeout: object = DEFAULT_TIMEOUT, version: object = None) -> bool:
        live = Kept.objects.filter(pk=self._digest(key, version), until__gt=timezone.now())
        return bool(live.update(until=self._until(timeout)))

    def delete(self, key: str, version: object = None) -> bool:
        return bool(Kept.objects.filter(pk=self._digest(key, version)).delete()[0])

    def clear(self) -> None:
        Kept.objects.all().delete()

    def _digest(self, key: str, version: object) -> str:
        made = self.make_and_validate_key(key, version=version)
        return salted_hmac("onmodel.accounts.shared", made, algorithm="sha256").hexdigest()

    def _until(self, timeout: object) -> datetime.datetime:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return timezone.now() + (FOREVER if seconds is None else datetime.timedelta(seconds=float(seconds)))
