"""The words of a form from a FHIR R4 Questionnaire in JSON.

Read: nested items, `linkId`, `prefix`, `text`, `code`, `answerOption` (valueCoding with an
`ordinalValue` extension, valueInteger), and the `translation` extension of `_text` and `_display`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from onmodel.packs.base import Part
from onmodel.packs.instrument_checks import listing
from onmodel.packs.instruments import Instrument, Item, Option
from onmodel.packs.problems import Finding, PackError, Problem, in_file
from onmodel.packs.texts import LANGUAGES, Texts, needed_items

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
ORDINALS = (
    "http://hl7.org/fhir/StructureDefinition/ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/questionnaire-ordinalValue",
    "http://hl7.org/fhir/StructureDefinition/itemWeight",
)
Words = dict[str, str]


class Answer(Part, frozen=True, kw_only=True):
    """An answer option: its number where it has one, its code, its words by language."""

    value: float | None
    code: str
    words: Words


class Question(Part, frozen=True, kw_only=True):
    """An item that asks for an answer, with the names by which it may be known."""

    link_id: str
    prefix: str
    codes: tuple[str, ...]
    words: Words
    answers: tuple[Answer, ...]


class Questionnaire(Part, frozen=True, kw_only=True):
    names: tuple[str, ...]
    owner: str
    licence: str
    instruction: Words
    questions: tuple[Question, ...]

    def languages(self) -> tuple[str, ...]:
        """The languages in which every question has words."""
        return tuple(lang for lang in LANGUAGES if all(lang in question.words for question in self.questions))


def read_questionnaire(content: bytes, file: str, language: str | None = None) -> Questionnaire:
    """The questions of a FHIR Questionnaire.

    `language` is used where the file names none. Raises PackError, naming `file`.
    """
    data = _json(content, file)
    if data.get("resourceType") != "Questionnaire":
        kind = data.get("resourceType")
        raise PackError([Problem(file, "resourceType", f"{kind!r}: a FHIR Questionnaire is meant")])
    spoken = str(data.get("language") or language or "")[:2].lower()
    if spoken not in LANGUAGES:
        raise PackError(
            [Problem(file, "language", f"{spoken!r} is neither en nor nl: say which with --language")]
        )
    items = list(_flat(data.get("item")))
    questions = tuple(
        _question(item, spoken) for item in items if item.get("type") not in ("group", "display")
    )
    if not questions:
        raise PackError([Problem(file, "item", "holds no question")])
    displays = [_words(item, "text", spoken) for item in items if item.get("type") == "display"]
    names = tuple(str(data[field]) for field in ("id", "name", "title") if data.get(field))
    return Questionnaire(
        names=names,
        owner=str(data.get("publisher") or ""),
        licence=str(data.get("copyright") or ""),
        instruction=displays[0] if displays else {},
        questions=questions,
    )


def texts_of(questionnaire: Questionnaire, instrument: Instrument, file: str) -> tuple[Texts, ...]:
    """The words for each item of the instrument, in each language of the questionnaire.

    Questions are matched by linkId, else by code, else by the number in the prefix, else by order
    where there are as many questions as items and their linkIds are no numbers. Raises PackError
    where none of these fits, or where an answer option has no number. A question that is no item
    (a total) is left out.
    """
    matched = _match(questionnaire, instrument, file)
    findings: list[Finding] = []
    options = {id_: _options(question, id_, instrument, findings) for id_, question in matched.items()}
    languages = questionnaire.languages()
    if not languages:
        findings.append(Finding("item", "some questions have no text"))
    if findings:
        raise PackError(in_file(file, findings))
    return tuple(_texts(questionnaire, instrument, matched, options, language) for language in languages)


def _texts(
    questionnaire: Questionnaire,
    instrument: Instrument,
    matched: dict[str, Question],
    options: dict[str, dict[str, Words]],
    language: str,
) -> Texts:
    by_item = {
        id_: {value: words[language] for value, words in of_item.items() if language in words}
        for id_, of_item in options.items()
    }
    filled = {id_: of_item for id_, of_item in by_item.items() if of_item}
    shared = next(iter(filled.values()), {})
    same = len(filled) > 1 and all(of_item == shared for of_item in filled.values())
    return Texts(
        instrument=instrument.id,
        language=language,
        owner=questionnaire.owner,
        licence=questionnaire.licence,
        instruction=questionnaire.instruction.get(language),
        items={id_: question.words[language] for id_, question in matched.items()},
        options=shared if same else {},
        item_options={} if same else filled,
    )


def _match(questionnaire: Questionnaire, instrument: Instrument, file: str) -> dict[str, Question]:
    """Item id -> question, by the first way that finds every item that must have words."""
    items = instrument.all_items()
    needed = needed_items(instrument)
    asked = questionnaire.questions
    by_link = _index((_last_word(question.link_id), question) for question in asked)
    by_code = _index((code, question) for question in asked for code in {*question.codes, question.link_id})
    by_prefix = _index((_digits(question.prefix), question) for question in asked)
    ways: tuple[Callable[[Item], Question | None], ...] = (
        lambda item: by_link.get(item.id.lower()),
        lambda item: by_code.get(item.code or ""),
        lambda item: by_prefix.get(item.id),
    )
    for way in ways:
        found = {item.id: question for item in items if (question := way(item)) is not None}
        if needed and found.keys() >= set(needed):
            return found
    numbered = all(name.isdigit() for name in by_link) and len(by_link) == len(asked)
    for ids in (tuple(item.id for item in items), needed):
        if len(ids) == len(asked) and not numbered:
            return dict(zip(ids, asked, strict=True))
    links = listing(question.link_id for question in questionnaire.questions)
    message = (
        f"{len(questionnaire.questions)} questions ({links}) do not fit the {len(items)} items of "
        f"{instrument.abbreviation}, neither by linkId nor by number"
    )
    raise PackError([Problem(file, "item", message)])


def _index(pairs: Iterable[tuple[str, Question]]) -> dict[str, Question]:
    """Name -> question, without the empty names and those that more than one question has."""
    found: dict[str, list[Question]] = {}
    for name, question in pairs:
        found.setdefault(name, []).append(question)
    return {name: questions[0] for name, questions in found.items() if name and len(questions) == 1}


def _options(
    question: Question, item_id: str, instrument: Instrument, findings: list[Finding]
) -> dict[str, Words]:
    """Stored value -> words. An answer without a number is looked up by its code, never guessed."""
    codes = {o.code: o.value for o in _known_options(instrument, item_id) if o.code}
    options: dict[str, Words] = {}
    for answer in question.answers:
        value = answer.value if answer.value is not None else codes.get(answer.code)
        if value is None:
            where = f"item {question.link_id}, answerOption {answer.code!r}"
            findings.append(Finding(where, "has no number (ordinalValue), and the code is not in the pack"))
        else:
            options[f"{value:g}"] = answer.words
    return options


def _known_options(instrument: Instrument, item_id: str) -> tuple[Option, ...]:
    return instrument.options_of(instrument.item(item_id))


def _json(content: bytes, file: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise PackError([Problem(file, "", f"is not valid JSON: {error.msg} ({place})")]) from error
    except (ValueError, RecursionError) as error:
        raise PackError([Problem(file, "", f"is not valid JSON: {error}")]) from error
    if not isinstance(data, dict):
        raise PackError([Problem(file, "", "is not a FHIR Questionnaire: an object is meant")])
    return data


def _objects(value: object) -> Iterator[dict[str, Any]]:
    """The objects of a JSON list; nothing where it is none."""
    return (member for member in value if isinstance(member, dict)) if isinstance(value, list) else iter(())


def _flat(items: object) -> Iterator[dict[str, Any]]:
    """Every item in the order of the form, each before those within it."""
    for item in _objects(items):
        yield item
        yield from _flat(item.get("item"))


def _question(item: dict[str, Any], language: str) -> Question:
    return Question(
        link_id=str(item.get("linkId") or ""),
        prefix=str(item.get("prefix") or ""),
        codes=tuple(str(code["code"]) for code in _objects(item.get("code")) if code.get("code")),
        words=_words(item, "text", language),
        answers=tuple(_answer(option, language) for option in _objects(item.get("answerOption"))),
    )


def _answer(option: dict[str, Any], language: str) -> Answer:
    if isinstance(option.get("valueInteger"), int):
        number = option["valueInteger"]
        return Answer(value=float(number), code=str(number), words={})
    coding = option.get("valueCoding")
    if not isinstance(coding, dict):
        return Answer(value=None, code=str(option.get("valueString") or ""), words={})
    code = str(coding.get("code") or "")
    value = _ordinal(option) if _ordinal(option) is not None else _ordinal(coding)
    if value is None and re.fullmatch(r"-?\d+(\.\d+)?", code):
        value = float(code)
    return Answer(value=value, code=code, words=_words(coding, "display", language))


def _ordinal(element: dict[str, Any]) -> float | None:
    for extension in _objects(element.get("extension")):
        number = extension.get("valueDecimal", extension.get("valueInteger"))
        if extension.get("url") in ORDINALS and isinstance(number, int | float):
            return float(number)
    return None


def _words(element: dict[str, Any], field: str, language: str) -> Words:
    """The words of an element by language: its own, and those of its translations."""
    words: Words = {}
    if isinstance(element.get(field), str) and element[field].strip():
        words[language] = element[field].strip()
    beside = element.get(f"_{field}")
    for extension in _objects(beside.get("extension")) if isinstance(beside, dict) else ():
        if extension.get("url") != TRANSLATION:
            continue
        parts = {part.get("url"): part for part in _objects(extension.get("extension"))}
        code = str(parts.get("lang", {}).get("valueCode") or "")[:2].lower()
        content = parts.get("content", {}).get("valueString", parts.get("content", {}).get("valueMarkdown"))
        if code in LANGUAGES and isinstance(content, str) and content.strip():
            words[code] = content.strip()
    return words


def _last_word(link_id: str) -> str:
    """`/phq-9/Q1` -> `1`; `item_q3` -> `3`: what is left when path and a leading q or i are taken off."""
    word = re.split(r"[/.\-_ ]", link_id.strip("/").lower())[-1]
    return re.sub(r"^(?:q|i|item|vraag)0*(?=\d)", "", word)


def _digits(prefix: str) -> str:
    return re.sub(r"\D", "", prefix)
