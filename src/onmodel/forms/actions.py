"""Sit down to a form, keep each answer as it is given, finish the form."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.actions import checked_answer, instrument_of, keep_answers
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import Draft, record, record_all
from onmodel.forms import risk
from onmodel.forms.models import DraftAnswer, SafetyText, Sitting, StaffDevice
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.signals.actions import open_signal
from onmodel.signals.models import Signal

Status = Assignment.Status
#: The states in which answers are taken; one that was missed may still come, on paper.
FILLABLE = (Status.PLANNED, Status.OPEN, Status.PARTIAL, Status.MISSED)
#: Longer than this nobody answers one item: the rest was a pause. Ours.
PAUSE = 120.0
#: An answer waits at most so long in a browser for the connection. Ours.
LONGEST_WAIT = datetime.timedelta(days=30)
LONGEST_TEXT = 10_000


@dataclass(frozen=True, kw_only=True)
class Given:
    """One answer as it arrives: how many seconds ago it was given, how many seconds went to it."""

    item: str
    value: float | str | None
    age: float = 0.0
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What came of answers: the items that are settled, what was wrong with others, what asks for attention.

    `finished` says that the form was finished before, and that nothing was changed.
    """

    items: tuple[str, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)
    at_risk: tuple[str, ...] = ()
    finished: bool = False


def device_digest(token: str) -> str:
    """What is kept of the token in a browser's cookie; empty for none."""
    return salted_hmac("onmodel.forms.device", token, algorithm="sha256").hexdigest() if token else ""


@transaction.atomic
def open_sitting(*, assignment: Assignment, channel: str, device: str = "", by: User | None) -> Sitting:
    """Sit down to a form that can be filled. Raises ValidationError where it cannot."""
    current = Assignment.objects.select_for_update().get(pk=assignment.pk)
    _refuse_settled(current)
    sitting = Sitting.objects.create(assignment=current, channel=channel, device=device, by=by)
    record(by=by, verb="form opened to fill", subject=current, channel=channel)
    return sitting


@transaction.atomic
def save_answers(*, sitting: Sitting, given: Iterable[Given], by: User | None) -> Kept:
    """Keep answers of an unfinished form; what is wrong with one does not stop the others.

    The same twice changes nothing, and of two for one item the one given last holds, in whatever
    order they arrive. An answer that asks for attention opens a signal here and now.
    """
    assignment = Assignment.objects.select_for_update().get(pk=sitting.assignment_id)
    if not _fillable(assignment):
        return Kept(finished=True)
    instrument = instrument_of(assignment)
    now, problems = timezone.now(), {}
    fresh: dict[str, tuple[DraftAnswer, Given]] = {}
    for one in given:
        try:
            fresh[one.item] = (_draft(assignment, instrument, sitting, one, now), one)
        except ValidationError as error:
            problems[one.item] = " ".join(error.messages)
    newer = _newer(assignment, fresh)
    _store(assignment, sitting, newer, now)
    values = {item: draft.value for item, (draft, _one) in fresh.items()}
    alarming = risk.at_risk(instrument, values)
    _open_signals(assignment, instrument, values, alarming, on=timezone.localdate(now), by=by)
    return Kept(items=tuple(fresh), problems=problems, at_risk=alarming)


@transaction.atomic
def finish_form(
    *, sitting: Sitting, by: User | None, answered_on: datetime.date | None = None, note: str = ""
) -> Assignment:
    """Make the kept answers the answers of the form, score it, and forget the drafts.

    A form whose main scale can be scored counts as answered, also with an item passed over; else as
    partly answered. A second time changes nothing. Raises ValidationError where nothing was answered.
    """
    assignment = Assignment.objects.select_for_update().get(pk=sitting.assignment_id)
    if not _fillable(assignment):
        return assignment
    drafts = list(assignment.drafts.all())
    if not any(draft.as_given is not None for draft in drafts):
        raise ValidationError(_("No question of this form is answered yet."))
    draft = keep_answers(
        assignment=assignment,
        answers={one.item: one.as_given for one in drafts},
        answered_on=answered_on or timezone.localdate(),
        by=by,
    )
    finished = _count_as_answered(draft.subject)
    assignment.drafts.all().delete()
    now = timezone.now()
    Sitting.objects.filter(pk=sitting.pk).update(finished_at=now, last_active_at=now, note=note.strip())
    detail = {**draft.detail, "channel": sitting.channel}
    record_all([Draft(verb="form filled", subject=finished, detail=detail)], by=by)
    return finished


