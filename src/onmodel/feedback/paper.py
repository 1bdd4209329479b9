"""The letter as a PDF: A4, tagged to PDF/UA-1; the same letter gives the same bytes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.charts.theme import to_svg
from onmodel.charts.typesetting import typeset
from onmodel.charts.words import words as chart_words
from onmodel.feedback import words as say
from onmodel.feedback.drawing import course_of
from onmodel.feedback.looking import look_at
from onmodel.feedback.models import Letter
from onmodel.wording.numbers import date_written

WIDTH, HEIGHT = 620, 170


def letter_pdf(letter: Letter) -> bytes:
    """As it stands; a draft says on each page that it is one."""
    files: dict[str, bytes] = {"main.typ": _file("letter.typ")}
    with override(letter.language):
        content = _content(letter, files)
    files["letter.json"] = json.dumps(content, ensure_ascii=False).encode()
    return typeset(files)


def _file(name: str) -> bytes:
    return resources.files("onmodel.feedback").joinpath(name).read_bytes()


def _content(letter: Letter, files: dict[str, bytes]) -> dict[str, Any]:
    programme = letter.treatment.programme
    charts = _charts(letter, files)
    return {
        "language": letter.language,
        "title": _("Your treatment, looking back"),
        "programme": programme.name,
        "organisation": programme.organisation.name,
        "until": _("Up to %(day)s") % {"day": date_written(letter.until)},
        "simulated": _("Simulated data") if programme.is_simulated else "",
        "draft": "" if letter.state == Letter.State.RELEASED else _("Draft, not released"),
        "page": _("page"),
        "sections": [{**section, "charts": charts.get(section["id"], [])} for section in letter.sections],
        "comment_title": _("From your therapist"),
        "comment": [line for line in letter.comment.splitlines() if line.strip()],
        "signed": _signed(letter),
    }


def _charts(letter: Letter, files: dict[str, bytes]) -> dict[str, list[dict[str, str]]]:
    """Domain -> the drawings of its scales with two measurements or more."""
    found: dict[str, list[dict[str, str]]] = {}
    for domain in look_at(letter.treatment, today=letter.until).domains:
        for seen in domain.scales:
            if seen.n < 2:
                continue
            drawing = course_of(seen, language=letter.language, expected=False)
            svg = to_svg(drawing.spec, words=chart_words(letter.language), width=WIDTH, height=HEIGHT)
            name = f"{seen.instrument.id}-{seen.scale}.svg"
            files[name] = svg.encode()
            shown = {"file": name, "title": say.title_of(seen), "description": drawing.description}
            found.setdefault(domain.id, []).append(shown)
    return found


def _signed(letter: Letter) -> str:
    if letter.released_by is None or letter.released_at is None:
        return ""
    day = date_written(timezone.localtime(letter.released_at).date())
    return _("%(name)s, %(day)s") % {"name": letter.released_by.name, "day": day}
