"""An empty form on paper, with boxes to tick, in the words in which it is asked."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.assessments.models import Assignment
from onmodel.charts import fonts
from onmodel.forms.safety import safety_text
from onmodel.forms.wording import Question, questions
from onmodel.packs.instruments import Instrument
from onmodel.wording.numbers import date_written, written


def form_pdf(form: Assignment, instrument: Instrument, language: str) -> bytes:
    """A4 in English or Dutch; the pseudonym stands on it, and nothing else of the patient."""
    with override(language):
        content = json.dumps(form_on_paper(form, instrument, language), ensure_ascii=False)
    source = resources.files("onmodel.reports.paper").joinpath("form.typ").read_bytes()
    return typst.compile(
        {"main.typ": source, "form.json": content.encode()},
        format="pdf",
        font_paths=[str(fonts.directory())],
        ignore_system_fonts=True,
        timestamp=0,
    )


def form_on_paper(form: Assignment, instrument: Instrument, language: str) -> dict[str, Any]:
    """What stands on the paper."""
    due = _("Please fill it in before %(day)s.") % {"day": date_written(form.due_on)} if form.due_on else ""
    return {
        "language": language,
        "title": instrument.title.in_(language),
        "instruction": instrument.instruction.in_(language) if instrument.instruction else "",
        "recall": _("It is about %(period)s.") % {"period": instrument.recall.in_(language)}
        if instrument.recall
        else "",
        "pseudonym": form.treatment.patient.pseudonym,
        "reference": str(form.pk)[:8],
        "due": due,
        "day": _("Date"),
        "number": _("Number"),
        "page": _("page"),
        "help": _("Tick one box a question. You may pass over a question."),
        "danger": _danger(form) if instrument.risk_items else [],
        "version": f"{instrument.abbreviation} {form.instrument_version}",
        "simulated": _("Simulated data") if form.programme.is_simulated else "",
        "questions": [_question(question) for question in questions(instrument, language)],
    }


def _danger(form: Assignment) -> list[str]:
    """The programme's safety text, a paragraph a line: paper answers nobody."""
    lines = [
        _("This paper is not read at once. Do you need help now?"),
        *safety_text(form.programme).splitlines(),
    ]
    return [line.strip() for line in lines if line.strip()]


def _question(question: Question) -> dict[str, Any]:
    ends = [written(end) for end in (question.low, question.high) if end is not None]
    return {
        "item": question.item,
        "label": question.label,
        "help": question.help,
        "choices": [choice.label for choice in question.choices],
        "is_text": question.kind == "text",
        "range": " ".join(filter(None, ["–".join(ends) if len(ends) == 2 else "", question.unit])),
    }
