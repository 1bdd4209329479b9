"""Two people who edit one record: the second one is told, and overwrites nothing.

A form carries the stamp of the record as the person saw it; the action, with the row locked, compares
it with the stamp of the record as it stands. A stamp is made from the values themselves, so any record
can have one.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.crypto import salted_hmac


class ChangedMeanwhileError(Exception):
    """Somebody else saved the record after this person opened it; `current` is what stands now."""

    def __init__(self, current: models.Model | None) -> None:
        super().__init__("The record was changed meanwhile.")
        self.current = current


def stamp(record: models.Model | None, fields: Iterable[str]) -> str:
    """The same for the same values; tells nothing about them."""
    if record is None:
        return "none"
    return stamp_of([str(record.pk), *(getattr(record, name) for name in fields)])


def stamp_of(values: Iterable[object]) -> str:
    return salted_hmac("onmodel.stamp", repr([str(value) for value in values])).hexdigest()[:20]


def refuse_stale(current: models.Model | None, now: str, seen: str | None) -> None:
    """ChangedMeanwhileError where the person saw another state; without `seen` nothing was compared."""
    if seen and seen != now:
        raise ChangedMeanwhileError(current)
