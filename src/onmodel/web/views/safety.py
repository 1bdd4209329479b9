"""What the programme's patients read at once after an answer that asks for attention."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from onmodel.access.permissions import Permission
from onmodel.forms.actions import set_safety_text
from onmodel.forms.models import SafetyText
from onmodel.forms.risk import USUAL_HOURS
from onmodel.forms.safety import default_safety_text
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for
from onmodel.web.components import Column, EmptyState, Table
from onmodel.web.sections import programme_page


class SafetyForm(forms.Form):
    english = forms.CharField(
        label=gettext_lazy("In English"), max_length=2_000, widget=forms.Textarea({"rows": 6, "lang": "en"})
    )
    dutch = forms.CharField(
        label=gettext_lazy("In Dutch"), max_length=2_000, widget=forms.Textarea({"rows": 6, "lang": "nl"})
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours after which a signal that nobody has seen is escalated"),
        min_value=1,
        max_value=168,
        help_text=gettext_lazy("Then the whole team of the treatment sees it, and is told by mail."),
    )


def safety(request: HttpRequest, slug: str) -> HttpResponse:
    """The text in force and its versions; POST: a new version."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_ATTEST)
    now = SafetyText.objects.current(programme)
    form = SafetyForm(request.POST or None, initial=_initial(now))
    if request.method == "POST" and form.is_valid():
        try:
            set_safety_text(programme=programme, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The text is kept; patients read it from now on."))
            return redirect("safety", slug=slug)
    context = programme_page(request, programme, form=form, now=now, history=_history(programme))
    return render(request, "web/safety.html", context, status=422 if request.method == "POST" else 200)


def _initial(now: SafetyText | None) -> dict[str, object]:
    if now:
        return {"english": now.english, "dutch": now.dutch, "hours": now.hours}
    words = {}
    for name, language in (("english", "en"), ("dutch", "nl")):
        with override(language):
            words[name] = default_safety_text()
    return {**words, "hours": USUAL_HOURS}


def _history(programme: Programme) -> Table:
    texts = programme.safety_texts.select_related("set_by")
    rows = [[text.version, text.set_at, text.set_by.name, text.hours, text.english] for text in texts]
    columns = [
        Column(_("Version"), numeric=True),
        _("From"),
        _("By"),
        Column(_("Hours"), numeric=True),
        _("In English"),
    ]
    empty = EmptyState(
        _("No text of the programme's own yet"), _("Until then patients read the general one above.")
    )
    return Table(_("Versions"), columns, rows, empty=empty, caption_hidden=True)
