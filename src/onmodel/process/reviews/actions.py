"""Prepare a review, keep what was said and decided, hold it; and say later what became of a decision."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import Treatment
from onmodel.process.refusing import refuse_before, refuse_future, refuse_outside, refuse_strangers
from onmodel.process.reviews.records import Decision, Review
from onmodel.process.reviews.terms import KINDS, POINTS, with_patient
from onmodel.process.terms import entries, known
from onmodel.programmes.changes import refuse_stale, stamp_of

#: The longest text about one point.
LONGEST = 2_000
WRITTEN = (
    "planned_on",
    "discussed",
    "patient_present",
    "relatives",
    "next_focus",
    "outcome_used",
    "next_on",
)

Agenda = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision as it is written: by one of the staff (`owner`), or by the patient where there is none."""

    what: str
    owner: User | None = None
    due_on: datetime.date | None = None


@dataclass(frozen=True, kw_only=True)
class Notes:
    """Everything that is written in a review."""

    discussed: Mapping[str, str] = field(default_factory=dict)
    staff: Collection[User] = ()
    patient_present: bool | None = None
    relatives: str = ""
    decisions: Sequence[Decided] = ()
    next_focus: str = ""
    outcome_used: bool | None = None
    planned_on: datetime.date | None = None
    next_on: datetime.date | None = None


def review_stamp(review: Review) -> str:
    """Changes with anything that is written in it."""
    decisions = review.decisions.values_list("what", "owner", "due_on").order_by("pk")
    staff = review.staff.order_by("pk").values_list("pk", flat=True)
    return stamp_of([review.pk, review.held_on, *(getattr(review, n) for n in WRITTEN), *staff, *decisions])


