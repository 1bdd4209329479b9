"""Keep a patient's course: referral, assignment, waiting, phases, parts of the programme, end, follow-up."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import GroupPlace, Involvement, Patient, Phase, Treatment
from onmodel.process.absences.ladder import Run
from onmodel.process.absences.reading import unreviewed
from onmodel.process.course.records import Ending, FollowUp, Part, Referral, WaitingOffer
from onmodel.process.refusing import (
    refuse_before,
    refuse_few,
    refuse_future,
    refuse_outside,
    refuse_strangers,
)
from onmodel.process.terms import entries, known
from onmodel.programmes.models import Programme, Team
from onmodel.scheduling.actions import replan
from onmodel.wording.numbers import date_written

PRIMARY_CLINICIAN = "primary_clinician"
ONE_DAY = datetime.timedelta(days=1)


@transaction.atomic
def refer(
    *,
    programme: Programme,
    pseudonym: str,
    referred_on: datetime.date,
    source: str,
    by: User,
    team: Team | None = None,
    referrer: str = "",
) -> Treatment:
    """Begin a treatment with its referral: of a new patient, or of one who comes back.

    Refused for a day in the future, and for a patient who is waiting or in treatment in the programme.
    """
    pseudonym = pseudonym.strip()
    if not pseudonym:
        raise ValidationError(_("Say by which pseudonym the record knows the patient."))
    refuse_future(referred_on)
    known(programme.definitions, "referral_sources", source)
    if team is not None and team.programme_id != programme.pk:
        raise ValidationError(_("That team is of another programme."))
    Programme.objects.select_for_update().get(pk=programme.pk)
    patient, _new = Patient.objects.get_or_create(
        organisation_id=programme.organisation_id, pseudonym=pseudonym
    )
    earlier = _ended(patient, programme, referred_on)
    treatment = Treatment.objects.create(
        patient=patient, programme=programme, team=team, referred_on=referred_on
    )
    _begin(treatment, referred_on)
    Referral.objects.create(
        treatment=treatment, source=source, referrer=referrer.strip(), returns_from=earlier, kept_by=by
    )
    record(by=by, verb="referral kept", subject=treatment, source=source, returns=earlier is not None)
    return treatment


def _ended(patient: Patient, programme: Programme, day: datetime.date) -> Treatment | None:
    """The patient's last treatment in the programme. ValidationError where it has not ended by that day."""
    last = None
    for one in patient.treatments.filter(programme=programme).order_by("referred_on", "started_on"):
        if one.ended_on is None:
            raise ValidationError(
                _("%(patient)s is waiting or in treatment here already.") % {"patient": patient.pseudonym}
            )
        refuse_before(day, one.ended_on, _("the end of the earlier treatment"))
        last = one
    return last


def _begin(treatment: Treatment, day: datetime.date) -> None:
    """The phase before the start, where the pack has one."""
    waiting = next(
        (t for t in entries(treatment.programme.definitions, "phases") if t.values.get("before_start")), None
    )
    if waiting is not None:
        Phase.objects.create(treatment=treatment, kind=waiting.id, starts_on=day)


@transaction.atomic
def keep_referral(
    *,
    treatment: Treatment,
    source: str,
    by: User,
    referrer: str = "",
    criteria: Mapping[str, bool] | None = None,
    oriented_on: datetime.date | None = None,
    decision: str = "",
    decided_on: datetime.date | None = None,
    note: str = "",
) -> Referral:
    """Keep what is known of a referral; said again, it replaces what stood there.

    `criteria` says of each criterion that was judged whether it is met. `oriented_on` is the first talk.
    """
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    pack = treatment.programme.definitions
    known(pack, "referral_sources", source)
    for name in criteria or {}:
        known(pack, "selection_criteria", name)
    for day in (oriented_on, decided_on):
        if day is not None:
            refuse_outside(treatment, day)
    if oriented_on is not None and treatment.started_on is not None and oriented_on > treatment.started_on:
        refuse_before(treatment.started_on, oriented_on, _("the first orientation"))
    if bool(decision) != bool(decided_on):
        raise ValidationError(_("A decision on a referral has a day; give both or neither."))
    kept, _new = Referral.objects.update_or_create(
        treatment=treatment,
        defaults={
            "source": source,
            "referrer": referrer.strip(),
            "criteria": dict(criteria or {}),
            "decision": decision,
            "decided_on": decided_on,
            "note": note.strip(),
            "kept_at": timezone.now(),
            "kept_by": by,
        },
    )
    kept.full_clean(exclude=["treatment", "returns_from", "kept_by"], validate_unique=False)
    if oriented_on != treatment.oriented_on:
        treatment.oriented_on = oriented_on
        treatment.save(update_fields=["oriented_on"])
    record(by=by, verb="referral kept", subject=treatment, source=source, decision=decision)
    return kept


