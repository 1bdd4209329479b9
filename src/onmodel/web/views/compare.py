"""Compare two periods, or two cohorts, of a programme: aggregates only, whoever reads."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_together
from onmodel.outcomes.comparison import compare as compare_groups
from onmodel.outcomes.comparison import outcomes_of
from onmodel.outcomes.periods import ByCohort, ByDate, Spanning, Split, cohorts
from onmodel.programmes.models import Programme
from onmodel.reports.comparing import comparison_report
from onmodel.reports.comparing.view import SMALL_CELL
from onmodel.reports.document import Report
from onmodel.reports.figures import as_csv
from onmodel.reports.page import as_html
from onmodel.reports.paper.pdf import as_pdf
from onmodel.reports.wording import basis_in_words
from onmodel.web.access import programme_for
from onmodel.web.forms import DateInput
from onmodel.web.report_blocks import section_of
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written

SPANNING = [
    (Spanning.AFTER.value, gettext_lazy("Count as after the date")),
    (Spanning.OUT.value, gettext_lazy("Leave out")),
    (Spanning.START.value, gettext_lazy("Count as before, by their start")),
]


#: Each kind of file: its media type and how it is made.
KINDS: dict[str, tuple[str, Callable[[Report], bytes | str]]] = {
    "pdf": ("application/pdf", as_pdf),
    "html": ("text/html; charset=utf-8", as_html),
    # with the mark that Excel asks for
    "csv": ("text/csv; charset=utf-8", lambda report: "\ufeff" + as_csv(report)),
    "json": (
        "application/json",
        lambda report: json.dumps(report.as_dict(), ensure_ascii=False, indent=2),
    ),
}


class AdjustForm(forms.Form):
    """Whether age and gender are reckoned with."""

    adjusted = forms.BooleanField(label=gettext_lazy("Adjust for age and gender"), required=False)


class DateForm(AdjustForm):
    """A date that parts before from after."""

    date = forms.DateField(label=gettext_lazy("Date"), widget=DateInput)
    spanning = forms.ChoiceField(
        label=gettext_lazy("Treatments under way on it"), choices=SPANNING, initial=Spanning.AFTER
    )

    def clean_date(self) -> datetime.date:
        date = self.cleaned_data["date"]
        if date > timezone.localdate():
            raise forms.ValidationError(_("This date is still to come: nothing can have started after it."))
        return date

    def split(self) -> Split:
        return ByDate(self.cleaned_data["date"], Spanning(self.cleaned_data["spanning"]))


class CohortForm(AdjustForm):
    """Two of the cohorts that treatments name."""

    first = forms.ChoiceField(label=gettext_lazy("First cohort"))
    second = forms.ChoiceField(label=gettext_lazy("Second cohort"))

    def __init__(self, *args, names: list[str], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, name) for name in names]
        self.fields["first"].choices = self.fields["second"].choices = choices
        self.fields["second"].initial = names[1]

    def clean(self) -> dict[str, object]:
        cleaned = super().clean()
        if cleaned.get("first") and cleaned.get("first") == cleaned.get("second"):
            self.add_error("second", _("Choose another cohort than the first."))
        return cleaned

    def split(self) -> Split:
        return ByCohort(self.cleaned_data["first"], self.cleaned_data["second"])


def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """The choice of groups, and once it is made, what comparing them gives."""
    programme = programme_for(request, slug, Permission.PIR_VIEW)
    reads_records = Permission.PIR_VIEW, Permission.TREATMENT_VIEW
    aggregates_only = not has_together(request.user, *reads_records, programme=programme)
    by_date, by_cohort = _forms(request, programme)
    asked = next((form for form in (by_date, by_cohort) if form is not None and form.is_bound), None)
    context = programme_page(
        request, programme, by_date=by_date, by_cohort=by_cohort, aggregates_only=aggregates_only
    )
    if asked is None:
        return render(request, "web/compare.html", context)
    if not asked.is_valid():
        return render(request, "web/compare.html", context, status=422)
    split = for_reader(asked.split(), aggregates_only=aggregates_only)
    report = _report(programme, split, aggregates_only, adjusted=asked.cleaned_data["adjusted"])
    kind = request.GET.get("format", "")
    if kind in KINDS:
        return _as_file(request, programme, report, kind)
    return render(request, "web/compare.html", context | _shown(request, report, split, asked.split()))


def for_reader(split: Split, *, aggregates_only: bool) -> Split:
    """The split that this reader gets.

    Who sees no patients gets the first day of the date's quarter: two comparisons a day apart would tell, by
    their difference, about the one patient who started between them.
    """
    if not aggregates_only or not isinstance(split, ByDate):
        return split
    quarter = split.date.replace(month=3 * ((split.date.month - 1) // 3) + 1, day=1)
    return ByDate(quarter, split.spanning)


def _forms(request: HttpRequest, programme: Programme) -> tuple[DateForm, CohortForm | None]:
    """Both ways to choose; the one that was used is bound."""
    names = cohorts(programme.treatments.all())
    used_cohorts = "first" in request.GET and len(names) > 1
    by_date = DateForm(
        {"spanning": Spanning.AFTER.value, **request.GET.dict()} if "date" in request.GET else None
    )
    if len(names) < 2:
        return by_date, None
    return by_date, CohortForm(request.GET if used_cohorts else None, names=names)


def _report(programme: Programme, split: Split, aggregates_only: bool, *, adjusted: bool) -> Report:
    """Who sees no patients gets no adjustment: with and without it, few left out would tell about them."""
    template = programme.definitions.reports.get("pir")
    fewest = template.minimum_n if template else SMALL_CELL
    comparison = compare_groups(
        programme.treatments.all(),
        split,
        outcomes=outcomes_of(programme),
        until=timezone.localdate(),
        minimum_n=max(fewest, SMALL_CELL) if aggregates_only else fewest,
        adjusted=adjusted and not aggregates_only,
    )
    language = "nl" if (get_language() or "en").startswith("nl") else "en"
    return comparison_report(programme, comparison, language=language, aggregates_only=aggregates_only)


def _shown(request: HttpRequest, report: Report, split: Split, asked: Split) -> dict[str, object]:
    numbers = report.bases()
    return {
        "report": report,
        "moved_to": date_written(split.date) if isinstance(split, ByDate) and split != asked else "",
        "sections": [section_of(section, numbers) for section in report.sections],
        "bases": [(number, basis_in_words(basis)) for basis, number in numbers.items()],
        "downloads": [(kind, _address(request, kind)) for kind in KINDS],
    }


def _address(request: HttpRequest, kind: str) -> str:
    query = request.GET.copy()
    query["format"] = kind
    return f"?{query.urlencode()}"


def _as_file(request: HttpRequest, programme: Programme, report: Report, kind: str) -> HttpResponse:
    saw(request, "comparison taken", programme, kind=kind)
    content_type, content = KINDS[kind]
    response = HttpResponse(content(report), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="comparison-{programme.slug}.{kind}"'
    return response
