"""The worklist: whose forms are due or overdue, how they were reached, and what comes next."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.nightly.run import watch
from onmodel.outreach.actions import log_contact
from onmodel.outreach.models import Contact
from onmodel.outreach.worklist import REPEATED, STATES, Filter, Line, lines, waiting_treatments
from onmodel.packs.pack import Pack
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for, treatment_for
from onmodel.web.components import Component, EmptyState, Link, Status, Table
from onmodel.web.form_words import days_late, forms_in_words, respondents, tried_in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.cells import harmless
from onmodel.wording.numbers import date_written

A_PAGE = 25
#: What one click logs: name of the button -> kind, outcome.
ONE_CLICK = {
    "reached": ("telephone", "reached"),
    "no_answer": ("telephone", "no_answer"),
}


class WorklistFilter(forms.Form):
    """Which of the waiting forms to list."""

    state = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[
            ("open", gettext_lazy("All that can be filled")),
            ("contact", gettext_lazy("To reach today")),
            ("overdue", gettext_lazy("Overdue")),
            ("due", gettext_lazy("Not yet overdue")),
        ],
    )
    moment = forms.ChoiceField(label=gettext_lazy("Moment"), required=False)
    therapist = forms.ModelChoiceField(
        label=gettext_lazy("Primary clinician"),
        required=False,
        queryset=User.objects.none(),
        empty_label=gettext_lazy("All clinicians"),
    )
    respondent = forms.ChoiceField(label=gettext_lazy("Filled by"), required=False)

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        here = programme.organisation.memberships.in_force().of_programme(programme)
        clinicians = here.filter(role__in=["therapist", "supervisor"])
        self.fields["therapist"].queryset = User.objects.filter(pk__in=clinicians.values("user")).order_by(
            "name"
        )
        self.fields["moment"].choices = [("", _("All moments")), *moment_choices(programme.definitions)]
        self.fields["respondent"].choices = [("", _("Everybody")), *respondents().items()]

    def asked(self) -> Filter | None:
        if not self.is_valid():
            return None
        said = self.cleaned_data
        state = said["state"] if said["state"] in STATES else "open"
        clinician = said["therapist"].pk if said["therapist"] else None
        return Filter(state=state, moment=said["moment"], therapist=clinician, respondent=said["respondent"])


def moment_choices(pack: Pack) -> list[tuple[str, str]]:
    """Each moment of the pack's schedules once, in its order; the repeated forms last."""
    language = get_language() or "en"
    moments = {
        moment.id: (moment.months, moment.title.in_(language))
        for schedule in pack.schedules.values()
        for moment in schedule.moments
    }
    ordered = sorted(moments.items(), key=lambda one: one[1])
    return [(id_, title) for id_, (_months, title) in ordered] + [(REPEATED, _("Repeated forms"))]