@transaction.atomic
def assign(
    *, treatment: Treatment, team: Team, primary_clinician: User, assigned_on: datetime.date, by: User
) -> Treatment:
    """Give the patient a team and a primary clinician, from that day; an earlier clinician's part ends."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    refuse_outside(treatment, assigned_on)
    if team.programme_id != treatment.programme_id:
        raise ValidationError(_("That team is of another programme."))
    refuse_strangers([primary_clinician], treatment.programme, assigned_on)
    _hand_over(treatment, primary_clinician, assigned_on)
    treatment.team, treatment.primary_clinician = team, primary_clinician
    treatment.save(update_fields=["team", "primary_clinician"])
    Referral.objects.filter(treatment=treatment, assigned_on=None).update(assigned_on=assigned_on)
    record(by=by, verb="patient assigned", subject=treatment, team=team.pk, clinician=primary_clinician.pk)
    return treatment


def _hand_over(treatment: Treatment, clinician: User, day: datetime.date) -> None:
    before = treatment.involvements.filter(function=PRIMARY_CLINICIAN, ends_on=None)
    if before.filter(therapist=clinician).exists():
        return
    for one in before:
        refuse_before(day, one.starts_on, _("the part of the earlier primary clinician began"))
        one.ends_on = max(day - ONE_DAY, one.starts_on)
        one.save(update_fields=["ends_on"])
    Involvement.objects.create(
        treatment=treatment, therapist=clinician, function=PRIMARY_CLINICIAN, starts_on=day
    )


@transaction.atomic
def offer_meanwhile(*, treatment: Treatment, kind: str, starts_on: datetime.date, by: User) -> WaitingOffer:
    """Keep what the patient gets while waiting, from that day on."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    term = known(treatment.programme.definitions, "waiting_offers", kind)
    refuse_outside(treatment, starts_on)
    if treatment.waiting_offers.in_force(starts_on).filter(kind=term.id).exists():
        raise ValidationError(_("That is offered on that day already."))
    offer = WaitingOffer.objects.create(treatment=treatment, kind=term.id, starts_on=starts_on)
    record(by=by, verb="offer while waiting kept", subject=offer, kind=kind)
    return offer


@transaction.atomic
def take_part(*, treatment: Treatment, component: str, starts_on: datetime.date, by: User) -> Part:
    """Keep that the patient takes a part of the programme, from that day on."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    term = known(treatment.programme.definitions, "therapy_components", component)
    refuse_outside(treatment, starts_on)
    if treatment.parts.in_force(starts_on).filter(component=term.id).exists():
        raise ValidationError(_("The patient takes that part on that day already."))
    part = Part.objects.create(treatment=treatment, component=term.id, starts_on=starts_on)
    record(by=by, verb="part of the programme begun", subject=part, component=component)
    return part


@transaction.atomic
def stop(*, stretch: Part | WaitingOffer, ends_on: datetime.date, by: User) -> Part | WaitingOffer:
    """End a part of the programme, or what was offered while waiting."""
    current = type(stretch).objects.select_for_update(of=("self",)).get(pk=stretch.pk)
    if current.ends_on is not None:
        raise ValidationError(_("It has ended already."))
    refuse_outside(current.treatment, ends_on)
    refuse_before(ends_on, current.starts_on, _("its start"))
    current.ends_on = ends_on
    current.save(update_fields=["ends_on"])
    verb = "part of the programme ended" if isinstance(current, Part) else "offer while waiting ended"
    record(by=by, verb=verb, subject=current)
    return current


@transaction.atomic
def start_phase(*, treatment: Treatment, kind: str, starts_on: datetime.date, by: User) -> Phase:
    """Begin a phase; the one before ends the day before. The first phase of treatment is its start.

    Forms that hang on start and phases move along.
    """
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    term = known(treatment.programme.definitions, "phases", kind)
    refuse_outside(treatment, starts_on)
    if treatment.ended_on is not None:
        raise ValidationError(_("This treatment has ended; a return begins with a new referral."))
    last = treatment.phases.order_by("starts_on", "pk").last()
    if last is not None:
        _close(last, term.id, starts_on)
    phase = Phase.objects.create(treatment=treatment, kind=term.id, starts_on=starts_on)
    if treatment.started_on is None and not term.values.get("before_start"):
        treatment.started_on = starts_on
        treatment.save(update_fields=["started_on"])
        treatment.waiting_offers.filter(ends_on=None, starts_on__lte=starts_on).update(ends_on=starts_on)
    replan(treatment=treatment, by=by)
    record(by=by, verb="phase begun", subject=treatment, phase=kind, on=starts_on)
    return phase


def _close(last: Phase, kind: str, day: datetime.date) -> None:
    if last.kind == kind and last.ends_on is None:
        raise ValidationError(_("The patient is in that phase already."))
    if day <= last.starts_on:
        refuse_before(day, last.starts_on + ONE_DAY, _("the day after the present phase began"))
    if last.ends_on is None or last.ends_on >= day:
        last.ends_on = day - ONE_DAY
        last.save(update_fields=["ends_on"])


@transaction.atomic
def agree_follow_up(
    *,
    treatment: Treatment,
    kind: str,
    sessions: int,
    starts_on: datetime.date,
    by: User,
    ends_on: datetime.date | None = None,
) -> FollowUp:
    """Keep what is offered after the intensive treatment; said again, it replaces what stood there."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    known(treatment.programme.definitions, "follow_up_kinds", kind)
    if treatment.started_on is None:
        raise ValidationError(_("Follow-up comes after treatment, and this one has not begun."))
    refuse_before(starts_on, treatment.started_on, _("the start of treatment"))
    if not 1 <= sessions <= 100:
        raise ValidationError(_("%(n)s sessions: give a number from 1 to 100.") % {"n": sessions})
    if ends_on is not None:
        refuse_before(ends_on, starts_on, _("the start of follow-up"))
    agreed = {"kind": kind, "sessions": sessions, "starts_on": starts_on, "ends_on": ends_on}
    kept, _new = FollowUp.objects.update_or_create(
        treatment=treatment, defaults={**agreed, "kept_at": timezone.now()}
    )
    record(by=by, verb="follow-up agreed", subject=treatment, kind=kind, sessions=sessions)
    return kept


