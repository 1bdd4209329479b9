"""A form that was opened before somebody else saved: both are shown, nothing is overwritten.

A form that edits a record has the hidden field `seen` (`SeenMixin`), the state of the record when it
was opened. The action raises `ChangedMeanwhileError`; the view answers with `changed_page`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from onmodel.web.components import Table

CONFLICT = 409


class SeenMixin(forms.Form):
    """Remembers what the person saw: a version number, the id of the latest entry, or a state."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


def changed_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    now: Mapping[str, Any],
    seen: object,
    back: str,
) -> HttpResponse:
    """409: what stands now beside what the person filled in, and the form to send again or leave.

    `now` are the values that stand, by name of the field; `seen` the state to send it again upon.
    """
    form.data = form.data.copy()
    form.data[form.add_prefix("seen")] = str(seen)
    context = {"form": form, "table": _both(form, now), "back": back, "crumbs": [(_("Back"), back)]}
    return render(request, "web/changed.html", context, status=CONFLICT)


def _both(form: forms.Form, now: Mapping[str, Any]) -> Table:
    rows = [
        [
            field.label,
            _written(field, now.get(field.name, "–")),
            _written(field, form.cleaned_data.get(field.name)),
        ]
        for field in form.visible_fields()
    ]
    return Table(_("What differs"), ["", _("Stands now"), _("You filled in")], rows, caption_hidden=True)


def _written(field: forms.BoundField, value: object) -> object:
    """A choice by its label."""
    choices = {str(key): label for key, label in getattr(field.field, "choices", ()) or ()}
    return choices.get(str(value), value)
