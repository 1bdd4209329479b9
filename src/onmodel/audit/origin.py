"""Where an act comes from: a page at an address, a command, a job. Set at the door, read by `record`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """`channel` is web, api, command or job; `address` is the IP address where there is one."""

    channel: str = "program"
    address: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - frozen


def current() -> Origin:
    return _origin.get()


def come_from(channel: str, address: str = "") -> None:
    """For the rest of this process or thread: a command, a worker."""
    _origin.set(Origin(channel, address))


@contextmanager
def coming_from(channel: str, address: str = "") -> Iterator[None]:
    """For what happens inside: a request."""
    token = _origin.set(Origin(channel, address))
    try:
        yield
    finally:
        _origin.reset(token)
