"""An action without its event cannot commit: every public function of every app's actions is tried."""

import datetime
import importlib
import inspect
import pkgutil
from decimal import Decimal
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.utils import timezone

import onmodel
from onmodel.accounts.models import User
from onmodel.adherence import actions as adherence
from onmodel.adherence.calibration import actions as calibration
from onmodel.adherence.second import actions as second
from onmodel.agreements import actions as agreements
from onmodel.assessments import actions as assessments
from onmodel.audit.models import Event
from onmodel.checklists import actions as checklists
from onmodel.consent import actions as consent
from onmodel.consent.purposes import Purpose
from onmodel.criteria import actions as criteria
from onmodel.criteria.consensus import actions as consensus
from onmodel.criteria.sums import actions as sums
from onmodel.feedback import actions as feedback
from onmodel.followup import actions as followup
from onmodel.forms import actions as forms
from onmodel.implementing import actions as implementing
from onmodel.outcomes import actions as outcomes
from onmodel.outcomes.models import ImportRun
from onmodel.outreach import actions as outreach
from onmodel.outreach.models import Contact, Sending
from onmodel.patient_access import actions as patient_access
from onmodel.patient_access.models import PatientAccess
from onmodel.patients import actions as patients
from onmodel.patients.emergency import EmergencyAccess
from onmodel.pirs import actions as pirs
from onmodel.pirs.reading import actions as pir_reading
from onmodel.pirs.signing import actions as pir_signing
from onmodel.process.absences import actions as absences
from onmodel.process.assessment import actions as assessment
from onmodel.process.course import actions as course
from onmodel.process.days import actions as days
from onmodel.process.plans import actions as plans
from onmodel.process.reviews import actions as reviews
from onmodel.programmes import actions as programmes
from onmodel.programmes.events import ProgrammeEvent
from onmodel.questions import actions as questions
from onmodel.questions.looking import Fact, Question
from onmodel.questions.models import Kind
from onmodel.reports import actions as reports
from onmodel.reports.models import ReleasedReport
from onmodel.requirements import actions as requirements
from onmodel.rights import actions as rights
from onmodel.scheduling import actions as scheduling
from onmodel.scheduling.models import Enrolment
from onmodel.selfcheck import actions as selfcheck
from onmodel.sessions import actions as sessions
from onmodel.sharing import actions as sharing
from onmodel.signals import actions as signals
from onmodel.signals.detection import Finding
from onmodel.signals.models import Signal
from onmodel.staffing import actions as staffing
from onmodel.supervision import actions as supervision
from onmodel.supervisors import actions as supervisors
from onmodel.teams import actions as teams
from onmodel.teams.models import MemberRound, Turn
from tests import meetings
from tests.factories import AssignmentFactory, MembershipFactory, UserFactory
from tests.followed import follow
from tests.import_files import LONG_MAP
from tests.pirs import drafted_pir, frozen_pir, small_report
from tests.projects import INPUTS, arranged, begun_project, terms
from tests.recordings import (
    allow_recording,
    asked_rating,
    drawn,
    held_session,
    rated,
    recorded_session,
    tone,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 1)

#: Public functions that write no event of their own, and why.
NO_EVENT = {
    "adherence.missing_items": "reads",
    "agreements.arrangement_stamp": "reads",
    "implementing.project_stamp": "reads",
    "implementing.task_stamp": "reads",
    "assessments.checked_answer": "checks, and keeps nothing",
    "assessments.instrument_of": "reads",
    "assessments.keep_answers": "hands its event to the caller, which records it last",
    "assessments.keep_scores": "hands its event to the caller, which records it last",
    "audit.begin": "gives an empty trail its head",
    "audit.record": "is the event",
    "audit.record_all": "is the event",
    "outcomes.digest_of": "reads",
    "outcomes.discard_stale": "discard_import, which writes the event, for each file that was left",
    "patient_access.access_of_session": "reads",
    "patient_access.birth_date_of": "reads",
    "outcomes.is_kept": "reads",
    "outcomes.forget_file": "part of an import, whose event says it",
    "outcomes.preview_again": "computes what an import would do; the file's coming in has its event",
    "outcomes.preview_import": "open_import, which writes the event, and then preview_again",
    "feedback.letter_stamp": "reads",
    "followup.action_stamp": "reads",
    "criteria.unscored": "reads",
    "forms.device_digest": "computes",
    "forms.note_staff_device": "part of signing in, whose event says it",
    "forms.save_answers": "the sitting has its event, and so has the form when it is finished",
    "patients.identity_stamp": "reads",
    "process.plans.plan_stamp": "reads",
    "process.assessment.entry_stamp": "reads",
    "process.assessment.last_entry": "reads",
    "process.reviews.review_stamp": "reads",
    "reports.altered_releases": "reads",
    "reports.taken_for": "reads",
    "reports.as_json": "writes a report out; its release has the event",
    "reports.made": "writes a report out; its release has the event",
    "pirs.remark_stamp": "reads",
    "pirs.sections_of": "reads",
    "pirs.speaks_for": "checks",
    "pirs.speaks_for_any": "checks",
    "pirs.unsigned": "locks and checks",
    "pirs.signing.altered_pirs": "reads",
    "pirs.signing.made_again": "reads",
    "pirs.signing.missing_signatures": "reads",
    "requirements.attested_stamp": "reads",
    "requirements.latest_word": "reads",
    "requirements.months_later": "computes",
    "requirements.standard_of": "reads",
    "rights.what_is_there": "reads",
    "requirements.threshold_stamp": "reads",
    "scheduling.treatment_schedules": "reads",
    "teams.answer_as_member": "the moment of an event would help to tell who answered what",
    "sessions.components": "reads",
    "sessions.patients_of": "reads",
    "supervisors.missing_items": "reads",
    "supervisors.partners_of": "reads",
    "sessions.themes": "reads",
    "signals.rule_versions": "reads",
    "signals.signal_stamp": "reads",
}


def absent(cast):
    return staffing.record_absence(
        programme=cast.programme, person=cast.therapist, kind="sickness", starts_on=DAY, by=cast.manager
    )


def vacant(cast):
    return staffing.open_vacancy(
        programme=cast.programme, position="nurse", hours_per_week=Decimal(24), starts_on=DAY, by=cast.manager
    )


def pir_begun(cast):
    return drafted_pir(cast.programme, cast.supervisor)


def recommended(cast, pir):
    return pirs.recommend(
        pir=pir, what="Hire", owner=cast.manager, due_on=datetime.date(2026, 1, 1), by=cast.supervisor
    )


