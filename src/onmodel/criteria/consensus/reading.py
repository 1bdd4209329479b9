"""A round as far as it may be seen: no scores while it is open, no names where none are kept."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from onmodel.criteria.models import ConsensusRound
from onmodel.library import load
from onmodel.measurement.consensus import (
    Distance,
    Mark,
    MeanMark,
    Spread,
    furthest,
    mark_from,
    mean_of,
    spreads,
)
from onmodel.packs.instruments import Instrument
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme

#: With fewer, whoever scored could tell by subtraction what the other gave.
FEWEST_WITHOUT_NAMES = 3
#: Forms about a programme that several people can score.
FORMS = ("team_factors", "quality_criteria")
PUBLISHED = "team_factors_published"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What everybody scored alone. `sheets`: a name, or a letter drawn by chance, -> item -> mark."""

    sheets: Mapping[str, Mapping[str, Mark]]
    spreads: Mapping[str, Spread]
    furthest: Sequence[Distance]


@dataclass(frozen=True, kw_only=True)
class Means:
    """Of each level of a form, and of all items."""

    levels: Mapping[str, MeanMark | None]
    overall: MeanMark | None
    of: Mapping[str, int] = field(default_factory=dict)


def forms_of(programme: Programme) -> list[Instrument]:
    known = programme.definitions.instruments
    return [known[name] for name in FORMS if name in known]


def form_of(round_: ConsensusRound) -> Instrument:
    return load(round_.programme.pack).instruments[round_.instrument]


def limits_of(form: Instrument) -> tuple[float, float]:
    """The lowest and highest mark."""
    marks = [option.value for option in form.options]
    return min(marks), max(marks)


def marks_of(form: Instrument, scores: Mapping[str, str]) -> dict[str, Mark]:
    low, high = limits_of(form)
    return {
        item: mark_from(written, minimum=low, maximum=high) for item, written in scores.items() if written
    }


def summary_of(round_: ConsensusRound) -> Summary | None:
    """None while the round is open, whoever asks."""
    if round_.is_open:
        return None
    form = form_of(round_)
    rows = list(round_.sheets.select_related("rater__user"))
    names = [row.rater.user.name if round_.named and row.rater else letter(n) for n, row in enumerate(rows)]
    sheets = {name: marks_of(form, row.scores) for name, row in zip(names, rows, strict=True)}
    return Summary(sheets=sheets, spreads=spreads(list(sheets.values())), furthest=furthest(sheets))


def letter(number: int) -> str:
    """A, B, ..., Z, AA: names for sheets without a name."""
    more, last = divmod(number, len(ascii_uppercase))
    return (letter(more - 1) if more else "") + ascii_uppercase[last]


def agreed_marks(round_: ConsensusRound) -> dict[str, Mark]:
    return marks_of(form_of(round_), dict(round_.agreed.exclude(score="").values_list("item", "score")))


def means_of(form: Instrument, marks: Mapping[str, Mark]) -> Means:
    """The means of each part of the form over the items that have a mark."""
    levels: dict[str, MeanMark | None] = {}
    of: dict[str, int] = {}
    for part in form.parts:
        items = [item.id for item in form.all_items() if item.part == part.id]
        levels[part.id] = mean_of(marks[item] for item in items if item in marks)
        of[part.id] = len(items)
    return Means(levels=levels, overall=mean_of(marks.values()), of=of)


def last_agreed(programme: Programme, instrument: str, day: datetime.date) -> ConsensusRound | None:
    """The last round about that form whose period was over by that day."""
    rounds = programme.consensus_rounds.agreed().filter(instrument=instrument, ends_on__lte=day)
    return rounds.order_by("-ends_on", "-agreed_at").first()


def published(programme: Programme) -> dict[str, dict[str, Mark]]:
    """Cohort -> item -> what D ch. 8, Table 4 prints; empty for a pack without it."""
    listed = programme.definitions.terms.get(PUBLISHED)
    found: dict[str, dict[str, Mark]] = {}
    for term in listed.terms if listed else ():
        for cohort, mark in _cohorts(term).items():
            found.setdefault(cohort, {})[_item(term)] = mark
    return found


def _item(term: Term) -> str:
    return next(link.partition(".")[2] for link in term.links if link.startswith("team_factors."))


def _cohorts(term: Term) -> dict[str, Mark]:
    names = [name.removesuffix("_low") for name in term.values if name.endswith("_low")]
    return {
        name: Mark(float(term.values[f"{name}_low"]), float(term.values[f"{name}_high"])) for name in names
    }
