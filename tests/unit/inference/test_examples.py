"""The examples in docstrings hold."""

import doctest
import importlib
import pkgutil

import pytest

import onmodel.inference

MODULES = [m.name for m in pkgutil.walk_packages(onmodel.inference.__path__, "onmodel.inference.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0
