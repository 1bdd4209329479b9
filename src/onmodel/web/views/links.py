"""For patients, without signing in: ask for a new link, and stop reminders."""

from __future__ import annotations

from allauth.core import ratelimit
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from onmodel.outreach.actions import resume_reminders, stop_reminders
from onmodel.outreach.links import sending_of
from onmodel.outreach.models import ReminderWish
from onmodel.outreach.requests import digests_of
from onmodel.outreach.tasks import answer_link_request


class NewLinkForm(forms.Form):
    address = forms.CharField(
        label=gettext_lazy("Your mail address or mobile number"),
        max_length=200,
        help_text=gettext_lazy("The one that we know of you."),
        widget=forms.TextInput({"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_address(self) -> dict[str, str]:
        """The digests by which it is found; what was typed is not kept."""
        digests = digests_of(self.cleaned_data["address"])
        if not digests:
            raise forms.ValidationError(_("Type a mail address, or a number of at least nine digits."))
        return digests


@login_not_required
@sensitive_post_parameters()
@sensitive_variables()
def new_link(request: HttpRequest) -> HttpResponse:
    """Always the same answer, after the same work: whether an address is known is told to nobody."""
    form = NewLinkForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/new_link.html", {"form": form}, status=422 if form.errors else 200)
    for channel, digest in form.cleaned_data["address"].items():
        if not ratelimit.consume(request, action="new_link", key=digest):
            return ratelimit.respond_429(request)
        answer_link_request.enqueue(channel, digest)
    return render(request, "account/new_link.html", {"asked": True})


@csrf_exempt  # the signed link is the leave, and mail programs post to it (RFC 8058)
@login_not_required
def reminders_stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, as mail programs open links by themselves; POST stops, or starts again."""
    sending = sending_of(token)
    if sending is None:
        return render(request, "account/reminders_stop.html", {"unknown": True}, status=404)
    patient = sending.treatment.patient
    if request.method == "POST":
        how = ReminderWish.How.LINK
        act = resume_reminders if request.POST.get("what") == "start" else stop_reminders
        act(patient=patient, how=how, by=None)
    stopped = ReminderWish.objects.filter(patient=patient, stopped_at__isnull=False).exists()
    return render(request, "account/reminders_stop.html", {"stopped": stopped})
