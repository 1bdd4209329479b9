"""Every function that people call has an example in its docstring, and the examples hold."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import onmodel.inference
from onmodel.measurement import reliability

NAMES = [m.name for m in pkgutil.walk_packages(onmodel.inference.__path__, "onmodel.inference.")]
MODULES = [*map(importlib.import_module, NAMES), reliability]
STATISTICS = Path(__file__).parents[3] / "docs" / "statistics.md"


def functions_of(module: ModuleType) -> Iterator[Callable[..., object]]:
    """Those that it defines; those that it offers, where it says what it offers."""
    offered = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        own = name in offered if offered else getattr(value, "__module__", None) == module.__name__
        if own and inspect.isfunction(value):
            yield value


def named_in_code(text: str) -> set[str]:
    """The names in code blocks and spans; not arguments, attributes, comments and strings."""
    code = "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL))
    return set(re.findall(r"(?<![\w.])[a-z]\w*(?![\w=])", re.sub(r'"[^"\n]*"|#.*', "", code)))


NAMED = named_in_code(STATISTICS.read_text(encoding="utf-8"))
PUBLIC = {
    f"{function.__module__}.{function.__name__}": function
    for module in MODULES
    for function in functions_of(module)
    if hasattr(module, "__all__") or function.__name__ in NAMED
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_hold(module: ModuleType) -> None:
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


@pytest.mark.parametrize("name", PUBLIC)
def test_has_an_example(name: str) -> None:
    """One that calls the function and shows what comes out."""
    function = PUBLIC[name]
    examples = doctest.DocTestParser().get_examples(inspect.getdoc(function) or "")
    called = {
        node.func.id
        for example in examples
        for node in ast.walk(ast.parse(example.source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert function.__name__ in called
    assert any(example.want for example in examples)


def test_what_is_looked_for() -> None:
    text = 'Use `fit(frame, time=)`, `found.lower` and `kind="mean"`; plain words do not count.'
    assert named_in_code(text) == {"fit", "frame", "found"}
    assert {"onmodel.inference.gee.fit_gee", "onmodel.inference.mixed.fit.fit_mixed"} <= PUBLIC.keys()
