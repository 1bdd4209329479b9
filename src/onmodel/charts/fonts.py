"""The one typeface of pages, charts and paper: Source Sans Pro, from the package that ships it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import font_source_sans_pro
import vl_convert

FAMILY = "Source Sans Pro"
#: What a browser falls back on while the typeface loads, and where it is missing.
STACK = f"{FAMILY}, system-ui, Segoe UI, Roboto, Helvetica Neue, Arial, sans-serif"


def directory() -> Path:
    """The folder with the typeface, for `typst.compile(font_paths=[...])` and vl-convert."""
    return Path(font_source_sans_pro.font_directory)


def web_files() -> list[Path]:
    """The weights that a page loads: regular and semibold."""
    return [directory() / f"SourceSansPro-{weight}.ttf" for weight in ("Regular", "Semibold")]


@cache
def register() -> None:
    """Tell vl-convert where the typeface is; once a process is enough."""
    vl_convert.register_font_directory(str(directory()))
