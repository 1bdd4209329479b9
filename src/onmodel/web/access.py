"""Load and authorise in one step: a stranger gets 404, somebody of the programme without the right 403."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from onmodel.access.permissions import Permission, roles_with
from onmodel.access.policy import has_permission, has_permission_throughout, require
from onmodel.adherence.models import Rating
from onmodel.criteria.models import ConsensusRound, CriteriaReview, Improvement
from onmodel.feedback.impressions import works_in
from onmodel.followup.models import Action
from onmodel.outcomes.models import ImportRun
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import Treatment
from onmodel.pirs.models import Pir
from onmodel.programmes.models import Organisation, Programme, Team
from onmodel.reports.models import ReleasedReport
from onmodel.selfcheck.models import SelfCheck
from onmodel.sessions.models import Session
from onmodel.signals.models import Signal
from onmodel.supervision.models import Agreement, Meeting, group_sessions_of
from onmodel.supervisors.models import Exchange, SupervisorRating


def programme_for(request: HttpRequest, slug: str, permission: Permission) -> Programme:
    """The programme, if the user has a role in it and that role the permission."""
    known = Programme.objects.known_to(request.user).select_related("organisation")
    programme = get_object_or_404(known.prefetch_related("thresholds"), slug=slug)
    require(request.user, permission, programme=programme)
    return programme


def treatment_for(
    request: HttpRequest, pk: UUID, permission: Permission = Permission.TREATMENT_VIEW, *, own: bool = True
) -> Treatment:
    """The treatment, if the user has the permission for it; with `own` its patient may as well.

    Somebody of its programme who has the permission for nobody there gets 403.
    """
    treatments = Treatment.objects.select_related(
        "patient", "programme__organisation", "team", "primary_clinician"
    )
    treatment = get_object_or_404(treatments, pk=pk)
    theirs = is_own(request, treatment)
    visible = Treatment.objects.visible_to(request.user, permission).filter(pk=pk).exists()
    if visible and (own or not theirs):
        return treatment
    return _refuse(request, treatment.programme, permission)


def treated_for(request: HttpRequest, pk: UUID) -> Treatment:
    """The treatment, for who works in it today."""
    treatment = treatment_for(request, pk, Permission.ANSWERS_ENTER, own=False)
    if not works_in(request.user, treatment):
        raise PermissionDenied
    return treatment


def treated_or_own_for(request: HttpRequest, pk: UUID) -> Treatment:
    """The treatment, for its patient and for who works in it today."""
    treatment = treatment_for(request, pk, Permission.ANSWERS_ENTER)
    return treatment if is_own(request, treatment) else treated_for(request, pk)


def organisation_for(request: HttpRequest, slug: str, permission: Permission) -> Organisation:
    """The organisation, if the user has a role in it and one of those the permission."""
    memberships = request.user.memberships.in_force().filter(organisation__slug=slug)
    organisation = get_object_or_404(Organisation, pk__in=memberships.values("organisation"))
    if not memberships.filter(role__in=roles_with(permission)).exists():
        raise PermissionDenied
    return organisation


def whole_organisation_for(request: HttpRequest, slug: str, permission: Permission) -> Organisation:
    """The organisation, if the user has the permission in all of it: by a role there that names no
    programme, or in each of its programmes."""
    organisation = organisation_for(request, slug, permission)
    whole = request.user.memberships.in_force().filter(organisation=organisation, programme=None)
    if whole.filter(role__in=roles_with(permission)).exists():
        return organisation
    programmes = organisation.programmes.all()
    if not has_permission_throughout(request.user, permission, programmes=programmes):
        raise PermissionDenied
    return organisation


def emergency_for(request: HttpRequest, pk: UUID) -> EmergencyAccess:
    """The use of emergency access, if the user may judge those of its programme."""
    accesses = EmergencyAccess.objects.select_related("treatment__patient", "treatment__programme", "user")
    access = get_object_or_404(accesses, pk=pk)
    treatment_for(request, access.treatment_id, Permission.EMERGENCY_REVIEW, own=False)
    return access


def signal_for(request: HttpRequest, pk: UUID, permission: Permission = Permission.SIGNALS_VIEW) -> Signal:
    """The signal, if the user may see it, and has the permission in its programme."""
    signals = Signal.objects.select_related("programme", "treatment__patient", "person", "team")
    signal = get_object_or_404(signals, pk=pk)
    if Signal.objects.visible_to(request.user, permission).filter(pk=pk).exists():
        return signal
    return _refuse(request, signal.programme, permission)


def action_for(request: HttpRequest, pk: UUID, number: int) -> Action:
    """An action that answers a signal, if the user may handle that signal."""
    signal = signal_for(request, pk, Permission.SIGNALS_HANDLE)
    action = get_object_or_404(signal.actions.select_related("owner", "programme"), pk=number)
    action.signal = signal
    return action


def released_for(request: HttpRequest, pk: UUID, permission: Permission) -> ReleasedReport:
    """The released report, if the user may see it, and has the permission in its programme."""
    reports = ReleasedReport.objects.select_related("programme__organisation")
    report = get_object_or_404(reports, pk=pk)
    if not ReleasedReport.objects.visible_to(request.user).filter(pk=pk).exists():
        return _refuse(request, report.programme, permission)
    require(request.user, permission, programme=report.programme)
    return report


def pir_for(request: HttpRequest, pk: UUID, *permissions: Permission) -> Pir:
    """The report, if the user may see it, and has one of the permissions in its programme."""
    pirs = Pir.objects.select_related("programme__organisation", "drafted_by")
    pir = get_object_or_404(pirs.prefetch_related("programme__thresholds"), pk=pk)
    if not Pir.objects.visible_to(request.user).filter(pk=pk).exists():
        return _refuse(request, pir.programme, Permission.PIR_VIEW)
    if not any(has_permission(request.user, one, programme=pir.programme) for one in permissions):
        raise PermissionDenied
    return pir


def import_for(request: HttpRequest, pk: UUID) -> ImportRun:
    """The import, if the user may import into its programme."""
    runs = ImportRun.objects.select_related("programme__organisation", "started_by")
    run = get_object_or_404(runs, pk=pk)
    if ImportRun.objects.visible_to(request.user).filter(pk=pk).exists():
        return run
    return _refuse(request, run.programme, Permission.OUTCOMES_IMPORT)


def is_own(request: HttpRequest, treatment: Treatment) -> bool:
    """Whether the reader is the patient of the treatment, by an account, a link or a code."""
    if request.user.is_authenticated:
        return treatment.patient.user_id == request.user.pk
    return request.patient_access is not None and request.patient_access.treatment_id == treatment.pk


#: Parts of a treatment that a patient who came with a link or code has at an address without its id.
OWN_ADDRESSES = {
    "treatment": "my-treatment",
    "consent": "my-consent",
    "patient-copy": "my-copy",
    "access-log": "my-access-log",
    "access-log-file": "my-access-log-file",
    "letter-file": "my-letter",
    "reviews": "my-reviews",
    "plans": "my-plans",
    "plan": "my-plan",
    "plan-file": "my-plan-file",
}


def part_of(request: HttpRequest, treatment: Treatment, name: str, *more: object) -> str:
    """The address of a part of the treatment, for this reader."""
    if request.user.is_authenticated:
        return reverse(name, args=[treatment.pk, *more])
    return reverse(OWN_ADDRESSES[name], args=more)


def _refuse(request: HttpRequest, programme: Programme, permission: Permission):
    """403 for somebody of the programme without the permission; 404 for everybody else."""
    if Programme.objects.known_to(request.user).filter(pk=programme.pk).exists():
        require(request.user, permission, programme=programme)
    raise Http404


def visible_treatments(request: HttpRequest, programme: Programme) -> QuerySet[Treatment]:
    return Treatment.objects.visible_to(request.user).filter(programme=programme)


def session_for(request: HttpRequest, pk: UUID, permission: Permission = Permission.SESSION_VIEW) -> Session:
    """The session, if the user gave it or supervises its team."""
    session = get_object_or_404(Session.objects.select_related("programme", "team", "group"), pk=pk)
    if Session.objects.visible_to(request.user, permission).filter(pk=pk).exists():
        return session
    return _refuse(request, session.programme, permission)


def rating_for(request: HttpRequest, pk: UUID, permission: Permission = Permission.SESSION_VIEW) -> Rating:
    """The rating, if the user sees it; with ADHERENCE_RATE, if the user supervises the session's team."""
    related = ("programme", "session__programme", "therapist", "rater", "assignment", "session__recording")
    rating = get_object_or_404(Rating.objects.select_related(*related), pk=pk)
    if permission is Permission.ADHERENCE_RATE:
        supervised = Session.objects.visible_to(request.user, permission)
        if supervised.filter(pk=rating.session_id).exists():
            return rating
    elif Rating.objects.visible_to(request.user).filter(pk=pk).exists():
        return rating
    return _refuse(request, rating.programme, permission)


