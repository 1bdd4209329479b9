"""Write the sessions behind the last year's ratings, a second rating of some, and what waits to be rated.

Recordings are references to a shelf that does not exist: nobody's voice is simulated. Only patients
whose simulated consent allows recording are in a recorded session.
"""

from __future__ import annotations

import datetime
from collections import defaultdict

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.adherence.models import Draw, Rating
from onmodel.adherence.sampling import quarter_of
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Answer, Assignment
from onmodel.assessments.rows import count_again
from onmodel.consent.models import Consent, allowed
from onmodel.consent.purposes import Purpose
from onmodel.demonstration.courses import Floats
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.packs.instruments import Instrument, ItemKind
from onmodel.patients.models import Involvement, Treatment
from onmodel.sessions.models import Attendance, Recording, Session, SessionTherapist

SCALE = "mbt_acs"
SHOWN = datetime.timedelta(days=365)
DRAWN_BEFORE = datetime.timedelta(days=14)
TWICE = 0.35
#: How much stricter the second raters are, and how far two raters of one item lie apart.
STRICTER, ITEM_SD = 0.4, 0.7
SHELF = "Simulated recording"


class RatedSessions:
    """Those of one programme."""

    def __init__(self, staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> None:
        self.staffed, self.rng, self.today = staffed, rng, today
        self.patients = self._patients()
        self.sessions: list[Session] = []
        self.givers: list[SessionTherapist] = []
        self.attendances: list[Attendance] = []

    def write(self) -> int:
        """How many second ratings were written."""
        about = Assignment.objects.filter(programme=self.staffed.programme, instrument=SCALE).select_related(
            "person", "respondent_user"
        )
        filled = (
            about.answered().filter(answered_on__gte=self.today - SHOWN).order_by("answered_on", "person")
        )
        ratings = [one for form in filled if (one := self._rating(form, form.answered_on, seen=True))]
        doubled = [one for one in ratings if self.rng.random() < TWICE]
        waiting = [one for form in about.filter(status="open") if (one := self._next(form))]
        self._store([*ratings, *waiting])
        self._draw(waiting)
        return self._second(doubled)

    def _patients(self) -> dict[int, list[Treatment]]:
        """Therapist -> treatments in which a recording is allowed."""
        count_again(Consent, Involvement)
        willing = Treatment.objects.filter(
            allowed(Purpose.SESSION_RECORDING), programme=self.staffed.programme
        )
        found: dict[int, list[Treatment]] = defaultdict(list)
        for one in Involvement.objects.filter(treatment__in=willing).select_related("treatment"):
            found[one.therapist_id].append(one.treatment)
        return found

    def _rating(self, form: Assignment, day: datetime.date, *, seen: bool) -> Rating | None:
        session = self._session(form.person, day)
        if session is None:
            return None
        done = timezone.make_aware(datetime.datetime.combine(day, datetime.time(17))) if seen else None
        return Rating(
            programme=self.staffed.programme,
            session=session,
            therapist=form.person,
            rater=form.respondent_user,
            assignment=form,
            purpose=Rating.Purpose.RATING,
            submitted_at=done,
            seen_at=done,
        )

    def _next(self, form: Assignment) -> Rating | None:
        """What waits: a session from two weeks before it is due."""
        return self._rating(form, min(form.due_on, self.today) - DRAWN_BEFORE, seen=False)

    def _session(self, therapist: User, day: datetime.date) -> Session | None:
        there = [
            one
            for one in self.patients.get(therapist.pk, ())
            if one.started_on and one.started_on <= day and (one.ended_on is None or one.ended_on >= day)
        ]
        if not there:
            return None
        treatment = there[int(self.rng.integers(len(there)))]
        session = Session(
            programme=self.staffed.programme,
            team=treatment.team,
            kind=Session.Kind.INDIVIDUAL,
            component="individual",
            held_on=day,
        )
        self.sessions.append(session)
        self.givers.append(SessionTherapist(session=session, therapist=therapist))
        self.attendances.append(Attendance(session=session, treatment=treatment))
        return session

    def _store(self, ratings: list[Rating]) -> None:
        Session.objects.bulk_create(self.sessions)
        SessionTherapist.objects.bulk_create(self.givers)
        Attendance.objects.bulk_create(self.attendances)
        Recording.objects.bulk_create(
            [Recording(session=one, reference=f"{SHELF} {n + 1}") for n, one in enumerate(self.sessions)]
        )
        Rating.objects.bulk_create(ratings)

    def _draw(self, waiting: list[Rating]) -> None:
        for rating in waiting:
            starts_on, ends_on = quarter_of(rating.session.held_on)
            rating.draw = Draw(
                programme=rating.programme,
                therapist=rating.therapist,
                kind=Session.Kind.INDIVIDUAL,
                starts_on=starts_on,
                ends_on=ends_on,
                session=rating.session,
                held=1,
                eligible=1,
            )
        Draw.objects.bulk_create([rating.draw for rating in waiting])
        Rating.objects.bulk_update(waiting, ["draw"])

    def _second(self, ratings: list[Rating]) -> int:
        """Blind ratings by a colleague: around the first ones, a little stricter."""
        colleagues = [user for team in self.staffed.teams for user in team.therapists]
        pairs = [(one, [user for user in colleagues if user != one.therapist]) for one in ratings]
        pairs = [(one, others) for one, others in pairs if others]
        if not pairs:
            return 0
        instrument = self.staffed.programme.definitions.instruments[SCALE]
        raters = [others[int(self.rng.integers(min(len(others), 3)))] for _one, others in pairs]
        forms = [_copy(one.assignment, rater) for (one, _others), rater in zip(pairs, raters, strict=True)]
        answers = self._answers(instrument, [one.assignment_id for one, _others in pairs])
        written = write_filled(forms, instrument=instrument, answers=answers)
        Rating.objects.bulk_create(
            Rating(
                programme=one.programme,
                session=one.session,
                therapist=one.therapist,
                rater=rater,
                assignment=form,
                purpose=Rating.Purpose.SECOND,
                submitted_at=one.submitted_at,
                seen_at=one.seen_at,
            )
            for (one, _others), rater, form in zip(pairs, raters, forms, strict=True)
        )
        return written

    def _answers(self, instrument: Instrument, forms: list[object]) -> Floats:
        """The first rater's, each moved a little; what the first left open stays so."""
        items = instrument.all_items()
        place = {item.id: number for number, item in enumerate(items)}
        row = {form: number for number, form in enumerate(forms)}
        first = np.full((len(forms), len(items)), np.nan)
        chosen = [item.id for item in items if item.kind is ItemKind.CHOICE]
        given = Answer.objects.filter(assignment__in=forms, item__in=chosen, value__isnull=False)
        for form, item, value in given.values_list("assignment", "item", "value"):
            first[row[form], place[item]] = value
        moved = first - STRICTER + self.rng.normal(0.0, ITEM_SD, size=first.shape)
        return np.clip(np.round(moved), 1.0, 7.0)


def _copy(form: Assignment, rater: User) -> Assignment:
    """The same form, filled by another."""
    return Assignment(
        programme=form.programme,
        subject_kind=form.subject_kind,
        person=form.person,
        pack=form.pack,
        instrument=form.instrument,
        instrument_version=form.instrument_version,
        respondent=form.respondent,
        respondent_user=rater,
        due_on=form.due_on,
        answered_on=form.answered_on,
        recorded_at=form.recorded_at,
        recorded_by=rater,
        status=Assignment.Status.ANSWERED,
    )
