"""The cast's programme with more in it, beside a second programme and a second organisation.

Each case is one treatment with everything that hangs on it; its `secrets` are ids and words that occur
nowhere else, so that finding one of them in a response says whose it is.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass, field
from types import SimpleNamespace

from django.utils import timezone

from onmodel.adherence.models import Calibration, Draw, Rating
from onmodel.agreements.models import Arrangement, ContractFile
from onmodel.assessments.models import Assignment, Score
from onmodel.consent.models import Consent
from onmodel.criteria import actions as criteria
from onmodel.criteria.models import ConsensusRound, Rater
from onmodel.feedback.models import Goal, Letter
from onmodel.followup.models import Action
from onmodel.forms.models import DraftAnswer
from onmodel.implementing.models import Project
from onmodel.outcomes.models import ImportRun
from onmodel.outreach.models import Contact
from onmodel.patient_access.actions import make_access
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import Identity, Treatment
from onmodel.pirs.models import Pir
from onmodel.process.models import Incident, Part, Plan, Review
from onmodel.programmes.events import ProgrammeEvent
from onmodel.programmes.files import as_kept
from onmodel.programmes.models import Programme
from onmodel.reports.models import ReleasedFile, ReleasedReport
from onmodel.requirements.models import Attestation, EvidenceFile
from onmodel.selfcheck.models import SelfCheck
from onmodel.sessions.models import Session
from onmodel.signals.models import Signal
from onmodel.staffing.models import Absence
from onmodel.supervision.models import Meeting
from onmodel.supervisors.models import Exchange, SupervisorRating
from tests import cast as people
from tests.factories import (
    AssignmentFactory,
    InvolvementFactory,
    PatientFactory,
    ProgrammeFactory,
    TreatmentFactory,
)
from tests.pirs import drafted_pir, frozen_now


@dataclass
class Case:
    """A treatment, its objects by the first part of their address, and what gives it away."""

    treatment: Treatment
    secrets: set[str]
    objects: dict[str, list[object]] = field(default_factory=dict)
    code: str = ""
    form: Assignment | None = None
    goal: Goal | None = None
    contact: Contact | None = None
    letter: Letter | None = None
    plan: Plan | None = None
    review: Review | None = None
    part: Part | None = None
    incident: Incident | None = None


@dataclass
class Place:
    """A programme, what names it and its people, and the import runs in it."""

    programme: Programme
    secrets: set[str]
    runs: list[ImportRun] = field(default_factory=list)
    released: ReleasedReport | None = None
    objects: dict[str, list[object]] = field(default_factory=dict)
    pir: Pir | None = None


#: Who may see which cases, said here by hand and not by `visible_to`.
SEES_CASES: dict[str | None, set[str]] = {
    "patient_user": {"blue"},
    "green_patient_user": {"green"},
    "therapist": {"blue"},
    "colleague": {"green"},
    "supervisor": {"blue"},
    "green_supervisor": {"green"},
    "manager": {"blue", "green"},
    "assistant": {"blue", "green"},
    "privacy_officer": {"blue", "green"},  # who saw them and why, not what the record says
    "sibling_manager": {"sibling"},
    "outsider": {"elsewhere"},
}
#: Who has a role in which programme; patients and leavers have none, and learn no more than its name.
SEES_PLACES: dict[str | None, set[str]] = {
    "sibling_manager": {"sibling"},
    "outsider": {"elsewhere"},
}
STRANGERS = {"patient_user", "green_patient_user", "leaver", None}
MAY_IMPORT = {"manager", "assistant", "sibling_manager", "outsider"}
MAY_READ_PIRS = {"supervisor", "green_supervisor", "manager", "sibling_manager", "expert", "outsider"}
MAY_READ_RELEASED = {
    "supervisor",
    "green_supervisor",
    "manager",
    "sibling_manager",
    "expert",
    "stakeholder",
    "outsider",
}


def assemble(cast: SimpleNamespace) -> SimpleNamespace:
    """Everything of `cast`, and `cases`, `places`, `who`."""
    elsewhere = cast.other_programme  # its name is a word of the pages as well
    elsewhere.name, elsewhere.slug = "Duneview day centre", "duneview"
    elsewhere.save()
    cast.programme.name = "Riverside day unit"  # that of the cast is a programme's format as well
    cast.programme.save()
    sibling = ProgrammeFactory(
        organisation=cast.organisation, name="Sibling outpatients", slug="sibling-outpatients"
    )
    cast.green_supervisor = people.member(
        cast.programme, "green_supervisor", "Gijs Greenlead", "supervisor", team=cast.other_team
    )
    cast.sibling_manager = people.member(sibling, "sibling_manager", "Sien Siblinglead", "manager")
    cast.green_patient_user = people.person("green_patient", "Gwen Greenpatient")
    green = TreatmentFactory(
        programme=cast.programme,
        team=cast.other_team,
        primary_clinician=cast.colleague,
        patient=PatientFactory(
            organisation=cast.organisation, pseudonym="GREEN-2002", user=cast.green_patient_user
        ),
    )
    InvolvementFactory(treatment=green, therapist=cast.colleague)
    treatments = {
        "blue": (cast.treatment, cast.therapist),
        "green": (green, cast.colleague),
        "sibling": (
            TreatmentFactory(
                programme=sibling,
                patient=PatientFactory(organisation=cast.organisation, pseudonym="SIBLING-3003"),
            ),
            cast.sibling_manager,
        ),
        "elsewhere": (cast.other_treatment, cast.outsider),
    }
    cast.cases = {name: case(name, treatment, by) for name, (treatment, by) in treatments.items()}
    cast.places = {
        "home": place(cast.programme, cast.manager, {"Mia Manager"}),
        "sibling": place(sibling, cast.sibling_manager, {"Sien Siblinglead"}),
        "elsewhere": place(cast.other_programme, cast.outsider, {"Otto Outsider"}),
    }
    cast.who = {name: user_of(cast, name) for name in who(cast)}
    return cast


def case(name: str, treatment: Treatment, by) -> Case:
    """Fill a treatment: a score, signals, an action, a plan, an incident, a consent, a code, an emergency."""
    patient, day = treatment.patient, datetime.date(2025, 2, 1)
    word = f"word-of-{name}"
    number = f"RECORD{name.upper()}77"
    Identity.objects.create(
        patient=patient, sealed={"name": f"Given {word}", "birth_date": "1991-02-03", "record_number": number}
    )
    for months, value in ((0.0, 21), (6.0, 9)):
        form = AssignmentFactory(treatment=treatment, months=months, status="answered", answered_on=day)
        Score.objects.create(assignment=form, scale="total", value=value, rule="sum")
    due = AssignmentFactory(treatment=treatment, instrument="weekly_check", months=1.0)
    DraftAnswer.objects.create(assignment=due, item="low", value=3, given_at=timezone.now())
    opened = signal(treatment)
    closed = signal(
        treatment,
        rule="no_formulation",
        state="closed",
        closed_at=timezone.now(),
        closing_note=f"note {word}",
    )
    Action.objects.create(
        programme=treatment.programme,
        signal=opened,
        what=f"Call {word}",
        owner=by,
        agreed_by=by,
        due_on=datetime.date(2030, 1, 1),
    )
    contact = Contact.objects.create(
        treatment=treatment, kind="telephone", outcome="reached", happened_on=day, by=by, note=f"heard {word}"
    )
    goal = Goal.objects.create(treatment=treatment, words=f"goal {word}")
    content = {"cp_parts.own_action": f"plan {word}"}
    plan = Plan.objects.create(treatment=treatment, kind="crisis_plan", made_on=day, content=content)
    part = treatment.parts.create(component="group", starts_on=day)
    agenda = [{"point": "goals", "title": "Goals", "lines": [f"agenda {word}"]}]
    review = Review.objects.create(
        treatment=treatment, kind="team", language="en", taken_on=day, held_on=day, agenda=agenda
    )
    review.decisions.create(what=f"decided {word}", by_patient=True)
    treatment.absence_steps.create(step="letter", happened_on=day, result="sent", note=f"wrote {word}")
    incident = Incident.objects.create(
        programme=treatment.programme, treatment=treatment, kind="other", happened_on=day, note=f"fell {word}"
    )
    Consent.objects.create(
        patient=patient,
        purpose="research",
        decision="given",
        decided_on=day,
        method="paper",
        text_source="mbt",
        text_version="1",
    )
    emergency = EmergencyAccess.objects.create(
        treatment=treatment,
        user=by,
        reason=f"nobody else could be reached about {word}",
        opened_at=timezone.now() - datetime.timedelta(days=9),
        ends_at=timezone.now() - datetime.timedelta(days=8),
    )
    access, code = make_access(treatment=treatment, kind="code", by=by)
    session = held(treatment, by)
    rating = own_rating(session, by)
    meeting = met(treatment, by, word)
    supervised = rated_supervision(meeting, by)
    shared = exchanged(meeting, by, word)
    check = SelfCheck.objects.create(
        programme=treatment.programme, therapist=by, checked_on=day, sealed={"wish": word}
    )
    calibration = Calibration.objects.create(
        programme=treatment.programme, session=session, therapist=by, held_on=day, planned_by=by
    )
    ids = {
        str(thing.pk) for thing in (treatment, session, rating, form, due, opened, closed, access, emergency)
    }
    return Case(
        treatment=treatment,
        secrets={*ids, patient.pseudonym, word, number},
        objects={
            "treatments": [treatment],
            "sessions": [session],
            "ratings": [rating],
            "adherence": [rating.draw],
            "meetings": [meeting],
            "agreements": [meeting.agreements.get()],
            "supervisor-ratings": [supervised],
            "exchanges": [shared],
            "self-checks": [check],
            "calibrations": [calibration],
            "my/forms": [due],
            "signals": [opened, closed],
            "patient-access": [access],
            "emergencies": [emergency],
        },
        code=code,
        form=form,
        goal=goal,
        contact=contact,
        letter=letter(treatment, by, word),
        plan=plan,
        review=review,
        part=part,
        incident=incident,
    )


def letter(treatment: Treatment, by, word: str) -> Letter:
    """A draft: who treats the patient may read it, nobody else."""
    part = {"id": "about", "title": "Looking back", "paragraphs": [f"letter {word}"]}
    return Letter.objects.create(
        treatment=treatment, language="en", until=datetime.date(2025, 2, 1), sections=[part], drafted_by=by
    )


def held(treatment: Treatment, by) -> Session:
    """A session of the patient, given by that person."""
    session = Session.objects.create(
        programme=treatment.programme,
        team=treatment.team,
        kind="individual",
        component="individual",
        held_on=datetime.date(2025, 2, 3),
    )
    session.given_by.create(therapist=by)
    session.attendances.create(treatment=treatment)
    return session


def own_rating(session: Session, by) -> Rating:
    """The session drawn, and rated by who gave it, with a note."""
    form = Assignment.objects.create(
        programme=session.programme,
        subject_kind="therapist",
        person=by,
        pack="mbt",
        instrument="mbt_acs",
        instrument_version="1.1.0",
        respondent="therapist",
        respondent_user=by,
        status="open",
    )
    draw = Draw.objects.create(
        programme=session.programme,
        therapist=by,
        kind=session.kind,
        starts_on=datetime.date(2025, 1, 1),
        ends_on=datetime.date(2025, 3, 31),
        session=session,
        held=1,
        eligible=1,
    )
    rating = Rating.objects.create(
        programme=session.programme,
        session=session,
        therapist=by,
        rater=by,
        assignment=form,
        draw=draw,
        purpose="self",
    )
    rating.notes.create(text="A pause.", at_seconds=12)
    return rating


def met(treatment: Treatment, by, word: str) -> Meeting:
    """A supervision of the team, in which something was said and agreed."""
    meeting = Meeting.objects.create(
        programme=treatment.programme,
        team=treatment.team,
        kind="team_supervision",
        day=datetime.date(2025, 2, 4),
        state="held",
        topics=f"said {word}",
        recording=f"shelf {word}",
        recording_agreed=True,
    )
    meeting.attendees.create(user=by, present=True)
    meeting.agreements.create(what=f"agreed {word}", owner=by, due_on=datetime.date(2030, 1, 1))
    return meeting


def rated_supervision(meeting: Meeting, by) -> SupervisorRating:
    """That person's supervision, which an expert elsewhere is rating."""
    form = Assignment.objects.create(
        programme=meeting.programme,
        subject_kind="supervisor",
        person=by,
        pack="mbt",
        instrument="supervisory_adherence",
        instrument_version="1.0.0",
        respondent="expert",
        status="open",
    )
    return SupervisorRating.objects.create(
        programme=meeting.programme,
        supervisor=by,
        expert=by,
        assignment=form,
        basis="live",
        day=meeting.day,
    )


