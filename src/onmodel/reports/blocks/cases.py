"""Patients in, through and out."""

from __future__ import annotations

import datetime
import statistics
from collections import Counter

from django.utils.translation import gettext as _

from onmodel.inference.counts import rate
from onmodel.inference.proportions import proportion
from onmodel.patients.models import DAYS_A_MONTH, Treatment
from onmodel.reports.document import Block, Facts, Figure, Table
from onmodel.reports.period import Period, words
from onmodel.wording.numbers import date_written

YEAR = datetime.timedelta(days=365)


def case_flow(period: Period) -> list[Block]:
    """Referred, waiting, started, in treatment, ended; and how many to expect in a year."""
    treatments = period.treatments
    at_end = period.counted(
        _("treatments of the programme as of %(day)s") % {"day": date_written(period.end)}
    )
    within = period.counted(_("treatments of the programme from %(period)s") % {"period": period.in_words})
    between = (period.start, period.end)
    counts = [
        (_("referred"), treatments.filter(referred_on__range=between).count(), within),
        (_("on the waiting list at the end"), treatments.waiting_on(period.end).count(), at_end),
        (_("started"), treatments.started_between(*between).count(), within),
        (_("in treatment at the end"), treatments.active_on(period.end).count(), at_end),
        (_("ended"), treatments.ended_between(*between).count(), within),
    ]
    facts = [(name, Figure(value=value, basis=basis)) for name, value, basis in counts]
    return [Facts(facts=(*facts, (_("expected to start in a year"), _expected(period))))]


def _expected(period: Period) -> Figure:
    """From the starts of the last year, with a Poisson interval; unknown for a young programme."""
    basis = period.counted(_("starts in the 365 days up to %(day)s") % {"day": date_written(period.end)})
    first = period.treatments.filter(started_on__isnull=False).order_by("started_on").first()
    if first is None or first.started_on > period.end - YEAR:
        return Figure(value=None, why=_("the programme has not run for a year"), basis=basis)
    starts = period.treatments.started_between(
        period.end - YEAR + datetime.timedelta(days=1), period.end
    ).count()
    estimate = rate(starts, 1.0)
    return Figure(value=starts, n=starts, lower=estimate.lower, upper=estimate.upper, basis=basis)


def ends(period: Period) -> list[Block]:
    """How treatments ended: each kind with its share and interval."""
    ended = list(period.treatments.ended_between(period.start, period.end))
    counts = Counter(treatment.end_kind for treatment in ended)
    basis = period.counted(_("treatments that ended from %(period)s") % {"period": period.in_words})
    rows = []
    for kind, label in _end_kinds(period).items():
        if not counts[kind]:
            continue
        share = proportion(counts[kind], len(ended))
        rows.append(
            (
                label,
                Figure(value=counts[kind], basis=basis),
                Figure(
                    value=100 * share.estimate,
                    unit="%",
                    n=len(ended),
                    lower=100 * share.lower,
                    upper=100 * share.upper,
                    basis=basis,
                ),
            )
        )
    columns = (_("Kind of end"), _("Patients"), _("Share, 95 % interval"))
    empty = _("No treatment ended in this period.")
    return [Table(title=_("How treatments ended"), columns=columns, rows=tuple(rows), empty=empty)]


def _end_kinds(period: Period) -> dict[str, str]:
    """Every kind of end: the pack's, and any other that occurs."""
    terms = period.terms("end_kinds")
    known = {term.id: words(term.label) for term in terms.terms} if terms else {}
    used = period.treatments.exclude(end_kind="").values_list("end_kind", flat=True).distinct()
    return known | {kind: kind for kind in sorted(set(used) - set(known))}


def duration(period: Period) -> list[Block]:
    """Share completed and mean duration of the treatments that ended."""
    ended = [t for t in period.treatments.ended_between(period.start, period.end) if t.started_on]
    basis = period.counted(
        _("treatments that ended from %(period)s, with a start") % {"period": period.in_words}
    )
    completed = [t for t in ended if t.end_kind == "completed"]
    return [
        Facts(
            facts=(
                (_("completed, of those that ended"), _share(len(completed), len(ended), basis)),
                (_("mean duration of all that ended"), _mean_months(ended, basis)),
                (_("mean duration of the completed"), _mean_months(completed, basis)),
            )
        )
    ]


def _share(count: int, n: int, basis) -> Figure:
    if not n:
        return Figure(value=None, unit="%", n=0, why=_("no treatment ended"), basis=basis)
    share = proportion(count, n)
    return Figure(
        value=100 * share.estimate,
        unit="%",
        n=n,
        lower=100 * share.lower,
        upper=100 * share.upper,
        basis=basis,
    )


def _mean_months(treatments: list[Treatment], basis) -> Figure:
    months = [(t.ended_on - t.started_on).days / DAYS_A_MONTH for t in treatments]
    if not months:
        return Figure(value=None, unit=_("months"), n=0, why=_("no such treatment ended"), basis=basis)
    return Figure(value=statistics.fmean(months), unit=_("months"), decimals=1, n=len(months), basis=basis)
