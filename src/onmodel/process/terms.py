"""Entries of the pack's lists, and the refusal of what is none of them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.packs.pack import Pack
from onmodel.packs.standards import Term


def entries(pack: Pack, listed: str) -> tuple[Term, ...]:
    """In the pack's order; empty for a list that the pack does not have."""
    found = pack.terms.get(listed)
    return found.terms if found else ()


def entry(pack: Pack, listed: str, name: str) -> Term | None:
    return next((term for term in entries(pack, listed) if term.id == name), None)


def label(pack: Pack, listed: str, name: str) -> str:
    """In the reader's language; the name itself where the pack does not know it any more."""
    found = entry(pack, listed, name)
    return found.label.in_(get_language() or "en") if found else name


def choices(pack: Pack, listed: str) -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(term.id, term.label.in_(language)) for term in entries(pack, listed)]


def known(pack: Pack, listed: str, name: str) -> Term:
    """The entry of that name. ValidationError, with what there is, for another."""
    found = entry(pack, listed, name)
    if found is None:
        there = ", ".join(label for _name, label in choices(pack, listed))
        wrong = {"value": name, "choices": there or _("nothing")}
        raise ValidationError(_("%(value)s is not one of the choices: %(choices)s.") % wrong)
    return found
