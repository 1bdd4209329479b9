"""The year to come, from what is recorded; and what another therapist, or one fewer, would do."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from functools import cached_property

from onmodel.inference.capacity import Forecast, Known, forecast, why_not
from onmodel.packs.standards import Limit
from onmodel.patients.models import DAYS_A_MONTH, Phase
from onmodel.programmes.models import Membership, Programme
from onmodel.staffing.record import Record, in_force

#: Standards that say how many patients somebody can have, and with how many hours.
CASELOAD, HOURS = "req_08_caseload", "limit_primary_clinician_hours"
PRIMARY_CLINICIAN = "primary_clinician"
#: Referrals of so many months tell how many come. Ours.
MONTHS_OF_ARRIVALS = 24
#: So that the same page twice shows the same numbers.
SEED = 20_170_601


@dataclass(frozen=True, kw_only=True)
class Places:
    """How many patients can be treated at once: `total`, None with `why` where it is not known."""

    total: int | None
    clinicians: tuple[Membership, ...] = ()
    away: int = 0
    a_person: float | None = None
    full_hours: float | None = None
    why: str = ""


@dataclass(frozen=True)
class Outlook:
    """A programme as of a day."""

    record: Record
    day: datetime.date

    @cached_property
    def limits(self) -> tuple[Limit | None, Limit | None]:
        return _limit(self.record.programme, CASELOAD), _limit(self.record.programme, HOURS)

    @cached_property
    def clinicians(self) -> list[Membership]:
        """One membership a person: that of most hours."""
        working = [m for m in in_force(self.record.memberships, self.day) if m.position == PRIMARY_CLINICIAN]
        by_person: dict[int, Membership] = {}
        for one in sorted(working, key=lambda m: (m.hours_per_week is not None, m.hours_per_week or 0)):
            by_person[one.user_id] = one
        return sorted(by_person.values(), key=lambda m: m.user.name)

    def places(self, *, more_hours: float | None = None, without: int | None = None) -> Places:
        """Each primary clinician who is not away has as many as the standard lets him or her have, less in
        proportion where there are fewer hours than it asks for. `more_hours`: of one more; `without`: the id
        of one who leaves."""
        caseload, hours = self.limits
        if caseload is None or caseload.at_most is None or hours is None or not hours.at_least:
            return Places(total=None, why="standards")
        away = {a.person_id for a in in_force(self.record.absences, self.day)}
        there = [m for m in self.clinicians if m.user_id not in away and m.user_id != without]
        given = [None if m.hours_per_week is None else float(m.hours_per_week) for m in there]
        if None in given:
            return Places(total=None, clinicians=tuple(there), why="hours")
        all_hours = [*(h or 0.0 for h in given), *([] if more_hours is None else [more_hours])]
        total = sum(caseload.at_most * min(1.0, h / hours.at_least) for h in all_hours)
        return Places(
            total=int(total + 1e-9),
            clinicians=tuple(there),
            away=sum(m.user_id in away for m in self.clinicians),
            a_person=caseload.at_most,
            full_hours=hours.at_least,
        )

    @cached_property
    def known(self) -> Known:
        """Without places."""
        months = MONTHS_OF_ARRIVALS
        if self.record.began:
            months = min(months, (self.day - self.record.began).days / DAYS_A_MONTH)
        since = self.day - datetime.timedelta(days=round(months * DAYS_A_MONTH))
        stays = self._stays()
        return Known(
            arrivals=sum(
                t.referred_on is not None and since < t.referred_on <= self.day for t in self._coming
            ),
            observed=max(months, 0.0),
            stays=tuple(stay for stay, _ended in stays),
            ended=tuple(ended for _stay, ended in stays),
            waiting=sum(
                t.referred_on is not None
                and t.referred_on <= self.day
                and (t.started_on is None or t.started_on > self.day)
                and t.ended_on is None
                for t in self._coming
            ),
            places=0,
        )

    @cached_property
    def _coming(self) -> list:
        """Those who started or may; who was declined, or went before a start, is not coming."""
        return [t for t in self.record.treatments if t.started_on or t.ended_on is None]

    def _stays(self) -> list[tuple[float, bool]]:
        """Months in active treatment, and whether that has ended: at the end, or when follow-up began."""
        follow_up = dict(
            Phase.objects.filter(kind="follow_up", treatment__programme=self.record.programme)
            .order_by("-starts_on")
            .values_list("treatment", "starts_on")
        )
        stays = []
        for one in self.record.treatments:
            if one.started_on is None or one.started_on > self.day:
                continue
            ends = [day for day in (one.ended_on, follow_up.get(one.pk)) if day and day <= self.day]
            last = min(ends, default=self.day)
            stays.append((max(0.0, (last - one.started_on).days / DAYS_A_MONTH), bool(ends)))
        return stays

    def forecast(self, places: Places) -> tuple[Forecast | None, str]:
        """The forecast, or None and what is missing."""
        if places.total is None:
            return None, places.why
        known = replace(self.known, places=places.total)
        return forecast(known, seed=SEED), why_not(known) or ""


def _limit(programme: Programme, standard_id: str) -> Limit | None:
    found = next((s for s in programme.definitions.all_standards() if s.id == standard_id), None)
    return programme.limit_of(found) if found else None
