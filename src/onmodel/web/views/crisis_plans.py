"""The crisis plan for anybody of the team who is there in a crisis: the list of a programme, and the plan."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan
from onmodel.process.plans.paper import agreed_in_words
from onmodel.web.access import programme_for, treatment_for
from onmodel.web.components import EmptyState, Link, Table
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.plans import missing_words, read

KIND = "crisis_plan"


@require_GET
def crisis_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The version in force; where there is none, what is being written: better than nothing."""
    treatment = treatment_for(request, pk, Permission.CRISIS_PLAN_VIEW, own=False)
    plan = _plan_of(treatment)
    saw(request, "crisis plan read", treatment)
    context = {
        "treatment": treatment,
        "programme": treatment.programme,
        "plan": plan,
        "state": agreed_in_words(plan) if plan else "",
        "sections": read(plan) if plan else [],
        "missing": missing_words(plan) if plan else [],
        "crumbs": [
            (_("Home"), reverse("home")),
            (_("Crisis plans"), reverse("crisis-plans", args=[treatment.programme.slug])),
        ],
        "record": _record(request, treatment),
        "simulated": treatment.programme.is_simulated,
    }
    return render(request, "web/crisis_plan.html", context)


def _plan_of(treatment: Treatment) -> Plan | None:
    plans = treatment.plans.filter(kind=KIND)
    plan = plans.in_force().first() or plans.exclude(content={}).order_by("made_on", "pk").last()
    if plan is not None:
        plan.treatment = treatment
    return plan


def _record(request: HttpRequest, treatment: Treatment) -> str:
    """The address of the record, for who sees it."""
    seen = Treatment.objects.visible_to(request.user).filter(pk=treatment.pk).exists()
    return reverse("treatment", args=[treatment.pk]) if seen else ""


@require_GET
def crisis_plans(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody of one's teams who is waiting or in treatment, each with the crisis plan."""
    programme = programme_for(request, slug, Permission.CRISIS_PLAN_VIEW)
    treatments = list(
        Treatment.objects.visible_to(request.user, Permission.CRISIS_PLAN_VIEW)
        .filter(programme=programme, ended_on__isnull=True)
        .select_related("patient", "team", "primary_clinician")
        .order_by("patient__pseudonym")
        .distinct()
    )
    agreed = dict(
        Plan.objects.in_force()
        .filter(kind=KIND, treatment__in=[one.pk for one in treatments])
        .values_list("treatment", "agreed_on")
    )
    saw(request, "crisis plans listed", programme, patients=[one.patient_id for one in treatments])
    rows = [
        [
            Link(one.patient.pseudonym, reverse("crisis-plan", args=[one.pk])),
            agreed.get(one.pk) or _("none in force"),
            one.team.name if one.team else "–",
            one.primary_clinician.name if one.primary_clinician else "–",
        ]
        for one in treatments
    ]
    table = Table(
        _("Crisis plans"),
        [_("Patient"), _("In force since"), _("Team"), _("Primary clinician")],
        rows,
        empty=EmptyState(_("Nobody is waiting or in treatment")),
        caption_hidden=True,
    )
    return render(request, "web/crisis_plans.html", programme_page(request, programme, table=table))