def meeting_for(request: HttpRequest, pk: UUID) -> Meeting:
    """The meeting, if the user works in or supervises its team, or was expected at it."""
    meeting = get_object_or_404(Meeting.objects.select_related("programme", "team", "session"), pk=pk)
    if Meeting.objects.visible_to(request.user).filter(pk=pk).exists():
        return meeting
    return _refuse(request, meeting.programme, Permission.SUPERVISION_VIEW)


def agreement_for(request: HttpRequest, pk: UUID) -> Agreement:
    """The agreement, if the user sees its meeting."""
    agreement = get_object_or_404(Agreement.objects.select_related("meeting"), pk=pk)
    agreement.meeting = meeting_for(request, agreement.meeting_id)
    return agreement


def group_session_for(request: HttpRequest, pk: UUID) -> Session:
    """A session of a group of a team that the user works in or supervises."""
    session = get_object_or_404(Session.objects.select_related("programme", "team", "group"), pk=pk)
    if group_sessions_of(request.user).filter(pk=pk).exists():
        return session
    return _refuse(request, session.programme, Permission.SUPERVISION_VIEW)


def supervisor_rating_for(request: HttpRequest, pk: UUID) -> SupervisorRating:
    """The rating of a supervisor, if the user is its expert, another one there, or the supervisor."""
    related = ("programme", "supervisor", "expert", "assignment", "meeting")
    rating = get_object_or_404(SupervisorRating.objects.select_related(*related), pk=pk)
    if SupervisorRating.objects.visible_to(request.user).filter(pk=pk).exists():
        return rating
    return _refuse(request, rating.programme, Permission.SUPERVISORS_RATE)


