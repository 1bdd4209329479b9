"""The parts of a programme's pages, as tabs in groups: only those that the reader may open."""

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
Part = tuple[str, str, Permission]

#: A page that has no tab of its own -> the page whose tab shows where the reader is.
UNDER = {
    "adherence-outcome": "adherence",
    "completeness": "worklist",
    "forecast": "staffing",
    "group-day": "day",
    "implementing-cases": "implementing",
    "implementing-decision": "implementing",
    "implementing-feasibility": "implementing",
    "implementing-task": "implementing",
    "partner": "partners",
    "pir-record": "pirs",
    "release": "pir",
    "reminders": "worklist",
    "requirements-over-time": "requirements",
    "schedules": "worklist",
    "staffing-keep": "staffing",
}


def _groups() -> tuple[tuple[str, tuple[Part, ...]], ...]:
    return (
        (_("Overview"), (("programme", _("Overview"), Permission.PROGRAMME_VIEW),)),
        (_("Signals"), (("signals", _("Signals"), Permission.SIGNALS_VIEW),)),
        (
            _("Patients"),
            (
                ("patients", _("Patients"), Permission.TREATMENT_VIEW),
                ("day", _("Today's work"), Permission.DAYS_KEEP),
                ("waiting", _("Waiting list"), Permission.COURSE_KEEP),
                ("crisis-plans", _("Crisis plans"), Permission.CRISIS_PLAN_VIEW),
                ("checklists", _("Checklist"), Permission.PLANS_KEEP),
            ),
        ),
        (
            _("Outcomes"),
            (
                ("outcomes", _("Outcomes"), Permission.OUTCOMES_VIEW),
                ("worklist", _("Worklist"), Permission.WORKLIST),
                ("compare", _("Compare"), Permission.PIR_VIEW),
                ("questions", _("Questions"), Permission.QUESTIONS_ANSWER),
            ),
        ),
        (
            _("Adherence"),
            (
                ("adherence", _("Adherence"), Permission.SESSION_VIEW),
                ("sessions", _("Sessions"), Permission.SESSION_VIEW),
                ("supervision", _("Supervision"), Permission.RHYTHM_VIEW),
            ),
        ),
        (
            _("Organisation"),
            (
                ("integrity", _("Integrity map"), Permission.REQUIREMENTS_VIEW),
                ("requirements", _("Requirements"), Permission.REQUIREMENTS_VIEW),
                ("partners", _("Partners"), Permission.AGREEMENTS_VIEW),
                ("staffing", _("Staffing"), Permission.REQUIREMENTS_VIEW),
                ("signs", _("Signs of trouble"), Permission.REQUIREMENTS_VIEW),
                ("criteria", _("Quality criteria"), Permission.REQUIREMENTS_VIEW),
                ("consensus", _("Consensus"), Permission.REQUIREMENTS_VIEW),
                ("yes-no-lists", _("Yes/no lists"), Permission.REQUIREMENTS_VIEW),
                ("events", _("Events"), Permission.REQUIREMENTS_VIEW),
                ("implementing", _("Implementation"), Permission.PROJECT_VIEW),
            ),
        ),
        (
            _("Reports"),
            (
                ("pir", _("Report"), Permission.PIR_VIEW),
                ("pirs", _("Signed reports"), Permission.PIR_VIEW),
                ("pir-years", _("Over the years"), Permission.PIR_VIEW),
                ("released", _("Released reports"), Permission.RELEASED_VIEW),
                ("research", _("Research data"), Permission.RESEARCH_EXPORT),
            ),
        ),
        (
            _("Settings"),
            (
                ("sharing", _("Who sees what"), Permission.REQUIREMENTS_ATTEST),
                ("safety", _("Safety text"), Permission.REQUIREMENTS_ATTEST),
            ),
        ),
    )


def programme_tabs(request: HttpRequest, programme: Programme) -> list[Tab]:
    """A tab for each group with a page that the reader may open; it leads to the first of them."""
    allowed = permissions_in(request.user, programme)
    here = request.resolver_match.view_name if request.resolver_match else ""
    return [
        _group(label, [_part(programme, part, here) for part in parts if part[2] in allowed])
        for label, parts in _groups()
        if any(part[2] in allowed for part in parts)
    ]


def _part(programme: Programme, part: Part, here: str) -> Tab:
    name, label, _permission = part
    address = reverse(name, args=[programme.slug])
    return Tab(label, address, current=name == here, around=UNDER.get(here) == name)


def _group(label: str, parts: list[Tab]) -> Tab:
    """With one page, that page's own tab."""
    if len(parts) == 1:
        return parts[0]
    around = any(part.current or part.around for part in parts)
    return Tab(label, parts[0].href, around=around, parts=tuple(parts))


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
