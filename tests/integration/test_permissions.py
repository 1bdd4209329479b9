"""Every address x who asks: what they get. The test fails for an address that has no row here.

200 own, 302 to sign-in or elsewhere, 403 of the programme but not allowed, 404 not theirs.
"""

import datetime
import hashlib
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from onmodel.adherence.models import Calibration
from onmodel.assessments.models import Assignment
from onmodel.criteria import actions as criteria
from onmodel.criteria.consensus.actions import open_round
from onmodel.criteria.models import ConsensusRound, CriteriaReview, Improvement
from onmodel.feedback.models import Goal, Letter
from onmodel.followup.models import Action
from onmodel.outcomes.models import ImportRun
from onmodel.outreach.links import stop_token
from onmodel.outreach.models import Contact, Sending
from onmodel.patient_access.actions import make_access
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.emergency import EmergencyAccess
from onmodel.pirs.models import Pir
from onmodel.process.models import Incident, Part, Plan, Review
from onmodel.programmes.events import ProgrammeEvent
from onmodel.programmes.models import Group
from onmodel.reports.models import ReleasedFile, ReleasedReport
from onmodel.requirements.actions import attest
from onmodel.requirements.models import EvidenceFile
from onmodel.selfcheck.models import SelfCheck
from onmodel.signals.models import Signal
from onmodel.staffing.models import Absence
from tests.factories import AssignmentFactory
from tests.integration.security.state import undone
from tests.meetings import begun_rating, group_session, open_agreement, planned_meeting, shared
from tests.pirs import frozen_pir
from tests.projects import arranged, begun_project, contract_of
from tests.recordings import asked_rating, drawn, recorded_session

pytestmark = pytest.mark.django_db

WHO = (
    "patient_user",
    "therapist",
    "colleague",
    "supervisor",
    "manager",
    "expert",
    "assistant",
    "stakeholder",
    "administrator",
    "privacy_officer",
    "leaver",
    "outsider",
    None,  # signed out
)
OK, GO, NO, NOT, BAD, WRONG = 200, 302, 403, 404, 405, 422
WORDLESS = 400  # let in, and nothing was said

#: Who sees signals somewhere; the outsider in another programme.
SEE_SIGNALS = ("therapist", "colleague", "supervisor", "manager", "outsider")
OUTCOMES = ("outcomes", "outcomes-compute", "outcomes-progress", "outcomes-file")
SESSIONS = (
    "therapy-session",
    "session-attendance",
    "session-recording",
    "recording-erase",
    "recording-media",
)
STAFFING = ("staffing", "forecast", "signs", "staffing-keep", "requirements-over-time")
RATINGS = (
    "rating",
    "rating-answers",
    "rating-submit",
    "rating-note",
    "rating-note-remove",
    "rating-answer",
    "rating-call-off",
    "rating-media",
)
SUPERVISION = (
    "supervision",
    "attendance",
    "attendance-new",
    "meetings-several",
    "meeting-new",
    "meeting-plan",
    "reflections",
    "supervisors",
    "exchanges",
)
SUPERVISORS = ("supervisor-adherence", "supervisor-rate", "supervisor-say")
MEETINGS = ("meeting", "meeting-keep", "meeting-not-held", "meeting-series-end", "meeting-agreement")
SUPERVISOR_RATINGS = (
    "supervisor-rating",
    "supervisor-rating-answers",
    "supervisor-rating-submit",
    "supervisor-rating-discard",
)
EXCHANGES = ("exchange", "exchange-answer", "exchange-take-back")
TEAMS = ("team", "team-rate", "team-answer", "team-factors-enter")
SELF_CHECKS = ("self-check-show", "self-check-take-back", "self-check-remove")
PARTNERS = ("partner", "partner-change", "partner-review", "partner-contract", "partner-end")
PROJECT = ("implementing-decision", "implementing-feasibility", "implementing-cases")
DRAWS = ("draw", "draw-ask", "draw-refuse")
IMPORTS = ("import-run", "import-confirm", "import-discard", "import-progress", "import-problems")


CRITERIA = ("integrity", "criteria", "criteria-begin", "criteria-plan", "improvement-new")
REVIEWS = ("criteria-review", "criteria-answers", "criteria-finish", "criteria-discard")
CONSENSUS = ("consensus-round", "consensus-rate", "consensus-close", "consensus-agree")
LISTS = ("consensus", "consensus-published", "yes-no-lists")
LOOKING_BACK = ("review", "review-edit", "review-agenda")


PIRS = (
    "pir-record",
    "pir-draft",
    "pir-discard",
    "pir-recommend",
    "pir-unsign",
    "pir-read",
    "pir-ask",
)
PLANS = ("plan", "plan-edit", "plan-compare", "plan-file")
PROGRESS = ("progress", "progress-impression", "progress-reflection", "progress-feelings", "progress-goals")


def row(**statuses: int) -> dict[str | None, int]:
    """`everybody` unless named; signed out goes to sign-in unless `signed_out` says else."""
    everybody = statuses.pop("everybody", NOT)
    signed_out = statuses.pop("signed_out", GO)
    return {**dict.fromkeys(WHO, everybody), None: signed_out, **statuses}


def staff(everybody: int = NO, **statuses: int) -> dict[str | None, int]:
    """The same for everybody of the programme unless named; strangers, leavers and patients find nothing."""
    strangers = dict.fromkeys(("patient_user", "leaver", "outsider"), NOT)
    return row(everybody=everybody, **{**strangers, **statuses})


