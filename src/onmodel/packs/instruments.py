"""Instruments: a form's items and options, and what its answers mean."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from onmodel.packs.base import Confidence, Definition, Id, Part, Respondent, SubjectKind, Text
from onmodel.packs.scales import Scale

ItemId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]+$")]


class Direction(StrEnum):
    """What a higher score means."""

    WORSE = "worse"
    BETTER = "better"
    NEUTRAL = "neutral"


class SessionKind(StrEnum):
    """What kind of therapy session a scale rates."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class Wording(StrEnum):
    """Where the words of the form come from."""

    SHIPPED = "shipped"  # stand in this file
    OWNER = "owner"  # loaded from the owner's file; without it answers go by item number
    NONE = "none"  # score-only: a scale score is entered


class Audience(StrEnum):
    """Who may see one person's scores and answers, beside who gave them."""

    TEAM = "team"  # all who see the treatment
    AGREED = "agreed"  # a patient's view of the therapists: as far as the programme agreed
    OWN = "own"  # a therapist's own feelings: nobody, unless he or she shares them


class ItemKind(StrEnum):
    CHOICE = "choice"
    NUMBER = "number"
    COUNT = "count"
    YES_NO = "yes_no"
    TEXT = "text"


class Option(Part, frozen=True, kw_only=True):
    """One answer: its stored value, its words where we may ship them, its code where it has one."""

    value: float
    label: Text | None = None
    code: str | None = None


class Item(Part, frozen=True, kw_only=True):
    """One question. `minimum`, `maximum` and `options` fall back on the instrument's own."""

    id: ItemId
    kind: ItemKind = ItemKind.CHOICE
    label: Text | None = None
    help: Text | None = None
    part: Id | None = None
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str | None = None
    not_applicable: bool = False
    required: bool = True
    unscored: bool = False
    code: str | None = None


class ItemPart(Part, frozen=True, kw_only=True):
    """A group of items on the form (a block on a screen, a column of a double rating)."""

    id: Id
    title: Text
    help: Text | None = None


class Norm(Part, frozen=True, kw_only=True):
    """Mean and standard deviation of a scale in a population, in the scale's own units."""

    scale: str
    population: str
    group: str | None = None
    n: int | None = None
    mean: float
    sd: float
    source: str
    confidence: Confidence


class CutOff(Part, frozen=True, kw_only=True):
    """A value that parts two groups; at the value itself one is on the side that `includes` says."""

    scale: str
    value: float
    use: str  # clinical (functional | dysfunctional population), screening, inclusion, caseness, satisfactory
    includes: str = "high"  # high: at or above the value counts as high; low: only above it
    population: str
    group: str | None = None
    source: str
    confidence: Confidence


class Band(Part, frozen=True, kw_only=True):
    """A range `at_least <= score < below` (the last may have no upper end) with its name."""

    at_least: float
    below: float | None = None
    label: Text


class Bands(Part, frozen=True, kw_only=True):
    scale: str
    levels: tuple[Band, ...]
    source: str
    confidence: Confidence


class Reliability(Part, frozen=True, kw_only=True):
    """A reliability coefficient, and where known the SD of the same sample."""

    scale: str
    kind: str  # alpha, omega, retest, icc
    value: Annotated[float, msgspec.Meta(ge=0, le=1)]
    sd: float | None = None
    sample: str
    source: str
    confidence: Confidence


class ReliableChange(Part, frozen=True, kw_only=True):
    """The smallest reliable difference: published (`value`), or from `sd` and `reliability`.

    With `starts_above` or `starts_below` it holds only for a first score on that side.
    """

    scale: str
    value: float | None = None
    sd: float | None = None
    reliability: float | None = None
    starts_above: float | None = None
    starts_below: float | None = None
    source: str
    confidence: Confidence


class RiskItem(Part, frozen=True, kw_only=True):
    """An answer of at least this value asks for attention at once."""

    item: ItemId
    at_least: float
    meaning: Text
    confidence: Confidence = Confidence.VERIFIED


class Instrument(Definition, frozen=True, kw_only=True):
    """A form from the pack, and how it is scored.

    Items are listed, or numbered "1" to `numbered_items` where the wording is its owner's; a listed
    item with a number's id overrides that number. Answer limits hold for every item that has none
    of its own. `session_kinds` makes it the scale by which recorded sessions of those kinds are rated.
    """

    abbreviation: str
    subject: SubjectKind
    session_kinds: tuple[SessionKind, ...] = ()
    respondents: tuple[Respondent, ...]
    wording: Wording
    direction: Direction
    validated: bool = True
    audience: Audience = Audience.TEAM
    recall: Text | None = None
    instruction: Text | None = None
    minutes: float | None = None
    code: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[Option, ...] = ()
    numbered_items: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    parts: tuple[ItemPart, ...] = ()
    items: tuple[Item, ...] = ()
    scales: tuple[Scale, ...]
    main_scale: str
    norms: tuple[Norm, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()
    bands: tuple[Bands, ...] = ()
    reliabilities: tuple[Reliability, ...] = ()
    reliable_changes: tuple[ReliableChange, ...] = ()
    risk_items: tuple[RiskItem, ...] = ()

    def all_items(self) -> tuple[Item, ...]:
        """Every item in the order of the form, the numbered ones first."""
        listed = {item.id: item for item in self.items}
        numbers = [str(n) for n in range(1, self.numbered_items + 1)]
        numbered = tuple(listed.pop(n, Item(id=n)) for n in numbers)
        return numbered + tuple(listed.values())

    def item(self, item_id: str) -> Item:
        """The item with this id; KeyError where there is none."""
        for item in self.all_items():
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def options_of(self, item: Item) -> tuple[Option, ...]:
        return item.options or self.options

    def limits_of(self, item: Item) -> tuple[float | None, float | None]:
        """The lowest and highest valid answer (None where open)."""
        options = self.options_of(item)
        if options and item.kind is ItemKind.CHOICE:
            values = [option.value for option in options]
            return min(values), max(values)
        if item.kind is ItemKind.YES_NO:
            return 0.0, 1.0
        low = self.minimum if item.minimum is None else item.minimum
        high = self.maximum if item.maximum is None else item.maximum
        return low, high

    def scale(self, scale_id: str) -> Scale:
        """The scale with this id; KeyError where there is none."""
        for scale in self.scales:
            if scale.id == scale_id:
                return scale
        raise KeyError(scale_id)
