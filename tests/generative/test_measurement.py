"""Laws that scores keep whatever the answers are."""

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from onmodel.library import load
from onmodel.measurement import Outcome, classify_change, cronbach_alpha, score, scored_items
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import MeanScale, Missing, SumScale

MBT = load("mbt")
KEYED = sorted(i.id for i in MBT.instruments.values() if scored_items(i))
instruments = st.sampled_from(KEYED).map(lambda name: MBT.instruments[name])
ZERO_TO_FOUR = [0.0, 1.0, 2.0, 3.0, 4.0]


def allowed(instrument: Instrument) -> list[list[float]]:
    """A few possible answers to each item, its lowest and highest among them."""
    choices = []
    for item in instrument.all_items():
        low, high = instrument.limits_of(item)
        low = 0.0 if low is None else low
        high = low + 100.0 if high is None else high
        options = sorted({option.value for option in instrument.options_of(item)})
        choices.append(
            options or sorted({low, *(v for v in (np.ceil(low), np.ceil(low) + 1) if v <= high), high})
        )
    return choices


@st.composite
def answered(draw, complete: bool = False):
    """An instrument and possible answers of up to six respondents, some missing."""
    instrument = draw(instruments)
    choices = allowed(instrument)
    rows = draw(st.integers(1, 6))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([rng.choice(options, rows) for options in choices])
    share = 0.0 if complete else draw(st.sampled_from([0.0, 0.05, 0.2, 0.5, 1.0]))
    matrix[rng.random(matrix.shape) < share] = np.nan
    return instrument, matrix


def table(scores) -> np.ndarray:
    return np.column_stack([scale.values for scale in scores.scales])


@given(answered(), st.randoms(use_true_random=False))
def test_permuting_respondents_permutes_their_scores(case, random):
    instrument, matrix = case
    order = list(range(len(matrix)))
    random.shuffle(order)
    np.testing.assert_array_equal(
        table(score(instrument, matrix))[order], table(score(instrument, matrix[order]))
    )


@given(answered())
def test_respondents_one_by_one_score_as_all_at_once(case):
    instrument, matrix = case
    one_by_one = np.vstack([table(score(instrument, row[None, :])) for row in matrix])
    np.testing.assert_array_equal(table(score(instrument, matrix)), one_by_one)


@given(answered())
def test_scores_stay_within_the_bounds_of_their_scale(case):
    instrument, matrix = case
    for scale in score(instrument, matrix).scales:
        definition = instrument.scale(scale.scale_id)
        values = scale.values[scale.known]
        if definition.minimum is not None:
            assert (values >= definition.minimum - 1e-9).all()
        if definition.maximum is not None:
            assert (values <= definition.maximum + 1e-9).all()


@given(answered())
def test_the_unknown_never_becomes_a_number(case):
    instrument, matrix = case
    for scale in score(instrument, matrix).scales:
        assert not scale.known[scale.answered == 0].any()
        assert (scale.filled[~scale.known] == 0).all()
        assert (scale.answered + scale.filled <= len(scale.items)).all()
        assert [value is None for value in scale.to_list()] == (~scale.known).tolist()


@given(answered(complete=True))
def test_with_every_answer_the_rule_for_missing_ones_makes_no_difference(case):
    instrument, matrix = case
    strict = tuple(
        msgspec.structs.replace(scale, missing=Missing()) if hasattr(scale, "missing") else scale
        for scale in instrument.scales
    )
    plain = score(msgspec.structs.replace(instrument, scales=strict), matrix)
    np.testing.assert_array_equal(table(score(instrument, matrix)), table(plain))
    assert all((scale.filled == 0).all() for scale in plain.scales)


def replaced(instrument: Instrument, scale, **fields) -> Instrument:
    return msgspec.structs.replace(instrument, scales=(msgspec.structs.replace(scale, **fields),))


@given(answered(complete=True))
def test_reversing_twice_changes_nothing(case):
    """Turning answers of reversed items round by hand equals leaving the key out."""
    instrument, matrix = case
    places = {item.id: at for at, item in enumerate(instrument.all_items())}
    for scale in instrument.scales:
        if not isinstance(scale, SumScale | MeanScale):
            continue
        turned = matrix.copy()
        for item_id in scale.reverse:
            low, high = instrument.limits_of(instrument.item(item_id))
            turned[:, places[item_id]] = low + high - turned[:, places[item_id]]
        twice = score(instrument, turned)[scale.id].values
        once = score(replaced(instrument, scale, reverse=()), matrix)[scale.id].values
        assert twice == pytest.approx(once)


@given(answered(complete=True), st.integers(0, 3))
def test_prorating_lies_between_the_lowest_and_highest_possible_sum(case, gaps):
    instrument, matrix = case
    places = {item.id: at for at, item in enumerate(instrument.all_items())}
    for scale in instrument.scales:
        if not isinstance(scale, SumScale) or len(scale.items) <= gaps:
            continue
        form = replaced(instrument, scale, missing=Missing(at_most=gaps))
        holes = matrix.copy()
        holes[:, [places[item] for item in scale.items[:gaps]]] = np.nan
        prorated = score(form, holes)[scale.id]
        assert prorated.known.all()
        assert (prorated.filled == gaps).all()
        lowest, highest = np.fmin.reduce(matrix, axis=None), np.fmax.reduce(matrix, axis=None)
        assert (prorated.values <= scale.multiplier * highest * len(scale.items) + 1e-9).all()
        assert (prorated.values >= scale.multiplier * lowest * len(scale.items) - 1e-9).all()


scores_of_phq9 = st.one_of(st.just(np.nan), st.integers(0, 27).map(float))


@given(st.lists(st.tuples(scores_of_phq9, scores_of_phq9), min_size=1, max_size=30))
def test_change_the_other_way_round(pairs):
    """Who got reliably better one way got reliably worse the other way; the unknown stay unknown."""
    first, last = np.array(pairs).T
    phq9 = MBT.instruments["phq9"]
    there = classify_change(phq9, "TOTAL", first, last).to_list()
    back = classify_change(phq9, "TOTAL", last, first).to_list()
    better = {Outcome.RECOVERED, Outcome.IMPROVED}
    for one, other, pair in zip(there, back, pairs, strict=True):
        assert (one is None) == (other is None) == bool(np.isnan(pair).any())
        assert (one in better) == (other is Outcome.DETERIORATED)
        assert (one is Outcome.UNCHANGED) == (other is Outcome.UNCHANGED)


@given(
    hnp.arrays(
        float, st.tuples(st.integers(3, 12), st.integers(2, 6)), elements=st.sampled_from(ZERO_TO_FOUR)
    )
)
def test_alpha_ignores_order_scale_and_shift(values):
    alpha = cronbach_alpha(values)
    again = cronbach_alpha(2 * values[::-1, ::-1] + 3)
    assert again.n == alpha.n
    assert (again.value is None) == (alpha.value is None)
    if alpha.value is not None:
        assert alpha.value <= 1 + 1e-12
        assert again.value == pytest.approx(alpha.value, abs=1e-9)