@transaction.atomic
def open_review(*, treatment: Treatment, kind: str, agenda: Agenda, language: str, by: User) -> Review:
    """Prepare a review with what the record says today; the one that is being prepared stays."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    known(treatment.programme.definitions, KINDS, kind)
    if treatment.started_on is None or treatment.ended_on is not None:
        raise ValidationError(_("Only a treatment that is under way is reviewed."))
    prepared = treatment.reviews.filter(kind=kind, held_on=None).first()
    if prepared is not None:
        return prepared
    last = treatment.reviews.held().filter(kind=kind).last()
    review = Review.objects.create(
        treatment=treatment,
        kind=kind,
        agenda=list(agenda),
        language=language,
        taken_on=timezone.localdate(),
        planned_on=last.next_on if last else None,
        kept_by=by,
    )
    record(by=by, verb="review opened", subject=review, kind=kind)
    return review


@transaction.atomic
def take_agenda(*, review: Review, agenda: Agenda, language: str, by: User) -> Review:
    """Take the agenda from the record once more: it is as of today from now on."""
    current = _prepared(review)
    current.agenda, current.language, current.taken_on = list(agenda), language, timezone.localdate()
    current.save(update_fields=["agenda", "language", "taken_on"])
    record(by=by, verb="review agenda taken", subject=current, kind=current.kind)
    return current


@transaction.atomic
def write_review(*, review: Review, notes: Notes, by: User, seen: str | None = None) -> Review:
    """Keep what is written in a review that was not held yet; said again, it replaces what stood there.

    ChangedMeanwhileError where somebody else wrote in it after `seen`.
    """
    current = _prepared(review)
    now = review_stamp(current)
    refuse_stale(current, now, seen)
    _write(current, notes)
    if review_stamp(current) != now:
        record(by=by, verb="review written", subject=current, kind=current.kind)
    return current


def _write(current: Review, notes: Notes) -> None:
    treatment = current.treatment
    current.discussed = _discussed(treatment, notes.discussed)
    current.patient_present, current.outcome_used = notes.patient_present, notes.outcome_used
    current.relatives, current.next_focus = notes.relatives.strip(), notes.next_focus.strip()
    current.planned_on, current.next_on = notes.planned_on, notes.next_on
    refuse_strangers(notes.staff, treatment.programme, timezone.localdate())
    owners = [one.owner for one in notes.decisions if one.owner is not None]
    refuse_strangers(owners, treatment.programme, timezone.localdate())
    current.save(update_fields=list(WRITTEN))
    current.staff.set(notes.staff)
    _decide(current, notes.decisions)


def _discussed(treatment: Treatment, said: Mapping[str, str]) -> dict[str, str]:
    points = {term.id for term in entries(treatment.programme.definitions, POINTS)}
    kept = {name: words.strip() for name, words in said.items() if words.strip()}
    for name, words in kept.items():
        if name not in points:
            raise ValidationError(_("%(value)s is no point of the agenda.") % {"value": name})
        if len(words) > LONGEST:
            wrong = {"n": len(words), "longest": LONGEST}
            raise ValidationError(_("A point has at most %(longest)s characters; this has %(n)s.") % wrong)
    return kept


def _decide(current: Review, decisions: Sequence[Decided]) -> None:
    """Replace the decisions where they changed."""
    stands = list(current.decisions.values_list("what", "owner", "due_on").order_by("pk"))
    longest = Decision._meta.get_field("what").max_length
    wanted = [
        (one.what.strip()[:longest], one.owner.pk if one.owner else None, one.due_on) for one in decisions
    ]
    if any(not what for what, _owner, _due in wanted):
        raise ValidationError(_("A decision has an owner or a day, and no words: say what was decided."))
    if wanted == stands:
        return
    current.decisions.all().delete()
    for what, owner, due_on in wanted:
        current.decisions.create(what=what, owner_id=owner, by_patient=owner is None, due_on=due_on)


@transaction.atomic
def hold_review(*, review: Review, held_on: datetime.date, by: User) -> Review:
    """Keep that the review took place on that day; from then on it is not changed any more."""
    current = _prepared(review)
    refuse_future(held_on)
    refuse_outside(current.treatment, held_on)
    refuse_before(held_on, current.treatment.started_on, _("the start of treatment"))
    last = current.treatment.reviews.held().filter(kind=current.kind).last()
    if last is not None:
        refuse_before(held_on, last.held_on, _("the review before it"))
    _refuse_lacking(current, held_on)
    current.held_on = held_on
    current.save(update_fields=["held_on"])
    record(by=by, verb="review held", subject=current, kind=current.kind, on=held_on)
    return current


def _refuse_lacking(current: Review, held_on: datetime.date) -> None:
    """What a review that was held must say."""
    lacking = []
    if not current.staff.exists():
        lacking.append(_("Say who of the staff was there."))
    if with_patient(current.treatment.programme, current.kind) and current.patient_present is None:
        lacking.append(_("Say whether the patient was there."))
    if current.outcome_used is None:
        lacking.append(_("Say whether outcome data were used."))
    if not current.discussed and not current.decisions.exists():
        lacking.append(_("Nothing stands in it yet: what was discussed, or decided?"))
    if current.next_on is not None and current.next_on <= held_on:
        lacking.append(_("The next review comes after this one: give a later day."))
    if lacking:
        raise ValidationError(lacking)


@transaction.atomic
def discard_review(*, review: Review, by: User) -> None:
    """Throw away a review that was not held."""
    current = _prepared(review)
    record(by=by, verb="review thrown away", subject=current, kind=current.kind)
    current.delete()


@transaction.atomic
def release_review(*, review: Review, by: User) -> Review:
    """Let the patient read day and decisions of a review that was held."""
    current = _locked(review)
    if not current.is_held:
        raise ValidationError(_("Only a review that was held is shown to the patient."))
    if current.released_at is None:
        current.released_at = timezone.now()
        current.save(update_fields=["released_at"])
        record(by=by, verb="review released", subject=current, kind=current.kind)
    return current


@transaction.atomic
def settle_decision(
    *, decision: Decision, state: str, settled_on: datetime.date, by: User, result: str = ""
) -> Decision:
    """Keep what became of a decision: done, or dropped and why."""
    current = Decision.objects.select_for_update(of=("self",)).select_related("review").get(pk=decision.pk)
    if current.state != Decision.State.AGREED:
        raise ValidationError(_("What became of this decision was said already."))
    if state not in (Decision.State.DONE, Decision.State.DROPPED):
        raise ValidationError(_("Say whether it was done or dropped."))
    if state == Decision.State.DROPPED and not result.strip():
        raise ValidationError(_("Say why it was dropped."))
    refuse_future(settled_on)
    if current.review.held_on is None:
        raise ValidationError(_("The review in which this is decided was not held yet."))
    refuse_before(settled_on, current.review.held_on, _("the review"))
    current.state, current.settled_on, current.result = state, settled_on, result.strip()
    current.save(update_fields=["state", "settled_on", "result"])
    record(by=by, verb="decision settled", subject=current, state=state)
    return current


def _locked(review: Review) -> Review:
    found = Review.objects.select_for_update(of=("self",)).select_related("treatment__programme")
    return found.get(pk=review.pk)


def _prepared(review: Review) -> Review:
    current = _locked(review)
    if current.is_held:
        raise ValidationError(_("This review was held; it is not changed any more."))
    return current
