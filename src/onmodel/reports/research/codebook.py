"""What each column, scale and item of the data means, in English and Dutch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from onmodel import library
from onmodel.packs.base import Text
from onmodel.packs.instruments import Instrument, Item, ItemKind, Wording
from onmodel.packs.problems import PackError
from onmodel.reports.research.tables import ANSWERS, SCORES, TREATMENTS, Row

COLUMNS = ("file", "column", "key", "version", "label_en", "label_nl", "values", "minimum", "maximum")
FILES = {"treatments": TREATMENTS, "scores": SCORES, "answers": ANSWERS}

#: What is said of each column, and the values that it may have.
MEANINGS: dict[str, tuple[str | Promise, str]] = {
    "person": (_("Code of the person in this study"), ""),
    "treatment": (_("Code of the treatment in this study"), ""),
    "form": (_("Code of the filled form in this study"), ""),
    "programme": (_("Programme"), ""),
    "programme_format": (_("Format of the programme, a term of its pack"), ""),
    "cohort": (_("Label to compare by, such as the arm of a trial"), ""),
    "start_year": (_("Calendar year in which the treatment started"), ""),
    "start_is_nominal": (_("Whether the start is one day given for a whole imported file"), "0 | 1"),
    "age_at_start": (_("Year of the start less the year of birth: age in years, at most one too high"), ""),
    "gender": (_("Gender as recorded"), ""),
    "days_referral_to_start": (_("Days from referral to start"), ""),
    "days_in_treatment": (_("Days from start to end; empty while the treatment goes on"), ""),
    "end_kind": (_("How the treatment ended, a term of the pack"), ""),
    "consent_text": (_("The text, and its version, that the person said yes to"), ""),
    "simulated": (_("Says so where the data are simulated"), "simulated"),
    "instrument": (_("Instrument"), ""),
    "instrument_version": (_("Version of the definition by which it was filled and scored"), ""),
    "respondent": (_("Who filled it"), ""),
    "months_planned": (_("Planned moment, in months since the start"), ""),
    "days_since_start": (_("Days from the start to the day on which it was filled"), ""),
    "scale": (_("Scale; see the rows below"), ""),
    "value": (_("Score or answer; empty where it is unknown or was left open"), ""),
    "answered_items": (_("Number of items answered, of those that the score rests on"), ""),
    "items": (_("Number of items that the score rests on"), ""),
    "rule": (_("Rule by which it was scored"), ""),
    "entered": (_("Whether the score came in as such, without answers"), "0 | 1"),
    "item": (_("Item; see the rows below"), ""),
    "not_applicable": (_("Whether the item was marked as not applicable"), "0 | 1"),
}


def codebook_rows(forms: Iterable[tuple[str, str, str]]) -> Iterator[Row]:
    """The columns of each file; then the scales and items of these forms (pack, instrument, version)."""
    for file, columns in FILES.items():
        for column in columns:
            meaning, values = MEANINGS[column]
            yield (f"{file}.csv", column, "", "", *_in_both(meaning), values, None, None)
    for pack, name, version in sorted(forms):
        instrument = _instrument(pack, name)
        if instrument is None:
            yield ("scores.csv", "instrument", name, version, "", "", "", None, None)
            continue
        yield ("scores.csv", "instrument", name, version, *_words(instrument.title), "", None, None)
        yield from _scales(instrument)
        yield from _items(instrument)


def _instrument(pack: str, name: str) -> Instrument | None:
    """None where the pack or the form is no longer there."""
    try:
        return library.load(pack).instruments.get(name)
    except PackError:
        return None


def _scales(instrument: Instrument) -> Iterator[Row]:
    for scale in instrument.scales:
        key = f"{instrument.id}.{scale.id}"
        limits = scale.minimum, scale.maximum
        yield ("scores.csv", "scale", key, instrument.version, *_words(scale.title), "", *limits)


def _items(instrument: Instrument) -> Iterator[Row]:
    """Words only where they are ours to give: an owner's questionnaire goes by item number."""
    ours = instrument.wording is Wording.SHIPPED
    for item in instrument.all_items():
        if item.kind is ItemKind.TEXT:
            continue
        key = f"{instrument.id}.{item.id}"
        words = _words(item.label if ours else None)
        values, limits = _values(instrument, item, ours), instrument.limits_of(item)
        yield ("answers.csv", "item", key, instrument.version, *words, values, *limits)


def _values(instrument: Instrument, item: Item, ours: bool) -> str:
    """ "0 = not at all | 1 = a little", or the values alone."""
    told = [
        f"{option.value:g} = {option.label.en}" if ours and option.label else f"{option.value:g}"
        for option in instrument.options_of(item)
    ]
    return " | ".join(told)


def _words(text: Text | None) -> tuple[str, str]:
    return (text.en, text.nl) if text else ("", "")


def _in_both(meaning: str | Promise) -> tuple[str, str]:
    said = []
    for language in ("en", "nl"):
        with override(language):
            said.append(str(meaning))
    return said[0], said[1]