def recommended_before(cast):
    pir = pir_begun(cast)
    made = recommended(cast, pir)
    pir.frozen_at = timezone.now()
    pir.save()
    return made


def half_signed(cast):
    return pir_signing.sign(pir=pir_begun(cast), side="supervisor", by=cast.supervisor)


def pir_frozen(cast):
    return frozen_pir(cast.programme, cast.supervisor, cast.manager)


def asked_about(cast):
    return pir_reading.ask(pir=pir_frozen(cast), section="brief", text="Why?", by=cast.expert)


def goal(cast):
    return feedback.set_goal(treatment=cast.treatment, words="Sleep", general="", by=cast.therapist)


def letter(cast):
    return feedback.draft_letter(treatment=cast.treatment, language="en", by=cast.therapist)


def followed(cast):
    """A programme with enough patients for a course to expect."""
    follow(cast.programme, cast.team, patients=40)
    return cast.programme


def signal(cast, rule: str = "missing_crisis_plan") -> Signal:
    return Signal.objects.create(
        programme=cast.programme,
        subject_kind="treatment",
        treatment=cast.treatment,
        pack="mbt",
        rule=rule,
        rule_version="1.0.0",
        severity="urgent",
    )


def question(cast) -> Question:
    """About one form of the patient."""
    fact = Fact(key="fast:1", treatment=cast.treatment.pk, patient=cast.treatment.patient_id)
    return Question(
        programme=cast.programme,
        kind=Kind.FAST,
        person=cast.therapist,
        facts=(fact,),
        looked_at=4,
        limit=None,
    )


def emergency(cast) -> EmergencyAccess:
    return EmergencyAccess.objects.create(treatment=cast.treatment, user=cast.colleague, reason="A crisis.")


def given(cast) -> PatientAccess:
    return patient_access.make_access(treatment=cast.treatment, kind="code", by=cast.therapist)[0]


def filled_rating(cast):
    rating = asked_rating(cast)
    items = ("c1", "c4", "c5", "overall_adherence", "overall_competence")
    given = [forms.Given(item=item, value=5) for item in items]
    adherence.keep_ratings(rating=rating, given=given, by=cast.supervisor)
    return rating


def code_of(cast) -> str:
    return patient_access.make_access(treatment=cast.treatment, kind="code", by=cast.therapist)[1]


def previewed(cast) -> ImportRun:
    return outcomes.preview_import(
        programme=cast.programme,
        file=ContentFile(b"id,month,bdi\nP-1001,0,12\n", name="outcomes.csv"),
        map_text=LONG_MAP,
        by=cast.manager,
    )


def reconciling(cast):
    rule = next(rule for rule in cast.programme.definitions.all_rules() if rule.id == "missing_crisis_plan")
    finding = Finding(rule=rule, treatment=cast.treatment, evidence={"plan": "crisis"})
    return lambda: signals.reconcile(programme=cast.programme, findings=[finding], rules=[rule], by=None)


def acknowledging_all(cast):
    found = signal(cast)
    return lambda: signals.acknowledge_all(signals=Signal.objects.filter(pk=found.pk), by=cast.therapist)


def opening_one(cast):
    rule = next(rule for rule in cast.programme.definitions.all_rules() if rule.id == "risk_answer")
    finding = Finding(rule=rule, treatment=cast.treatment, evidence={"answer": 2})
    return lambda: signals.open_signal(programme=cast.programme, finding=finding, by=None)


def chosen(cast):
    return scheduling.choose_schedule(
        programme=cast.programme, schedule="minimal_set", since=DAY, by=cast.manager
    )


def enrolled(cast):
    chosen(cast)
    return Enrolment.objects.get(treatment=cast.treatment)


def moved(cast):
    """A treatment whose start moved after its forms were planned."""
    chosen(cast)
    cast.treatment.started_on = DAY
    cast.treatment.save()
    return cast.treatment


def missed(cast):
    chosen(cast)
    cast.treatment.assignments.update(status="missed")
    return cast.treatment


def tried(cast) -> Contact:
    return outreach.log_contact(
        treatment=cast.treatment, kind="telephone", outcome="reached", happened_on=DAY, by=cast.therapist
    )


def message(cast, state: str = "sending") -> Sending:
    return Sending.objects.create(
        treatment=cast.treatment,
        kind="reminder",
        channel="mail",
        language="en",
        state=state,
        planned_for=timezone.now(),
    )


def not_arrived(cast) -> list[Sending]:
    return [message(cast, state="failed")]


def stopped(cast):
    return outreach.stop_reminders(patient=cast.patient, how="staff", by=cast.therapist).patient


def reminding(cast):
    """A programme that reminds, and a patient with a form that waits."""
    today = timezone.localdate()
    outreach.set_reminder_plan(programme=cast.programme, is_on=True, by=cast.manager)
    AssignmentFactory(treatment=cast.treatment, status="open", opens_on=today, due_on=today, closes_on=today)
    return cast.programme


def agreed(cast):
    return followup.agree(
        programme=cast.programme, what="Meet", owner=cast.supervisor, due_on=DAY, by=cast.supervisor
    )


def shared_own(cast):
    return sharing.share_own(treatment=cast.treatment, by=cast.therapist).treatment


def frozen(cast) -> ReleasedReport:
    return ReleasedReport.objects.create(programme=cast.programme, title="Report", start=DAY, end=DAY)


def way(function, make=None, name="", **arguments):
    """Prepare with `make(cast)`, given as `name`; then the call itself."""

    def prepared(cast):
        given = {name: make(cast)} if make else {}
        given |= {key: value(cast) if callable(value) else value for key, value in arguments.items()}
        return lambda: function(**given)

    return prepared


def therapist(cast):
    return cast.therapist


def second_programme(cast):
    """A programme-to-be."""
    return {
        "organisation": cast.organisation,
        "name": "Second",
        "pack": "mbt",
        "leader": cast.supervisor,
        "by": cast.manager,
    }


def supervisor(cast):
    return cast.supervisor


def programme(cast):
    return cast.programme


def sat_down(cast):
    form = AssignmentFactory(treatment=cast.treatment)
    sitting = forms.open_sitting(assignment=form, channel="staff", by=cast.therapist)
    forms.save_answers(sitting=sitting, given=[forms.Given(item="1", value=1)], by=cast.therapist)
    return sitting


