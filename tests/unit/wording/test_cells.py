"""What a spreadsheet takes for a formula does not get through; numbers and words do."""

import pytest

from onmodel.wording.cells import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+31 6 1234", "-1+cmd|'/C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "-"]
)
def test_a_formula_becomes_text(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    ("cell", "written"), [(None, ""), (0, "0"), (-3.5, "-3.5"), ("-3,5", "-3,5"), ("a=b", "a=b"), ("", "")]
)
def test_the_rest_stays_as_it_is(cell, written):
    assert harmless(cell) == written
