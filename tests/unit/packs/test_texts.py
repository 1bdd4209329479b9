"""Official wording from TOML: labels only, and only those of the form."""

import msgspec
import pytest

from onmodel.packs.instruments import Instrument, Item, Option, Wording
from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError
from onmodel.packs.texts import Texts, apply_texts, fit, read_texts, texts_toml

DUTCH = """
instrument = "form"
language = "nl"
owner = "De eigenaar"
licence = "Alleen hier"
instruction = "Kruis aan"
[items]
1 = "Eerste"
2 = "Tweede"
3 = "Derde"
[options]
0 = "Nooit"
2 = "Altijd"
"""


@pytest.fixture
def bare(small: Pack) -> Instrument:
    """A form of three numbered items, answered from 0 to 2, whose wording is its owner's."""
    return msgspec.structs.replace(
        small.instrument("form"),
        wording=Wording.OWNER,
        items=(),
        numbered_items=3,
        options=(),
        minimum=0.0,
        maximum=2.0,
    )


def texts(text: str = DUTCH) -> Texts:
    return read_texts(text.encode(), "form-nl.toml")


def test_labels_are_filled_and_keys_stay(bare: Instrument) -> None:
    worded = apply_texts(bare, [texts()])
    assert [item.id for item in worded.all_items()] == ["1", "2", "3"]
    assert [item.label.nl for item in worded.all_items() if item.label] == ["Eerste", "Tweede", "Derde"]
    assert [option.value for option in worded.options] == [0, 1, 2]
    assert [option.label.nl if option.label else None for option in worded.options] == [
        "Nooit",
        None,
        "Altijd",
    ]
    assert worded.instruction is not None
    assert worded.instruction.nl == "Kruis aan"
    kept = ("scales", "main_scale", "norms", "cut_offs", "version", "minimum", "maximum")
    assert all(getattr(worded, field) == getattr(bare, field) for field in kept)
    assert [bare.limits_of(i) for i in bare.all_items()] == [worded.limits_of(i) for i in worded.all_items()]


def test_both_languages_and_the_one_for_the_other(bare: Instrument) -> None:
    english = texts(DUTCH.replace('"nl"', '"en"').replace("Eerste", "First"))
    both = apply_texts(bare, [texts(), english])
    label = both.item("1").label
    assert label is not None
    assert (label.en, label.nl) == ("First", "Eerste")
    only_dutch = apply_texts(bare, [texts()]).item("1").label
    assert only_dutch is not None
    assert only_dutch.en == "Eerste"
    assert apply_texts(bare, []) == bare


def test_an_item_with_options_of_its_own(bare: Instrument) -> None:
    own = DUTCH + '[item_options.3]\n0 = "Niets"\n1 = "Iets"\n2 = "Alles"\n'
    worded = apply_texts(bare, [texts(own)])
    assert [o.label.nl for o in worded.options_of(worded.item("3")) if o.label] == ["Niets", "Iets", "Alles"]
    assert worded.item("1").options == ()


def test_codes_of_options_stay(bare: Instrument) -> None:
    coded = msgspec.structs.replace(
        bare, options=tuple(Option(value=v, code=f"LA{v}") for v in (0.0, 1.0, 2.0))
    )
    assert [option.code for option in apply_texts(coded, [texts()]).options] == ["LA0.0", "LA1.0", "LA2.0"]


def test_numbers_stand_for_items_in_their_order(bare: Instrument) -> None:
    named = msgspec.structs.replace(bare, numbered_items=0, items=tuple(Item(id=i) for i in ("a", "b", "c")))
    assert fit(named, texts(), "f").items == {"a": "Eerste", "b": "Tweede", "c": "Derde"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('3 = "Derde"\n', "", "items: item 3 of FRM without words in this file"),
        ('3 = "Derde"', '3 = "Derde"\n4 = "Vierde"', "items: item 4 not in FRM, which has items 1, 2, 3"),
        ('2 = "Altijd"', '4 = "Altijd"', "options: 4: the answers of this form are 0, 1, 2"),
        ('2 = "Altijd"', '1 = "Soms"', "options: the first and the last answer (0 and 2) need words"),
        ('"form"', '"other"', "instrument: 'other' is not 'form'"),
        ('"Altijd"', '"Altijd"\n[item_options.9]\n0 = "x"', "item_options.9: is no item of FRM"),
    ],
)
def test_what_does_not_fit_is_refused(bare: Instrument, old: str, new: str, message: str) -> None:
    with pytest.raises(PackError) as refused:
        fit(bare, texts(DUTCH.replace(old, new)), "form-nl.toml")
    assert f"form-nl.toml: {message}" in str(refused.value)


@pytest.mark.parametrize("wording", [Wording.SHIPPED, Wording.NONE])
def test_only_a_form_whose_words_are_its_owners_takes_texts(bare: Instrument, wording: Wording) -> None:
    with pytest.raises(PackError, match=r"form (ships|is score-only)"):
        fit(msgspec.structs.replace(bare, wording=wording), texts(), "f")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"nl"', '"de"', "language: 'de' is not written as it must be"),
        ('"Eerste"', '" "', "items.1: is empty"),
        ('owner = "De eigenaar"\n', "", "owner: is missing"),
        ("[options]", "[option]", "option: is no field that a pack knows (did you mean 'options'?)"),
        ("[items]", "[items", "is not valid TOML"),
    ],
)
def test_a_file_that_is_not_one_of_texts_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(PackError) as refused:
        texts(DUTCH.replace(old, new))
    assert message in str(refused.value)


def test_texts_are_written_as_they_are_read() -> None:
    odd = msgspec.structs.replace(
        texts(), owner='"quoted" \\ \x7f \n', item_options={"a b": {"0": "é"}, "1": {"0": "x"}}
    )
    assert read_texts(texts_toml(odd).encode(), "f") == odd
