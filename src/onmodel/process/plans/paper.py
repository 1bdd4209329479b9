"""A plan on one page, for the patient to take along; the same version gives the same bytes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.charts.typesetting import typeset
from onmodel.process.models import Plan
from onmodel.process.plans.parts import Group, Section, structure, written_of
from onmodel.process.terms import label
from onmodel.wording.numbers import date_written


def plan_pdf(plan: Plan, language: str) -> bytes:
    """As it stands; a version that is not in force says so. What is long is set smaller."""
    page = resources.files("onmodel.process.plans").joinpath("plan.typ").read_bytes()
    with override(language):
        content = json.dumps(_content(plan, language), ensure_ascii=False)
    return typeset({"main.typ": page, "plan.json": content.encode()})


def _content(plan: Plan, language: str) -> dict[str, Any]:
    programme = plan.treatment.programme
    pack = programme.definitions
    return {
        "language": language,
        "title": label(pack, "plan_kinds", plan.kind),
        "place": f"{programme.name} · {programme.organisation.name}",
        "state": agreed_in_words(plan),
        "simulated": _("Simulated data") if programme.is_simulated else "",
        "sections": [
            shown
            for section in structure(pack, plan.kind)
            if (shown := _section(section, plan.content, language))["rows"] or shown["table"]
        ],
    }


def agreed_in_words(plan: Plan) -> str:
    said = {"made": date_written(plan.made_on)}
    if plan.agreed_on is None:
        return _("Written on %(made)s; not agreed by both yet.") % said
    said["day"] = date_written(plan.agreed_on)
    return _("Written on %(made)s; agreed by patient and team on %(day)s.") % said


def _section(section: Section, content: dict[str, Any], language: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"title": section.title.in_(language), "rows": [], "table": None}
    if section.shape == "stages":
        shown["table"] = _stages(section, content, language)
        return shown
    for group in section.groups:
        shown["rows"] += _rows(group, content, language, alone=section.shape == "text")
    return shown


def _rows(group: Group, content: dict[str, Any], language: str, *, alone: bool) -> list[dict[str, str]]:
    """Of a goal the words, with its parts of the programme behind them."""
    texts = [written_of(field, content.get(field.key), language) for field in group.fields]
    if not texts[0]:
        return []
    head = group.label.in_(language) if group.label else "" if alone else group.fields[0].label.in_(language)
    more = texts[1] if len(texts) > 1 else ""
    return [{"head": head, "text": texts[0], "more": more}]


def _stages(section: Section, content: dict[str, Any], language: str) -> dict[str, Any] | None:
    """Stages below each other, with the columns that any stage fills."""
    columns: dict[str, str] = {}
    for group in section.groups:
        for field in group.fields:
            name = field.key.rpartition(".")[2]
            if content.get(field.key) and name != "name":
                columns.setdefault(name, field.label.in_(language))
    ordered = {
        name: columns[name]
        for group in section.groups
        for name in (field.key.rpartition(".")[2] for field in group.fields)
        if name in columns
    }
    if not ordered:
        return None
    rows = []
    for group in section.groups:
        stage = group.fields[0].key.rpartition(".")[0]
        name = content.get(f"{stage}.name") or (group.label.in_(language) if group.label else "")
        rows.append([str(name), *(str(content.get(f"{stage}.{one}", "")) for one in ordered)])
    return {"columns": ["", *ordered.values()], "rows": rows}
