"""Write what members say of their team, the factors of each team, and one therapist's self-checks."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Assignment
from onmodel.demonstration.careers import months_before, recovered_on, reorganised_on
from onmodel.demonstration.courses import Floats
from onmodel.demonstration.measures import in_items
from onmodel.demonstration.monitors import FACTORS_MONTHS_AGO, MONTHS_RATED, factors_on, level_on, rated
from onmodel.demonstration.staff import StaffedProgramme, StaffedTeam
from onmodel.packs.instruments import Instrument
from onmodel.selfcheck.actions import FORM as SELF_CHECK
from onmodel.selfcheck.actions import WANTS_SUPPORT
from onmodel.selfcheck.models import SelfCheck
from onmodel.teams.models import MemberRound, Tally
from onmodel.teams.rhythm import FACTORS as FACTOR_FORM
from onmodel.teams.rhythm import FORM, asked_items, factor_items, period_of

#: Members are a little less content than their supervisor, and differ among each other.
LOWER, MEMBER_SD, ITEM_SD = 0.3, 0.6, 0.7
ANSWERS = 0.75
#: Whose self-checks are simulated, how often, and how many of them were shown.
THERAPIST, CHECKS, SHOWN = "therapist", 5, 1


class TeamVoices:
    """Those of one programme."""

    def __init__(self, staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> None:
        self.staffed, self.rng, self.today = staffed, rng, today
        self.turned = reorganised_on(staffed.plan, today)
        self.recovered = recovered_on(staffed.plan, today)

    def write(self) -> int:
        """How many forms were written; what members say are counts, and no forms."""
        instruments = self.staffed.programme.definitions.instruments
        self._rounds(instruments[FORM])
        self._self_checks(instruments[SELF_CHECK])
        return self._factors(instruments[FACTOR_FORM])

    def _rounds(self, instrument: Instrument) -> None:
        rounds, tallies = [], []
        for team in self.staffed.teams:
            for starts_on, ends_on in self._periods():
                answers = self._members(team, ends_on, len(asked_items(instrument)))
                round_ = MemberRound(
                    team=team.team,
                    instrument=instrument.id,
                    instrument_version=instrument.version,
                    starts_on=starts_on,
                    ends_on=ends_on,
                    answered=len(answers),
                )
                rounds.append(round_)
                tallies += self._tallies(round_, instrument, answers)
        MemberRound.objects.bulk_create(rounds)
        Tally.objects.bulk_create(tallies, batch_size=1_000)

    def _periods(self) -> Iterator[tuple[datetime.date, datetime.date]]:
        """Those that were over by now."""
        day = months_before(self.today, MONTHS_RATED)
        while (period := period_of(self.staffed.programme, day)) and period.ends_on < self.today:
            yield period.starts_on, period.ends_on
            day = period.ends_on + datetime.timedelta(days=1)

    def _members(self, team: StaffedTeam, day: datetime.date, items: int) -> Floats:
        """(members who answered, items)"""
        there = team.therapists + ([] if self.turned and day > self.turned else team.left)
        n = int(self.rng.binomial(len(there), ANSWERS))
        level = level_on(day, self.turned, self.recovered) - LOWER
        own = level + self.rng.normal(0.0, MEMBER_SD, size=(n, 1))
        return rated(own + self.rng.normal(0.0, ITEM_SD, size=(n, items)))

    def _tallies(self, round_: MemberRound, instrument: Instrument, answers: Floats) -> list[Tally]:
        columns = dict(zip(asked_items(instrument), answers.T, strict=True))
        columns[instrument.main_scale] = answers.mean(axis=1) if len(answers) else np.empty(0)
        return [
            Tally(round=round_, item=item, value=value, n=n)
            for item, values in columns.items()
            for value, n in sorted(Counter(values.tolist()).items())
        ]

    def _factors(self, instrument: Instrument) -> int:
        """The level of the team, before a reorganisation, during it, and lately."""
        days = [months_before(self.today, back) for back in FACTORS_MONTHS_AGO]
        levels = [factors_on(self.staffed.plan, day, self.today) for day in days]
        items = factor_items(self.staffed.programme)
        rows = [self._form(instrument, team, day) for team in self.staffed.teams for day in days]
        around = np.array(levels * len(self.staffed.teams))[:, None]
        answers = rated(around + self.rng.normal(0.0, 0.7, size=(len(rows), len(items))))
        named = {item: answers[:, place] for place, item in enumerate(items)}
        return write_filled(rows, instrument=instrument, answers=in_items(instrument, named))

    def _form(self, instrument: Instrument, team: StaffedTeam, day: datetime.date) -> Assignment:
        return Assignment(
            programme=self.staffed.programme,
            subject_kind="team",
            team=team.team,
            pack=self.staffed.programme.pack,
            instrument=instrument.id,
            instrument_version=instrument.version,
            respondent="supervisor",
            respondent_user=self.staffed.supervisor,
            due_on=day,
            answered_on=day,
            recorded_at=timezone.now(),
            recorded_by=self.staffed.supervisor,
            status=Assignment.Status.ANSWERED,
        )

    def _self_checks(self, instrument: Instrument) -> None:
        """Of the therapist whom one can sign in as, and of nobody else."""
        people = [user for team in self.staffed.teams for user in team.therapists]
        therapist = next((user for user in people if user.username == THERAPIST), None)
        if therapist is not None:
            SelfCheck.objects.bulk_create(
                self._check(instrument, therapist, number) for number in range(CHECKS)
            )

    def _check(self, instrument: Instrument, therapist: User, number: int) -> SelfCheck:
        """The last one is number 0: less confident and more strained than those before it."""
        day = months_before(self.today, 3.0 * number + 0.5)
        heavier = {item for scale in instrument.scales if scale.direction == "worse" for item in scale.items}
        level = 2.6 + 0.3 * number
        given: dict[str, object] = {}
        for item in instrument.all_items():
            if item.kind == "choice":
                around = 6.0 - level if item.id in heavier else level
                given[item.id] = float(np.clip(np.round(around + self.rng.normal(0.0, 0.5)), 1.0, 5.0))
        return SelfCheck(
            programme=self.staffed.programme,
            therapist=therapist,
            instrument=instrument.id,
            instrument_version=instrument.version,
            checked_on=day,
            sealed={**given, WANTS_SUPPORT: number == 0},
            shared_on=day if CHECKS - number <= SHOWN else None,
        )
