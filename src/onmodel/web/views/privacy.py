"""How long an organisation keeps what, and a programme's own texts of consent."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission_throughout
from onmodel.consent.actions import add_text
from onmodel.consent.models import ConsentText
from onmodel.consent.purposes import Purpose
from onmodel.consent.texts import text_in_force
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Organisation, Programme
from onmodel.rights.models import RetentionPeriod
from onmodel.rights.retention import (
    DEFAULT_MONTHS,
    LONGEST,
    months_of,
    past_of,
    period_stamp,
    set_period,
)
from onmodel.web.access import programme_for, whole_organisation_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.components import Column, EmptyState, Link, Table
from onmodel.web.forms import DateInput
from onmodel.web.sections import programme_page

Kind = RetentionPeriod.Kind


class PeriodForm(SeenMixin):
    """How long, and why that long."""

    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=1, max_value=LONGEST)
    reason = forms.CharField(
        label=gettext_lazy("Why that long?"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )


class TextForm(forms.Form):
    """A new version of the words that a patient decides upon."""

    version = forms.CharField(label=gettext_lazy("Version"), max_length=20)
    english = forms.CharField(
        label=gettext_lazy("Text in English"), max_length=10_000, widget=forms.Textarea({"rows": 6})
    )
    dutch = forms.CharField(
        label=gettext_lazy("Text in Dutch"), max_length=10_000, widget=forms.Textarea({"rows": 6})
    )
    holds_from = forms.DateField(label=gettext_lazy("Holds from"), widget=DateInput)
    whole = forms.BooleanField(
        label=gettext_lazy("For every programme of the organisation that has no text of its own"),
        required=False,
    )


def retention_periods(request: HttpRequest, slug: str) -> HttpResponse:
    """What is kept how long, by whose word; and what the next run would erase."""
    organisation = whole_organisation_for(request, slug, Permission.PRIVACY_SET)
    own = {period.kind: period for period in organisation.retention_periods.select_related("set_by")}
    past = past_of(organisation, timezone.localdate())
    context = {
        "organisation": organisation,
        "table": _periods_table(organisation, own),
        "records": sum(one.kind == Kind.RECORD for one in past),
        "files": sum(one.kind == Kind.IMPORT_FILE for one in past),
        "recordings": sum(one.kind == Kind.SESSION_RECORDING for one in past),
        "crumbs": [(_("Home"), reverse("home"))],
    }
    return render(request, "web/privacy/retention.html", context)


def _periods_table(organisation: Organisation, own: dict[str, RetentionPeriod]) -> Table:
    rows = []
    for kind in Kind:
        period = own.get(kind)
        rows.append(
            [
                Link(str(kind.label), reverse("retention-period", args=[organisation.slug, kind.value])),
                period.months if period else DEFAULT_MONTHS[kind],
                period.reason if period else _("as OnModel came"),
                period.set_by.name if period and period.set_by else "–",
                timezone.localtime(period.set_at).date() if period else "–",
            ]
        )
    columns = [_("What"), Column(_("Months"), numeric=True), _("Why"), _("Set by"), _("On")]
    return Table(_("How long it is kept"), columns, rows, caption_hidden=True)


def retention_period(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Set one period."""
    organisation = whole_organisation_for(request, slug, Permission.PRIVACY_SET)
    if kind not in Kind.values:
        raise Http404
    form = PeriodForm(request.POST or None, initial=_stands(organisation, kind))
    if request.method == "POST" and form.is_valid():
        answer = _set(request, organisation, kind, form)
        if answer is not None:
            return answer
    back = reverse("retention-periods", args=[slug])
    context = {
        "organisation": organisation,
        "title": Kind(kind).label,
        "default": DEFAULT_MONTHS[Kind(kind)],
        "form": form,
        "crumbs": [(_("Home"), reverse("home")), (_("How long it is kept"), back)],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/privacy/retention_period.html", context, status=status)


def _stands(organisation: Organisation, kind: str) -> dict[str, object]:
    own = organisation.retention_periods.filter(kind=kind).first()
    return {
        "months": months_of(organisation, kind),
        "reason": own.reason if own else "",
        "seen": period_stamp(organisation, kind),
    }


def _set(
    request: HttpRequest, organisation: Organisation, kind: str, form: PeriodForm
) -> HttpResponse | None:
    """Keep it; None, with the form saying why, where it cannot be."""
    back = reverse("retention-periods", args=[organisation.slug])
    try:
        set_period(organisation=organisation, kind=kind, by=request.user, **form.cleaned_data)
    except ChangedMeanwhileError:
        now = _stands(organisation, kind)
        return changed_page(request, form, now=now, seen=now["seen"], back=back)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("It is kept that long from the next run on."))
    return redirect(back)


