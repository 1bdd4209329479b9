"""Ratings of one session side by side, to be talked about item by item."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from onmodel.adherence.models import Rating
from onmodel.assessments.actions import instrument_of
from onmodel.packs.instruments import ItemKind
from onmodel.web.components import Column, Status, Table
from onmodel.web.rating_form import in_words

#: From two points of seven apart, raters have something to talk about.
WIDE = 2.0


def debrief_table(ratings: Sequence[Rating]) -> Table:
    """A row an item that somebody rated, a column a rater; with two or more, how far they lie apart."""
    instrument = instrument_of(ratings[0].assignment)
    titles = {part.id: in_words(part.title).split(":")[0] for part in instrument.parts}
    given = [{one.item: one for one in rating.assignment.answers.all()} for rating in ratings]
    several = len(ratings) > 1
    rows = []
    for item in instrument.all_items():
        if item.kind is not ItemKind.CHOICE or not any(item.id in answers for answers in given):
            continue
        values = [answers[item.id].value if item.id in answers else None for answers in given]
        cells = [_cell(answers.get(item.id)) for answers in given]
        label = in_words(item.label, item.id)
        apart = [_apart([value for value in values if value is not None])] if several else []
        rows.append([label, titles.get(item.part or "", ""), *cells, *apart])
    columns = [_("Item"), _("Respect"), *(Column(_name(one), numeric=True) for one in ratings)]
    columns += [_("Apart")] if several else []
    return Table(_("Item by item"), columns, rows, caption_hidden=True, id="debrief")


def _name(rating: Rating) -> str:
    own = rating.purpose == Rating.Purpose.SELF
    return _("%(name)s (own rating)") % {"name": rating.rater.name} if own else rating.rater.name


def _cell(answer) -> object:
    if answer is None:
        return None
    return _("n/a") if answer.not_applicable else answer.value


def _apart(values: list[float]) -> object:
    if len(values) < 2:
        return "–"
    distance = max(values) - min(values)
    return Status("apart" if distance >= WIDE else "close", of="raters", label=f"{distance:g}")


def words_of(ratings: Sequence[Rating]) -> list[dict[str, object]]:
    """What raters wrote: strengths, what to work on; and what the therapist answered."""
    found = []
    for rating in ratings:
        instrument = instrument_of(rating.assignment)
        texts = {one.item: one.text for one in rating.assignment.answers.all() if one.text}
        labelled = [
            (in_words(item.label, item.id), texts[item.id])
            for item in instrument.all_items()
            if item.id in texts
        ]
        if labelled or rating.comment:
            found.append({"name": _name(rating), "texts": labelled, "comment": rating.comment})
    return found