def exchanged(meeting: Meeting, by, word: str) -> Exchange:
    return Exchange.objects.create(
        programme=meeting.programme, meeting=meeting, shared_by=by, shared_with=by, question=f"asked {word}"
    )


def signal(treatment: Treatment, rule: str = "missing_crisis_plan", **kwargs: object) -> Signal:
    return Signal.objects.create(
        programme=treatment.programme,
        subject_kind="treatment",
        treatment=treatment,
        pack="mbt",
        rule=rule,
        rule_version="1.0.0",
        severity="urgent",
        **kwargs,
    )


def place(programme: Programme, by, names: set[str]) -> Place:
    """An import that is done and one that was refused, a word about a requirement, and an event."""
    runs = [
        ImportRun.objects.create(
            programme=programme,
            file_name=f"file-of-{programme.slug}.csv",
            digest=state[0] * 64,
            state=state,
            started_by=by,
            problems=[
                {"line": 2, "column": "id", "value": programme.slug, "reason": "no number", "wanted": "1"}
            ],
        )
        for state in ("done", "refused")
    ]
    word = Attestation.objects.create(
        programme=programme,
        standard="req_05_team_size",
        met=True,
        evidence=f"seen at {programme.slug}",
        attested_by=by,
    )
    shown = f"%PDF-{programme.slug}".encode()
    EvidenceFile.objects.create(programme=programme, attestation=word, **as_kept(shown))
    Absence.objects.create(
        programme=programme, person=by, kind="sickness", starts_on=datetime.date(2025, 1, 1)
    )
    note = f"event-of-{programme.slug}"
    ProgrammeEvent.objects.create(
        programme=programme, kind="turnover", happened_on=datetime.date(2025, 1, 1), note=note
    )
    arrangement = Arrangement.objects.create(
        programme=programme,
        kind="crisis_service",
        partner=f"partner-of-{programme.slug}",
        agreed="Admission.",
        starts_on=datetime.date(2025, 1, 1),
    )
    contract = f"%PDF-contract-{programme.slug}".encode()
    ContractFile.objects.create(arrangement=arrangement, **as_kept(contract))
    aim = f"project-of-{programme.slug}"
    Project.objects.create(programme=programme, begun_on=datetime.date(2025, 1, 1), aim=aim)
    return Place(
        programme,
        {*names, programme.name, programme.slug},
        runs,
        released(programme, by),
        judged(programme, by),
        signed_pir(programme, by),
    )


