"""What a chart function hands out: the picture as a specification, and the same in words and rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drawing:
    """`spec` is Vega-Lite; `headers` and `rows` are the table behind it, None meaning unknown;
    `numeric` tells which columns hold numbers; `description` says in words what is drawn.
    """

    spec: dict[str, Any]
    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    numeric: tuple[bool, ...]
    description: str
