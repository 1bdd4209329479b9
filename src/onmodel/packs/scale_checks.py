"""What a scale must say to be computed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from onmodel.packs.explain import suggestion
from onmodel.packs.instrument_checks import items_of, listing
from onmodel.packs.instruments import Direction, Instrument, Item
from onmodel.packs.problems import Finding
from onmodel.packs.scales import (
    CircumplexScale,
    CombinedScale,
    CountScale,
    ItemsBase,
    MeanScale,
    Missing,
    RatioScale,
    RecodedScale,
    Scale,
    SingleScale,
    SumScale,
    ValueSetScale,
)
from onmodel.packs.walk import cycles, duplicates

INDICES = ("elevation", "dominance", "affiliation", "amplitude", "displacement", "fit")
COMBINED = ("sum", "mean", "min", "max")
RECODED = ("mean", "sum")
Items = dict[str, Item]


def check_scales(instrument: Instrument) -> Iterator[Finding]:
    """Every check of every scale, and the cycles among them."""
    items = {item.id: item for item in instrument.all_items()}
    for index, scale in enumerate(instrument.scales):
        key = f"scales[{index}]"
        for check in CHECKS:
            for finding in check(instrument, scale, items):
                yield finding._replace(key=f"{key}.{finding.key}")
    yield from _check_cycles(instrument)
    if instrument.main_scale not in {scale.id for scale in instrument.scales}:
        yield Finding("main_scale", f"{instrument.main_scale!r} is no scale of this form")


def scales_of(scale: Scale) -> tuple[tuple[str, str], ...]:
    """The scales that a scale is made of, each with the field that names it."""
    if isinstance(scale, CombinedScale):
        return tuple(("scales", id_) for id_ in scale.scales)
    if isinstance(scale, RatioScale):
        return (("numerator", scale.numerator), ("denominator", scale.denominator))
    if isinstance(scale, CircumplexScale):
        return tuple(("octants", id_) for id_ in scale.octants)
    return ()


def _check_cycles(instrument: Instrument) -> Iterator[Finding]:
    edges = {scale.id: [id_ for _, id_ in scales_of(scale)] for scale in instrument.scales}
    places = {scale.id: (index, scale) for index, scale in enumerate(instrument.scales)}
    for way in cycles(edges):
        index, scale = places[way[0]]
        field = scales_of(scale)[0][0]
        yield Finding(f"scales[{index}].{field}", f"goes round in a circle: {' -> '.join(way)}")


def _items_exist(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    field = "item" if hasattr(scale, "item") else "items"
    wanted = items_of(scale)
    if field == "items" and hasattr(scale, "items") and not wanted:
        yield Finding(field, "is empty")
    for id_ in wanted:
        if id_ not in items:
            yield Finding(field, f"{id_!r} is no item of this form{suggestion(id_, items)}")
    for index, id_ in duplicates(wanted):
        yield Finding(f"{field}[{index}]", f"{id_!r} stands here twice")


def _scales_exist(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    known = {other.id for other in instrument.scales}
    named = scales_of(scale)
    for field, id_ in named:
        if id_ not in known:
            yield Finding(field, f"{id_!r} is no scale of this form{suggestion(id_, known)}")
    if isinstance(scale, CombinedScale):
        if not named:
            yield Finding("scales", "is empty")
        for index, id_ in duplicates(scale.scales):
            yield Finding(f"scales[{index}]", f"{id_!r} stands here twice")


def _reverse(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    if not isinstance(scale, ItemsBase):
        return
    for id_ in scale.reverse:
        if id_ not in scale.items:
            yield Finding("reverse", f"{id_!r} is not among the items of this scale")
        elif id_ in items and None in instrument.limits_of(items[id_]):
            yield Finding("reverse", f"{id_!r} cannot be reversed: its lowest or highest answer is not given")
    for index, id_ in duplicates(scale.reverse):
        yield Finding(f"reverse[{index}]", f"{id_!r} stands here twice")


def _recode(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    if not isinstance(scale, RecodedScale):
        return
    if scale.statistic not in RECODED:
        yield Finding("statistic", f"{scale.statistic!r} is none of {', '.join(RECODED)}")
    for id_ in scale.recode_items:
        if id_ not in scale.items:
            yield Finding(f"recode_items.{id_}", f"{id_!r} is not among the items of this scale")
    for id_ in scale.items:
        if id_ in items:
            own = id_ in scale.recode_items
            field = f"recode_items.{id_}" if own else "recode"
            codes = scale.recode_items[id_] if own else scale.recode
            yield from _recode_of(codes, field, instrument, items[id_])


def _recode_of(codes: Iterable[str], field: str, instrument: Instrument, item: Item) -> Iterator[Finding]:
    """The keys are answers within the range of the item, and each option has one."""
    answers: set[float] = set()
    low, high = instrument.limits_of(item)
    for code in codes:
        try:
            answer = float(code)
        except ValueError:
            yield Finding(f"{field}.{code}", f"{code!r} is no answer: a number is meant")
            continue
        answers.add(answer)
        if (low is not None and answer < low) or (high is not None and answer > high):
            yield Finding(
                f"{field}.{code}", f"{code} is outside the answers of item {item.id} ({low:g} to {high:g})"
            )
    for wanted in _answers(instrument, item):
        if wanted not in answers:
            yield Finding(field, f"does not say what answer {wanted:g} to item {item.id} becomes")


def _answers(instrument: Instrument, item: Item) -> list[float]:
    """The answers that an item allows: its options, or the whole numbers between its limits."""
    options = instrument.options_of(item)
    if options:
        return [option.value for option in options]
    low, high = instrument.limits_of(item)
    if low is None or high is None or high - low > 100:
        return []
    return [low + step for step in range(int(high - low) + 1)]


def _count(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    if not isinstance(scale, CountScale):
        return
    limits = [instrument.limits_of(items[id_])[1] for id_ in scale.items if id_ in items]
    if any(high is not None and scale.at_least > high for high in limits):
        yield Finding("at_least", f"{scale.at_least:g} is above the highest answer")


def _combined(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    if not isinstance(scale, CombinedScale):
        return
    if scale.statistic not in COMBINED:
        yield Finding("statistic", f"{scale.statistic!r} is none of {', '.join(COMBINED)}")
    if scale.weights and len(scale.weights) != len(scale.scales):
        yield Finding("weights", f"{len(scale.weights)} weights for {len(scale.scales)} scales")


def _value_set(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    """For each item, one decrement for each level above the first."""
    if not isinstance(scale, ValueSetScale):
        return
    for id_ in scale.decrements:
        if id_ not in scale.items:
            yield Finding(f"decrements.{id_}", f"{id_!r} is not among the items of this scale")
    for id_ in scale.items:
        low, high = instrument.limits_of(items[id_]) if id_ in items else (None, None)
        if id_ not in scale.decrements:
            yield Finding("decrements", f"has none for item {id_}")
        elif low is None or high is None:
            continue
        elif len(scale.decrements[id_]) != int(high - low):
            given = len(scale.decrements[id_])
            message = f"{given} decrements, but the answers {low:g} to {high:g} ask for {int(high - low)}"
            yield Finding(f"decrements.{id_}", message)


def _circumplex(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    if not isinstance(scale, CircumplexScale):
        return
    if scale.index not in INDICES:
        yield Finding("index", f"{scale.index!r} is none of {', '.join(INDICES)}")
    if len(scale.octants) != 8 or len({angle % 360 for angle in scale.octants.values()}) != 8:
        yield Finding("octants", "asks for eight scales at eight different angles")


def _missing(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    """How many answers may be missing is a possible number."""
    missing = getattr(scale, "missing", None)
    if not isinstance(missing, Missing):
        return
    wanted = items_of(scale)
    if missing.at_most is not None and not 0 <= missing.at_most < max(len(wanted), 1):
        yield Finding("missing.at_most", f"{missing.at_most} of {listing(wanted)}: some answer must be left")
    if missing.at_most_share is not None and not 0 <= missing.at_most_share < 1:
        yield Finding("missing.at_most_share", f"{missing.at_most_share:g} is no share from 0 up to 1")


def _range(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    low, high = scale.minimum, scale.maximum
    if low is not None and high is not None and low >= high:
        yield Finding("minimum", f"{low:g} is not below the maximum, {high:g}")
    if scale.direction is not None and scale.direction not in list(Direction):
        yield Finding("direction", f"{scale.direction!r} is none of {', '.join(Direction)}")
    if scale.decimals < 0:
        yield Finding("decimals", f"{scale.decimals} is below 0")


def _reach(instrument: Instrument, scale: Scale, items: Items) -> Iterator[Finding]:
    """The bounds that a scale states are those that its items can reach."""
    if any(id_ not in items for id_ in items_of(scale)):
        return
    reach = _reachable(instrument, scale, items)
    for field, stated, reached in zip(
        ("minimum", "maximum"), (scale.minimum, scale.maximum), reach, strict=True
    ):
        if stated is not None and reached is not None and not math.isclose(stated, reached, abs_tol=1e-9):
            yield Finding(field, f"{stated:g}, but the items reach {reached:g}")


def _reachable(instrument: Instrument, scale: Scale, items: Items) -> tuple[float | None, float | None]:
    """Lowest and highest score; None where it does not follow from the items alone."""
    if isinstance(scale, CountScale):
        return 0.0, float(len(scale.items))
    if isinstance(scale, SingleScale):
        return instrument.limits_of(items[scale.item])
    if isinstance(scale, SumScale | MeanScale) and scale.items and scale.multiplier > 0:
        limits = [instrument.limits_of(items[id_]) for id_ in scale.items]
        share = scale.multiplier / (len(limits) if isinstance(scale, MeanScale) else 1)
        return _total([low for low, _ in limits], share), _total([high for _, high in limits], share)
    if isinstance(scale, RecodedScale) and scale.items:
        codes = [tuple(scale.recode_items.get(id_, scale.recode).values()) for id_ in scale.items]
        share = 1 / len(codes) if scale.statistic == "mean" else 1.0
        if all(codes):
            return _total([min(of_item) for of_item in codes], share), _total([max(c) for c in codes], share)
    return None, None


def _total(values: Sequence[float | None], share: float) -> float | None:
    """The sum times `share`; None where a value is not known."""
    known = [value for value in values if value is not None]
    return sum(known) * share if len(known) == len(values) else None


CHECKS: tuple[Callable[[Instrument, Scale, Items], Iterator[Finding]], ...] = (
    _items_exist,
    _scales_exist,
    _reverse,
    _recode,
    _count,
    _combined,
    _value_set,
    _circumplex,
    _missing,
    _range,
    _reach,
)
