"""A programme on one page: how many patients, how they fare, which teams, what asks for attention."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.programmes.models import Programme
from onmodel.reports.overview import overview
from onmodel.requirements.picture import YEAR
from onmodel.signals.models import Signal
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, EmptyState, Fact, Link, Table
from onmodel.web.sections import programme_page
from onmodel.web.views.teams import teams_of


def programme(request: HttpRequest, slug: str) -> HttpResponse:
    found = programme_for(request, slug, Permission.PROGRAMME_VIEW)
    allowed = permissions_in(request.user, found)
    context = programme_page(
        request,
        found,
        facts=_facts(request, found, allowed),
        format=_format(found),
        chart=_chart(found),
        teams=_teams(request, found),
        may_import=Permission.OUTCOMES_IMPORT in allowed,
    )
    return render(request, "web/programme.html", context)


def _facts(request: HttpRequest, programme: Programme, allowed: frozenset[Permission]) -> list[Fact]:
    facts = [Fact(label, n) for label, n in _counts(programme).items()]
    if Permission.SIGNALS_VIEW in allowed:
        signals = Signal.objects.visible_to(request.user).unsettled().filter(programme=programme)
        facts.append(
            Fact(_("Open signals"), Link(str(signals.count()), reverse("signals", args=[programme.slug])))
        )
    return facts


def _counts(programme: Programme) -> dict[str, int]:
    """Patients in treatment and waiting, and how many came and went in the last year. One query."""
    today, treatments = timezone.localdate(), programme.treatments
    counted = {
        _("In treatment"): treatments.active_on(today),
        _("Waiting"): treatments.waiting_on(today),
        _("Started in the last year"): treatments.started_between(today - YEAR, today),
        _("Ended in the last year"): treatments.ended_between(today - YEAR, today),
    }
    parts = {
        f"n{place}": Count("pk", filter=Q(pk__in=those.values("pk")))
        for place, those in enumerate(counted.values())
    }
    found = treatments.aggregate(**parts)
    return dict(zip(counted, (found[part] for part in parts), strict=True))


def _format(programme: Programme) -> str:
    terms = programme.definitions.terms.get("programme_formats")
    found = next((t for t in (terms.terms if terms else ()) if t.id == programme.format), None)
    return found.label.in_(get_language() or "en") if found else programme.format


def _chart(programme: Programme) -> Chart | EmptyState:
    """The course of the main outcome, or what to do to get one."""
    found = overview(programme, get_language() or "en")
    if not found.measured:
        return EmptyState(_("No outcome yet"), _("Import outcome data, or let patients fill their forms."))
    if found.drawing is None:
        return EmptyState(_("Too few measurements to draw"), found.note)
    return Chart(
        found.drawing,
        title=found.title,
        n=found.patients,
        simulated=programme.is_simulated,
        note=found.note,
        level=2,
    )


def _teams(request: HttpRequest, programme: Programme) -> Table:
    today = timezone.localdate()
    opened = {team.pk for team in teams_of(programme, request)}
    in_force = Q(memberships__starts_on__lte=today) & (
        Q(memberships__ends_on__isnull=True) | Q(memberships__ends_on__gte=today)
    )
    active = Q(treatments__started_on__lte=today) & (
        Q(treatments__ended_on__isnull=True) | Q(treatments__ended_on__gt=today)
    )
    teams = programme.teams.in_force(today).annotate(
        therapists=Count(
            "memberships__user", filter=in_force & Q(memberships__role="therapist"), distinct=True
        ),
        patients=Count("treatments", filter=active, distinct=True),
    )
    rows = [
        [
            Link(team.name, reverse("team", args=[programme.slug, team.pk]))
            if team.pk in opened
            else team.name,
            team.therapists,
            team.patients,
        ]
        for team in teams
    ]
    columns = [_("Team"), Column(_("Therapists"), numeric=True), Column(_("Patients"), numeric=True)]
    return Table(_("Teams"), columns, rows, empty=EmptyState(_("No teams yet")), caption_hidden=True)
