"""Where people stand around one in the middle: nearer with more feeling, for an SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 960, 620
#: Half the width and height of the outermost ellipse.
ACROSS, DOWN = 370, 245
#: How far out, by nearness from 3 (nearest) to 1, and 0 where it is not known.
SHARES = {3: 0.46, 2: 0.73, 1: 1.0, 0: 1.0}
WIDEST = 24


@dataclass(frozen=True, kw_only=True)
class Person:
    """`near`: 3 much feeling, 2 some, 1 little, 0 not known. `note` tells the rest in words."""

    name: str
    near: int = 0
    past: bool = False
    note: str = ""


@dataclass(frozen=True)
class Node:
    x: int
    y: int
    label: str
    note: str
    past: bool
    near: int

    @property
    def text_y(self) -> int:
        return self.y + 30


@dataclass(frozen=True)
class Map:
    """Everything in units of the viewBox; `rings` are half the widths and heights of the ellipses."""

    width: int
    height: int
    x: int
    y: int
    nodes: tuple[Node, ...]
    rings: tuple[tuple[int, int], ...]


def relations_map(people: Sequence[Person]) -> Map:
    """The people evenly around the middle, from the top clockwise. ValueError for another nearness."""
    x, y = WIDTH // 2, HEIGHT // 2 - 10
    nodes = []
    for number, person in enumerate(people):
        if person.near not in SHARES:
            raise ValueError(f"{person.name}: nearness {person.near}, not one of 0 to 3")
        turn = math.tau * number / len(people) - math.pi / 2
        share = SHARES[person.near]
        across, down = round(x + share * ACROSS * math.cos(turn)), round(y + share * DOWN * math.sin(turn))
        nodes.append(Node(across, down, short(person.name), person.note, person.past, person.near))
    rings = sorted({(round(ACROSS * share), round(DOWN * share)) for share in SHARES.values()})
    return Map(WIDTH, HEIGHT, x, y, tuple(nodes), tuple(rings))


def short(name: str) -> str:
    """What fits under a point; the whole name stands in its note and in the table."""
    return name if len(name) <= WIDEST else f"{name[: WIDEST - 1].rstrip()}…"
