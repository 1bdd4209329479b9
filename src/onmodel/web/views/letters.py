"""The yearly letter to the patient: drafted from the record, made one's own, released, read."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.feedback import actions
from onmodel.feedback.impressions import works_in
from onmodel.feedback.letters import letter_due
from onmodel.feedback.models import Letter
from onmodel.feedback.paper import letter_pdf
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.web.access import is_own, part_of, treated_for, treatment_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.components import Link, Table
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("In which language?"), choices=settings.LANGUAGES)


class LetterForm(SeenMixin):
    """A field for each section, named by its id, and the clinician's own word."""

    def __init__(self, data=None, *, letter: Letter, seen: str = "") -> None:
        super().__init__(data, initial={"seen": seen})
        for section in letter.sections:
            text = "\n".join(section["paragraphs"])
            rows = min(max(len(text) // 70, 3), 12)
            self.fields[f"section_{section['id']}"] = forms.CharField(
                label=section["title"],
                initial=text,
                required=False,
                max_length=8000,
                widget=forms.Textarea({"rows": rows, "lang": letter.language}),
            )
        self.fields["comment"] = forms.CharField(
            label=_("From you, as the therapist"),
            help_text=_("What you want to say to this patient. It stands at the end."),
            initial=letter.comment,
            required=False,
            max_length=8000,
            widget=forms.Textarea({"rows": 4, "lang": letter.language}),
        )

    def texts(self) -> dict[str, str]:
        """The text of each section by its id."""
        named = "section_"
        return {
            name.removeprefix(named): text
            for name, text in self.cleaned_data.items()
            if name.startswith(named)
        }


def letters_part(request: HttpRequest, treatment: Treatment, *, own: bool) -> dict[str, object]:
    """For the page that is looked at together: the letters, and for who treats the patient a new one."""
    works = not own and works_in(request.user, treatment)
    letters = list(treatment.letters.defer("pdf"))
    shown = [letter for letter in letters if works or letter.state == Letter.State.RELEASED]
    drafted = any(letter.state == Letter.State.DRAFT for letter in letters)
    due = letter_due(treatment, today=timezone.localdate()) if works and not drafted else None
    return {
        "letters": _table(request, treatment, shown, works=works) if shown else None,
        "letter_form": LanguageForm(initial={"language": _language_of(treatment)})
        if works and not drafted
        else None,
        "letter_due": date_written(due) if due else "",
    }


def _language_of(treatment: Treatment) -> str:
    user = treatment.patient.user
    known = user.language if user else ""
    return known or ("nl" if (get_language() or "en").startswith("nl") else "en")


def _table(request: HttpRequest, treatment: Treatment, letters: list[Letter], *, works: bool) -> Table:
    rows = [
        [
            letter.until,
            letter.get_state_display(),
            _link(treatment, letter)
            if works and letter.state == Letter.State.DRAFT
            else Link("PDF", _file(request, treatment, letter)),
        ]
        for letter in letters
    ]
    columns = [_("Up to"), _("State"), _("Letter")]
    return Table(_("Letters"), columns, rows, caption_hidden=True, id="letters")


def _file(request: HttpRequest, treatment: Treatment, letter: Letter) -> str:
    return part_of(request, treatment, "letter-file", letter.pk)


def _link(treatment: Treatment, letter: Letter) -> Link:
    return Link(_("Finish it"), reverse("letter", args=[treatment.pk, letter.pk]))


@require_POST
def letter_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new letter in the record's words; the next page makes them one's own."""
    treatment = treated_for(request, pk)
    language = request.POST.get("language", "")
    try:
        letter = actions.draft_letter(treatment=treatment, language=language, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("progress", pk=pk)
    return redirect("letter", pk=pk, letter_pk=letter.pk)


def letter(request: HttpRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """Edit a draft; keep it, release it, or throw it away."""
    treatment = treated_for(request, pk)
    found = get_object_or_404(treatment.letters, pk=letter_pk, state=Letter.State.DRAFT)
    saw(request, "letter read", found)
    if "discard" in request.POST:
        actions.discard_letter(letter=found, by=request.user)
        messages.success(request, _("The draft is thrown away."))
        return redirect("progress", pk=pk)
    form = LetterForm(request.POST or None, letter=found, seen=actions.letter_stamp(found))
    if request.method == "POST" and form.is_valid():
        try:
            return _keep(request, found, form)
        except ChangedMeanwhileError as error:
            now = {f"section_{s['id']}": "\n".join(s["paragraphs"]) for s in error.current.sections}
            now["comment"] = error.current.comment
            seen, back = actions.letter_stamp(error.current), request.path
            return changed_page(request, form, now=now, seen=seen, back=back)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "treatment": treatment,
        "programme": treatment.programme,
        "letter": found,
        "form": form,
        "until": date_written(found.until),
        "crumbs": [
            (treatment.patient.pseudonym, reverse("treatment", args=[pk])),
            (_("Looking together"), reverse("progress", args=[pk])),
        ],
        "simulated": treatment.programme.is_simulated,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/letter.html", context, status=status)


def _keep(request: HttpRequest, found: Letter, form: LetterForm) -> HttpResponse:
    kept = actions.edit_letter(
        letter=found,
        texts=form.texts(),
        comment=form.cleaned_data["comment"],
        seen=form.cleaned_data["seen"],
        by=request.user,
    )
    if "release" in request.POST:
        actions.release_letter(letter=kept, by=request.user)
        messages.success(request, _("The letter is released: the patient can read it now."))
        return redirect("progress", pk=found.treatment_id)
    messages.success(request, _("It is kept."))
    return redirect("letter", pk=found.treatment_id, letter_pk=found.pk)


def letter_file(request: HttpRequest, pk: UUID, letter_pk: UUID) -> HttpResponse:
    """The PDF as released; of a draft as it stands, for who treats the patient."""
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW)
    return letter_of(request, treatment, letter_pk, own=is_own(request, treatment))


def letter_of(request: HttpRequest, treatment: Treatment, letter_pk: UUID, *, own: bool) -> HttpResponse:
    letters = treatment.letters.all()
    if own or not works_in(request.user, treatment):
        letters = letters.filter(state=Letter.State.RELEASED)
    found = get_object_or_404(letters, pk=letter_pk)
    saw(request, "letter read", found)
    content = bytes(found.pdf) if found.pdf is not None else letter_pdf(found)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="letter-{found.until}.pdf"'
    return response
