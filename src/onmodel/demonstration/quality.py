"""Write three years of audits and self-assessments, what was improved, and a consensus between raters.

They fall with a reorganisation, to about the level of D ch. 8, Table 4. In the programme that recovered they
come back within the year from its recovery on.
"""

from __future__ import annotations

import datetime

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Assignment
from onmodel.criteria.consensus.reading import form_of as round_form
from onmodel.criteria.models import (
    AgreedScore,
    ConsensusRound,
    CriteriaReview,
    Improvement,
    Rater,
    Remark,
    Sheet,
)
from onmodel.criteria.scores import form_of
from onmodel.demonstration.careers import DAYS_A_MONTH, months_before, recovered_on, reorganised_on
from onmodel.demonstration.courses import Floats
from onmodel.demonstration.history import noon
from onmodel.demonstration.measures import in_items
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.followup.models import Action
from onmodel.packs.instruments import Instrument

AUDITS, SELVES = (38.0, 26.0, 14.0, 2.0), (32.0, 20.0, 8.0)
#: The mean criterion; the fall takes three months, the way back a year.
SOUND, FALLEN, BACK_AGAIN = 4.2, 2.3, 4.1
ITEM_SD, OWN_EYES = 0.6, 0.2
FALL_MONTHS, WAY_BACK_MONTHS = 3.0, 12.0
REMARKED = "1"
REMARKS = {True: "Simulated: the board pays and stands by it.", False: "Simulated: hours were cut again."}
#: Of the programme that is adrift: criterion, what, agreed and due months ago, what came of it.
IN_HAND = (
    ("5", "Show the outcome of each patient in the quarterly review", 2.0, 0.5, ""),
    ("12", "Enrol the new colleagues in the basic course", 2.0, -2.0, ""),
)
#: Of the programme that recovered.
IMPROVED = (
    ("7", "Bring back weekly team supervision", 25.0, 12.0, "Simulated: every week again in both teams."),
    ("9", "Fill the vacancies in both teams", 25.0, 9.0, "Simulated: all posts but one were filled."),
    ("3", "Renew the agreement with the crisis service", 13.0, 9.0, "Simulated: signed and reviewed."),
    ("12", "Enrol the new colleagues in the basic course", 2.0, -2.0, ""),
)
#: Consensus on the 21 factors: which period, in months ago, and how many raters.
ROUNDS, RATERS = ((33.0, 21.0), (14.0, 2.0)), 4


def level_at(
    day: datetime.date, turned: datetime.date | None, recovered: datetime.date | None = None
) -> float:
    """The mean score of 5 on that day."""
    if turned is None or day <= turned:
        return SOUND
    fallen = min((day - turned).days / DAYS_A_MONTH / FALL_MONTHS, 1.0)
    if recovered is None or day <= recovered:
        return SOUND + fallen * (FALLEN - SOUND)
    way = min((day - recovered).days / DAYS_A_MONTH / WAY_BACK_MONTHS, 1.0)
    return FALLEN + way * (BACK_AGAIN - FALLEN)


