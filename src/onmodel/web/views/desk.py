"""The expert's desk: reports received, questions back, and where to look first."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission, roles_with
from onmodel.pirs.desk import Followed, followed_by
from onmodel.pirs.models import Pir, Question
from onmodel.web.components import EmptyState, Link, Status, Table
from onmodel.web.desk_parts import order_table, supervisors_rated
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written

#: The latest of each, unread reports and open questions first.
SHOWN = 40


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Of all programmes that the reader follows for the expert centre."""
    roles = roles_with(Permission.PIR_RECEIVE)
    if not request.user.memberships.in_force().filter(role__in=roles).exists():
        raise PermissionDenied
    today = timezone.localdate()
    followed = followed_by(request.user, today)
    saw(request, "expert's desk opened", request.user)
    context = {
        "received": _received(request),
        "asked": _asked(request),
        "order": order_table(followed),
        "programmes": _programmes(followed, today),
        "supervisors": supervisors_rated(request.user, followed, today),
        "organisations": {one.programme.organisation: None for one in followed},
        "crumbs": [(_("Home"), reverse("home"))],
        "simulated": any(one.programme.is_simulated for one in followed),
    }
    return render(request, "web/desk.html", context)


def _received(request: HttpRequest) -> Table:
    found = Pir.objects.received_by(request.user).with_unread(request.user).select_related("programme")
    rows = [
        [
            Link(
                f"{date_written(pir.start)} – {date_written(pir.end)}", reverse("pir-record", args=[pir.pk])
            ),
            pir.programme.name,
            timezone.localtime(pir.frozen_at).date(),
            Status("unread" if pir.unread else "read", of="pir"),
        ]
        for pir in found.order_by("-unread", "-frozen_at", "pk")[:SHOWN]
    ]
    columns = [_("Report"), _("Programme"), _("Received"), _("Read?")]
    empty = EmptyState(
        _("No report received yet"), _("It comes here once supervisor and manager have signed.")
    )
    return Table(_("Reports received"), columns, rows, empty=empty, caption_hidden=True, id="received-table")


def _asked(request: HttpRequest) -> Table:
    questions = Question.objects.filter(pir__in=Pir.objects.received_by(request.user))
    ordered = questions.select_related("pir__programme", "asked_by").order_by("answered_at", "-asked_at")
    found = sorted(ordered[:SHOWN], key=lambda question: question.answered_at is not None)
    rows = [
        [
            Link(question.text[:120], reverse("pir-record", args=[question.pir_id]) + "#questions"),
            question.pir.programme.name,
            question.asked_by.name,
            timezone.localtime(question.asked_at).date(),
            question.answer or _("waits for an answer"),
        ]
        for question in found
    ]
    columns = [_("Question"), _("Programme"), _("Asked by"), _("On"), _("Answer")]
    empty = EmptyState(
        _("Nothing was asked"), _("Ask the supervisor about a section on the page of a report.")
    )
    return Table(_("Questions back"), columns, rows, empty=empty, caption_hidden=True, id="asked-table")


def _programmes(followed: list[Followed], today: datetime.date) -> Table:
    rows = [
        [
            Link(one.programme.name, reverse("pir-years", args=[one.programme.slug])),
            date_written(one.last.end) if one.last else "–",
            _due(one, today),
            date_written(one.audited_on) if one.audited_on else _("none yet"),
            _audit(one),
        ]
        for one in followed
    ]
    columns = [
        _("Programme"),
        _("Last report up to"),
        _("Next report due"),
        _("Last audit"),
        _("Next audit"),
    ]
    empty = EmptyState(_("You follow no programme"), "")
    return Table(
        _("Reports and audits"), columns, rows, empty=empty, caption_hidden=True, id="programmes-table"
    )


def _audit(one: Followed) -> Link:
    """Where it is planned, and where to plan it."""
    words = date_written(one.audit_on) if one.audit_on else _("plan one")
    return Link(words, reverse("criteria", args=[one.programme.slug]))


def _due(one: Followed, today: datetime.date) -> object:
    if one.due is None:
        return "–" if one.last else _("no report yet")
    word = "late" if one.is_late(today) else "on_time"
    return format_html("{} {}", date_written(one.due.due_on), Status(word, of="pir"))
