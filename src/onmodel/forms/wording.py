"""A form in the words in which it is asked: its questions and their answers, in one language.

The official words of most forms belong to their owners and are loaded (`onmodel packs texts`).
Without them a form cannot be asked of a patient. In the simulated service, and only there, such a
question says in plain words that its wording is missing, so that one can try the form.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from onmodel.forms.risk import thresholds
from onmodel.packs.instruments import Instrument, Item, ItemKind, Option, Wording

#: From so many whole numbers on, a number is typed and not chosen.
MOST_CHOICES = 12
#: Questions that are typed stand together, so many at most.
BLOCK = 3


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer: how it is stored and how it is said."""

    value: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """One item as it is asked; `choices` is empty where the answer is typed."""

    item: str
    number: int
    label: str
    help: str
    kind: str  # choice, number, text
    choices: tuple[Choice, ...]
    low: float | None
    high: float | None
    unit: str
    required: bool
    risk_from: float | None


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What is asked at once: one question to choose from, or a short block to type in."""

    number: int
    questions: tuple[Question, ...]

    @property
    def chooses(self) -> bool:
        return bool(self.questions[0].choices)


def has_wording(instrument: Instrument) -> bool:
    """Whether it can be asked of a patient: every item, and every scale of answers, has words."""
    if instrument.wording is Wording.NONE or not instrument.all_items():
        return False
    return all(
        item.label is not None and _answers_have_words(instrument, item) for item in _asked(instrument)
    )


def can_be_asked(instrument: Instrument, *, simulated: bool) -> bool:
    """Whether a patient can fill it here; in the simulated service also without its words."""
    has_items = instrument.wording is not Wording.NONE and bool(instrument.all_items())
    return has_items and (simulated or has_wording(instrument))


def questions(instrument: Instrument, language: str) -> tuple[Question, ...]:
    """Every item that is asked, in the order of the form."""
    return tuple(
        _question(instrument, item, number, language) for number, item in enumerate(_asked(instrument), 1)
    )


def screens(instrument: Instrument, language: str) -> tuple[Screen, ...]:
    """The questions as they follow each other: those to choose from one by one, typed ones in blocks."""
    blocks: list[list[Question]] = []
    for question in questions(instrument, language):
        last = blocks[-1] if blocks else []
        joins = bool(last) and not question.choices and not last[0].choices and len(last) < BLOCK
        if joins:
            last.append(question)
        else:
            blocks.append([question])
    return tuple(Screen(number=n, questions=tuple(block)) for n, block in enumerate(blocks, 1))


def _asked(instrument: Instrument) -> tuple[Item, ...]:
    """Without those that are neither required nor scored and have no words."""
    return tuple(item for item in instrument.all_items() if item.label or item.required or not item.unscored)


def _question(instrument: Instrument, item: Item, number: int, language: str) -> Question:
    low, high = instrument.limits_of(item)
    choices = _choices(instrument, item, language)
    return Question(
        item=item.id,
        number=number,
        label=item.label.in_(language) if item.label else _placeholder(instrument, item),
        help=item.help.in_(language) if item.help else "",
        kind="choice" if choices else "text" if item.kind is ItemKind.TEXT else "number",
        choices=choices,
        low=low,
        high=high,
        unit=item.unit or "",
        required=item.required,
        risk_from=thresholds(instrument).get(item.id),
    )


def _placeholder(instrument: Instrument, item: Item) -> str:
    words = {"item": item.id, "form": instrument.abbreviation}
    return _("Item %(item)s of the %(form)s (simulated: its wording is loaded from its owner's file)") % words


def _choices(instrument: Instrument, item: Item, language: str) -> tuple[Choice, ...]:
    found = [
        Choice(
            value=f"{option.value:g}",
            label=option.label.in_(language) if option.label else f"{option.value:g}",
        )
        for option in options_of(instrument, item)
    ]
    if item.kind is ItemKind.YES_NO:
        found = [Choice(value="0", label=_("No")), Choice(value="1", label=_("Yes"))]
    if found and item.not_applicable:
        found.append(Choice(value="na", label=_("Does not apply to me")))
    return tuple(found)


def options_of(instrument: Instrument, item: Item) -> tuple[Option, ...]:
    """The pack's options; for a choice without any, one for each whole number within its limits."""
    if item.kind is not ItemKind.CHOICE:
        return ()
    low, high = instrument.limits_of(item)
    if given := instrument.options_of(item):
        return given
    if low is None or high is None or high - low >= MOST_CHOICES:
        return ()
    return tuple(Option(value=low + step) for step in range(int(high - low) + 1))


def _answers_have_words(instrument: Instrument, item: Item) -> bool:
    """The first and the last answer do, or there is nothing to choose from."""
    options = options_of(instrument, item)
    return not options or (options[0].label is not None and options[-1].label is not None)
