"""Write the ratings by supervisor and expert: therapists' adherence, team items, team factors.

During the reorganisation they fall, in the direction and to about the level of D ch. 8, Table 4
(mean 6.1 before, 2.4 during); the therapists' ratings follow within half a year, and so run ahead
of what shows in the patients' outcomes. Where the programme recovered they rise again.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Assignment
from onmodel.demonstration.careers import (
    DAYS_A_MONTH,
    in_trouble,
    months_before,
    recovered_on,
    reorganised_on,
)
from onmodel.demonstration.courses import Floats
from onmodel.demonstration.measures import in_items
from onmodel.demonstration.service import ProgrammePlan
from onmodel.demonstration.staff import StaffedProgramme, StaffedTeam
from onmodel.packs.instruments import Instrument

MONTHS_RATED = 54
FALL_MONTHS = 6.0
SOUND, REORGANISED = 5.5, 2.5
FACTORS = {"before": 6.1, "during": 2.4}  # D ch. 8: means of Table 4
FACTORS_MONTHS_AGO = (38.0, 20.0, 5.0)
THERAPIST_SD, SESSION_SD, ITEM_SD = 0.35, 0.45, 0.6
NOT_APPLICABLE = 0.12


def level_on(
    day: datetime.date, turned: datetime.date | None, recovered: datetime.date | None = None
) -> float:
    """The mean rating of 7 on that day; it comes back as fast as it fell."""
    fallen = _share_since(turned, day) - _share_since(recovered, day)
    return SOUND + fallen * (REORGANISED - SOUND)


def _share_since(since: datetime.date | None, day: datetime.date) -> float:
    """0 up to that day, 1 from half a year later."""
    if since is None or day <= since:
        return 0.0
    return min((day - since).days / DAYS_A_MONTH / FALL_MONTHS, 1.0)


def factors_on(plan: ProgrammePlan, day: datetime.date, today: datetime.date) -> float:
    """The mean consensus factor of 7 on that day."""
    return FACTORS["during" if in_trouble(plan, day, today) else "before"]


def rated(values: Floats) -> Floats:
    """Whole answers from 1 to 7."""
    return np.clip(np.round(values), 1.0, 7.0)


class Monitors:
    """Ratings of one programme."""

    def __init__(
        self, staffed: StaffedProgramme, expert: User | None, rng: np.random.Generator, today: datetime.date
    ) -> None:
        self.staffed, self.expert, self.rng, self.today = staffed, expert, rng, today
        self.turned = reorganised_on(staffed.plan, today)
        self.recovered = recovered_on(staffed.plan, today)

    def write(self) -> int:
        instruments = self.staffed.programme.definitions.instruments
        self._next_sessions(instruments["mbt_acs"])
        return (
            self._therapists(instruments["mbt_acs"])
            + self._teams(instruments["team_items"])
            + self._factors(instruments["team_factors"])
        )

    def _days(self, every_months: float) -> list[datetime.date]:
        """Days up to now, the last one less than a period ago; fewer are kept once all is adrift."""
        count = int(MONTHS_RATED / every_months)
        days = [months_before(self.today, every_months * (number + 0.4)) for number in range(count)]
        return [day for day in reversed(days) if not (self._is_adrift(day) and self.rng.random() < 0.3)]

    def _is_adrift(self, day: datetime.date) -> bool:
        return in_trouble(self.staffed.plan, months_before(day, 3.0), self.today)

    def _therapists(self, instrument: Instrument) -> int:
        """Each therapist's session of the quarter, rated by the supervisor."""
        rated_sessions = list(self._sessions())
        bases = np.array([base for _, _, base in rated_sessions])
        rows = [
            self._assignment(instrument, "therapist", day, self.staffed.supervisor, person=user)
            for user, day, _ in rated_sessions
        ]
        return write_filled(rows, instrument=instrument, answers=self._session_answers(instrument, bases))

    def _sessions(self) -> Iterator[tuple[User, datetime.date, float]]:
        """Therapist, day of the session, and the level that the rating lies around."""
        for team in self.staffed.teams:
            for user in team.therapists + team.left:
                own = self.rng.normal(0.0, THERAPIST_SD)
                for day in self._session_days():
                    if user in team.left and self._has_turned(day):
                        continue
                    noise = self.rng.normal(0.0, SESSION_SD)
                    yield user, day, level_on(day, self.turned, self.recovered) + own + noise

    def _session_days(self) -> list[datetime.date]:
        """Once a quarter; from a recovery on every six weeks, to see whether it lasts."""
        days = self._days(3.0)
        if self.recovered is None:
            return days
        closer = [day for day in self._days(1.5) if day > self.recovered]
        return [day for day in days if day <= self.recovered] + closer

    def _next_sessions(self, instrument: Instrument) -> None:
        """The rating of each therapist that comes next; once all is adrift, some are past their day."""
        rows = []
        for user in [user for team in self.staffed.teams for user in team.therapists]:
            ahead = int(self.rng.integers(-40 if self.staffed.plan.is_adrift else 3, 60))
            due = self.today + datetime.timedelta(days=ahead)
            row = self._assignment(instrument, "therapist", due, self.staffed.supervisor, person=user)
            row.opens_on = due - datetime.timedelta(days=14)
            row.status = Assignment.Status.OPEN if row.opens_on <= self.today else Assignment.Status.PLANNED
            row.answered_on = row.recorded_at = row.recorded_by = None
            rows.append(row)
        Assignment.objects.bulk_create(rows)

    def _has_turned(self, day: datetime.date) -> bool:
        return self.turned is not None and day >= self.turned

    def _session_answers(self, instrument: Instrument, bases: Floats) -> Floats:
        columns: dict[str, Floats] = {}
        for item in instrument.all_items():
            if item.part in ("adherence", "competence"):
                answers = rated(bases + self.rng.normal(0.0, ITEM_SD, size=len(bases)))
                unused = self.rng.random(len(bases)) < (NOT_APPLICABLE if item.not_applicable else 0.0)
                columns[item.id] = np.where(unused, np.nan, answers)
            elif item.part == "overall" and item.kind == "choice":
                columns[item.id] = rated(bases)
        return in_items(instrument, columns)

    def _teams(self, instrument: Instrument) -> int:
        """The five team items every two months."""
        rows, answers = [], []
        items = [item.id for item in instrument.all_items() if item.kind == "choice"]
        for staffed in self.staffed.teams:
            for day in self._days(2.0):
                base = level_on(day, self.turned, self.recovered) + self.rng.normal(0.0, 0.3)
                rows.append(self._assignment(instrument, "team", day, self.staffed.supervisor, team=staffed))
                answers.append(rated(base + self.rng.normal(0.0, ITEM_SD, size=len(items))))
        matrix = np.array(answers)
        named = {item: matrix[:, column] for column, item in enumerate(items)}
        return write_filled(rows, instrument=instrument, answers=in_items(instrument, named))

    def _factors(self, instrument: Instrument) -> int:
        """The consensus factors, before a reorganisation, during it, and lately."""
        if self.expert is None:
            return 0
        days = [months_before(self.today, back) for back in FACTORS_MONTHS_AGO]
        levels = [factors_on(self.staffed.plan, day, self.today) for day in days]
        rows = [self._assignment(instrument, "programme", day, self.expert) for day in days]
        k = len(instrument.all_items())
        answers = rated(np.array(levels)[:, None] + self.rng.normal(0.0, 0.7, size=(len(days), k)))
        return write_filled(rows, instrument=instrument, answers=answers)

    def _assignment(
        self,
        instrument: Instrument,
        kind: str,
        day: datetime.date,
        by: User,
        *,
        person: User | None = None,
        team: StaffedTeam | None = None,
    ) -> Assignment:
        return Assignment(
            programme=self.staffed.programme,
            subject_kind=kind,
            person=person,
            team=team.team if team else None,
            pack=self.staffed.programme.pack,
            instrument=instrument.id,
            instrument_version=instrument.version,
            respondent="expert" if by is self.expert else "supervisor",
            respondent_user=by,
            due_on=day,
            answered_on=day,
            recorded_at=timezone.now(),
            recorded_by=by,
            status=Assignment.Status.ANSWERED,
        )
