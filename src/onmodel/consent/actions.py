"""Keep a patient's decision on a purpose, and an organisation's own words for it."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.consent.models import Consent, ConsentText
from onmodel.consent.purposes import Purpose
from onmodel.consent.texts import text_in_force
from onmodel.patients.models import Patient
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Organisation, Programme


@transaction.atomic
def decide(
    *,
    patient: Patient,
    programme: Programme,
    purpose: Purpose,
    decision: str,
    method: str,
    by: User | None,
    decided_on: datetime.date | None = None,
    seen: int | None = None,
) -> Consent:
    """Add the patient's decision; the earlier ones stay as its history.

    `seen` is the id of the decision that the person saw when deciding (0 for none): where another one
    was recorded meanwhile, ChangedMeanwhileError is raised and nothing is kept.
    """
    day = decided_on or timezone.localdate()
    _check(purpose, decision, method, day)
    Patient.objects.select_for_update().get(pk=patient.pk)
    latest = patient.consents.filter(purpose=purpose).first()
    if seen is not None and (latest.pk if latest else 0) != seen:
        raise ChangedMeanwhileError(latest)
    _check_order(latest, decision, day)
    text = text_in_force(programme, purpose, day)
    consent = Consent.objects.create(
        patient=patient,
        purpose=purpose,
        decision=decision,
        decided_on=day,
        method=method,
        text_source=text.source,
        text_version=text.version,
        recorded_by=by,
    )
    record(
        by=by,
        verb=f"consent {decision}",
        subject=patient,
        purpose=str(purpose),
        decided_on=day.isoformat(),
        text=f"{text.source} {text.version}",
    )
    return consent


def _check(purpose: str, decision: str, method: str, day: datetime.date) -> None:
    known = {
        _("purpose"): (purpose, Purpose.values),
        _("decision"): (decision, Consent.Decision.values),
        _("method"): (method, Consent.Method.values),
    }
    for name, (value, values) in known.items():
        if value not in values:
            wrong = {"name": name, "value": value, "values": ", ".join(values)}
            raise ValidationError(_("%(name)s: %(value)s is not one of %(values)s.") % wrong)
    if day > timezone.localdate():
        raise ValidationError(_("The decision lies in the future."))


def _check_order(latest: Consent | None, decision: str, day: datetime.date) -> None:
    """A decision from before the latest one would not count: it has to be said, not swallowed."""
    if latest is not None and day < latest.decided_on:
        wrong = {"day": day.isoformat(), "latest": latest.decided_on.isoformat()}
        raise ValidationError(_("There is a later decision, of %(latest)s; this one is of %(day)s.") % wrong)
    if decision == Consent.Decision.WITHDRAWN and (latest is None or latest.decision != "given"):
        raise ValidationError(_("There is no consent to withdraw; record a refusal."))


@transaction.atomic
def add_text(
    *,
    organisation: Organisation,
    purpose: Purpose,
    version: str,
    english: str,
    dutch: str,
    by: User | None,
    programme: Programme | None = None,
    holds_from: datetime.date | None = None,
) -> ConsentText:
    """A new version of an organisation's or a programme's own words for a purpose."""
    if not (english.strip() and dutch.strip() and version.strip()):
        raise ValidationError(_("A text needs a version, and words in English and in Dutch."))
    if purpose not in Purpose.values:
        wrong = {"name": _("purpose"), "value": purpose, "values": ", ".join(Purpose.values)}
        raise ValidationError(_("%(name)s: %(value)s is not one of %(values)s.") % wrong)
    of = ConsentText.objects.filter(organisation=organisation, programme=programme, purpose=purpose)
    if of.filter(version=version.strip()).exists():
        raise ValidationError(
            {
                "version": _("There is a version %(version)s already; a text is never changed.")
                % {"version": version}
            }
        )
    text = ConsentText.objects.create(
        organisation=organisation,
        programme=programme,
        purpose=purpose,
        version=version.strip(),
        english=english.strip(),
        dutch=dutch.strip(),
        holds_from=holds_from or timezone.localdate(),
    )
    record(
        by=by,
        verb="consent text added",
        subject=text,
        purpose=str(purpose),
        version=text.version,
        holds_from=text.holds_from,
    )
    return text
