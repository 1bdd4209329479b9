"""Which forms are in the file: for each instrument and respondent, who, when, which scores or answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _

from onmodel.measurement.answers import check_answers
from onmodel.outcomes.importing.mapping import ImportMap, Measure, filled, item_columns
from onmodel.outcomes.importing.moments import When, after, of_rows
from onmodel.outcomes.importing.people import People, past_dates
from onmodel.outcomes.importing.problems import Problem
from onmodel.outcomes.importing.reading import Floats, Source
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import SingleScale

Days = list[datetime.date | None]


@dataclass
class Block:
    """One column set of the file: every row at one moment (wide), or each row at its own (long).

    `columns` says for each scale or item from which column of the file it came.
    """

    when: When
    entered: dict[str, Floats] = field(default_factory=dict)
    answers: Floats | None = None
    columns: dict[str, str] = field(default_factory=dict)

    def said(self) -> np.ndarray:
        """(n,): rows in which something stands."""
        said = np.zeros(len(self.when.months), dtype=bool)
        for values in self.entered.values():
            said |= ~np.isnan(values)
        if self.answers is not None and self.answers.size:
            said |= ~np.isnan(self.answers).all(axis=1)
        return said


@dataclass(frozen=True)
class FormRows:
    """m forms of one instrument from one respondent; one element of each sequence a form.

    `persons` index `People.persons`; `answers` is (m, k) in the order of `instrument.all_items()`;
    `columns` names the file's columns of each form, by scale or item.
    """

    instrument: Instrument
    respondent: str
    persons: list[int]
    months: list[float]
    days: Days
    lines: list[int]
    answers: Floats | None
    entered: Mapping[str, Floats]
    columns: list[Mapping[str, str]]

    def __len__(self) -> int:
        return len(self.persons)


def read_forms(
    source: Source,
    mapping: ImportMap,
    people: People,
    instruments: Mapping[str, Instrument],
    starts: Sequence[datetime.date | None],
) -> list[FormRows]:
    """Every form in the file. `starts` (one a person) are the first days of treatment.

    Cells that cannot be right, rows without a moment, and second forms become problems of `source`.
    """
    row_starts = [starts[person] if person >= 0 else None for person in people.of_row.tolist()]
    whole_rows = of_rows(source, mapping.moment, row_starts) if mapping.moment else None
    groups: dict[tuple[str, str], list[Measure]] = {}
    for measure in mapping.measures:
        instrument = instruments[measure.instrument]
        respondent = measure.respondent or instrument.respondents[0].value
        groups.setdefault((instrument.id, respondent), []).append(measure)
    forms = []
    for (instrument_id, respondent), measures in groups.items():
        instrument = instruments[instrument_id]
        blocks = _blocks(source, instrument, measures, whole_rows, row_starts)
        rows = _stacked(source, people, instrument, respondent, blocks)
        _check_once(source, people, rows)
        forms.append(rows)
    return forms


def _blocks(
    source: Source,
    instrument: Instrument,
    measures: Sequence[Measure],
    whole_rows: When | None,
    starts: Sequence[datetime.date | None],
) -> list[Block]:
    if whole_rows is not None:
        block = Block(whole_rows)
        for measure in measures:
            _fill(source, instrument, block, measure, "")
        return [block]
    by_months: dict[float, Block] = {}
    for measure in measures:
        for moment, months in measure.moments.items():
            block = by_months.setdefault(months, Block(after(months, starts)))
            if measure.date:
                days = past_dates(source, filled(measure.date, moment=moment))
                block.when.days[:] = [day or old for day, old in zip(days, block.when.days, strict=True)]
            _fill(source, instrument, block, measure, moment)
    return [by_months[months] for months in sorted(by_months)]


def _fill(source: Source, instrument: Instrument, block: Block, measure: Measure, moment: str) -> None:
    if measure.scale is not None:
        column = filled(measure.column or "{moment}", moment=moment)
        if measure.scale in block.entered:
            reason = _("scale %(scale)s has two columns at one moment") % {"scale": measure.scale}
            source.problems.append(Problem(None, column, "", reason, _("one column a scale and moment")))
        block.entered[measure.scale] = _scores(source, instrument, measure.scale, column)
        block.columns[measure.scale] = column
        return
    columns = item_columns(measure, [item.id for item in instrument.all_items()], moment)
    present = {item: column for item, column in columns.items() if column in source.columns}
    block.columns.update(present)
    answers = _answers(source, instrument, present)
    given = block.answers
    block.answers = answers if given is None else np.where(np.isnan(answers), given, answers)


def _scores(source: Source, instrument: Instrument, scale_id: str, column: str) -> Floats:
    """A column of scale scores, each checked against the bounds of the scale."""
    scale = instrument.scale(scale_id)
    values = source.numbers(column)
    bounds = (scale.minimum, scale.maximum)
    if isinstance(scale, SingleScale) and bounds == (None, None):
        bounds = instrument.limits_of(instrument.item(scale.item))
    low = -np.inf if bounds[0] is None else bounds[0]
    high = np.inf if bounds[1] is None else bounds[1]
    wanted = _("a score from %(low)g to %(high)g") % {"low": low, "high": high}
    for row in np.flatnonzero((values < low) | (values > high) | np.isinf(values)).tolist():
        reason = _("no score of %(form)s can be this") % {"form": instrument.abbreviation}
        source.problem(row, column, float(values[row]), reason, wanted)
    return values


def _answers(source: Source, instrument: Instrument, columns: Mapping[str, str]) -> Floats:
    """(n, k) answers in the form's order, NaN where missing; each checked against its item."""
    items = instrument.all_items()
    answers = np.full((len(source), len(items)), np.nan)
    for at, item in enumerate(items):
        if item.id in columns and item.kind != "text":
            answers[:, at] = source.numbers(columns[item.id])
    for wrong in check_answers(instrument, answers):
        reason = _("no answer to item %(item)s of %(form)s can be this") % {
            "item": wrong.item,
            "form": instrument.abbreviation,
        }
        source.problem(wrong.row, columns[wrong.item], wrong.value, reason, wrong.expected)
    return answers


