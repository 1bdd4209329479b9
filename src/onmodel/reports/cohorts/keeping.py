"""Figures that are computed once and kept until the records change: files beside the database.

The version of the data is the last act in the audit trail that changes a record, the last score that was
written, and the day. Reading a page changes nothing, so it does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import msgspec
from django.core.cache import caches
from django.db.models import Max
from django.utils import timezone

from onmodel.assessments.models import Score
from onmodel.audit.models import PATIENT_ERASED, Event
from onmodel.consent.models import Consent
from onmodel.consent.purposes import Purpose
from onmodel.reports.cohorts.series import Figures

#: A computation that has said nothing for so long has died.
SILENT_SECONDS = 90
#: Acts that change no figure, so that looking at a page does not make the next one compute anew.
READING = frozenset(
    {
        "access log opened",
        "access log printed",
        "comparison taken",
        "consent read",
        "emergency access read",
        "emergency accesses listed",
        "figures taken",
        "form opened to correct",
        "home opened",
        "identity opened",
        "import problems taken",
        "import read",
        "outcomes opened",
        "patient access opened",
        "patient access read",
        "patients listed",
        "patients sought",
        "progress looked at",
        "questions opened",
        "released reports listed",
        "report opened",
        "report taken",
        "research data taken",
        "signal acknowledged",
        "signal read",
        "signals listed",
        "signed in",
        "signed out",
        "treatment opened",
        "treatment opened to correct",
        "treatment opened with identity",
    }
)


@dataclass(frozen=True)
class Progress:
    done: int
    of: int


@dataclass(frozen=True)
class Kept:
    """Figures that were computed; `fresh` while the records are as they were then."""

    figures: Figures
    fresh: bool


def data_version() -> str:
    """What changes when a record does. Two queries, each of the end of an index."""
    acts = Event.objects.exclude(verb__in=READING).order_by("-sequence")
    last = acts.values_list("sequence", flat=True).first()
    score = Score.objects.aggregate(last=Max("pk"))["last"]
    return f"{timezone.localdate()} {last} {score}"


def withdrawals() -> str:
    """What changes when a patient objects to the monitoring of quality, or is erased."""
    decided = Consent.objects.filter(purpose=Purpose.QUALITY_MONITORING).exclude(decision="given")
    erased = Event.objects.filter(verb=PATIENT_ERASED).order_by("-sequence")
    last = decided.aggregate(last=Max("pk"))["last"]
    return f"{last} {erased.values_list('sequence', flat=True).first()}"


def kept(name: str, version: str) -> Kept | None:
    """The figures of that name, also when they are of an older version.

    Not those from before a patient objected or was erased: that holds everywhere at once.
    """
    found = caches["figures"].get(_key(name))
    if found is None or len(found) != 3:
        return None
    of, before, content = found
    if of != version and before != withdrawals():
        return None
    try:
        figures = msgspec.json.decode(content, type=Figures)
    except msgspec.DecodeError:
        return None  # kept by another version of the program
    return Kept(figures, fresh=of == version)


def keep(name: str, version: str, figures: Figures, *, after: str) -> None:
    """Keep the figures, computed from records that were at that version when the computation began.

    `after` are the withdrawals as they were then.
    """
    caches["figures"].set(_key(name), (version, after, msgspec.json.encode(figures)))
    caches["figures"].delete(_key(f"progress {name}"))


def tell(name: str, done: int, of: int) -> None:
    """Say how far a computation is."""
    caches["figures"].set(_key(f"progress {name}"), (done, of), SILENT_SECONDS)


def silence(name: str) -> None:
    """Take back that it is under way."""
    caches["figures"].delete(_key(f"progress {name}"))


def under_way(name: str) -> Progress | None:
    """How far the computation is; None where none is under way."""
    found = caches["figures"].get(_key(f"progress {name}"))
    return None if found is None else Progress(*found)


def _key(name: str) -> str:
    return sha256(name.encode()).hexdigest()
