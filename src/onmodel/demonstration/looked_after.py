"""Write the last weeks' risk checks, messages, time-outs, reviews and attempts to reach who stayed away.

How often each is done is an assumption of the simulation: nearly always, and much less where the programme
was reorganised. Words are invented. Whoever missed sessions is read from the simulated group sessions.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np
from django.db.models import Model

from onmodel.accounts.models import User
from onmodel.demonstration.caseload import BATCH
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.patients.models import Treatment
from onmodel.process.absences.reading import last_runs
from onmodel.process.days.working import next_working_day
from onmodel.process.models import AbsenceStep, Call, Decision, Review, RiskCheck, TimeOut
from onmodel.sessions.models import Attendance

#: How sure it is that something is done that the standards ask for.
DONE, DONE_WHEN_REORGANISED = 0.985, 0.75
RISK_WEEKS = 6
RAISED, HIGH = 0.10, 0.02
CALLS, TIME_OUTS = 0.12, 0.01
#: Days between reviews, and over how many days back they are written.
TEAM_EVERY, PATIENT_EVERY, BACK = 40, 88, 420
SLOWER_WHEN_REORGANISED = 1.35
TALKED = "Simulated: talked it over and looked at the crisis plan."
ABOUT = ("Cannot come on Thursday.", "Asks to be called back.", "A quarrel at home.")
POINTS = {
    "goals": "Simulated: one goal comes nearer, the others stay.",
    "crisis_plan": "Simulated: still fits.",
    "attendance": "Simulated: comes, also on bad days.",
}
DECISIONS = (
    "Bring what is hard at home into the group",
    "Invite somebody close to the next review",
    "Ask the psychiatrist to look at the medication",
    "Write down after each session what touched most",
)
FOCUS = "Simulated: staying in the room when it gets tense."


class LookedAfter:
    """What one programme recorded of its patients from day to day."""

    def __init__(self, staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> None:
        self.staffed, self.rng, self.today = staffed, rng, today
        self.reorganised = staffed.plan.is_adrift
        self.done = DONE_WHEN_REORGANISED if self.reorganised else DONE
        under_way = staffed.programme.treatments.active_on(today).filter(started_on__lte=today)
        self.treatments = list(under_way.select_related("primary_clinician").order_by("pk"))
        lately = staffed.programme.treatments.filter(started_on__lte=today).exclude(
            ended_on__lt=self._ago(BACK)
        )
        self.lately = list(lately.select_related("primary_clinician").order_by("pk"))

    def write(self) -> int:
        """How many rows."""
        rows: list[Model] = [*self._risks(), *self._calls(), *self._time_outs()]
        for kind in (RiskCheck, Call, TimeOut):
            of_kind = [row for row in rows if isinstance(row, kind)]
            kind.objects.bulk_create(of_kind, batch_size=BATCH)
            if kind is TimeOut:
                self._decide(of_kind)
        return len(rows) + self._reviews() + self._absences()

    def _ago(self, days: int) -> datetime.date:
        return self.today - datetime.timedelta(days=days)

    def _risks(self) -> Iterator[RiskCheck]:
        """On each day of the group: risk of who was there, and of everybody the risk of dropping out."""
        since = self._ago(7 * RISK_WEEKS)
        expected = Attendance.objects.filter(
            session__programme=self.staffed.programme, session__held_on__gte=since
        ).order_by("session__held_on", "treatment", "present")
        days = expected.values_list("treatment", "session__held_on", "present")
        for (treatment, day), there in {(one, day): there for one, day, there in days}.items():
            chance, level = self.rng.random(), self.rng.random()
            if chance > self.done:
                continue
            risk = "high" if level < HIGH else "raised" if level < RAISED else "low"
            yield RiskCheck(
                treatment_id=treatment,
                checked_on=day,
                risk=risk if there else "",
                dropout_risk="raised" if self.rng.random() < RAISED else "low",
                done=TALKED,
                kept_by=self.staffed.supervisor,
            )

    def _calls(self) -> Iterator[Call]:
        for one in self.treatments:
            if self.rng.random() > CALLS:
                continue
            came = max(self._ago(int(self.rng.integers(1, 21))), one.started_on)
            due = next_working_day(came)
            late = 0 if self.rng.random() < self.done else 3
            back = due + datetime.timedelta(days=late)
            answered = back <= self.today
            yield Call(
                treatment=one,
                came_on=came,
                due_on=due,
                about=ABOUT[int(self.rng.integers(len(ABOUT)))],
                returned_on=back if answered else None,
                returned_by=one.primary_clinician if answered else None,
                result="Simulated: spoke for ten minutes." if answered else "",
            )

    def _time_outs(self) -> Iterator[TimeOut]:
        for one in self.treatments:
            start = self._ago(60)
            if self.rng.random() < TIME_OUTS and one.started_on <= start:
                reason = "Simulated: threatened somebody in the group."
                ends = start + datetime.timedelta(days=3)
                yield TimeOut(treatment=one, starts_on=start, ends_on=ends, reason=reason)

    def _decide(self, time_outs: list[TimeOut]) -> None:
        """By the primary clinician and the supervisor."""
        for one in time_outs:
            people = [self.staffed.supervisor, one.treatment.primary_clinician]
            one.decided_by.set([person for person in people if person is not None])

    # --- reviews ---
    def _reviews(self) -> int:
        reviews = [
            self._review(one, kind, day)
            for one in self.lately
            for kind, every in (("team", TEAM_EVERY), ("patient", PATIENT_EVERY))
            for day in self._review_days(one, every)
        ]
        Review.objects.bulk_create(reviews, batch_size=BATCH)
        there = Review.staff.through
        there.objects.bulk_create(
            [
                there(review=review, user=person)
                for review in reviews
                for person in self._staff(review.treatment)
            ],
            batch_size=BATCH,
        )
        decisions = [self._decision(review) for review in reviews]
        Decision.objects.bulk_create(decisions, batch_size=BATCH)
        return len(reviews) + len(decisions)

    def _review_days(self, one: Treatment, every: int) -> list[datetime.date]:
        """From some day within the last period back; now and then one was left out."""
        if self.reorganised:
            every = round(every * SLOWER_WHEN_REORGANISED)
        first = int(self.rng.integers(1, every))
        days = [self._ago(back) for back in range(first, BACK, every)]
        last = one.ended_on or self.today
        return sorted(day for day in days if one.started_on < day <= last and self.rng.random() < self.done)

    def _review(self, one: Treatment, kind: str, day: datetime.date) -> Review:
        return Review(
            treatment=one,
            kind=kind,
            language="en",
            agenda=[],
            taken_on=day,
            held_on=day,
            patient_present=True if kind == "patient" else None,
            discussed=dict(POINTS) if self.rng.random() < self.done else {"goals": POINTS["goals"]},
            next_focus=FOCUS,
            outcome_used=bool(self.rng.random() < self.done),
            next_on=day + datetime.timedelta(days=TEAM_EVERY if kind == "team" else PATIENT_EVERY),
            kept_by=self.staffed.supervisor,
        )

    def _staff(self, treatment: Treatment) -> list[User]:
        people = [treatment.primary_clinician, self.staffed.supervisor]
        return list(dict.fromkeys(person for person in people if person is not None))

    def _decision(self, review: Review) -> Decision:
        """Settled where it is some weeks old."""
        old = review.held_on < self._ago(21)
        what = DECISIONS[int(self.rng.integers(len(DECISIONS)))]
        owner = review.treatment.primary_clinician if self.rng.random() < 0.5 else None
        return Decision(
            review=review,
            what=what,
            owner=owner,
            by_patient=owner is None,
            due_on=review.held_on + datetime.timedelta(days=21),
            state=Decision.State.DONE if old else Decision.State.AGREED,
            settled_on=review.held_on + datetime.timedelta(days=21) if old else None,
        )

    # --- absences ---
    def _absences(self) -> int:
        """Who missed two sessions was called on the next working day, mostly; half were spoken with."""
        found = last_runs([one.pk for one in self.treatments], self.today)
        known = {one.pk: one for one in self.treatments}
        steps = []
        for key, run in found.items():
            if len(run.days) < 2 or self.rng.random() > self.done:
                continue
            day = next_working_day(run.days[1])
            if day <= self.today:
                spoken = self.rng.random() < 0.5
                result = AbsenceStep.Result.REACHED if spoken else AbsenceStep.Result.NOT_REACHED
                steps.append(
                    AbsenceStep(treatment=known[key], step="telephone", happened_on=day, result=result)
                )
        AbsenceStep.objects.bulk_create(steps, batch_size=BATCH)
        for step in steps:
            step.done_by.set(self._staff(step.treatment)[:1])
        return len(steps)
