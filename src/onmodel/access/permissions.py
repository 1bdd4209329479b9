"""What may be done, and which role may do it. Permissions are code; who has a role is data."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    PROGRAMME_VIEW = "programme_view"
    PROGRAMME_BEGIN = "programme_begin"  # a new one in the organisation
    TREATMENT_VIEW = "treatment_view"
    CONVERSATION_VIEW = "conversation_view"  # what patient and therapist say to each other
    IDENTITY_VIEW = "identity_view"
    IDENTITY_EDIT = "identity_edit"
    EMERGENCY_ACCESS = "emergency_access"
    EMERGENCY_REVIEW = "emergency_review"
    ACCESS_LOG_VIEW = "access_log_view"
    OUTCOMES_IMPORT = "outcomes_import"
    OUTCOMES_VIEW = "outcomes_view"
    ANSWERS_ENTER = "answers_enter"
    SIGNALS_VIEW = "signals_view"
    SIGNALS_HANDLE = "signals_handle"
    REQUIREMENTS_VIEW = "requirements_view"
    REQUIREMENTS_ATTEST = "requirements_attest"
    AGREEMENTS_VIEW = "agreements_view"  # with crisis services, referrers and other partners
    AGREEMENTS_KEEP = "agreements_keep"
    PROJECT_VIEW = "project_view"  # of implementing a programme
    PROJECT_KEEP = "project_keep"
    PROJECT_DECIDE = "project_decide"  # go or no go
    PIR_VIEW = "pir_view"
    PIR_WRITE = "pir_write"  # draft it, comment on it, sign it as the supervisor
    PIR_ANSWER = "pir_answer"  # answer the comments, sign it as the manager
    PIR_RECEIVE = "pir_receive"  # read it for the expert centre, ask about it
    QUESTIONS_ANSWER = "questions_answer"
    REPORT_RELEASE = "report_release"
    RELEASED_VIEW = "released_view"
    PATIENT_ACCESS_GIVE = "patient_access_give"
    CONSENT_RECORD = "consent_record"
    PATIENT_EXPORT = "patient_export"
    RECORD_CORRECT = "record_correct"
    RESEARCH_EXPORT = "research_export"
    PRIVACY_SET = "privacy_set"
    WORKLIST = "worklist"
    SCHEDULES_ASSIGN = "schedules_assign"
    REMINDERS_SET = "reminders_set"
    SESSION_VIEW = "session_view"
    SESSION_KEEP = "session_keep"
    REFERRALS_KEEP = "referrals_keep"  # who comes into a programme
    COURSE_KEEP = "course_keep"  # the patient's course: assignment, phases, parts, end, follow-up
    PLANS_KEEP = "plans_keep"
    CRISIS_PLAN_VIEW = "crisis_plan_view"
    DAYS_KEEP = "days_keep"  # risk, reports of sessions, calls, incidents, time-outs, absences
    REVIEWS_KEEP = "reviews_keep"
    ADHERENCE_RATE = "adherence_rate"
    RHYTHM_VIEW = "rhythm_view"  # how often supervision and other meetings take place
    ATTENDANCE_LOG = "attendance_log"  # that they were held or not, and who of the staff came
    SUPERVISION_VIEW = "supervision_view"  # what is said in them
    SUPERVISION_LEAD = "supervision_lead"
    SUPERVISORS_RATE = "supervisors_rate"
    PROGRAMME_AUDIT = "programme_audit"  # judge a programme as expert
    TEAM_VIEW = "team_view"  # how a team is rated, as a whole
    TEAM_RATE = "team_rate"
    SELF_CHECK = "self_check"
    STAFFING_KEEP = "staffing_keep"  # who is away, which places are open
    ADMINISTER = "administer"


#: What emergency access gives: to read, and nothing that would outlast it.
OPENED_IN_EMERGENCY = frozenset(
    {
        Permission.TREATMENT_VIEW,
        Permission.CONVERSATION_VIEW,
        Permission.IDENTITY_VIEW,
        Permission.SIGNALS_VIEW,
        Permission.CRISIS_PLAN_VIEW,
    }
)


class Reach(StrEnum):
    """Which treatments of a programme a role sees."""

    NONE = "none"
    OWN = "own"  # those one is the patient of
    INVOLVED = "involved"  # those one works in
    TEAM = "team"  # those of the teams of the membership; of the programme where it names no team
    PROGRAMME = "programme"


class Role:
    """A role: its name, its permissions, and which treatments it reaches; `wider` where one of the
    permissions reaches further than the role.
    """

    id: str
    permissions: frozenset[Permission] = frozenset()
    reach: Reach = Reach.NONE
    wider: Mapping[Permission, Reach] = {}

    @classmethod
    def reaches(cls, permission: Permission) -> Reach:
        return cls.wider.get(permission, cls.reach)


class Patient(Role):
    id = "patient"
    permissions = frozenset({Permission.TREATMENT_VIEW})
    reach = Reach.OWN


class Therapist(Role):
    id = "therapist"
    permissions = frozenset(
        {
            Permission.PROGRAMME_VIEW,
            Permission.TREATMENT_VIEW,
            Permission.CONVERSATION_VIEW,
            Permission.OUTCOMES_VIEW,
            Permission.ANSWERS_ENTER,
            Permission.PATIENT_ACCESS_GIVE,
            Permission.SIGNALS_VIEW,
            Permission.SIGNALS_HANDLE,
            Permission.CONSENT_RECORD,
            Permission.RECORD_CORRECT,
            Permission.IDENTITY_VIEW,
            Permission.IDENTITY_EDIT,
            Permission.EMERGENCY_ACCESS,
            Permission.WORKLIST,
            Permission.SESSION_VIEW,
            Permission.SESSION_KEEP,
            Permission.RHYTHM_VIEW,
            Permission.SUPERVISION_VIEW,
            Permission.TEAM_VIEW,
            Permission.SELF_CHECK,
            Permission.AGREEMENTS_VIEW,
            Permission.COURSE_KEEP,
            Permission.PLANS_KEEP,
            Permission.CRISIS_PLAN_VIEW,
            Permission.DAYS_KEEP,
            Permission.REVIEWS_KEEP,
        }
    )
    reach = Reach.INVOLVED
    wider = {Permission.CRISIS_PLAN_VIEW: Reach.TEAM}  # in a crisis anybody of the team may be there


class Supervisor(Role):
    id = "supervisor"
    permissions = Therapist.permissions | {
        Permission.REQUIREMENTS_VIEW,
        Permission.REQUIREMENTS_ATTEST,
        Permission.AGREEMENTS_KEEP,
        Permission.PROJECT_VIEW,
        Permission.PROJECT_KEEP,
        Permission.PIR_VIEW,
        Permission.PIR_WRITE,
        Permission.QUESTIONS_ANSWER,
        Permission.RELEASED_VIEW,
        Permission.SCHEDULES_ASSIGN,
        Permission.ADHERENCE_RATE,
        Permission.SUPERVISION_LEAD,
        Permission.TEAM_RATE,
        Permission.REFERRALS_KEEP,
    }
    reach = Reach.TEAM


#: What only those need who treat or reach the patients.
CLINICAL = frozenset(
    {
        Permission.CONVERSATION_VIEW,
        Permission.IDENTITY_VIEW,
        Permission.IDENTITY_EDIT,
        Permission.EMERGENCY_ACCESS,
        Permission.PLANS_KEEP,
        Permission.CRISIS_PLAN_VIEW,
        Permission.DAYS_KEEP,
        Permission.REVIEWS_KEEP,
    }
)


#: Sessions, their ratings, supervision and self-checks are of those who give, watch, rate and take part.
OF_SUPERVISION = frozenset(
    {
        Permission.SESSION_VIEW,
        Permission.SESSION_KEEP,
        Permission.ADHERENCE_RATE,
        Permission.SUPERVISION_VIEW,
        Permission.SUPERVISION_LEAD,
        Permission.TEAM_RATE,
        Permission.SELF_CHECK,
    }
)


#: What nobody does in the supervisor's place.
OF_SUPERVISOR = frozenset({Permission.QUESTIONS_ANSWER, Permission.PIR_WRITE})


class Manager(Role):
    """Sees the whole programme by pseudonym: to manage it, nobody's name is needed."""

    id = "manager"
    permissions = (Supervisor.permissions - CLINICAL - OF_SUPERVISION - OF_SUPERVISOR) | {
        Permission.PROGRAMME_BEGIN,
        Permission.PIR_ANSWER,
        Permission.OUTCOMES_IMPORT,
        Permission.PATIENT_EXPORT,
        Permission.RESEARCH_EXPORT,
        Permission.PRIVACY_SET,
        Permission.REPORT_RELEASE,
        Permission.REMINDERS_SET,
        Permission.PROJECT_DECIDE,
        Permission.STAFFING_KEEP,
        Permission.ATTENDANCE_LOG,
    }
    reach = Reach.PROGRAMME


