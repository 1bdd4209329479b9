"""The words of questions about figures: what is asked, what was found, what may be behind it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.questions.looking import Fact
from onmodel.questions.models import Kind
from onmodel.wording.numbers import written


def asked(kind: Kind) -> str:
    """The question, without a verdict."""
    return {
        Kind.REPEATED: _("Why were these forms filled again so soon?"),
        Kind.FAST: _("Did these patients have time and quiet to answer?"),
        Kind.SAME_ANSWERS: _("Do these rows of one answer say what the patient meant?"),
        Kind.STAFF_DEVICE: _("Could these patients answer freely where staff sign in?"),
        Kind.DISCHARGE: _("Was the end of these treatments planned before the first good score?"),
        Kind.MISSING: _("What keeps the forms of these patients from coming back?"),
    }[kind]


def found_in_words(kind: Kind, fact: Fact) -> str:
    """What was found at one form or treatment."""
    number = fact.number or 0.0
    if kind is Kind.REPEATED:
        days = int(number)
        return ngettext("%(n)s day after the one before", "%(n)s days after the one before", days) % {
            "n": days
        }
    if kind is Kind.FAST:
        values = {"seconds": written(number, 1), "items": fact.of}
        return _("%(seconds)s seconds an item, over %(items)s items") % values
    if kind is Kind.SAME_ANSWERS:
        return _("%(run)s of %(items)s items in a row the same") % {"run": int(number), "items": fact.of}
    if kind is Kind.DISCHARGE:
        days = int(number)
        return ngettext(
            "ended %(n)s day after the first good score", "ended %(n)s days after the first good score", days
        ) % {"n": days}
    return _("filled in a browser of staff")


def may_be(kind: Kind) -> list[str]:
    """Explanations without any fault, to think of first."""
    return {
        Kind.REPEATED: [
            _("A first try was broken off, or entered twice."),
            _("A crisis was a reason to ask again."),
        ],
        Kind.FAST: [
            _("The patient knows the form by heart."),
            _("Answers were copied from paper on the patient's own device."),
        ],
        Kind.SAME_ANSWERS: [
            _("Somebody without these complaints answers the same all along, and rightly so."),
            _("The patient was tired, or the form too long."),
        ],
        Kind.STAFF_DEVICE: [
            _("The patient had no device at hand and was lent one."),
            _("The patient asked for help with reading."),
        ],
        Kind.DISCHARGE: [
            _("The last measurement was planned at the end that was agreed long before."),
            _("The date of the end was recorded late."),
        ],
        Kind.MISSING: [
            _("These patients are harder to reach, or had a hard year."),
            _("Nobody reminded them while a colleague was away."),
        ],
    }[kind]
