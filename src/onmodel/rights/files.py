"""The export as files: JSON, PDF, or both with both languages in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from onmodel.rights.paper import patient_pdf

KINDS = {"zip": "application/zip", "json": "application/json", "pdf": "application/pdf"}


def export_file(data: dict[str, Any], kind: str, language: str) -> bytes:
    if kind == "json":
        return as_json(data)
    return patient_pdf(data, language) if kind == "pdf" else _archive(data)


def as_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _archive(data: dict[str, Any]) -> bytes:
    name = data["patient"]["pseudonym"]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.json", as_json(data))
        for language in ("en", "nl"):
            archive.writestr(f"{name}-{language}.pdf", patient_pdf(data, language))
    return content.getvalue()
