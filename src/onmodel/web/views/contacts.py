"""How one patient is reached: contacts, messages, wishes, and the forms that wait, to skip or reopen."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.outreach.actions import log_contact, resume_reminders, set_wish, stop_reminders, strike_contact
from onmodel.outreach.ladder import Step, ladder
from onmodel.outreach.models import Channel, Contact, Language, ReminderWish
from onmodel.patients.models import Treatment
from onmodel.web.access import treatment_for
from onmodel.web.components import Column, EmptyState, Status, Table
from onmodel.web.forms import DateInput
from onmodel.web.post_button import PostButton, post_button
from onmodel.web.seen import saw


class ContactForm(forms.Form):
    """What was tried, and what came of it."""

    kind = forms.ChoiceField(label=gettext_lazy("How"), choices=Contact.Kind.choices)
    outcome = forms.ChoiceField(label=gettext_lazy("What came of it"), choices=Contact.Outcome.choices)
    happened_on = forms.DateField(label=gettext_lazy("When"), widget=DateInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("About reaching the patient; what belongs in the record goes there."),
    )
    next_on = forms.DateField(
        label=gettext_lazy("Next contact on"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("Until then no reminder goes out."),
    )


class WishForm(forms.Form):
    """In which language and by what the patient wants to be written to."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the programme does")), *Language.choices],
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        required=False,
        choices=[("", gettext_lazy("As the programme does")), *Channel.choices],
    )


def _treatment(request: HttpRequest, pk: UUID) -> Treatment:
    return treatment_for(request, pk, Permission.WORKLIST, own=False)


def contacts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All that was tried; POST: keep another contact."""
    treatment = _treatment(request, pk)
    saw(request, "contacts opened", treatment)
    initial = {"kind": "telephone", "outcome": "reached", "happened_on": timezone.localdate()}
    form = ContactForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST":
        try:
            if form.is_valid():
                log_contact(treatment=treatment, by=request.user, **form.cleaned_data)
                return redirect("contacts", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, treatment, form, status=422 if form.errors else 200)


def _page(request: HttpRequest, treatment: Treatment, form: ContactForm, *, status: int) -> HttpResponse:
    wish = ReminderWish.objects.filter(patient=treatment.patient_id).first()
    slug = treatment.programme.slug
    context = {
        "treatment": treatment,
        "programme": treatment.programme,
        "form": form,
        "wish": wish,
        "wish_form": WishForm(initial={"language": wish.language, "channel": wish.channel} if wish else {}),
        "contacts": _contacts_table(request, treatment),
        "sendings": _sendings_table(treatment),
        "steps": _steps(treatment),
        "may_schedule": Permission.SCHEDULES_ASSIGN in permissions_in(request.user, treatment.programme),
        "crumbs": [
            (_("Home"), reverse("home")),
            (_("Worklist"), reverse("worklist", args=[slug])),
            (treatment.patient.pseudonym, reverse("treatment", args=[treatment.pk])),
        ],
        "simulated": treatment.programme.is_simulated,
    }
    return render(request, "web/contacts.html", context, status=status)


def _contacts_table(request: HttpRequest, treatment: Treatment) -> Table:
    rows = [
        [
            contact.happened_on,
            contact.get_kind_display(),
            contact.get_outcome_display() if contact.struck_at is None else _("struck: logged by mistake"),
            contact.by.name if contact.by else "–",
            contact.note or "–",
            contact.next_on or "–",
            "" if contact.struck_at else _strike(request, contact),
        ]
        for contact in treatment.contacts.select_related("by")
    ]
    columns = [_("When"), _("How"), _("Came of it"), _("Kept by"), _("Note"), _("Next")]
    columns.append(Column(_("Strike"), hidden_label=True))
    return Table(
        _("Contacts"),
        columns,
        rows,
        empty=EmptyState(_("No contact kept yet")),
        caption_hidden=True,
        id="contacts",
    )


def _strike(request: HttpRequest, contact: Contact) -> PostButton:
    action = reverse("contact-strike", args=[contact.treatment_id, contact.pk])
    return post_button(request, _("Strike"), action, contact.get_kind_display())


def _sendings_table(treatment: Treatment) -> Table:
    rows = [
        [
            sending.sent_at or sending.tried_at or sending.planned_for,
            sending.get_kind_display(),
            sending.get_channel_display(),
            Status(sending.state, of="sending"),
            sending_trouble(sending.error) or "–",
        ]
        for sending in treatment.sendings.all()[:50]
    ]
    columns = [_("When"), _("Message"), _("Channel"), _("State"), _("What went wrong")]
    empty = EmptyState(_("No message yet"))
    return Table(_("Messages"), columns, rows, empty=empty, caption_hidden=True, id="sendings")


def sending_trouble(error: str) -> str:
    """The kinds of trouble that are ours in the reader's language; a server's number as it is."""
    words = {
        "no address": _("no usable mail address or telephone number is known"),
        "no birth date, which the programme asks for": _(
            "the programme asks for a birth date; none is known"
        ),
        "broken off": _("the program was stopped while it was being sent"),
    }
    return words.get(error, error)


def _steps(treatment: Treatment) -> list[str]:
    """The ladder in words."""
    language = get_language() or "en"
    return [_step(step, step.label.in_(language)) for step in ladder(treatment.programme.definitions)]


def _step(step: Step, name: str) -> str:
    if step.after == "opening":
        words = _("%(step)s: %(days)d days after it opens") if step.days else _("%(step)s: when it opens")
    else:
        words = _("%(step)s: %(days)d days after it is due") if step.days else _("%(step)s: when it is due")
    return words % {"step": name, "days": step.days}


@require_POST
def contact_strike(request: HttpRequest, pk: UUID, contact: int) -> HttpResponse:
    treatment = _treatment(request, pk)
    strike_contact(contact=get_object_or_404(treatment.contacts, pk=contact), by=request.user)
    return redirect("contacts", pk=pk)


@require_POST
def reminder_wish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop or start reminders, or set language and channel, as the patient asked."""
    treatment = _treatment(request, pk)
    what = request.POST.get("what")
    if what == "stop":
        stop_reminders(patient=treatment.patient, how=ReminderWish.How.STAFF, by=request.user)
    elif what == "start":
        resume_reminders(patient=treatment.patient, how=ReminderWish.How.STAFF, by=request.user)
    else:
        form = WishForm(request.POST)
        if not form.is_valid():
            return HttpResponse(status=400)
        set_wish(patient=treatment.patient, by=request.user, **form.cleaned_data)
    return redirect("contacts", pk=pk)
