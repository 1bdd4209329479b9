"""Draw a session, ask for ratings of it, keep and submit them; the therapist sees and answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.adherence.models import Draw, Note, Rating
from onmodel.adherence.sampling import RANDOM, eligible_sessions, quarter_of
from onmodel.adherence.scales import scale_for
from onmodel.assessments.actions import instrument_of
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.forms.actions import Given, Kept, finish_form, open_sitting, save_answers
from onmodel.forms.models import Sitting
from onmodel.packs.instruments import Instrument
from onmodel.patients.models import Patient
from onmodel.programmes.models import Programme
from onmodel.sessions.actions import patients_of
from onmodel.sessions.models import Session

Purpose = Rating.Purpose
#: Whose word the form is, as the pack names respondents.
RESPONDENTS = {Purpose.SELF: "therapist"}
WEEKS_TO_RATE = datetime.timedelta(weeks=4)
LONGEST_NOTE = 2000


@transaction.atomic
def draw_session(
    *, programme: Programme, therapist: User, kind: str, day: datetime.date, by: User | None
) -> Draw:
    """Draw one of the therapist's sessions of the quarter of `day` by chance.

    Raises ValidationError where one was drawn already, and where none can be, with the reasons.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    starts_on, ends_on = quarter_of(day)
    mine = Draw.objects.filter(programme=programme, therapist=therapist, kind=kind, starts_on=starts_on)
    if mine.filter(refused_at__isnull=True).exists():
        raise ValidationError(_("A session of this quarter is drawn already."))
    found = eligible_sessions(programme=programme, therapist=therapist, kind=kind, day=day)
    if not found.sessions:
        raise ValidationError(
            _(
                "No session of this quarter can be drawn: of %(n)s held, none is recorded, "
                "allowed and not yet rated or refused."
            )
            % {"n": found.held}
        )
    draw = Draw.objects.create(
        programme=programme,
        therapist=therapist,
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
        session=RANDOM.choice(found.sessions),
        held=found.held,
        eligible=len(found.sessions),
        left_out=found.left_out,
        drawn_by=by,
    )
    record(by=by, verb="session drawn", subject=draw.session, eligible=draw.eligible, held=draw.held)
    return draw


@transaction.atomic
def refuse_draw(*, draw: Draw, reason: str, by: User) -> Draw:
    """Set a drawn session aside with the reason; another can be drawn then. Not once it was rated."""
    if not reason.strip():
        raise ValidationError(_("Say why this session cannot be rated."))
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    if draw.refused_at is not None:
        raise ValidationError(_("This draw was refused already."))
    waiting = draw.ratings.standing()
    if waiting.filter(submitted_at__isnull=False).exists():
        raise ValidationError(_("This session is rated already; it stays drawn."))
    for rating in waiting:
        call_off_rating(rating=rating, reason=reason, by=by)
    draw.refused_at, draw.refused_by, draw.refused_why = timezone.now(), by, reason.strip()
    draw.save(update_fields=["refused_at", "refused_by", "refused_why"])
    record(by=by, verb="drawn session refused", subject=draw.session, why=draw.refused_why)
    return draw


@transaction.atomic
def ask_rating(
    *,
    session: Session,
    therapist: User,
    rater: User,
    purpose: str,
    by: User,
    draw: Draw | None = None,
) -> Rating:
    """Ask somebody to rate a therapist in a session.

    Raises ValidationError for a therapist who did not give it, a rater who gave it (but for the own
    rating) or does not work in the programme, a pack without a scale for that kind, a session
    without a recording to watch (but for the own rating), and a rater who was asked already.
    """
    Session.objects.select_for_update().get(pk=session.pk)
    instrument = _checked(session, therapist, rater, purpose)
    rating = Rating.objects.create(
        programme=session.programme,
        session=session,
        therapist=therapist,
        rater=rater,
        assignment=_assignment(session, instrument, therapist, rater, purpose),
        draw=draw,
        purpose=purpose,
        asked_by=by,
    )
    record(by=by, verb="rating asked", subject=rating, patients=patients_of(session), purpose=str(purpose))
    return rating


