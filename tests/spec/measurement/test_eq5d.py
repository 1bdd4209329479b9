"""EQ-5D value sets: one state a row (mobility, self-care, usual activities, pain, anxiety), one set a column.

The rows are vectors worked out from the published decrements (Lamers 2006, the Dutch set of 2026,
Dolan 1997, the Danish set; Versteegh 2016, the UK set of 2026, England 2018, Norway).
"""

import numpy as np
import pytest

from onmodel.library import load
from onmodel.measurement import score

SETS_3L = ("nl2006", "nl2026", "uk1997", "dk")
VECTORS_3L = {
    "11111": (1, 1, 1, 1),
    "11112": (0.805, 0.750, 0.848, 0.818),  # nl2006: 1 - .071 - .124
    "11113": (0.370, 0.486, 0.414, 0.519),  # nl2006: 1 - .071 - .325 - .234
    "11121": (0.843, 0.732, 0.796, 0.824),
    "11222": (0.687, 0.625, 0.689, 0.708),
    "21232": (0.174, 0.185, 0.088, 0.321),
    "22222": (0.569, 0.521, 0.516, 0.592),
    "22323": (0.109, 0.136, 0.024, 0.197),
    "33333": (-0.329, -0.723, -0.594, -0.624),
}
SETS_5L = ("nl2016", "uk2026", "england2018", "norway")
VECTORS_5L = {
    "11111": (1, 1, 1, 1),
    "11112": (0.883, 0.959, 0.922, 0.9283),  # nl2016: 1 - .047 - .070
    "11113": (0.808, 0.874, 0.896, 0.8504),
    "11224": (0.492, 0.582, 0.602, 0.5476),
    "21232": (0.717, 0.812, 0.730, 0.7459),
    "22233": (0.604, 0.689, 0.654, 0.6367),
    "33333": (0.511, 0.604, 0.593, 0.5394),
    "44444": (-0.289, -0.209, -0.094, -0.1261),
    "55555": (-0.446, -0.567, -0.285, -0.453),
}
#: The worst state of the sets without further vectors; Norway in all its decimals:
#: 11112 is 1 - .071744, 22233 is 1 - .03116 - .031312 - .027208 - .123947 - .149624.
MORE = [
    ("eq5d5l", "norway", "11112", 0.928256),
    ("eq5d5l", "norway", "22233", 0.636749),
    ("eq5d5l", "norway", "33333", 1 - 0.064985 - 0.065302 - 0.056743 - 0.123947 - 0.149624),
    ("eq5d5l", "denmark", "55555", -0.758),
    ("eq5d5l", "germany", "55555", -0.661),
    ("eq5d5l", "belgium", "11112", 1 - 0.0376805 - 0.061019419),
]
CELLS = [
    (form, name, state, value)
    for form, sets, vectors in (("eq5d3l", SETS_3L, VECTORS_3L), ("eq5d5l", SETS_5L, VECTORS_5L))
    for state, values in vectors.items()
    for name, value in zip(sets, values, strict=True)
]


def index_of(form, set_id, state):
    scale = score(load("mbt").instruments[form], [[float(level) for level in state]])[f"index_{set_id}"]
    assert scale.value_set == set_id
    return scale.at(0)


@pytest.mark.parametrize(("form", "set_id", "state", "expected"), CELLS)
def test_every_vector_holds_to_its_decimals(form, set_id, state, expected):
    decimals = 4 if set_id == "norway" else 3
    assert round(index_of(form, set_id, state), decimals) == expected


@pytest.mark.parametrize(("form", "set_id", "state", "expected"), MORE)
def test_further_sets_and_decimals(form, set_id, state, expected):
    assert index_of(form, set_id, state) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("form", ["eq5d3l", "eq5d5l"])
@pytest.mark.parametrize("dimension", range(5))
def test_a_missing_dimension_leaves_no_index(form, dimension):
    levels = np.ones(5)
    levels[dimension] = np.nan
    instrument = load("mbt").instruments[form]
    assert {scale.at(0) for scale in score(instrument, levels[None, :]).scales} == {None}
