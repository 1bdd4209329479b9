"""Which text a patient decides upon: the programme's own, else the organisation's, else the pack's."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import F, Q

from onmodel import library
from onmodel.consent.models import ConsentText
from onmodel.consent.purposes import Purpose
from onmodel.packs.base import Text
from onmodel.programmes.models import Programme

#: The term list of the generic pack with the default words, one term a purpose.
DEFAULT_PACK, DEFAULT_TEXTS = "generic", "consent_texts"


@dataclass(frozen=True)
class TextInForce:
    """`source` and `version` are kept with the decision."""

    source: str
    version: str
    words: Text


def text_in_force(programme: Programme, purpose: Purpose, day: datetime.date) -> TextInForce:
    """The text that holds in a programme on that day."""
    own = ConsentText.objects.filter(
        Q(programme=programme) | Q(programme__isnull=True),
        organisation=programme.organisation_id,
        purpose=purpose,
        holds_from__lte=day,
    ).order_by(F("programme").desc(nulls_last=True), "-holds_from", "-id")
    found = own.first()
    if found is not None:
        source = programme.slug if found.programme_id else programme.organisation.slug
        return TextInForce(source, found.version, Text(en=found.english, nl=found.dutch))
    listed = library.load(DEFAULT_PACK).terms[DEFAULT_TEXTS]
    term = next(term for term in listed.terms if term.id == purpose)
    return TextInForce(DEFAULT_PACK, listed.version, term.help or term.label)
