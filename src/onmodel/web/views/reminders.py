"""How a programme reminds, in which words, and how each message went."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.nightly.run import watch
from onmodel.outreach.actions import add_reminder_text, send_again, set_reminder_plan
from onmodel.outreach.models import Channel, Language, ReminderPlan, ReminderText, Sending
from onmodel.outreach.texts import MAY, words_in_force
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for
from onmodel.web.components import EmptyState, Link, Status, Table
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.contacts import sending_trouble

A_PAGE = 25


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class PlanForm(forms.ModelForm):
    """Whether, by what, in which language, and not at which hours."""

    class Meta:
        model = ReminderPlan
        fields = (
            "is_on",
            "by_mail",
            "by_sms",
            "language",
            "days_between",
            "quiet_from",
            "quiet_until",
            "time_zone",
        )
        labels = {
            "is_on": gettext_lazy("Remind patients of their forms"),
            "by_mail": gettext_lazy("By mail"),
            "by_sms": gettext_lazy("By text message, where there is no mail address"),
            "language": gettext_lazy("Language"),
            "days_between": gettext_lazy("Days between two messages, at least"),
            "quiet_from": gettext_lazy("No messages from"),
            "quiet_until": gettext_lazy("until"),
            "time_zone": gettext_lazy("Time zone of these hours"),
        }
        help_texts = {
            "language": gettext_lazy("Where the patient has not chosen another."),
        }
        widgets = {"quiet_from": TimeInput(), "quiet_until": TimeInput()}


class SendingFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("failed", gettext_lazy("Not arrived")),
            *Sending.State.choices[:3],
        ],
    )


class TextForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=150, required=False)
    body = forms.CharField(label=gettext_lazy("Text"), max_length=4_000, widget=forms.Textarea({"rows": 14}))


def reminders(request: HttpRequest, slug: str) -> HttpResponse:
    """Settings, words, and the messages; POST: set."""
    programme = programme_for(request, slug, Permission.REMINDERS_SET)
    plan = ReminderPlan.objects.filter(programme=programme).first() or ReminderPlan(programme=programme)
    form = PlanForm(request.POST if request.method == "POST" else None, instance=plan)
    if request.method == "POST" and form.is_valid():
        try:
            set_reminder_plan(programme=programme, by=request.user, **form.cleaned_data)
            return redirect("reminders", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, programme, form)


def _page(request: HttpRequest, programme: Programme, form: PlanForm) -> HttpResponse:
    asked = SendingFilter(request.GET)
    sendings = _sendings(request, programme)
    counted = dict(sendings.order_by().values_list("state").annotate(n=Count("id")))
    state = asked.cleaned_data["state"] if asked.is_valid() else ""
    chosen = sendings.failed() if state == "failed" else sendings.filter(state=state) if state else sendings
    page = Paginator(chosen.select_related("treatment__patient"), A_PAGE).get_page(request.GET.get("page"))
    patients = [sending.treatment.patient_id for sending in page.object_list]
    if patients:
        saw(request, "reminders listed", programme, patients=patients)
    context = programme_page(
        request,
        programme,
        form=form,
        filter=asked,
        table=_table(page),
        failed=counted.get("failed", 0) + counted.get("unclear", 0),
        texts=_texts_table(programme),
        watch=watch(),
    )
    context["crumbs"] = [*context["crumbs"], (_("Worklist"), reverse("worklist", args=[programme.slug]))]
    return render(request, "web/reminders.html", context, status=422 if form.errors else 200)


def _sendings(request: HttpRequest, programme: Programme):
    theirs = Treatment.objects.visible_to(request.user, Permission.REMINDERS_SET).filter(programme=programme)
    return Sending.objects.filter(treatment__in=theirs)


def _table(page: Any) -> Table:
    rows = [
        [
            Link(
                sending.treatment.patient.pseudonym,
                reverse("contacts", args=[sending.treatment_id]),
            ),
            sending.get_kind_display(),
            sending.get_channel_display(),
            sending.sent_at or sending.tried_at or sending.planned_for,
            Status(sending.state, of="sending"),
            sending.attempts,
            sending_trouble(sending.error) or "–",
        ]
        for sending in page.object_list
    ]
    columns = [
        _("Patient"),
        _("Message"),
        _("Channel"),
        _("When"),
        _("State"),
        _("Tries"),
        _("What went wrong"),
    ]
    empty = EmptyState(_("No message"), _("Messages are planned by the nightly run."))
    return Table(_("Messages"), columns, rows, empty=empty, caption_hidden=True, page=page)


def _texts_table(programme: Programme) -> Table:
    own = {}
    for text in ReminderText.objects.filter(programme=programme).order_by("version"):
        own[text.kind, text.channel, text.language] = text.version
    languages, kinds, channels = (dict(of.choices) for of in (Language, ReminderText.Kind, Channel))
    rows = [
        [
            Link(
                f"{kinds[kind]}, {channels[channel]}, {languages[language]}",
                reverse("reminder-text", args=[programme.slug, kind, channel, language]),
            ),
            _("own words, version %(n)d") % {"n": own[kind, channel, language]}
            if (kind, channel, language) in own
            else _("words of the pack"),
        ]
        for kind in kinds
        for channel in channels
        for language in languages
    ]
    return Table(_("Words"), [_("Message"), _("Words")], rows, caption_hidden=True, id="texts")


@require_POST
def reminders_again(request: HttpRequest, slug: str) -> HttpResponse:
    """Try every message that failed once more."""
    programme = programme_for(request, slug, Permission.REMINDERS_SET)
    send_again(sendings=list(_sendings(request, programme).failed()[:500]), by=request.user)
    return redirect("reminders", slug=slug)


def reminder_text(request: HttpRequest, slug: str, message: str, channel: str, language: str) -> HttpResponse:
    """The words of one message; POST: the programme's own, as a new version."""
    programme = programme_for(request, slug, Permission.REMINDERS_SET)
    kind = message
    known = (kind in ReminderText.Kind.values, channel in Channel.values, language in Language.values)
    if not all(known):
        raise Http404
    words = words_in_force(programme, kind, channel, language)
    initial = {"subject": words.subject, "body": words.body}
    form = TextForm(request.POST if request.method == "POST" else None, initial=initial)
    if channel == Channel.SMS:
        del form.fields["subject"]
    if request.method == "POST" and form.is_valid():
        try:
            add_reminder_text(
                programme=programme,
                kind=kind,
                channel=channel,
                language=language,
                subject=form.cleaned_data.get("subject", ""),
                body=form.cleaned_data["body"],
                by=request.user,
            )
            return redirect("reminders", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    earlier = programme.reminder_texts.filter(kind=kind, channel=channel, language=language)
    context = programme_page(
        request,
        programme,
        form=form,
        title=f"{ReminderText.Kind(kind).label}, {Channel(channel).label}, {Language(language).label}",
        version=words.version,
        placeholders=[f"{{{name}}}" for name in MAY],
        earlier=list(earlier.select_related("made_by")),
    )
    context["crumbs"] = [*context["crumbs"], (_("Reminders"), reverse("reminders", args=[slug]))]
    return render(request, "web/reminder_text.html", context, status=422 if form.errors else 200)
