"""The parts of a programme's pages, as tabs: only those that the reader may open."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.web.components import Tab

Crumb = tuple[str, str]


def programme_tabs(request: HttpRequest, programme: Programme) -> list[Tab]:
    parts = (
        ("programme", _("Overview"), Permission.PROGRAMME_VIEW),
        ("patients", _("Patients"), Permission.TREATMENT_VIEW),
        ("crisis-plans", _("Crisis plans"), Permission.CRISIS_PLAN_VIEW),
        ("day", _("Today's work"), Permission.DAYS_KEEP),
        ("waiting", _("Waiting list"), Permission.COURSE_KEEP),
        ("outcomes", _("Outcomes"), Permission.OUTCOMES_VIEW),
        ("worklist", _("Worklist"), Permission.WORKLIST),
        ("signals", _("Signals"), Permission.SIGNALS_VIEW),
        ("questions", _("Questions"), Permission.QUESTIONS_ANSWER),
        ("requirements", _("Requirements"), Permission.REQUIREMENTS_VIEW),
        ("sessions", _("Sessions"), Permission.SESSION_VIEW),
        ("adherence", _("Adherence"), Permission.SESSION_VIEW),
        ("events", _("Events"), Permission.REQUIREMENTS_VIEW),
        ("supervision", _("Supervision"), Permission.RHYTHM_VIEW),
        ("sharing", _("Who sees what"), Permission.REQUIREMENTS_ATTEST),
        ("safety", _("Safety text"), Permission.REQUIREMENTS_ATTEST),
        ("compare", _("Compare"), Permission.PIR_VIEW),
        ("pir", _("Report"), Permission.PIR_VIEW),
        ("released", _("Released reports"), Permission.RELEASED_VIEW),
        ("research", _("Research data"), Permission.RESEARCH_EXPORT),
    )
    allowed = permissions_in(request.user, programme)
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        Tab(label, reverse(name, args=[programme.slug]), current=name == here)
        for name, label, permission in parts
        if permission in allowed
    ]


def programme_page(request: HttpRequest, programme: Programme, **context: object) -> dict[str, object]:
    """What every page of a programme has: its tabs, crumbs, and whether its data are simulated."""
    return {
        "programme": programme,
        "tabs": programme_tabs(request, programme),
        "crumbs": [(_("Home"), reverse("home"))],
        "simulated": programme.is_simulated,
        **context,
    }


def about_treatment(treatment: Treatment, **context: object) -> dict[str, object]:
    """What every page about one treatment has: the way back to the record, and whether it is simulated."""
    return {
        "treatment": treatment,
        "programme": treatment.programme,
        "crumbs": [
            (_("Home"), reverse("home")),
            (treatment.patient.pseudonym, reverse("treatment", args=[treatment.pk])),
        ],
        "simulated": treatment.programme.is_simulated,
        **context,
    }