@transaction.atomic
def note_staff_device(*, user: User, device: str) -> None:
    """Remember that somebody of the staff signs in with this browser; at sign-in, which has its event."""
    if device:
        StaffDevice.objects.update_or_create(
            user=user, device=device, defaults={"seen_on": timezone.localdate()}
        )


@transaction.atomic
def set_safety_text(*, programme: Programme, english: str, dutch: str, hours: int, by: User) -> SafetyText:
    """A new version of what patients read after an answer that asks for attention; old ones stay.

    Raises ValidationError for an empty text, and for hours that are not from 1 to a week.
    """
    locked = Programme.objects.select_for_update().get(pk=programme.pk)
    before = SafetyText.objects.current(locked)
    text = SafetyText(
        programme=locked,
        version=before.version + 1 if before else 1,
        english=english.replace("\0", "").strip(),
        dutch=dutch.replace("\0", "").strip(),
        hours=hours,
        set_by=by,
    )
    text.full_clean()
    text.save()
    record(by=by, verb="safety text set", subject=locked, version=text.version, hours=hours)
    return text


def _fillable(assignment: Assignment) -> bool:
    return assignment.status in FILLABLE and assignment.answered_on is None


def _refuse_settled(assignment: Assignment) -> None:
    if not _fillable(assignment):
        raise ValidationError(_("This form is finished, or does not apply any more."))


def _draft(
    assignment: Assignment, instrument: Instrument, sitting: Sitting, one: Given, now: datetime.datetime
) -> DraftAnswer:
    value = one.value.replace("\0", "")[:LONGEST_TEXT] if isinstance(one.value, str) else one.value
    answer = checked_answer(assignment, instrument, one.item, value)
    waited = min(datetime.timedelta(seconds=max(0.0, one.age)), LONGEST_WAIT)
    return DraftAnswer(
        assignment=assignment,
        sitting=sitting,
        item=one.item,
        value=answer.value,
        text=answer.text,
        not_applicable=answer.not_applicable,
        given_at=now - waited,
    )


def _newer(
    assignment: Assignment, fresh: dict[str, tuple[DraftAnswer, Given]]
) -> dict[str, tuple[DraftAnswer, Given]]:
    """Those that say something else than what is kept, and were given after it."""
    known = {draft.item: draft for draft in assignment.drafts.filter(item__in=fresh)}

    def changes(draft: DraftAnswer) -> bool:
        kept = known.get(draft.item)
        return kept is None or (draft.given_at > kept.given_at and draft.as_given != kept.as_given)

    return {item: pair for item, pair in fresh.items() if changes(pair[0])}


def _store(
    assignment: Assignment,
    sitting: Sitting,
    newer: dict[str, tuple[DraftAnswer, Given]],
    now: datetime.datetime,
) -> None:
    if not newer:
        return
    DraftAnswer.objects.bulk_create(
        [draft for draft, _one in newer.values()],
        update_conflicts=True,
        unique_fields=["assignment", "item"],
        update_fields=["sitting", "value", "text", "not_applicable", "given_at"],
    )
    if assignment.status != Status.PARTIAL:
        assignment.status = Status.PARTIAL
        assignment.save(update_fields=["status"])
    _count_time(sitting, {item: one.seconds for item, (_draft, one) in newer.items()}, now)


def _count_time(sitting: Sitting, seconds: dict[str, float | None], now: datetime.datetime) -> None:
    current = Sitting.objects.select_for_update().get(pk=sitting.pk)
    for item, spent in seconds.items():
        if spent is not None and spent >= 0:
            counted = min(spent, PAUSE)
            current.item_seconds[item] = round(current.item_seconds.get(item, 0.0) + counted, 1)
            current.active_seconds = round((current.active_seconds or 0.0) + counted, 1)
    current.last_active_at = now
    current.save(update_fields=["item_seconds", "active_seconds", "last_active_at"])


def _open_signals(
    assignment: Assignment,
    instrument: Instrument,
    values: Mapping[str, float | None],
    alarming: tuple[str, ...],
    *,
    on: datetime.date,
    by: User | None,
) -> list[Signal]:
    rule = risk.risk_rule(assignment.programme) if alarming else None
    if rule is None or assignment.treatment_id is None:
        return []
    found = risk.findings(assignment, instrument, rule, values, on=on, items=alarming)
    return [open_signal(programme=assignment.programme, finding=one, by=by) for one in found]


def _count_as_answered(assignment: Assignment) -> Assignment:
    main = instrument_of(assignment).main_scale
    scored = assignment.scores.filter(scale=main, value__isnull=False).exists()
    if assignment.status == Status.PARTIAL and scored:
        assignment.status = Status.ANSWERED
        assignment.save(update_fields=["status"])
    return assignment
