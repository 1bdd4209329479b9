"""A page of words as a PDF: Typst, with the fonts that are ours."""

from __future__ import annotations

from collections.abc import Mapping

import typst

from onmodel.charts import fonts


def typeset(files: Mapping[str, bytes]) -> bytes:
    """`main.typ` with what it reads beside it; tagged to PDF/UA-1. The same files give the same bytes."""
    try:
        return _compile(files, ["ua-1"])
    except typst.TypstError:
        # What people write may hold a character that no font of ours has; the standard forbids that.
        return _compile(files, [])


def _compile(files: Mapping[str, bytes], standards: list[str]) -> bytes:
    return typst.compile(
        dict(files),
        format="pdf",
        font_paths=[str(fonts.directory())],
        ignore_system_fonts=True,
        pdf_standards=standards,
        timestamp=0,
    )
