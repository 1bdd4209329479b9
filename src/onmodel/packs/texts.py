"""The official words of a form, loaded from its owner's file: labels only, never keys.

A file of texts is TOML, one language a file:

    instrument = "bsi"
    language = "nl"
    owner = "..."
    licence = "..."
    [items]
    1 = "..."
    [options]
    0 = "..."

`[item_options.1]` holds the options of an item that has its own. Questionnaires in FHIR are turned
into the same by `onmodel.packs.fhir`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

import msgspec

from onmodel.packs.base import Id, Part, Text
from onmodel.packs.explain import join
from onmodel.packs.instrument_checks import listing
from onmodel.packs.instruments import Instrument, Item, ItemKind, Option, Wording
from onmodel.packs.problems import Finding, PackError, in_file
from onmodel.packs.reading import convert, parse_toml

LANGUAGES = ("en", "nl")
Language = Annotated[str, msgspec.Meta(pattern="^(en|nl)$", description='"en" or "nl"')]


class Texts(Part, frozen=True, kw_only=True):
    """The words of one form in one language. Items by id, options by the value they stand for."""

    instrument: Id
    language: Language
    owner: str
    licence: str
    instruction: str | None = None
    items: dict[str, str]
    options: dict[str, str] = {}
    item_options: dict[str, dict[str, str]] = {}


def read_texts(content: bytes, file: str) -> Texts:
    """The texts of a TOML file; `file` names it in problems. Raises PackError."""
    parsed = parse_toml(content)
    if isinstance(parsed, Finding):
        raise PackError(in_file(file, [parsed]))
    texts = convert(parsed, Texts)
    if not isinstance(texts, Texts):
        raise PackError(in_file(file, texts))
    empty = [
        Finding(join(field, id_), "is empty")
        for field in ("items", "options")
        for id_, words in getattr(texts, field).items()
        if not words.strip()
    ]
    if empty:
        raise PackError(in_file(file, empty))
    return texts


def texts_toml(texts: Texts) -> str:
    """The same as a file, as `read_texts` reads it."""
    lines = [
        f"{field} = {_quoted(getattr(texts, field))}"
        for field in ("instrument", "language", "owner", "licence")
    ]
    if texts.instruction is not None:
        lines.append(f"instruction = {_quoted(texts.instruction)}")
    tables = {"items": texts.items, "options": texts.options}
    tables |= {f"item_options.{_quoted(item)}": options for item, options in texts.item_options.items()}
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{_quoted(key)} = {_quoted(words)}" for key, words in table.items())]
    return "\n".join(lines) + "\n"


def fit(instrument: Instrument, texts: Texts, file: str) -> Texts:
    """The texts with the item ids and option values of the instrument.

    Items numbered 1 to k stand for the k items in their order where the instrument does not number
    its own. Raises PackError, naming `file`, where items or options are not those of the form.
    """
    renamed = _by_order(instrument, texts)
    findings = list(_misfits(instrument, renamed))
    if findings:
        raise PackError(in_file(file, findings))
    return renamed


def apply_texts(instrument: Instrument, texts: Iterable[Texts]) -> Instrument:
    """The instrument with these words as labels; one `Texts` for each language at most.

    A language without words of its own shows those of the other. Raises PackError where the
    texts are not those of this form.
    """
    by_language = {t.language: fit(instrument, t, f"texts/{t.instrument}.{t.language}.toml") for t in texts}
    if not by_language:
        return instrument
    shared = {language: t.options for language, t in by_language.items()}
    items = tuple(_with_words(instrument, item, by_language) for item in instrument.all_items())
    options = _labelled(instrument.options or _steps(instrument.minimum, instrument.maximum), shared)
    spoken = {language: t.instruction for language, t in by_language.items() if t.instruction}
    return msgspec.structs.replace(
        instrument,
        items=items,
        numbered_items=0,
        options=options if any(shared.values()) else instrument.options,
        instruction=_both(spoken) or instrument.instruction,
    )


def needed_items(instrument: Instrument) -> tuple[str, ...]:
    """The items that must have words: all but those that are neither required nor scored."""
    return tuple(item.id for item in instrument.all_items() if item.required or not item.unscored)


def _by_order(instrument: Instrument, texts: Texts) -> Texts:
    ids = [item.id for item in instrument.all_items()]
    numbers = [str(number) for number in range(1, len(ids) + 1)]
    if set(texts.items) != set(numbers) or set(ids) & set(numbers):
        return texts
    names = dict(zip(numbers, ids, strict=True))
    return msgspec.structs.replace(
        texts,
        items={names[number]: words for number, words in texts.items.items()},
        item_options={names.get(number, number): options for number, options in texts.item_options.items()},
    )


def _misfits(instrument: Instrument, texts: Texts) -> Iterator[Finding]:
    if texts.instrument != instrument.id:
        yield Finding("instrument", f"{texts.instrument!r} is not {instrument.id!r}")
    if instrument.wording is Wording.SHIPPED:
        yield Finding("instrument", f"{instrument.id} ships with its own words; texts are not loaded for it")
    if instrument.wording is Wording.NONE:
        yield Finding("instrument", f"{instrument.id} is score-only: it has no items to put words to")
        return
    items = {item.id: item for item in instrument.all_items()}
    if unknown := [id_ for id_ in texts.items if id_ not in items]:
        known = listing(items)
        yield Finding("items", f"{listing(unknown)} not in {instrument.abbreviation}, which has {known}")
    if silent := [id_ for id_ in needed_items(instrument) if id_ not in texts.items]:
        yield Finding("items", f"{listing(silent)} of {instrument.abbreviation} without words in this file")
    for id_, options in texts.item_options.items():
        if id_ not in items:
            yield Finding(f"item_options.{id_}", f"is no item of {instrument.abbreviation}")
        else:
            yield from _wrong_values(instrument, items[id_], options, f"item_options.{id_}")
    yield from _wrong_values(instrument, None, texts.options, "options")


def _wrong_values(
    instrument: Instrument, item: Item | None, options: Mapping[str, str], key: str
) -> Iterator[Finding]:
    """Options that stand for no answer, and the first or last answer without words."""
    if not options:
        return
    known = [option.value for option in _options(instrument, item)]
    values = {number: name for name in options if (number := _number(name)) is not None}
    strange = [name for name in options if _number(name) not in known]
    if strange or not known:
        answers = ", ".join(f"{value:g}" for value in known) or "no numbers"
        yield Finding(key, f"{', '.join(strange)}: the answers of this form are {answers}")
    elif known[0] not in values or known[-1] not in values:
        yield Finding(key, f"the first and the last answer ({known[0]:g} and {known[-1]:g}) need words")


def _options(instrument: Instrument, item: Item | None) -> tuple[Option, ...]:
    """The options, or one for each whole number between lowest and highest answer."""
    if item is None:
        return instrument.options or _steps(instrument.minimum, instrument.maximum)
    return instrument.options_of(item) or _steps(*instrument.limits_of(item))


def _steps(low: float | None, high: float | None) -> tuple[Option, ...]:
    if low is None or high is None or high - low > 100:
        return ()
    return tuple(Option(value=low + step) for step in range(int(high - low) + 1))


def _with_words(instrument: Instrument, item: Item, by_language: Mapping[str, Texts]) -> Item:
    label = _both(
        {lang: texts.items[item.id] for lang, texts in by_language.items() if item.id in texts.items}
    )
    own = {language: texts.item_options.get(item.id, {}) for language, texts in by_language.items()}
    options = item.options
    if any(own.values()) and item.kind is ItemKind.CHOICE:
        options = _labelled(_options(instrument, item), own)
    return msgspec.structs.replace(item, label=label, options=options)


def _labelled(options: tuple[Option, ...], words: Mapping[str, Mapping[str, str]]) -> tuple[Option, ...]:
    """The options with words by language, then by value; the values stay as they are."""
    by_value = {
        language: {_number(name): text for name, text in of_language.items()}
        for language, of_language in words.items()
    }
    return tuple(
        msgspec.structs.replace(
            option,
            label=_both(
                {lang: known[option.value] for lang, known in by_value.items() if option.value in known}
            )
            or option.label,
        )
        for option in options
    )


def _both(words: Mapping[str, str]) -> Text | None:
    """A text from the languages that are there; None where there is none."""
    if not words:
        return None
    any_ = next(iter(words.values()))
    return Text(en=words.get("en", any_), nl=words.get("nl", any_))


def _number(name: str) -> float | None:
    try:
        return float(name)
    except ValueError:
        return None


def _quoted(words: str) -> str:
    """A TOML string; JSON's escapes are TOML's, but for the DEL character."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