def exchange_for(request: HttpRequest, pk: UUID) -> Exchange:
    """The shared supervision, if the user shared it or was asked to look at it."""
    related = ("programme", "meeting__team", "shared_by", "shared_with")
    exchange = get_object_or_404(Exchange.objects.select_related(*related), pk=pk)
    if Exchange.objects.visible_to(request.user).filter(pk=pk).exists():
        return exchange
    return _refuse(request, exchange.programme, Permission.SUPERVISION_LEAD)


def team_for(request: HttpRequest, slug: str, pk: int, permission: Permission = Permission.TEAM_VIEW) -> Team:
    """The team, if a role that the user has in it or in its whole programme gives the permission."""
    teams = Team.objects.select_related("programme__organisation").filter(programme__slug=slug)
    team = get_object_or_404(teams, pk=pk)
    if Team.objects.visible_to(request.user, permission).filter(pk=pk).exists():
        return team
    return _refuse(request, team.programme, permission)


def self_check_for(request: HttpRequest, pk: UUID) -> SelfCheck:
    """The self-check, if it is the reader's own and (s)he works in its programme; nobody else's address."""
    own = SelfCheck.objects.of(request.user).select_related("programme__organisation")
    found = get_object_or_404(own, pk=pk)
    if not has_permission(request.user, Permission.SELF_CHECK, programme=found.programme):
        raise Http404
    return found


def criteria_review_for(request: HttpRequest, pk: UUID) -> CriteriaReview:
    """The review, if it is planned, finished or the reader's own, for who sees the requirements there."""
    reviews = CriteriaReview.objects.select_related("programme__organisation", "assessor", "assignment")
    found = get_object_or_404(reviews, pk=pk)
    if CriteriaReview.objects.visible_to(request.user).filter(pk=pk).exists():
        return found
    return _refuse(request, found.programme, Permission.REQUIREMENTS_VIEW)


def improvement_for(request: HttpRequest, pk: UUID) -> Improvement:
    """An improvement of a programme whose requirements the reader attests."""
    found = get_object_or_404(
        Improvement.objects.select_related("action__programme__organisation", "action__owner"), pk=pk
    )
    if Improvement.objects.visible_to(request.user).filter(pk=pk).exists():
        require(request.user, Permission.REQUIREMENTS_ATTEST, programme=found.programme)
        return found
    return _refuse(request, found.programme, Permission.REQUIREMENTS_ATTEST)


def consensus_for(request: HttpRequest, pk: UUID) -> ConsensusRound:
    """The round, if the reader was asked to score in it or sees the requirements of its programme."""
    rounds = ConsensusRound.objects.select_related("programme__organisation", "leader")
    found = get_object_or_404(rounds, pk=pk)
    if ConsensusRound.objects.visible_to(request.user).filter(pk=pk).exists():
        return found
    return _refuse(request, found.programme, Permission.REQUIREMENTS_VIEW)
