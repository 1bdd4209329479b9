"""Plan an audit; score a programme on the criteria; agree on what is improved, and say what came of it."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.accounts.models import User
from onmodel.assessments.actions import instrument_of
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.criteria.looks import KEPT_FOR
from onmodel.criteria.models import CriteriaReview, Improvement, RiskLook
from onmodel.criteria.risk import risk_of
from onmodel.criteria.scores import form_of
from onmodel.followup.actions import agree, settle
from onmodel.forms.actions import Given, Kept, finish_form, open_sitting, save_answers
from onmodel.forms.models import Sitting
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.wording.numbers import date_written

Kind, State = CriteriaReview.Kind, CriteriaReview.State
LONGEST_TEXT = 4000
#: What scoring asks for, and as whom one answers.
NEEDED = {Kind.SELF: Permission.REQUIREMENTS_ATTEST, Kind.AUDIT: Permission.PROGRAMME_AUDIT}


@transaction.atomic
def plan_audit(*, programme: Programme, day: datetime.date, by: User) -> CriteriaReview:
    """Put the day of an audit in the calendar. ValidationError for a day that is past or taken."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if day < timezone.localdate():
        raise ValidationError(
            {"day": _("%(day)s is past; plan a day from today on.") % {"day": date_written(day)}}
        )
    _refuse_second(programme, Kind.AUDIT, day, by)
    audit = CriteriaReview.objects.create(
        programme=programme, kind=Kind.AUDIT, state=State.PLANNED, day=day, assessor=by
    )
    record(by=by, verb="audit planned", subject=audit, day=day)
    return audit


@transaction.atomic
def call_off_audit(*, audit: CriteriaReview, by: User) -> None:
    """Take a planned audit out of the calendar."""
    audit = CriteriaReview.objects.select_for_update().get(pk=audit.pk)
    if audit.state != State.PLANNED:
        raise ValidationError(_("This audit was begun; it is not planned any more."))
    if audit.assessor_id != by.pk:
        raise ValidationError(_("Only who planned the audit calls it off."))
    record(by=by, verb="audit called off", subject=audit)
    audit.delete()


