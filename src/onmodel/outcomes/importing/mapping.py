"""The map: a TOML text that says which column of a file is what (`docs/import.md`)."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.outcomes.importing.problems import ImportRefusedError, Problem

Dates = Literal["iso", "day_first", "month_first"]
EARLIEST_DAY = datetime.date(1900, 1, 1)
EARLIEST, LATEST = -60.0, 600.0  # months since the start; what lies outside is a slip


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the map; a key that it does not know is refused."""


class FileOptions(Part, frozen=True, kw_only=True):
    """How the file writes things. Encoding, delimiter and decimal sign are seen from the file itself."""

    missing: tuple[str | int | float, ...] = ()
    dates: Dates = "iso"
    delimiter: str | None = None


class PatientColumns(Part, frozen=True, kw_only=True):
    """The column with the pseudonym, and facts about the person. No identity comes in this way."""

    column: str
    prefix: str = ""
    year_of_birth: str | None = None
    gender: str | None = None


class TreatmentColumns(Part, frozen=True, kw_only=True):
    """Facts of the treatment, each a column; `nominal_start` is one date for the whole file.

    `end_kinds` turns the file's values into the pack's end kinds.
    """

    start: str | None = None
    nominal_start: datetime.date | None = None
    cohort: str | None = None
    team: str | None = None
    referred: str | None = None
    ended: str | None = None
    end_kind: str | None = None
    end_kinds: dict[str, str] = {}


class MomentColumns(Part, frozen=True, kw_only=True):
    """When a row of a long file was measured: months since the start, a date, or both.

    `values` turns the file's words into months ("T1" = 6). `planned` are the planned moments: a row
    with only a date belongs to the nearest.
    """

    months: str | None = None
    date: str | None = None
    values: dict[str, float] = {}
    planned: tuple[float, ...] = ()


class Measure(Part, frozen=True, kw_only=True):
    """A score (`scale` and `column`) or the answers (`items`) of an instrument.

    `items` is a pattern such as "phq_{item}", or a table from item to column. In a wide file
    `moments` says for each moment its months, and `{moment}` in a pattern stands for its name; a
    score's `column` is then "{moment}" unless said otherwise.
    """

    instrument: str
    scale: str | None = None
    column: str | None = None
    items: str | dict[str, str] | None = None
    respondent: str | None = None
    moments: dict[str, float] = {}
    date: str | None = None


class ImportMap(Part, frozen=True, kw_only=True):
    layout: Literal["long", "wide"]
    patient: PatientColumns
    measures: tuple[Measure, ...]
    file: FileOptions = FileOptions()
    treatment: TreatmentColumns = TreatmentColumns()
    moment: MomentColumns | None = None


def read_map(text: str) -> ImportMap:
    """The map that this TOML says. Raises ImportRefusedError, naming each key that is wrong."""
    try:
        mapping = msgspec.toml.decode(text.encode(), type=ImportMap)
    except msgspec.ValidationError as error:
        raise ImportRefusedError([_in_plain_words(str(error))]) from error
    except msgspec.DecodeError as error:
        reason = _("this is not TOML: %(error)s") % {"error": error}
        raise ImportRefusedError([Problem(None, _("map"), "", reason)]) from error
    except RecursionError:
        raise ImportRefusedError([Problem(None, _("map"), "", _("it is nested too deeply"))]) from None
    problems = list(_contradictions(mapping))
    if problems:
        raise ImportRefusedError(problems)
    return mapping


def _in_plain_words(message: str) -> Problem:
    """A decoder's message as a problem of a key ("measures[1].scale", counted from 1)."""
    text, _sep, path = message.partition(" - at `$")
    key = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + 1}]", path.strip(".`")) or _("map")
    unknown = re.search(r"unknown field `(.+)`", text)
    if unknown:
        known = _fields_at(path)
        near = difflib.get_close_matches(unknown[1], known, n=1)
        hint = _("did you mean “%(near)s”?") % {"near": near[0]} if near else ", ".join(known)
        return Problem(None, key, unknown[1], _("the map has no such key here"), hint)
    required = re.search(r"required field `(.+)`", text)
    if required:
        return Problem(None, key, "", _("the key “%(key)s” is missing") % {"key": required[1]})
    return Problem(None, key, "", text)


def _fields_at(path: str) -> list[str]:
    parts = {
        "": ImportMap,
        "file": FileOptions,
        "patient": PatientColumns,
        "treatment": TreatmentColumns,
        "moment": MomentColumns,
        "measures": Measure,
    }
    name = re.match(r"\w*", path.strip(".`"))
    return list(parts.get(name[0] if name else "", ImportMap).__struct_fields__)


def _wrong(key: str, reason: str, wanted: str = "", value: object = "") -> Problem:
    return Problem(None, key, str(value), reason, wanted)


def _contradictions(mapping: ImportMap) -> Iterator[Problem]:
    """What the keys say against one another."""
    if not mapping.measures:
        yield _wrong("measures", _("the map names no measure"), _("at least one [[measures]]"))
    yield from _treatment_contradictions(mapping.treatment)
    yield from _moment_contradictions(mapping)
    for number, measure in enumerate(mapping.measures, start=1):
        key = f"measures[{number}]"
        yield from _measure_contradictions(key, measure)
        if mapping.layout == "wide":
            yield from _wide_contradictions(key, measure)
        else:
            yield from _long_contradictions(key, measure)


