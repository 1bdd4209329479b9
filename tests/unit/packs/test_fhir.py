"""Wording from FHIR questionnaires: matched by name or number, never guessed."""

import json
from typing import Any

import msgspec
import pytest

from onmodel.packs.fhir import read_questionnaire, texts_of
from onmodel.packs.instruments import Instrument, Item, Option, Wording
from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError
from onmodel.packs.texts import apply_texts

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def in_english(words: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "en-GB"}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": TRANSLATION, "extension": parts}]}


def answers() -> list[dict[str, Any]]:
    words = {0: ("Nooit", "Never"), 1: ("Soms", "Sometimes"), 2: ("Altijd", "Always")}
    return [
        {
            "valueCoding": {
                "code": f"LA{value}",
                "display": dutch,
                "_display": in_english(english),
                "extension": [{"url": ORDINAL, "valueDecimal": value}],
            }
        }
        for value, (dutch, english) in words.items()
    ]


def question(link: str, dutch: str, english: str, **more: Any) -> dict[str, Any]:
    return {
        "linkId": link,
        "type": "choice",
        "text": dutch,
        "_text": in_english(english),
        "answerOption": answers(),
        **more,
    }


def questionnaire(*items: dict[str, Any], **more: Any) -> bytes:
    about = {"linkId": "intro", "type": "display", "text": "Kruis aan", "_text": in_english("Tick one")}
    group = {"linkId": "g", "type": "group", "item": list(items)}
    data = {
        "resourceType": "Questionnaire",
        "name": "FRM",
        "language": "nl-NL",
        "publisher": "Owner",
        "copyright": "Licence",
        "item": [about, group],
    }
    return json.dumps({**data, **more}).encode()


def three(*links: str, **more: Any) -> bytes:
    words = [("Een", "One"), ("Twee", "Two"), ("Drie", "Three")]
    return questionnaire(*(question(link, *w) for link, w in zip(links, words, strict=True)), **more)


@pytest.fixture
def bare(small: Pack) -> Instrument:
    return msgspec.structs.replace(
        small.instrument("form"), wording=Wording.OWNER, items=(), numbered_items=3, options=()
    )


def words(content: bytes, instrument: Instrument, language: str | None = None) -> dict[str, dict[str, str]]:
    """Language -> item -> words."""
    found = texts_of(read_questionnaire(content, "q.json", language), instrument, "q.json")
    return {texts.language: texts.items for texts in found}


@pytest.mark.parametrize(
    "links",
    [
        ("1", "2", "3"),
        ("/frm/Q1", "/frm/Q2", "/frm/Q3"),
        ("g.1", "g.2", "g.3"),
        ("item01", "item02", "item03"),
    ],
)
def test_items_are_found_by_link_id(bare: Instrument, links: tuple[str, ...]) -> None:
    assert words(three(*links), bare) == {
        "en": {"1": "One", "2": "Two", "3": "Three"},
        "nl": {"1": "Een", "2": "Twee", "3": "Drie"},
    }


def test_the_link_id_goes_before_the_order(bare: Instrument) -> None:
    assert words(three("3", "1", "2"), bare)["nl"] == {"3": "Een", "1": "Twee", "2": "Drie"}


def test_items_are_found_by_code(bare: Instrument) -> None:
    coded = msgspec.structs.replace(
        bare, items=tuple(Item(id=str(n), code=f"44250-{n}") for n in (1, 2, 3)), numbered_items=0
    )
    assert words(three("44250-3", "44250-2", "44250-1"), coded)["nl"] == {
        "3": "Een",
        "2": "Twee",
        "1": "Drie",
    }


def test_items_are_found_by_prefix_and_then_by_order(bare: Instrument) -> None:
    by_prefix = questionnaire(*(question(f"x{n}y", f"v{n}", f"q{n}", prefix=f"{n}.") for n in (2, 3, 1)))
    assert words(by_prefix, bare)["nl"] == {"1": "v1", "2": "v2", "3": "v3"}
    assert words(three("aap", "noot", "mies"), bare)["nl"] == {"1": "Een", "2": "Twee", "3": "Drie"}


