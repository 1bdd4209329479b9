"""The copy for a patient on paper: the same content as the JSON, to be read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel import __version__, library
from onmodel.reports.document import Block, Notes, Report, Section, Table
from onmodel.reports.paper.pdf import as_pdf
from onmodel.rights.export import days_of
from onmodel.wording.numbers import written

SIMPLE = str | int | float | bool


def patient_pdf(data: dict[str, Any], language: str) -> bytes:
    """A4, tagged, in English or Dutch."""
    with override(language):
        return as_pdf(patient_document(data, language))


def patient_document(data: dict[str, Any], language: str) -> Report:
    start, end = days_of(data)
    treatments = data["treatments"]
    return Report(
        title=_("Everything that is kept about one patient"),
        programme=str(data["patient"]["pseudonym"]),
        organisation=str(data["patient"]["organisation"]),
        format="",
        start=start,
        end=end,
        pack="generic",
        pack_version=library.load("generic").version,
        template_version=__version__,
        language=language,
        simulated=data["simulated"],
        nominal_dates=any(treatment["start_is_nominal"] for treatment in treatments),
        sections=(
            _person(data),
            *(_treatment(treatment, language) for treatment in treatments),
            *(_forms(treatment, language) for treatment in treatments),
            *([_log(data)] if data["access_log"] is not None else []),
        ),
    )


def _person(data: dict[str, Any]) -> Section:
    patient = data["patient"]
    blocks = [_pairs(_("In the record"), patient)]
    for title, part in ((_("Who it is"), "identity"), (_("Account"), "account")):
        if patient.get(part):
            blocks.append(_pairs(title, patient[part]))
    blocks.append(_rows(_("Consent"), patient["consents"]))
    return Section(id="person", title=_("The patient"), intro=_note(data), blocks=tuple(blocks))


def _note(data: dict[str, Any]) -> str:
    if data["complete"]:
        return _("This copy is complete. The same content for a computer is in the JSON file.")
    if data["access_log"] is not None:
        return _("This copy holds one of your treatments; ask for a copy of the other ones as well.")
    return _("This copy holds the treatments that the person who asked for it may see; no identity.")


def _treatment(treatment: dict[str, Any], language: str) -> Section:
    blocks: list[Block] = [_pairs(_("Course"), treatment)]
    blocks += [_rows(name_of(name), rows) for name, rows in treatment.items() if _listed(name, rows)]
    return Section(
        id=f"treatment-{treatment['id']}",
        title=_("Treatment: %(programme)s") % {"programme": treatment["programme"]["name"]},
        intro="",
        blocks=tuple(blocks),
    )


def _listed(name: str, rows: Any) -> bool:
    return name != "forms" and isinstance(rows, list) and bool(rows)


def _forms(treatment: dict[str, Any], language: str) -> Section:
    answered = [form for form in treatment["forms"] if form["answers"] or form["scores"]]
    blocks = [block for form in answered for block in _form(form, language)]
    others = len(treatment["forms"]) - len(answered)
    note = _("%(n)s other forms are planned or were never filled; the JSON file lists them.") % {"n": others}
    return Section(
        id=f"forms-{treatment['id']}",
        title=_("Forms: %(programme)s") % {"programme": treatment["programme"]["name"]},
        intro=note if others else "",
        blocks=tuple(blocks) or (Notes(items=(), empty=_("No form was filled.")),),
    )


def _form(form: dict[str, Any], language: str) -> list[Block]:
    name = (form["title"] or {}).get(language) or form["instrument"]
    title = f"{name}, {form['answered_on'] or form['status']}"
    scores = [(score["scale"], _shown(score["value"])) for score in form["scores"]]
    blocks: list[Block] = []
    if scores:
        columns = (_("Scale"), _("Score"))
        blocks.append(Table(title=title, columns=columns, rows=tuple(scores)))
    if form["answers"]:
        rows = tuple(_answer(answer, language) for answer in form["answers"])
        columns = (_("Question"), _("Answer"))
        blocks.append(Table(title="" if scores else title, columns=columns, rows=rows))
    return blocks


def _answer(answer: dict[str, Any], language: str) -> tuple[str, str]:
    question = (answer.get("question") or {}).get(language) or answer["item"]
    chosen = (answer.get("answer") or {}).get(language)
    value = answer["text"] or _shown(answer["value"])
    if answer["not_applicable"]:
        value = _("not applicable")
    return question, f"{value}: {chosen}" if chosen else value


def _log(data: dict[str, Any]) -> Section:
    rows = _rows(_("Access"), data["access_log"])
    return Section(id="log", title=_("Who saw or changed what"), intro="", blocks=(rows,))


def _pairs(title: str, content: dict[str, Any]) -> Table:
    rows = [(name_of(name), _shown(value)) for name, value in content.items() if _simple(value)]
    return Table(title=title, columns=(_("What"), _("Value")), rows=tuple(rows))


def _rows(title: str, rows: list[dict[str, Any]]) -> Table:
    """Up to six columns: those in which anything stands."""
    used = [name for name in (rows[0] if rows else ()) if any(_simple(row[name]) for row in rows)][:6]
    return Table(
        title=title,
        columns=tuple(name_of(name) for name in used),
        rows=tuple(tuple(_shown(row[name]) for name in used) for row in rows),
        empty=_("Nothing is recorded."),
    )


def _simple(value: Any) -> bool:
    return isinstance(value, SIMPLE) and value != ""


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict | list):
        return "…"
    return written(value) if isinstance(value, int | float) else str(value)


def name_of(name: str) -> str:
    """A field's or a relation's name in words; as it is where it has none."""
    names = {
        "at": _("When"),
        "by": _("By"),
        "what": _("What"),
        "about": _("About"),
        "why": _("Why"),
        "name": _("Name"),
        "birth_date": _("Birth date"),
        "record_number": _("Record number"),
        "email": _("E-mail"),
        "phone": _("Telephone"),
        "address": _("Address"),
        "username": _("User name"),
        "language": _("Language"),
        "date_joined": _("Account since"),
        "last_login": _("Last sign-in"),
        "organisation": _("Organisation"),
        "pseudonym": _("Pseudonym"),
        "year_of_birth": _("Year of birth"),
        "gender": _("Gender"),
        "team": _("Team"),
        "primary_clinician": _("Primary clinician"),
        "referred_on": _("Referred"),
        "oriented_on": _("First orientation"),
        "started_on": _("Start"),
        "ended_on": _("End"),
        "end_kind": _("Kind of end"),
        "end_reason": _("Reason of the end"),
        "cohort": _("Group"),
        "kind": _("Kind"),
        "starts_on": _("From"),
        "ends_on": _("Until"),
        "therapist": _("Therapist"),
        "function": _("Function"),
        "group": _("Group"),
        "made_on": _("Made"),
        "agreed_on": _("Agreed"),
        "made_by": _("Made by"),
        "happened_on": _("Day"),
        "note": _("Note"),
        "purpose": _("Use of data"),
        "decision": _("Decision"),
        "decided_on": _("Decided"),
        "method": _("How"),
        "recorded_by": _("Recorded by"),
        "phases": _("Phases"),
        "involvements": _("Therapists"),
        "group_places": _("Groups"),
        "plans": _("Plans"),
        "incidents": _("Incidents"),
        "attendance": _("Attendance"),
        "expected": _("Sessions expected"),
        "attended": _("Sessions attended"),
        "signals": _("Signals"),
        "rule": _("Rule"),
        "severity": _("Severity"),
        "state": _("State"),
        "opened_at": _("Opened"),
        "patient_accesses": _("Links and codes given to you"),
    }
    return str(names.get(name, name.replace("_", " ")))