def worklist(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of 25 treatments, the longest overdue first."""
    programme = programme_for(request, slug, Permission.WORKLIST)
    allowed = permissions_in(request.user, programme)
    asked = WorklistFilter({"state": "open", **request.GET.dict()}, programme=programme)
    wanted, today = asked.asked(), timezone.localdate()
    page = Paginator(_rows(request, programme, wanted, today), A_PAGE).get_page(request.GET.get("page"))
    named = _visible(request, programme, Permission.IDENTITY_VIEW)
    by_name = named if Permission.IDENTITY_VIEW in allowed else None
    found = _lines(programme, [row["treatment"] for row in page.object_list], wanted, today, by_name)
    if found:
        patients = [line.treatment.patient_id for line in found]
        saw(request, "worklist opened", programme, patients=patients, named=by_name is not None)
    context = programme_page(
        request,
        programme,
        filter=asked,
        table=_table(request, programme, found, page),
        watch=watch(),
        links=_links(programme, allowed),
        file=_as_asked(request, "worklist-file", programme),
        own=_sees_own_only(request, programme),
    )
    return render(request, "web/worklist.html", context)


def _visible(
    request: HttpRequest, programme: Programme, permission: Permission = Permission.WORKLIST
) -> QuerySet[Treatment]:
    return Treatment.objects.visible_to(request.user, permission).filter(programme=programme)


def _rows(request: HttpRequest, programme: Programme, wanted: Filter | None, day: datetime.date):
    if wanted is None:
        return Treatment.objects.none()
    return waiting_treatments(programme, _visible(request, programme), wanted, day)


def _lines(
    programme: Programme,
    treatments: Sequence[UUID],
    wanted: Filter | None,
    day: datetime.date,
    named: QuerySet[Treatment] | None,
) -> list[Line]:
    if wanted is None or not treatments:
        return []
    return lines(programme, treatments, wanted, day, identities_of=named)


def _sees_own_only(request: HttpRequest, programme: Programme) -> bool:
    roles = request.user.memberships.in_force().of_programme(programme).values_list("role", flat=True)
    return set(roles) <= {"therapist"}


def _links(programme: Programme, allowed: frozenset[Permission]) -> list[Link]:
    """The pages that go with it, as far as one may."""
    links = [Link(_("How complete the forms are"), reverse("completeness", args=[programme.slug]))]
    if Permission.SCHEDULES_ASSIGN in allowed:
        links.append(Link(_("Schedules"), reverse("schedules", args=[programme.slug])))
    if Permission.REMINDERS_SET in allowed:
        links.append(Link(_("Reminders"), reverse("reminders", args=[programme.slug])))
    return links


@dataclass(frozen=True)
class LogButtons(Component):
    """One click each for a call that reached the patient or did not, and a link to say more."""

    template: ClassVar[str] = "components/log_buttons.html"
    action: str
    csrf_token: str
    treatment: str
    patient: str
    more: str


def _as_asked(request: HttpRequest, name: str, programme: Programme) -> str:
    """The address of that name with the filter and the page of this request, and nothing else of it."""
    parts = (*WorklistFilter.base_fields, "page")
    said = {part: request.GET[part] for part in parts if request.GET.get(part)}
    return f"{reverse(name, args=[programme.slug])}?{urlencode(said)}"


def _table(request: HttpRequest, programme: Programme, found: Sequence[Line], page: Page) -> Table:
    rows = [_row(request, programme, line) for line in found]
    columns = [
        _("Patient"),
        _("Forms"),
        _("Due"),
        _("Tried since it opened"),
        _("What next"),
        _("Primary clinician"),
        _("Keep a contact"),
    ]
    empty = EmptyState(_("Nobody is waited for"), _("By this filter, no form can be filled now."))
    return Table(_("Worklist"), columns, rows, empty=empty, caption_hidden=True, page=page)


def _row(request: HttpRequest, programme: Programme, line: Line) -> list[Any]:
    treatment, today = line.treatment, timezone.localdate()
    clinician = treatment.primary_clinician
    tried = tried_in_words(line.tried)
    if line.last_try:
        tried = _("%(tried)s; last on %(day)s") % {"tried": tried, "day": date_written(line.last_try)}
    return [
        Link(treatment.patient.pseudonym, reverse("treatment", args=[treatment.pk]), note=_who(line)),
        forms_in_words(programme.definitions, line.forms),
        _due(line, today),
        tried or _("not yet"),
        _next(line, today),
        clinician.name if clinician else "–",
        LogButtons(
            action=_as_asked(request, "worklist-contact", programme),
            csrf_token=get_token(request),
            treatment=str(treatment.pk),
            patient=treatment.patient.pseudonym,
            more=reverse("contacts", args=[treatment.pk]),
        ),
    ]


def _who(line: Line) -> str:
    """Name and telephone number for who may see them; that reminders were stopped, for everybody."""
    sealed = line.identity.sealed if line.identity else {}
    said = [str(sealed.get(part) or "") for part in ("name", "phone")]
    if line.stopped:
        said.append(_("wants no reminders"))
    return " · ".join(part for part in said if part)


def _due(line: Line, today: datetime.date) -> Any:
    if line.due_on is None:
        return _("before the start")
    if line.due_on < today:
        return Status(
            "overdue", of="due", label=f"{date_written(line.due_on)}, {days_late(line.due_on, today)}"
        )
    return line.due_on


def _next(line: Line, today: datetime.date) -> Any:
    if line.next_on is None:
        return "–"
    words = dict(Contact.Kind.choices)
    what = words.get(line.next_step.kind, "") if line.next_step else ""
    said = f"{what}, {date_written(line.next_on)}" if what else date_written(line.next_on)
    return Status("overdue", of="due", label=said) if line.next_on <= today else said


@require_POST
def worklist_contact(request: HttpRequest, slug: str) -> HttpResponse:
    """One click: a call today, reached or not. Back to the list as it was."""
    programme = programme_for(request, slug, Permission.WORKLIST)
    what = ONE_CLICK.get(request.POST.get("what", ""))
    chosen = _OneTreatment(request.POST)
    if what is None or not chosen.is_valid():
        return HttpResponse(status=400)
    treatment = treatment_for(request, chosen.cleaned_data["treatment"], Permission.WORKLIST, own=False)
    kind, outcome = what
    log_contact(treatment=treatment, kind=kind, outcome=outcome, by=request.user)
    return redirect(_as_asked(request, "worklist", programme))


class _OneTreatment(forms.Form):
    treatment = forms.UUIDField()


def worklist_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole list as CSV, by pseudonym."""
    programme = programme_for(request, slug, Permission.WORKLIST)
    asked = WorklistFilter({"state": "open", **request.GET.dict()}, programme=programme)
    wanted, today = asked.asked(), timezone.localdate()
    keys = [row["treatment"] for row in _rows(request, programme, wanted, today)]
    found = _lines(programme, keys, wanted, today, None)
    saw(request, "worklist taken", programme, patients=[line.treatment.patient_id for line in found])
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="worklist-{programme.slug}.csv"'
    _write(csv.writer(response), programme, found)
    return response


def _write(writer: Any, programme: Programme, found: Sequence[Line]) -> None:
    kinds = list(Contact.Kind.values)
    writer.writerow(["patient", "clinician", "forms", "due", "closes", *kinds, "last", "next", "next_on"])
    for line in found:
        clinician = line.treatment.primary_clinician
        tried = line.tried
        writer.writerow(
            [
                harmless(line.treatment.patient.pseudonym),
                harmless(clinician.name if clinician else ""),
                harmless(forms_in_words(programme.definitions, line.forms)),
                line.due_on or "",
                line.closes_on or "",
                *(tried[kind] for kind in kinds),
                line.last_try or "",
                line.next_step.kind if line.next_step else "",
                line.next_on or "",
            ]
        )
