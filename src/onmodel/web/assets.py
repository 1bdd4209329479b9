"""Static files that come from packages of the index instead of a CDN or npm.

`PackageFilesFinder` (settings, STATICFILES_FINDERS) serves under `vendor/` the files that a page
needs of Bootstrap and of the typeface, straight from where pip put them, and `vendor/vega.js`,
which vl-convert composes. That bundle is written once to DATA_DIR/vendor, so there is nothing to
run after an installation, in a test or before `collectstatic`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import vl_convert
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from xstatic.pkg import bootstrap

from onmodel.charts import fonts

PREFIX = "vendor"
VEGA = "vega.js"


def vega_bundle() -> Path:
    """The script with Vega, Vega-Lite and Vega-Embed of the vl-convert that is installed."""
    path = Path(settings.DATA_DIR) / "vendor" / vl_convert.__version__ / VEGA
    if not path.exists():
        write_whole(path, vl_convert.javascript_bundle())
    return path.resolve()


def write_whole(path: Path, text: str) -> None:
    """Write so that another process sees no file or the whole file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


@cache
def package_files() -> dict[str, Path]:
    """Name under `vendor/` -> file, without the bundle."""
    sources = [Path(bootstrap.BASE_DIR) / "css" / "bootstrap.min.css", *fonts.web_files()]
    return {source.name: source for source in sources}


class PackageFilesFinder(BaseFinder):
    """Finds `vendor/<name>`: the files of `package_files` and the bundle of Vega."""

    def check(self, **kwargs: object) -> list[object]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: object) -> str | list[str]:
        folder, _, name = path.replace(os.sep, "/").partition("/")
        found = self.source(name) if folder == PREFIX else None
        if find_all:
            return [str(found)] if found else []
        return str(found) if found else []

    def source(self, name: str) -> Path | None:
        return vega_bundle() if name == VEGA else package_files().get(name)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for source in [*package_files().values(), vega_bundle()]:
            storage = FileSystemStorage(location=source.parent)
            storage.prefix = PREFIX
            yield source.name, storage
