"""Signs of trouble: what the record tells of each, beside the period before; and the open signals."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable

from django.db.models import Q
from django.utils.translation import gettext as _

from onmodel.programmes.models import Membership
from onmodel.reports.document import Basis, Block, Cell, Figure, Status, Table
from onmodel.reports.period import Period, words

Indicator = Callable[[Period, Basis], Figure]


def indicator_table(period: Period) -> list[Block]:
    """Each sign of trouble that the pack lists: computed where the record tells, else unknown."""
    listed = period.terms("indicators_of_trouble")
    rows: list[tuple[Cell, ...]] = []
    for term in listed.terms if listed else ():
        indicator = INDICATORS.get(term.id)
        rows.append((words(term.label), _shown(indicator, period), _shown(indicator, period.before)))
    columns = (_("Sign"), _("This period"), _("Period before"))
    return [
        Table(
            title=_("Signs of trouble"),
            columns=columns,
            rows=tuple(rows),
            empty=_("The pack lists no signs."),
        )
    ]


def _shown(indicator: Indicator | None, period: Period) -> Figure:
    if indicator is None:
        return Figure(value=None, why=_("not recorded"))
    basis = period.counted(_("records of the programme from %(period)s") % {"period": period.in_words})
    return indicator(period, basis)


def _left(period: Period, role: str) -> Q:
    return Q(programme=period.programme, role=role, ends_on__range=(period.start, period.end))


def turnover(period: Period, basis: Basis) -> Figure:
    """The share of therapists at work in the period who left in it."""
    at_work = (
        Membership.objects.overlapping(period.start, period.end)
        .filter(programme=period.programme, role="therapist")
        .values_list("user", flat=True)
    )
    n = len(set(at_work))
    leavers = set(Membership.objects.filter(_left(period, "therapist")).values_list("user", flat=True))
    still = Membership.objects.in_force(period.end).filter(programme=period.programme, user__in=leavers)
    gone = leavers - set(still.exclude(ends_on=period.end).values_list("user", flat=True))
    return _percentage(len(gone), n, basis)


def change_of_manager(period: Period, basis: Basis) -> Figure:
    started = Membership.objects.filter(
        programme=period.programme, role="manager", starts_on__range=(period.start, period.end)
    )
    return Figure(value=started.count(), basis=basis)


def waiting_time(period: Period, basis: Basis) -> Figure:
    """Median weeks from referral to start, of the treatments started in the period."""
    started = period.treatments.started_between(period.start, period.end)
    dates = started.filter(referred_on__isnull=False).values_list("referred_on", "started_on")
    weeks = [(start - referral).days / 7 for referral, start in dates]
    if not weeks:
        return Figure(value=None, why=_("no start with a known referral"), n=0, basis=basis)
    return Figure(value=statistics.median(weeks), unit=_("weeks"), decimals=1, n=len(weeks), basis=basis)


def ended_as(*kinds: str) -> Indicator:
    """The share of the treatments ended in the period that ended in one of these ways."""

    def indicator(period: Period, basis: Basis) -> Figure:
        ended = period.treatments.ended_between(period.start, period.end)
        return _percentage(ended.filter(end_kind__in=kinds).count(), ended.count(), basis)

    return indicator


def incidents_of(*kinds: str) -> Indicator:
    """How many incidents of these kinds; unknown where a programme records no incidents at all."""

    def indicator(period: Period, basis: Basis) -> Figure:
        if not period.records_incidents:
            return Figure(value=None, why=_("this programme records no incidents"), basis=basis)
        within = period.incidents.filter(happened_on__range=(period.start, period.end))
        return Figure(value=within.filter(kind__in=kinds).count(), basis=basis)

    return indicator


def _percentage(count: int, n: int, basis: Basis) -> Figure:
    if not n:
        return Figure(value=None, unit="%", n=0, why=_("nothing to count"), basis=basis)
    return Figure(value=100 * count / n, unit="%", n=n, basis=basis)


#: Term of the pack's indicators_of_trouble -> how it is computed.
INDICATORS: dict[str, Indicator] = {
    "turnover": turnover,
    "waiting_time": waiting_time,
    "complaints": incidents_of("complaint"),
    "violent_incidents": incidents_of("aggression"),
    "suicide_attempts": incidents_of("suicide_attempt"),
    "crisis_admissions": incidents_of("crisis_admission"),
    "drop_out": ended_as("drop_out"),
    "change_of_manager": change_of_manager,
}


def open_signals(period: Period) -> list[Block]:
    """Signals by rule: opened in the period, and still open at its end."""
    opened = Counter(
        period.signals.filter(opened_at__date__range=(period.start, period.end)).values_list(
            "rule", flat=True
        )
    )
    unsettled = Counter(period.signals.unsettled().values_list("rule", flat=True))
    basis = period.counted(_("signals of the programme, as they stand now"))
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
    columns = (_("Signal"), _("Severity"), _("Opened this period"), _("Open now"))
    return [Table(title=_("Signals"), columns=columns, rows=tuple(rows), empty=_("No signal is open."))]