def judged(programme: Programme, by) -> dict[str, list[object]]:
    """A review that is being scored, an improvement, and a round in which that person scores."""
    day = datetime.date(2025, 2, 5)
    review = criteria.begin_review(programme=programme, kind="self", day=day, by=by)
    improvement = criteria.improve(
        programme=programme, criterion="1", what="Do it", owner=by, due_on=datetime.date(2030, 1, 1), by=by
    )
    round_ = ConsensusRound.objects.create(
        programme=programme,
        instrument="team_factors",
        instrument_version="1.0.0",
        starts_on=day,
        ends_on=day,
        leader=by,
    )
    Rater.objects.create(round=round_, user=by)
    return {"criteria": [review], "improvements": [improvement], "consensus": [round_]}


def signed_pir(programme: Programme, by) -> Pir:
    """A report that was signed, with a recommendation and a question about it."""
    pir = drafted_pir(programme, by)
    pir.recommendations.create(
        what=f"recommended-at-{programme.slug}", owner=by, due_on=datetime.date(2030, 1, 1), made_by=by
    )
    frozen = frozen_now(pir)
    frozen.questions.create(section="brief", text=f"asked-of-{programme.slug}", asked_by=by)
    return frozen


def released(programme: Programme, by) -> ReleasedReport:
    """A report of one file, released to the stakeholders."""
    day = datetime.date(2025, 6, 30)
    made = ReleasedReport.objects.create(
        programme=programme, title="Report", start=day, end=day, released_by=by
    )
    content = f"released-of-{programme.slug}".encode()
    digest = hashlib.sha256(content).hexdigest()
    ReleasedFile.objects.create(report=made, language="en", kind="json", content=content, digest=digest)
    return made


