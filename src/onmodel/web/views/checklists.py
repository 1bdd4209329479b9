"""The checklist of one treatment, a person's word on a check, and all patients of one's teams at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from onmodel.access.permissions import Permission
from onmodel.checklists.actions import attest_check, take_back_check
from onmodel.checklists.standing import Standing, checklist_of, done, lacking, standings
from onmodel.checklists.states import State
from onmodel.packs.standards import Check
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for, treatment_for
from onmodel.web.checklist_parts import (
    checks_of,
    in_short,
    mark_of,
    shown_by,
    status_of,
    until_words,
    who_acts,
    words_of,
)
from onmodel.web.components import Column, EmptyState, Link, Table
from onmodel.web.course_forms import day_field
from onmodel.web.post_button import post_button
from onmodel.web.sections import about_treatment, programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written

ON_A_PAGE = 30


class AttestForm(forms.Form):
    done_on = day_field(gettext_lazy("Done on"))
    words = forms.CharField(
        label=gettext_lazy("What shows it?"),
        max_length=300,
        help_text=gettext_lazy("For instance the letter that was given, and by whom."),
    )


def _may_keep(request: HttpRequest, treatment: Treatment) -> bool:
    return Treatment.objects.visible_to(request.user, Permission.PLANS_KEEP).filter(pk=treatment.pk).exists()


@require_GET
def checklist(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Each check with its state, what shows it, until when and by whom."""
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW, own=False)
    saw(request, "checklist opened", treatment)
    found = checks_of(treatment)
    may_keep = _may_keep(request, treatment)
    listed = checklist_of(treatment.programme)
    tables = [
        _table(request, treatment, section.title.in_(get_language() or "en"), section.id, checks, may_keep)
        for section in (listed.sections if listed else ())
        if (checks := [one for one in found if one.check.section == section.id])
    ]
    context = about_treatment(treatment, tables=tables, summary=in_short(found))
    return render(request, "web/checklist.html", context)


def _table(
    request: HttpRequest,
    treatment: Treatment,
    title: str,
    id_: str,
    found: Sequence[Standing],
    may_keep: bool,
) -> Table:
    rows = []
    for one in found:
        row = [
            words_of(one),
            status_of(one),
            one.done_on or "–",
            shown_by(treatment, one) if may_keep or one.state is State.DONE else "–",
            until_words(one),
            who_acts(treatment, one),
        ]
        if may_keep:
            row.append(_take_back(request, treatment, one))
        rows.append(row)
    columns: list[Column | str] = [
        _("Check"),
        _("State"),
        _("Done"),
        _("Shown by, or where to enter it"),
        _("Last day"),
        _("Who acts"),
    ]
    if may_keep:
        columns.append(Column(_("Take back"), hidden_label=True))
    return Table(title, columns, rows, id=f"checks-{id_}")


def _take_back(request: HttpRequest, treatment: Treatment, one: Standing) -> object:
    if one.attested is None:
        return ""
    address = reverse("checklist-take-back", args=[treatment.pk, one.check.id])
    return post_button(request, _("Take back"), address, words_of(one))


def _check(found: Sequence[Standing], name: str) -> Standing:
    standing = next((one for one in found if one.check.id == name), None)
    if standing is None:
        raise Http404
    return standing


