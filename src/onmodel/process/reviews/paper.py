"""The agenda of a review on one page; the same agenda gives the same bytes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.charts.typesetting import typeset
from onmodel.process.models import Review
from onmodel.process.reviews.terms import KINDS
from onmodel.process.terms import label
from onmodel.wording.numbers import date_written


def agenda_pdf(review: Review) -> bytes:
    """In the language in which the agenda was taken; what is long is set smaller."""
    page = resources.files("onmodel.process.reviews").joinpath("agenda.typ").read_bytes()
    with override(review.language):
        content = json.dumps(_content(review), ensure_ascii=False)
    return typeset({"main.typ": page, "agenda.json": content.encode()})


def _content(review: Review) -> dict[str, Any]:
    programme = review.treatment.programme
    pack = programme.definitions
    day = review.held_on or review.planned_on
    taken = _("As the record stood on %(day)s.") % {"day": date_written(review.taken_on)}
    return {
        "language": review.language,
        "title": label(pack, KINDS, review.kind),
        "when": f"{date_written(day)}. {taken}" if day else taken,
        "about": review.treatment.patient.pseudonym,
        "place": f"{programme.name} · {programme.organisation.name}",
        "simulated": _("Simulated data") if programme.is_simulated else "",
        "points": [{**row, "said": review.discussed.get(row["point"], "")} for row in review.agenda],
        "decisions": [one.what for one in review.decisions.all()],
        "words": {"decisions": _("Decisions"), "focus": _("What the next weeks are about")},
        "focus": review.next_focus,
    }