class Expert(Role):
    """Of the expert centre: programmes' aggregates, never a patient's row."""

    id = "expert"
    permissions = frozenset(
        {
            Permission.PROGRAMME_VIEW,
            Permission.OUTCOMES_VIEW,
            Permission.REQUIREMENTS_VIEW,
            Permission.AGREEMENTS_VIEW,
            Permission.PROJECT_VIEW,
            Permission.PROJECT_KEEP,
            Permission.PIR_VIEW,
            Permission.PIR_RECEIVE,
            Permission.REPORT_RELEASE,
            Permission.RELEASED_VIEW,
            Permission.RHYTHM_VIEW,
            Permission.SUPERVISORS_RATE,
            Permission.PROGRAMME_AUDIT,
        }
    )


class ResearchAssistant(Role):
    """Completes the data: calls patients, and so knows and corrects who they are."""

    id = "research_assistant"
    permissions = frozenset(
        {
            Permission.PROGRAMME_VIEW,
            Permission.TREATMENT_VIEW,
            Permission.ANSWERS_ENTER,
            Permission.PATIENT_ACCESS_GIVE,
            Permission.CONSENT_RECORD,
            Permission.OUTCOMES_IMPORT,
            Permission.RESEARCH_EXPORT,
            Permission.IDENTITY_VIEW,
            Permission.IDENTITY_EDIT,
            Permission.WORKLIST,
            Permission.SCHEDULES_ASSIGN,
            Permission.REMINDERS_SET,
        }
    )
    reach = Reach.PROGRAMME


