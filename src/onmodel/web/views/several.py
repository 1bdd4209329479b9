"""Log several planned meetings at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme
from onmodel.supervision.models import Meeting, MeetingQuerySet
from onmodel.supervision.several import log_several
from onmodel.web.access import programme_for
from onmodel.web.seen import saw
from onmodel.web.several_forms import OneForm
from onmodel.web.views.meetings import page_of
from onmodel.web.views.supervision import name_of_kind
from onmodel.wording.numbers import date_written

#: So many at a time.
A_PAGE = 15


@require_http_methods(["GET", "POST"])
def meetings_several(request: HttpRequest, slug: str) -> HttpResponse:
    """The planned meetings that nobody has logged, oldest first, each with whether it was held."""
    programme = programme_for(request, slug, Permission.SUPERVISION_VIEW)
    waiting = list(_waiting(request, programme)[:A_PAGE])
    data = request.POST if request.method == "POST" else None
    forms = [OneForm(data, meeting=meeting) for meeting in waiting]
    wrong: list[str] = []
    if data is not None:
        wrong = log_forms(request, forms)
        if not wrong:
            return redirect("supervision", slug=slug)
    else:
        saw(request, "supervision listed", programme)
    context = page_of(
        request,
        programme,
        rows=[(title_of(programme, form.meeting), form) for form in forms],
        wrong=wrong,
        a_page=A_PAGE,
    )
    return render(request, "web/meetings_several.html", context, status=422 if wrong else 200)


def _waiting(request: HttpRequest, programme: Programme):
    mine = Meeting.objects.visible_to(request.user).filter(programme=programme)
    return waiting_of(mine.select_related("team"))


def waiting_of(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Those that nobody logged, oldest first."""
    found = meetings.not_logged(timezone.localdate()).prefetch_related("attendees")
    return found.order_by("day", "starts_at", "pk")


def title_of(programme: Programme, meeting: Meeting) -> str:
    parts = [capfirst(name_of_kind(programme, meeting.kind)), date_written(meeting.day)]
    if meeting.starts_at:
        parts.append(f"{meeting.starts_at:%H:%M}")
    if meeting.team:
        parts.append(meeting.team.name)
    return ", ".join(parts)


def log_forms(request: HttpRequest, forms: list[OneForm]) -> list[str]:
    """What was refused, in words; nothing is kept then."""
    understood = [form.is_valid() for form in forms]  # each, so that each says what is wrong with it
    if not all(understood):
        return [_("Some of it could not be understood; see below.")]
    try:
        logged = log_several(said=[said for form in forms if (said := form.said())], by=request.user)
    except ValidationError as error:
        return error.messages
    words = ngettext("One meeting is logged.", "%(n)s meetings are logged.", logged)
    messages.success(request, words % {"n": logged})
    return []