def _checked(session: Session, therapist: User, rater: User, purpose: str) -> Instrument:
    instrument = scale_for(session.programme, session.kind)
    given = set(session.given_by.values_list("therapist", flat=True))
    named = {"name": therapist.name, "rater": rater.name}
    if instrument is None:
        raise ValidationError(_("The pack has no scale for a session of this kind."))
    if therapist.pk not in given:
        raise ValidationError(_("%(name)s did not give this session.") % named)
    if purpose == Purpose.SELF and rater != therapist:
        raise ValidationError(_("The own rating is the therapist's."))
    if purpose != Purpose.SELF and rater.pk in given:
        raise ValidationError(_("%(rater)s gave this session and cannot rate it for others.") % named)
    working = rater.memberships.in_force().of_programme(session.programme)
    if not working.filter(role__in=["therapist", "supervisor"]).exists():
        raise ValidationError(_("%(rater)s does not work in this programme.") % named)
    if purpose != Purpose.SELF and not Session.objects.watchable().filter(pk=session.pk).exists():
        raise ValidationError(_("There is no recording of this session that may be watched."))
    asked = Rating.objects.standing().filter(session=session, therapist=therapist)
    asked = asked.filter(purpose=purpose) if purpose == Purpose.REFERENCE else asked.filter(rater=rater)
    if asked.exists():
        raise ValidationError(_("%(rater)s was asked for this already.") % named)
    return instrument


def _assignment(
    session: Session, instrument: Instrument, therapist: User, rater: User, purpose: str
) -> Assignment:
    """The form; one that a schedule planned for this therapist is taken, if there is one."""
    today = timezone.localdate()
    planned = Assignment.objects.filter(
        programme=session.programme,
        person=therapist,
        instrument=instrument.id,
        respondent="supervisor",
        status__in=[Assignment.Status.PLANNED, Assignment.Status.OPEN],
        rating__isnull=True,
    ).order_by("due_on")
    taken = planned.first() if purpose == Purpose.RATING else None
    assignment = taken or Assignment(due_on=today + WEEKS_TO_RATE, opens_on=today)
    assignment.programme, assignment.subject_kind, assignment.person = (
        session.programme,
        "therapist",
        therapist,
    )
    assignment.pack, assignment.instrument = session.programme.pack, instrument.id
    assignment.instrument_version = instrument.version
    assignment.respondent = RESPONDENTS.get(Purpose(purpose), "supervisor")
    assignment.respondent_user, assignment.status = rater, Assignment.Status.OPEN
    assignment.closes_on = None
    assignment.save()
    return assignment


@transaction.atomic
def keep_ratings(*, rating: Rating, given: Iterable[Given], by: User) -> Kept:
    """Keep what was rated so far; what is wrong with one rating does not stop the others.

    Raises ValidationError for somebody else's rating and one that was submitted or called off.
    """
    rating = _own(rating, by)
    kept = save_answers(sitting=_sitting(rating, by), given=given, by=by)
    record(by=by, verb="ratings kept", subject=rating, items=sorted(kept.items))
    return kept


def _own(rating: Rating, by: User) -> Rating:
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    if rating.rater_id != by.pk:
        raise ValidationError(_("This rating is somebody else's."))
    if rating.called_off_at is not None:
        raise ValidationError(_("This rating was called off: %(why)s") % {"why": rating.called_off_why})
    if rating.submitted_at is not None:
        when = {"day": timezone.localtime(rating.submitted_at).date()}
        raise ValidationError(_("This rating was submitted on %(day)s; nothing was changed.") % when)
    return rating


def _sitting(rating: Rating, by: User) -> Sitting:
    open_one = rating.assignment.sittings.filter(by=by, finished_at__isnull=True).last()
    return open_one or open_sitting(assignment=rating.assignment, channel=Sitting.Channel.STAFF, by=by)


