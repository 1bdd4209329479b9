"""What an instrument must say to be scored: its items, limits, options and texts.

Each check yields findings with the key as it stands in the file. The checks of scales are in
`scale_checks`, those of norms, cut-offs and bands in `meaning_checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from onmodel.packs.instruments import Audience, Instrument, Item, ItemKind, Option, Wording
from onmodel.packs.problems import Finding
from onmodel.packs.scales import EnteredScale
from onmodel.packs.walk import duplicates

Check = Callable[[Instrument], Iterator[Finding]]


def item_key(instrument: Instrument, item_id: str) -> str:
    """Where an item stands in the file: `items[2]`, or `numbered_items`."""
    for index, item in enumerate(instrument.items):
        if item.id == item_id:
            return f"items[{index}]"
    return "numbered_items"


def listing(ids: Iterable[str]) -> str:
    """`item 3` or `items 3, 7, 12`, at most ten of them."""
    known = list(ids)
    words = ", ".join(known[:10]) + (f" and {len(known) - 10} more" if len(known) > 10 else "")
    return f"item {words}" if len(known) == 1 else f"items {words}"


def check_ids(instrument: Instrument) -> Iterator[Finding]:
    """Items, parts and scales each have an id of their own."""
    for field in ("items", "parts", "scales"):
        for index, id_ in duplicates(entry.id for entry in getattr(instrument, field)):
            yield Finding(f"{field}[{index}].id", f"{id_!r} stands here twice")


def check_unused_items(instrument: Instrument) -> Iterator[Finding]:
    """Every item is in a scale, unless it says that it is unscored or asks for text."""
    used = {item for scale in instrument.scales for item in items_of(scale)}
    idle: dict[str, list[str]] = {}
    for item in instrument.all_items():
        if item.id not in used and not item.unscored and item.kind is not ItemKind.TEXT:
            idle.setdefault(item_key(instrument, item.id), []).append(item.id)
    for key, ids in idle.items():
        yield Finding(key, f"{listing(ids)} in no scale; say `unscored = true` where that is meant")


def items_of(scale: object) -> tuple[str, ...]:
    """The items that a scale takes its answers from; none for one made of other scales."""
    single = getattr(scale, "item", None)
    return (single,) if isinstance(single, str) else tuple(getattr(scale, "items", ()))


def check_parts(instrument: Instrument) -> Iterator[Finding]:
    known = {part.id for part in instrument.parts}
    for index, item in enumerate(instrument.items):
        if item.part is not None and item.part not in known:
            yield Finding(f"items[{index}].part", f"{item.part!r} is no part of this form")


def check_limits(instrument: Instrument) -> Iterator[Finding]:
    """No lowest answer above the highest, no two options with one value."""
    yield from _limits(instrument, "", instrument.options)
    for index, item in enumerate(instrument.items):
        yield from _limits(item, f"items[{index}].", item.options)


def _limits(owner: Instrument | Item, prefix: str, options: tuple[Option, ...]) -> Iterator[Finding]:
    low, high = owner.minimum, owner.maximum
    if low is not None and high is not None and low >= high:
        yield Finding(f"{prefix}minimum", f"{low:g} is not below the maximum, {high:g}")
    for index, value in duplicates(f"{option.value:g}" for option in options):
        yield Finding(f"{prefix}options[{index}].value", f"{value} stands here twice")


def check_audience(instrument: Instrument) -> Iterator[Finding]:
    """A form that reaches few asks nothing that has to be seen at once."""
    if instrument.audience is not Audience.TEAM and instrument.risk_items:
        who = instrument.audience.value
        yield Finding("risk_items", f"an answer that asks for attention at once cannot be kept {who!r}")


def check_choices(instrument: Instrument) -> Iterator[Finding]:
    """An item that is a choice has options, or lowest and highest answer."""
    open_: dict[str, list[str]] = {}
    for item in instrument.all_items():
        if item.kind is ItemKind.CHOICE and None in instrument.limits_of(item):
            open_.setdefault(item_key(instrument, item.id), []).append(item.id)
    for key, ids in open_.items():
        yield Finding(key, f"{listing(ids)}: a choice needs options, or a minimum and a maximum")


def check_wording(instrument: Instrument) -> Iterator[Finding]:
    """Where the wording ships, every item and its options have words."""
    if instrument.wording is not Wording.SHIPPED:
        return
    silent: dict[str, list[str]] = {}
    for item in instrument.all_items():
        if item.label is None:
            silent.setdefault(item_key(instrument, item.id), []).append(item.id)
    for key, ids in silent.items():
        where = key if key == "numbered_items" else f"{key}.label"
        yield Finding(where, f"{listing(ids)} without a label, though the wording is said to ship")
    yield from _options_without_words(instrument)


def _options_without_words(instrument: Instrument) -> Iterator[Finding]:
    """A shipped choice names its options: all of them, or at least the first and the last."""
    needed = any(item.kind is ItemKind.CHOICE and not item.options for item in instrument.all_items())
    if needed and not _anchored(instrument.options):
        yield Finding("options", "the first and the last option need a label, as the wording is said to ship")
    for index, item in enumerate(instrument.items):
        if item.options and not _anchored(item.options):
            yield Finding(f"items[{index}].options", "the first and the last option need a label")


def _anchored(options: tuple[Option, ...]) -> bool:
    return bool(options) and options[0].label is not None and options[-1].label is not None


def check_score_only(instrument: Instrument) -> Iterator[Finding]:
    """A score-only form has entered scales and no items; an entered scale asks for no item."""
    if instrument.wording is not Wording.NONE:
        return
    if instrument.all_items():
        yield Finding("wording", '"none" means that only scores are entered, but there are items')
    for index, scale in enumerate(instrument.scales):
        if items_of(scale):
            message = f'{scale.id} is computed from items, but the wording is "none"; its rule is "entered"'
            yield Finding(f"scales[{index}].rule", message)


def check_entered(instrument: Instrument) -> Iterator[Finding]:
    """A form without any item has at least one score to enter."""
    if not instrument.all_items() and not any(isinstance(s, EnteredScale) for s in instrument.scales):
        yield Finding("items", "there is no item, and no scale whose score is entered")


def check_respondents(instrument: Instrument) -> Iterator[Finding]:
    if not instrument.respondents:
        yield Finding("respondents", "is empty: someone fills the form")


CHECKS: tuple[Check, ...] = (
    check_ids,
    check_unused_items,
    check_parts,
    check_limits,
    check_audience,
    check_choices,
    check_wording,
    check_score_only,
    check_entered,
    check_respondents,
)
