"""Imports point down: no module imports from a layer above its own (DESIGN.md, docs/adr/0002)."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "onmodel"

#: Lowest first; packages on one line may import each other only where ALLOWED_BESIDE says so.
LAYERS = [
    {"packs", "inference"},
    {"measurement"},
    {"library", "charts", "wording"},
    {"accounts", "access", "audit"},
    {"programmes"},
    {"patients"},
    {"consent"},
    {"sharing"},
    {"assessments", "patient_access", "sessions"},
    {"signals", "followup", "scheduling"},
    {"forms"},
    {"adherence", "teams", "selfcheck"},
    {"supervision"},
    {"supervisors", "agreements"},
    {"outcomes", "process", "requirements", "outreach"},
    {"clocks", "feedback", "questions", "implementing", "staffing"},
    {"criteria"},
    {"reports"},
    {"pirs"},
    {"monitoring", "checklists"},
    {"nightly"},
    {"backup", "rights"},
    {"demonstration"},
    {"web", "cli"},
    {"config"},
]
ALLOWED_BESIDE = {
    ("audit", "accounts"),
    ("access", "accounts"),
    ("followup", "signals"),
    ("requirements", "process"),
}
PURE = {"packs", "measurement", "inference"}
#: What the pure layers must not touch: a framework, the clock, files, the network, chance without a seed.
IMPURE_MODULES = {"django", "os", "pathlib", "io", "time", "socket", "sqlite3", "requests", "subprocess"}
RANK = {package: rank for rank, layer in enumerate(LAYERS) for package in layer}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if path.parent != SOURCE)


def imported(path: Path) -> set[str]:
    """The dotted names that a module imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down(path: Path) -> None:
    own = package_of(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] != "onmodel" or len(parts) < 2 or parts[1] not in RANK or parts[1] == own:
            continue
        other = parts[1]
        down = RANK[other] < RANK[own] or (own, other) in ALLOWED_BESIDE
        assert down, f"{own} imports {other}, which does not lie below it"


def test_every_package_has_a_layer() -> None:
    packages = {path.name for path in SOURCE.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    assert packages == set(RANK)


@pytest.mark.parametrize(
    "path", [p for p in modules() if package_of(p) in PURE], ids=lambda path: str(path.relative_to(SOURCE))
)
def test_the_pure_layers_know_no_framework_clock_or_files(path: Path) -> None:
    touched = {name.split(".")[0] for name in imported(path)} & IMPURE_MODULES
    assert not touched
    calls = {"open", "print", "input"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not called & calls
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert not attributes & {"today", "now", "utcnow"}
