"""The pages of `onmodel packs show`: a pack, a kind, a definition, for reading in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from onmodel.packs.base import Definition, Text
from onmodel.packs.explain import suggestion
from onmodel.packs.instruments import Instrument, Item, Option
from onmodel.packs.pack import KINDS, Pack

Shown = Pack | Mapping[str, Definition] | Definition
HEADER = ("id", "version", "title", "source", "author", "checked_by", "next_review", "licence", "note")
#: A list with more columns than this is hard to read as a table.
COLUMNS_AT_MOST = 5
#: A cell of more characters than this takes the room of several columns.
WIDE = 60


def find(pack: Pack, what: str | None) -> Shown:
    """The pack, the definitions of a kind by id, or one definition. LookupError with plain words."""
    if what is None:
        return pack
    kind, _, id_ = what.partition("/")
    if kind not in KINDS:
        raise LookupError(f"{kind!r} is no kind; there are {', '.join(KINDS)}{suggestion(kind, KINDS)}")
    definitions: Mapping[str, Definition] = getattr(pack, kind)
    if not id_:
        return definitions
    if id_ not in definitions:
        raise LookupError(f"{id_!r} is not among the {kind} of {pack.id}{suggestion(id_, definitions)}")
    return definitions[id_]


def as_json(shown: Shown) -> str:
    """What is shown as JSON; of a pack only the header and the ids of its definitions."""
    if isinstance(shown, Pack):
        header = {name: getattr(shown, name) for name in (*HEADER, "extends")}
        return _json({**header, "definitions": {kind: list(getattr(shown, kind)) for kind in KINDS}})
    return _json(shown)


def show(pack: Pack, shown: Shown, language: str, console: Console | None = None) -> None:
    """Print the page; `language` is "en" or "nl"."""
    console = console or Console(highlight=False)
    if isinstance(shown, Pack):
        _show_pack(console, shown, language)
    elif isinstance(shown, Instrument):
        _show_header(console, shown, language)
        _show_instrument(console, shown, language)
    elif isinstance(shown, Definition):
        _show_header(console, shown, language)
        _show_fields(console, shown, language)
    else:
        _show_kind(console, pack, shown, language)


def _json(data: object) -> str:
    return msgspec.json.format(msgspec.json.encode(data), indent=2).decode()


def _show_pack(console: Console, pack: Pack, language: str) -> None:
    _show_header(console, pack, language)
    table = _table("kind", "definitions")
    for kind in KINDS:
        ids = sorted(getattr(pack, kind))
        if ids:
            table.add_row(kind, f"{len(ids)}: {', '.join(ids)}")
    console.print(table)
    console.print(f"onmodel packs show {pack.id} KIND/ID shows one of them.", style="dim")


def _show_kind(console: Console, pack: Pack, definitions: Mapping[str, Definition], language: str) -> None:
    table = _table("id", "title", "version", "from", "source")
    for id_, definition in sorted(definitions.items()):
        kind = next(kind for kind, cls in KINDS.items() if isinstance(definition, cls))
        origin = pack.origins.get(f"{kind}/{id_}", pack.id)
        table.add_row(id_, definition.title.in_(language), definition.version, origin, definition.source)
    console.print(table)


def _show_header(console: Console, definition: Definition, language: str) -> None:
    console.print(Styled(definition.title.in_(language), style="bold"))
    console.print(Styled(f"{definition.id} {definition.version}", style="dim"))
    checked = definition.checked_by or "nobody but the author yet"
    lines = {
        "source": definition.source,
        "author": definition.author,
        "checked by": checked,
        "next review": definition.next_review.isoformat(),
        "licence": definition.licence,
        "note": definition.note.in_(language) if definition.note else "",
    }
    _show_pairs(console, lines)
    console.print()


def _show_pairs(console: Console, lines: Mapping[str, str]) -> None:
    grid = Table.grid(padding=(0, 2))
    for name, value in lines.items():
        if value:
            grid.add_row(Styled(name, style="dim"), Styled(value))
    console.print(grid)


# --- an instrument ---
def _show_instrument(console: Console, instrument: Instrument, language: str) -> None:
    _show_pairs(console, _about(instrument, language))
    _show_items(console, instrument, language)
    scales = _table("scale", "title", "rule", "of", "range", "confidence", title="Scales")
    for scale in instrument.scales:
        main = " (main)" if scale.id == instrument.main_scale else ""
        rule = scale.__struct_config__.tag
        scales.add_row(
            f"{scale.id}{main}",
            scale.title.in_(language),
            str(rule),
            _made_of(scale),
            _range(scale.minimum, scale.maximum),
            scale.confidence.value,
        )
    console.print(scales)
    _show_meaning(console, instrument, language)


def _about(instrument: Instrument, language: str) -> dict[str, str]:
    return {
        "abbreviation": instrument.abbreviation,
        "filled by": ", ".join(instrument.respondents),
        "about": instrument.subject.value,
        "higher means": instrument.direction.value,
        "wording": instrument.wording.value,
        "validated": "yes" if instrument.validated else "no",
        "period asked": instrument.recall.in_(language) if instrument.recall else "",
        "instruction": instrument.instruction.in_(language) if instrument.instruction else "",
        "answers": _options(instrument.options, language) or _range(instrument.minimum, instrument.maximum),
    }


def _show_items(console: Console, instrument: Instrument, language: str) -> None:
    """The items; in one line where there are no words yet."""
    items = instrument.all_items()
    if items and not any(item.label or item.options for item in items):
        unscored = [item.id for item in items if item.unscored]
        beside = f"; not scored: {', '.join(unscored)}" if unscored else ""
        runs = _runs([item.id for item in items])
        console.print(f"\n{len(items)} items, {runs}{beside}. The words are their owner's and not loaded.\n")
        return
    table = _table("item", "words", "answers", title="Items")
    for item in items:
        table.add_row(item.id, item.label.in_(language) if item.label else "-", _answers(item, language))
    if items:
        console.print(table)


def _answers(item: Item, language: str) -> str:
    """What is particular about the answers to an item."""
    own = _options(item.options, language) or _range(item.minimum, item.maximum)
    kind = "" if item.kind == "choice" else item.kind.value.replace("_", "/")
    marks = [
        kind,
        own,
        item.unit or "",
        "not scored" if item.unscored else "",
        "" if item.required else "optional",
    ]
    return ", ".join(mark for mark in marks if mark)


def _runs(ids: list[str]) -> str:
    """`1-9 12R 14`: numbers that follow each other are drawn together from four on."""
    runs: list[list[str]] = []
    for id_ in ids:
        follows = runs and id_.isdigit() and runs[-1][-1].isdigit() and int(id_) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(id_)
        else:
            runs.append([id_])
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 3 else " ".join(run) for run in runs)


def _show_meaning(console: Console, instrument: Instrument, language: str) -> None:
    """Norms, cut-offs, bands, reliability and risk items, each with source and confidence."""
    table = _table("what", "scale", "figure", "for", "source", "confidence", title="What scores mean")
    for norm in instrument.norms:
        figure = f"mean {norm.mean:g}, SD {norm.sd:g}{f', n {norm.n}' if norm.n else ''}"
        _row(table, "norm", norm, figure, _people(norm))
    for cut_off in instrument.cut_offs:
        figure = f"{cut_off.value:g} ({cut_off.includes} at the value)"
        _row(table, f"cut-off, {cut_off.use}", cut_off, figure, _people(cut_off))
    for bands in instrument.bands:
        figure = "; ".join(f"{band.at_least:g}+ {band.label.in_(language)}" for band in bands.levels)
        _row(table, "bands", bands, figure, "")
    for reliability in instrument.reliabilities:
        sd = "" if reliability.sd is None else f", SD {reliability.sd:g}"
        _row(table, reliability.kind, reliability, f"{reliability.value:g}{sd}", reliability.sample)
    for change in instrument.reliable_changes:
        from_ = f"from SD {_number(change.sd)}, reliability {_number(change.reliability)}"
        _row(table, "reliable change", change, from_ if change.value is None else f"{change.value:g}", "")
    for risk in instrument.risk_items:
        meaning = risk.meaning.in_(language)
        table.add_row(
            "risk", f"item {risk.item}", f"{risk.at_least:g} or more", meaning, "", risk.confidence.value
        )
    if table.row_count:
        console.print(table)


def _row(table: Table, what: str, entry: Any, figure: str, people: str) -> None:
    table.add_row(what, entry.scale, figure, people, entry.source, entry.confidence.value)


def _people(entry: Any) -> str:
    return f"{entry.population}, {entry.group}" if entry.group else entry.population


def _made_of(scale: Any) -> str:
    """What a scale is computed from, with an R behind reversed items."""
    if hasattr(scale, "items"):
        reverse = getattr(scale, "reverse", ())
        return _runs([f"{item}R" if item in reverse else item for item in scale.items])
    if hasattr(scale, "scales"):
        return " ".join(scale.scales)
    if hasattr(scale, "numerator"):
        return f"{scale.numerator} / {scale.denominator}"
    if hasattr(scale, "octants"):
        return " ".join(scale.octants)
    return getattr(scale, "item", "entered")


def _options(options: Iterable[Option], language: str) -> str:
    return "; ".join(
        f"{option.value:g} {option.label.in_(language)}" if option.label else f"{option.value:g}"
        for option in options
    )


def _range(low: float | None, high: float | None) -> str:
    return "" if low is None and high is None else f"{_number(low)} to {_number(high)}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:g}"


# --- any other definition ---
def _show_fields(console: Console, definition: Definition, language: str) -> None:
    """The fields beyond the header: plain ones as pairs, each list as a table of what is filled."""
    fields = [name for name in definition.__struct_fields__ if name not in HEADER]
    plain = {
        name: _cell(getattr(definition, name), language) for name in fields if not _is_list(definition, name)
    }
    _show_pairs(console, plain)
    for name in fields:
        if _is_list(definition, name):
            _show_list(console, name, getattr(definition, name), language)


def _is_list(definition: Definition, name: str) -> bool:
    value = getattr(definition, name)
    return isinstance(value, tuple) and any(isinstance(entry, msgspec.Struct) for entry in value)


def _show_list(console: Console, title: str, entries: tuple[msgspec.Struct, ...], language: str) -> None:
    """Short entries as a table; those with more to say each as a block of its own."""
    rows = [_filled(entry, language) for entry in entries]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    wordy = any(len(words) > WIDE for row in rows for words in row.values())
    if len(columns) > (COLUMNS_AT_MOST // 2 if wordy else COLUMNS_AT_MOST):
        _show_blocks(console, title, rows)
        return
    table = _table(*columns, title=title)
    for row in rows:
        table.add_row(*(row.get(name, "") for name in columns))
    console.print(table)
    console.print()


def _show_blocks(console: Console, title: str, rows: list[dict[str, str]]) -> None:
    console.print(Styled(title, style="italic"))
    for row in rows:
        console.print(Styled(row.pop("id", "-"), style="bold"))
        _show_pairs(console, row)
        console.print()


def _filled(entry: msgspec.Struct, language: str) -> dict[str, str]:
    """The fields of an entry that say something."""
    cells = ((name, _cell(getattr(entry, name), language)) for name in entry.__struct_fields__)
    return {name: words for name, words in cells if words}


def _entry(filled: dict[str, str]) -> str:
    """An entry within another in one line: its words first, the rest in brackets."""
    head = [filled.pop(name) for name in ("id", "text", "label", "title") if name in filled]
    rest = ", ".join(f"{name.replace('_', ' ')} {words}" for name, words in filled.items())
    return ": ".join(head) + (f" ({rest})" if head and rest else rest)


def _cell(value: object, language: str) -> str:
    """A value in few words; nothing for what is not said."""
    if value is None or value == () or value == {}:
        return ""
    if isinstance(value, Text):
        return value.in_(language)
    if isinstance(value, msgspec.Struct):
        return _entry(_filled(value, language))
    if isinstance(value, tuple):
        short = all(not isinstance(member, msgspec.Struct) for member in value)
        return (", " if short else "\n").join(_cell(member, language) for member in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_cell(member, language)}" for name, member in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(*columns: str, title: str | None = None) -> Table:
    """A plain table: one line under the header, none between the rows."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(Styled(column), overflow="fold")
    return table
