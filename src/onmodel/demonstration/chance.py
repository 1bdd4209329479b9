"""Chance from a seed: a stream for each subject, so that a change in one leaves the others alone."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of that name; the same seed and name give the same numbers."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
