"""Where django-allauth asks what this site wants (docs/adr/0006-sign-in.md)."""

from __future__ import annotations

import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.web.sealed import seal, unseal
from onmodel.web.signing_in import second_factor

QUIET = {"logged_in.txt", "logged_out.txt"}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody makes an account of their own; no message for what the page shows already."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, request, level, message_template=None, *args, **kwargs) -> None:
        if (message_template or "").rpartition("/")[2] not in QUIET:
            super().add_message(request, level, message_template, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Somebody who signed in a moment ago has just shown who it is."""
        records = get_authentication_records(context.request, context.request.user)
        fresh = any(time.time() - record["at"] < REAUTHENTICATION_TIMEOUT for record in records)
        return not fresh and super().is_reauthentication_required(app=app, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Factors are sealed with IDENTITY_KEYS; the last one stays where one is required."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = second_factor.factors_of(authenticator.user).exclude(pk=authenticator.pk)
        return not second_factor.is_required_of(authenticator.user) or others.exists()


class InstitutionAdapter(DefaultSocialAccountAdapter):
    """An identity of the institution opens an account that is there already; it never makes one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:  # known by its subject
            return
        user = account_of(sociallogin)
        if user is None:
            raise ImmediateHttpResponse(render(request, "socialaccount/no_account.html", status=403))
        with transaction.atomic():
            sociallogin.connect(request, user)
            record(by=user, verb="institution's identity connected", subject=user)


def account_of(sociallogin: SocialLogin) -> User | None:
    """The one active account with an e-mail address that the institution has verified."""
    verified = [address.email for address in sociallogin.email_addresses if address.verified]
    found = [user for email in verified for user in User.objects.filter(email__iexact=email, is_active=True)]
    return found[0] if len(found) == 1 else None
