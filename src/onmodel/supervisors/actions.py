"""Rate a supervisor as expert, say as supervisee without a name, exchange recorded supervision."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from random import SystemRandom

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.assessments.actions import checked_answer, instrument_of
from onmodel.assessments.models import Answer, Assignment
from onmodel.audit.actions import record
from onmodel.forms.actions import Given, Kept, finish_form, open_sitting, save_answers
from onmodel.forms.models import DraftAnswer, Sitting
from onmodel.patients.models import Patient
from onmodel.programmes.models import Membership, Programme
from onmodel.supervision.models import Meeting
from onmodel.supervisors.models import Exchange, Opinion, Round, SupervisorRating, TookPart
from onmodel.supervisors.rounds import (
    half_year,
    instrument_for,
    main_item,
    rated_items,
    supervisees_of,
    supervisors_of,
)

Basis = SupervisorRating.Basis
CHANCE = SystemRandom()
LONGEST_TEXT = 4000


@transaction.atomic
def begin_rating(
    *,
    programme: Programme,
    supervisor: User,
    basis: str,
    day: datetime.date,
    by: User,
    meeting: Meeting | None = None,
) -> SupervisorRating:
    """Open the form for a supervision that the expert saw, live or on the recording of a meeting.

    Raises ValidationError for a day in the future, somebody who does not supervise there, a recording
    that may not leave the team, and a supervision that the expert rates already.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    instrument = instrument_for(programme)
    if instrument is None:
        raise ValidationError(_("The pack has no form about supervisors."))
    if basis == Basis.RECORDED and meeting is not None:
        day = meeting.day
    _check_rating(programme, supervisor, basis, day, meeting, by)
    assignment = Assignment.objects.create(
        programme=programme,
        subject_kind="supervisor",
        person=supervisor,
        pack=programme.pack,
        instrument=instrument.id,
        instrument_version=instrument.version,
        respondent="expert",
        respondent_user=by,
        opens_on=timezone.localdate(),
        due_on=timezone.localdate() + datetime.timedelta(weeks=4),
        status=Assignment.Status.OPEN,
    )
    rating = SupervisorRating.objects.create(
        programme=programme,
        supervisor=supervisor,
        expert=by,
        assignment=assignment,
        basis=basis,
        meeting=meeting if basis == Basis.RECORDED else None,
        day=day,
    )
    record(by=by, verb="rating of supervisor begun", subject=rating, basis=str(basis))
    return rating


def _check_rating(
    programme: Programme, supervisor: User, basis: str, day: datetime.date, meeting: Meeting | None, by: User
) -> None:
    named = {"name": supervisor.name, "day": day}
    if day > timezone.localdate():
        raise ValidationError(_("%(day)s lies in the future.") % named)
    if supervisor == by:
        raise ValidationError(_("Nobody rates the own supervision as expert."))
    if not supervisors_of(programme, day).filter(pk=supervisor.pk).exists():
        raise ValidationError(_("%(name)s did not supervise here on %(day)s.") % named)
    if basis == Basis.RECORDED:
        if meeting is None or meeting.programme_id != programme.pk:
            raise ValidationError(_("Say which recorded meeting you saw."))
        if not meeting.may_be_shown_outside:
            raise ValidationError(_("The recording of that meeting stays with the team."))
        if not meeting.attendees.filter(user=supervisor, present=True).exists():
            raise ValidationError(_("%(name)s was not at that meeting.") % named)
    elif basis != Basis.LIVE:
        raise ValidationError(_("Say whether you saw it live or on a recording."))
    same = SupervisorRating.objects.filter(programme=programme, supervisor=supervisor, expert=by, day=day)
    if same.exists():
        raise ValidationError(_("You rate the supervision of %(day)s by %(name)s already.") % named)


@transaction.atomic
def keep_ratings(*, rating: SupervisorRating, given: Iterable[Given], by: User) -> Kept:
    """Keep what was rated so far; what is wrong with one does not stop the others."""
    rating = _own(rating, by)
    kept = save_answers(sitting=_sitting(rating, by), given=given, by=by)
    record(by=by, verb="ratings of supervisor kept", subject=rating, items=sorted(kept.items))
    return kept


def _own(rating: SupervisorRating, by: User) -> SupervisorRating:
    rating = SupervisorRating.objects.select_for_update().select_related("assignment").get(pk=rating.pk)
    if rating.expert_id != by.pk:
        raise ValidationError(_("This rating is somebody else's."))
    if rating.submitted_at is not None:
        when = {"day": timezone.localtime(rating.submitted_at).date()}
        raise ValidationError(_("This rating was submitted on %(day)s; nothing was changed.") % when)
    return rating


