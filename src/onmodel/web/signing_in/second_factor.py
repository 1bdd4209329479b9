"""Everybody but patients needs a second factor where REQUIRE_MFA says so, and is led to set one up."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from onmodel.accounts.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes only stand in for one
#: What is open before there is a second factor: setting one up, and leaving.
OPEN = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "account_reauthenticate",
    "sign-in",
    "sign-out",
    "language",
    "session-keep",
}


def factors_of(user: User) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=user, type__in=FACTORS)


def is_required_of(user: User) -> bool:
    """Of all but patients; a patient who also has another role is not excepted."""
    if not settings.REQUIRE_MFA:
        return False
    is_patient = hasattr(user, "patient")
    return not is_patient or user.memberships.in_force().exclude(role="patient").exists()


def lacks_second_factor(request: HttpRequest) -> bool:
    if not is_required_of(request.user) or factors_of(request.user).exists():
        return False
    return not (settings.OIDC_BRINGS_SECOND_FACTOR and _came_by_institution(request))


def _came_by_institution(request: HttpRequest) -> bool:
    return any(one["method"] == "socialaccount" for one in get_authentication_records(request, request.user))


class SecondFactorMiddleware:
    """Sends people without the second factor that they need to the page where they set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        name = request.resolver_match.url_name
        if not request.user.is_authenticated or name in OPEN or not lacks_second_factor(request):
            return None
        messages.info(request, _("Your work asks for a second step at sign-in. Set one up first."))
        return redirect("mfa_index")
