"""Plan meetings and log them, keep what was agreed, look back after a group session."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.packs.standards import Term
from onmodel.patients.models import Patient
from onmodel.programmes.models import Programme, Team
from onmodel.sessions.actions import patients_of
from onmodel.sessions.models import Session
from onmodel.supervision.kinds import PEOPLE, PROGRAMME, kinds_of, whose
from onmodel.supervision.models import Agreement, Attendee, Meeting, Reflection
from onmodel.supervision.people import people_of

State = Meeting.State
#: So far ahead meetings can be planned, and so long may what was said be. Ours.
LONGEST_PLAN = datetime.timedelta(days=366)
LONGEST_TEXT = 4000


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """What is to be kept as an agreement."""

    what: str
    owner: User
    due_on: datetime.date
    about: User | None = None


@dataclass(frozen=True, kw_only=True)
class Log:
    """What is told of a meeting that was held."""

    day: datetime.date
    present: tuple[User, ...]
    starts_at: datetime.time | None = None
    ends_at: datetime.time | None = None
    material: str = Meeting.Material.NONE
    session: Session | None = None
    topics: str = ""
    recording: str = ""
    recording_agreed: bool = False
    agreements: tuple[Agreed, ...] = ()
    done: tuple[Agreement, ...] = ()  # of earlier meetings


@transaction.atomic
def plan_meetings(
    *,
    programme: Programme,
    kind: str,
    team: Team | None,
    first: datetime.date,
    by: User,
    people: Iterable[User] = (),
    every_days: int | None = None,
    until: datetime.date | None = None,
    starts_at: datetime.time | None = None,
    ends_at: datetime.time | None = None,
) -> list[Meeting]:
    """Plan one, or one every so many days until a day. Without people all who belong to it are expected.

    Raises ValidationError for a kind or person that does not belong there, an end before the begin, more
    than a year ahead, and where the same is planned or held on one of the days already.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    term = _checked_kind(programme, kind, team)
    _check_times(starts_at, ends_at)
    expected = _checked_people(programme, term, team, first, people)
    series = uuid.uuid4()
    meetings = [
        Meeting(
            programme=programme,
            team=team,
            kind=kind,
            is_private=whose(term) == PEOPLE,
            day=day,
            starts_at=starts_at,
            ends_at=ends_at,
            series=series,
            kept_by=by,
        )
        for day in _days(first, every_days, until)
    ]
    for meeting in meetings:
        _refuse_double(meeting, {one.pk for one in expected})
    Meeting.objects.bulk_create(meetings)
    Attendee.objects.bulk_create(Attendee(meeting=m, user=one) for m in meetings for one in expected)
    record(by=by, verb="meetings planned", subject=programme, kind=kind, n=len(meetings))
    return meetings


def _checked_kind(programme: Programme, kind: str, team: Team | None) -> Term:
    term = kinds_of(programme).get(kind)
    if term is None:
        raise ValidationError(_("%(kind)s is no kind of meeting in this programme.") % {"kind": kind})
    if whose(term) == PROGRAMME:
        if team is not None:
            raise ValidationError(_("A meeting of that kind is of the programme; leave the team out."))
    elif team is None or team.programme_id != programme.pk:
        raise ValidationError(_("Say which team of this programme it is of."))
    return term


def _check_times(starts_at: datetime.time | None, ends_at: datetime.time | None) -> None:
    if ends_at is None:
        return
    if starts_at is None or ends_at <= starts_at:
        shown = {"start": f"{starts_at:%H:%M}" if starts_at else "–", "end": f"{ends_at:%H:%M}"}
        raise ValidationError(_("It cannot end at %(end)s when it begins at %(start)s.") % shown)


def _checked_people(
    programme: Programme, kind: Term, team: Team | None, day: datetime.date, people: Iterable[User]
) -> list[User]:
    belong = list(people_of(programme, kind, team, day))
    chosen = list(people) or (belong if whose(kind) != PEOPLE else [])
    if strangers := [one.name for one in chosen if one not in belong]:
        raise ValidationError(
            _("%(names)s did not work there on %(day)s.") % {"names": ", ".join(strangers), "day": day}
        )
    if not chosen:
        raise ValidationError(_("Say who takes part."))
    return chosen


