"""Sessions of therapy: those one gave or supervises, who was there, and the recording."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.programmes.models import Programme
from onmodel.sessions.actions import (
    add_recording,
    components,
    erase_recording,
    keep_attendance,
    keep_session,
    patients_of,
)
from onmodel.sessions.media import is_video
from onmodel.sessions.models import Recording, Session
from onmodel.web.access import programme_for, session_for
from onmodel.web.components import Column, EmptyState, Fact, Link, Status, Table
from onmodel.web.ranges import in_parts
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.session_forms import AttendanceForm, EraseForm, RecordingForm, SessionForm

A_PAGE = 25


@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest, slug: str) -> HttpResponse:
    """The sessions that one gave or supervises, and a form to keep another."""
    programme = programme_for(request, slug, Permission.SESSION_VIEW)
    form = SessionForm(request.POST or None, programme=programme, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            session = keep_session(programme=programme, by=request.user, **form.cleaned_data)
            messages.success(request, _("The session is kept."))
            return redirect("therapy-session", pk=session.pk)
        except ValidationError as error:
            form.add_error(None, error)
    found = Session.objects.visible_to(request.user).filter(programme=programme)
    found = found.select_related("group", "recording").prefetch_related(
        "therapists", "attendances__treatment__patient"
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    listed = _patients_in(page.object_list) | set(form.patients)
    saw(request, "sessions listed", programme, patients=sorted(listed))
    context = programme_page(request, programme, form=form, table=_table(programme, page))
    return render(request, "web/sessions.html", context, status=422 if request.method == "POST" else 200)


def _patients_in(found) -> set[int]:
    return {row.treatment.patient_id for session in found for row in session.attendances.all()}


def _table(programme: Programme, page) -> Table:
    names = component_names(programme)
    rows = [
        [
            Link(names.get(one.component, one.component), reverse("therapy-session", args=[one.pk])),
            one.held_on,
            with_whom(one),
            ", ".join(person.name for person in one.therapists.all()),
            recording_status(one),
        ]
        for one in page.object_list
    ]
    columns = [_("Session"), _("Held on"), _("With"), _("Given by"), _("Recording")]
    empty = EmptyState(_("No session is kept yet"), _("Keep one below; then its recording can be added."))
    return Table(_("Sessions"), columns, rows, empty=empty, caption_hidden=True, page=page)


def component_names(programme: Programme) -> dict[str, str]:
    language = get_language() or "en"
    return {name: label.in_(language) for name, label in components(programme).items()}


def with_whom(session: Session) -> str:
    if session.group:
        return session.group.name
    return ", ".join(row.treatment.patient.pseudonym for row in session.attendances.all()) or "–"


def recording_of(session: Session) -> Recording | None:
    return getattr(session, "recording", None)


def recording_status(session: Session) -> Status:
    recording = recording_of(session)
    if recording is None:
        return Status("none", of="recording")
    return Status("erased" if recording.erased_at else "kept", of="recording")


@require_GET
def therapy_session(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = session_for(request, pk)
    saw(request, "session opened", session, patients=patients_of(session))
    return _page(request, session)


def _page(request: HttpRequest, session: Session, status: int = 200, **forms: object) -> HttpResponse:
    programme, recording = session.programme, recording_of(session)
    may_keep = Permission.SESSION_KEEP in permissions_in(request.user, programme)
    may_watch = watchable(session)
    page = programme_page(
        request,
        programme,
        session=session,
        title=component_names(programme).get(session.component, session.component),
        facts=[
            Fact(_("Held on"), session.held_on),
            Fact(_("Given by"), ", ".join(one.name for one in session.therapists.all())),
            Fact(_("Team"), session.team.name if session.team else None),
            *([Fact(_("Group"), session.group.name)] if session.group else []),
        ],
        attendance=_attendance(session),
        attendance_form=forms.get("attendance") or AttendanceForm(session=session),
        recording=recording,
        media=player(recording) if may_watch and recording and recording.is_there else None,
        lost=bool(recording) and bool(recording.file) and not recording.is_there,
        withheld=bool(recording) and not recording.erased_at and not may_watch,
        recording_form=forms.get("recording") or RecordingForm(),
        erase_form=forms.get("erase") or EraseForm(),
        may_keep=may_keep,
    )
    page["crumbs"] = [
        *page["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Sessions"), reverse("sessions", args=[programme.slug])),
    ]
    return render(request, "web/session.html", page, status=status)


def watchable(session: Session) -> bool:
    """Whether there is a recording that every patient who was there allows, as it stands now."""
    return Session.objects.watchable().filter(pk=session.pk).exists()


def player(recording: Recording) -> dict[str, object]:
    """What the page needs to play it."""
    address = reverse("recording-media", args=[recording.session_id])
    return {"address": address, "video": is_video(recording.media_type), "type": recording.media_type}


def _attendance(session: Session) -> Table:
    against = set(session.attendances.refusing().values_list("pk", flat=True))
    rows = [
        [
            Link(row.treatment.patient.pseudonym, reverse("treatment", args=[row.treatment_id])),
            _("yes") if row.present else _("no"),
            Status("not_allowed" if row.pk in against else "allowed", of="consent"),
        ]
        for row in session.attendances.select_related("treatment__patient")
    ]
    columns = [_("Patient"), _("Was there"), Column(_("Recording"))]
    return Table(_("Who was there"), columns, rows, caption_hidden=True)


@require_POST
def session_attendance(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = session_for(request, pk, Permission.SESSION_KEEP)
    form = AttendanceForm(request.POST, session=session)
    if form.is_valid():
        keep_attendance(session=session, present=form.cleaned_data["present"], by=request.user)
        messages.success(request, _("Who was there is kept."))
        return redirect("therapy-session", pk=pk)
    return _page(request, session, 422, attendance=form)


@require_POST
def session_recording(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add the recording: what is refused says why, and the rest of the page stays."""
    session = session_for(request, pk, Permission.SESSION_KEEP)
    form = RecordingForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_recording(session=session, by=request.user, **form.cleaned_data)
            messages.success(request, _("The recording is kept."))
            return redirect("therapy-session", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, session, 422, recording=form)


@require_POST
def recording_erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    session = session_for(request, pk, Permission.SESSION_KEEP)
    form = EraseForm(request.POST)
    if form.is_valid():
        try:
            erase_recording(session=session, by=request.user, **form.cleaned_data)
            messages.success(request, _("The recording is erased."))
            return redirect("therapy-session", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, session, 422, erase=form)


@require_GET
def recording_media(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The file, in the parts that a player asks for; only while every patient who was there allows it."""
    session = session_for(request, pk)
    return stream(request, session)


def stream(request: HttpRequest, session: Session) -> HttpResponse:
    recording = recording_of(session)
    if recording is None or not watchable(session) or not recording.is_there:
        raise Http404
    saw(request, "recording watched", session, patients=patients_of(session))
    return in_parts(request, recording.open_plain, size=recording.size or 0, media_type=recording.media_type)