@transaction.atomic
def end_treatment(
    *,
    treatment: Treatment,
    ended_on: datetime.date,
    kind: str,
    ground: str,
    reason: str,
    decided_by: Collection[User],
    by: User,
    discussed_on: datetime.date | None = None,
    without_review: str = "",
) -> Ending:
    """End a treatment, by whom, on which ground and after which review.

    The pack says which ends need a discussion in the team first (`discussed`), and how many people
    (`people`): missing sessions never ends a treatment by itself. After sessions missed in a row such an
    end asks for a review held since, or for the reason why there was none (`without_review`). With the end
    go phase, parts, places in groups and the therapists' involvement, and with that their access.
    """
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    if treatment.ended_on is not None:
        raise ValidationError(_("This treatment has ended already."))
    pack = treatment.programme.definitions
    term = known(pack, "end_kinds", kind)
    known(pack, "end_grounds", ground)
    refuse_outside(treatment, ended_on)
    refuse_before(ended_on, treatment.started_on, _("the start of treatment"))
    if not reason.strip():
        raise ValidationError(_("Say in a sentence why the treatment ends."))
    refuse_few(decided_by, int(term.values.get("people", 1)))
    refuse_strangers(decided_by, treatment.programme, ended_on)
    _check_discussed(treatment, bool(term.values.get("discussed")), discussed_on, ended_on)
    missed = unreviewed(treatment, ended_on) if term.values.get("discussed") else None
    _check_reviewed(missed, without_review)
    _close_all(treatment, ended_on)
    treatment.ended_on, treatment.end_kind, treatment.end_reason = ended_on, term.id, reason.strip()
    treatment.save(update_fields=["ended_on", "end_kind", "end_reason"])
    ending = Ending.objects.create(
        treatment=treatment,
        ground=ground,
        discussed_on=discussed_on,
        without_review=without_review.strip() if missed else "",
    )
    ending.decided_by.set(decided_by)
    replan(treatment=treatment, by=by)
    record(by=by, verb="treatment ended", subject=treatment, why=reason.strip(), kind=kind, ground=ground)
    return ending


def _check_discussed(
    treatment: Treatment, needed: bool, discussed_on: datetime.date | None, ended_on: datetime.date
) -> None:
    if needed and discussed_on is None:
        raise ValidationError(
            _("This end follows a discussion in the team, never missed sessions alone: say when it was.")
        )
    if discussed_on is None:
        return
    refuse_outside(treatment, discussed_on)
    if discussed_on > ended_on:
        refuse_before(ended_on, discussed_on, _("the discussion in the team"))


def _check_reviewed(missed: Run | None, why: str) -> None:
    """`missed` are the sessions missed in a row after which no review was held."""
    if missed is not None and not why.strip():
        wrong = {"n": len(missed.days), "day": date_written(missed.days[-1])}
        raise ValidationError(
            _(
                "%(n)s sessions in a row were missed, the last on %(day)s, and no review was held since. "
                "Hold the review first, or say why there was none."
            )
            % wrong
        )


def _close_all(treatment: Treatment, day: datetime.date) -> None:
    """Nothing of the treatment goes on after its end. ValidationError for what began later than that."""
    for stretches in (
        treatment.phases,
        treatment.parts,
        treatment.waiting_offers,
        treatment.involvements,
        GroupPlace.objects.filter(treatment=treatment),
    ):
        late = stretches.filter(starts_on__gt=day).order_by("starts_on").first()
        if late is not None:
            refuse_before(day, late.starts_on, _("something of this treatment began"))
        stretches.filter(ends_on=None).update(ends_on=day)
        stretches.filter(ends_on__gt=day).update(ends_on=day)
