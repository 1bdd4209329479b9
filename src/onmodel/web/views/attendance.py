"""For managers: that meetings were held or not, and who of the staff came; nothing of what was said."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme
from onmodel.supervision.actions import keep_meeting
from onmodel.supervision.attendance import attendance_of, open_kinds
from onmodel.supervision.models import Meeting
from onmodel.web.access import programme_for
from onmodel.web.attendance_form import AttendanceForm
from onmodel.web.components import EmptyState, Status, Table
from onmodel.web.rating_form import in_words
from onmodel.web.seen import saw
from onmodel.web.several_forms import OneForm
from onmodel.web.views.meetings import page_of
from onmodel.web.views.several import A_PAGE, log_forms, title_of, waiting_of
from onmodel.web.views.supervision import name_of_kind

#: So many of those logged last are shown.
LATEST = 10


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """The planned meetings that nobody logged, each with whether it was held and who came."""
    programme = programme_for(request, slug, Permission.ATTENDANCE_LOG)
    if request.method == "GET":
        return _page(request, programme)
    forms = _waiting(request, programme, request.POST)
    if wrong := log_forms(request, forms):
        return _page(request, programme, forms=forms, wrong=wrong)
    return redirect("attendance", slug=slug)


@require_POST
def attendance_new(request: HttpRequest, slug: str) -> HttpResponse:
    """One that was held; where it was planned for that day, that one."""
    programme = programme_for(request, slug, Permission.ATTENDANCE_LOG)
    form = AttendanceForm(request.POST, programme=programme)
    if form.is_valid():
        try:
            keep_meeting(programme=programme, by=request.user, **form.meeting())
            messages.success(request, _("The meeting is logged."))
            return redirect("attendance", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, programme, form=form)


def _waiting(request: HttpRequest, programme: Programme, data=None) -> list[OneForm]:
    waiting = waiting_of(attendance_of(request.user, programme))[:A_PAGE]
    return [OneForm(data, meeting=meeting) for meeting in waiting]


def _page(
    request: HttpRequest,
    programme: Programme,
    *,
    forms: list[OneForm] | None = None,
    wrong: list[str] | None = None,
    form: AttendanceForm | None = None,
) -> HttpResponse:
    saw(request, "rhythm opened", programme)
    shown = _waiting(request, programme) if forms is None else forms
    context = page_of(
        request,
        programme,
        rows=[(title_of(programme, one.meeting), one) for one in shown],
        wrong=wrong or [],
        a_page=A_PAGE,
        form=form or AttendanceForm(programme=programme),
        kinds=[in_words(kind.label) for kind in open_kinds(programme).values()],
        logged=_logged(request, programme),
    )
    return render(request, "web/attendance.html", context, status=422 if wrong or form else 200)


def _logged(request: HttpRequest, programme: Programme) -> Table:
    found = attendance_of(request.user, programme).exclude(state=Meeting.State.PLANNED)
    found = found.annotate(
        came=Count("attendees", filter=Q(attendees__present=True)), expected=Count("attendees")
    )
    rows = [
        [
            capfirst(name_of_kind(programme, one.kind)),
            one.day,
            one.team.name if one.team else "–",
            Status(one.state, of="meeting"),
            _("%(came)s of %(expected)s") % {"came": one.came, "expected": one.expected}
            if one.state == Meeting.State.HELD
            else one.get_reason_display(),
        ]
        for one in found.order_by(*Meeting._meta.ordering)[:LATEST]
    ]
    columns = [_("Meeting"), _("On"), _("Team"), _("State"), _("Who came, or why not")]
    empty = EmptyState(_("No meeting is logged yet"), "")
    return Table(_("Logged last"), columns, rows, empty=empty, caption_hidden=True, id="logged")