def _stacked(
    source: Source, people: People, instrument: Instrument, respondent: str, blocks: Sequence[Block]
) -> FormRows:
    """The blocks below one another, without the rows in which nothing stands or nobody is named."""
    kept = [block.said() & (people.of_row >= 0) for block in blocks]
    for block, rows in zip(blocks, kept, strict=True):
        block.when.demand(source, rows)
        rows &= ~np.isnan(block.when.months)
    at = [np.flatnonzero(rows) for rows in kept]
    total = sum(len(rows) for rows in at)
    scales = dict.fromkeys(scale for block in blocks for scale in block.entered)
    empty = np.full(len(source), np.nan)
    entered = {
        scale: np.concatenate([b.entered.get(scale, empty)[rows] for b, rows in zip(blocks, at, strict=True)])
        for scale in scales
    }
    pairs = list(zip(blocks, at, strict=True))
    return FormRows(
        instrument=instrument,
        respondent=respondent,
        persons=[int(people.of_row[row]) for _b, rows in pairs for row in rows],
        months=[float(block.when.months[row]) for block, rows in pairs for row in rows],
        days=[block.when.days[row] for block, rows in pairs for row in rows],
        lines=[source.lines[row] for _b, rows in pairs for row in rows],
        answers=_stacked_answers(instrument, pairs, total),
        entered=entered,
        columns=[block.columns for block, rows in pairs for _row in rows],
    )


def _stacked_answers(
    instrument: Instrument, pairs: Sequence[tuple[Block, np.ndarray]], total: int
) -> Floats | None:
    if all(block.answers is None for block, _rows in pairs):
        return None
    answers = np.full((total, len(instrument.all_items())), np.nan)
    start = 0
    for block, rows in pairs:
        if block.answers is not None:
            answers[start : start + len(rows)] = block.answers[rows]
        start += len(rows)
    return answers


def _check_once(source: Source, people: People, rows: FormRows) -> None:
    """One form a patient and moment."""
    for at, first in _repeated(rows):
        reason = _("patient %(patient)s has a %(form)s at month %(months)g already, on line %(line)d") % {
            "patient": people.persons[rows.persons[at]].pseudonym,
            "form": rows.instrument.abbreviation,
            "months": rows.months[at],
            "line": rows.lines[first],
        }
        column = next(iter(rows.columns[at].values()))
        value = next((values[at] for values in rows.entered.values() if not np.isnan(values[at])), "")
        shown = f"{value:g}" if value != "" else ""
        source.problems.append(
            Problem(rows.lines[at], column, shown, reason, _("one form a patient and moment"))
        )


def _repeated(rows: FormRows) -> Iterator[tuple[int, int]]:
    """(form, the earlier form of the same patient and moment)."""
    seen: dict[tuple[int, float], int] = {}
    for at, key in enumerate(zip(rows.persons, rows.months, strict=True)):
        if key in seen:
            yield at, seen[key]
        else:
            seen[key] = at
