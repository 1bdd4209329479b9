"""Signals of risk that nobody acknowledged within the programme's hours: more people are told."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.access.permissions import Permission, roles_with
from onmodel.accounts.models import User
from onmodel.forms.models import SafetyText
from onmodel.forms.risk import USUAL_HOURS, risk_rule
from onmodel.programmes.models import Programme
from onmodel.signals.actions import escalate
from onmodel.signals.models import Signal

log = logging.getLogger(__name__)


def escalate_unseen(
    *, programme: Programme, now: datetime.datetime | None = None, by: User | None = None
) -> int:
    """Escalate those that waited too long; how many. A second time changes nothing."""
    now = now or timezone.now()
    escalated = [signal for signal in unseen(programme, now) if escalate(signal=signal, by=by)]
    for signal in escalated:
        tell(signal)
    return len(escalated)


def unseen(programme: Programme, now: datetime.datetime) -> Iterable[Signal]:
    """Open ones of the pack's risk rule, older than the programme's hours."""
    rule = risk_rule(programme)
    if rule is None:
        return []
    text = SafetyText.objects.current(programme)
    since = now - datetime.timedelta(hours=text.hours if text else USUAL_HOURS)
    waiting = Signal.objects.filter(
        programme=programme,
        rule=rule.id,
        state=Signal.State.OPEN,
        acknowledged_at__isnull=True,
        escalated_at__isnull=True,
        opened_at__lte=since,
    )
    return list(waiting.select_related("treatment", "programme"))


def told_of(signal: Signal) -> list[User]:
    """Who sees it now and has an address: the team of the treatment, and who sees the whole programme."""
    if signal.treatment is None:
        return []
    roles = roles_with(Permission.SIGNALS_HANDLE)
    here = {"memberships__organisation": signal.programme.organisation_id, "memberships__role__in": roles}
    working = User.objects.filter(**here, is_active=True).exclude(email="").distinct()
    return [user for user in working if Signal.objects.visible_to(user).filter(pk=signal.pk).exists()]


def tell(signal: Signal) -> int:
    """By mail, without a word about whom it is; a mail that fails is logged and stops nothing."""
    sent = 0
    for user in told_of(signal):
        with override(user.language or settings.LANGUAGE_CODE):
            subject = _("A patient's answer waits for somebody to look at it")
            text = _(
                "In %(programme)s a patient gave an answer that asks for attention at once, and nobody has "
                "acknowledged it in time. Sign in to OnModel and look at the signals."
            ) % {"programme": signal.programme.name}
        try:
            sent += send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
        except OSError:
            log.warning("No mail could be sent about an escalated signal of %s.", signal.programme.slug)
    return sent