def consent_texts(request: HttpRequest, slug: str) -> HttpResponse:
    """The text that holds today for each purpose, and whose it is."""
    programme = programme_for(request, slug, Permission.PRIVACY_SET)
    today = timezone.localdate()
    rows = []
    for purpose in Purpose:
        text = text_in_force(programme, purpose, today)
        address = reverse("consent-text", args=[slug, purpose.value])
        rows.append([Link(str(purpose.label), address), text.source, text.version])
    table = Table(
        _("Texts of consent"), [_("Use of data"), _("Whose"), _("Version")], rows, caption_hidden=True
    )
    return render(request, "web/privacy/consent_texts.html", programme_page(request, programme, table=table))


def consent_text(request: HttpRequest, slug: str, purpose: str) -> HttpResponse:
    """One purpose: the text that holds, the own versions, and a form for a new one."""
    programme = programme_for(request, slug, Permission.PRIVACY_SET)
    if purpose not in Purpose.values:
        raise Http404
    form = _text_form(request, programme)
    if request.method == "POST" and form.is_valid() and _add(request, programme, purpose, form):
        return redirect("consent-texts", slug=slug)
    text = text_in_force(programme, Purpose(purpose), timezone.localdate())
    crumbs = [(_("Home"), reverse("home")), (_("Texts of consent"), reverse("consent-texts", args=[slug]))]
    context = programme_page(
        request,
        programme,
        title=Purpose(purpose).label,
        text=text.words.in_(get_language() or "en"),
        version=f"{text.source} {text.version}",
        history=_versions_table(programme, purpose),
        form=form,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "web/privacy/consent_text.html", {**context, "crumbs": crumbs}, status=status)


def _text_form(request: HttpRequest, programme: Programme) -> TextForm:
    """Words for the whole organisation only from somebody who may set them in each of its programmes."""
    form = TextForm(request.POST or None, initial={"holds_from": timezone.localdate()})
    programmes = programme.organisation.programmes.all()
    if not has_permission_throughout(request.user, Permission.PRIVACY_SET, programmes=programmes):
        del form.fields["whole"]
    return form


def _add(request: HttpRequest, programme: Programme, purpose: str, form: TextForm) -> bool:
    given = dict(form.cleaned_data)
    whole = given.pop("whole", False)
    try:
        add_text(
            organisation=programme.organisation,
            programme=None if whole else programme,
            purpose=Purpose(purpose),
            by=request.user,
            **given,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(
        request, _("The text is kept. Who decided before keeps the version that they were told.")
    )
    return True


def _versions_table(programme: Programme, purpose: str) -> Table:
    texts = ConsentText.objects.filter(organisation=programme.organisation_id, purpose=purpose)
    own = [text for text in texts if text.programme_id in (None, programme.pk)]
    language = get_language() or "en"
    rows = [
        [
            programme.name if text.programme_id else programme.organisation.name,
            text.version,
            text.holds_from,
            text.dutch if language.startswith("nl") else text.english,
        ]
        for text in own
    ]
    columns = [_("Whose"), _("Version"), _("Holds from"), _("Text")]
    empty = EmptyState(_("No text of your own"), _("The words that come with OnModel hold."))
    return Table(_("Own texts"), columns, rows, empty=empty, caption_hidden=True)