def _days(first: datetime.date, every_days: int | None, until: datetime.date | None) -> list[datetime.date]:
    if until is None or every_days is None:
        if until is not None or every_days is not None:
            raise ValidationError(_("For a repeat, say every how many days, and until when."))
        return [first]
    if every_days < 1 or until < first:
        raise ValidationError(
            _("A repeat is every 1 day or more, until a day after %(first)s.") % {"first": first}
        )
    if until - first > LONGEST_PLAN:
        raise ValidationError(_("Plan no more than a year ahead."))
    return [first + datetime.timedelta(days=n) for n in range(0, (until - first).days + 1, every_days)]


def _refuse_double(meeting: Meeting, people: set[int], settles: Meeting | None = None) -> None:
    """The same kind of the same team on the same day and hour; where it is of some people, of the same."""
    same = Meeting.objects.filter(
        programme=meeting.programme,
        team=meeting.team,
        kind=meeting.kind,
        day=meeting.day,
        starts_at=meeting.starts_at,
    ).exclude(state=State.NOT_HELD)
    if settles is not None:
        same = same.exclude(pk=settles.pk)
    for one in same:
        if not meeting.is_private or people & set(one.attendees.values_list("user", flat=True)):
            said = _("is kept already") if one.state == State.HELD else _("is planned already")
            raise ValidationError(
                _("This meeting of %(day)s %(said)s; nothing was changed.")
                % {"day": meeting.day, "said": said}
            )


@transaction.atomic
def end_series(*, meeting: Meeting, by: User) -> int:
    """Take what is still planned of its series, from today on, out of the plan; how many."""
    Programme.objects.select_for_update().get(pk=meeting.programme_id)
    ahead = Meeting.objects.filter(
        programme=meeting.programme_id,
        series=meeting.series,
        series__isnull=False,
        state=State.PLANNED,
        day__gte=timezone.localdate(),
    )
    count = ahead.count()
    record(by=by, verb="planned meetings ended", subject=meeting, n=count)
    ahead.delete()
    return count