def rated_supervisor(cast):
    rating = meetings.begun_rating(cast)
    given = [forms.Given(item="overall", value=5)]
    supervisors.keep_ratings(rating=rating, given=given, by=cast.expert)
    return rating


def looked_back(cast):
    """The patient was in a group session that was looked back on."""
    session = meetings.group_session(cast)
    supervision.keep_reflection(session=session, stimulated="Asking.", by=cast.therapist)
    return cast.patient


def named_in_an_exchange(cast):
    exchange = meetings.shared(cast)
    exchange.question = f"About {cast.patient.pseudonym}"
    exchange.save()
    return cast.patient


def expert(cast):
    return cast.expert


def planned_audit(cast):
    return criteria.plan_audit(programme=cast.programme, day=timezone.localdate(), by=cast.expert)


def begun_audit(cast):
    return criteria.begin_review(programme=cast.programme, kind="audit", day=DAY, by=cast.expert)


def scored_audit(cast):
    review = begun_audit(cast)
    criteria.keep_criteria(review=review, scores={"1": "4"}, by=cast.expert)
    return review


def promised_improvement(cast):
    return criteria.improve(
        programme=cast.programme,
        criterion="1",
        what="Meet",
        owner=cast.supervisor,
        due_on=DAY,
        by=cast.supervisor,
    )


def consensus_round(cast):
    return consensus.open_round(
        programme=cast.programme,
        instrument="team_factors",
        starts_on=DAY,
        ends_on=DAY,
        raters=[cast.supervisor, cast.manager, cast.therapist],
        named=True,
        by=cast.supervisor,
    )


def marks_of_all(cast):
    form = cast.programme.definitions.instruments["team_factors"]
    return {item.id: "4" for item in form.all_items()}


def scored_by_two(cast):
    found = consensus_round(cast)
    for user in (cast.manager, cast.therapist):
        consensus.give_scores(round_=found, scores=marks_of_all(cast), by=user)
    return found


def closed_round(cast):
    return consensus.close_round(round_=scored_by_two(cast), by=cast.supervisor)


def agreed_round(cast):
    return consensus.agree_scores(round_=closed_round(cast), scores={"1": "2/3"}, by=cast.supervisor)


def ahead(cast):
    return meetings.planned_meeting(cast, timezone.localdate() + datetime.timedelta(days=7))


def team(cast):
    return cast.team


def marks_of(items) -> dict[str, object]:
    return dict.fromkeys(items, 4)


def self_checked(cast):
    items = [f"{name}_{n}" for name in ("confidence", "competence", "not_knowing", "strain") for n in (1, 2)]
    given = marks_of([*items, "support"])
    return selfcheck.keep_check(
        programme=cast.programme, answers=given, wants_support=False, by=cast.therapist
    )


def of_leaver(cast):
    self_checked(cast)
    cast.therapist.memberships.update(ends_on=DAY)
    return cast.programme


def turn_of_long_ago(cast):
    held = {"starts_on": datetime.date(2025, 1, 1), "ends_on": datetime.date(2025, 2, 28)}
    Turn.objects.create(round=MemberRound.objects.create(team=cast.team, **held), user=cast.therapist)
    return cast.programme


def rater(cast):
    """Another supervisor of the programme."""
    user = UserFactory(name="Sue Second")
    MembershipFactory(user=user, programme=cast.programme, role="supervisor")
    return user


def to_rate_twice(cast):
    rater(cast)
    session = recorded_session(cast, timezone.localdate())
    asked_rating(cast, session=session)
    return cast.programme


def plan(cast):
    return plans.draft_plan(
        treatment=cast.treatment,
        kind="crisis_plan",
        content={"cp_parts.own_action": "Walk"},
        made_on=DAY,
        by=cast.therapist,
    )


def attested_check(cast):
    said = {"check": "contract", "done_on": DAY, "words": "Signed paper"}
    return checklists.attest_check(treatment=cast.treatment, by=cast.therapist, **said)


def plan_in_force(cast):
    made = plan(cast)
    for party in ("patient", "team"):
        plans.agree_to_plan(plan=made, party=party, agreed_on=DAY, by=cast.therapist)
    return made


def goals_planned(cast):
    """A treatment plan to which the team agreed already."""
    made = plans.draft_plan(
        treatment=cast.treatment,
        kind="treatment_plan",
        content={"tp_goals.symptoms.words": "Sleep"},
        made_on=DAY,
        by=cast.therapist,
    )
    return plans.agree_to_plan(plan=made, party="team", agreed_on=DAY, by=cast.therapist)


def part(cast):
    return course.take_part(treatment=cast.treatment, component="group", starts_on=DAY, by=cast.therapist)


def group(cast):
    made = cast.team.groups.create(name="Tuesday", starts_on=DAY)
    cast.treatment.group_places.create(group=made, starts_on=DAY)
    return made


def called(cast):
    return days.note_call(treatment=cast.treatment, came_on=DAY, by=cast.therapist)


def happened(cast):
    return days.keep_incident(treatment=cast.treatment, kind="self_harm", happened_on=DAY, by=cast.therapist)


def away(cast):
    return days.give_time_out(
        treatment=cast.treatment,
        starts_on=DAY,
        reason="Violence.",
        decided_by=[cast.therapist, cast.supervisor],
        by=cast.therapist,
    )


def review(cast):
    """Prepared, with all that a held one must say."""
    made = reviews.open_review(
        treatment=cast.treatment, kind="team", agenda=[], language="en", by=cast.therapist
    )
    notes = reviews.Notes(
        staff=[cast.therapist], outcome_used=True, decisions=[reviews.Decided(what="Walk every day")]
    )
    return reviews.write_review(review=made, notes=notes, by=cast.therapist)


def review_held(cast):
    return reviews.hold_review(review=review(cast), held_on=DAY, by=cast.therapist)


def of_treatment(function, **arguments):
    """A way that takes the cast's treatment, by the therapist."""
    return way(function, lambda cast: cast.treatment, "treatment", by=therapist, **arguments)


