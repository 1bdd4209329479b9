"""Figures and periods written out, in the language in force."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.reports.document import Basis, Figure, Report
from onmodel.reports.period import COUNTED
from onmodel.wording.numbers import date_written, written

NBSP = "\N{NO-BREAK SPACE}"


def value_of(figure: Figure) -> str:
    """ "12.4 months", "< 0.001", or "unknown"."""
    if figure.value is None:
        return _("unknown")
    text = written(figure.value, figure.decimals)
    if figure.least is not None and figure.value < figure.least:
        text = f"<{NBSP}{written(figure.least, figure.decimals)}"
    if figure.unit == "%":
        return f"{text}{NBSP}%"
    return f"{text} {figure.unit}" if figure.unit else text


def detail_of(figure: Figure) -> str:
    """The interval and n, or why it is unknown."""
    parts = []
    if figure.value is None and figure.why:
        parts.append(figure.why)
    if figure.lower is not None and figure.upper is not None:
        bounds = {
            "low": written(figure.lower, figure.decimals),
            "high": written(figure.upper, figure.decimals),
        }
        parts.append(_("%(low)s to %(high)s") % bounds)
    if figure.n is not None:
        parts.append(f"n{NBSP}={NBSP}{written(figure.n, 0)}")
    return " · ".join(parts)


def basis_in_words(basis: Basis) -> str:
    if basis.rule == COUNTED:
        return _("Counted: %(data)s.") % {"data": basis.data}
    version = _(", version %(version)s") % {"version": basis.version} if basis.version else ""
    return f"{_sentence(basis.rule + version)}. {_sentence(basis.data)}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def period_in_words(report: Report) -> str:
    return _("%(start)s to %(end)s") % {"start": date_written(report.start), "end": date_written(report.end)}
