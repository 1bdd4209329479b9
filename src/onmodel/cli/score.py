"""`onmodel score`: a file of answers in, a file of scores and a summary out."""

from __future__ import annotations

import csv
import difflib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from onmodel.cli.refusals import Flaw, refuse, take_table
from onmodel.library import folders, load
from onmodel.library.answers import FileAnswers, entered_scales, read_answers
from onmodel.library.tables import BadCell, Table
from onmodel.measurement import Alpha, ScaleSummary, Scores, summarise, to_list
from onmodel.measurement import score as score_answers
from onmodel.packs.instruments import Instrument
from onmodel.packs.problems import PackError

DELIMITERS = {"auto": None, "comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
#: Names of columns that say who answered, when --id does not.
ID_NAMES = ("id", "patient", "patient_id", "respondent", "subject", "pseudonym", "code", "person")
#: Scores are written with this many decimals: enough for any scale, without the noise of binary sums.
DECIMALS = 6


@dataclass(frozen=True)
class Work:
    """All that the command found out: what was asked, what was read, what came out."""

    instrument: Instrument
    pack: str
    table: Table
    answers: FileAnswers
    scores: Scores
    summary: tuple[ScaleSummary, ...]
    id_column: str | None


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("instrument")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pack", "pack_id", default="mbt", show_default=True, help="Pack that has the instrument.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the scores to this CSV.")
@click.option("--id", "id_column", help="Column that says who answered (found by name when left out).")
@click.option("--prefix", help="What stands before the item's number in the column names, as in t0_phq9_1.")
@click.option("--missing", multiple=True, help="A cell that means no answer, such as 999; may be repeated.")
@click.option("--delimiter", type=click.Choice(list(DELIMITERS)), default="auto", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print summary and scores as JSON.")
def score(
    instrument: str,
    file: Path,
    pack_id: str,
    out: Path | None,
    id_column: str | None,
    prefix: str | None,
    missing: tuple[str, ...],
    delimiter: str,
    as_json: bool,
) -> None:
    """Score the answers in FILE (CSV, SPSS or Parquet) to INSTRUMENT.

    One row a respondent, one column an item. Columns go by the item's number: item1, q1, phq9_1, 1.
    Nothing is scored while a column is missing or an answer cannot be; everything wrong is listed.

    \b
    Try:
      onmodel score phq9 answers.csv
      onmodel score bsi answers.sav --out scores.csv --id patient
      onmodel score phq9 waves.csv --prefix t0_phq9_ --missing 999
    """
    definition = find_instrument(instrument, pack_id)
    keep_answers(file, out)
    table = take_table(file, DELIMITERS[delimiter], as_json=as_json)
    who = find_id(table, id_column)
    answers = read_answers(table, definition, prefix, missing)
    if not answers.complete:
        problems = problems_of(definition, answers, prefix)
        refuse(f"{file}: nothing was scored", problems, as_json=as_json, place=table.place)
    scores = score_answers(definition, answers.values, answers.entered)
    summary = summarise(definition, answers.values, scores)
    work = Work(definition, pack_id, table, answers, scores, summary, who)
    if out is not None:
        write_scores(work, out)
    if as_json:
        click.echo(json.dumps(as_data(work), ensure_ascii=False, indent=1))
    else:
        show(work, out)


def keep_answers(file: Path, out: Path | None) -> None:
    """A usage error when the scores would be written over the answers."""
    if out is not None and out.resolve() == file.resolve():
        raise click.BadParameter("the scores would replace the answers; name another", param_hint="--out")


def find_instrument(instrument_id: str, pack_id: str) -> Instrument:
    """The instrument by id or abbreviation; a usage error with near names where there is none."""
    if pack_id not in folders():
        there = ", ".join(folders())
        raise click.BadParameter(f"there is no pack {pack_id}; there are {there}", param_hint="--pack")
    try:
        pack = load(pack_id)
    except PackError as error:
        raise click.ClickException(f"pack {pack_id} cannot be read: {error}") from error
    wanted = instrument_id.casefold()
    for instrument in pack.instruments.values():
        if wanted in (instrument.id, instrument.abbreviation.casefold()):
            return instrument
    near = difflib.get_close_matches(wanted, pack.instruments, n=3)
    hint = f"; did you mean {', '.join(near)}" if near else ""
    every = ", ".join(sorted(pack.instruments))
    raise click.BadParameter(
        f"pack {pack_id} has no instrument {instrument_id}{hint}. It has: {every}", param_hint="INSTRUMENT"
    )


def find_id(table: Table, wanted: str | None) -> str | None:
    """The column that says who answered; a usage error when the one asked for is not there."""
    names = {name.casefold(): name for name in table.columns}
    if wanted is not None:
        if wanted.casefold() not in names:
            every = ", ".join(table.columns)
            raise click.BadParameter(f"no column {wanted}; the file has: {every}", param_hint="--id")
        return names[wanted.casefold()]
    return next((names[name] for name in ID_NAMES if name in names), None)


def problems_of(instrument: Instrument, answers: FileAnswers, prefix: str | None) -> list[BadCell | Flaw]:
    """What is wrong: columns first, then cells by line."""
    found: list[BadCell | Flaw] = []
    scales = entered_scales(instrument)
    for key in answers.match.missing:
        what = f"the score {key}" if key in scales else f"item {key}"
        names = (
            [key, f"{instrument.id}_{key}"] if key in scales else [key, f"q{key}", f"{instrument.id}_{key}"]
        )
        if prefix is not None:
            names = [f"{prefix}{key}"]
        found.append(Flaw(f"no column for {what}", f"a column {' or '.join(names)}", key))
    for key, columns in answers.match.doubled.items():
        message = f"columns {' and '.join(columns)} all say item {key}"
        found.append(Flaw(message, "one of them; --prefix can choose", key))
    return [*found, *answers.bad]


def reported(work: Work) -> list[str]:
    """The scales to report: all but entered ones that the file did not have."""
    return [
        s.scale_id for s in work.scores.scales if s.rule != "entered" or s.scale_id in work.answers.entered
    ]


def write_scores(work: Work, out: Path) -> None:
    """One row a respondent: who, and for each scale the score and the number of items answered."""
    head, columns = [work.table.place], [work.table.lines.tolist()]
    if work.id_column is not None:
        head, columns = [work.id_column, *head], [work.table.cells(work.id_column), *columns]
    for scale_id in reported(work):
        scale, name = work.scores[scale_id], f"{work.instrument.id}_{scale_id}"
        head += [name, f"{name}_answered"]
        columns += [to_list(np.round(scale.values, DECIMALS)), scale.answered.tolist()]
    try:
        with out.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(zip(*columns, strict=True))
    except OSError as error:
        refuse(f"{out}: cannot be written ({error.strerror})", as_json=False)


def as_data(work: Work) -> dict[str, Any]:
    """Summary and scores for a program: unknown is null."""
    summaries = {summary.scale_id: summary for summary in work.summary}
    return {
        "instrument": work.instrument.id,
        "version": work.instrument.version,
        "pack": work.pack,
        "rows": len(work.scores),
        "scales": [
            {
                **asdict(summaries[scale_id]),
                "alpha": alpha_as_data(summaries[scale_id].alpha),
                "title": work.instrument.scale(scale_id).title.en,
                "rule": work.scores[scale_id].rule,
                "items": work.scores[scale_id].items,
                "value_set": work.scores[scale_id].value_set,
            }
            for scale_id in reported(work)
        ],
        "scores": rows_as_data(work),
    }


def alpha_as_data(alpha: Alpha | None) -> dict[str, Any] | None:
    """Alpha with its 95 % interval; None for a scale that has none."""
    if alpha is None:
        return None
    low, high = alpha.interval() or (None, None)
    return {**asdict(alpha), "low": low, "high": high, "level": 0.95}


def rows_as_data(work: Work) -> list[dict[str, Any]]:
    """Each respondent's scores and numbers of answered items."""
    ids = work.table.cells(work.id_column) if work.id_column else [None] * len(work.scores)
    scale_ids = reported(work)
    values = [to_list(np.round(work.scores[s].values, DECIMALS)) for s in scale_ids]
    answered = [work.scores[s].answered.tolist() for s in scale_ids]
    return [
        {
            "id": who,
            work.table.place: int(line),
            "scores": {
                s: None if v[row] != v[row] else v[row] for s, v in zip(scale_ids, values, strict=True)
            },
            "answered": {s: a[row] for s, a in zip(scale_ids, answered, strict=True)},
        }
        for row, (who, line) in enumerate(zip(ids, work.table.lines, strict=True))
    ]


def show(work: Work, out: Path | None) -> None:
    """The summary as a table on the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Grid

    titles = {scale.id: scale.title.en for scale in work.instrument.scales}
    decimals = {scale.id: scale.decimals for scale in work.instrument.scales}
    grid = Grid(box=SIMPLE_HEAD, pad_edge=False)
    grid.add_column("scale", no_wrap=True)
    grid.add_column("")
    for heading in ("scored", "filled", "mean", "SD", "alpha"):
        grid.add_column(heading, justify="right", no_wrap=True)
    shown = set(reported(work))
    for summary in work.summary:
        if summary.scale_id in shown:
            grid.add_row(*cells(summary, titles[summary.scale_id], decimals[summary.scale_id]))
    click.echo(f"{work.instrument.title.en}, version {work.instrument.version}")
    Console().print(grid)
    click.echo(f"{len(work.scores)} rows read from {work.table.path}; an empty cell is unknown.")
    if any(summary.filled for summary in work.summary):
        click.echo(
            "Filled: scores in which a value stands in for a missing answer, as the form's rule allows."
        )
    click.echo(f"Scores written to {out}." if out else "Add --out FILE to write each row's scores.")


def cells(summary: ScaleSummary, title: str, decimals: int) -> tuple[str, ...]:
    """A scale's row in the summary; empty where unknown."""

    def number(value: float | None) -> str:
        return "" if value is None else f"{value:.{max(decimals, 1)}f}"

    alpha = summary.alpha.value if summary.alpha else None
    filled = str(summary.filled) if summary.filled else ""
    return (
        summary.scale_id,
        title,
        str(summary.n),
        filled,
        number(summary.mean),
        number(summary.sd),
        "" if alpha is None else f"{alpha:.2f}",
    )
