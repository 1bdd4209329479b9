"""Signs of trouble: what the record tells of each, beside the period before; and the open signals."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from onmodel.packs.standards import Term
from onmodel.reports.document import Block, Cell, Figure, Status, Table
from onmodel.reports.period import Period, words
from onmodel.staffing.record import Record
from onmodel.staffing.signs import COUNTS
from onmodel.staffing.words import unit_of, why_unknown
from onmodel.wording.numbers import date_written


def indicator_table(period: Period) -> list[Block]:
    """Each sign of trouble that the pack lists: computed where the record tells, else unknown."""
    listed = period.terms("indicators_of_trouble")
    rows: list[tuple[Cell, ...]] = []
    record = Record(period.programme)
    for term in listed.terms if listed else ():
        rows.append((words(term.label), _shown(term, period, record), _shown(term, period.before, record)))
    columns = (_("Sign"), _("This period"), _("Period before"))
    return [
        Table(
            title=_("Signs of trouble"),
            columns=columns,
            rows=tuple(rows),
            empty=_("The pack lists no signs."),
        )
    ]


def _shown(term: Term, period: Period, record: Record) -> Figure:
    """Counted as on the page of the signs of trouble."""
    count = COUNTS.get(term.id)
    if count is None:
        return Figure(value=None, why=why_unknown("not_recorded"))
    basis = period.counted(_("records of the programme from %(period)s") % {"period": period.in_words})
    counted = count(record, period.start, period.end)
    return Figure(
        value=counted.value,
        unit=unit_of(counted.unit, counted.value),
        decimals=1 if counted.kind == "score" else 0,
        n=counted.n,
        why=why_unknown(counted.why),
        basis=basis,
    )


def open_signals(period: Period) -> list[Block]:
    """Signals by rule: opened in the period, and still open at its end."""
    opened = Counter(
        period.signals.filter(opened_at__date__range=(period.start, period.end)).values_list(
            "rule", flat=True
        )
    )
    unsettled = Counter(period.open_signals.values_list("rule", flat=True))
    basis = period.counted(_("signals of the programme as of %(day)s") % {"day": date_written(period.end)})
    rows = []
    for rule in period.programme.definitions.all_rules():
        if opened[rule.id] or unsettled[rule.id]:
            rows.append(
                (
                    words(rule.title),
                    Status(rule.severity.value),
                    Figure(value=opened[rule.id], basis=basis),
                    Figure(value=unsettled[rule.id], basis=basis),
                )
            )
    columns = (_("Signal"), _("Severity"), _("Opened this period"), _("Open at the end"))
    return [Table(title=_("Signals"), columns=columns, rows=tuple(rows), empty=_("No signal is open."))]
