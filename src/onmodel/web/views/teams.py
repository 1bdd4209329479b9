"""A team: how it works as its supervisor and its members see it, and the forms for both."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from onmodel.access.permissions import Permission
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme, Team
from onmodel.teams.actions import answer_as_member, keep_factors, rate_team
from onmodel.teams.course import Asked, Rated, asked_of_members, rated_by_supervisor
from onmodel.teams.members import members_of
from onmodel.teams.models import FEWEST_ANSWERS, MemberRound
from onmodel.teams.rhythm import FACTORS, asked_items, due_on, factor_items, form_of, period_of
from onmodel.web.access import team_for
from onmodel.web.components import Fact, Status
from onmodel.web.forms import DateInput
from onmodel.web.rating_form import Field, field_of, in_words, mark_words
from onmodel.web.sections import programme_page
from onmodel.web.team_page import both_sides, factors_table, items_table, periods_table
from onmodel.wording.numbers import date_written


class DayForm(forms.Form):
    rated_on = forms.DateField(label=gettext_lazy("As of"), widget=DateInput)


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """Whether the reader is asked in the period of today, and has answered."""

    asked: bool
    answered: bool
    members: int
    count: int


@require_GET
def team(request: HttpRequest, slug: str, team: int) -> HttpResponse:
    found = team_for(request, slug, team)
    rated = rated_by_supervisor(found)
    asked = asked_of_members(found, timezone.localdate())
    instrument = form_of(found.programme)
    turnout = turnout_of(found, request)
    context = team_context(
        request,
        found,
        facts=_facts(found, rated, turnout),
        turnout=turnout,
        may_rate=_may_rate(request, found),
        least=FEWEST_ANSWERS,
        factors=factors_table(found),
        **(_parts(found, instrument, rated, asked) if instrument else {}),
    )
    return render(request, "web/team.html", context)


def team_context(request: HttpRequest, found: Team, **context: object) -> dict[str, object]:
    page = programme_page(request, found.programme, team=found, **context)
    page["crumbs"] = [
        *page["crumbs"],
        (found.programme.name, reverse("programme", args=[found.programme.slug])),
    ]
    return page


def _parts(
    found: Team, instrument: Instrument, rated: Sequence[Rated], asked: Sequence[Asked]
) -> dict[str, object]:
    some = rated or any(one.marks for one in asked)
    return {
        "instrument": instrument,
        "course": both_sides(found, instrument, rated, asked) if some else None,
        "periods": periods_table(instrument, rated, asked),
        "items": items_table(instrument, rated, asked),
    }


def _may_rate(request: HttpRequest, found: Team) -> bool:
    return Team.objects.visible_to(request.user, Permission.TEAM_RATE).filter(pk=found.pk).exists()


def turnout_of(found: Team, request: HttpRequest) -> Turnout:
    today = timezone.localdate()
    members = set(members_of(found, today).values_list("pk", flat=True))
    period = period_of(found.programme, today)
    round_ = MemberRound.objects.filter(team=found, starts_on=period.starts_on).first() if period else None
    own = request.user.pk in members
    return Turnout(
        asked=own and period is not None,
        answered=own and round_ is not None and round_.turns.filter(user=request.user).exists(),
        members=len(members),
        count=round_.answered if round_ else 0,
    )


def _facts(found: Team, rated: Sequence[Rated], turnout: Turnout) -> list[Fact]:
    last = rated[-1].day if rated else None
    due = due_on(found, last)
    today = timezone.localdate()
    late = due is not None and due <= today
    return [
        Fact(_("Members"), turnout.members),
        Fact(_("Last rated by the supervisor"), last or _("not yet")),
        Fact(
            _("Next rating due"),
            _("the pack asks for none") if due is None else due,
            _("It is time to rate the team.") if late else "",
        ),
        Fact(
            _("Answered by members in this period"),
            _("%(n)s of %(members)s") % {"n": turnout.count, "members": turnout.members},
        ),
    ]


def due_word(found: Team, last: datetime.date | None) -> object:
    """A team's next rating in a cell."""
    due = due_on(found, last)
    if due is None:
        return "–"
    return Status("overdue", of="due") if due <= timezone.localdate() else due