def test_a_total_beside_the_items_is_left_out(bare: Instrument) -> None:
    items = [question(str(n), f"v{n}", f"q{n}") for n in (1, 2, 3)]
    total = {"linkId": "total", "type": "decimal", "text": "Totaal"}
    assert set(words(questionnaire(*items, total), bare)["nl"]) == {"1", "2", "3"}


def test_owner_licence_instruction_and_options_are_read(bare: Instrument) -> None:
    dutch = next(
        t for t in texts_of(read_questionnaire(three("1", "2", "3"), "q"), bare, "q") if t.language == "nl"
    )
    assert (dutch.owner, dutch.licence, dutch.instruction) == ("Owner", "Licence", "Kruis aan")
    assert dutch.options == {"0": "Nooit", "1": "Soms", "2": "Altijd"}
    assert dutch.item_options == {}


def test_options_of_their_own_stay_with_the_item(bare: Instrument) -> None:
    items = [question(str(n), f"v{n}", f"q{n}") for n in (1, 2, 3)]
    items[2]["answerOption"][0]["valueCoding"]["display"] = "Niets"
    found = texts_of(read_questionnaire(questionnaire(*items), "q"), bare, "q")
    dutch = next(texts for texts in found if texts.language == "nl")
    assert dutch.options == {}
    assert dutch.item_options["3"]["0"] == "Niets"
    assert dutch.item_options["1"]["0"] == "Nooit"


def test_an_answer_without_a_number_is_known_by_its_code_or_refused(bare: Instrument) -> None:
    content = three("1", "2", "3").replace(ORDINAL.encode(), b"http://example.org/other")
    with pytest.raises(PackError, match="has no number"):
        words(content, bare)
    coded = msgspec.structs.replace(
        bare, options=tuple(Option(value=float(v), code=f"LA{v}") for v in range(3))
    )
    assert words(content, coded)["nl"]["1"] == "Een"


@pytest.mark.parametrize("links", [("2", "3", "4"), ("1", "2", "4")])
def test_numbers_that_are_not_those_of_the_form_are_refused(bare: Instrument, links: tuple[str, ...]) -> None:
    with pytest.raises(PackError, match="do not fit the 3 items of FRM"):
        words(three(*links), bare)


def test_fewer_questions_than_items_are_refused(bare: Instrument) -> None:
    with pytest.raises(PackError, match="2 questions"):
        words(questionnaire(question("a", "v", "q"), question("b", "v", "q")), bare)


@pytest.mark.parametrize("links", [("1", "2"), ("aap", "noot")])
def test_an_optional_item_that_is_not_scored_may_be_absent(bare: Instrument, links: tuple[str, str]) -> None:
    optional = msgspec.structs.replace(bare, items=(Item(id="3", required=False, unscored=True),))
    content = questionnaire(question(links[0], "Een", "One"), question(links[1], "Twee", "Two"))
    (dutch,) = [t for t in texts_of(read_questionnaire(content, "q"), optional, "q") if t.language == "nl"]
    assert dutch.items == {"1": "Een", "2": "Twee"}
    assert apply_texts(optional, [dutch]).item("3").label is None


def test_a_language_that_is_not_said(bare: Instrument) -> None:
    content = three("1", "2", "3", language=None)
    with pytest.raises(PackError, match="--language"):
        words(content, bare)
    assert words(content, bare, "nl")["nl"]["1"] == "Een"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is not valid JSON: .* [(]line 1, column 2[)]"),
        (b"[]", "an object is meant"),
        (b"\xff\xfe{", "is not valid JSON"),
        (b'{"resourceType": "Patient"}', "'Patient': a FHIR Questionnaire is meant"),
        (b'{"resourceType": "Questionnaire", "language": "nl"}', "holds no question"),
        (b'{"resourceType": "Questionnaire", "language": "de"}', "'de' is neither en nor nl"),
    ],
)
def test_what_is_no_questionnaire_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(PackError, match=message):
        read_questionnaire(content, "q.json")
