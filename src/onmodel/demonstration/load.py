"""Load the whole simulated service, in one transaction: all of it or nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from django.apps import apps
from django.db import transaction

from onmodel.assessments.rows import count_again
from onmodel.audit.actions import record
from onmodel.criteria.actions import keep_risk
from onmodel.demonstration.assessing import write_assessments
from onmodel.demonstration.attendance import write_attendance
from onmodel.demonstration.careers import careers
from onmodel.demonstration.caseload import Caseload
from onmodel.demonstration.chance import stream
from onmodel.demonstration.consents import write_consents
from onmodel.demonstration.course import fill_plans, write_course
from onmodel.demonstration.due_now import write_safety_text, write_weekly_checks
from onmodel.demonstration.governance import write_actions, write_attestations, write_events
from onmodel.demonstration.history import write_history
from onmodel.demonstration.looked_after import LookedAfter
from onmodel.demonstration.measures import write_measures
from onmodel.demonstration.monitors import Monitors
from onmodel.demonstration.names import people
from onmodel.demonstration.new_programme import write_new_programme
from onmodel.demonstration.outreach import write_last_night, write_outreach
from onmodel.demonstration.partners import write_arrangements
from onmodel.demonstration.patient_forms import Forms, item_parameters
from onmodel.demonstration.quality import Quality
from onmodel.demonstration.rated_sessions import RatedSessions
from onmodel.demonstration.reported import write_reports
from onmodel.demonstration.service import MAIN, patients_a_programme
from onmodel.demonstration.signins import open_sign_ins
from onmodel.demonstration.sittings import write_sittings
from onmodel.demonstration.staff import StaffedProgramme, Staffing, staff_service
from onmodel.demonstration.staffing import StaffingRecords, write_standings
from onmodel.demonstration.supervision import SupervisionLog
from onmodel.demonstration.supervisors import Supervisors, write_exchanges
from onmodel.demonstration.team_voices import TeamVoices
from onmodel.demonstration.visits import State, Visit, visits
from onmodel.outcomes.actions import refresh_associations
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme

SEED = 2026
PATIENTS = 800
#: The BSI's subscales; its other items stand alone.
SUBSCALES = ("SOM", "OC", "IS", "DEP", "ANX", "HOS", "PHOB", "PAR", "PSY")

#: Called with what has been done, and how many steps of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What was written."""

    programmes: int
    therapists: int
    patients: int
    forms: int
    signals: int


def load_demonstration(
    *,
    today: datetime.date,
    patients: int = PATIENTS,
    seed: int = SEED,
    progress: Progress | None = None,
    reports: bool = True,
) -> Loaded:
    """Write the simulated service as it stands on `today`. The same seed and day give the same records.

    Without `reports` none is drafted and drawn, which takes its time. Raises ValueError for fewer than 12
    patients: then some programme would have none.
    """
    if patients < 12:
        raise ValueError(f"A service needs at least 12 patients, not {patients}.")
    tell = progress or (lambda *_: None)
    loading = Loading(today=today, patients=patients, seed=seed, progress=tell, reports=reports)
    with transaction.atomic():
        return loading.run()


