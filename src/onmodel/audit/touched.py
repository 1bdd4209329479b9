"""Whom and which programmes the events of a stretch of work are about, for what has to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass
class Touched:
    """Ids of patients, and of programmes of events that are about no patient."""

    patients: set[int] = field(default_factory=set)
    programmes: set[int] = field(default_factory=set)


_touched: ContextVar[Touched | None] = ContextVar("touched", default=None)


@contextmanager
def noting() -> Iterator[Touched]:
    """Note what is touched inside."""
    token = _touched.set(touched := Touched())
    try:
        yield touched
    finally:
        _touched.reset(token)


def note(subject: object, patient: int | None, patients: Iterable[int]) -> None:
    """An event about that subject, and of those patients, was recorded."""
    touched = _touched.get()
    if touched is None:
        return
    about = {*patients, *([patient] if patient is not None else [])}
    touched.patients |= about
    programme = getattr(subject, "programme_id", None)
    if not about and programme is not None:
        touched.programmes.add(programme)
