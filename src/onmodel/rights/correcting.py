"""Put right what is wrong in a record. The event keeps what stood there, and why it was changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.actions import record_answers, record_scores
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import refuse_stale, stamp, stamp_of
from onmodel.scheduling.actions import replan

DATES = ("referred_on", "oriented_on", "started_on", "ended_on")


def treatment_stamp(treatment: Treatment) -> str:
    return stamp(treatment, DATES)


def form_values(form: Assignment) -> dict[str, float | str | None]:
    """The answers by item, or the entered scores by scale."""
    if is_entered(form):
        return dict(form.scores.values_list("scale", "value"))
    return {answer.item: answer.text or answer.value for answer in form.answers.all()}


def is_entered(form: Assignment) -> bool:
    """Whether its scores came in as such, without answers."""
    return not form.answers.exists() and form.scores.filter(entered=True).exists()


def form_stamp(form: Assignment) -> str:
    return stamp_of([form.pk, form.answered_on, *sorted(map(str, form_values(form).items()))])


@transaction.atomic
def correct_dates(
    *,
    treatment: Treatment,
    dates: Mapping[str, datetime.date | None],
    reason: str,
    by: User,
    seen: str | None = None,
) -> Treatment:
    """Put dates of a treatment right; forms not yet answered move along.

    An end is not made or undone here: that is more than a date.
    """
    _need(reason)
    current = Treatment.objects.select_for_update().get(pk=treatment.pk)
    refuse_stale(current, treatment_stamp(current), seen)
    changes = {name: day for name, day in dates.items() if name in DATES and day != getattr(current, name)}
    if "ended_on" in changes and (current.ended_on is None or changes["ended_on"] is None):
        raise ValidationError({"ended_on": _("A treatment is not ended or reopened by a correction.")})
    before = {name: getattr(current, name) for name in changes}
    for name, day in changes.items():
        setattr(current, name, day)
    current.validate_constraints()
    if changes:
        current.save(update_fields=list(changes))
        record(
            by=by,
            verb="treatment corrected",
            subject=current,
            why=reason.strip(),
            values={"before": before, "after": changes},
        )
        replan(treatment=current, by=by)
    return current


@transaction.atomic
def correct_form(
    *,
    form: Assignment,
    values: Mapping[str, float | str | None],
    answered_on: datetime.date,
    reason: str,
    by: User,
    seen: str | None = None,
) -> Assignment:
    """Put answers (or entered scores) and the day of a filled form right; it is scored again."""
    _need(reason)
    current = Assignment.objects.select_for_update().get(pk=form.pk)
    refuse_stale(current, form_stamp(current), seen)
    if current.status not in (Assignment.Status.ANSWERED, Assignment.Status.PARTIAL):
        raise ValidationError(_("Only a filled form can be corrected."))
    stood = form_values(current)
    changes = {name: value for name, value in values.items() if value != stood.get(name)}
    before = {name: stood.get(name) for name in changes}
    if answered_on != current.answered_on:
        before["answered_on"] = current.answered_on
    if not before:
        return current
    _keep(current, changes, answered_on, by)
    after = {**changes, "answered_on": answered_on}
    record(
        by=by,
        verb="form corrected",
        subject=current,
        why=reason.strip(),
        values={"before": before, "after": {name: after[name] for name in before}},
    )
    return current


def _keep(
    form: Assignment, changes: Mapping[str, float | str | None], answered_on: datetime.date, by: User
) -> None:
    if is_entered(form):
        record_scores(assignment=form, scores=changes, answered_on=answered_on, by=by)
    else:
        record_answers(assignment=form, answers=changes, answered_on=answered_on, by=by)


def _need(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is corrected.")})
