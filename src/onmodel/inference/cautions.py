"""What a result says about its own limits, and what cannot be computed at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caution:
    """A named limit of a result: `code` for programs, `message` for people."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


class DataError(ValueError):
    """The data do not allow the analysis.

    The message says what is wrong and what would be right; `column`, `row` (from 0) and `value` say where,
    as far as one place is to blame.
    """

    def __init__(
        self, message: str, *, column: str | None = None, row: int | None = None, value: object = None
    ) -> None:
        super().__init__(message)
        self.column = column
        self.row = row
        self.value = value
