"""The archive that goes to the researchers: tables, codebook, whom to remove, and what to know."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.patients.models import Treatment
from onmodel.reports.research.codebook import COLUMNS, codebook_rows
from onmodel.reports.research.codes import Codes
from onmodel.reports.research.tables import ANSWERS, SCORES, TREATMENTS, Material, Row
from onmodel.wording.cells import harmless


@dataclass(frozen=True)
class Made:
    """What an archive holds: the ids of its patients, and how many rows each table has."""

    patients: frozenset[int]
    rows: dict[str, int]


def write_archive(
    out: BinaryIO, *, treatments: QuerySet[Treatment], study: str, taken_before: frozenset[int]
) -> Made:
    """Write it; `taken_before` are the patients of earlier archives of the study."""
    codes = Codes(study)
    material = Material(treatments, codes)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        rows = {
            "treatments": _table(archive, "treatments", TREATMENTS, material.treatment_rows()),
            "scores": _table(archive, "scores", SCORES, material.score_rows()),
            "answers": _table(archive, "answers", ANSWERS, material.answer_rows()),
        }
        gone = sorted(codes.of("person", patient) for patient in taken_before - material.patients)
        rows["remove"] = _table(archive, "remove", ("person",), ((code,) for code in gone))
        _table(archive, "codebook", COLUMNS, codebook_rows(material.forms))
        for language in ("en", "nl"):
            with override(language):
                archive.writestr(f"README-{language}.txt", _read_me(study, rows, material))
    return Made(frozenset(material.patients), rows)


def _table(archive: zipfile.ZipFile, name: str, columns: tuple[str, ...], rows: Iterable[Row]) -> int:
    """Write a table row by row; how many there were. The mark at the beginning tells a spreadsheet UTF-8."""
    count = 0
    with archive.open(f"{name}.csv", "w", force_zip64=True) as raw:
        text = io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        table = csv.writer(text)
        table.writerow(columns)
        for row in rows:
            table.writerow([_cell(value) for value in row])
            count += 1
        text.flush()
        text.detach()
    return count


def _cell(value: object) -> str:
    """Numbers in full, so that 0.1 comes back as 0.1; what is unknown is empty."""
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return harmless(value)


def _read_me(study: str, rows: dict[str, int], material: Material) -> str:
    lines = [
        _("Data for research: study %(study)s") % {"study": study},
        _("Made on %(day)s") % {"day": timezone.localdate().isoformat()},
        "",
        _("%(persons)s persons, %(treatments)s treatments, %(scores)s scores, %(answers)s answers")
        % {"persons": len(material.patients), **rows},
        "",
        _(
            "Each person said yes to research, and had not taken it back when this file was made. Before "
            "each analysis, remove the persons of remove.csv from every earlier file of this study: their "
            "data may no longer be used."
        ),
        _(
            "The data are pseudonymised, not anonymous: they remain personal data. Keep them as such, "
            "do not try to find out who somebody is, and do not join them with other data."
        ),
        _(
            "Names, dates, places, answers in words, and forms that patient and therapist keep to "
            "themselves are left out. Empty cells are unknown, never 0. codebook.csv explains the rest."
        ),
    ]
    return "\r\n".join(lines) + "\r\n"
