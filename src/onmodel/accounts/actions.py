"""Make accounts."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record


@transaction.atomic
def create_account(*, username: str, name: str, password: str, by: User | None, email: str = "") -> User:
    """A new account. ValidationError for a name that is taken or a password that is too weak."""
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError(_("The user name %(name)s is taken.") % {"name": username})
    user = User(username=username, name=name.strip() or username, email=email)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    record(by=by, verb="account created", subject=user)
    return user
