"""Scales: how answers become a score. One class a rule; the field `rule` of a file chooses it."""

from __future__ import annotations

from enum import StrEnum

from onmodel.packs.base import Confidence, Part, Text


class Fill(StrEnum):
    """What stands in for a missing answer when there are not too many of them."""

    NONE = "none"
    PRORATE = "prorate"  # the mean of the answered items
    ROUNDED_MEAN = "rounded_mean"  # that mean, rounded to a whole answer (OQ-45)


class Missing(Part, frozen=True, kw_only=True):
    """How many answers may be missing (by number, by share, or both) and what stands in.

    The default accepts none. A score with more missing answers than this is unknown.
    """

    at_most: int | None = None
    at_most_share: float | None = None
    fill: Fill = Fill.PRORATE
    confidence: Confidence = Confidence.VERIFIED
    source: str = ""


class ScaleBase(Part, frozen=True, kw_only=True):
    """`minimum` and `maximum` bound the score (for checks and axes); `direction` overrides the form's."""

    id: str
    title: Text
    direction: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 2
    code: str | None = None
    confidence: Confidence = Confidence.VERIFIED
    note: Text | None = None


class ItemsBase(ScaleBase, frozen=True, kw_only=True):
    """A rule over items; an item in `reverse` counts as lowest + highest - answer."""

    items: tuple[str, ...]
    reverse: tuple[str, ...] = ()
    missing: Missing = Missing()


class SumScale(ItemsBase, tag_field="rule", tag="sum", frozen=True, kw_only=True):
    """`multiplier` x the sum of the items."""

    multiplier: float = 1.0


class MeanScale(ItemsBase, tag_field="rule", tag="mean", frozen=True, kw_only=True):
    """`multiplier` x the mean of the items."""

    multiplier: float = 1.0


class CountScale(ItemsBase, tag_field="rule", tag="count", frozen=True, kw_only=True):
    """How many items are answered with at least this value (PST of the SCL-90 family)."""

    at_least: float


class RecodedScale(ScaleBase, tag_field="rule", tag="recoded", frozen=True, kw_only=True):
    """Each answer is first replaced by a value of its own (RFQ-8), then averaged or summed.

    `recode` maps answer to value for every item; `recode_items` replaces that map for some items.
    """

    items: tuple[str, ...]
    recode: dict[str, float]
    recode_items: dict[str, dict[str, float]] = {}
    statistic: str = "mean"
    missing: Missing = Missing()


class CombinedScale(ScaleBase, tag_field="rule", tag="combined", frozen=True, kw_only=True):
    """Sum, mean, least or greatest of other scales of the same form, each times its weight."""

    scales: tuple[str, ...]
    weights: tuple[float, ...] = ()
    statistic: str  # sum, mean, min, max


class RatioScale(ScaleBase, tag_field="rule", tag="ratio", frozen=True, kw_only=True):
    """One scale divided by another (PSDI = sum / PST); unknown where the divisor is 0."""

    numerator: str
    denominator: str


class ValueSetScale(ScaleBase, tag_field="rule", tag="value_set", frozen=True, kw_only=True):
    """A weighted value set (EQ-5D): 1 + constant (if any answer > 1) + decrement of each answer
    + `any_worst` (if any answer is the worst level). Decrements stand for levels 2, 3, ...
    """

    set_id: str
    items: tuple[str, ...]
    constant: float
    decrements: dict[str, tuple[float, ...]]
    any_worst: float = 0.0
    source: str


class CircumplexScale(ScaleBase, tag_field="rule", tag="circumplex", frozen=True, kw_only=True):
    """The structural summary of eight octant scales: one of its indices.

    `octants` maps scale id to angle in degrees; `index` is elevation, dominance (y), affiliation
    (x), amplitude, displacement (degrees) or fit (R squared).
    """

    octants: dict[str, float]
    index: str


class SingleScale(ScaleBase, tag_field="rule", tag="single", frozen=True, kw_only=True):
    """The answer to one item."""

    item: str


class EnteredScale(ScaleBase, tag_field="rule", tag="entered", frozen=True, kw_only=True):
    """A score computed elsewhere and entered as such, for a form whose key is not public."""


Scale = (
    SumScale
    | MeanScale
    | CountScale
    | RecodedScale
    | CombinedScale
    | RatioScale
    | ValueSetScale
    | CircumplexScale
    | SingleScale
    | EnteredScale
)
