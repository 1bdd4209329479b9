"""A plan in figures: what would be made, the scores by moment, the first rows as read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.utils.translation import get_language

from onmodel.measurement.scoring import score
from onmodel.outcomes.importing.forms import FormRows
from onmodel.outcomes.importing.planning import Plan, columns_used
from onmodel.outcomes.importing.reading import Floats

FIRST_ROWS = 5
MOST_MOMENTS = 24


def summarise(plan: Plan) -> dict[str, Any]:
    """Plain values, fit for JSON; without counts of what would be made where there are problems."""
    source, columns = plan.source, columns_used(plan)
    return {
        "rows": len(source),
        "encoding": source.table.encoding,
        "delimiter": source.table.delimiter,
        "problems": len(plan.problems),
        "columns": columns,
        "unused_columns": [column for column in source.columns if column not in columns],
        "first_rows": first_rows(plan, columns),
        **({} if plan.problems else counts(plan)),
    }


def counts(plan: Plan) -> dict[str, Any]:
    """What would be made, what is here already, and the scores by moment."""
    people, forms = plan.people, plan.forms
    return {
        "new_patients": sum(person.patient is None for person in people),
        "known_patients": sum(person.patient is not None for person in people),
        "new_treatments": sum(person.treatment is None for person in people),
        "changed_people": sum(p.treatment is not None and p.brings_something for p in people),
        "new_forms": sum(int(part.new.sum()) for part in forms),
        "filled_forms": sum(len(part.additions) for part in forms),
        "unchanged_forms": sum(part.unchanged for part in forms),
        "moments": [row for part in forms for row in moments(part.rows)],
    }


def first_rows(plan: Plan, columns: list[str]) -> list[list[str]]:
    """The first rows of the file, line number first, as read."""
    head = [plan.source.texts(column)[:FIRST_ROWS] for column in columns]
    lines = [str(line) for line in plan.source.lines[:FIRST_ROWS]]
    return [list(row) for row in zip(lines, *head, strict=True)]


def moments(rows: FormRows) -> Iterator[dict[str, Any]]:
    """n, mean and SD of each score that came in or follows, by moment."""
    language = get_language() or "en"
    months = np.array(rows.months)
    if len(np.unique(months)) > MOST_MOMENTS:
        months = np.round(months / 3) * 3
    for scale_id, values in scores_of(rows).items():
        for moment in np.unique(months):
            known = values[(months == moment) & ~np.isnan(values)]
            if known.size:
                yield {
                    "instrument": rows.instrument.abbreviation,
                    "scale": rows.instrument.scale(scale_id).title.in_(language),
                    "months": float(moment),
                    "n": int(known.size),
                    "mean": float(known.mean()),
                    "sd": float(known.std(ddof=1)) if known.size > 1 else None,
                }


def scores_of(rows: FormRows) -> dict[str, Floats]:
    """The scores entered, and those that follow from the answers."""
    scores = dict(rows.entered)
    if rows.answers is not None and len(rows):
        worked = {result.scale_id: result.values for result in score(rows.instrument, rows.answers).scales}
        scores = {**worked, **scores}
    return scores