WAYS = {
    "supervision.plan_meetings": way(
        supervision.plan_meetings,
        programme=programme,
        kind="intervision",
        team=lambda cast: cast.team,
        first=DAY,
        by=supervisor,
    ),
    "supervision.end_series": way(supervision.end_series, ahead, "meeting", by=supervisor),
    "supervision.keep_meeting": way(
        supervision.keep_meeting,
        programme=programme,
        kind="intervision",
        team=lambda cast: cast.team,
        log=meetings.log,
        by=supervisor,
    ),
    "supervision.log_planned": way(
        supervision.log_planned, meetings.planned_meeting, "meeting", log=meetings.log, by=supervisor
    ),
    "supervision.not_held": way(
        supervision.not_held, meetings.planned_meeting, "meeting", reason="crisis", by=therapist
    ),
    "supervision.erase_meeting_recording": way(
        supervision.erase_meeting_recording,
        meetings.recorded_meeting,
        "meeting",
        reason="Past its period.",
        by=supervisor,
    ),
    "supervision.add_agreement": way(
        supervision.add_agreement, meetings.held_meeting, "meeting", agreed=meetings.agreed, by=therapist
    ),
    "supervision.settle_agreement": way(
        supervision.settle_agreement, meetings.open_agreement, "agreement", state="done", by=therapist
    ),
    "supervision.keep_reflection": way(
        supervision.keep_reflection, meetings.group_session, "session", stimulated="Asking.", by=therapist
    ),
    "supervision.forget_words_about": way(
        supervision.forget_words_about, looked_back, "patient", by=therapist
    ),
    "supervisors.begin_rating": way(
        supervisors.begin_rating,
        programme=programme,
        supervisor=supervisor,
        basis="live",
        day=DAY,
        by=lambda cast: cast.expert,
    ),
    "supervisors.keep_ratings": way(
        supervisors.keep_ratings,
        meetings.begun_rating,
        "rating",
        given=[forms.Given(item="overall", value=5)],
        by=lambda cast: cast.expert,
    ),
    "supervisors.submit_rating": way(
        supervisors.submit_rating, rated_supervisor, "rating", by=lambda cast: cast.expert
    ),
    "supervisors.discard_rating": way(
        supervisors.discard_rating, rated_supervisor, "rating", by=lambda cast: cast.expert
    ),
    "supervisors.say": way(
        supervisors.say,
        programme=programme,
        supervisor=supervisor,
        answers={"overall": "5"},
        day=DAY,
        by=therapist,
    ),
    "supervisors.share_supervision": way(
        supervisors.share_supervision,
        meetings.recorded_meeting,
        "meeting",
        shared_with=meetings.partner,
        by=supervisor,
    ),
    "supervisors.answer_exchange": way(
        supervisors.answer_exchange,
        meetings.shared,
        "exchange",
        went_well="The frame.",
        by=lambda cast: User.objects.get(username="partner"),
    ),
    "supervisors.take_back_exchange": way(
        supervisors.take_back_exchange, meetings.shared, "exchange", by=supervisor
    ),
    "supervisors.forget_words_about": way(
        supervisors.forget_words_about, named_in_an_exchange, "patient", by=therapist
    ),
    "teams.rate_team": way(
        teams.rate_team,
        team,
        "team",
        answers=marks_of(("consistency", "communication", "integration", "reliability", "mentalizing")),
        rated_on=DAY,
        by=supervisor,
    ),
    "teams.keep_factors": way(
        teams.keep_factors,
        team,
        "team",
        answers=marks_of(map(str, range(8, 19))),
        rated_on=DAY,
        by=supervisor,
    ),
    "teams.forget_turns": way(teams.forget_turns, turn_of_long_ago, "programme"),
    "selfcheck.keep_check": lambda cast: lambda: self_checked(cast),
    "selfcheck.show_check": way(selfcheck.show_check, self_checked, "check", by=therapist),
    "selfcheck.take_back_check": way(
        selfcheck.take_back_check,
        lambda cast: selfcheck.show_check(check=self_checked(cast), by=cast.therapist),
        "check",
        by=therapist,
    ),
    "selfcheck.remove_check": way(selfcheck.remove_check, self_checked, "check", by=therapist),
    "selfcheck.forget_leavers": way(selfcheck.forget_leavers, of_leaver, "programme"),
    "adherence.second.set_second_share": way(
        second.set_second_share, programme=programme, share=0.5, reason="A new rater.", by=supervisor
    ),
    "adherence.second.draw_second_ratings": way(
        second.draw_second_ratings,
        to_rate_twice,
        "programme",
        day=lambda cast: timezone.localdate(),
        by=supervisor,
    ),
    "adherence.calibration.plan_calibration": way(
        calibration.plan_calibration,
        lambda cast: recorded_session(cast),
        "session",
        therapist=therapist,
        held_on=lambda cast: timezone.localdate(),
        reference=supervisor,
        participants=lambda cast: [rater(cast)],
        by=supervisor,
    ),
    "process.course.refer": way(
        course.refer,
        programme=programme,
        pseudonym="P-2000",
        referred_on=DAY,
        source="gp",
        by=supervisor,
    ),
    "process.course.keep_referral": of_treatment(course.keep_referral, source="gp"),
    "process.course.assign": of_treatment(
        course.assign,
        team=lambda cast: cast.team,
        primary_clinician=supervisor,
        assigned_on=DAY,
    ),
    "process.course.offer_meanwhile": of_treatment(course.offer_meanwhile, kind="telephone", starts_on=DAY),
    "process.course.take_part": of_treatment(course.take_part, component="group", starts_on=DAY),
    "process.course.stop": way(course.stop, part, "stretch", ends_on=DAY, by=therapist),
    "process.course.start_phase": of_treatment(course.start_phase, kind="main", starts_on=DAY),
    "process.course.agree_follow_up": of_treatment(
        course.agree_follow_up, kind="banked", sessions=6, starts_on=DAY
    ),
    "process.course.end_treatment": of_treatment(
        course.end_treatment,
        ended_on=DAY,
        kind="completed",
        ground="as_planned",
        reason="As agreed.",
        decided_by=lambda cast: [cast.therapist],
    ),
    "process.assessment.keep_entry": of_treatment(
        assessment.keep_entry, part="risk", assessed_on=DAY, content={"rk_commitment": "Mornings"}
    ),
    "checklists.attest_check": of_treatment(
        checklists.attest_check, check="contract", done_on=DAY, words="Signed paper"
    ),
    "checklists.take_back_check": way(checklists.take_back_check, attested_check, "attested", by=therapist),
    "process.absences.log_absence_step": of_treatment(
        absences.log_absence_step,
        step="telephone",
        happened_on=DAY,
        result="not_reached",
        done_by=lambda cast: [cast.therapist],
    ),
    "process.reviews.open_review": of_treatment(
        reviews.open_review, kind="team", agenda=lambda cast: [], language="en"
    ),
    "process.reviews.take_agenda": way(
        reviews.take_agenda, review, "review", agenda=lambda cast: [], language="en", by=therapist
    ),
    "process.reviews.write_review": way(
        reviews.write_review,
        review,
        "review",
        notes=lambda cast: reviews.Notes(next_focus="Trust."),
        by=therapist,
    ),
    "process.reviews.hold_review": way(reviews.hold_review, review, "review", held_on=DAY, by=therapist),
    "process.reviews.discard_review": way(reviews.discard_review, review, "review", by=therapist),
    "process.reviews.release_review": way(reviews.release_review, review_held, "review", by=therapist),
    "process.reviews.settle_decision": way(
        reviews.settle_decision,
        lambda cast: review_held(cast).decisions.get(),
        "decision",
        state="done",
        settled_on=DAY,
        by=therapist,
    ),
    "process.plans.draft_plan": of_treatment(plans.draft_plan, kind="crisis_plan", made_on=DAY),
    "process.plans.edit_plan": way(
        plans.edit_plan, plan, "plan", content={"cp_parts.own_action": "Call"}, by=therapist
    ),
    "process.plans.discard_plan": way(plans.discard_plan, plan, "plan", by=therapist),
    "process.plans.agree_to_plan": way(
        plans.agree_to_plan, plan, "plan", party="team", agreed_on=DAY, by=therapist
    ),
    "process.plans.release_plan": way(plans.release_plan, plan, "plan", by=therapist),
    "process.plans.share_plan": way(
        plans.share_plan, plan_in_force, "plan", service="Crisis service", shared_on=DAY, by=therapist
    ),
    "feedback.agree_on_plan": way(
        feedback.agree_on_plan, goals_planned, "plan", party="patient", agreed_on=DAY, by=therapist
    ),
    "process.days.keep_group_day": way(
        days.keep_group_day,
        group,
        "group",
        programme=programme,
        held_on=DAY,
        component="group",
        therapists=lambda cast: [cast.therapist],
        entries=lambda cast: [days.Entry(treatment=cast.treatment, present=True, risk="low")],
        by=therapist,
    ),
    "process.days.assess_risk": of_treatment(days.assess_risk, checked_on=DAY, risk="low"),
    "process.days.report_session": way(
        days.report_session,
        held_session,
        "session",
        treatment=lambda cast: cast.treatment,
        happened="Spoke of the weekend.",
        by=therapist,
    ),
    "process.days.note_call": of_treatment(days.note_call, came_on=DAY),
    "process.days.return_call": way(days.return_call, called, "call", returned_on=DAY, by=therapist),
    "process.days.keep_incident": of_treatment(days.keep_incident, kind="self_harm", happened_on=DAY),
    "process.days.review_incident": way(
        days.review_incident, happened, "incident", reviewed_on=DAY, review="Talked over.", by=therapist
    ),
    "process.days.give_time_out": of_treatment(
        days.give_time_out,
        starts_on=DAY,
        reason="Violence.",
        decided_by=lambda cast: [cast.therapist, cast.supervisor],
    ),
    "process.days.end_time_out": way(days.end_time_out, away, "time_out", ends_on=DAY, by=therapist),
    "questions.explain": way(
        questions.explain,
        lambda cast: question(cast),
        "question",
        note="Asked: a tablet was lent.",
        by=therapist,
    ),
    "assessments.record_answers": way(
        assessments.record_answers,
        lambda cast: AssignmentFactory(treatment=cast.treatment),
        "assignment",
        answers={"1": 2.0},
        answered_on=DAY,
        by=therapist,
    ),
    "assessments.record_scores": way(
        assessments.record_scores,
        lambda cast: AssignmentFactory(treatment=cast.treatment),
        "assignment",
        scores={"TOTAL": 12.0},
        answered_on=DAY,
        by=therapist,
    ),
    "assessments.set_aside": way(
        assessments.set_aside,
        lambda cast: AssignmentFactory(treatment=cast.treatment),
        "assignment",
        reason="Too ill.",
        by=therapist,
    ),
    "programmes.create_account": lambda cast: (
        lambda: programmes.create_account(
            username="newcomer", name="Nel Newcomer", password="correct horse battery", by=cast.administrator
        )
    ),
    "programmes.add_membership": way(
        programmes.add_membership,
        user=lambda cast: cast.outsider,
        programme=programme,
        role="therapist",
        by=lambda cast: cast.administrator,
    ),
    "programmes.end_memberships": way(
        programmes.end_memberships,
        user=therapist,
        programme=programme,
        by=lambda cast: cast.administrator,
    ),
    "outcomes.refresh_associations": way(
        outcomes.refresh_associations,
        lambda cast: AssignmentFactory(treatment=cast.treatment, instrument="bsi").programme,
        "programme",
        until=DAY,
        by=None,
    ),
    "programmes.record_event": way(
        programmes.record_event,
        programme=programme,
        kind="turnover",
        happened_on=DAY,
        by=lambda cast: cast.manager,
    ),
    "programmes.take_back_event": way(
        programmes.take_back_event,
        lambda cast: ProgrammeEvent.objects.create(
            programme=cast.programme, kind="turnover", happened_on=DAY
        ),
        "event",
        by=lambda cast: cast.manager,
    ),
    "agreements.keep_arrangement": way(
        agreements.keep_arrangement, programme=programme, terms=terms(), by=supervisor
    ),
    "agreements.change_arrangement": way(
        agreements.change_arrangement, arranged, "arrangement", terms=terms(agreed="More."), by=supervisor
    ),
    "agreements.keep_review": way(
        agreements.keep_review,
        arranged,
        "arrangement",
        held_on=DAY,
        who="Both heads",
        result="works",
        found="Two admissions.",
        by=supervisor,
    ),
    "agreements.keep_contract": way(
        agreements.keep_contract, arranged, "arrangement", file=b"%PDF-1.7 agreed", by=supervisor
    ),
    "agreements.end_arrangement": way(
        agreements.end_arrangement, arranged, "arrangement", on=DAY, why="A merger.", by=supervisor
    ),
    "implementing.keep_project": way(
        implementing.keep_project, programme=programme, begun_on=DAY, by=supervisor
    ),
    "implementing.keep_task": way(
        implementing.keep_task, begun_project, "project", task="population", state="under_way", by=supervisor
    ),
    "implementing.decide": way(
        implementing.decide,
        begun_project,
        "project",
        outcome="go",
        taken_by="The board",
        taken_on=DAY,
        ground="All is there.",
        by=lambda cast: cast.manager,
    ),
    "implementing.keep_calculation": way(
        implementing.keep_calculation, begun_project, "project", inputs=INPUTS, by=supervisor
    ),
    "implementing.judge": way(
        implementing.judge, begun_project, "project", present={"fits_mission": True}, by=supervisor
    ),
    "rights.export_patient": way(rights.export_patient, lambda cast: cast.patient, "patient", by=therapist),
    "rights.erase_patient": way(
        rights.erase_patient, lambda cast: cast.patient, "patient", reason="On request.", by=therapist
    ),
    "consent.decide": way(
        consent.decide,
        lambda cast: cast.patient,
        "patient",
        programme=programme,
        purpose=Purpose.RESEARCH,
        decision="given",
        method="paper",
        by=therapist,
    ),
    "consent.add_text": way(
        consent.add_text,
        organisation=lambda cast: cast.organisation,
        purpose=Purpose.RESEARCH,
        version="2",
        english="May we?",
        dutch="Mogen wij?",
        by=therapist,
    ),
    "patient_access.open_kiosk": way(
        patient_access.open_kiosk, treatment=lambda cast: cast.treatment, by=therapist
    ),
    "patient_access.make_access": way(
        patient_access.make_access, lambda cast: cast.treatment, "treatment", kind="code", by=therapist
    ),
    "patient_access.open_access": way(patient_access.open_access, code_of, "code"),
    "patient_access.revoke_access": way(patient_access.revoke_access, given, "access", by=therapist),
    "feedback.choose_steps": way(
        feedback.choose_steps,
        lambda cast: signal(cast, rule="off_track"),
        "signal",
        steps=["step_alliance"],
        decided="Next week.",
        owner=therapist,
        due_on=DAY,
        by=therapist,
    ),
    "feedback.give_impression": way(
        feedback.give_impression,
        lambda cast: cast.treatment,
        "treatment",
        measured_on=DAY,
        change=5,
        words="Sleeps.",
        by=therapist,
    ),
    "feedback.discard_letter": way(feedback.discard_letter, letter, "letter", by=therapist),
    "feedback.draft_letter": way(
        feedback.draft_letter, lambda cast: cast.treatment, "treatment", language="en", by=therapist
    ),
    "feedback.edit_letter": way(
        feedback.edit_letter, letter, "letter", texts={"about": "A good year."}, comment="", by=therapist
    ),
    "feedback.release_letter": way(feedback.release_letter, letter, "letter", by=therapist),
    "feedback.rate_goal": way(feedback.rate_goal, goal, "goal", nearness=4, state="open", by=therapist),
    "feedback.reflect": way(
        feedback.reflect,
        lambda cast: cast.treatment,
        "treatment",
        measured_on=DAY,
        patient_sees="Lighter.",
        therapist_sees="",
        by=therapist,
    ),
    "feedback.set_goal": way(
        feedback.set_goal, lambda cast: cast.treatment, "treatment", words="Sleep", general="", by=therapist
    ),
    "feedback.refresh_courses": way(feedback.refresh_courses, followed, "programme", until=DAY),
    "followup.agree": way(
        followup.agree,
        signal,
        "signal",
        programme=programme,
        what="Meet",
        owner=supervisor,
        due_on=DAY,
        by=supervisor,
    ),
    "followup.settle": way(followup.settle, agreed, "action", state="done", result="Met.", by=supervisor),
    "outcomes.open_import": lambda cast: (
        lambda: outcomes.open_import(
            programme=cast.programme, file=ContentFile(b"id\n", name="x.csv"), map_text="", by=cast.manager
        )
    ),
    "outcomes.queue_import": way(outcomes.queue_import, previewed, "run", by=lambda cast: cast.manager),
    "outcomes.run_import": way(outcomes.run_import, previewed, "run", by=lambda cast: cast.manager),
    "outcomes.discard_import": way(outcomes.discard_import, previewed, "run", by=lambda cast: cast.manager),
    "forms.open_sitting": way(
        forms.open_sitting,
        lambda cast: AssignmentFactory(treatment=cast.treatment),
        "assignment",
        channel="staff",
        by=therapist,
    ),
    "forms.set_safety_text": way(
        forms.set_safety_text,
        programme=programme,
        english="Call",
        dutch="Bel",
        hours=4,
        by=supervisor,
    ),
    "forms.finish_form": way(forms.finish_form, sat_down, "sitting", by=therapist),
    "patients.correct_identity": way(
        patients.correct_identity, lambda cast: cast.patient, "patient", parts={"name": "Wil"}, by=therapist
    ),
    "patients.open_in_emergency": way(
        patients.open_in_emergency,
        lambda cast: cast.treatment,
        "treatment",
        reason="A crisis at night.",
        by=lambda cast: cast.colleague,
    ),
    "patients.review_emergency": way(
        patients.review_emergency,
        emergency,
        "access",
        justified=True,
        note="There was a crisis.",
        by=lambda cast: cast.privacy_officer,
    ),
    "programmes.plan_programme": lambda cast: (
        lambda: programmes.plan_programme(**second_programme(cast))  # `way` has a `name` of its own
    ),
    "implementing.begin_programme": lambda cast: (
        lambda: implementing.begin_programme(**second_programme(cast), begun_on=DAY)
    ),
    "programmes.create_programme": lambda cast: (
        lambda: programmes.create_programme(name="New", pack="mbt", organisation="Riverside", by=cast.manager)
    ),
    "reports.keep_release": way(
        reports.keep_release,
        programme=programme,
        versions=lambda cast: [small_report(cast.programme)],
        by=lambda cast: cast.manager,
    ),
    "pirs.begin": way(pirs.begin, programme=programme, start=DAY, end=DAY, by=supervisor),
    "pirs.draft_anew": way(pirs.draft_anew, pir_begun, "pir", by=supervisor),
    "pirs.discard": way(pirs.discard, pir_begun, "pir", why="Wrong.", by=supervisor),
    "pirs.remark": way(
        pirs.remark, pir_begun, "pir", section="brief", side="supervisor", text="Good.", by=supervisor
    ),
    "pirs.recommend": way(
        pirs.recommend,
        pir_begun,
        "pir",
        what="Hire",
        owner=supervisor,
        due_on=datetime.date(2026, 1, 1),
        by=supervisor,
    ),
    "pirs.withdraw_recommendation": way(
        pirs.withdraw_recommendation,
        lambda cast: recommended(cast, pir_begun(cast)),
        "recommendation",
        by=supervisor,
    ),
    "pirs.say_what_became": way(
        pirs.say_what_became, recommended_before, "recommendation", became="done", by=supervisor
    ),
    "pirs.signing.sign": way(pir_signing.sign, pir_begun, "pir", side="supervisor", by=supervisor),
    "pirs.signing.take_back_signature": way(
        pir_signing.take_back_signature, half_signed, "pir", why="A slip.", by=supervisor
    ),
    "pirs.signing.release": way(pir_signing.release, pir_frozen, "pir", by=lambda cast: cast.manager),
    "pirs.reading.mark_read": way(pir_reading.mark_read, pir_frozen, "pir", by=lambda cast: cast.expert),
    "pirs.reading.ask": way(
        pir_reading.ask, pir_frozen, "pir", section="brief", text="Why?", by=lambda cast: cast.expert
    ),
    "pirs.reading.answer": way(pir_reading.answer, asked_about, "question", text="So.", by=supervisor),
    "reports.take_research_data": way(
        reports.take_research_data,
        programme=programme,
        treatments=lambda cast: cast.programme.treatments.all(),
        study="alliance-2026",
        why="Approved by the board.",
        out=lambda cast: BytesIO(),
        by=lambda cast: cast.manager,
    ),
    "reports.take_back_release": way(
        reports.take_back_release, frozen, "released", why="A name stood in it.", by=lambda cast: cast.manager
    ),
    "outreach.add_reminder_text": way(
        outreach.add_reminder_text,
        programme=programme,
        kind="new_link",
        channel="sms",
        language="en",
        subject="",
        body="Here: {link}",
        by=supervisor,
    ),
    "outreach.ask_new_link": way(
        outreach.ask_new_link, lambda cast: cast.treatment, "treatment", channel="mail", language="en"
    ),
    "outreach.keep_result": way(outreach.keep_result, message, "sending", state="sent"),
    "outreach.log_contact": way(
        outreach.log_contact,
        lambda cast: cast.treatment,
        "treatment",
        kind="visit",
        outcome="reached",
        by=therapist,
    ),
    "outreach.plan_reminders": way(outreach.plan_reminders, reminding, "programme"),
    "outreach.resume_reminders": way(
        outreach.resume_reminders, stopped, "patient", how="staff", by=therapist
    ),
    "outreach.send_again": way(outreach.send_again, not_arrived, "sendings", by=supervisor),
    "outreach.set_reminder_plan": way(
        outreach.set_reminder_plan, programme=programme, is_on=True, by=supervisor
    ),
    "outreach.set_wish": way(
        outreach.set_wish,
        lambda cast: cast.patient,
        "patient",
        language="nl",
        channel="",
        by=therapist,
    ),
    "outreach.stop_reminders": way(
        outreach.stop_reminders, lambda cast: cast.patient, "patient", how="staff", by=therapist
    ),
    "outreach.strike_contact": way(outreach.strike_contact, tried, "contact", by=therapist),
    "requirements.attest": way(
        requirements.attest,
        programme=programme,
        standard="req_05_team_size",
        met=True,
        evidence="The rota of May.",
        by=supervisor,
    ),
    "requirements.keep_standings": way(
        requirements.keep_standings, programme=programme, on=DAY, by=supervisor
    ),
    "staffing.record_absence": lambda cast: lambda: absent(cast),
    "staffing.end_absence": way(
        staffing.end_absence, lambda cast: absent(cast), "absence", ends_on=DAY, by=supervisor
    ),
    "staffing.open_vacancy": lambda cast: lambda: vacant(cast),
    "staffing.end_vacancy": way(
        staffing.end_vacancy, lambda cast: vacant(cast), "vacancy", ends_on=DAY, end="filled", by=supervisor
    ),
    "staffing.record_time_spent": way(
        staffing.record_time_spent,
        programme=programme,
        starts_on=DAY,
        ends_on=DAY,
        hours_worked=Decimal(100),
        hours_with_patients=Decimal(60),
        by=supervisor,
    ),
    "staffing.set_places": way(
        staffing.set_places,
        lambda cast: cast.team.groups.create(name="Tuesday", starts_on=DAY),
        "group",
        programme=programme,
        places=9,
        starts_on=DAY,
        by=supervisor,
    ),
    "staffing.take_back": way(staffing.take_back, lambda cast: absent(cast), "kept", by=supervisor),
    "requirements.set_threshold": way(
        requirements.set_threshold,
        programme=programme,
        standard="req_05_team_size",
        at_least=4.0,
        reason="A small unit.",
        by=supervisor,
    ),
    "adherence.draw_session": way(
        adherence.draw_session,
        lambda cast: recorded_session(cast).programme,
        "programme",
        therapist=therapist,
        kind="individual",
        day=DAY,
        by=supervisor,
    ),
    "adherence.refuse_draw": way(adherence.refuse_draw, drawn, "draw", reason="No sound.", by=supervisor),
    "adherence.ask_rating": way(
        adherence.ask_rating,
        recorded_session,
        "session",
        therapist=therapist,
        rater=supervisor,
        purpose="rating",
        by=supervisor,
    ),
    "adherence.keep_ratings": way(
        adherence.keep_ratings,
        asked_rating,
        "rating",
        given=[forms.Given(item="a10", value=5)],
        by=supervisor,
    ),
    "adherence.submit_rating": way(adherence.submit_rating, filled_rating, "rating", by=supervisor),
    "adherence.call_off_rating": way(
        adherence.call_off_rating, asked_rating, "rating", reason="Ill.", by=supervisor
    ),
    "adherence.add_note": way(
        adherence.add_note, asked_rating, "rating", text="A pause.", at_seconds=12, by=supervisor
    ),
    "adherence.remove_note": way(
        adherence.remove_note,
        lambda cast: asked_rating(cast).notes.create(text="A pause."),
        "note",
        by=supervisor,
    ),
    "adherence.answer_rating": way(
        adherence.answer_rating, lambda cast: rated(asked_rating(cast)), "rating", comment="", by=therapist
    ),
    "adherence.forget_words_about": way(
        adherence.forget_words_about,
        lambda cast: asked_rating(cast) and cast.patient,
        "patient",
        by=supervisor,
    ),
    "sessions.keep_session": way(
        sessions.keep_session,
        programme=programme,
        held_on=DAY,
        component="individual",
        treatment=lambda cast: cast.treatment,
        therapists=lambda cast: [cast.therapist],
        by=therapist,
    ),
    "sessions.keep_attendance": way(
        sessions.keep_attendance, held_session, "session", present=[], by=therapist
    ),
    "sessions.add_recording": way(
        sessions.add_recording,
        lambda cast: allow_recording(cast.treatment) and held_session(cast),
        "session",
        file=lambda cast: tone(),
        by=therapist,
    ),
    "sessions.erase_recording": way(
        sessions.erase_recording, recorded_session, "session", reason="Asked to.", by=therapist
    ),
    "sessions.forget_sessions_of": way(
        sessions.forget_sessions_of,
        lambda cast: recorded_session(cast) and cast.patient,
        "patient",
        reason="Asked to.",
        by=therapist,
    ),
    "sharing.agree_on_sharing": way(
        sharing.agree_on_sharing, programme=programme, reaches="trend", reason="Team day.", by=supervisor
    ),
    "sharing.share_own": way(sharing.share_own, lambda cast: cast.treatment, "treatment", by=therapist),
    "sharing.withdraw_own": way(sharing.withdraw_own, shared_own, "treatment", by=therapist),
    "criteria.plan_audit": way(
        criteria.plan_audit, programme, "programme", day=lambda cast: timezone.localdate(), by=expert
    ),
    "criteria.call_off_audit": way(criteria.call_off_audit, planned_audit, "audit", by=expert),
    "criteria.begin_review": way(
        criteria.begin_review, programme, "programme", kind="audit", day=DAY, by=expert
    ),
    "criteria.keep_criteria": way(
        criteria.keep_criteria, begun_audit, "review", scores={"1": "4"}, remarks={"1": "Seen."}, by=expert
    ),
    "criteria.finish_review": way(criteria.finish_review, scored_audit, "review", by=expert),
    "criteria.discard_review": way(criteria.discard_review, scored_audit, "review", by=expert),
    "criteria.keep_risk": way(criteria.keep_risk, programme=programme, on=DAY, by=supervisor),
    "criteria.improve": way(
        criteria.improve,
        programme,
        "programme",
        criterion="1",
        what="Meet",
        owner=supervisor,
        due_on=DAY,
        by=supervisor,
    ),
    "criteria.settle_improvement": way(
        criteria.settle_improvement,
        promised_improvement,
        "improvement",
        state="done",
        result="Met.",
        by=supervisor,
    ),
    "criteria.consensus.open_round": lambda cast: lambda: consensus_round(cast),
    "criteria.consensus.give_scores": way(
        consensus.give_scores, consensus_round, "round_", scores=marks_of_all, by=supervisor
    ),
    "criteria.consensus.close_round": way(consensus.close_round, scored_by_two, "round_", by=supervisor),
    "criteria.consensus.agree_scores": way(
        consensus.agree_scores, closed_round, "round_", scores={"1": "2/3"}, by=supervisor
    ),
    "criteria.consensus.finish_round": way(consensus.finish_round, agreed_round, "round_", by=supervisor),
    "criteria.sums.keep_sum": way(
        sums.keep_sum,
        programme,
        "programme",
        checklist="organisation_33",
        starts_on=DAY,
        ends_on=DAY,
        yes=24,
        by=supervisor,
    ),
    "scheduling.catch_up": way(scheduling.catch_up, missed, "treatment", by=therapist),
    "scheduling.choose_schedule": way(
        scheduling.choose_schedule, programme, "programme", schedule="minimal_set", by=supervisor
    ),
    "scheduling.end_choice": way(scheduling.end_choice, chosen, "choice", by=supervisor),
    "scheduling.end_enrolment": way(
        scheduling.end_enrolment, enrolled, "enrolment", reason="Moved.", by=therapist
    ),
    "scheduling.enrol": way(
        scheduling.enrol,
        programme,
        "programme",
        treatments=lambda cast: [cast.treatment],
        schedule="minimal_set",
        by=supervisor,
    ),
    "scheduling.follow_schedules": lambda cast: (
        moved(cast) and (lambda: scheduling.follow_schedules(programme=cast.programme))
    ),
    "scheduling.replan": way(scheduling.replan, moved, "treatment", by=therapist),
    "scheduling.skip_forms": way(
        scheduling.skip_forms,
        lambda cast: chosen(cast).programme.assignments.all(),
        "forms",
        reason="Too ill.",
        by=therapist,
    ),
    "signals.acknowledge_all": acknowledging_all,
    "signals.acknowledge": way(signals.acknowledge, signal, "signal", by=therapist),
    "signals.close": way(signals.close, signal, "signal", note="Settled.", by=therapist),
    "signals.mark_acted_upon": way(signals.mark_acted_upon, signal, "signal", by=therapist),
    "signals.open_signal": opening_one,
    "signals.escalate": way(signals.escalate, signal, "signal", by=None),
    "signals.reconcile": reconciling,
}


