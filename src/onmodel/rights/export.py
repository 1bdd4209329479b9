"""Everything that is known of one patient, as plain values. `docs/privacy.md` describes the structure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from onmodel import library
from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.audit.models import Event
from onmodel.packs.instruments import Instrument
from onmodel.packs.problems import PackError
from onmodel.patients.models import Identity, Patient, Treatment
from onmodel.rights.plain import plain, written
from onmodel.sharing.models import Reaches

FORMAT = "onmodel-patient-1"


def patient_data(
    patient: Patient,
    *,
    treatments: Iterable[Treatment] | None = None,
    whole: bool = True,
    reader: User | None = None,
) -> dict[str, Any]:
    """All of it but what therapists keep for themselves.

    For staff (`reader`) only these treatments, without identity, account and access log (not `whole`), and
    only the answers, scores and words of a conversation that reach them.
    """
    without = frozenset({Treatment} if whole else {Treatment, Identity})
    record = plain(patient, without=without)
    chosen = list(patient.treatments.all() if treatments is None else treatments)
    if whole:
        record["identity"] = record["identity"]["sealed"] if record["identity"] else None
        record["account"] = _account(patient.user)
    record.pop("user", None)
    return {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "simulated": any(treatment.programme.is_simulated for treatment in chosen),
        "complete": whole and len(chosen) == patient.treatments.count(),
        "patient": record,
        "treatments": [_treatment(treatment, None if whole else reader) for treatment in chosen],
        "access_log": _access_log(patient) if whole else None,
    }


def _account(user: User | None) -> dict[str, Any] | None:
    """The sign-in, without its secrets."""
    if user is None:
        return None
    told = ("username", "name", "email", "language", "date_joined", "last_login")
    return {name: written(getattr(user, name)) for name in told}


def _treatment(treatment: Treatment, reader: User | None) -> dict[str, Any]:
    content = plain(treatment, without=_not_for(reader, treatment))
    content.pop("patient")
    content["programme"] = {
        "name": treatment.programme.name,
        "organisation": str(treatment.programme.organisation),
    }
    if "letters" in content:  # a draft is nothing that anybody said yet
        content["letters"] = [letter for letter in content["letters"] if letter["state"] == "released"]
    forms = _reaching(content.pop("assignments"), treatment, reader)
    return {**content, "forms": [_form(form) for form in forms]}


def _not_for(reader: User | None, treatment: Treatment) -> frozenset[type[Model]]:
    """What patient and therapist say to each other (`of_conversation`), for staff who have no part in it."""
    visible = Treatment.objects.visible_to
    if reader is None or visible(reader, Permission.CONVERSATION_VIEW).filter(pk=treatment.pk).exists():
        return frozenset()
    return frozenset(model for model in apps.get_models() if getattr(model, "of_conversation", False))


def _reaching(forms: list[dict[str, Any]], treatment: Treatment, reader: User | None) -> list[dict[str, Any]]:
    """Without what a therapist keeps; for staff (`reader`) emptied of what does not reach them."""
    kept = set(treatment.assignments.for_the_patient().values_list("pk", flat=True))
    forms = [form for form in forms if reader is not None or UUID(form["id"]) in kept]
    if reader is None:
        return forms
    read = {
        part: set(treatment.assignments.open_to(reader, level).values_list("pk", flat=True))
        for part, level in (("answers", Reaches.ITEMS), ("scores", Reaches.SCORES))
    }
    return [
        {**form, **{part: [] for part, allowed in read.items() if UUID(form["id"]) not in allowed}}
        for form in forms
    ]


def _form(form: dict[str, Any]) -> dict[str, Any]:
    """With the title, and the words of questions and options where the pack has them."""
    form["title"] = None
    instrument = instrument_named(form["pack"], form["instrument"])
    if instrument is not None:
        form["title"] = {"en": instrument.title.en, "nl": instrument.title.nl}
        for answer in form["answers"]:
            answer["question"], answer["answer"] = words_of(instrument, answer)
    return form


def instrument_named(pack: str, name: str) -> Instrument | None:
    """None where the pack or the form is no longer there: the answers are exported all the same."""
    try:
        return library.load(pack).instruments.get(name)
    except PackError:
        return None


def words_of(instrument: Instrument, answer: dict[str, Any]) -> tuple[Any, Any]:
    try:
        item = instrument.item(answer["item"])
    except KeyError:
        return None, None
    option = next((o for o in instrument.options_of(item) if o.value == answer["value"]), None)
    return _both(item.label), _both(option.label if option else None)


def _both(text: Any) -> dict[str, str] | None:
    return {"en": text.en, "nl": text.nl} if text is not None else None


def _access_log(patient: Patient) -> list[dict[str, Any]]:
    """Who saw or did what of this patient, when and why."""
    events = Event.objects.of_patient(patient.pk).select_related("by", "said").order_by("at", "pk")
    return [
        {
            "at": event.at.isoformat(timespec="seconds"),
            "by": event.by.name if event.by else None,
            "what": event.verb,
            "about": event.subject_kind,
            "why": event.reason,
        }
        for event in events
    ]


def days_of(data: dict[str, Any]) -> tuple[datetime.date, datetime.date]:
    """The first and last day that the record speaks of."""
    today = timezone.localdate()
    days = [
        datetime.date.fromisoformat(day)
        for treatment in data["treatments"]
        for day in (treatment["referred_on"], treatment["started_on"], *_answered(treatment))
        if day
    ]
    return min(days, default=today), today


def _answered(treatment: dict[str, Any]) -> list[str | None]:
    return [form["answered_on"] for form in treatment["forms"]]
