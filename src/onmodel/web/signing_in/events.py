"""Who signed in, and what changed in how they do, as events of the audit trail."""

from __future__ import annotations

from allauth.account import signals as account
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from onmodel.audit.actions import record
from onmodel.forms.actions import note_staff_device
from onmodel.web.devices import device_of


def _note(user, verb: str, **detail: object) -> None:
    with transaction.atomic():
        record(by=user, verb=verb, subject=user, **detail)


def signed_in(*, user, request=None, **_named: object) -> None:
    with transaction.atomic():
        if request is not None and user.memberships.exists():
            note_staff_device(user=user, device=device_of(request))
        record(by=user, verb="signed in", subject=user)


def sign_in_refused(*, credentials, **_named: object) -> None:
    """Only for a name that there is: what else was typed may be a password in the wrong field."""
    username = str(credentials.get("username") or "")
    user = get_user_model().objects.filter(username=username).first() if "\0" not in username else None
    if user:
        with transaction.atomic():
            record(by=None, verb="sign-in refused", subject=user)


def factor_saved(*, instance: Authenticator, created: bool, **_named: object) -> None:
    if created:
        _note(instance.user, "second factor added", kind=str(instance.type))


def factor_removed(*, instance: Authenticator, **_named: object) -> None:
    _note(instance.user, "second factor removed", kind=str(instance.type))


def password_changed(*, user, **_named: object) -> None:
    _note(user, "password changed")


def connect() -> None:
    user_logged_in.connect(signed_in)
    user_login_failed.connect(sign_in_refused)
    account.password_changed.connect(password_changed)
    # Not allauth's own signals, which come after the commit: an act and its event go together.
    post_save.connect(factor_saved, sender=Authenticator)
    post_delete.connect(factor_removed, sender=Authenticator)
