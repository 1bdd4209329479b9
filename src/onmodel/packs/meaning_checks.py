"""What is said about scores: norms, cut-offs, bands, reliability, answers that ask for attention."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from onmodel.packs.explain import suggestion
from onmodel.packs.instruments import Band, Instrument, ItemKind
from onmodel.packs.problems import Finding, ProblemSeverity

USES = ("clinical", "screening", "inclusion", "caseness", "satisfactory")
SIDES = ("high", "low")
RELIABILITIES = ("alpha", "omega", "retest", "icc")
WITH_SCALE = ("norms", "cut_offs", "bands", "reliabilities", "reliable_changes")


def check_scale_names(instrument: Instrument) -> Iterator[Finding]:
    known = {scale.id for scale in instrument.scales}
    for field in WITH_SCALE:
        for index, entry in enumerate(getattr(instrument, field)):
            if entry.scale not in known:
                message = f"{entry.scale!r} is no scale of this form{suggestion(entry.scale, known)}"
                yield Finding(f"{field}[{index}].scale", message)


def check_norms(instrument: Instrument) -> Iterator[Finding]:
    for index, norm in enumerate(instrument.norms):
        if norm.sd <= 0:
            yield Finding(f"norms[{index}].sd", f"{norm.sd:g} is not above 0")
        yield from _outside(instrument, norm.scale, norm.mean, f"norms[{index}].mean")


def check_cut_offs(instrument: Instrument) -> Iterator[Finding]:
    for index, cut_off in enumerate(instrument.cut_offs):
        key = f"cut_offs[{index}]"
        if cut_off.use not in USES:
            yield Finding(f"{key}.use", f"{cut_off.use!r} is none of {', '.join(USES)}")
        if cut_off.includes not in SIDES:
            yield Finding(f"{key}.includes", f"{cut_off.includes!r} is none of {', '.join(SIDES)}")
        yield from _outside(instrument, cut_off.scale, cut_off.value, f"{key}.value")


def check_bands(instrument: Instrument) -> Iterator[Finding]:
    for index, bands in enumerate(instrument.bands):
        key = f"bands[{index}].levels"
        if not bands.levels:
            yield Finding(key, "is empty")
        for place, (band, following) in enumerate(zip(bands.levels, (*bands.levels[1:], None), strict=True)):
            yield from _band(band, following, f"{key}[{place}]")
            yield from _outside(instrument, bands.scale, band.at_least, f"{key}[{place}].at_least")


def _band(band: Band, following: Band | None, key: str) -> Iterator[Finding]:
    """Bands go up, do not overlap, and leave no gap; only the last has no upper end."""
    if band.below is not None and band.below <= band.at_least:
        yield Finding(f"{key}.below", f"{band.below:g} is not above {band.at_least:g}")
    if following is None:
        return
    if band.below is None:
        yield Finding(f"{key}.below", "is missing: only the last band has no upper end")
    elif following.at_least < band.below:
        message = f"{band.below:g} overlaps with the next band, which starts at {following.at_least:g}"
        yield Finding(f"{key}.below", message)
    elif following.at_least > band.below:
        message = f"scores from {band.below:g} to {following.at_least:g} are in no band"
        yield Finding(f"{key}.below", message, ProblemSeverity.WARNING)


def check_reliabilities(instrument: Instrument) -> Iterator[Finding]:
    for index, reliability in enumerate(instrument.reliabilities):
        if reliability.kind not in RELIABILITIES:
            message = f"{reliability.kind!r} is none of {', '.join(RELIABILITIES)}"
            yield Finding(f"reliabilities[{index}].kind", message)
        if reliability.sd is not None and reliability.sd <= 0:
            yield Finding(f"reliabilities[{index}].sd", f"{reliability.sd:g} is not above 0")


def check_reliable_changes(instrument: Instrument) -> Iterator[Finding]:
    """Either the difference itself, or what it is computed from."""
    for index, change in enumerate(instrument.reliable_changes):
        key = f"reliable_changes[{index}]"
        if change.value is None and (change.sd is None or change.reliability is None):
            yield Finding(key, "needs a value, or sd and reliability")
        if change.value is not None and change.value <= 0:
            yield Finding(f"{key}.value", f"{change.value:g} is not above 0")
        if change.sd is not None and change.sd <= 0:
            yield Finding(f"{key}.sd", f"{change.sd:g} is not above 0")
        if change.reliability is not None and not 0 <= change.reliability <= 1:
            yield Finding(f"{key}.reliability", f"{change.reliability:g} is not from 0 to 1")


def check_risk_items(instrument: Instrument) -> Iterator[Finding]:
    """A risk item exists, and its value can be answered."""
    items = {item.id: item for item in instrument.all_items()}
    for index, risk in enumerate(instrument.risk_items):
        if risk.item not in items:
            yield Finding(f"risk_items[{index}].item", f"{risk.item!r} is no item of this form")
            continue
        high = instrument.limits_of(items[risk.item])[1]
        if items[risk.item].kind is ItemKind.TEXT:
            yield Finding(f"risk_items[{index}].item", f"{risk.item!r} asks for text, which has no value")
        elif high is not None and risk.at_least > high:
            yield Finding(
                f"risk_items[{index}].at_least", f"{risk.at_least:g} is above the highest answer, {high:g}"
            )


def _outside(instrument: Instrument, scale_id: str, value: float, key: str) -> Iterator[Finding]:
    """A figure that the scale cannot reach; silent where its bounds are not given."""
    for scale in instrument.scales:
        if scale.id == scale_id:
            low, high = scale.minimum, scale.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                yield Finding(key, f"{value:g} cannot be reached: {scale_id} goes from {low} to {high}")


CHECKS: tuple[Callable[[Instrument], Iterator[Finding]], ...] = (
    check_scale_names,
    check_norms,
    check_cut_offs,
    check_bands,
    check_reliabilities,
    check_reliable_changes,
    check_risk_items,
)
