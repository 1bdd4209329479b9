"""Mark a report as read, ask about a section of it, and answer."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.pirs.actions import sections_of, speaks_for
from onmodel.pirs.looking import bring_up_to_date
from onmodel.pirs.models import Pir, Question, Reading, Side


@transaction.atomic
def mark_read(*, pir: Pir, by: User) -> Reading:
    """That a reader of the expert centre has read it; once."""
    current = _received(pir, by)
    reading, created = Reading.objects.get_or_create(pir=current, by=by)
    if created:
        record(by=by, verb="PIR read", subject=current)
    return reading


@transaction.atomic
def ask(*, pir: Pir, section: str, text: str, by: User) -> Question:
    """Ask the supervisor about a section of a frozen report; the same question twice is one."""
    current = _received(pir, by)
    if section not in sections_of(current):
        raise ValidationError(_("This report has no section “%(section)s”.") % {"section": section})
    if not text.strip():
        raise ValidationError(_("Say what you want to know."))
    same = current.questions.open().filter(section=section, text=text.strip(), asked_by=by).first()
    if same is not None:
        return same
    question = Question.objects.create(pir=current, section=section, text=text.strip(), asked_by=by)
    bring_up_to_date(current.programme, "pir_question", by=by)
    record(by=by, verb="PIR asked about", subject=current, why=question.text, section=section)
    return question


@transaction.atomic
def answer(*, question: Question, text: str, by: User) -> Question:
    """Answer as the supervisor; an answer is given once."""
    speaks_for(by, Side.SUPERVISOR, question.pir.programme)
    if not text.strip():
        raise ValidationError(_("Say what the answer is."))
    current = (
        Question.objects.select_for_update(of=("self",)).select_related("pir__programme").get(pk=question.pk)
    )
    if current.answered_at is not None:
        raise ValidationError(_("It was answered already."))
    current.answer, current.answered_by, current.answered_at = text.strip(), by, timezone.now()
    current.save(update_fields=["answer", "answered_by", "answered_at"])
    bring_up_to_date(current.pir.programme, "pir_question", by=by)
    record(
        by=by, verb="PIR question answered", subject=current.pir, why=current.answer, section=current.section
    )
    return current


def _received(pir: Pir, by: User) -> Pir:
    """The report as it stands, locked. ValidationError unless it is frozen and the user follows it."""
    current = Pir.objects.select_for_update(of=("self",)).select_related("programme").get(pk=pir.pk)
    if not current.is_frozen:
        raise ValidationError(
            _("This report is not signed yet; the expert centre has it once both have signed.")
        )
    if not has_permission(by, Permission.PIR_RECEIVE, programme=current.programme):
        raise ValidationError(_("%(name)s does not follow this programme.") % {"name": by.name})
    return current
