"""What is wrong with a file or its map: where, what stands there, why not, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` is the line (or row) of the file; None for a problem of the whole file or of the map.

    `column` is the column of the file, or the key of the map.
    """

    line: int | None
    column: str
    value: str
    reason: str
    wanted: str = ""

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def __str__(self) -> str:
        place = f"line {self.line}, " if self.line is not None else ""
        shown = f" “{self.value}”" if self.value else ""
        right = f" ({self.wanted})" if self.wanted else ""
        return f"{place}{self.column}{shown}: {self.reason}{right}"


class ImportRefusedError(Exception):
    """The file or its map cannot be used; `problems` says every reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems[:3]))
