"""Who asks for a new link: found by the digest of what was typed, so that the address is nowhere kept."""

from __future__ import annotations

from django.db.models import Q

from onmodel.outreach.actions import ask_new_link
from onmodel.outreach.addresses import addresses_of
from onmodel.outreach.models import Channel, Language, ReminderPlan, ReminderWish, Sending
from onmodel.patients.models import Identity, Patient, Treatment
from onmodel.patients.sealing import email_index, phone_index


def digests_of(typed: str) -> dict[str, str]:
    """Channel -> the digest by which an identity is found; nothing for what is neither mail nor number."""
    found = {Channel.MAIL.value: email_index(typed) if "@" in typed else ""}
    found[Channel.SMS.value] = "" if "@" in typed else phone_index(typed)
    return {channel: digest for channel, digest in found.items() if digest}


def new_links(channel: str, digest: str) -> list[Sending]:
    """A message for each patient who has this address, to the treatment under way or the latest one.

    Nothing where it is known of nobody. A text message goes only where the programme sends any.
    """
    column = "email_index" if channel == Channel.MAIL else "phone_index"
    identities = Identity.objects.filter(Q(**{column: digest}))
    patients = Patient.objects.filter(pk__in=identities.values("patient")).order_by("pk")
    asked = [_ask(patient, channel) for patient in patients]
    return [sending for sending in asked if sending is not None]


def _ask(patient: Patient, channel: str) -> Sending | None:
    treatments = Treatment.objects.filter(patient=patient).select_related("programme")
    treatment = max(treatments, key=_under_way_first, default=None)
    if treatment is None or channel not in addresses_of([patient.pk]).get(patient.pk, {}):
        return None
    plan = ReminderPlan.objects.filter(programme=treatment.programme).first()
    if channel == Channel.SMS and (plan is None or not plan.by_sms):
        return None
    wish = ReminderWish.objects.filter(patient=patient).first()
    language = (wish.language if wish else "") or (plan.language if plan else Language.ENGLISH.value)
    return ask_new_link(treatment=treatment, channel=channel, language=language)


def _under_way_first(treatment: Treatment) -> tuple[bool, str, str]:
    known = treatment.started_on or treatment.referred_on
    return (treatment.ended_on is None, known.isoformat() if known else "", str(treatment.pk))
