"""A real Chromium for the browser tests: the one on this machine, found as `make browser` finds it.

Without one the tests are skipped with the reason; under CI that is a failure.
"""

import importlib.util
import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TOOL = Path(__file__).parents[2] / "tools" / "get_chromium.py"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Playwright's loop lives in the thread of the test, where Django's records are used as well.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def find_chromium() -> str | None:
    spec = importlib.util.spec_from_file_location("get_chromium", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool.find()


CHROMIUM = find_chromium()


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    if CHROMIUM is None:
        reason = "no Chromium on this machine: install it, or name one with CHROMIUM=/path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return {"executable_path": CHROMIUM, "args": SWITCHES}


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name the live server themselves; the plug-in's own fixture warns under this pytest."""


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained of so far: errors, and what the content policy stopped."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


@pytest.fixture
def accessible():
    """A function that fails with axe's report when a page breaks a rule of accessibility."""

    def check(page: Page) -> None:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()

    return check