@transaction.atomic
def keep_meeting(*, programme: Programme, kind: str, team: Team | None, log: Log, by: User) -> Meeting:
    """Log one that was held. One planned for that day and not logged yet is taken for it.

    Raises ValidationError for a day in the future, somebody who is not of the team, an end before the
    begin, a session of another team, and for one that is kept already.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    term = _checked_kind(programme, kind, team)
    planned = _planned(programme, kind, team, log) if whose(term) != PEOPLE else None
    return _keep(programme, term, team, log, by, planned)


@transaction.atomic
def log_planned(*, meeting: Meeting, log: Log, by: User) -> Meeting:
    """Log a planned one as held, also on another day than planned."""
    programme = Programme.objects.select_for_update().get(pk=meeting.programme_id)
    planned = _still_planned(meeting)
    return _keep(programme, kinds_of(programme)[planned.kind], planned.team, log, by, planned)


def _planned(programme: Programme, kind: str, team: Team | None, log: Log) -> Meeting | None:
    found = Meeting.objects.filter(
        programme=programme, kind=kind, team=team, day=log.day, state=State.PLANNED
    )
    return found.filter(Q(starts_at=log.starts_at) | Q(starts_at__isnull=True)).first() or found.first()


def _still_planned(meeting: Meeting) -> Meeting:
    current = Meeting.objects.select_for_update(of=("self",)).select_related("team").get(pk=meeting.pk)
    if current.state != State.PLANNED:
        raise ValidationError(_("What became of this meeting is kept already; nothing was changed."))
    return current


def _keep(
    programme: Programme, kind: Term, team: Team | None, log: Log, by: User, planned: Meeting | None
) -> Meeting:
    _check_log(log, team, programme)
    if not log.present:
        raise ValidationError(_("Say who was there."))
    present = _checked_people(programme, kind, team, log.day, log.present)
    meeting = planned or Meeting(
        programme=programme, team=team, kind=kind.id, is_private=whose(kind) == PEOPLE
    )
    meeting.day, meeting.starts_at, meeting.ends_at = log.day, log.starts_at, log.ends_at
    _refuse_double(meeting, {one.pk for one in present}, planned)
    meeting.state, meeting.material, meeting.session = State.HELD, log.material, log.session
    meeting.topics, meeting.recording = _text(log.topics), log.recording.strip()
    meeting.recording_agreed = bool(meeting.recording) and log.recording_agreed
    meeting.kept_at, meeting.kept_by = timezone.now(), by
    meeting.save()
    _attend(meeting, {one.pk for one in present})
    for one in log.agreements:
        _agree(meeting, one)
    for earlier in log.done:
        settle_agreement(agreement=earlier, state=Agreement.State.DONE, by=by)
    session = log.session
    about = patients_of(session) if session else []
    record(by=by, verb="meeting kept", subject=meeting, patients=about, present=len(present))
    return meeting


def _check_log(log: Log, team: Team | None, programme: Programme) -> None:
    if log.day > timezone.localdate():
        raise ValidationError(
            _("%(day)s lies in the future; log a meeting after it was held.") % {"day": log.day}
        )
    _check_times(log.starts_at, log.ends_at)
    if log.material not in Meeting.Material.values:
        raise ValidationError(_("%(what)s is no material of a meeting.") % {"what": log.material})
    if log.recording.strip() and not log.recording_agreed:
        raise ValidationError(_("A recording is kept only when everybody who was there agreed to it."))
    session = log.session
    if session is None:
        return
    if session.programme_id != programme.pk or (team and session.team_id not in (None, team.pk)):
        raise ValidationError(_("That session is of another team."))
    if not Session.objects.watchable().filter(pk=session.pk).exists():
        raise ValidationError(_("There is no recording of that session that may be watched."))


def _attend(meeting: Meeting, present: set[int]) -> None:
    """Who was expected and did not come stays, as absent."""
    expected = set(meeting.attendees.values_list("user", flat=True))
    Attendee.objects.bulk_create(Attendee(meeting=meeting, user_id=one) for one in present - expected)
    meeting.attendees.filter(user__in=present).update(present=True)
    meeting.attendees.exclude(user__in=present).update(present=False)


@transaction.atomic
def not_held(*, meeting: Meeting, reason: str, note: str = "", by: User) -> Meeting:
    """Say that a planned one fell out, and why. One that lies ahead can be said to fall out as well."""
    current = _still_planned(meeting)
    if reason not in Meeting.Reason.values:
        raise ValidationError(_("Say why it was not held."))
    current.state, current.reason, current.reason_note = State.NOT_HELD, reason, _text(note)[:300]
    current.kept_at, current.kept_by = timezone.now(), by
    current.save()
    record(by=by, verb="meeting not held", subject=current, reason=reason)
    return current


@transaction.atomic
def erase_meeting_recording(*, meeting: Meeting, reason: str, by: User | None) -> Meeting:
    """Forget where its recording is kept; that the meeting was held stays."""
    current = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    if not current.recording:
        raise ValidationError(_("There is no recording to erase."))
    current.recording, current.recording_agreed = "", False
    current.save(update_fields=["recording", "recording_agreed"])
    record(by=by, verb="recording of meeting erased", subject=current, why=reason)
    return current


@transaction.atomic
def add_agreement(*, meeting: Meeting, agreed: Agreed, by: User) -> Agreement:
    """Keep an agreement of a meeting that was held."""
    current = (
        Meeting.objects.select_for_update(of=("self",)).select_related("programme", "team").get(pk=meeting.pk)
    )
    if current.state != State.HELD:
        raise ValidationError(_("Only a meeting that was held has agreements."))
    agreement = _agree(current, agreed)
    record(by=by, verb="agreement kept", subject=agreement, due_on=agreed.due_on)
    return agreement


def _agree(meeting: Meeting, agreed: Agreed) -> Agreement:
    """Owner and whose work it is about belong to the meeting. Raises ValidationError where not."""
    what = _text(agreed.what)
    if not what or len(what) > 300:
        raise ValidationError(_("An agreement has 1 to %(n)s characters.") % {"n": 300})
    if agreed.due_on < meeting.day:
        shown = {"due": agreed.due_on, "day": meeting.day}
        raise ValidationError(_("It cannot be due on %(due)s, before the meeting of %(day)s.") % shown)
    kind = kinds_of(meeting.programme)[meeting.kind]
    belong = set(people_of(meeting.programme, kind, meeting.team, meeting.day))
    belong |= {one.user for one in meeting.attendees.select_related("user")}
    for one in filter(None, (agreed.owner, agreed.about)):
        if one not in belong:
            raise ValidationError(_("%(name)s does not belong to this meeting.") % {"name": one.name})
    if meeting.is_private and agreed.about and not meeting.attendees.filter(user=agreed.about).exists():
        raise ValidationError(_("%(name)s was not at this meeting.") % {"name": agreed.about.name})
    return Agreement.objects.create(
        meeting=meeting, what=what, owner=agreed.owner, about=agreed.about, due_on=agreed.due_on
    )


@transaction.atomic
def settle_agreement(*, agreement: Agreement, state: str, result: str = "", by: User) -> Agreement:
    """It is done, or dropped with the reason. A second time is refused and changes nothing."""
    current = Agreement.objects.select_for_update().get(pk=agreement.pk)
    if current.state != Agreement.State.OPEN:
        raise ValidationError(_("This agreement was settled on %(day)s.") % {"day": current.settled_on})
    if state not in (Agreement.State.DONE, Agreement.State.DROPPED):
        raise ValidationError(_("An agreement is done, or dropped."))
    if state == Agreement.State.DROPPED and not _text(result):
        raise ValidationError(_("Say why it is dropped."))
    current.state, current.result = state, _text(result)[:300]
    current.settled_on = timezone.localdate()
    current.save()
    record(by=by, verb="agreement settled", subject=current, state=str(state))
    return current


@transaction.atomic
def keep_reflection(
    *, session: Session, stimulated: str, hindered: str = "", agreed: str = "", by: User
) -> Reflection:
    """Keep what was seen when looking back after a group session. One a session."""
    Session.objects.select_for_update().get(pk=session.pk)
    if session.kind != Session.Kind.GROUP:
        raise ValidationError(_("Only after a group session the therapists look back together."))
    if earlier := Reflection.objects.filter(session=session).select_related("kept_by").first():
        who = earlier.kept_by.name if earlier.kept_by else "–"
        raise ValidationError(_("%(name)s kept one for this session already.") % {"name": who})
    if not _text(stimulated):
        raise ValidationError(_("Say at least what got mentalizing going, or that nothing did."))
    reflection = Reflection.objects.create(
        session=session,
        stimulated=_text(stimulated),
        hindered=_text(hindered),
        agreed=_text(agreed)[:300],
        kept_by=by,
    )
    record(by=by, verb="group reflection kept", subject=reflection, patients=patients_of(session))
    return reflection


def _text(words: str) -> str:
    return words.replace("\0", "").strip()[:LONGEST_TEXT]


@transaction.atomic
def forget_words_about(*, patient: Patient, by: User | None) -> int:
    """Remove what was written where the patient's sessions were looked at, and wherever (s)he is named.

    Part of erasing the patient. That a meeting was held, and who was there, stays.
    """
    theirs = Session.objects.filter(attendances__treatment__patient=patient)
    name = patient.pseudonym
    meetings = Meeting.objects.filter(programme__organisation=patient.organisation_id)
    words = meetings.filter(Q(session__in=theirs) | Q(topics__contains=name)).exclude(topics="")
    agreements = Agreement.objects.filter(meeting__in=meetings)
    naming = agreements.filter(
        Q(what__contains=name) | Q(result__contains=name) | Q(meeting__session__in=theirs)
    )
    looked_back = Reflection.objects.filter(session__in=theirs)
    reasons = meetings.filter(reason_note__contains=name)
    n = words.count() + looked_back.count() + naming.count() + reasons.count()
    if n:
        naming.update(what="–", result="–")
        looked_back.update(stimulated="–", hindered="", agreed="")
        words.update(topics="")
        reasons.update(reason_note="")
        meetings.filter(session__in=theirs).update(session=None)
        record(by=by, verb="words of supervision erased", subject=None, patients=[patient.pk], n=n)
    return n
