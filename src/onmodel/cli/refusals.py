"""How a command says what is wrong with its input: in words, or as JSON for a program."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn

import click

from onmodel.library.tables import BadCell, Table, TableError, read_table


@dataclass(frozen=True)
class Flaw:
    """Something wrong that is not in one cell, such as a column that is not there."""

    message: str
    expected: str
    item: str | None = None


def refuse(
    message: str,
    problems: Sequence[BadCell | Flaw] = (),
    *,
    as_json: bool,
    place: str = "line",
    at_most: int | None = None,
) -> NoReturn:
    """Say what is wrong and stop with exit code 1; on the terminal `at_most` problems are listed."""
    if as_json:
        listed = [asdict(problem) for problem in problems]
        click.echo(json.dumps({"error": message, "problems": listed}, ensure_ascii=False, indent=1))
        raise SystemExit(1)
    count = f", {len(problems)} things are wrong:" if len(problems) > 1 else ":" if problems else ""
    click.echo(message + count, err=True)
    for problem in problems[:at_most]:
        click.echo("  " + in_words(problem, place), err=True)
    if at_most is not None and len(problems) > at_most:
        click.echo(f"  and {len(problems) - at_most} more", err=True)
    raise SystemExit(1)


def take_table(file: Path, delimiter: str | None = None, *, as_json: bool) -> Table:
    """The file's table; a refusal where it has none."""
    try:
        return read_table(file, delimiter)
    except TableError as error:
        refuse(str(error), as_json=as_json)


def in_words(problem: BadCell | Flaw, place: str) -> str:
    """Where it is, what stands there, what would be right."""
    if isinstance(problem, Flaw):
        return f"{problem.message}; needed is {problem.expected}"
    where = f"{place} {problem.line}, column {problem.column}"
    return f'{where}: "{problem.value}"; needed is {problem.expected}'
