"""What is recorded of a programme's staff, patients and events, loaded once, so that quarters are counted
in memory. Patients who objected to the monitoring of quality are in nothing."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q

from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import GroupPlace, Treatment
from onmodel.process.course.records import Referral
from onmodel.programmes.events import ProgrammeEvent
from onmodel.programmes.models import Group, Membership, Programme
from onmodel.staffing.models import Absence, GroupSize, TimeSpent, Vacancy
from onmodel.supervision.models import Meeting

DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Record:
    """Each part is one query, made when first asked for."""

    programme: Programme

    @cached_property
    def memberships(self) -> list[Membership]:
        """All there ever were, of the programme itself."""
        rows = Membership.objects.filter(programme=self.programme)
        return list(rows.select_related("user", "team").order_by("starts_on"))

    def of_role(self, *roles: str) -> list[Membership]:
        return [m for m in self.memberships if m.role in roles]

    @cached_property
    def absences(self) -> list[Absence]:
        return list(Absence.objects.standing().filter(programme=self.programme).select_related("person"))

    @cached_property
    def vacancies(self) -> list[Vacancy]:
        return list(Vacancy.objects.standing().filter(programme=self.programme).select_related("team"))

    @cached_property
    def time_spent(self) -> list[TimeSpent]:
        return list(TimeSpent.objects.standing().filter(programme=self.programme))

    @cached_property
    def treatments(self) -> list[Treatment]:
        return list(self.programme.treatments.filter(allowed(Purpose.QUALITY_MONITORING)))

    def patient_years(self, start: datetime.date, end: datetime.date) -> float:
        """In treatment from start to end."""
        if (start, end) not in self._years:
            days = 0
            for one in self.treatments:
                if one.started_on and one.started_on <= end:
                    last = min(one.ended_on or end, end)
                    days += max(0, (last - max(one.started_on, start)).days + 1)
            self._years[start, end] = days / DAYS_A_YEAR
        return self._years[start, end]

    @cached_property
    def _years(self) -> dict[tuple[datetime.date, datetime.date], float]:
        return {}

    @cached_property
    def referrals(self) -> list[Referral]:
        counted = allowed(Purpose.QUALITY_MONITORING, patient="treatment__patient")
        decided = Referral.objects.filter(treatment__programme=self.programme, decided_on__isnull=False)
        return list(decided.filter(counted))

    @cached_property
    def incidents(self) -> list[tuple[str, datetime.date]]:
        about_nobody = Q(treatment__isnull=True)
        counted = about_nobody | allowed(Purpose.QUALITY_MONITORING, patient="treatment__patient")
        return list(self.programme.incidents.filter(counted).values_list("kind", "happened_on"))

    @cached_property
    def events(self) -> list[ProgrammeEvent]:
        return list(self.programme.events.standing().select_related("team", "programme"))

    @cached_property
    def meetings(self) -> list[tuple[str, datetime.date]]:
        """Those of a team or the programme: who knows the team knows whose a private one is."""
        meetings = Meeting.objects.filter(programme=self.programme, is_private=False)
        return list(meetings.values_list("state", "day"))

    @cached_property
    def groups(self) -> list[Group]:
        return list(Group.objects.filter(team__programme=self.programme).select_related("team"))

    @cached_property
    def group_sizes(self) -> list[GroupSize]:
        """By group, the latest first."""
        return list(GroupSize.objects.standing().filter(programme=self.programme))

    @cached_property
    def group_places(self) -> list[GroupPlace]:
        counted = allowed(Purpose.QUALITY_MONITORING, patient="treatment__patient")
        return list(GroupPlace.objects.filter(counted, group__team__programme=self.programme))

    @cached_property
    def began(self) -> datetime.date | None:
        """Since when there is something to count: the opening, else the first of the staff."""
        known = [m.starts_on for m in self.memberships]
        return self.programme.opened_on or min(known, default=None)


def days_within(row: Any, start: datetime.date, end: datetime.date) -> int:
    """How many days from start to end a row with `starts_on` and `ends_on` holds; an open end goes on."""
    last = end if row.ends_on is None else min(row.ends_on, end)
    return max(0, (last - max(row.starts_on, start)).days + 1)


def in_force(rows: Iterable[Any], day: datetime.date) -> list[Any]:
    return [row for row in rows if row.starts_on <= day and (row.ends_on is None or row.ends_on >= day)]
