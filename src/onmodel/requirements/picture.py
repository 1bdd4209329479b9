"""One programme on one day, loaded once, so that every measure reads from memory."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from onmodel.accounts.models import User
from onmodel.adherence.models import counted
from onmodel.assessments.models import Assignment, Score
from onmodel.patients.models import Involvement, Phase, Treatment
from onmodel.process.models import Plan, Review
from onmodel.programmes.models import Membership, Programme, Team
from onmodel.supervision.rhythm import Rhythm, rhythms

YEAR = datetime.timedelta(days=365)
PSYCHIATRIST = "psychiatrist"


@dataclass(frozen=True, slots=True)
class HeldReview:
    """A review that was held: of which treatment (key), by which team (its id), of what kind."""

    treatment: object
    team: int | None
    kind: str
    held_on: datetime.date
    outcome_used: bool | None


@dataclass(frozen=True)
class Picture:
    """What is recorded of a programme on `day`. Each part is one query, made when first asked for."""

    programme: Programme
    day: datetime.date

    @cached_property
    def teams(self) -> list[Team]:
        return list(self.programme.teams.in_force(self.day))

    @cached_property
    def memberships(self) -> list[Membership]:
        return list(Membership.objects.in_force(self.day).of_programme(self.programme).select_related("user"))

    def with_role(self, role: str) -> list[Membership]:
        return [m for m in self.memberships if m.role == role]

    @cached_property
    def therapists(self) -> list[Membership]:
        """Therapists' memberships, the psychiatrists' left out."""
        return [m for m in self.with_role("therapist") if m.position != PSYCHIATRIST]

    @cached_property
    def active(self) -> list[Treatment]:
        """Treatments under way, in whatever phase."""
        treatments = self.programme.treatments.active_on(self.day)
        return list(treatments.select_related("primary_clinician", "patient"))

    @cached_property
    def in_follow_up(self) -> set[object]:
        """Ids of treatments that are in their follow-up phase."""
        phases = Phase.objects.in_force(self.day).filter(
            kind="follow_up", treatment__programme=self.programme
        )
        return set(phases.values_list("treatment", flat=True))

    @cached_property
    def caseloads(self) -> dict[User, tuple[int, int]]:
        """Primary clinician -> (patients in active treatment, patients in follow-up)."""
        counts: dict[User, list[int]] = defaultdict(lambda: [0, 0])
        for treatment in self.active:
            if treatment.primary_clinician is not None:
                counts[treatment.primary_clinician][treatment.pk in self.in_follow_up] += 1
        return {clinician: (active, follow_up) for clinician, (active, follow_up) in counts.items()}

    @cached_property
    def treating(self) -> set[int]:
        """Ids of the people who treat somebody in this programme."""
        involved = Involvement.objects.in_force(self.day).filter(treatment__programme=self.programme)
        return set(involved.values_list("therapist", flat=True)) | {
            clinician.pk for clinician in self.caseloads
        }

    @cached_property
    def agreed_plans(self) -> dict[tuple[object, str], datetime.date]:
        """(treatment id, kind of plan) -> the day on which its first version was agreed."""
        plans = Plan.objects.filter(treatment__programme=self.programme, agreed_on__lte=self.day)
        first: dict[tuple[object, str], datetime.date] = {}
        for treatment, kind, agreed_on in plans.values_list("treatment", "kind", "agreed_on"):
            known = first.get((treatment, kind))
            first[treatment, kind] = min(known, agreed_on) if known else agreed_on
        return first

    @cached_property
    def started_last_year(self) -> list[Treatment]:
        return list(
            self.programme.treatments.started_between(self.day - YEAR, self.day).select_related("patient")
        )

    @cached_property
    def completed(self) -> list[Treatment]:
        """Treatments completed in the last two years."""
        ended = self.programme.treatments.ended_between(self.day - 2 * YEAR, self.day)
        return list(ended.filter(end_kind="completed", started_on__isnull=False))

    @cached_property
    def reviews(self) -> list[HeldReview]:
        """Every review of a treatment that was held, the earliest first."""
        held = Review.objects.filter(treatment__programme=self.programme, held_on__lte=self.day)
        named = ("treatment", "treatment__team", "kind", "held_on", "outcome_used")
        return [HeldReview(*row) for row in held.order_by("held_on", "pk").values_list(*named)]

    @cached_property
    def rhythms(self) -> list[Rhythm]:
        """How often each kind of meeting was held, by team, in the last 13 weeks."""
        return rhythms(self.programme, self.teams, self.day)

    @cached_property
    def forms_due(self) -> list[str]:
        """The status of each patient's form that fell due in the last year."""
        due = Assignment.objects.filter(
            programme=self.programme, treatment__isnull=False, due_on__range=(self.day - YEAR, self.day)
        ).exclude(status=Assignment.Status.NOT_APPLICABLE)
        return list(due.values_list("status", flat=True))

    @cached_property
    def adherence(self) -> dict[int, list[float]]:
        """Therapist's id -> overall adherence of the sessions rated in the last year, each session once."""
        scores = (
            Score.objects.known()
            .filter(
                assignment__programme=self.programme,
                assignment__subject_kind="therapist",
                assignment__instrument="mbt_acs",
                assignment__answered_on__range=(self.day - YEAR, self.day),
                scale="ADHERENCE",
            )
            .filter(counted("assignment__"))
        )
        sessions: dict[tuple[int, object], list[float]] = defaultdict(list)
        rows = scores.values_list("assignment__person", "assignment", "assignment__rating__session", "value")
        for person, form, session, value in rows:
            sessions[person, session or form].append(value)
        ratings: dict[int, list[float]] = defaultdict(list)
        for (person, _session), values in sessions.items():
            ratings[person].append(sum(values) / len(values))
        return dict(ratings)
