"""Keep what a supervisor learnt about a question."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.questions.looking import Question
from onmodel.questions.models import Explanation


@transaction.atomic
def explain(*, question: Question, note: str, by: User, seen: str | None = None) -> Explanation:
    """Keep the explanation of these facts; the question about them is not put again.

    ChangedMeanwhileError where there are other facts by now than the reader saw. The event does not repeat
    the note: explanations are never changed, and what an event says of a list outlives its patients.
    """
    if not note.strip():
        raise ValidationError(_("Say what you found."))
    if seen is not None and seen != question.stamp:
        raise ChangedMeanwhileError(None)
    kept = Explanation.objects.create(
        programme=question.programme,
        kind=question.kind,
        person=question.person,
        note=note.strip(),
        covered=[fact.key for fact in question.facts],
        given_by=by,
    )
    patients = {fact.patient for fact in question.facts if fact.patient is not None}
    record(by=by, verb="question explained", subject=kept, patients=patients, kind=question.kind)
    return kept
