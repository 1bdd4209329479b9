"""Write ratings of supervisors by the expert, answers of supervisees, and exchanges between supervisors."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Assignment
from onmodel.demonstration.careers import months_before, recovered_on, reorganised_on
from onmodel.demonstration.history import noon
from onmodel.demonstration.measures import in_items
from onmodel.demonstration.monitors import ITEM_SD, level_on, rated
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.packs.instruments import Instrument
from onmodel.supervision.models import Meeting
from onmodel.supervisors.models import Exchange, Opinion, Round, SupervisorRating, TookPart
from onmodel.supervisors.rounds import half_year, instrument_for, rated_items

MONTHS_BACK, EVERY_MONTHS = 36, 3
ROUNDS, ANSWERS = 5, 0.85
#: Expert and supervisees see a supervisor alike, each a little differently.
RATING_SD, PERSON_SD = 0.3, 0.5
EXCHANGED_DAYS_AGO = 150
KEPT_AT = "Simulated recording of supervision"
WENT_WELL = "Simulated: the frame was clear, and everybody was asked what they saw before it was explained."
TO_TRY = "Simulated: stop the recording more often, and play the moment again in roles."


class Supervisors:
    """The supervisor of one programme."""

    def __init__(
        self, staffed: StaffedProgramme, expert: User | None, rng: np.random.Generator, today: datetime.date
    ) -> None:
        self.staffed, self.expert, self.rng, self.today = staffed, expert, rng, today
        self.turned = reorganised_on(staffed.plan, today)
        self.recovered = recovered_on(staffed.plan, today)

    def write(self) -> int:
        """How many forms were written."""
        instrument = instrument_for(self.staffed.programme)
        if instrument is None:
            return 0
        self._supervisees(instrument)
        return self._experts(instrument)

    def _level(self, day: datetime.date) -> float:
        """Supervision falls less than the team does."""
        return (level_on(day, self.turned, self.recovered) + level_on(day, None)) / 2

    def _experts(self, instrument: Instrument) -> int:
        if self.expert is None:
            return 0
        days = [months_before(self.today, EVERY_MONTHS * n + 1.5) for n in range(MONTHS_BACK // EVERY_MONTHS)]
        bases = np.array([self._level(day) for day in days]) + self.rng.normal(0, RATING_SD, len(days))
        items = rated_items(instrument)
        answers = {item: rated(bases + self.rng.normal(0, ITEM_SD, len(days))) for item in items}
        answers[items[-1]] = rated(bases)
        forms = [self._form(instrument, day) for day in days]
        written = write_filled(forms, instrument=instrument, answers=in_items(instrument, answers))
        SupervisorRating.objects.bulk_create(
            SupervisorRating(
                programme=self.staffed.programme,
                supervisor=self.staffed.supervisor,
                expert=self.expert,
                assignment=form,
                basis=SupervisorRating.Basis.LIVE,
                day=day,
                begun_at=min(noon(day), timezone.now()),
                submitted_at=min(noon(day), timezone.now()),
            )
            for form, day in zip(forms, days, strict=True)
        )
        return written

    def _form(self, instrument: Instrument, day: datetime.date) -> Assignment:
        return Assignment(
            programme=self.staffed.programme,
            subject_kind="supervisor",
            person=self.staffed.supervisor,
            pack=self.staffed.programme.pack,
            instrument=instrument.id,
            instrument_version=instrument.version,
            respondent="expert",
            respondent_user=self.expert,
            due_on=day,
            answered_on=day,
            recorded_at=timezone.now(),
            recorded_by=self.expert,
            status=Assignment.Status.ANSWERED,
        )

    def _supervisees(self, instrument: Instrument) -> None:
        """The half-years that are over, and the one that runs."""
        people = [user for team in self.staffed.teams for user in team.therapists]
        items = rated_items(instrument)
        starts_on, ends_on = half_year(self.today)
        for _number in range(ROUNDS):
            one = Round.objects.create(
                programme=self.staffed.programme,
                supervisor=self.staffed.supervisor,
                starts_on=starts_on,
                ends_on=ends_on,
            )
            answering = [user for user in people if self.rng.random() < ANSWERS]
            TookPart.objects.bulk_create(TookPart(round=one, person=user) for user in answering)
            level = self._level(min(ends_on, self.today))
            Opinion.objects.bulk_create(
                Opinion(round=one, answers=self._answers(items, level)) for _user in answering
            )
            starts_on, ends_on = half_year(starts_on - datetime.timedelta(days=1))

    def _answers(self, items: Sequence[str], level: float) -> dict[str, float]:
        own = level + self.rng.normal(0.0, PERSON_SD)
        values = rated(own + self.rng.normal(0.0, ITEM_SD, len(items)))
        return dict(zip(items, map(float, values), strict=True))


def write_exchanges(programmes: Sequence[StaffedProgramme], today: datetime.date) -> None:
    """Supervisors of one organisation exchange a recording in a ring; the reorganised one does not."""
    for staffed in programmes:
        others = [
            one
            for one in programmes
            if one is not staffed
            and one.programme.organisation == staffed.programme.organisation
            and not one.plan.is_adrift
        ]
        if staffed.plan.is_adrift or not others:
            continue
        _exchange(staffed, others[programmes.index(staffed) % len(others)].supervisor, today)


def _exchange(staffed: StaffedProgramme, other: User, today: datetime.date) -> None:
    before = today - datetime.timedelta(days=EXCHANGED_DAYS_AGO)
    meeting = (
        Meeting.objects.held()
        .filter(programme=staffed.programme, kind="team_supervision", day__lte=before)
        .order_by("-day", "team__name")
        .first()
    )
    if meeting is None:
        return
    meeting.recording, meeting.recording_agreed = KEPT_AT, True
    meeting.save()
    shared = meeting.day + datetime.timedelta(days=7)
    Exchange.objects.create(
        programme=staffed.programme,
        meeting=meeting,
        shared_by=staffed.supervisor,
        shared_with=other,
        question="Simulated: do I leave enough room for not knowing?",
        shared_at=noon(shared),
        went_well=WENT_WELL,
        to_try=TO_TRY,
        answered_at=noon(shared + datetime.timedelta(days=14)),
    )
