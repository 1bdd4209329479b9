"""The words of a reminder: the programme's own, else the pack's; and what may be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from onmodel import library
from onmodel.outreach.models import Channel, ReminderText
from onmodel.programmes.models import Programme

#: The term list of the generic pack with the default words: the label is the subject, the help the body.
DEFAULT_PACK, TERMS = "generic", "reminder_texts"
#: What may stand in braces, and what must.
MAY = ("link", "stop", "number", "until", "programme", "organisation")
MUST = {"invitation": ("link", "stop"), "reminder": ("link", "stop"), "new_link": ("link",)}


@dataclass(frozen=True)
class Words:
    """`version` is kept with each sending."""

    subject: str
    body: str
    version: str

    def filled(self, values: Mapping[str, object]) -> tuple[str, str]:
        """Subject and body with the placeholders filled in."""
        return self.subject.format_map(dict(values)), self.body.format_map(dict(values))


def words_in_force(programme: Programme, kind: str, channel: str, language: str) -> Words:
    own = ReminderText.objects.filter(programme=programme, kind=kind, channel=channel, language=language)
    latest = own.order_by("-version").first()
    if latest is not None:
        return Words(latest.subject, latest.body, f"{programme.slug} {latest.version}")
    return default_words(programme, kind, channel, language)


def default_words(programme: Programme, kind: str, channel: str, language: str) -> Words:
    """Those of the programme's pack, else of the generic one."""
    listed = programme.definitions.terms.get(TERMS) or library.load(DEFAULT_PACK).terms[TERMS]
    term = next(term for term in listed.terms if term.id == f"{kind}_{channel}")
    body = term.help or term.label
    subject = "" if channel == Channel.SMS else term.label.in_(language)
    return Words(subject, body.in_(language), f"{listed.id} {listed.version}")


def check_words(subject: str, body: str, *, kind: str, channel: str) -> None:
    """ValidationError for a brace that does not fit, an unknown placeholder, or a link that is missing."""
    named = _names(subject) | _names(body)
    unknown = sorted(named - set(MAY))
    if unknown:
        wrong = {"names": ", ".join(f"{{{name}}}" for name in unknown), "known": _listed(MAY)}
        raise ValidationError({"body": _("%(names)s cannot be filled in; what can be: %(known)s.") % wrong})
    missing = sorted(set(MUST[kind]) - _names(body))
    if missing:
        raise ValidationError({"body": _("The text must hold %(names)s.") % {"names": _listed(missing)}})
    if channel == Channel.MAIL and not subject.strip():
        raise ValidationError({"subject": _("A mail needs a subject.")})


def _listed(names) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _names(text: str) -> set[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise ValidationError(
            {"body": _("A brace is not closed. To show a brace itself, write it twice.")}
        ) from None
    plain = [part for part in parts if part[1] is not None]
    if any(part[2] or part[3] for part in plain):
        raise ValidationError({"body": _("Only a name may stand in braces.")})
    return {part[1] for part in plain}
