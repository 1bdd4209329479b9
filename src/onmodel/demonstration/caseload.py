"""Write patients with their treatments, phases, places in groups, therapists, plans and incidents."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from django.db.models import Model

from onmodel.accounts.models import User
from onmodel.demonstration.careers import Career, in_trouble, months_after
from onmodel.demonstration.staff import EMAIL_DOMAIN, StaffedProgramme, StaffedTeam
from onmodel.patients.models import GroupPlace, Identity, Involvement, Patient, Phase, Treatment
from onmodel.process.models import Incident, Plan

BATCH = 2_000
#: Kind of plan -> (chance in time, chance late, days that "in time" allows).
PLANS = {"crisis_plan": (0.90, 0.08, 28), "treatment_plan": (0.86, 0.11, 42)}
PLANS_WHEN_REORGANISED = {"crisis_plan": (0.55, 0.25, 28), "treatment_plan": (0.50, 0.25, 42)}
#: Kind of incident -> how many a treatment year.
INCIDENTS = {
    "crisis_contact": 0.25,
    "crisis_admission": 0.06,
    "aggression": 0.03,
    "suicide_attempt": 0.05,
    "complaint": 0.03,
}
MORE_WHEN_REORGANISED = 2.0


@dataclass
class Caseload:
    """One programme's patients; `treatments` in the order of `careers`."""

    staffed: StaffedProgramme
    careers: Sequence[Career]
    today: datetime.date
    names: Iterator[str]
    rng: np.random.Generator
    patients: list[Patient] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    parts: list[Model] = field(default_factory=list)

    def plan_everything(self) -> None:
        for number, career in enumerate(self.careers):
            self._patient(number + 1, career)
            self._phases(career)
            if career.started_on is not None:
                self._people(career, career.started_on)
                self._plans(career, career.started_on)
                self._incidents(career, career.started_on)

    def write(self) -> None:
        Patient.objects.bulk_create(self.patients, batch_size=BATCH)
        Treatment.objects.bulk_create(self.treatments, batch_size=BATCH)
        for kind in (Identity, Phase, Involvement, GroupPlace, Plan, Incident):
            rows = [row for row in self.parts if isinstance(row, kind)]
            kind.objects.bulk_create(rows, batch_size=BATCH)

    @property
    def code(self) -> str:
        """Two letters of the programme, for pseudonyms."""
        return "".join(word[0] for word in self.staffed.plan.slug.split("-")).upper()[:3]

    def _patient(self, number: int, career: Career) -> None:
        pseudonym = f"{self.code}-{number:04d}"
        patient = Patient(
            organisation=self.staffed.programme.organisation,
            pseudonym=pseudonym,
            year_of_birth=career.year_of_birth,
            gender=career.gender,
        )
        self.patients.append(patient)
        self.parts.append(self._identity(patient, career))
        team = self._team(career)
        self.treatments.append(
            Treatment(
                id=UUID(bytes=self.rng.bytes(16), version=4),
                patient=patient,
                programme=self.staffed.programme,
                team=team.team,
                primary_clinician=self._primary_clinician(team, number) if career.started_on else None,
                referred_on=career.referred_on,
                oriented_on=career.oriented_on,
                started_on=career.started_on,
                ended_on=career.ended_on,
                end_kind=career.end_kind,
            )
        )

    def _identity(self, patient: Patient, career: Career) -> Identity:
        record_number = f"SIM-{patient.pseudonym}"
        born = datetime.date(career.year_of_birth, 1, 1) + datetime.timedelta(
            days=int(self.rng.integers(365))
        )
        sealed = {
            "name": next(self.names),
            "birth_date": born.isoformat(),
            "record_number": record_number,
            "email": f"{patient.pseudonym.lower()}@{EMAIL_DOMAIN}",
            "phone": f"06 0000 {len(self.patients):04d}",
        }
        return Identity(patient=patient, sealed=sealed).indexed()

    def _team(self, career: Career) -> StaffedTeam:
        return self.staffed.teams[career.team]

    @staticmethod
    def _primary_clinician(team: StaffedTeam, number: int) -> User:
        return team.primary_clinicians[number % len(team.primary_clinicians)]

    def account(self, number: int) -> User:
        """An account for that patient, under the name of their identity."""
        patient = self.patients[number]
        identity = next(row for row in self.parts if isinstance(row, Identity) and row.patient is patient)
        email = f"{patient.pseudonym.lower()}@{EMAIL_DOMAIN}"
        return User(username="patient", name=identity.sealed["name"], email=email)

    def _phases(self, career: Career) -> None:
        for stretch in career.phases:
            self.parts.append(
                Phase(
                    treatment=self.treatments[-1],
                    kind=stretch.kind,
                    starts_on=stretch.starts_on,
                    ends_on=stretch.ends_on,
                )
            )

    def _people(self, career: Career, started: datetime.date) -> None:
        """The primary clinician, an individual therapist, the psychiatrist; a place in a group."""
        team, treatment = self._team(career), self.treatments[-1]
        others = [
            user for user in team.therapists if user not in (team.psychiatrist, treatment.primary_clinician)
        ]
        functions = {
            "primary_clinician": treatment.primary_clinician,
            "individual_therapist": others[int(self.rng.integers(len(others)))] if others else None,
            "psychiatrist": team.psychiatrist,
        }
        period = {"starts_on": started, "ends_on": career.ended_on}
        for function, user in functions.items():
            if user is not None:
                self.parts.append(
                    Involvement(treatment=treatment, therapist=user, function=function, **period)
                )
        group = team.groups[int(self.rng.integers(len(team.groups)))]
        self.parts.append(GroupPlace(treatment=treatment, group=group, **period))

    def _is_hit(self, day: datetime.date) -> bool:
        return in_trouble(self.staffed.plan, day, self.today)

    def _plans(self, career: Career, started: datetime.date) -> None:
        chances = PLANS_WHEN_REORGANISED if self._is_hit(started) else PLANS
        until = career.ended_on or self.today
        for kind, (in_time, late, allowed) in chances.items():
            luck = self.rng.random()
            if luck > in_time + late:
                continue
            low, high = (3, allowed) if luck <= in_time else (allowed + 3, 3 * allowed)
            agreed = started + datetime.timedelta(days=int(self.rng.integers(low, high)))
            self._versions(kind, agreed, until)

    def _versions(self, kind: str, agreed: datetime.date, until: datetime.date) -> None:
        """The first version and, about each six months, a new one."""
        while agreed <= until:
            made = agreed - datetime.timedelta(days=int(self.rng.integers(0, 8)))
            treatment = self.treatments[-1]
            self.parts.append(
                Plan(
                    treatment=treatment,
                    kind=kind,
                    made_on=made,
                    agreed_on=agreed,
                    made_by=treatment.primary_clinician,
                )
            )
            agreed = months_after(agreed, float(self.rng.uniform(5.0, 8.0)))

    def _incidents(self, career: Career, started: datetime.date) -> None:
        until = career.ended_on or self.today
        days = max((until - started).days, 1)
        for kind, rate in INCIDENTS.items():
            for _ in range(self.rng.poisson(MORE_WHEN_REORGANISED * rate * days / 365.25)):
                day = started + datetime.timedelta(days=int(self.rng.integers(days)))
                if not self._is_hit(day) and self.rng.random() > 1.0 / MORE_WHEN_REORGANISED:
                    continue
                self.parts.append(
                    Incident(
                        programme=self.staffed.programme,
                        treatment=self.treatments[-1],
                        kind=kind,
                        happened_on=day,
                    )
                )