def _sitting(rating: SupervisorRating, by: User) -> Sitting:
    open_one = rating.assignment.sittings.filter(by=by, finished_at__isnull=True).last()
    return open_one or open_sitting(assignment=rating.assignment, channel=Sitting.Channel.STAFF, by=by)


def missing_items(rating: SupervisorRating) -> list[str]:
    """The labels of the items that the form needs and that have no answer yet."""
    done = {one.item for one in rating.assignment.drafts.all() if one.as_given is not None}
    items = instrument_of(rating.assignment).all_items()
    language = get_language() or "en"
    needed = [item for item in items if item.required and not item.not_applicable and item.id not in done]
    return [item.label.in_(language) if item.label else item.id for item in needed]


@transaction.atomic
def submit_rating(*, rating: SupervisorRating, by: User) -> SupervisorRating:
    """Make it final; from then on the supervisor sees it."""
    rating = _own(rating, by)
    if missing := missing_items(rating):
        raise ValidationError(_("Not rated yet: %(items)s.") % {"items": ", ".join(missing)})
    finish_form(sitting=_sitting(rating, by), by=by, answered_on=rating.day)
    rating.submitted_at = timezone.now()
    rating.save(update_fields=["submitted_at"])
    record(by=by, verb="rating of supervisor submitted", subject=rating)
    return rating


@transaction.atomic
def discard_rating(*, rating: SupervisorRating, by: User) -> None:
    """Throw away one that was not submitted."""
    rating = _own(rating, by)
    record(by=by, verb="rating of supervisor discarded", subject=rating)
    rating.assignment.delete()


@transaction.atomic
def say(
    *, programme: Programme, supervisor: User, answers: Mapping[str, str], day: datetime.date, by: User
) -> Round:
    """Answer as supervisee, without a name, in the half-year of that day. Once; a second time is refused.

    The event says that the person took part. What was answered stands apart, without person and moment;
    all answers of the round are written anew in an order drawn by chance, so that none is the last one.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    instrument = instrument_for(programme)
    if instrument is None:
        raise ValidationError(_("The pack has no form about supervisors."))
    if not supervisees_of(programme, supervisor).filter(pk=by.pk).exists():
        raise ValidationError(_("%(name)s does not supervise you here.") % {"name": supervisor.name})
    starts_on, ends_on = half_year(day)
    one, _made = Round.objects.get_or_create(
        programme=programme, supervisor=supervisor, starts_on=starts_on, defaults={"ends_on": ends_on}
    )
    if TookPart.objects.filter(round=one, person=by).exists():
        raise ValidationError(_("You have answered in this half-year already; nothing was changed."))
    mine = _checked_answers(answers, instrument)
    TookPart.objects.create(round=one, person=by)
    _shuffle_in(one, mine)
    record(by=by, verb="said how supervision is", subject=one)
    return one


def _checked_answers(answers: Mapping[str, str], instrument) -> dict[str, float]:
    """What was rated; an item that was passed over or does not apply lacks."""
    found: dict[str, float] = {}
    for item in rated_items(instrument):
        checked = checked_answer(Assignment(), instrument, item, answers.get(item, ""))
        if checked.value is not None:
            found[item] = checked.value
    main = main_item(instrument)
    if main is not None and main not in found:
        label = instrument.item(main).label
        words = label.in_(get_language() or "en") if label else main
        raise ValidationError(_("Not rated yet: %(items)s.") % {"items": words})
    return found


def _shuffle_in(one: Round, mine: dict[str, float]) -> None:
    known = list(one.opinions.values_list("answers", flat=True))
    together = [*known, mine]
    CHANCE.shuffle(together)
    one.opinions.all().delete()
    Opinion.objects.bulk_create(Opinion(round=one, answers=answers) for answers in together)


@transaction.atomic
def share_supervision(*, meeting: Meeting, shared_with: User, question: str = "", by: User) -> Exchange:
    """Let a supervisor of another team look at the recording of a supervision and say something about it.

    Raises ValidationError where the recording may not leave the team, the sharer was not there, and for
    somebody who supervises no other team of the organisation.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).select_related("programme").get(pk=meeting.pk)
    if not meeting.may_be_shown_outside:
        raise ValidationError(
            _(
                "Only a recorded meeting that everybody agreed to record, and in which no recording of a "
                "patient's session was looked at, can be shared: patients were told that theirs stay with "
                "the team's supervision."
            )
        )
    if not meeting.attendees.filter(user=by, present=True).exists():
        raise ValidationError(_("You share only meetings that you were at."))
    if shared_with not in partners_of(by, meeting):
        raise ValidationError(
            _("%(name)s supervises no other team of this organisation.") % {"name": shared_with.name}
        )
    if Exchange.objects.filter(meeting=meeting, shared_with=shared_with, taken_back_at=None).exists():
        raise ValidationError(_("It is shared with %(name)s already.") % {"name": shared_with.name})
    exchange = Exchange.objects.create(
        programme=meeting.programme,
        meeting=meeting,
        shared_by=by,
        shared_with=shared_with,
        question=_text(question),
    )
    record(by=by, verb="supervision shared", subject=exchange)
    return exchange