class Loading:
    """The steps of a load; each programme is one of a few."""

    def __init__(
        self, *, today: datetime.date, patients: int, seed: int, progress: Progress, reports: bool
    ) -> None:
        self.today, self.seed, self._progress, self.reports = today, seed, progress, reports
        self.per_programme = patients_a_programme(patients)
        self.patients = patients
        self.steps = 1 + 3 * len(self.per_programme)
        self._done = count(1)
        self.forms = self.signals = 0

    def run(self) -> Loaded:
        staffing = staff_service(stream(self.seed, "staff"), self.today)
        staffing.write()
        self._tell("people and teams")
        names = iter(people(stream(self.seed, "names of patients"), self.patients, different=False))
        for staffed in staffing.programmes:
            self._programme(staffing, staffed, names)
        count_again(*apps.get_models())
        write_exchanges(staffing.programmes, self.today)
        self._new_programme(staffing)
        for staffed in staffing.programmes:
            self._look(staffed)
        count_again(*apps.get_models())
        if self.reports:
            expert = next(user for user in staffing.hiring.users if user.username == "expert")
            self.signals += sum(write_reports(staffed, expert, self.today) for staffed in staffing.programmes)
        for programme in Programme.objects.order_by("slug"):
            keep_risk(programme=programme, by=None, on=self.today)
        open_sign_ins()
        write_last_night()
        return Loaded(
            programmes=len(staffing.programmes),
            therapists=sum(len(team.therapists) for plan in staffing.programmes for team in plan.teams),
            patients=self.patients,
            forms=self.forms,
            signals=self.signals,
        )

    def _new_programme(self, staffing: Staffing) -> None:
        known = {user.username: user for user in staffing.hiring.users}
        home = staffing.programmes[0].programme.organisation
        write_new_programme(home, manager=known["manager"], expert=known["expert"], today=self.today)

    def _tell(self, what: str) -> None:
        self._progress(what, next(self._done), self.steps)

    def _stream(self, staffed: StaffedProgramme, name: str) -> np.random.Generator:
        return stream(self.seed, f"{staffed.plan.slug}: {name}")

    def _programme(self, staffing: Staffing, staffed: StaffedProgramme, names: Iterator[str]) -> None:
        plan = staffed.plan
        ways = careers(self._stream(staffed, "careers"), plan, self.per_programme[plan.slug], self.today)
        caseload = Caseload(staffed, ways, self.today, names, self._stream(staffed, "caseload"))
        caseload.plan_everything()
        moments = visits(self._stream(staffed, "visits"), plan, ways, self.today)
        known = {user.username: user for user in staffing.hiring.users}
        self._give_patient_account(caseload, moments)
        fill_plans(caseload)
        caseload.write()
        write_course(caseload, self._stream(staffed, "course"))
        write_assessments(caseload, self._stream(staffed, "assessments"))
        write_attendance(caseload, self._stream(staffed, "attendance"))
        write_consents(self._stream(staffed, "consents"), caseload.treatments, known["research"], self.today)
        self._tell(f"{plan.name}: patients")
        parameters = self._parameters(staffed.programme.definitions.instruments["bsi"])
        rng = self._stream(staffed, "measures")
        self.forms += write_measures(caseload, moments, parameters, rng, known["research"])
        write_sittings(staffed, self._stream(staffed, "sittings"), self.today)
        write_outreach(staffed, self._stream(staffed, "outreach"), known["research"], self.today)
        write_weekly_checks(staffed.programme, caseload.treatments, self.today)
        write_safety_text(staffed.programme, known["manager"])
        expert = known["expert"] if plan in MAIN.programmes else None
        self.forms += Monitors(staffed, expert, self._stream(staffed, "ratings"), self.today).write()
        self.forms += RatedSessions(staffed, self._stream(staffed, "sessions"), self.today).write()
        SupervisionLog(staffed, self._stream(staffed, "supervision"), self.today).write()
        LookedAfter(staffed, self._stream(staffed, "looked after"), self.today).write()
        self.forms += Supervisors(staffed, expert, self._stream(staffed, "supervisors"), self.today).write()
        self.forms += TeamVoices(staffed, self._stream(staffed, "team voices"), self.today).write()
        StaffingRecords(staffed, self._stream(staffed, "absences"), self.today).write(staffing)
        self.forms += Quality(staffed, expert, self._stream(staffed, "quality"), self.today).write()
        self._tell(f"{plan.name}: forms")

    def _parameters(self, bsi: Instrument) -> Forms:
        """The items' parameters, the same in every programme; the BSI's facets are its subscales."""
        facets = {item: number for number, scale in enumerate(SUBSCALES) for item in bsi.scale(scale).items}
        own = np.array([facets.get(item.id, len(SUBSCALES)) for item in bsi.all_items()])
        return item_parameters(stream(self.seed, "items"), own)

    def _give_patient_account(self, caseload: Caseload, moments: list[Visit]) -> None:
        """The day hospital's patient in treatment with most answered moments gets the sign-in."""
        if caseload.staffed.plan.slug != MAIN.programmes[0].slug:
            return
        answered = [visit.patient for visit in moments if visit.state is State.ANSWERED]
        current = [
            n for n, career in enumerate(caseload.careers) if career.started_on and not career.ended_on
        ]
        if not current:
            return
        chosen = max(current, key=lambda number: (answered.count(number), -number))
        user = caseload.account(chosen)
        user.save()
        caseload.patients[chosen].user = user

    def _look(self, staffed: StaffedProgramme) -> None:
        write_attestations(staffed, self._stream(staffed, "attestations"), self.today)
        write_actions(staffed, self.today)
        write_events(staffed, self.today)
        write_arrangements(staffed, self.today)
        write_standings(staffed, self.today)
        self.signals += write_history(staffed, self.seed, self.today)
        refresh_associations(programme=staffed.programme, until=self.today)
        record(by=None, verb="simulated service loaded", subject=staffed.programme, seed=self.seed)
        self._tell(f"{staffed.plan.name}: signals")
