"""Second, blind ratings: draw them, and set the share."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.adherence.second.actions import draw_second_ratings, set_second_share
from onmodel.web.access import programme_for
from onmodel.web.adherence_forms import ShareForm
from onmodel.web.views.raters import raters_page


@require_POST
def second_draw(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.ADHERENCE_RATE)
    try:
        drawn = draw_second_ratings(programme=programme, day=timezone.localdate(), by=request.user)
    except ValidationError as error:
        return raters_page(request, programme, 422, second_errors=error.messages)
    words = ngettext("%(n)s second rating is asked for.", "%(n)s second ratings are asked for.", len(drawn))
    messages.success(request, words % {"n": len(drawn)})
    return redirect("raters", slug=slug)


@require_POST
def second_share(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.ADHERENCE_RATE)
    form = ShareForm(request.POST)
    if form.is_valid():
        try:
            share, reason = form.cleaned_data["percent"] / 100, form.cleaned_data["reason"]
            set_second_share(programme=programme, share=share, reason=reason, by=request.user)
            messages.success(request, _("The share is set."))
            return redirect("raters", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return raters_page(request, programme, 422, share_form=form)
