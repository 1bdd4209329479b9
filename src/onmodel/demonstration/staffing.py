"""Write who was away, which places were open, and how full the groups are. The reorganised programme had a
bad year: more sick leave, places that stayed open, another manager, a split; then it recovered.

All rates are assumptions of the simulation.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np

from onmodel.demonstration.careers import months_after, reorganised_on
from onmodel.demonstration.staff import StaffedProgramme, Staffing
from onmodel.patients.models import GroupPlace
from onmodel.programmes.actions import record_event
from onmodel.programmes.models import Membership
from onmodel.requirements.actions import keep_standings
from onmodel.staffing.models import Absence, GroupSize, TimeSpent, Vacancy

DAYS_A_YEAR = 365.25
#: Spells of sickness a person a year, and in the bad year; median days of one, and in the bad year.
SPELLS, SPELLS_THEN = 0.8, 2.2
DAYS_SICK, DAYS_SICK_THEN = 5.0, 24.0
BAD_MONTHS = (-1.0, 13.0)
OPEN_MONTHS, OPEN_MONTHS_THEN = 2.5, 9.0
VACANCIES_A_YEAR = 0.5
MONTHS_OF_HISTORY = 36


class StaffingRecords:
    """Of one programme."""

    def __init__(self, staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> None:
        self.staffed, self.rng, self.today = staffed, rng, today
        self.programme = staffed.programme
        turned = reorganised_on(staffed.plan, today)
        self.bad = None if turned is None else tuple(months_after(turned, months) for months in BAD_MONTHS)
        self.turned = turned

    def write(self, staffing: Staffing) -> None:
        memberships = list(Membership.objects.filter(programme=self.programme).order_by("pk"))
        therapists = [m for m in memberships if m.role in ("therapist", "supervisor")]
        Absence.objects.bulk_create(spell for one in therapists for spell in self._spells(one))
        Vacancy.objects.bulk_create(self._vacancies())
        GroupSize.objects.bulk_create(self._sizes())
        TimeSpent.objects.bulk_create(self._time())
        if self.turned is not None:
            self._another_manager(staffing, self.turned)

    def _is_bad(self, day: datetime.date) -> bool:
        return self.bad is not None and self.bad[0] <= day < self.bad[1]

    def _spells(self, membership: Membership) -> list[Absence]:
        """Sick leave of one person, spell after spell; in the bad year more of them, and longer."""
        found, day = [], membership.starts_on
        last = min(membership.ends_on or self.today, self.today)
        while True:
            rate = SPELLS_THEN if self._is_bad(day) else SPELLS
            day += datetime.timedelta(days=1 + int(min(self.rng.exponential(DAYS_A_YEAR / rate), 180.0)))
            if day > last:
                return found
            if self.rng.random() > 0.75:  # a long wait was cut short: nothing happened then
                continue
            median = DAYS_SICK_THEN if self._is_bad(day) else DAYS_SICK
            days = int(np.clip(self.rng.lognormal(np.log(median), 0.8), 1, 150))
            end = day + datetime.timedelta(days=days - 1)
            found.append(
                Absence(
                    programme=self.programme,
                    person_id=membership.user_id,
                    kind=Absence.Kind.SICKNESS,
                    starts_on=day,
                    ends_on=min(end, last) if end < self.today else None,
                )
            )
            day = end

    def _vacancies(self) -> list[Vacancy]:
        """Now and then one; and one for each colleague who left at the reorganisation."""
        found = []
        for team in self.staffed.teams:
            opened = self.programme.opened_on
            while True:
                wait = self.rng.exponential(DAYS_A_YEAR / VACANCIES_A_YEAR)
                opened += datetime.timedelta(days=60 + int(wait))
                if opened > self.today:
                    break
                found.append(self._vacancy(team.team, opened, OPEN_MONTHS))
            left = Membership.objects.filter(user__in=team.left, ends_on__isnull=False).order_by("ends_on")
            for one in left:
                found.append(self._vacancy(team.team, one.ends_on, OPEN_MONTHS_THEN, withdrawn=0.5))
        return found

    def _vacancy(self, team, opened: datetime.date, months: float, withdrawn: float = 0.1) -> Vacancy:
        ended = months_after(opened, float(self.rng.uniform(0.5, 1.5)) * months)
        is_over = ended <= self.today
        end = Vacancy.End.WITHDRAWN if self.rng.random() < withdrawn else Vacancy.End.FILLED
        return Vacancy(
            programme=self.programme,
            team=team,
            position="individual_therapist",
            hours_per_week=Decimal(24),
            starts_on=opened,
            ends_on=ended if is_over else None,
            end=end if is_over else "",
        )

    def _sizes(self) -> list[GroupSize]:
        """A group has as many places as it ever had patients at once, and sometimes one more."""
        sizes = []
        for team in self.staffed.teams:
            for group in team.groups:
                days = GroupPlace.objects.filter(group=group).values_list("starts_on", "ends_on")
                moves = sorted(
                    [(start, 1) for start, _end in days] + [(end, -1) for _start, end in days if end]
                )
                present = np.cumsum([move for _day, move in moves]) if moves else np.zeros(1)
                places = int(np.clip(present.max() + self.rng.integers(2), 4, 30))
                sizes.append(
                    GroupSize(
                        programme=self.programme,
                        group=group,
                        places=places,
                        starts_on=self.programme.opened_on,
                    )
                )
        return sizes

    def _time(self) -> list[TimeSpent]:
        """Half a year at a time, by the rota."""
        found = []
        for number in range(4):
            start = months_after(self.today, -6.0 * (number + 1))
            end = months_after(self.today, -6.0 * number) - datetime.timedelta(days=1)
            share = float(self.rng.uniform(0.54, 0.58) if self.bad else self.rng.uniform(0.60, 0.65))
            worked = Decimal(4200)
            found.append(
                TimeSpent(
                    programme=self.programme,
                    starts_on=start,
                    ends_on=end,
                    hours_worked=worked,
                    hours_with_patients=Decimal(round(float(worked) * share)),
                )
            )
        return found

    def _another_manager(self, staffing: Staffing, turned: datetime.date) -> None:
        """Two months after it the manager left; a split in the team followed."""
        day = months_after(turned, 2.0)
        own = Membership.objects.get(programme=self.programme, role="manager")
        before = staffing.hiring.hire()
        before.save()
        Membership.objects.create(
            user=before,
            organisation=own.organisation,
            programme=self.programme,
            role="manager",
            position=own.position,
            starts_on=own.starts_on,
            ends_on=day - datetime.timedelta(days=1),
        )
        own.starts_on = day
        own.save(update_fields=["starts_on"])
        for kind, happened_on, note in (
            ("new_manager", day, "Simulated: the manager left."),
            ("split", months_after(turned, 4.0), "Simulated: old and new colleagues on two sides."),
        ):
            record_event(
                programme=self.programme,
                kind=kind,
                happened_on=happened_on,
                note=note,
                by=self.staffed.manager,
            )


def write_standings(staffed: StaffedProgramme, today: datetime.date) -> None:
    """How requirements stood each quarter; the nightly look keeps it from day to day."""
    for back in range(MONTHS_OF_HISTORY, 11, -3):
        keep_standings(programme=staffed.programme, on=months_after(today, -float(back)), by=None)
