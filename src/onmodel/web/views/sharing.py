"""What a programme agreed on how far patients' answers about their therapists reach."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.packs.instruments import Audience
from onmodel.programmes.models import Programme
from onmodel.sharing.actions import agree_on_sharing
from onmodel.sharing.models import Reaches
from onmodel.sharing.reading import agreed_in, sentence
from onmodel.web.access import programme_for
from onmodel.web.components import EmptyState, Table
from onmodel.web.sections import programme_page


class AgreementForm(forms.Form):
    reaches = forms.ChoiceField(
        label=gettext_lazy("What of one patient's answers reaches the therapists and their supervisor?"),
        widget=forms.RadioSelect,
        choices=Reaches.choices,
    )
    reason = forms.CharField(
        label=gettext_lazy("How was this decided, and with whom?"), widget=forms.Textarea({"rows": 3})
    )


def sharing(request: HttpRequest, slug: str) -> HttpResponse:
    """The agreement in force, what patients are told, the history, and a new agreement."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_ATTEST)
    now = agreed_in(programme)
    form = AgreementForm(request.POST or None, initial={"reaches": now})
    if request.method == "POST" and form.is_valid():
        try:
            agree_on_sharing(programme=programme, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The agreement is kept. What was answered before keeps its promise."))
            return redirect("sharing", slug=slug)
    context = programme_page(
        request,
        programme,
        form=form,
        now=now.label,
        told=sentence(now),
        forms=_forms(programme),
        history=_history(programme),
    )
    return render(request, "web/sharing.html", context, status=422 if request.method == "POST" else 200)


def _forms(programme: Programme) -> list[str]:
    """The forms of the pack that the agreement is about."""
    language = get_language() or "en"
    instruments = programme.definitions.instruments.values()
    return sorted(i.title.in_(language) for i in instruments if i.audience is Audience.AGREED)


def _history(programme: Programme) -> Table:
    agreements = programme.sharing_agreements.select_related("agreed_by")
    rows = [[a.starts_on, a.get_reaches_display(), a.reason, a.agreed_by.name] for a in agreements]
    columns = [_("From"), _("What reaches them"), _("How it was decided"), _("Recorded by")]
    empty = EmptyState(_("Nothing was agreed"), _("Until then nothing of one patient reaches them."))
    return Table(_("Agreements"), columns, rows, empty=empty, caption_hidden=True)
