"""A therapist's own self-check: fill it, see the course, show one to the own supervisors, take it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.selfcheck.actions import keep_check, remove_check, show_check, take_back_check
from onmodel.selfcheck.course import Checked, changes, experienced_colleagues, form_of, opened
from onmodel.selfcheck.models import SelfCheck
from onmodel.web.access import programme_for, self_check_for
from onmodel.web.rating_form import Field, field_of, in_words, mark_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.selfcheck_parts import (
    changes_table,
    chart_of,
    colleague_lines,
    experiences,
    own_start,
    own_table,
    texts_of,
)


@require_http_methods(["GET", "POST"])
def self_check(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.SELF_CHECK)
    instrument = form_of(programme)
    if instrument is None:
        raise Http404
    errors: list[str] = []
    if request.method == "POST":
        try:
            wants = bool(request.POST.get("wants_support"))
            keep_check(
                programme=programme, answers=_sent(request, instrument), wants_support=wants, by=request.user
            )
            messages.success(request, _("It is kept, and only you can see it."))
            return redirect("self-check", slug=slug)
        except ValidationError as error:
            errors = error.messages
    return _page(request, programme, instrument, errors)


def _page(
    request: HttpRequest, programme: Programme, instrument: Instrument, errors: list[str]
) -> HttpResponse:
    saw(request, "own self-checks opened", programme)
    checks = SelfCheck.objects.of(request.user).filter(programme=programme)
    course = opened(instrument, checks)
    today = timezone.localdate()
    since, level = own_start(programme, request.user)
    context = programme_page(
        request,
        programme,
        instrument=instrument,
        errors=errors,
        filled_today=bool(course) and course[-1].check.checked_on == today,
        marks=mark_words(instrument),
        rows=_fields(instrument, _sent(request, instrument)),
        wants=bool(request.POST.get("wants_support")),
        course=_course(request, programme, instrument, course) if course else None,
        since=since,
        level=level,
        experiences=experiences(programme),
        asks=bool(course) and course[-1].wants_support,
        colleagues=colleague_lines(experienced_colleagues(programme, request.user)),
    )
    context["crumbs"] = [*context["crumbs"], (_("Adherence"), reverse("adherence", args=[programme.slug]))]
    return render(request, "web/self_check.html", context, status=422 if errors else 200)


def _course(
    request: HttpRequest, programme: Programme, instrument: Instrument, course: list[Checked]
) -> dict[str, object]:
    return {
        "chart": chart_of(instrument, course, programme.is_simulated) if len(course) > 1 else None,
        "changes": changes_table(instrument, changes(instrument, course)),
        "table": own_table(request, instrument, course),
        "texts": texts_of(instrument, course),
    }


def _sent(request: HttpRequest, instrument: Instrument) -> dict[str, str]:
    return {
        item.id: request.POST.get(item.id, "").replace("\0", "").strip()[:10_000]
        for item in instrument.all_items()
    }


def _fields(instrument: Instrument, sent: dict[str, str]) -> list[Field]:
    given = {item: float(value) if value.isdecimal() else value for item, value in sent.items()}
    return [
        field_of(instrument, item, given, in_words(item.label, item.id)) for item in instrument.all_items()
    ]


@require_POST
def self_check_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = self_check_for(request, pk)
    show_check(check=found, by=request.user)
    messages.success(request, _("Your supervisors can see this self-check now."))
    return redirect("self-check", slug=found.programme.slug)


@require_POST
def self_check_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = self_check_for(request, pk)
    take_back_check(check=found, by=request.user)
    messages.success(request, _("Only you can see this self-check now."))
    return redirect("self-check", slug=found.programme.slug)


@require_POST
def self_check_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = self_check_for(request, pk)
    remove_check(check=found, by=request.user)
    messages.success(request, _("The self-check is removed."))
    return redirect("self-check", slug=found.programme.slug)
