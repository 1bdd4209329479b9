"""Outcomes of groups of a programme's patients: computed once, then shown, filtered and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission
from onmodel.outcomes.periods import cohorts
from onmodel.programmes.models import Programme
from onmodel.reports.cohorts.blocks import Page
from onmodel.reports.cohorts.file import as_csv
from onmodel.reports.cohorts.readers import Scope, scope_of
from onmodel.reports.cohorts.series import Figures, Part, fewer
from onmodel.reports.cohorts.standing import Wanted
from onmodel.reports.document import numbered
from onmodel.reports.wording import basis_in_words
from onmodel.web.access import programme_for
from onmodel.web.cohort_form import CohortForm
from onmodel.web.components import Progress
from onmodel.web.jobs import compute_figures
from onmodel.web.report_blocks import section_of
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw


@dataclass(frozen=True)
class Asked:
    """What this reader asks for; `wanted` is None where the filters make no sense."""

    programme: Programme
    scope: Scope
    form: CohortForm
    wanted: Wanted | None

    def shown(self, figures: Figures) -> Figures:
        """As much as the reader may see."""
        return fewer(figures, figures.minimum_n, also_events=self.scope.aggregates_only)


def asked(request: HttpRequest, programme: Programme) -> Asked:
    """By the query of the address, in the reader's scope."""
    scope = scope_of(request.user, programme)
    names = [] if scope.aggregates_only else cohorts(programme.treatments.all())
    form = CohortForm(request.GET.dict(), programme=programme, user=request.user, scope=scope, cohorts=names)
    wanted = Wanted(programme, scope, form.selection()) if form.is_valid() else None
    return Asked(programme, scope, form, wanted)


@require_GET
def outcomes(request: HttpRequest, slug: str) -> HttpResponse:
    """The figures as they were last computed; at once where that is quick, else with a way to start it."""
    programme = programme_for(request, slug, Permission.OUTCOMES_VIEW)
    found = asked(request, programme)
    context = programme_page(request, programme, form=found.form, scope=found.scope)
    if not found.form.fields["scale"].choices:
        return render(request, "web/outcomes.html", {**context, "nothing": True})
    if found.wanted is None:
        return render(request, "web/outcomes.html", context, status=422)
    saw(request, "outcomes opened", programme)
    kept = found.wanted.figures()
    query = urlencode(request.GET)
    addresses = {
        "compute": f"{reverse('outcomes-compute', args=[slug])}?{query}",
        "file": f"{reverse('outcomes-file', args=[slug])}?{query}",
    }
    if kept is None:
        context["progress"] = progress_of(request, found.wanted, slug)
        return render(request, "web/outcomes.html", {**context, **addresses})
    context |= addresses | {"stale": not kept.fresh, "figures": kept.figures}
    return render(request, "web/outcomes.html", context | _sections(found, kept.figures, query))


def _sections(found: Asked, figures: Figures, query: str) -> dict[str, object]:
    shown = found.shown(figures)
    page = Page(found.programme, found.wanted.selection, shown)
    sections = page.sections()
    numbers = numbered(sections)
    address = reverse("outcomes-file", args=[found.programme.slug])
    return {
        "sections": [
            section_of(section, numbers, download=f"{address}?{query}&part={section.id}")
            for section in sections
        ],
        "bases": [(number, basis_in_words(basis)) for basis, number in numbers.items()],
        "groups": [(page.names.group(group), n) for group, n in shown.groups.items()],
        "patients": figures.patients,
    }


@require_POST
def outcomes_compute(request: HttpRequest, slug: str) -> HttpResponse:
    """Compute in the background; a second post while it runs starts nothing."""
    found = asked(request, programme_for(request, slug, Permission.OUTCOMES_VIEW))
    if found.wanted is None:
        return HttpResponse(status=422)
    if found.wanted.under_way() is None:
        found.wanted.tell(0, 1)
        compute_figures.enqueue(found.programme.pk, request.user.pk, found.wanted.selection.plain())
    if request.headers.get("HX-Request"):
        return HttpResponse(progress_of(request, found.wanted, slug))
    return redirect(page_of(request, slug))


@require_GET
def outcomes_progress(request: HttpRequest, slug: str) -> HttpResponse:
    """How far it is; at the end the page loads itself again."""
    found = asked(request, programme_for(request, slug, Permission.OUTCOMES_VIEW))
    if found.wanted is None or found.wanted.under_way() is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(progress_of(request, found.wanted, slug))


@require_GET
def outcomes_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The numbers of one part, or of all, as CSV."""
    found = asked(request, programme_for(request, slug, Permission.OUTCOMES_VIEW))
    if found.wanted is None or not found.form.fields["scale"].choices:
        return HttpResponse(status=422)
    kept = found.wanted.figures()
    if kept is None:
        return redirect(page_of(request, slug))
    part = request.GET.get("part", "")
    one = Part(part) if part in set(Part) else None
    saw(request, "figures taken", found.programme, part=one.value if one else "all")
    shown = found.shown(kept.figures)
    names = Page(found.programme, found.wanted.selection, shown).names
    content = as_csv(shown, names, simulated=found.programme.is_simulated, part=one)
    response = HttpResponse("\ufeff" + content, content_type="text/csv; charset=utf-8")
    simulated = "-simulated" if found.programme.is_simulated else ""
    name = f"outcomes-{slug}-{one.value if one else 'all'}-{timezone.localdate()}{simulated}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def page_of(request: HttpRequest, slug: str) -> str:
    """The page of this programme with the same filters."""
    return f"{reverse('outcomes', args=[slug])}?{urlencode(request.GET)}"


def progress_of(request: HttpRequest, wanted: Wanted, slug: str) -> Progress | None:
    """How far the computation is; None where none is under way."""
    found = wanted.under_way()
    if found is None:
        return None
    return Progress(
        _("Computing the figures"),
        found.done,
        found.of,
        poll=f"{reverse('outcomes-progress', args=[slug])}?{urlencode(request.GET)}",
        detail=_("Step %(done)s of %(of)s") % {"done": found.done + 1, "of": found.of},
        id="outcomes-progress",
    )