class Quality:
    """How one programme was judged."""

    def __init__(
        self, staffed: StaffedProgramme, expert: User | None, rng: np.random.Generator, today: datetime.date
    ) -> None:
        self.staffed, self.expert, self.rng, self.today = staffed, expert, rng, today
        self.turned = reorganised_on(staffed.plan, today)
        self.recovered = recovered_on(staffed.plan, today)

    def write(self) -> int:
        """How many forms were written."""
        form = form_of(self.staffed.programme)
        if form is None or self.expert is None:
            return 0
        written = self._reviews(form, CriteriaReview.Kind.AUDIT, AUDITS, self.expert)
        written += self._reviews(form, CriteriaReview.Kind.SELF, SELVES, self.staffed.supervisor)
        self._planned()
        if self.turned is not None:
            self._improvements(IMPROVED if self.recovered else IN_HAND)
            for months in ROUNDS:
                self._consensus(*months)
        return written

    def _reviews(self, form: Instrument, kind: str, months: tuple[float, ...], by: User) -> int:
        days = [months_before(self.today, ago) for ago in months]
        kinder = OWN_EYES if kind == CriteriaReview.Kind.SELF else 0.0
        levels = np.array([level_at(day, self.turned, self.recovered) + kinder for day in days])
        forms = [self._form(form, kind, day, by) for day in days]
        answers = {item.id: self._scores(levels) for item in form.all_items()}
        written = write_filled(forms, instrument=form, answers=in_items(form, answers))
        reviews = CriteriaReview.objects.bulk_create(
            CriteriaReview(
                programme=self.staffed.programme,
                kind=kind,
                state=CriteriaReview.State.FINISHED,
                day=day,
                assessor=by,
                assignment=one,
                made_at=noon(day),
                finished_at=noon(day),
            )
            for one, day in zip(forms, days, strict=True)
        )
        Remark.objects.bulk_create(
            Remark(review=review, criterion=REMARKED, text=REMARKS[bool(value >= 3)])
            for review, value in zip(reviews, answers[REMARKED], strict=True)
        )
        return written

    def _scores(self, levels: Floats) -> Floats:
        return np.clip(np.round(levels + self.rng.normal(0.0, ITEM_SD, len(levels))), 1.0, 5.0)

    def _form(self, form: Instrument, kind: str, day: datetime.date, by: User) -> Assignment:
        return Assignment(
            programme=self.staffed.programme,
            subject_kind="programme",
            pack=self.staffed.programme.pack,
            instrument=form.id,
            instrument_version=form.version,
            respondent="expert" if kind == CriteriaReview.Kind.AUDIT else "supervisor",
            respondent_user=by,
            due_on=day,
            answered_on=day,
            recorded_at=timezone.now(),
            recorded_by=by,
            status=Assignment.Status.ANSWERED,
        )

    def _planned(self) -> None:
        """The next yearly audit."""
        CriteriaReview.objects.create(
            programme=self.staffed.programme,
            kind=CriteriaReview.Kind.AUDIT,
            state=CriteriaReview.State.PLANNED,
            day=months_before(self.today, -10.0),
            assessor=self.expert,
        )

    def _improvements(self, agreements: tuple[tuple[str, str, float, float, str], ...]) -> None:
        for criterion, what, agreed, due, result in agreements:
            due_on = months_before(self.today, due)
            action = Action.objects.create(
                programme=self.staffed.programme,
                what=what,
                owner=self.staffed.supervisor,
                due_on=due_on,
                agreed_at=noon(months_before(self.today, agreed)),
                agreed_by=self.staffed.manager,
                state=Action.State.DONE if result else Action.State.AGREED,
                settled_on=due_on if result else None,
                result=result,
            )
            Improvement.objects.create(criterion=criterion, action=action)

    def _consensus(self, first: float, last: float) -> None:
        """Without names; half of the marks that differ end as an interval."""
        starts_on, ends_on = months_before(self.today, first), months_before(self.today, last)
        at = noon(ends_on)
        found = ConsensusRound.objects.create(
            programme=self.staffed.programme,
            instrument="team_factors",
            instrument_version=self.staffed.programme.definitions.instruments["team_factors"].version,
            starts_on=starts_on,
            ends_on=ends_on,
            leader=self.staffed.manager,
            opened_at=at,
            closed_at=at,
            agreed_at=at,
        )
        items = [item.id for item in round_form(found).all_items()]
        middle = starts_on + (ends_on - starts_on) / 2
        level = 1.5 * level_at(middle, self.turned, self.recovered) - 0.5  # from 1 to 5 to 1 to 7
        true = level + self.rng.normal(0.0, 0.6, len(items))
        alone = true + self.rng.normal(0.0, 0.8, (RATERS, len(items)))
        marks = np.clip(np.round(alone), 1, 7).astype(int)
        Rater.objects.bulk_create(Rater(round=found, user=user, is_in=True) for user in self._raters())
        Sheet.objects.bulk_create(
            Sheet(round=found, scores={item: str(mark) for item, mark in zip(items, row, strict=True)})
            for row in marks
        )
        AgreedScore.objects.bulk_create(
            AgreedScore(round=found, item=item, score=_agreed(column))
            for item, column in zip(items, marks.T, strict=True)
        )

    def _raters(self) -> list[User]:
        therapists = [user for team in self.staffed.teams for user in team.therapists]
        return [self.staffed.supervisor, self.staffed.manager, *therapists][:RATERS]


def _agreed(marks: Floats) -> str:
    """The median; between two marks both."""
    median = float(np.median(marks))
    low = int(np.floor(median))
    return str(low) if median == low else f"{low}/{low + 1}"
