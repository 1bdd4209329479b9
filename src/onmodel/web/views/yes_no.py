"""Yes/no lists about a programme as sums, and what changed from one period to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in, require
from onmodel.criteria.models import YesNoSum
from onmodel.criteria.sums.actions import keep_sum
from onmodel.criteria.sums.reading import YesNoList, between, from_the_record, list_of, lists_of, total
from onmodel.measurement.sums import Total, change_of_totals, total_from
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for
from onmodel.web.components import Column, EmptyState, Link, Table
from onmodel.web.criteria_forms import PeriodForm, SumForm
from onmodel.web.rating_form import Choice, Field, in_words
from onmodel.web.sections import programme_page
from onmodel.wording.numbers import date_written

ANSWERS: dict[str, bool | None] = {"yes": True, "no": False, "": None}


@require_GET
def yes_no_lists(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    kept = list(YesNoSum.objects.visible_to(request.user).filter(programme=programme))
    rows = []
    for one in lists_of(programme):
        sums = [row for row in kept if row.checklist == one.id]
        last = sum_in_words(total(sums[-1])) if sums else _("not yet")
        rows.append(
            [
                Link(in_words(one.title, one.id), reverse("yes-no-list", args=[slug, one.id])),
                one.maximum,
                last,
            ]
        )
    columns = [_("List"), Column(_("Questions"), numeric=True), _("Last sum")]
    table = Table(_("Lists"), columns, rows, empty=EmptyState(_("The pack has no such list.")), id="lists")
    return render(request, "web/yes_no_lists.html", programme_page(request, programme, table=table))


def sum_in_words(one: Total) -> str:
    """ "24 of 33", or between which numbers it lies while some are unknown."""
    if not one.unknown:
        return _("%(yes)s of %(asked)s") % {"yes": one.yes, "asked": one.asked}
    said = {"yes": one.yes, "most": one.most, "asked": one.asked, "unknown": one.unknown}
    return _("%(yes)s to %(most)s of %(asked)s (%(unknown)s unknown)") % said


@require_http_methods(["GET", "POST"])
def yes_no_list(request: HttpRequest, slug: str, checklist: str) -> HttpResponse:
    """One list: its sums over time, what changed between the last two, and the form for a new one."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    chosen = list_of(programme, checklist)
    if chosen is None:
        raise Http404
    form = _form(chosen, request.POST or None)
    if request.method == "POST":
        require(request.user, Permission.REQUIREMENTS_ATTEST, programme=programme)
        if form.is_valid() and _kept(request, programme, chosen, form):
            messages.success(request, _("The list is kept."))
            return redirect("yes-no-list", slug=slug, checklist=checklist)
    page = _page(request, programme, chosen, form)
    return render(request, "web/yes_no_list.html", page, status=422 if request.method == "POST" else 200)


def _form(chosen: YesNoList, data) -> PeriodForm:
    today = timezone.localdate()
    initial = {"starts_on": today.replace(month=1, day=1), "ends_on": today}
    if chosen.by_sum_only:
        return SumForm(data, maximum=chosen.maximum, initial=initial)
    return PeriodForm(data, initial=initial)


def _kept(request: HttpRequest, programme: Programme, chosen: YesNoList, form: PeriodForm) -> bool:
    marks = {check.id: ANSWERS.get(request.POST.get(f"check_{check.id}", "")) for check in chosen.checks}
    try:
        keep_sum(programme=programme, checklist=chosen.id, by=request.user, marks=marks, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _page(
    request: HttpRequest, programme: Programme, chosen: YesNoList, form: PeriodForm
) -> dict[str, object]:
    kept = list(YesNoSum.objects.visible_to(request.user).filter(programme=programme, checklist=chosen.id))
    may = Permission.REQUIREMENTS_ATTEST in permissions_in(request.user, programme)
    context = programme_page(
        request,
        programme,
        title=in_words(chosen.title, chosen.id),
        note=in_words(chosen.note),
        source=chosen.source,
        sums=_sums_table(kept),
        published=_published(chosen),
        changed=_changed(chosen, kept),
        form=form if may else None,
        checks=_fields(request, programme, chosen) if may else [],
    )
    context["crumbs"] = [
        *context["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Yes/no lists"), reverse("yes-no-lists", args=[programme.slug])),
    ]
    return context


def _sums_table(kept: Sequence[YesNoSum]) -> Table:
    rows = [[_period(one), sum_in_words(total(one))] for one in kept]
    empty = EmptyState(_("No sum yet"), _("Answer the list for a period."))
    return Table(_("Sums"), [_("Period"), _("Sum")], rows, empty=empty, id="sums")


def _period(one: YesNoSum) -> str:
    said = {"first": date_written(one.starts_on), "last": date_written(one.ends_on)}
    return _("%(first)s to %(last)s") % said


def _published(chosen: YesNoList) -> str:
    """The sums that the source prints, and the change between them."""
    if len(chosen.published) != 2:
        return ""
    first, second = (total_from(int(value), chosen.maximum) for value in chosen.published.values())
    said = {
        "first": sum_in_words(first),
        "second": sum_in_words(second),
        "change": f"{change_of_totals(first, second):+d}",
        "source": chosen.source,
    }
    return (
        _(
            "Published: %(first)s in the first period and %(second)s in the second, a change of %(change)s "
            "(%(source)s)."
        )
        % said
    )


def _changed(chosen: YesNoList, kept: Sequence[YesNoSum]) -> Table | None:
    """What changed between the last two sums."""
    if len(kept) < 2:
        return None
    found = between(kept[-2], kept[-1])
    texts = {check.id: in_words(check.text, check.id) for check in chosen.checks}
    compared = found.compared
    if found.change is not None:
        change = f"{found.change:+d}"
    else:
        change = _("%(least)s to %(most)s") % {"least": f"{compared.least:+d}", "most": f"{compared.most:+d}"}
    rows = [[_("Change of the sum"), change]]
    if compared is not None:
        rows += [
            [word, "; ".join(texts.get(one, one).rstrip(".") for one in names) or _("none")]
            for word, names in (
                (_("Met now, not before"), compared.won),
                (_("Not met any more"), compared.lost),
                (_("Unknown at one of both times"), compared.unknown),
            )
        ]
    caption = _("What changed from %(before)s to %(after)s") % {
        "before": _period(kept[-2]),
        "after": _period(kept[-1]),
    }
    return Table(caption, [_("What"), _("Found")], rows, id="changed")


def _fields(request: HttpRequest, programme: Programme, chosen: YesNoList) -> list[Field]:
    """Each check with yes, no and unknown; chosen is what was sent, else what the record says today."""
    if request.method == "POST":
        known: Mapping[str, bool | None] = {
            check.id: ANSWERS.get(request.POST.get(f"check_{check.id}", "")) for check in chosen.checks
        }
    else:
        known = from_the_record(programme, chosen, timezone.localdate()) if chosen.checks else {}
    return [_field(check, known.get(check.id)) for check in chosen.checks]


def _field(check, known: bool | None) -> Field:
    labels = (("yes", _("yes"), True), ("no", _("no"), False), ("", _("unknown"), None))
    choices = tuple(
        Choice(value=value, label=label, words="", chosen=known is meaning)
        for value, label, meaning in labels
    )
    text = in_words(check.text, check.id)
    label = f"{check.number}. {text}" if check.number else text
    return Field(item=f"check_{check.id}", label=label, kind="choice", choices=choices)
