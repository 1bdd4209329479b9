"""Files that show something of a programme, as a field of a form and as they are handed out again."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.programmes.files import MOST_BYTES, KeptFile
from onmodel.web.seen import saw


class KeptFileField(forms.FileField):
    """Cleans to the content (empty where none was sent), no more of it than tells that it is too large."""

    def __init__(self, **more: object) -> None:
        super().__init__(
            help_text=gettext_lazy("PDF, PNG or JPEG, at most 3 MB; nothing about a patient."), **more
        )

    def clean(self, data: object, initial: object = None) -> bytes:
        file = super().clean(data, initial)
        return file.read(MOST_BYTES + 1) if file else b""


def handed_out(
    request: HttpRequest, file: KeptFile, *, verb: str, subject: models.Model, name: str, back: str
) -> HttpResponse:
    """The file as it was kept, as `name`; where it is not, a word about that at the page `back`."""
    if not file.is_as_kept:
        messages.error(request, _("This file is not as it was kept. Tell whoever runs the program."))
        return redirect(back)
    saw(request, verb, subject, file=str(file.pk))
    response = HttpResponse(bytes(file.content), content_type=file.sent_as)
    response["Content-Disposition"] = f'attachment; filename="{name}.{file.kind}"'
    return response
