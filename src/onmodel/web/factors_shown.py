"""What experts named, beside the published cases and this programme: a picture and a table."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from onmodel.charts.matrix import MatrixWords, Of, matrix_chart
from onmodel.implementing.factors import Factor
from onmodel.web.components import Chart, Column, Table
from onmodel.web.rating_form import in_words

#: A row of the picture, in pixels: its words are short.
STEP = 52


def letter(case: str) -> str:
    """The letter that the source gives it."""
    return case.removeprefix("case_").upper()


def factors_chart(found: Sequence[Factor], cases: Sequence[str], *, simulated: bool) -> Chart | None:
    """A row a factor, a column for here and each case; nothing stands where it is not told."""
    if not found:
        return None
    here = {one.term.id: one.here.present for one in found if one.here.present is not None}
    columns = [Of(name=_("Here"), known=here)] + [
        Of(name=letter(case), known={one.term.id: one.cases[case] for one in found if case in one.cases})
        for case in sorted(cases)
    ]
    said = MatrixWords(
        statement=_("What experts named"),
        column=_("Programme"),
        states={True: _("there"), False: _("lacking")},
        untold=_("not told"),
    )
    words = {one.term.id: in_words(one.term.label) for one in found}
    drawing = matrix_chart(words, columns, words=said, step=STEP)
    return Chart(
        drawing,
        _("Here and in the published programmes"),
        id="factors-matrix",
        n=len(cases),
        simulated=simulated,
    )


def factors_table(found: Sequence[Factor]) -> Table | None:
    if not found:
        return None
    words = {True: _("there"), False: _("lacking"), None: None}
    rows = [
        [
            in_words(one.term.label),
            one.named,
            _letters(one, so=True),
            _letters(one, so=False),
            words[one.here.present],
            in_words(one.read_from.label) if one.read_from else _("no statement of the cases"),
        ]
        for one in found
    ]
    columns = [
        _("What experts named"),
        Column(_("Named by, of 12"), numeric=True),
        _("There in"),
        _("Lacking in"),
        _("Here"),
        _("Read from"),
    ]
    return Table(_("What experts named"), columns, rows, caption_hidden=True, id="factors")


def _letters(one: Factor, *, so: bool) -> str:
    return ", ".join(letter(case) for case, was in one.cases.items() if was is so) or "–"
