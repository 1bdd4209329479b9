"""A patient's access log on paper, tagged to PDF/UA-1."""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib import resources

import typst
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.audit.models import Event
from onmodel.charts import fonts
from onmodel.patients.models import Patient
from onmodel.reports.access_log import Line, events_of, lines


def access_log_pdf(patient: Patient, *, language: str, events: Iterable[Event] | None = None) -> bytes:
    """Every event of the patient, or those given, newest first."""
    with override(language):
        told = lines(patient, events_of(patient) if events is None else events)
        content = _content(patient, told, language)
    files = {
        "main.typ": resources.files("onmodel.reports.paper").joinpath("access_log.typ").read_bytes(),
        "log.json": json.dumps(content, ensure_ascii=False).encode(),
    }
    return typst.compile(
        files,
        format="pdf",
        font_paths=[str(fonts.directory())],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=0,
    )


def _content(patient: Patient, told: list[Line], language: str) -> dict[str, object]:
    simulated = patient.treatments.filter(programme__is_simulated=True).exists()
    return {
        "language": language,
        "title": _("Who saw this record"),
        "patient": patient.pseudonym,
        "organisation": patient.organisation.name,
        "until": _("As of %(moment)s") % {"moment": _moment(timezone.now())},
        "simulated": _("Simulated data") if simulated else "",
        "empty": _("Nobody has seen or changed anything yet."),
        "page": _("page"),
        "columns": [_("When"), _("Who"), _("What"), _("Why"), _("From")],
        "rows": [[_moment(line.at), line.who, line.role, line.what, line.why, line.where] for line in told],
    }


def _moment(at) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