def who(cast: SimpleNamespace) -> list[str | None]:
    """Everybody of the cast who can sign in, and somebody who has not."""
    from onmodel.accounts.models import User

    return [*sorted(name for name, thing in vars(cast).items() if isinstance(thing, User)), None]


def user_of(cast: SimpleNamespace, name: str | None):
    return getattr(cast, name) if name else None


def hidden(cast: SimpleNamespace, name: str | None) -> set[str]:
    """The secrets that must never reach this person."""
    kept = {
        s for key, case in cast.cases.items() if key not in SEES_CASES.get(name, ()) for s in case.secrets
    }
    for key, place in cast.places.items():
        if name in STRANGERS:
            kept |= place.secrets - {place.programme.name, place.programme.slug}
        elif key not in SEES_PLACES.get(name, {"home"}):
            kept |= place.secrets
        if name not in MAY_IMPORT or key not in SEES_PLACES.get(name, {"home"}):
            kept |= {str(run.pk) for run in place.runs} | {f"file-of-{place.programme.slug}"}
        if name not in MAY_READ_PIRS or key not in SEES_PLACES.get(name, {"home"}):
            words = {f"recommended-at-{place.programme.slug}", f"asked-of-{place.programme.slug}"}
            kept |= {str(place.pir.pk), *words}
        if name not in MAY_READ_RELEASED or key not in SEES_PLACES.get(name, {"home"}):
            kept |= {str(place.released.pk), f"released-of-{place.programme.slug}"}
    return kept
