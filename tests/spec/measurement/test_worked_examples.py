"""Every instrument with a known key, scored by hand."""

import numpy as np
import pytest

from onmodel.library import load
from onmodel.measurement import score, scored_items
from tests.spec.measurement import functioning, interpersonal, own_forms, personality, symptoms

EXAMPLES = [
    example
    for module in (symptoms, functioning, interpersonal, personality, own_forms)
    for example in module.EXAMPLES
]
#: Their worked examples are the published vectors of test_eq5d.py.
BY_VECTORS = {"eq5d3l", "eq5d5l"}


def row_of(instrument, answers):
    """The answers in the order of the form; KeyError for an item that the form has not."""
    places = {item.id: at for at, item in enumerate(instrument.all_items())}
    row = np.full(len(places), np.nan)
    for item, value in answers.items():
        row[places[item]] = value
    return row


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_answers_give_the_scores_worked_out_by_hand(example):
    instrument = load("mbt").instruments[example.instrument]
    found = score(instrument, row_of(instrument, example.answers)[None, :]).row(0)
    assert {scale: found[scale] for scale in example.scores} == pytest.approx(example.scores, abs=1e-12)


def test_every_instrument_with_a_key_has_an_example():
    keyed = {i.id for i in load("mbt").instruments.values() if scored_items(i, joint=True)}
    assert keyed <= {example.instrument for example in EXAMPLES} | BY_VECTORS


def test_a_complete_form_has_every_scale():
    """A form whose every item has its lowest answer leaves only what cannot be: ratios and directions."""
    for instrument in load("mbt").instruments.values():
        low = np.array([instrument.limits_of(item)[0] or 0.0 for item in instrument.all_items()])
        unknown = {scale.rule for scale in score(instrument, low[None, :]).scales if scale.at(0) is None}
        assert unknown <= {"entered", "ratio", "circumplex"}, instrument.id