@require_http_methods(["GET", "POST"])
def checklist_attest(request: HttpRequest, pk: UUID, check: str) -> HttpResponse:
    """A person's word that a check is done, where no record can tell."""
    treatment = treatment_for(request, pk, Permission.PLANS_KEEP, own=False)
    found = checks_of(treatment)
    standing = _check(found, check)
    saw(request, "checklist opened", treatment)
    form = AttestForm(request.POST if request.method == "POST" else None)
    back = reverse("checklist", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            attest_check(treatment=treatment, check=check, by=request.user, **form.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect(back)
        except ValidationError as error:
            form.add_error(None, error.messages)
    frame = about_treatment(treatment)
    crumbs = [*frame["crumbs"], (_("Checklist"), back)]
    context = {**frame, "crumbs": crumbs, "form": form, "title": words_of(standing), "back": back}
    return render(request, "web/step.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["POST"])
def checklist_take_back(request: HttpRequest, pk: UUID, check: str) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.PLANS_KEEP, own=False)
    found = checks_of(treatment)
    standing = _check(found, check)
    if standing.attested is None:
        messages.error(request, _("Nobody's word on it stands."))
        return redirect("checklist", pk=pk)
    try:
        take_back_check(attested=standing.attested, by=request.user)
        messages.success(request, _("It is taken back."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("checklist", pk=pk)


@require_GET
def checklists(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody of one's teams who waits or is in treatment; `?team=`, `?only=lacking`."""
    programme = programme_for(request, slug, Permission.PLANS_KEEP)
    treatments = list(
        Treatment.objects.visible_to(request.user, Permission.PLANS_KEEP)
        .filter(programme=programme, ended_on__isnull=True)
        .select_related("patient", "team", "primary_clinician")
        .order_by("patient__pseudonym")
        .distinct()
    )
    teams = sorted({one.team for one in treatments if one.team}, key=lambda team: team.name)
    team = next((one for one in teams if str(one.pk) == request.GET.get("team", "")), None)
    if team is not None:
        treatments = [one for one in treatments if one.team_id == team.pk]
    only = request.GET.get("only", "") == "lacking"
    found = standings(programme, treatments, timezone.localdate())
    listed = [one for one in treatments if not only or lacking(found[one.pk])]
    page = Paginator(listed, ON_A_PAGE).get_page(request.GET.get("page"))
    saw(request, "checklists listed", programme, patients=[one.patient_id for one in page])
    context = programme_page(
        request,
        programme,
        table=_matrix(programme, list(page), found, page),
        counts=_counts(programme, found),
        teams=teams,
        team=team,
        only=only,
        page=page,
    )
    return render(request, "web/checklists.html", context)


def _matrix(programme: Programme, treatments: list[Treatment], found: dict, page) -> Table:
    """A patient a row, a check a column; the number of the column is that of the list below."""
    listed = checklist_of(programme)
    checks: tuple[Check, ...] = listed.checks if listed else ()
    rows = [
        [
            Link(one.patient.pseudonym, reverse("checklist", args=[one.pk])),
            f"{done(found[one.pk])}/{len(checks)}",
            _lacks(found[one.pk]),
            *(mark_of(standing) for standing in found[one.pk]),
        ]
        for one in treatments
    ]
    columns = [
        _("Patient"),
        _("Done"),
        _("Missing and overdue"),
        *(str(n) for n in range(1, len(checks) + 1)),
    ]
    empty = EmptyState(_("Nothing is missing"), _("Or nobody of your teams waits or is in treatment."))
    return Table(
        _("Checklist by patient"), columns, rows, empty=empty, caption_hidden=True, narrow="scroll", page=page
    )


def _lacks(found: Sequence[Standing]) -> str:
    """The numbers of the checks that are missing or overdue, with the last day of those that had one."""
    numbers = {one.check.id: number for number, one in enumerate(found, start=1)}
    words = []
    for one in lacking(found):
        number = numbers[one.check.id]
        late = one.state is State.OVERDUE and one.until is not None
        words.append(f"{number} ({date_written(one.until)})" if late else str(number))
    return ", ".join(words) or "–"


def _counts(programme: Programme, found: dict) -> Table:
    """Of each check how many patients have it, lack it, and of how many it is not known."""
    listed = checklist_of(programme)
    rows = []
    for number, check in enumerate(listed.checks if listed else ()):
        states = [standing[number].state for standing in found.values()]
        rows.append(
            [
                f"{number + 1}. {check.text.in_(get_language() or 'en')}",
                *(states.count(state) for state in (State.DONE, State.OVERDUE, State.MISSING)),
                *(states.count(state) for state in (State.NOT_DUE, State.UNKNOWN)),
            ]
        )
    names = [_("Done"), _("Overdue"), _("Missing"), _("Not due yet"), _("Unknown")]
    columns = [_("Check"), *(Column(name, numeric=True) for name in names)]
    caption = _("Checks, and how many patients have each: %(n)s patients") % {"n": len(found)}
    return Table(caption, columns, rows, id="counts")
