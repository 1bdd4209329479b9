"""Hand out a copy of a record, and erase one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.adherence.actions import forget_words_about
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.audit.models import PATIENT_ERASED, Words
from onmodel.consent.models import Consent
from onmodel.followup.models import Action
from onmodel.outcomes.models import ImportRun
from onmodel.patients.models import Identity, Patient, Treatment
from onmodel.rights.export import patient_data
from onmodel.sessions.actions import forget_sessions_of
from onmodel.sessions.models import Session
from onmodel.signals.models import Signal
from onmodel.supervision.actions import forget_words_about as forget_supervision_about
from onmodel.supervisors.actions import forget_words_about as forget_exchanges_about


@transaction.atomic
def export_patient(
    *, patient: Patient, by: User | None, treatments: Iterable[Treatment] | None = None, whole: bool = True
) -> dict[str, Any]:
    """The data of one patient, and the event that they were handed out."""
    data = patient_data(patient, treatments=treatments, whole=whole, reader=by)
    record(by=by, verb="patient exported", subject=patient, whole=whole)
    return data


@transaction.atomic
def erase_patient(*, patient: Patient, reason: str, by: User | None, dry_run: bool = False) -> dict[str, int]:
    """Remove who the patient is and all that is recorded of them; how many rows of each kind.

    Released reports and the audit trail stay; the trail knows the patient by a number that leads to
    nobody any more. Figures computed from the record are from now on computed without this patient.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the record is erased."))
    patient = Patient.objects.select_for_update().get(pk=patient.pk)
    counts = what_is_there(patient)
    if dry_run:
        return counts
    gone = Patient(pk=patient.pk)
    about = {patient.pseudonym, *_numbers(patient)}
    _forget_in_imports(patient, about)
    Action.objects.filter(signal__treatment__patient=patient).delete()
    Consent.objects.filter(patient=patient).purge()
    forget_words_about(patient=patient, by=by)
    forget_supervision_about(patient=patient, by=by)
    forget_exchanges_about(patient=patient, by=by)
    forget_sessions_of(patient=patient, reason="a patient in it was erased", by=by)
    user = patient.user
    patient.treatments.all().delete()
    patient.delete()
    if user is not None:
        _forget_account(user)
    Words.objects.forget_patient(gone.pk)
    record(by=by, verb=PATIENT_ERASED, subject=gone, why=reason.strip(), rows=counts)
    return counts


def what_is_there(patient: Patient) -> dict[str, int]:
    """How many rows would go."""
    forms = Assignment.objects.filter(treatment__patient=patient)
    signals = Signal.objects.filter(treatment__patient=patient)
    recordings = Session.objects.with_recording().filter(attendances__treatment__patient=patient)
    return {
        "identities": Identity.objects.filter(patient=patient).count(),
        "accounts": int(patient.user_id is not None),
        "treatments": patient.treatments.count(),
        "forms": forms.count(),
        "answers": forms.aggregate(n=models.Count("answers"))["n"],
        "scores": forms.aggregate(n=models.Count("scores"))["n"],
        "signals": signals.count(),
        "actions": Action.objects.filter(signal__in=signals).count(),
        "recordings": recordings.distinct().count(),
        "consents": patient.consents.count(),
        "words in the audit trail": Words.objects.filter(event__patient=patient.pk).count(),
    }


def _numbers(patient: Patient) -> list[str]:
    identity = Identity.objects.filter(patient=patient).first()
    number = str(identity.sealed.get("record_number", "")) if identity else ""
    return [number] if number else []


def _forget_in_imports(patient: Patient, about: set[str]) -> None:
    """Refused cells of imports that quote the patient."""
    runs = ImportRun.objects.filter(programme__organisation=patient.organisation_id).exclude(problems=[])
    for run in runs:
        kept = [problem for problem in run.problems if str(problem.get("value", "")) not in about]
        if len(kept) != len(run.problems):
            run.problems = kept
            run.save(update_fields=["problems"])


def _forget_account(user: User) -> None:
    """The account stays as a number that events refer to; nothing of the person stays in it."""
    for relation in user._meta.related_objects:
        if relation.on_delete is models.CASCADE and not relation.many_to_many:
            relation.related_model._default_manager.filter(**{relation.field.name: user}).delete()
    user.username, user.name = f"erased-{user.pk}", "–"
    user.first_name = user.last_name = user.email = ""
    user.last_login, user.is_active = None, False
    user.set_unusable_password()
    user.save()
