"""Go along the chain and say what does not fit: removed, altered, inserted, reordered, cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from onmodel.audit import chain, guard
from onmodel.audit.models import PATIENT_ERASED, Event, EventQuerySet, Head, Words

A_CHUNK = 2_000
MOST = 100


@dataclass(frozen=True)
class Fault:
    """Something that does not fit; `sequence` is the number of the event, or of the first of them."""

    kind: str  # removed, altered, broken, repeated, cut_off, beyond_head, head, noted, words, unguarded
    sequence: int | None
    message: str


@dataclass(frozen=True)
class Noted:
    """A head that somebody wrote down elsewhere."""

    sequence: int
    digest: str


@dataclass
class Verdict:
    events: int = 0
    head: str = ""
    faults: list[Fault] = field(default_factory=list)
    more: int = 0

    @property
    def holds(self) -> bool:
        return not self.faults

    def add(self, faults: Iterable[Fault]) -> None:
        for fault in faults:
            if len(self.faults) < MOST:
                self.faults.append(fault)
            else:
                self.more += 1


def parse(line: str) -> Noted:
    """'12:ab...' as `onmodel audit head` prints it; ValueError where it is not that."""
    number, _, digest = line.strip().partition(":")
    if not number.isdigit() or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValueError(f"{line.strip()!r} is not a head: a number, a colon and 64 hexadecimal digits.")
    return Noted(int(number), digest)


def verify(noted: Iterable[Noted] = ()) -> Verdict:
    """The whole trail; `noted` are heads kept elsewhere, which must still be in it.

    Most of it is read while others go on writing; they wait only for the last stretch.
    """
    walk = Walk({note.sequence: note for note in noted})
    seen = Head.objects.first()
    if seen is not None:
        walk.along(Event.objects.filter(sequence__lte=seen.sequence))
    with transaction.atomic():
        head = Head.objects.select_for_update().first()
        rest = Event.objects.all()
        walk.along(rest.filter(sequence__gt=seen.sequence) if seen is not None else rest)
        walk.verdict.add(_end(head, walk.expected - 1, walk.before))
    walk.verdict.add(_words())
    walk.verdict.add(_absent(walk.noted.values()))
    walk.verdict.add(_unguarded())
    walk.verdict.head = str(head or "")
    return walk.verdict


class Walk:
    """How far along the chain, and what was found on the way."""

    def __init__(self, noted: dict[int, Noted]) -> None:
        self.noted, self.verdict = noted, Verdict()
        self.expected, self.before = 1, chain.BEGINNING

    def along(self, events: EventQuerySet) -> None:
        columns = (*chain.CONTENT, "previous", "digest")
        for *content, previous, found in events.order_by("sequence").values_list(*columns).iterator(A_CHUNK):
            self.verdict.events += 1
            self.verdict.add(self._faults(content, previous, found))
            self.expected, self.before = content[0] + 1, found

    def _faults(self, content: list[Any], previous: str, found: str) -> Iterator[Fault]:
        sequence = content[0]
        yield from _in_place(sequence, self.expected)
        yield from _link(sequence, self.expected, previous, self.before)
        if not chain.fits(found, lambda key: chain.digest(previous, content, key=key)):
            yield Fault("altered", sequence, f"event {sequence} is not as it was written")
        note = self.noted.pop(sequence, None)
        if note is not None and note.digest != found:
            yield _differs(note)


def _in_place(sequence: int, expected: int) -> Iterator[Fault]:
    if sequence > expected:
        last = sequence - 1
        which = f"event {expected} is" if last == expected else f"events {expected} to {last} are"
        yield Fault("removed", expected, f"{which} missing")
    elif sequence < expected:
        yield Fault("repeated", sequence, f"number {sequence} stands there twice")


def _link(sequence: int, expected: int, previous: str, before: str) -> Iterator[Fault]:
    if sequence == expected and previous != before:
        yield Fault("broken", sequence, f"event {sequence} does not follow from the one before it")


def _end(head: Head | None, last: int, digest: str) -> Iterator[Fault]:
    if head is None:
        yield Fault("head", None, "the head of the trail is gone")
        return
    if not chain.fits(head.seal, lambda key: chain.seal(head.sequence, head.digest, key=key)):
        yield Fault("head", head.sequence, "the head of the trail was altered")
    if last < head.sequence:
        yield Fault("cut_off", last + 1, f"the trail ends at {last}; its head says {head.sequence}")
    elif last > head.sequence:
        yield Fault("beyond_head", head.sequence + 1, f"events after {head.sequence} do not belong there")
    elif digest != head.digest:
        yield Fault("head", last, "the last event is not the one that the head names")


def _words() -> Iterator[Fault]:
    """Words that were altered, put under an event, or taken away from a patient who was not erased."""
    for words in Words.objects.select_related("event").order_by("event__sequence").iterator(A_CHUNK):
        if not words.fits(words.event.words):
            sequence = words.event.sequence
            yield Fault("words", sequence, f"what was written in event {sequence} is not as it was written")
    erased = Event.objects.filter(
        verb=PATIENT_ERASED, patient=OuterRef("patient"), sequence__gt=OuterRef("sequence")
    )
    gone = Event.objects.exclude(words="").filter(said__isnull=True).filter(~Exists(erased))
    for sequence in gone.values_list("sequence", flat=True).iterator(A_CHUNK):
        yield Fault("words", sequence, f"what was written in event {sequence} is missing")


def _differs(note: Noted) -> Fault:
    return Fault("noted", note.sequence, f"event {note.sequence} is not the one that was noted elsewhere")


def _absent(noted: Iterable[Noted]) -> Iterator[Fault]:
    for note in noted:
        if note.sequence == 0 and note.digest == chain.BEGINNING:
            continue
        yield Fault("noted", note.sequence, f"event {note.sequence}, noted elsewhere, is not in the trail")


def _unguarded() -> Iterator[Fault]:
    absent = guard.missing(connection)
    if absent:
        yield Fault("unguarded", None, f"the database no longer refuses changes: {', '.join(absent)} missing")