class Stakeholder(Role):
    """A board member, an insurer: reads what was released, nothing about a patient."""

    id = "stakeholder"
    permissions = frozenset({Permission.RELEASED_VIEW})


class Administrator(Role):
    """Keeps accounts and structure; sees no clinical record."""

    id = "administrator"
    permissions = frozenset(
        {
            Permission.PROGRAMME_VIEW,
            Permission.PROGRAMME_BEGIN,
            Permission.ADMINISTER,
            Permission.PRIVACY_SET,
        }
    )


class PrivacyOfficer(Role):
    """Judges each emergency access, and shows patients who saw their record; no clinical content."""

    id = "privacy_officer"
    permissions = frozenset({Permission.EMERGENCY_REVIEW, Permission.ACCESS_LOG_VIEW, Permission.PRIVACY_SET})
    reach = Reach.PROGRAMME


ROLES: dict[str, type[Role]] = {
    role.id: role
    for role in (
        Patient,
        Therapist,
        Supervisor,
        Manager,
        Expert,
        ResearchAssistant,
        Stakeholder,
        Administrator,
        PrivacyOfficer,
    )
}


def roles_with(permission: Permission) -> tuple[str, ...]:
    return tuple(role.id for role in ROLES.values() if permission in role.permissions)


def roles_reaching(reach: Reach, permission: Permission) -> tuple[str, ...]:
    """The roles that have the permission for the treatments of that reach."""
    return tuple(
        r.id for r in ROLES.values() if r.reaches(permission) is reach and permission in r.permissions
    )