def partners_of(user: User, meeting: Meeting) -> list[User]:
    """Supervisors of the organisation who were not at the meeting and do not supervise its team."""
    programmes = Programme.objects.filter(organisation=meeting.programme.organisation_id)
    near = set(meeting.attendees.values_list("user", flat=True)) | {user.pk} | _leading(meeting)
    found = {one.pk: one for programme in programmes for one in supervisors_of(programme)}
    return sorted((one for pk, one in found.items() if pk not in near), key=lambda one: (one.name, one.pk))


def _leading(meeting: Meeting) -> set[int]:
    """Who supervises the team of the meeting; of a meeting without a team, everybody of the programme."""
    led = Membership.objects.in_force().of_programme(meeting.programme).filter(role="supervisor")
    if meeting.team_id is not None:
        led = led.filter(Q(team=meeting.team_id) | Q(team__isnull=True))
    return set(led.values_list("user", flat=True))


@transaction.atomic
def answer_exchange(*, exchange: Exchange, went_well: str, to_try: str = "", by: User) -> Exchange:
    """Say what was seen. Once; the supervisor who shared it reads it."""
    current = _standing(exchange)
    if current.shared_with_id != by.pk:
        raise ValidationError(_("It was shared with somebody else."))
    if not _leads_near(by, current):
        raise ValidationError(_("You do not supervise in this organisation any more."))
    if not _text(went_well) and not _text(to_try):
        raise ValidationError(_("Say what you saw."))
    current.went_well, current.to_try = _text(went_well), _text(to_try)
    current.answered_at = timezone.now()
    current.save(update_fields=["went_well", "to_try", "answered_at"])
    record(by=by, verb="shared supervision answered", subject=current)
    return current


def _leads_near(user: User, exchange: Exchange) -> bool:
    led = Programme.objects.visible_to(user, Permission.SUPERVISION_LEAD)
    return led.filter(organisation=exchange.programme.organisation_id).exists()


def _standing(exchange: Exchange) -> Exchange:
    current = Exchange.objects.select_for_update(of=("self",)).select_related("programme").get(pk=exchange.pk)
    if current.taken_back_at is not None:
        raise ValidationError(_("It was taken back."))
    if current.answered_at is not None:
        when = {"day": timezone.localtime(current.answered_at).date()}
        raise ValidationError(_("It was answered on %(day)s; nothing was changed.") % when)
    return current


@transaction.atomic
def take_back_exchange(*, exchange: Exchange, by: User) -> Exchange:
    """From now on the other supervisor sees nothing of it. Not once it was answered."""
    current = _standing(exchange)
    if current.shared_by_id != by.pk:
        raise ValidationError(_("Only who shared it takes it back."))
    current.taken_back_at = timezone.now()
    current.save(update_fields=["taken_back_at"])
    record(by=by, verb="shared supervision taken back", subject=current)
    return current


def _text(words: str) -> str:
    return words.replace("\0", "").strip()[:LONGEST_TEXT]


@transaction.atomic
def forget_words_about(*, patient: Patient, by: User | None) -> int:
    """Remove words of exchanges and ratings that name the patient; part of erasing the patient."""
    name, n = patient.pseudonym, 0
    exchanges = Exchange.objects.filter(programme__organisation=patient.organisation_id)
    for field in ("question", "went_well", "to_try"):
        n += exchanges.filter(**{f"{field}__contains": name}).update(**{field: "–"})
    ratings = SupervisorRating.objects.filter(programme__organisation=patient.organisation_id)
    forms = ratings.values("assignment")
    for model in (Answer, DraftAnswer):
        n += model.objects.filter(assignment__in=forms, text__contains=name).update(text="–")
    if n:
        record(by=by, verb="words about supervisors erased", subject=None, patients=[patient.pk], n=n)
    return n
