"""The form that makes a programme-to-be: what it is called, by which pack and format, who leads it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel import library
from onmodel.accounts.models import User
from onmodel.programmes.models import Organisation
from onmodel.programmes.planning import formats_of, people_of
from onmodel.web.implementing_forms import ProjectForm, Somebody
from onmodel.web.rating_form import in_words


class NewProgrammeForm(ProjectForm):
    """`format` holds the pack as well, since each pack has formats of its own."""

    field_order = ("name", "pack", "format", "leader", "begun_on", "opens_on", "aim")

    name = forms.CharField(label=gettext_lazy("What is it called?"), max_length=200)
    pack = forms.ChoiceField(
        label=gettext_lazy("By which pack does it work?"),
        help_text=gettext_lazy("The pack holds the model: its requirements, instruments and tasks."),
    )
    format = forms.ChoiceField(label=gettext_lazy("In which format?"), required=False)
    leader = Somebody(
        label=gettext_lazy("Who leads it?"),
        help_text=gettext_lazy("Becomes its manager."),
        queryset=User.objects.none(),
    )

    def __init__(self, data: Any = None, *, organisation: Organisation, user: User) -> None:
        super().__init__(data)
        del self.fields["seen"]
        packs = {header.id: in_words(header.title) for header in library.available()}
        self.fields["pack"].choices = list(packs.items())
        self.fields["format"].choices = [
            ("", _("not known yet")),
            *((title, _formats(pack)) for pack, title in packs.items()),
        ]
        self.fields["leader"].queryset = people_of(organisation)
        self.initial |= {"leader": user.pk}
        kept = organisation.programmes.order_by("-pk").values_list("pack", flat=True).first()
        self.initial |= {"pack": kept} if kept in packs else {}

    def clean(self) -> dict[str, Any]:
        """With the format alone in `format`."""
        given = super().clean()
        pack, _dot, format = given.get("format", "").partition(":")
        if pack and given.get("pack") and pack != given["pack"]:
            self.add_error("format", _("This format is of another pack; choose one of the pack above."))
        return {**given, "format": format}


def _formats(pack: str) -> list[tuple[str, str]]:
    return [(f"{pack}:{id_}", capfirst(in_words(term.label))) for id_, term in formats_of(pack).items()]