#: (name of the address, method) -> who gets what.
TABLE = {
    ("home", "get"): row(everybody=OK, patient_user=GO),
    ("sign-in", "get"): row(everybody=GO, signed_out=OK),
    ("account_login", "get"): row(everybody=GO, signed_out=OK),
    ("sign-out", "post"): row(everybody=GO),
    ("mfa_authenticate", "get"): row(everybody=GO),
    ("mfa_login_webauthn", "get"): row(everybody=GO),
    ("account_inactive", "get"): row(everybody=OK, signed_out=OK),
    ("socialaccount_login_cancelled", "get"): row(everybody=OK, signed_out=OK),
    ("openid_connect_login", "get"): row(everybody=NOT, signed_out=NOT),  # none is configured
    ("openid_connect_callback", "get"): row(everybody=NOT, signed_out=NOT),
    ("my-treatment", "get"): row(everybody=GO),
    ("my-progress", "get"): row(everybody=GO),
    ("my-letter", "get"): row(everybody=GO),
    ("my-start", "get"): row(everybody=GO, patient_user=OK),
    ("my-form", "get"): row(everybody=GO, patient_user=OK),
    ("my-form", "post"): row(everybody=GO),
    ("my-form-answers", "post"): row(everybody=GO),
    ("my-form-finish", "get"): row(everybody=GO, patient_user=OK),
    ("my-form-finish", "post"): row(everybody=GO, patient_user=WRONG),
    ("my-form-done", "get"): row(everybody=GO),
    ("my-hand-back", "post"): row(everybody=GO),
    ("patient-handed-back", "get"): row(everybody=OK, signed_out=OK),
    ("tablet", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO, manager=GO, assistant=GO),
    ("form-enter", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK),
    ("form-enter", "post"): staff(
        NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG, assistant=WRONG
    ),
    ("form-paper", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK),
    ("safety", "get"): staff(NO, supervisor=OK, manager=OK),
    ("safety", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("my-access-log", "get"): row(everybody=GO),
    ("my-access-log-file", "get"): row(everybody=GO),
    ("my-consent", "get"): row(everybody=GO),
    ("my-consent", "post"): row(everybody=GO),
    ("my-copy", "post"): row(everybody=GO),
    ("patient-sign-in", "get"): row(everybody=OK, signed_out=OK),
    ("patient-sign-in", "post"): row(everybody=WRONG, signed_out=WRONG),
    ("patient-access", "get"): staff(
        NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK
    ),
    ("patient-access-revoke", "post"): staff(
        NO, therapist=GO, colleague=NOT, supervisor=GO, manager=GO, assistant=GO
    ),
    ("session-keep", "get"): row(everybody=OK, signed_out=OK),
    ("session-keep", "post"): row(everybody=OK, signed_out=OK),
    ("signed-in-again", "get"): row(everybody=OK),
    ("mfa_index", "get"): row(everybody=OK),
    ("mfa_list_webauthn", "get"): row(everybody=OK),
    ("account_change_password", "get"): row(everybody=OK),
    ("account_reauthenticate", "get"): row(everybody=OK),
    ("mfa_reauthenticate", "get"): row(everybody=GO),  # no second factor yet: to the password
    ("mfa_reauthenticate_webauthn", "get"): row(everybody=GO),
    ("mfa_activate_totp", "get"): row(everybody=GO),  # to show once more that it is you
    ("mfa_deactivate_totp", "get"): row(everybody=NOT),
    ("mfa_view_recovery_codes", "get"): row(everybody=NOT),
    ("mfa_generate_recovery_codes", "get"): row(everybody=GO),
    ("mfa_add_webauthn", "get"): row(everybody=GO),
    ("mfa_remove_webauthn", "get"): row(everybody=GO),
    ("language", "post"): row(everybody=GO),
    ("programme", "get"): staff(OK, stakeholder=NO, privacy_officer=NO),
    ("patients", "get"): staff(OK, expert=NO, stakeholder=NO, administrator=NO, privacy_officer=NO),
    ("patients", "post"): staff(GO, expert=NO, stakeholder=NO, administrator=NO, privacy_officer=NO),
    ("worklist", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, assistant=OK),
    ("worklist-file", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, assistant=OK),
    ("worklist-contact", "post"): staff(
        NO, therapist=WORDLESS, colleague=WORDLESS, supervisor=WORDLESS, manager=WORDLESS, assistant=WORDLESS
    ),
    ("completeness", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, assistant=OK),
    ("completeness-file", "get"): staff(
        NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, assistant=OK
    ),
    ("contacts", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK),
    ("contacts", "post"): staff(
        NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG, assistant=WRONG
    ),
    ("contact-strike", "post"): staff(
        NO, therapist=GO, colleague=NOT, supervisor=GO, manager=GO, assistant=GO
    ),
    ("reminder-wish", "post"): staff(
        NO, therapist=GO, colleague=NOT, supervisor=GO, manager=GO, assistant=GO
    ),
    ("treatment-schedule", "get"): staff(
        NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK
    ),
    ("treatment-schedule", "post"): staff(
        NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG, assistant=WRONG
    ),
    ("schedules", "get"): staff(NO, supervisor=OK, manager=OK, assistant=OK),
    ("schedules", "post"): staff(NO, supervisor=WRONG, manager=WRONG, assistant=WRONG),
    ("schedule-end", "post"): staff(NO, manager=NOT, assistant=NOT),  # it does not hold here
    ("reminders", "get"): staff(NO, manager=OK, assistant=OK),
    ("reminders", "post"): staff(NO, manager=WRONG, assistant=WRONG),
    ("reminders-again", "post"): staff(NO, manager=GO, assistant=GO),
    ("reminder-text", "get"): staff(NO, manager=OK, assistant=OK),
    ("reminder-text", "post"): staff(NO, manager=WRONG, assistant=WRONG),
    ("new-link", "get"): row(everybody=OK, signed_out=OK),
    ("new-link", "post"): row(everybody=WRONG, signed_out=WRONG),
    ("reminders-stop", "get"): row(everybody=OK, signed_out=OK),  # the signed link is the leave
    ("reminders-stop", "post"): row(everybody=OK, signed_out=OK),
    ("inbox", "get"): row(everybody=NO, **dict.fromkeys(SEE_SIGNALS, OK)),
    ("inbox-acknowledge", "post"): row(everybody=NO, **dict.fromkeys(SEE_SIGNALS, WORDLESS)),
    ("signals", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK),
    ("requirements", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("requirement", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("requirement", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("requirement-threshold", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("integrity", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("criteria", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("criteria-begin", "post"): staff(NO, supervisor=WRONG, manager=WRONG, expert=WRONG),
    ("criteria-plan", "post"): staff(NO, expert=WRONG),
    ("improvement-new", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("improvement", "get"): staff(NO, supervisor=OK, manager=OK),
    ("improvement", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("criteria-review", "get"): staff(NO, supervisor=NOT, manager=NOT, expert=OK),
    ("criteria-answers", "post"): staff(NO, supervisor=NOT, manager=NOT, expert=GO),
    ("criteria-finish", "post"): staff(NO, supervisor=NOT, manager=NOT, expert=WRONG),
    ("criteria-discard", "post"): row(  # who comes after the expert finds it gone
        **dict.fromkeys(("therapist", "colleague"), NO), expert=GO
    ),
    ("consensus", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("consensus", "post"): staff(NO, supervisor=WRONG, manager=WRONG, expert=WRONG),
    ("consensus-published", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("consensus-round", "get"): staff(NO, therapist=OK, supervisor=OK, manager=OK, expert=OK),
    ("consensus-rate", "get"): staff(NO, therapist=OK, supervisor=OK, manager=OK),
    ("consensus-rate", "post"): staff(NO, therapist=WRONG, supervisor=WRONG, manager=WRONG),
    ("consensus-close", "post"): staff(NO, manager=WRONG),
    ("consensus-agree", "post"): staff(NO, manager=WRONG),
    ("yes-no-lists", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("yes-no-list", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("yes-no-list", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("sharing", "get"): staff(NO, supervisor=OK, manager=OK),
    ("sharing", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("questions", "get"): staff(NO, supervisor=OK),
    ("question-explain", "post"): staff(NO, supervisor=NOT),
    ("outcomes", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("outcomes-compute", "post"): staff(NO, therapist=GO, colleague=GO, supervisor=GO, manager=GO, expert=GO),
    ("outcomes-progress", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("outcomes-file", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("compare", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("pir", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("pir-file", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("release", "get"): staff(NO, manager=OK, expert=OK),
    ("release", "post"): staff(NO, manager=WRONG, expert=WRONG),
    ("pirs", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("pirs", "post"): staff(NO, supervisor=WRONG),
    ("pir-years", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("pir-record", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("pir-kept-file", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("pir-draft", "post"): staff(NO, supervisor=GO),
    ("pir-discard", "post"): staff(NO, supervisor=WRONG),
    ("pir-remark", "post"): staff(NO, supervisor=WRONG),
    ("pir-recommend", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("pir-recommend-no-more", "post"): staff(NO, supervisor=GO, manager=GO),
    ("pir-became", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("pir-sign", "post"): staff(NO, supervisor=WRONG),
    ("pir-unsign", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("pir-read", "post"): staff(NO, expert=GO),
    ("pir-ask", "post"): staff(NO, expert=WRONG),
    ("pir-answer", "post"): staff(NO, supervisor=WRONG),
    ("desk", "get"): row(everybody=NO, expert=OK),
    ("released", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK, stakeholder=OK),
    ("released-file", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK, stakeholder=OK),
    ("released-take-back", "get"): staff(NO, manager=OK, expert=OK),
    ("released-take-back", "post"): staff(NO, manager=WRONG, expert=WRONG),
    ("research", "get"): staff(NO, manager=OK, assistant=OK),
    ("research", "post"): staff(NO, manager=WRONG, assistant=WRONG),
    ("treatment", "get"): staff(
        NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK
    ),
    ("course", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("course-step", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("course-step", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("course-stop", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("course-stop", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("waiting", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK),
    ("waiting", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("days", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("days-step", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("days-step", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("days-close", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("days-close", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("day", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("group-day", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("group-day", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("reviews", "get"): staff(NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK),
    ("review-open", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("review", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("review-edit", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("review-edit", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("review-agenda", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("review-step", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("review-decision", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("review-decision", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("my-reviews", "get"): row(everybody=GO),
    ("plans", "get"): staff(NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK),
    ("plan-begin", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("plan", "get"): staff(NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK),
    ("plan-edit", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("plan-edit", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("plan-step", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("plan-compare", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("plan-file", "get"): staff(NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK),
    ("crisis-plan", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("crisis-plans", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("assessment", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("assessment-part", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("assessment-keep", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("assessment-keep", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("checklist", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("checklist-attest", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("checklist-attest", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("checklist-take-back", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("checklists", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("my-plans", "get"): row(everybody=GO),
    ("my-plan", "get"): row(everybody=GO),
    ("my-plan-file", "get"): row(everybody=GO),
    ("progress", "get"): staff(NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK),
    ("progress-impression", "post"): staff(NO, therapist=WRONG, colleague=NOT),
    ("progress-reflection", "post"): staff(NO, therapist=WRONG, colleague=NOT),
    ("progress-feelings", "post"): staff(NO, therapist=GO, colleague=NOT),
    ("progress-goals", "post"): staff(NO, patient_user=WRONG, therapist=WRONG, colleague=NOT),
    ("progress-goal", "get"): staff(NO, patient_user=OK, therapist=OK, colleague=NOT),
    ("progress-goal", "post"): staff(NO, patient_user=WRONG, therapist=WRONG, colleague=NOT),
    ("letter-draft", "post"): staff(NO, therapist=GO, colleague=NOT),
    ("letter", "get"): staff(NO, therapist=OK, colleague=NOT),
    ("letter", "post"): staff(NO, therapist=WRONG, colleague=NOT),
    ("letter-file", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=NOT),  # a draft
    ("treatment-correct", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("treatment-correct", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("form-correct", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("form-correct", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("patient-copy", "post"): staff(NO, patient_user=OK, colleague=NOT, manager=OK),
    ("consent", "get"): staff(
        NO, patient_user=OK, therapist=OK, colleague=NOT, supervisor=OK, manager=OK, assistant=OK
    ),
    ("consent", "post"): staff(
        NO,
        patient_user=WRONG,
        therapist=WRONG,
        colleague=NOT,
        supervisor=WRONG,
        manager=WRONG,
        assistant=WRONG,
    ),
    ("identity", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, assistant=OK),
    ("identity", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, assistant=WRONG),
    ("access-log", "get"): staff(NO, patient_user=OK, privacy_officer=OK),
    ("access-log-file", "get"): staff(NO, patient_user=OK, privacy_officer=OK),
    ("sessions", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("sessions", "post"): staff(NO, therapist=WRONG, colleague=WRONG, supervisor=WRONG),
    ("therapy-session", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("session-attendance", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("session-recording", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("recording-erase", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("recording-media", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("adherence", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("therapist-adherence", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("raters", "get"): staff(NO, supervisor=OK),
    ("adherence-outcome", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("staffing", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("forecast", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("signs", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("staffing-keep", "get"): staff(NO, manager=OK),
    ("staffing-record", "post"): staff(NO, manager=WRONG),
    ("staffing-end", "post"): staff(NO, manager=WRONG),
    ("staffing-take-back", "post"): staff(NO, manager=GO),
    ("requirements-over-time", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("evidence-file", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("events", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("events", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("event-take-back", "post"): staff(NO, supervisor=GO, manager=GO),
    ("attendance", "get"): staff(NO, manager=OK),
    ("attendance", "post"): staff(NO, manager=WRONG),
    ("attendance-new", "post"): staff(NO, manager=WRONG),
    ("meetings-several", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("meetings-several", "post"): staff(NO, therapist=WRONG, colleague=WRONG, supervisor=WRONG),
    ("partners", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("partners", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("partner", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("partner-change", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("partner-review", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("partner-contract", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("partner-contract-file", "get"): staff(
        NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK
    ),
    ("partner-end", "post"): staff(NO, supervisor=WRONG, manager=WRONG),
    ("implementing", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("implementing-project", "post"): staff(NO, supervisor=WRONG, manager=WRONG, expert=WRONG),
    ("implementing-task", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("implementing-task", "post"): staff(NO, supervisor=WRONG, manager=WRONG, expert=WRONG),
    ("implementing-decision", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("implementing-decision", "post"): staff(NO, manager=WRONG),
    ("implementing-feasibility", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("implementing-feasibility", "post"): staff(NO, supervisor=WRONG, manager=WRONG, expert=WRONG),
    ("implementing-cases", "get"): staff(NO, supervisor=OK, manager=OK, expert=OK),
    ("implementing-cases", "post"): staff(NO, supervisor=WRONG, manager=WRONG, expert=WRONG),
    ("team", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("team-rate", "get"): staff(NO, supervisor=OK),
    ("team-rate", "post"): staff(NO, supervisor=WRONG),
    ("team-answer", "get"): staff(NO, therapist=OK, colleague=NOT),
    ("team-answer", "post"): staff(NO, therapist=WRONG, colleague=NOT),
    ("team-factors-enter", "get"): staff(NO, supervisor=OK),
    ("team-factors-enter", "post"): staff(NO, supervisor=WRONG),
    ("self-check", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("self-check", "post"): staff(NO, therapist=WRONG, colleague=WRONG, supervisor=WRONG),
    ("self-check-show", "post"): row(therapist=GO),
    ("self-check-take-back", "post"): row(therapist=GO),
    ("self-check-remove", "post"): row(therapist=GO),
    ("second-draw", "post"): staff(NO, supervisor=WRONG),
    ("second-share", "post"): staff(NO, supervisor=WRONG),
    ("calibration-plan", "post"): staff(NO, supervisor=WRONG),
    ("calibration", "get"): row(supervisor=OK),
    ("draw-new", "post"): staff(NO, supervisor=WRONG),
    ("draw", "get"): staff(NO, supervisor=OK),
    ("draw-ask", "post"): staff(NO, supervisor=WRONG),
    ("draw-refuse", "post"): staff(NO, supervisor=WRONG),
    ("rating", "get"): staff(NO, therapist=NOT, colleague=NOT, supervisor=OK),
    ("rating-answers", "post"): staff(NO, therapist=NOT, colleague=NOT, supervisor=GO),
    ("rating-submit", "post"): staff(NO, therapist=NOT, colleague=NOT, supervisor=WRONG),
    ("rating-note", "post"): staff(NO, therapist=NOT, colleague=NOT, supervisor=WRONG),
    ("rating-note-remove", "post"): staff(NO, therapist=NOT, colleague=NOT, supervisor=GO),
    ("rating-answer", "post"): staff(NO, therapist=NOT, colleague=NOT, supervisor=WRONG),
    ("rating-call-off", "post"): staff(NO, supervisor=WRONG),
    ("rating-media", "get"): staff(NO, therapist=NOT, colleague=NOT, supervisor=OK),
    ("supervision", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("meeting-new", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("meeting-new", "post"): staff(NO, therapist=WRONG, colleague=WRONG, supervisor=WRONG),
    ("meeting-plan", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("meeting-plan", "post"): staff(NO, therapist=WRONG, colleague=WRONG, supervisor=WRONG),
    ("reflections", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("meeting", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("meeting-keep", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("meeting-not-held", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("meeting-series-end", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO),
    ("meeting-agreement", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("agreement", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("agreement", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("session-reflection", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK),
    ("session-reflection", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG),
    ("supervisors", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK, manager=OK, expert=OK),
    ("centre-supervisors", "get"): staff(NO, expert=OK),
    ("supervisor-adherence", "get"): staff(
        NO, therapist=NOT, colleague=NOT, supervisor=OK, manager=NOT, expert=OK
    ),
    ("supervisor-rate", "post"): staff(NO, expert=WRONG),
    ("supervisor-say", "get"): staff(NO, therapist=OK),
    ("supervisor-say", "post"): staff(NO, therapist=WRONG),
    ("supervisor-rating", "get"): staff(NO, expert=OK),
    ("supervisor-rating-answers", "post"): staff(NO, expert=GO),
    ("supervisor-rating-submit", "post"): staff(NO, expert=WRONG),
    ("supervisor-rating-discard", "post"): row(  # who comes after the expert finds it gone
        **dict.fromkeys(("therapist", "colleague", "supervisor", "manager"), NO), expert=GO
    ),
    ("exchanges", "get"): staff(NO, supervisor=OK),
    ("exchanges", "post"): staff(NO, supervisor=WRONG),
    ("exchange", "get"): staff(NO, supervisor=OK),
    ("exchange-answer", "post"): staff(NO, supervisor=WRONG),
    ("exchange-take-back", "post"): staff(NO, supervisor=GO),
    ("emergency", "get"): staff(NO, therapist=OK, colleague=OK, supervisor=OK),
    ("emergency", "post"): staff(NO, therapist=WRONG, colleague=WRONG, supervisor=WRONG),
    ("emergencies", "get"): staff(NO, privacy_officer=OK),
    ("emergency-review", "get"): staff(NO, privacy_officer=OK),
    ("emergency-review", "post"): staff(NO, privacy_officer=WRONG),
    ("programme-new", "get"): staff(NO, manager=OK, administrator=OK),
    ("programme-new", "post"): staff(NO, manager=WRONG, administrator=WRONG),
    ("retention-periods", "get"): staff(NO, manager=OK, administrator=OK, privacy_officer=OK),
    ("retention-period", "get"): staff(NO, manager=OK, administrator=OK, privacy_officer=OK),
    ("retention-period", "post"): staff(NO, manager=WRONG, administrator=WRONG, privacy_officer=WRONG),
    ("consent-texts", "get"): staff(NO, manager=OK, administrator=OK, privacy_officer=OK),
    ("consent-text", "get"): staff(NO, manager=OK, administrator=OK, privacy_officer=OK),
    ("consent-text", "post"): staff(NO, manager=WRONG, administrator=WRONG, privacy_officer=WRONG),
    ("signal", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("signal-acknowledge", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=GO, manager=GO),
    ("signal-close", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("signal-action", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("signal-steps", "get"): staff(NO, therapist=GO, colleague=NOT, supervisor=OK, manager=OK),
    ("signal-steps", "post"): staff(NO, therapist=GO, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("action", "get"): staff(NO, therapist=OK, colleague=NOT, supervisor=OK, manager=OK),
    ("action", "post"): staff(NO, therapist=WRONG, colleague=NOT, supervisor=WRONG, manager=WRONG),
    ("import-start", "get"): staff(NO, manager=OK, assistant=OK),
    ("import-start", "post"): staff(NO, manager=WRONG, assistant=WRONG),
    ("import-run", "get"): staff(NO, manager=OK, assistant=OK),
    ("import-confirm", "post"): staff(NO, manager=GO, assistant=GO),
    ("import-discard", "post"): staff(NO, manager=GO, assistant=GO),
    ("import-progress", "get"): staff(NO, manager=OK, assistant=OK),
    ("import-problems", "get"): staff(NO, manager=OK, assistant=OK),
    ("gallery", "get"): row(everybody=NOT, signed_out=NOT),
    ("gallery-progress", "get"): row(everybody=NOT, signed_out=NOT),
}


def names() -> set[str]:
    """The name of every address of the site."""
    found: set[str] = set()

    def walk(patterns) -> None:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            else:
                assert pattern.name, f"{pattern} has no name"
                found.add(pattern.name)

    walk(get_resolver().url_patterns)
    return found


def test_every_address_has_a_row():
    assert names() == {name for name, _ in TABLE}


def imported(cast) -> ImportRun:
    """An import that is done."""
    return ImportRun.objects.get_or_create(
        programme=cast.programme, file_name="outcomes.csv", digest="0" * 64, state=ImportRun.State.DONE
    )[0]


def given(cast) -> PatientAccess:
    """A code that was given to the patient."""
    found = PatientAccess.objects.filter(treatment=cast.treatment).first()
    return found or make_access(treatment=cast.treatment, kind="code", by=None)[0]


def used(cast) -> EmergencyAccess:
    """An emergency access that was used and is over."""
    long_ago = {
        "opened_at": timezone.now() - timedelta(days=9),
        "ends_at": timezone.now() - timedelta(days=8),
    }
    made = EmergencyAccess.objects.get_or_create(
        treatment=cast.treatment, user=cast.colleague, reason="A crisis at night.", defaults=long_ago
    )
    return made[0]


def report_of(cast) -> ReleasedReport:
    """A report that was released, of one file."""
    found = cast.programme.released_reports.first()
    if found is None:
        day = datetime.date(2025, 6, 30)
        found = ReleasedReport.objects.create(programme=cast.programme, title="Report", start=day, end=day)
        digest = hashlib.sha256(b"{}").hexdigest()
        ReleasedFile.objects.create(report=found, language="en", kind="json", content=b"{}", digest=digest)
    return found


def filled(cast) -> Assignment:
    """A form of the treatment."""
    found = cast.treatment.assignments.filter(answered_on__isnull=False).first()
    return found or AssignmentFactory(
        treatment=cast.treatment, status="answered", answered_on=cast.treatment.started_on
    )


def drafted(cast) -> Letter:
    found = Letter.objects.filter(treatment=cast.treatment).first()
    return found or Letter.objects.create(
        treatment=cast.treatment,
        language="en",
        until=datetime.date(2025, 1, 1),
        sections=[{"id": "about", "title": "Looking back", "paragraphs": ["A year."]}],
        drafted_by=cast.therapist,
    )


def written(cast) -> Plan:
    """A draft that the patient may read, after an earlier version."""
    plans = Plan.objects.filter(treatment=cast.treatment).order_by("made_on")
    if not plans.exists():
        for day in (1, 2):
            cast.treatment.plans.create(
                kind="crisis_plan",
                content={"cp_parts.own_action": "Walk"},
                made_on=datetime.date(2025, 2, day),
                released_at=timezone.now(),
            )
    return plans.last()


def looked_back(cast) -> Review:
    """A review that is being prepared, with a decision."""
    named = {"treatment": cast.treatment, "kind": "team", "language": "en"}
    found, new = Review.objects.get_or_create(**named, taken_on=datetime.date(2025, 2, 1))
    if new:
        found.decisions.create(what="Walk every day", by_patient=True)
    return found


def fell(cast) -> Incident:
    """An incident that nobody reviewed yet."""
    named = {"programme": cast.programme, "treatment": cast.treatment, "kind": "self_harm"}
    return Incident.objects.get_or_create(**named, happened_on=datetime.date(2025, 2, 1))[0]


def met(cast) -> Group:
    """A group in which the patient has a place."""
    first = datetime.date(2025, 2, 1)
    group = Group.objects.get_or_create(team=cast.team, name="Tuesday", starts_on=first)[0]
    cast.treatment.group_places.get_or_create(group=group, starts_on=first)
    return group


def taken(cast) -> Part:
    """A part of the programme that the patient takes."""
    first = datetime.date(2025, 2, 1)
    return Part.objects.get_or_create(treatment=cast.treatment, component="group", starts_on=first)[0]


def wanted(cast) -> Goal:
    """A goal of the patient."""
    return Goal.objects.get_or_create(treatment=cast.treatment, words="Sleep again")[0]


def off_track(cast) -> Signal:
    """A signal that offers support steps."""
    named = {"programme": cast.programme, "treatment": cast.treatment, "rule": "off_track"}
    fixed = {"subject_kind": "treatment", "pack": "mbt", "rule_version": "1.0.0", "severity": "attention"}
    return Signal.objects.get_or_create(**named, defaults=fixed)[0]


def agreed(cast, signal: Signal) -> Action:
    """An action that answers a signal."""
    named = {"programme": cast.programme, "signal": signal, "what": "Talk"}
    fixed = {"owner": cast.therapist, "agreed_by": cast.therapist, "due_on": timezone.localdate()}
    return Action.objects.get_or_create(**named, defaults=fixed)[0]


def tried(cast) -> Contact:
    """A contact with the patient."""
    known = {"kind": "telephone", "outcome": "reached"}
    return Contact.objects.get_or_create(treatment=cast.treatment, defaults=known)[0]


def reminded(cast) -> Sending:
    """A message to the patient."""
    known = {"kind": "reminder", "channel": "mail", "language": "en", "planned_for": timezone.now()}
    return Sending.objects.get_or_create(treatment=cast.treatment, defaults=known)[0]


def waiting(cast) -> Assignment:
    """A form that waits for the patient."""
    found = cast.treatment.assignments.filter(instrument="weekly_check").first()
    return found or AssignmentFactory(treatment=cast.treatment, instrument="weekly_check")


def address(name: str, cast, signal: Signal) -> str:
    slug = cast.programme.slug
    arguments = {
        "programme": lambda: [slug],
        "patients": lambda: [slug],
        "worklist": lambda: [slug],
        "worklist-file": lambda: [slug],
        "worklist-contact": lambda: [slug],
        "completeness": lambda: [slug],
        "completeness-file": lambda: [slug],
        "contacts": lambda: [cast.treatment.pk],
        "contact-strike": lambda: [cast.treatment.pk, tried(cast).pk],
        "reminder-wish": lambda: [cast.treatment.pk],
        "treatment-schedule": lambda: [cast.treatment.pk],
        "schedules": lambda: [slug],
        "schedule-end": lambda: [slug, "minimal_set"],
        "reminders": lambda: [slug],
        "reminders-again": lambda: [slug],
        "reminder-text": lambda: [slug, "reminder", "mail", "nl"],
        "reminders-stop": lambda: [stop_token(reminded(cast))],
        "signals": lambda: [slug],
        "requirements": lambda: [slug],
        "requirement": lambda: [slug, "req_05_team_size"],
        "requirement-threshold": lambda: [slug, "req_05_team_size"],
        "sharing": lambda: [slug],
        **dict.fromkeys(CRITERIA, lambda: [slug]),
        **dict.fromkeys(LISTS, lambda: [slug]),
        **dict.fromkeys(REVIEWS, lambda: [reviewed(cast).pk]),
        **dict.fromkeys(CONSENSUS, lambda: [asked_together(cast).pk]),
        "improvement": lambda: [improved(cast).pk],
        "yes-no-list": lambda: [slug, "organisation_33"],
        **dict.fromkeys(OUTCOMES, lambda: [slug] if filled(cast) else []),
        "questions": lambda: [slug],
        "question-explain": lambda: [slug, "fast-0"],
        "compare": lambda: [slug],
        "pir": lambda: [slug],
        "pir-file": lambda: [slug, "json"],
        "release": lambda: [slug],
        "released": lambda: [slug],
        "pirs": lambda: [slug],
        "pir-years": lambda: [slug],
        **dict.fromkeys(PIRS, lambda: [signed_pir(cast).pk]),
        "pir-kept-file": lambda: [signed_pir(cast).pk, "en", "json"],
        "pir-remark": lambda: [signed_pir(cast).pk, "supervisor", "brief"],
        "pir-sign": lambda: [signed_pir(cast).pk, "supervisor"],
        **dict.fromkeys(
            ("pir-recommend-no-more", "pir-became"),
            lambda: [signed_pir(cast).pk, signed_pir(cast).recommendations.get().pk],
        ),
        "pir-answer": lambda: [signed_pir(cast).pk, signed_pir(cast).questions.get().pk],
        "research": lambda: [slug],
        "released-file": lambda: [report_of(cast).pk, "en", "json"],
        "released-take-back": lambda: [report_of(cast).pk],
        "treatment": lambda: [cast.treatment.pk],
        **dict.fromkeys(PROGRESS, lambda: [cast.treatment.pk]),
        "course": lambda: [cast.treatment.pk],
        "course-step": lambda: [cast.treatment.pk, "phase"],
        "course-stop": lambda: [cast.treatment.pk, "part", taken(cast).pk],
        "waiting": lambda: [slug],
        "days": lambda: [cast.treatment.pk],
        "days-step": lambda: [cast.treatment.pk, "incident"],
        "days-close": lambda: [cast.treatment.pk, "incident", fell(cast).pk],
        "day": lambda: [slug],
        "group-day": lambda: [slug, met(cast).pk],
        "reviews": lambda: [cast.treatment.pk],
        "review-open": lambda: [cast.treatment.pk, "team"],
        **dict.fromkeys(LOOKING_BACK, lambda: [cast.treatment.pk, looked_back(cast).pk]),
        "review-step": lambda: [cast.treatment.pk, looked_back(cast).pk, "agenda"],
        "review-decision": lambda: [cast.treatment.pk, looked_back(cast).decisions.get().pk],
        "plans": lambda: [cast.treatment.pk],
        "plan-begin": lambda: [cast.treatment.pk, "signal_plan"],
        **dict.fromkeys(PLANS, lambda: [cast.treatment.pk, written(cast).pk]),
        "plan-step": lambda: [cast.treatment.pk, written(cast).pk, "agree"],
        "crisis-plan": lambda: [cast.treatment.pk],
        "crisis-plans": lambda: [slug],
        "assessment": lambda: [cast.treatment.pk],
        "assessment-part": lambda: [cast.treatment.pk, "risk"],
        "assessment-keep": lambda: [cast.treatment.pk, "risk"],
        "checklist": lambda: [cast.treatment.pk],
        "checklist-attest": lambda: [cast.treatment.pk, "contract"],
        "checklist-take-back": lambda: [cast.treatment.pk, "contract"],
        "checklists": lambda: [slug],
        "my-plan": lambda: [written(cast).pk],
        "my-plan-file": lambda: [written(cast).pk],
        "progress-goal": lambda: [cast.treatment.pk, wanted(cast).pk],
        "letter-draft": lambda: [cast.treatment.pk],
        "letter": lambda: [cast.treatment.pk, drafted(cast).pk],
        "letter-file": lambda: [cast.treatment.pk, drafted(cast).pk],
        "my-letter": lambda: [drafted(cast).pk],
        "treatment-correct": lambda: [cast.treatment.pk],
        "form-correct": lambda: [cast.treatment.pk, filled(cast).pk],
        "my-form": lambda: [waiting(cast).pk],
        "my-form-answers": lambda: [waiting(cast).pk],
        "my-form-finish": lambda: [waiting(cast).pk],
        "my-form-done": lambda: [waiting(cast).pk],
        "tablet": lambda: [cast.treatment.pk],
        "form-enter": lambda: [cast.treatment.pk, waiting(cast).pk],
        "form-paper": lambda: [cast.treatment.pk, waiting(cast).pk],
        "safety": lambda: [slug],
        "patient-copy": lambda: [cast.treatment.pk, "json"],
        "consent": lambda: [cast.treatment.pk, "research"],
        "identity": lambda: [cast.treatment.pk],
        "my-consent": lambda: ["research"],
        "my-copy": lambda: ["json"],
        "access-log": lambda: [cast.treatment.pk],
        "access-log-file": lambda: [cast.treatment.pk],
        "emergency": lambda: [cast.organisation.slug],
        "emergencies": lambda: [cast.organisation.slug],
        "emergency-review": lambda: [used(cast).pk],
        "programme-new": lambda: [cast.organisation.slug],
        "retention-periods": lambda: [cast.organisation.slug],
        "retention-period": lambda: [cast.organisation.slug, "record"],
        "consent-texts": lambda: [slug],
        "consent-text": lambda: [slug, "research"],
        "signal": lambda: [signal.pk],
        "signal-acknowledge": lambda: [signal.pk],
        "signal-close": lambda: [signal.pk],
        "signal-action": lambda: [signal.pk],
        "signal-steps": lambda: [off_track(cast).pk] if filled(cast) else [],
        "action": lambda: [signal.pk, agreed(cast, signal).pk],
        "openid_connect_login": lambda: ["institution"],
        "openid_connect_callback": lambda: ["institution"],
        "mfa_remove_webauthn": lambda: [1],
        "patient-access": lambda: [cast.treatment.pk],
        "patient-access-revoke": lambda: [given(cast).pk],
        "import-start": lambda: [slug],
        **dict.fromkeys(IMPORTS, lambda: [imported(cast).pk]),
        **dict.fromkeys(SUPERVISION, lambda: [slug]),
        **dict.fromkeys(SUPERVISORS, lambda: [slug, cast.supervisor.pk]),
        **dict.fromkeys(MEETINGS, lambda: [planned_meeting(cast).pk]),
        "agreement": lambda: [open_agreement(cast).pk],
        "session-reflection": lambda: [group_session(cast).pk],
        **dict.fromkeys(SUPERVISOR_RATINGS, lambda: [begun_rating(cast).pk]),
        **dict.fromkeys(EXCHANGES, lambda: [shared(cast).pk]),
        "centre-supervisors": lambda: [cast.organisation.slug],
        "sessions": lambda: [slug],
        "adherence": lambda: [slug],
        "draw-new": lambda: [slug],
        "second-draw": lambda: [slug],
        "second-share": lambda: [slug],
        "calibration-plan": lambda: [slug],
        "self-check": lambda: [slug],
        **dict.fromkeys(TEAMS, lambda: [slug, cast.team.pk]),
        **dict.fromkeys(SELF_CHECKS, lambda: [self_checked(cast).pk]),
        "calibration": lambda: [calibrated(cast).pk],
        "raters": lambda: [slug],
        "events": lambda: [slug],
        **dict.fromkeys(STAFFING, lambda: [slug]),
        "staffing-record": lambda: [slug, "absence"],
        "staffing-end": lambda: [slug, "absence", away(cast).pk],
        "staffing-take-back": lambda: [slug, "absence", away(cast).pk],
        "partner-contract-file": lambda: [slug, contract_of(cast).pk],
        "evidence-file": lambda: [slug, evidence_of(cast).pk],
        "adherence-outcome": lambda: [slug],
        "event-take-back": lambda: [slug, happened(cast).pk],
        "partners": lambda: [slug],
        **dict.fromkeys(PARTNERS, lambda: [slug, arranged(cast).pk]),
        "implementing": lambda: [slug],
        "implementing-project": lambda: [slug],
        "implementing-task": lambda: [begun_project(cast).programme.slug, "population"],
        **dict.fromkeys(PROJECT, lambda: [begun_project(cast).programme.slug]),
        "therapist-adherence": lambda: [slug, cast.therapist.pk],
        **dict.fromkeys(DRAWS, lambda: [drawn(cast).pk]),
        **dict.fromkeys(RATINGS, lambda: rating_arguments(cast, name)),
        **dict.fromkeys(SESSIONS, lambda: [recorded_session(cast).pk]),
    }
    return reverse(name, args=arguments.get(name, list)())


def away(cast) -> Absence:
    return Absence.objects.create(
        programme=cast.programme, person=cast.therapist, kind="sickness", starts_on=datetime.date(2025, 1, 1)
    )


def evidence_of(cast) -> EvidenceFile:
    """With an attestation."""
    word = attest(
        programme=cast.programme,
        standard="req_13_crisis_services",
        met=True,
        evidence="The agreement.",
        file=b"%PDF-1.7 agreed",
        by=cast.supervisor,
    )
    return word.file


def reviewed(cast) -> CriteriaReview:
    """An audit that the expert has begun."""
    found = CriteriaReview.objects.filter(programme=cast.programme).first()
    day = datetime.date(2025, 2, 1)
    return found or criteria.begin_review(programme=cast.programme, kind="audit", day=day, by=cast.expert)


def improved(cast) -> Improvement:
    found = Improvement.objects.filter(action__programme=cast.programme).first()
    return found or criteria.improve(
        programme=cast.programme,
        criterion="1",
        what="Meet the board",
        owner=cast.manager,
        due_on=timezone.localdate(),
        by=cast.manager,
    )


def asked_together(cast) -> ConsensusRound:
    """A round that the manager leads, in which nobody has scored yet."""
    found = cast.programme.consensus_rounds.first()
    return found or open_round(
        programme=cast.programme,
        instrument="team_factors",
        starts_on=datetime.date(2025, 1, 1),
        ends_on=datetime.date(2025, 6, 1),
        raters=[cast.manager, cast.supervisor, cast.therapist],
        by=cast.manager,
    )


def signed_pir(cast) -> Pir:
    """A report that both signed, with a recommendation and a question about it."""
    found = cast.programme.pirs.first()
    if found is None:
        found = frozen_pir(cast.programme, cast.supervisor, cast.manager, recommends="Hire two")
        found.questions.create(section="brief", text="Why so few?", asked_by=cast.expert)
    return found


def happened(cast) -> ProgrammeEvent:
    return ProgrammeEvent.objects.create(
        programme=cast.programme, kind="turnover", happened_on=datetime.date(2025, 1, 1)
    )


def self_checked(cast) -> SelfCheck:
    named = {"programme": cast.programme, "therapist": cast.therapist, "checked_on": timezone.localdate()}
    return SelfCheck.objects.get_or_create(**named, defaults={"sealed": {}})[0]


def calibrated(cast) -> Calibration:
    planned = {"held_on": timezone.localdate(), "planned_by": cast.supervisor}
    return Calibration.objects.create(
        programme=cast.programme, session=recorded_session(cast), therapist=cast.therapist, **planned
    )


def rating_arguments(cast, name: str) -> list[object]:
    rating = asked_rating(cast)
    if name == "rating-note-remove":
        return [rating.pk, rating.notes.create(text="A pause.", at_seconds=12).pk]
    return [rating.pk]


@pytest.fixture(autouse=True)
def files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def signal(cast) -> Signal:
    return Signal.objects.create(
        programme=cast.programme,
        subject_kind="treatment",
        treatment=cast.treatment,
        pack="mbt",
        rule="missing_crisis_plan",
        rule_version="1.0.0",
        severity="urgent",
    )


@pytest.mark.parametrize("asked", sorted(TABLE), ids=lambda asked: f"{asked[1]} {asked[0]}")
def test_who_gets_what(cast, signal, asked):
    name, method = asked
    url = address(name, cast, signal)
    got = {}
    for who in WHO:
        client = Client()
        if who is not None:
            client.force_login(getattr(cast, who))
        got[who] = getattr(client, method)(url).status_code
    assert got == TABLE[asked]


def test_signed_out_people_are_sent_to_sign_in(client, cast, signal):
    for name, method in TABLE:
        with undone():
            response = getattr(client, method)(address(name, cast, signal))
        if response.status_code == HTTPStatus.FOUND and name not in ("language",):
            door = "patient-sign-in" if name.startswith("my-") else "sign-in"
            assert response.url.startswith(reverse(door)), name