def public_functions() -> set[str]:
    """`app.function` for every public function that an `actions` module defines."""
    found = set()
    for module in pkgutil.walk_packages(onmodel.__path__, "onmodel."):
        if not module.name.endswith(".actions"):
            continue
        loaded = importlib.import_module(module.name)
        app = module.name.removeprefix("onmodel.").removesuffix(".actions")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ == module.name and not name.startswith("_"):
                found.add(f"{app}.{name}")
    return found


def everything(*, without: str = "") -> dict[str, list[tuple[object, ...]]]:
    """Every row of our own tables."""
    models = [model for model in apps.get_models() if model.__module__.startswith("onmodel.")]
    rows = {m._meta.label: sorted(m._base_manager.values_list(), key=repr) for m in models}
    rows.pop(without, None)
    return rows


def test_every_act_is_tried_or_has_a_reason():
    assert public_functions() == WAYS.keys() | NO_EVENT.keys()
    assert not WAYS.keys() & NO_EVENT.keys()


@pytest.mark.parametrize("name", sorted(WAYS))
def test_an_act_writes_its_event(cast, settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    act = WAYS[name](cast)
    before = Event.objects.count()
    act()
    assert Event.objects.count() > before


@pytest.mark.parametrize("name", sorted(WAYS))
def test_without_its_event_an_act_changes_nothing(cast, settings, tmp_path, monkeypatch, name):
    """An import that fails says so in its own row, and changes nothing else."""
    settings.MEDIA_ROOT = tmp_path
    act = WAYS[name](cast)
    except_for = "outcomes.ImportRun" if name == "outcomes.run_import" else ""
    before = everything(without=except_for)

    def fail(*_, **__):
        raise RuntimeError("the trail cannot be written")

    monkeypatch.setattr("onmodel.audit.actions._store", fail)
    with pytest.raises(RuntimeError, match="cannot be written"):
        act()
    assert everything(without=except_for) == before
