"""The calculator: ranges in, what a new programme would need out, line by line."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.implementing.actions import keep_calculation
from onmodel.implementing.inputs import costs_of, demand_of, limits_of
from onmodel.implementing.models import Calculation, Project
from onmodel.measurement.feasibility import Line, Range, budget, feasibility
from onmodel.web.components import Column, Fact, Table
from onmodel.web.implementing_forms import ASKED, CalculatorForm
from onmodel.web.views.implementing import page_of, project_for
from onmodel.wording.numbers import written


@require_http_methods(["GET", "POST"])
def feasibility_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What was put in last and what follows from it, and a form to put in something else."""
    if request.method == "POST":
        begun = project_for(request, slug, Permission.PROJECT_KEEP)
        form = CalculatorForm(request.POST, programme=begun.programme)
        if form.is_valid():
            try:
                note = form.cleaned_data["note"]
                keep_calculation(project=begun, inputs=form.inputs(), note=note, by=request.user)
                messages.success(request, _("It is calculated and kept."))
                return redirect("implementing-feasibility", slug=slug)
            except ValidationError as error:
                form.add_error(None, error)
        return _page(request, begun, form, 422)
    begun = project_for(request, slug, Permission.PROJECT_VIEW)
    return _page(request, begun, None)


def _page(
    request: HttpRequest, begun: Project, form: CalculatorForm | None, status: int = 200
) -> HttpResponse:
    kept = begun.calculations.select_related("kept_by").first()
    inputs = kept.inputs if kept else None
    context = page_of(
        request,
        begun.programme,
        kept=kept,
        form=form or CalculatorForm(programme=begun.programme, inputs=inputs),
        may_keep=Permission.PROJECT_KEEP in permissions_in(request.user, begun.programme),
        **(_results(kept) if kept else {}),
    )
    return render(request, "web/feasibility.html", context, status=status)


def _results(kept: Calculation) -> dict[str, object]:
    lines = feasibility(demand_of(kept.inputs), limits_of(kept.inputs))
    by_name = {line.name: line for line in lines}
    costs = budget(costs_of(kept.inputs), by_name["therapists"].value)
    chosen = ("inflow", "in_treatment", "therapists", "teams", "groups")
    names = _names()
    return {
        "facts": [
            *(Fact(names[name], in_range(by_name[name].value, digits=0)) for name in chosen),
            *(Fact(names[name], in_range(line.value, digits=0)) for name, line in costs.items()),
        ],
        "arithmetic": arithmetic([*lines, *costs.values()]),
        "too_small": by_name["therapists"].value.low < kept.inputs["team"][0],
    }


def arithmetic(lines: list[Line]) -> Table:
    """Each line with what it is made of, in the reader's numbers."""
    names = _names()
    rows = [
        [names[line.name], _sum(line, names), _rounded(line), in_range(line.value, digits=_digits(line))]
        for line in lines
    ]
    columns = [_("What"), _("From"), _("How"), Column(_("Result"), numeric=True)]
    return Table(_("Line by line"), columns, rows, caption_hidden=True, id="arithmetic")


def _digits(line: Line) -> int:
    return 0 if line.rounded or line.value.high >= 1000 else 1


def _rounded(line: Line) -> str:
    if line.name == "therapists":
        return _("the larger of both, in whole people")
    if line.name == "teams":
        return _("from full teams to the smallest that are allowed")
    return _("rounded up") if line.rounded else "–"


def _sum(line: Line, names: dict[str, str]) -> str:
    if line.name == "therapists":
        return _("by caseload and by hours")
    said = [_named(line.first, names)]
    said += [f"{sign.value} {_named((name, value), names)}" for sign, name, value in line.rest]
    return " ".join(said)


def _named(part: tuple[str, Range], names: dict[str, str]) -> str:
    name, value = part
    if name in ("hundred", "months_a_year"):
        return in_range(value)
    return f"{in_range(value)} ({names.get(name, name)})"


def in_range(value: Range, digits: int | None = None) -> str:
    """ "12 to 18", and one number where both are the same."""
    low, high = written(value.low, digits), written(value.high, digits)
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def _names() -> dict[str, str]:
    return {
        **{name: str(label) for name, label in ASKED.items()},
        "with_disorder": _("People with the disorder in the region"),
        "referred": _("Referred in a year"),
        "share_referred": str(ASKED["referred"]),
        "inflow": _("Begin in a year"),
        "in_treatment": _("In treatment at a time"),
        "groups": _("Groups"),
        "by_caseload": _("Therapists by caseload"),
        "direct_hours": _("Hours of direct contact a week"),
        "all_hours": _("Hours of therapists a week"),
        "by_hours": _("Therapists by hours"),
        "therapists": _("Therapists"),
        "teams": _("Teams"),
        "once": _("Paid once"),
        "a_year": _("Paid a year"),
    }
