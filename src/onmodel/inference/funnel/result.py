"""What a comparison of providers says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from onmodel.inference.cautions import Caution
from onmodel.inference.funnel.dispersion import Dispersion

Kind = Literal["proportion", "mean", "rate"]
Verdict = Literal["within", "above", "below", "too_few"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Between which values a provider like the others lies with probability `level`."""

    level: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    n: rows; size: what the precision comes from (patients, or exposure of a rate); observed and expected:
    events (of a mean: the mean itself); value: the share, mean or rate, adjusted when the funnel is; p: that
    a provider like the others lies this far out; verdict: at the widest level that it falls outside, with
    that level, or "too_few". Without spread between patients se, z and p are None and there are no limits.
    """

    name: str
    n: int
    size: float
    observed: float
    expected: float
    value: float
    se: float | None
    z: float | None
    p: float | None
    limits: tuple[Limits, ...]
    verdict: Verdict
    outside: float | None

    @property
    def ci(self) -> tuple[float, float] | None:
        """The first (narrowest) pair of limits: about the target, not about the provider."""
        return (self.limits[0].lower, self.limits[0].upper) if self.limits else None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The limits of a provider of this size with the average mix of patients, for drawing."""

    size: float
    limits: tuple[Limits, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Providers against limits about the target. `by_chance`: how many of the judged ones are expected
    outside each level though none differs."""

    kind: Kind
    target: float
    target_given: bool
    sd: float | None
    providers: tuple[Provider, ...]
    curve: tuple[CurvePoint, ...]
    dispersion: Dispersion
    adjusted_for: tuple[str, ...]
    levels: tuple[float, ...]
    minimum_n: int
    by_chance: dict[float, float]
    n: int
    n_dropped: int
    method: str
    warnings: tuple[Caution, ...]

    def outside(self, level: float) -> tuple[Provider, ...]:
        """The judged providers outside the limits of `level`."""
        return tuple(p for p in self.providers if p.outside is not None and p.outside >= level)
