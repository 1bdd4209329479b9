"""The audit of dependencies never says that all is well when it could not look."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[3] / "tools" / "audit_dependencies.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("audit_dependencies", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def known(*weak: str):
    def ask(requirements):
        return [
            {"name": name, "version": "1", "vulns": [{"id": "GHSA-1"}] if name in weak else []}
            for name in requirements
        ]

    return ask


@pytest.mark.parametrize(
    ("ask", "code", "says"),
    [
        (known(), 0, "2 dependencies looked up"),
        (known("two"), 1, "two 1: GHSA-1"),
        (lambda requirements: [], 3, "NOT AUDITED"),
        (lambda requirements: [{"name": "one", "skip_reason": "not found"}], 3, "NOT AUDITED"),
        (lambda requirements: [{"name": "one", "version": "1", "vulns": []}], 3, "NOT AUDITED in full"),
    ],
    ids=["none", "one", "no answer", "all skipped", "one left out"],
)
def test_says_what_it_knows(tool, ask, code, says):
    assert tool.audit(["one", "two"], ask)[0] == code
    assert says in tool.audit(["one", "two"], ask)[1]


def test_reads_the_lock(tool):
    hashed = " \\\n    --hash=sha256:aa\n"
    lock = f"django==5.2.1{hashed}colorama==0.4.6 ; sys_platform == 'win32'{hashed}"
    assert tool.pinned(lock) == ["django==5.2.1", "colorama==0.4.6"]
    assert len(tool.pinned(tool.LOCK.read_text())) > 20
