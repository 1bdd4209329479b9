"""A patient's access log: who saw or changed what of the record, when, from where and why."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from onmodel.access.permissions import ROLES
from onmodel.audit.models import Event
from onmodel.audit.words import channel_in_words, role_in_words, verb_in_words
from onmodel.patients.models import Patient
from onmodel.programmes.models import Membership


@dataclass(frozen=True)
class Line:
    """One event as the patient reads it."""

    at: datetime.datetime
    who: str
    role: str
    what: str
    why: str
    where: str


def events_of(patient: Patient):
    return Event.objects.of_patient(patient.pk).select_related("by", "said").order_by("-sequence")


def lines(patient: Patient, events: Iterable[Event]) -> list[Line]:
    """The events in words of the active language."""
    events = list(events)
    roles = _roles(patient, events)
    return [_line(patient, event, roles.get(event.by_id, ())) for event in events]


def _line(patient: Patient, event: Event, memberships: Iterable[Membership]) -> Line:
    own = patient.user_id is not None and event.by_id == patient.user_id
    return Line(
        at=event.at,
        who=event.by.name if event.by else _nobody(event),
        role=_("the patient") if own else ", ".join(_held(memberships, event.at.date())),
        what=verb_in_words(event.verb) + (f" ({_('in a list')})" if event.patients else ""),
        why=event.reason,
        where=channel_in_words(event.channel),
    )


def _nobody(event: Event) -> str:
    """At a page without an account there is only the patient's link or code."""
    return _("by the patient's link or code") if event.channel == "web" else _("the program itself")


def _roles(patient: Patient, events: list[Event]) -> dict[int, list[Membership]]:
    """The work relations, in the patient's organisation, of everybody who did something."""
    found: dict[int, list[Membership]] = {}
    people = {event.by_id for event in events if event.by_id}
    for membership in Membership.objects.filter(organisation=patient.organisation_id, user__in=people):
        found.setdefault(membership.user_id, []).append(membership)
    return found


def _held(memberships: Iterable[Membership], day: datetime.date) -> list[str]:
    """The roles held on that day, each once."""
    held = {m.role for m in memberships if m.starts_on <= day and (m.ends_on is None or day <= m.ends_on)}
    return [role_in_words(role) for role in ROLES if role in held]
