"""Static files out of packages."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from onmodel.web import assets


@pytest.mark.parametrize(
    "name",
    [
        "vendor/bootstrap.min.css",
        "vendor/SourceSansPro-Regular.ttf",
        "vendor/SourceSansPro-Semibold.ttf",
        "vendor/vega.js",
        "django_htmx/htmx-2.min.js",
        "onmodel/onmodel.css",
        "onmodel/onmodel.js",
        "onmodel/mark.svg",
    ],
)
def test_a_page_finds_each_of_its_files(name: str) -> None:
    assert Path(finders.find(name)).stat().st_size > 100


@pytest.mark.parametrize(
    "name", ["vendor/bootstrap.js", "vendor/../settings.py", "vega.js", "vendor/", "vendor"]
)
def test_nothing_else_of_a_package_is_served(name: str) -> None:
    finder = assets.PackageFilesFinder()
    assert finder.find(name) == []
    assert finder.find(name, find_all=True) == []


def test_collectstatic_gets_the_same_files() -> None:
    listed = {f"{storage.prefix}/{name}" for name, storage in assets.PackageFilesFinder().list([])}
    assert "vendor/vega.js" in listed
    assert len(listed) == 4
    assert all(storage.exists(name) for name, storage in assets.PackageFilesFinder().list(None))


def test_the_bundle_is_written_once(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    written = assets.vega_bundle()
    before = written.stat().st_mtime_ns
    assert assets.vega_bundle().stat().st_mtime_ns == before
    assert [path.name for path in written.parent.iterdir()] == ["vega.js"]
    for part in ("vegaEmbed", "vegaLite", "expressionInterpreter"):
        assert part in written.read_text(encoding="utf-8")
