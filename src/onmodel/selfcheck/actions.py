"""Keep a self-check, show it to one's supervisors and take that back, remove it. No event holds an answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.actions import checked_answer
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.selfcheck.models import SelfCheck

FORM = "therapist_self_check"
WANTS_SUPPORT = "wants_support"
LONGEST_TEXT = 2_000

Answers = Mapping[str, float | str | None]


@transaction.atomic
def keep_check(*, programme: Programme, answers: Answers, wants_support: bool, by: User) -> SelfCheck:
    """Keep today's self-check of the person who fills it.

    Raises ValidationError where the pack has none, for an item that lacks or is out of range, for too long a
    text, and for a second one on the same day.
    """
    User.objects.select_for_update().get(pk=by.pk)
    instrument = programme.definitions.instruments.get(FORM)
    if instrument is None:
        raise ValidationError(_("The pack has no self-check."))
    given = _checked(instrument, answers)
    today = timezone.localdate()
    if SelfCheck.objects.of(by).filter(programme=programme, checked_on=today).exists():
        raise ValidationError(
            _("You filled it today already, and nothing was changed. Remove that one to fill it again.")
        )
    check = SelfCheck.objects.create(
        programme=programme,
        therapist=by,
        instrument=instrument.id,
        instrument_version=instrument.version,
        checked_on=today,
        sealed={**given, WANTS_SUPPORT: wants_support},
    )
    record(by=by, verb="self-check kept", subject=check)
    return check


def _checked(instrument: Instrument, answers: Answers) -> dict[str, float | str]:
    """Items and answers as they are kept; ValidationError with everything that is wrong."""
    problems: list[str] = []
    given: dict[str, float | str] = {}
    for name, value in answers.items():
        try:
            answer = checked_answer(Assignment(), instrument, name, value)
        except ValidationError as error:
            problems += error.messages
            continue
        if len(answer.text) > LONGEST_TEXT:
            problems.append(_("A text has at most %(n)s characters.") % {"n": LONGEST_TEXT})
        if answer.value is not None or answer.text:
            given[name] = answer.text or answer.value
    missing = [
        item for item in instrument.all_items() if item.required and answers.get(item.id) in (None, "")
    ]
    if missing:
        language = get_language() or "en"
        named = "; ".join(item.label.in_(language).rstrip(".") if item.label else item.id for item in missing)
        problems.append(_("Not answered yet: %(items)s.") % {"items": named})
    if problems:
        raise ValidationError(problems)
    return given


@transaction.atomic
def show_check(*, check: SelfCheck, by: User) -> SelfCheck:
    """Let the own supervisors see it."""
    check = _own(check, by)
    if check.shared_on is None:
        check.shared_on = timezone.localdate()
        check.save(update_fields=["shared_on"])
        record(by=by, verb="self-check shown to supervisors", subject=check)
    return check


@transaction.atomic
def take_back_check(*, check: SelfCheck, by: User) -> SelfCheck:
    """From now on nobody else sees it."""
    check = _own(check, by)
    if check.shared_on is not None:
        check.shared_on = None
        check.save(update_fields=["shared_on"])
        record(by=by, verb="self-check taken back", subject=check)
    return check


@transaction.atomic
def remove_check(*, check: SelfCheck, by: User) -> None:
    check = _own(check, by)
    SelfCheck.objects.filter(pk=check.pk).delete()
    record(by=by, verb="self-check removed", subject=check)


def _own(check: SelfCheck, by: User) -> SelfCheck:
    check = SelfCheck.objects.select_for_update().get(pk=check.pk)
    if check.therapist_id != by.pk:
        raise ValidationError(_("This self-check is somebody else's."))
    return check


@transaction.atomic
def forget_leavers(*, programme: Programme, by: User | None = None) -> int:
    """Remove the self-checks of those who no longer work in the programme."""
    working = (
        programme.organisation.memberships.in_force()
        .of_programme(programme)
        .filter(role__in=["therapist", "supervisor"])
    )
    n, _by_model = (
        SelfCheck.objects.filter(programme=programme).exclude(therapist__in=working.values("user")).delete()
    )
    if n:
        record(by=by, verb="self-checks of leavers removed", subject=programme, n=n)
    return n