# --- the forms ---
@require_http_methods(["GET", "POST"])
def team_rate(request: HttpRequest, slug: str, team: int) -> HttpResponse:
    """The supervisor's five items."""
    found = team_for(request, slug, team, Permission.TEAM_RATE)
    instrument = _instrument(form_of(found.programme))
    texts = [item.id for item in instrument.all_items() if item.kind == "text"]
    return _dated(
        request, found, instrument, [*asked_items(instrument), *texts], rate_team, _("Rate the team")
    )


@require_http_methods(["GET", "POST"])
def team_factors(request: HttpRequest, slug: str, team: int) -> HttpResponse:
    """The factors at the level of the team, as agreed on a day."""
    found = team_for(request, slug, team, Permission.TEAM_RATE)
    instrument = _instrument(found.programme.definitions.instruments.get(FACTORS))
    items = factor_items(found.programme)
    return _dated(request, found, instrument, items, keep_factors, _("Enter the factors of the team"))


def _instrument(found: Instrument | None) -> Instrument:
    if found is None:
        raise Http404
    return found


def _dated(
    request: HttpRequest, found: Team, instrument: Instrument, items: Sequence[str], keep, title: str
) -> HttpResponse:
    """A form about the team as of a day; `keep` is the action."""
    day = DayForm(request.POST or None, initial={"rated_on": timezone.localdate()})
    errors: list[str] = []
    if request.method == "POST" and day.is_valid():
        try:
            keep(team=found, answers=_sent(request, items), by=request.user, **day.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect("team", slug=found.programme.slug, team=found.pk)
        except ValidationError as error:
            errors = error.messages
    return _form_page(request, found, instrument, items, title, errors, day=day)


@require_http_methods(["GET", "POST"])
def team_answer(request: HttpRequest, slug: str, team: int) -> HttpResponse:
    """The same items for a member, without a name. Nothing about it is written to the trail."""
    found = team_for(request, slug, team)
    instrument = _instrument(form_of(found.programme))
    turnout = turnout_of(found, request)
    if not turnout.asked:
        raise PermissionDenied
    items, errors = asked_items(instrument), []
    if request.method == "POST":
        try:
            answer_as_member(team=found, answers=_sent(request, items), by=request.user)
            messages.success(
                request, _("Thank you. Your answers are counted; nobody can see which were yours.")
            )
            return redirect("team", slug=found.programme.slug, team=found.pk)
        except ValidationError as error:
            errors = error.messages
    elif turnout.answered:
        messages.info(request, _("You answered in this period already; it counted once."))
        return redirect("team", slug=found.programme.slug, team=found.pk)
    title = _("How does the team work?")
    return _form_page(request, found, instrument, items, title, errors, anonymous=True)


def _sent(request: HttpRequest, items: Sequence[str]) -> dict[str, str]:
    return {item: request.POST.get(item, "").replace("\0", "").strip()[:10_000] for item in items}


def _form_page(
    request: HttpRequest,
    found: Team,
    instrument: Instrument,
    items: Sequence[str],
    title: str,
    errors: Sequence[str],
    **more: object,
) -> HttpResponse:
    context = team_context(
        request,
        found,
        title=title,
        instrument=instrument,
        marks=mark_words(instrument),
        rows=_fields(instrument, items, _sent(request, items)),
        errors=errors,
        least=FEWEST_ANSWERS,
        **more,
    )
    context["crumbs"] = [
        *context["crumbs"],
        (found.name, reverse("team", args=[found.programme.slug, found.pk])),
    ]
    wrong = bool(errors) or request.method == "POST"
    return render(request, "web/team_form.html", context, status=422 if wrong else 200)


def _fields(instrument: Instrument, items: Sequence[str], sent: dict[str, str]) -> list[Field]:
    given = {item: _number(value) for item, value in sent.items()}
    return [
        field_of(instrument, item, given, in_words(item.label, item.id))
        for item in (instrument.item(name) for name in items)
    ]


def _number(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value


def teams_of(programme: Programme, request: HttpRequest) -> list[Team]:
    """The programme's teams that the reader may open."""
    seen = Team.objects.visible_to(request.user, Permission.TEAM_VIEW).in_force()
    return list(seen.filter(programme=programme).select_related("programme"))


def period_note(programme: Programme) -> str:
    period = period_of(programme, timezone.localdate())
    if period is None:
        return ""
    return _("This period runs from %(first)s to %(last)s.") % {
        "first": date_written(period.starts_on),
        "last": date_written(period.ends_on),
    }
