"""Numbers and words in both languages."""

from dataclasses import fields

import pytest

from onmodel.charts.words import DUTCH, ENGLISH, span, words, written


@pytest.mark.parametrize(
    ("value", "english", "dutch"),
    [
        (12.5, "12.5", "12,5"),
        (12, "12", "12"),
        (1234.56, "1,234.6", "1.234,6"),
        (-0.5, "−0.5", "−0,5"),
        (0, "0", "0"),
        (11.98, "12.0", "12,0"),
        (None, "unknown", "onbekend"),
    ],
)
def test_numbers(value, english: str, dutch: str) -> None:
    assert written(value, ENGLISH) == english
    assert written(value, DUTCH) == dutch


def test_an_interval_with_an_unknown_end_is_none() -> None:
    assert span(1, None, ENGLISH) is None
    assert span(1, 2.5, DUTCH) == "1 tot 2,5"


@pytest.mark.parametrize(("code", "language"), [("nl", "nl"), ("nl-be", "nl"), ("en", "en"), ("en-gb", "en")])
def test_the_language_of_the_words(code: str, language: str) -> None:
    assert words(code).language == language


def test_dutch_leaves_no_sentence_in_english() -> None:
    same = {f.name for f in fields(ENGLISH) if getattr(ENGLISH, f.name) == getattr(DUTCH, f.name)}
    assert same <= {"n", "model", "score", "item"}