@transaction.atomic
def submit_rating(*, rating: Rating, by: User) -> Rating:
    """Make it final. Raises ValidationError where the overall ratings lack or it was submitted before."""
    rating = _own(rating, by)
    missing = missing_items(rating)
    if missing:
        raise ValidationError(_("Not rated yet: %(items)s.") % {"items": ", ".join(missing)})
    finish_form(sitting=_sitting(rating, by), by=by, answered_on=rating.session.held_on)
    rating.submitted_at = timezone.now()
    rating.save(update_fields=["submitted_at"])
    record(by=by, verb="rating submitted", subject=rating, patients=patients_of(rating.session))
    return rating


def missing_items(rating: Rating) -> list[str]:
    """The labels of the items that the form needs and that have no answer yet, in the user's language."""
    from django.utils.translation import get_language

    instrument = instrument_of(rating.assignment)
    done = {one.item for one in rating.assignment.drafts.all() if one.as_given is not None}
    needed = [item for item in instrument.all_items() if item.required and not item.not_applicable]
    language = get_language() or "en"
    return [item.label.in_(language) if item.label else item.id for item in needed if item.id not in done]


@transaction.atomic
def call_off_rating(*, rating: Rating, reason: str, by: User) -> Rating:
    """Nobody waits for it any more; what was rated so far is kept, and counts nowhere."""
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    if not reason.strip():
        raise ValidationError(_("Say why the rating is called off."))
    if rating.submitted_at is not None or rating.called_off_at is not None:
        raise ValidationError(_("This rating is settled; it cannot be called off."))
    rating.called_off_at, rating.called_off_why = timezone.now(), reason.strip()
    rating.save(update_fields=["called_off_at", "called_off_why"])
    assignment = rating.assignment
    assignment.status, assignment.set_aside_reason = Assignment.Status.NOT_APPLICABLE, reason.strip()
    assignment.save(update_fields=["status", "set_aside_reason"])
    record(by=by, verb="rating called off", subject=rating, why=reason.strip())
    return rating


@transaction.atomic
def add_note(*, rating: Rating, text: str, at_seconds: int | None, item: str = "", by: User) -> Note:
    """Note something at a moment of the recording. Raises ValidationError for an empty or overlong text."""
    rating = _own(rating, by)
    text = text.replace("\0", "").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise ValidationError(_("A note has 1 to %(n)s characters.") % {"n": LONGEST_NOTE})
    if item and item not in {one.id for one in instrument_of(rating.assignment).all_items()}:
        raise ValidationError(_("%(form)s has no item %(item)s.") % {"form": rating.assignment, "item": item})
    note = Note.objects.create(rating=rating, text=text, at_seconds=at_seconds, item=item)
    record(by=by, verb="note made", subject=rating)
    return note


@transaction.atomic
def remove_note(*, note: Note, by: User) -> None:
    rating = _own(note.rating, by)
    note.delete()
    record(by=by, verb="note removed", subject=rating)


@transaction.atomic
def answer_rating(*, rating: Rating, comment: str, by: User) -> Rating:
    """The therapist has seen it and may say something about it; from then on the supervisors see it too."""
    rating = Rating.objects.select_for_update().get(pk=rating.pk)
    if rating.therapist_id != by.pk or not Rating.objects.opened().filter(pk=rating.pk).exists():
        raise ValidationError(_("Only the therapist answers, once all ratings of the session are in."))
    rating.seen_at = rating.seen_at or timezone.now()
    rating.comment = comment.replace("\0", "").strip()
    rating.save(update_fields=["seen_at", "comment"])
    record(by=by, verb="rating answered", subject=rating)
    return rating


@transaction.atomic
def forget_words_about(*, patient: Patient, by: User | None) -> int:
    """Remove what was written in ratings of sessions that the patient was in; part of erasing the patient."""
    ratings = Rating.objects.filter(session__attendances__treatment__patient=patient).distinct()
    found = list(ratings.select_related("assignment"))
    notes, _by_model = Note.objects.filter(rating__in=found).delete()
    words = 0
    for rating in found:
        words += rating.assignment.answers.exclude(text="").update(text="")
        words += rating.assignment.drafts.exclude(text="").update(text="")
    Rating.objects.filter(pk__in=[one.pk for one in found]).update(comment="")
    if found:
        record(by=by, verb="words of ratings erased", subject=None, patients=[patient.pk], n=notes + words)
    return notes + words
