"""A first map for a file: what its columns look like, and the TOML of what somebody chose."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from onmodel.outcomes.importing.mapping import Dates
from onmodel.outcomes.importing.reading import DATES, Source, to_date

#: Words in the names of columns.
PATIENT = re.compile(
    r"\b(id|patient\w*|client\w*|cliënt\w*|case\w*|subject\w*|code|rownames|pseudonym\w*|nr)\b"
)
MOMENT = re.compile(r"\b(months?|maand(en)?|mnd|time|moment|wave|meting|visit|occasion|tijd)\b")
COHORT = re.compile(r"\b(treatment|arm|group|groep|condition|conditie|cohort)\b")
START = re.compile(r"\b(start\w*|intake|begin\w*|admission|opname)\b")
FIRST = re.compile(r"(?:^|[._\s-])(pre|baseline|base|start|intake|t0|voor)$")
MONTHS = re.compile(
    r"(?:^|\D)(\d{1,2})\s?(?:m|mo|mnd|months?|maanden)$|(?:^|[._\s-])(?:m|mnd|month)_?(\d{1,2})$"
)


@dataclass(frozen=True)
class Look:
    """What a file looks like. `dated` are the columns of dates, with their style; `months` by column."""

    layout: str
    patient: str
    dated: Mapping[str, Dates]
    moment: str = ""
    start: str = ""
    cohort: str = ""
    months: Mapping[str, float] = field(default_factory=dict)
    numeric: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody said about a file. `moments` maps column to months in a wide file."""

    layout: str
    patient: str
    instrument: str
    scale: str
    column: str = ""
    moment: str = ""
    moments: Mapping[str, float] = field(default_factory=dict)
    start: str = ""
    nominal_start: datetime.date | None = None
    cohort: str = ""


def look_at(source: Source) -> Look:
    """Guess from names and cells; a person decides."""
    columns = source.columns
    patient = _first(columns, PATIENT) or columns[0]
    names = [name for name in source.texts(patient) if name]
    layout = "long" if len(set(names)) < len(names) else "wide"
    dated = {column: style for column in columns if (style := date_style(source, column))}
    rest = [column for column in columns if column not in dated and column != patient]
    start = _first(list(dated), START)
    return Look(
        layout=layout,
        patient=patient,
        dated=dated,
        moment=_first(rest, MOMENT) or next((column for column in dated if column != start), ""),
        start=start,
        cohort=_first(rest, COHORT),
        months={c: months for c in rest if (months := months_in(c)) is not None},
        numeric=tuple(column for column in rest if _numeric(source, column)),
    )


def date_style(source: Source, column: str) -> Dates | None:
    """The style in which every cell of a column is a date; None where there is none."""
    if source.table.frame[column].dtype.is_temporal():
        return "iso"
    cells = {cell for cell in source.texts(column) if cell}
    fitting = [style for style in DATES if cells and all(to_date(cell, style) for cell in cells)]
    return fitting[0] if fitting else None


def months_in(column: str) -> float | None:
    """The months that a column's name says: "bdi.6m" 6, "bdi.pre" 0; None where it says none."""
    name = column.casefold()
    if FIRST.search(name):
        return 0.0
    found = MONTHS.search(name)
    return float(found[1] or found[2]) if found else None


def _first(columns: list[str], pattern: re.Pattern[str]) -> str:
    spaced = {column: re.sub(r"[_.\-]", " ", column.casefold()) for column in columns}
    return next((column for column in columns if pattern.search(spaced[column])), "")


def _numeric(source: Source, column: str) -> bool:
    read = source.table.numbers(column)
    return not read.bad and bool((read.values == read.values).any())


def map_of(choice: Choice, look: Look) -> str:
    """The map, as TOML that a person can keep and change."""
    lines = [f"layout = {_quoted(choice.layout)}", ""]
    styles = {look.dated.get(column) for column in (choice.start, choice.moment)} - {None, "iso"}
    if styles:
        lines += ["[file]", f"dates = {_quoted(sorted(map(str, styles))[0])}", ""]
    lines += ["[patient]", f"column = {_quoted(choice.patient)}", "", "[treatment]"]
    if choice.start:
        lines.append(f"start = {_quoted(choice.start)}")
    elif choice.nominal_start:
        lines.append(f"nominal_start = {choice.nominal_start.isoformat()}")
    if choice.cohort:
        lines.append(f"cohort = {_quoted(choice.cohort)}")
    if choice.layout == "long":
        kind = "date" if choice.moment in look.dated else "months"
        lines += ["", "[moment]", f"{kind} = {_quoted(choice.moment)}"]
    lines += [
        "",
        "[[measures]]",
        f"instrument = {_quoted(choice.instrument)}",
        f"scale = {_quoted(choice.scale)}",
    ]
    if choice.layout == "long":
        lines.append(f"column = {_quoted(choice.column)}")
    else:
        moments = [f"{_quoted(column)} = {months:g}" for column, months in choice.moments.items()]
        lines.append(f"moments = {{ {', '.join(moments)} }}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
