"""Where the programme is on and off model, by component and level."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.criteria.evidence import Evidence
from onmodel.criteria.integrity import IntegrityMap, integrity_map
from onmodel.reports.document import Block, Notes, Status, Table
from onmodel.reports.evidence_words import name_of, says
from onmodel.reports.period import Period, words
from onmodel.wording.levels import level_in_words
from onmodel.wording.numbers import date_written


def integrity_table(period: Period) -> list[Block]:
    """The map of three by three, and under it what each cell that is not on model rests on."""
    evidence = Evidence(period.programme, period.end, period.picture)
    drawn = integrity_map(period.programme, period.end, evidence)
    if drawn is None:
        return [Notes(items=(), empty=_("The pack has no map of treatment integrity."))]
    return [_map(drawn), _behind(drawn, outside=period.outside)]


def _map(drawn: IntegrityMap) -> Table:
    rows = []
    for cell in drawn.cells:
        known = _("%(known)s of %(all)s sources known") % {"known": cell.known, "all": len(cell.sources)}
        component = next(term for term in drawn.components if term.id == cell.component)
        rows.append(
            (
                words(component.label),
                level_in_words(cell.level),
                words(cell.term.label),
                Status(cell.state.value),
                known,
            )
        )
    columns = (_("Component"), _("Level"), _("What it is about"), _("State"), _("How much is known"))
    return Table(
        title=_("Map of treatment integrity on %(day)s") % {"day": date_written(drawn.day)},
        columns=columns,
        rows=tuple(rows),
        note=rule_in_words(),
    )


def rule_in_words() -> str:
    return _(
        "Each source counts as one. Off model: more than half of the known sources are. Partly: some are. On "
        "model: none is, and at least half of the sources are known. Unknown: else."
    )


def _behind(drawn: IntegrityMap, *, outside: bool) -> Table:
    """Readers outside the programme are told what is off model, not by which small numbers."""
    off = [(cell, source) for cell in drawn.cells for source in cell.off]
    found = [] if outside else [_("Found")]
    return Table(
        title=_("What is off model"),
        columns=(_("Part of the map"), _("Off model"), *found),
        rows=tuple(
            (words(cell.term.label), name_of(source), *([] if outside else [says(source)]))
            for cell, source in off
        ),
        empty=_("Nothing that is known is off model."),
    )