def _treatment_contradictions(treatment: TreatmentColumns) -> Iterator[Problem]:
    if treatment.start and treatment.nominal_start:
        reason = _("a column with start dates is named as well")
        yield _wrong(
            "treatment.nominal_start", reason, _("either start or nominal_start"), treatment.nominal_start
        )
    if treatment.nominal_start and not EARLIEST_DAY <= treatment.nominal_start <= timezone.localdate():
        wanted = _("a day from 1900 until today")
        yield _wrong("treatment.nominal_start", _("this cannot be a start"), wanted, treatment.nominal_start)
    if bool(treatment.ended) != bool(treatment.end_kind):
        yield _wrong(
            "treatment.ended", _("an end has a date and a kind"), _("both ended and end_kind, or neither")
        )


def _moment_contradictions(mapping: ImportMap) -> Iterator[Problem]:
    moment = mapping.moment
    if mapping.layout == "wide" and moment is not None:
        reason = _("in a wide file each measure says its own moments")
        yield _wrong("moment", reason, _("moments in [[measures]]"))
    if mapping.layout == "long" and (moment is None or not (moment.months or moment.date)):
        reason = _("a long file needs to say when a row was measured")
        yield _wrong("moment", reason, _("months or date in [moment]"))
    if mapping.treatment.nominal_start and moment is not None and moment.date and not moment.months:
        reason = _("months cannot be counted from a nominal start to a real date")
        wanted = _("a column with start dates in [treatment], or a column of months")
        yield _wrong("moment.date", reason, wanted, moment.date)


def _measure_contradictions(key: str, measure: Measure) -> Iterator[Problem]:
    if (measure.items is None) == (measure.scale is None):
        reason = _("a measure is either a score or answers")
        yield _wrong(key, reason, _("either scale or items"), measure.instrument)
    if measure.items is not None and measure.column:
        yield _wrong(f"{key}.column", _("a column goes with a scale"), _("leave it out"), measure.column)
    if isinstance(measure.items, str) and "{item}" not in measure.items:
        yield _wrong(f"{key}.items", _("the pattern lacks {item}"), "phq_{item}", measure.items)


def _long_contradictions(key: str, measure: Measure) -> Iterator[Problem]:
    if measure.moments:
        yield _wrong(f"{key}.moments", _("a long file has its moments in [moment]"), _("leave it out"))
    if measure.scale is not None and not measure.column:
        yield _wrong(f"{key}.column", _("the column of the score is missing"))
    if measure.date:
        reason = _("a long file has its date in [moment]")
        yield _wrong(f"{key}.date", reason, _("leave it out"), measure.date)


def _wide_contradictions(key: str, measure: Measure) -> Iterator[Problem]:
    if not measure.moments:
        reason = _("a wide file needs the months of each moment")
        yield _wrong(f"{key}.moments", reason, "moments = { t0 = 0, t1 = 6 }")
    for name, months in measure.moments.items():
        if not EARLIEST <= months <= LATEST:
            wanted = _("months from %(low)g to %(high)g") % {"low": EARLIEST, "high": LATEST}
            yield _wrong(f"{key}.moments.{name}", _("these are no months"), wanted, months)
    yield from _moment_patterns(key, measure)


def _moment_patterns(key: str, measure: Measure) -> Iterator[Problem]:
    """With more than one moment, each pattern must tell them apart."""
    if len(measure.moments) < 2:
        return
    items = [measure.items] if isinstance(measure.items, str) else list((measure.items or {}).values())
    named = [("items", pattern) for pattern in items]
    named += [("column", measure.column)] if measure.column else []
    named += [("date", measure.date)] if measure.date else []
    for part, pattern in named:
        if "{moment}" not in pattern:
            reason = _("the pattern lacks {moment}, and there are several")
            yield _wrong(f"{key}.{part}", reason, "phq_{item}_{moment}", pattern)


def filled(pattern: str, *, item: str = "", moment: str = "") -> str:
    """The column that a pattern names."""
    return pattern.replace("{item}", item).replace("{moment}", moment)


def columns_named(mapping: ImportMap, items_of: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(key of the map, column) for each column that the map counts on.

    `items_of` gives the item ids of each instrument, for patterns.
    """
    yield "patient.column", mapping.patient.column
    for part, struct, names in (
        ("patient", mapping.patient, ("year_of_birth", "gender")),
        ("treatment", mapping.treatment, ("start", "cohort", "team", "referred", "ended", "end_kind")),
        ("moment", mapping.moment, ("months", "date")),
    ):
        for name in names:
            column = getattr(struct, name, None)
            if column:
                yield f"{part}.{name}", column
    for number, measure in enumerate(mapping.measures, start=1):
        for moment in measure.moments or {"": 0.0}:
            key = f"measures[{number}]"
            if measure.scale is not None:
                yield f"{key}.column", filled(measure.column or "{moment}", moment=moment)
            for column in item_columns(measure, items_of.get(measure.instrument, ()), moment).values():
                yield f"{key}.items", column
            if measure.date:
                yield f"{key}.date", filled(measure.date, moment=moment)


def item_columns(measure: Measure, items: Sequence[str], moment: str = "") -> dict[str, str]:
    """Item id -> column of the file, at one moment; empty for a score."""
    if measure.items is None:
        return {}
    patterns = dict.fromkeys(items, measure.items) if isinstance(measure.items, str) else measure.items
    return {item: filled(pattern, item=item, moment=moment) for item, pattern in patterns.items()}
