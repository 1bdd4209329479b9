"""How complete the forms are: by moment, by clinician, and in all, with n, interval and target."""

from __future__ import annotations

import csv
import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.outreach.completeness import Cell, Complete, cells, grouped, moment_key, order_of, overall
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for
from onmodel.web.components import Column, EmptyState, Figure, Table
from onmodel.web.form_words import moment_title, schedule_title
from onmodel.web.forms import DateInput
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.cells import harmless

HEADINGS = (
    "by",
    "schedule",
    "moment",
    "clinician",
    "forms",
    "answered",
    "share",
    "lower",
    "upper",
    "target",
    "set_aside",
    "on",
)


class CompletenessFilter(forms.Form):
    since = forms.DateField(label=gettext_lazy("Due since"), required=False, widget=DateInput)
    desired = forms.BooleanField(label=gettext_lazy("Count the desired forms too"), required=False)


def completeness(request: HttpRequest, slug: str) -> HttpResponse:
    programme, asked, found = _cells_for(request, slug)
    saw(request, "completeness opened", programme)
    context = programme_page(
        request,
        programme,
        filter=asked,
        whole=_figure(overall(found, programme)),
        target=_target_words(overall(found, programme)),
        set_aside=overall(found, programme).set_aside,
        moments=_moments_table(programme, found),
        clinicians=_clinicians_table(programme, found),
        file=f"{reverse('completeness-file', args=[slug])}?{request.GET.urlencode()}",
    )
    context["crumbs"] = [*context["crumbs"], (_("Worklist"), reverse("worklist", args=[slug]))]
    return render(request, "web/completeness.html", context)


def _cells_for(request: HttpRequest, slug: str) -> tuple[Programme, CompletenessFilter, list[Cell]]:
    programme = programme_for(request, slug, Permission.WORKLIST)
    asked = CompletenessFilter(request.GET)
    said = asked.cleaned_data if asked.is_valid() else {}
    visible: QuerySet[Treatment] = Treatment.objects.visible_to(request.user, Permission.WORKLIST)
    found = cells(
        programme,
        visible.filter(programme=programme),
        day=timezone.localdate(),
        since=said.get("since"),
        with_desired=bool(said.get("desired")),
    )
    return programme, asked, found


def _figure(complete: Complete) -> Figure:
    share = complete.share
    if share.estimate is None:
        return Figure(None, why=_("no form's time is over yet"))
    return Figure(
        100 * share.estimate,
        unit="%",
        n=share.n,
        interval=(100 * (share.lower or 0.0), 100 * (share.upper or 0.0)),
        digits=0,
    )


def _target_words(complete: Complete) -> str:
    if complete.target is None:
        return _("No target is set. The programme can set one at its recommendation on outcome.")
    return _("Target: %(target)d %% (%(source)s).") % {
        "target": round(100 * complete.target),
        "source": complete.target_source,
    }


def _target_cell(complete: Complete) -> str:
    return "–" if complete.target is None else f"{round(100 * complete.target)} %"


def _by_moment(programme: Programme, found: list[Cell]) -> list[tuple[str, str, Complete]]:
    """(schedule, moment, how complete), in the order of the schedules."""
    schedules = programme.definitions.schedules
    made = grouped(found, moment_key, programme)
    ordered = sorted(made, key=lambda key: (key[0], order_of(schedules.get(key[0]), key[1])))
    return [(schedule, moment, made[schedule, moment]) for schedule, moment in ordered]


def _moments_table(programme: Programme, found: list[Cell]) -> Table:
    pack = programme.definitions
    rows: list[list[Any]] = [
        [
            moment_title(pack, schedule, moment),
            schedule_title(pack, schedule),
            complete.share.n,
            complete.share.successes,
            _figure(complete),
            _target_cell(complete),
            complete.set_aside,
        ]
        for schedule, moment, complete in _by_moment(programme, found)
    ]
    columns = [_("Moment"), _("Schedule"), *_counts()]
    return Table(_("By moment"), columns, rows, empty=_empty(), caption_hidden=True, id="moments")


def _counts() -> list[Column | str]:
    return [
        Column(_("Forms"), numeric=True),
        Column(_("Answered"), numeric=True),
        _("Complete"),
        Column(_("Target"), numeric=True),
        Column(_("Set aside"), numeric=True),
    ]


def _empty() -> EmptyState:
    return EmptyState(
        _("Nothing to count yet"), _("Forms count once the time in which they can be filled is over.")
    )


def _by_clinician(programme: Programme, found: list[Cell]) -> list[tuple[str, Complete]]:
    made = grouped(found, lambda cell: cell.clinician, programme)
    names = dict(User.objects.filter(pk__in=[key for key in made if key]).values_list("pk", "name"))
    named = [(names.get(key, "") or _("none named"), complete) for key, complete in made.items()]
    return sorted(named, key=lambda one: one[0])


def _clinicians_table(programme: Programme, found: list[Cell]) -> Table:
    rows = [
        [
            name,
            complete.share.n,
            complete.share.successes,
            _figure(complete),
            _target_cell(complete),
            complete.set_aside,
        ]
        for name, complete in _by_clinician(programme, found)
    ]
    return Table(
        _("By primary clinician"),
        [_("Primary clinician"), *_counts()],
        rows,
        empty=_empty(),
        caption_hidden=True,
        id="clinicians",
    )


def completeness_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same figures as CSV: in all, by moment, by clinician."""
    programme, _asked, found = _cells_for(request, slug)
    saw(request, "completeness opened", programme, file=True)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="completeness-{programme.slug}.csv"'
    writer = csv.writer(response)
    writer.writerow(HEADINGS)
    today = timezone.localdate()
    writer.writerow(["programme", "", "", "", *_values(overall(found, programme), today)])
    for schedule, moment, complete in _by_moment(programme, found):
        writer.writerow(["moment", schedule, moment, "", *_values(complete, today)])
    for name, complete in _by_clinician(programme, found):
        writer.writerow(["clinician", "", "", harmless(name), *_values(complete, today)])
    return response


def _values(complete: Complete, today: datetime.date) -> list[Any]:
    share = complete.share
    shown = [share.estimate, share.lower, share.upper]
    known = ["" if value is None else f"{value:.4f}" for value in shown]
    target = "" if complete.target is None else complete.target
    return [share.n, share.successes, *known, target, complete.set_aside, today.isoformat()]