@transaction.atomic
def begin_review(*, programme: Programme, kind: str, day: datetime.date, by: User) -> CriteriaReview:
    """Open the form for that day; an audit that was planned for it is the one that begins.

    Raises ValidationError for a day in the future, a second review of the same day, and a pack without
    criteria.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    form = form_of(programme)
    if form is None:
        raise ValidationError(_("The pack has no quality criteria."))
    if day > timezone.localdate():
        raise ValidationError({"day": _("%(day)s has not come yet.") % {"day": date_written(day)}})
    planned = CriteriaReview.objects.filter(
        programme=programme, kind=kind, assessor=by, day=day, state=State.PLANNED
    ).first()
    if planned is None:
        _refuse_second(programme, kind, day, by)
    review = planned or CriteriaReview(programme=programme, kind=kind, day=day, assessor=by)
    review.assignment, review.state = _form(programme, form, kind, day, by), State.BEGUN
    review.save()
    record(by=by, verb="criteria review begun", subject=review, kind=str(kind))
    return review


def _refuse_second(programme: Programme, kind: str, day: datetime.date, by: User) -> None:
    if CriteriaReview.objects.filter(programme=programme, kind=kind, assessor=by, day=day).exists():
        said = {"day": date_written(day)}
        raise ValidationError({"day": _("You have one of %(day)s already; nothing was changed.") % said})


def _form(programme: Programme, form: Instrument, kind: str, day: datetime.date, by: User) -> Assignment:
    supervises = has_permission(by, Permission.SUPERVISION_LEAD, programme=programme)
    own = "supervisor" if supervises else "manager"
    return Assignment.objects.create(
        programme=programme,
        subject_kind="programme",
        pack=programme.pack,
        instrument=form.id,
        instrument_version=form.version,
        respondent="expert" if kind == Kind.AUDIT else own,
        respondent_user=by,
        opens_on=day,
        due_on=day,
        status=Assignment.Status.OPEN,
    )


@transaction.atomic
def keep_criteria(
    *,
    review: CriteriaReview,
    scores: Mapping[str, str],
    by: User,
    remarks: Mapping[str, str] | None = None,
) -> Kept:
    """Keep what was scored and remarked so far; what is wrong with one does not stop the others."""
    review = _own(review, by)
    form = instrument_of(review.assignment)
    problems = {item: why for item, value in scores.items() if (why := _no_score(form, item, value))}
    good = [Given(item=item, value=value) for item, value in scores.items() if item not in problems]
    kept = save_answers(sitting=_sitting(review, by), given=good, by=by)
    _keep_remarks(review, form, remarks or {})
    record(by=by, verb="criteria scored", subject=review, items=sorted(kept.items))
    return Kept(items=kept.items, problems={**kept.problems, **problems})


def _no_score(form: Instrument, item: str, value: str) -> str:
    """What is wrong with the score, in words; empty where nothing is."""
    if str(value).strip() == "":
        return ""
    marks = [option.value for option in form.options]
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if number in marks:
        return ""
    ends = {option.value: option.label.in_(get_language() or "en") for option in form.options if option.label}
    return _(
        "Criterion %(item)s: %(value)s is no score. It goes from %(low)g (%(worst)s) to %(high)g (%(best)s)."
    ) % {
        "item": item,
        "value": value,
        "low": min(marks),
        "high": max(marks),
        "worst": ends.get(min(marks), ""),
        "best": ends.get(max(marks), ""),
    }


def _keep_remarks(review: CriteriaReview, form: Instrument, remarks: Mapping[str, str]) -> None:
    known = {item.id for item in form.all_items()}
    for item, words in remarks.items():
        text = words.replace("\0", "").strip()[:LONGEST_TEXT]
        if item not in known:
            continue
        if text:
            review.remarks.update_or_create(criterion=item, defaults={"text": text})
        else:
            review.remarks.filter(criterion=item).delete()


def _own(review: CriteriaReview, by: User) -> CriteriaReview:
    review = (
        CriteriaReview.objects.select_for_update(of=("self",)).select_related("assignment").get(pk=review.pk)
    )
    if review.assessor_id != by.pk:
        raise ValidationError(_("Somebody else scores here."))
    if review.state == State.PLANNED:
        raise ValidationError(_("This audit has not begun yet."))
    if review.state == State.FINISHED:
        when = {"day": timezone.localtime(review.finished_at).date()}
        raise ValidationError(_("It was finished on %(day)s; nothing was changed.") % when)
    return review


def _sitting(review: CriteriaReview, by: User) -> Sitting:
    open_one = review.assignment.sittings.filter(by=by, finished_at__isnull=True).last()
    return open_one or open_sitting(assignment=review.assignment, channel=Sitting.Channel.STAFF, by=by)


@transaction.atomic
def finish_review(*, review: CriteriaReview, by: User) -> CriteriaReview:
    """Make it final, once; a criterion that was passed over stays unknown and counts in no mean."""
    review = _own(review, by)
    form = finish_form(sitting=_sitting(review, by), by=by, answered_on=review.day)
    Assignment.objects.filter(pk=form.pk).update(status=Assignment.Status.ANSWERED)
    review.state, review.finished_at = State.FINISHED, timezone.now()
    review.save(update_fields=["state", "finished_at"])
    record(by=by, verb="criteria review finished", subject=review, kind=review.kind)
    return review


@transaction.atomic
def discard_review(*, review: CriteriaReview, by: User) -> None:
    """Throw away one that was not finished."""
    review = _own(review, by)
    record(by=by, verb="criteria review discarded", subject=review)
    review.assignment.delete()


@transaction.atomic
def improve(
    *,
    programme: Programme,
    criterion: str,
    what: str,
    owner: User,
    due_on: datetime.date,
    by: User,
    review: CriteriaReview | None = None,
) -> Improvement:
    """Agree on what will be better, by whom and when. ValidationError as `followup.agree`, and for a
    criterion that the form does not have."""
    form = form_of(programme)
    if form is None or criterion not in {item.id for item in form.all_items()}:
        raise ValidationError(_("There is no criterion %(item)s.") % {"item": criterion})
    action = agree(programme=programme, what=what, owner=owner, due_on=due_on, by=by)
    improvement = Improvement.objects.create(criterion=criterion, action=action, review=review)
    record(by=by, verb="improvement agreed", subject=improvement, criterion=criterion)
    return improvement


@transaction.atomic
def settle_improvement(
    *, improvement: Improvement, state: str, result: str, by: User, seen: str | None = None
) -> Improvement:
    """Say what came of it. Errors as `followup.settle`, and ValidationError for one that is settled."""
    improvement = (
        Improvement.objects.select_for_update(of=("self",)).select_related("action").get(pk=improvement.pk)
    )
    if improvement.action.state != improvement.action.State.AGREED:
        when = {"day": improvement.action.settled_on}
        raise ValidationError(_("It was settled on %(day)s; nothing was changed.") % when)
    improvement.action = settle(action=improvement.action, state=state, result=result, by=by, seen=seen)
    record(by=by, verb="improvement settled", subject=improvement, state=state)
    return improvement


def unscored(review: CriteriaReview) -> list[str]:
    """The numbers of the criteria that have no score yet."""
    done = {one.item for one in review.assignment.drafts.all() if one.as_given is not None}
    return [item.id for item in instrument_of(review.assignment).all_items() if item.id not in done]


@transaction.atomic
def keep_risk(*, programme: Programme, by: User | None, on: datetime.date | None = None) -> RiskLook:
    """Keep what a look at the programme finds, once a day: the later look of a day counts.

    Looks older than a quarter go.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    found = risk_of(programme, on or timezone.localdate())
    said = {name: getattr(found, name) for name in ("cells", "urgent", "overdue", "last_audit", "kept_at")}
    look, _new = RiskLook.objects.update_or_create(programme=programme, day=found.day, defaults=said)
    programme.risk_looks.filter(day__lt=look.day - KEPT_FOR).delete()
    record(by=by, verb="risk kept", subject=programme, day=look.day)
    return look
