"""Choose schedules for programmes and patients, keep their forms in line, skip and reopen forms."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import Draft, record, record_all
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.scheduling.models import Enrolment, ProgrammeSchedule
from onmodel.scheduling.planning import Counts, bring_in_line, enrol_new, turn_the_day

Status = Assignment.Status
WAITING = (Status.PLANNED, Status.OPEN, Status.MISSED)
#: A form that is reopened is due after so many days, and can be filled for so many.
CATCH_UP_DUE, CATCH_UP_CLOSES = datetime.timedelta(days=14), datetime.timedelta(days=42)


@transaction.atomic
def choose_schedule(
    *,
    programme: Programme,
    schedule: str,
    by: User | None,
    with_desired: bool = False,
    since: datetime.date | None = None,
) -> ProgrammeSchedule:
    """Every treatment of the programme follows the schedule from now on, new ones from the next night.

    `since` is the day from which its forms count (today). ValidationError for one that the pack has not,
    that is not about treatments, or that holds already.
    """
    _known(programme, schedule)
    if programme.schedules.filter(schedule=schedule, ended_at__isnull=True).exists():
        raise ValidationError(_("This schedule holds in the programme already."))
    choice = ProgrammeSchedule.objects.create(
        programme=programme,
        schedule=schedule,
        with_desired=with_desired,
        since=since or timezone.localdate(),
        chosen_by=by,
    )
    drafts, counts = _follow(programme, timezone.localdate())
    record(by=by, verb="schedule chosen", subject=choice, schedule=schedule, **counts.numbers())
    record_all(drafts, by=by)
    return choice


@transaction.atomic
def end_choice(*, choice: ProgrammeSchedule, by: User) -> ProgrammeSchedule:
    """New treatments do not follow it any more; those that do go on with it."""
    choice = ProgrammeSchedule.objects.select_for_update().get(pk=choice.pk)
    if choice.ended_at is None:
        choice.ended_at, choice.ended_by = timezone.now(), by
        choice.save(update_fields=["ended_at", "ended_by"])
        record(by=by, verb="schedule ended", subject=choice, schedule=choice.schedule)
    return choice


@transaction.atomic
def enrol(
    *,
    programme: Programme,
    treatments: Iterable[Treatment],
    schedule: str,
    by: User | None,
    with_desired: bool = False,
    since: datetime.date | None = None,
) -> int:
    """These treatments follow the schedule; the number of those that did not yet. One that was ended
    for a treatment holds again.
    """
    _known(programme, schedule)
    day = since or timezone.localdate()
    chosen = list(treatments)
    present = {e.treatment_id: e for e in Enrolment.objects.filter(treatment__in=chosen, schedule=schedule)}
    missing = [treatment for treatment in chosen if treatment.pk not in present]
    again = [enrolment for enrolment in present.values() if enrolment.ended_at is not None]
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                treatment=treatment, schedule=schedule, with_desired=with_desired, since=day, added_by=by
            )
            for treatment in missing
        ],
        batch_size=500,
    )
    Enrolment.objects.filter(pk__in=[enrolment.pk for enrolment in again]).update(
        ended_at=None, end_reason="", ended_by=None, since=day, with_desired=with_desired, added_by=by
    )
    touched = {t.pk for t in missing} | {enrolment.treatment_id for enrolment in again}
    counts = bring_in_line(programme, day=timezone.localdate(), treatments=touched)
    if touched:
        patients = [treatment.patient_id for treatment in chosen if treatment.pk in touched]
        detail = {"schedule": schedule, "patients": len(patients), **counts.numbers()}
        record_all(
            [Draft(verb="patients scheduled", subject=programme, patients=patients, detail=detail)], by=by
        )
    return len(touched)


@transaction.atomic
def end_enrolment(*, enrolment: Enrolment, reason: str, by: User) -> Enrolment:
    """The treatment does not follow the schedule any more: what waits is set aside, what is filled stays."""
    _need(reason)
    enrolment = Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.ended_at is None:
        _end([enrolment], reason.strip(), by)
        record(
            by=by,
            verb="schedule of patient ended",
            subject=enrolment,
            why=reason.strip(),
            schedule=enrolment.schedule,
        )
    return enrolment


def _end(enrolments: Sequence[Enrolment], reason: str, by: User | None) -> None:
    today = timezone.localdate()
    for enrolment in enrolments:
        enrolment.ended_at, enrolment.end_reason, enrolment.ended_by = timezone.now(), reason, by
        enrolment.save(update_fields=["ended_at", "end_reason", "ended_by"])
        forms = Assignment.objects.filter(treatment=enrolment.treatment_id, schedule=enrolment.schedule)
        forms.filter(status=Status.PLANNED, opens_on__gt=today).delete()
        still = Q(closes_on__isnull=True) | Q(closes_on__gte=today)
        forms.filter(still, status__in=[Status.PLANNED, Status.OPEN]).update(
            status=Status.NOT_APPLICABLE, set_aside_reason=reason
        )
        others = Enrolment.objects.running().filter(treatment=enrolment.treatment_id)
        if others.exists():
            bring_in_line(enrolment.treatment.programme, day=today, treatments=[enrolment.treatment_id])


@transaction.atomic
def replan(*, treatment: Treatment, by: User | None) -> Counts:
    """After its start, end or phases changed: forms not yet answered move along."""
    today = timezone.localdate()
    counts = bring_in_line(treatment.programme, day=today, treatments=[treatment.pk])
    if counts:
        record(by=by, verb="forms planned", subject=treatment, **counts.numbers())
    return counts


@transaction.atomic
def follow_schedules(
    *, programme: Programme, on: datetime.date | None = None, by: User | None = None
) -> dict[str, int]:
    """The nightly step: enrol who is new, plan, open what opens, count as missed what closed.

    A second time on the same day changes nothing.
    """
    day = on or timezone.localdate()
    drafts, counts = _follow(programme, day)
    turned = turn_the_day(programme, day)
    numbers = {**counts.numbers(), **turned}
    if numbers:
        patients = sorted(counts.patients)
        drafts.append(Draft(verb="forms planned", subject=programme, patients=patients, detail=numbers))
    record_all(drafts, by=by)
    return numbers


def _follow(programme: Programme, day: datetime.date) -> tuple[list[Draft], Counts]:
    """Enrol who is new and plan; the events are the caller's, who records them last."""
    fresh = enrol_new(programme)
    Enrolment.objects.bulk_create(fresh, batch_size=500)
    drafts = _readmitted(programme, fresh)
    return drafts, bring_in_line(programme, day=day)


def _readmitted(programme: Programme, fresh: Sequence[Enrolment]) -> list[Draft]:
    """Who came back is asked once: what an earlier treatment in the programme still waited for is ended."""
    patients = {enrolment.treatment.patient_id for enrolment in fresh}
    new = {enrolment.treatment_id for enrolment in fresh}
    earlier = Enrolment.objects.running().filter(
        treatment__programme=programme,
        treatment__patient__in=[p for p in patients if p is not None],
        treatment__ended_on__isnull=False,
    )
    back = {e.treatment.patient_id for e in fresh if e.treatment.ended_on is None}
    reason = _("Taken up again: followed in the new treatment")
    drafts = []
    for enrolment in earlier.exclude(treatment__in=new).select_related("treatment__programme"):
        if enrolment.treatment.patient_id in back:
            _end([enrolment], reason, None)
            detail = {"schedule": enrolment.schedule}
            drafts.append(
                Draft(verb="schedule of patient ended", subject=enrolment, why=reason, detail=detail)
            )
    return drafts


@transaction.atomic
def skip_forms(*, forms: Iterable[Assignment], reason: str, by: User) -> int:
    """Set forms of one treatment aside that nobody began to fill, with the reason; how many.

    They count neither as due nor as missed.
    """
    _need(reason)
    asked = [form.pk for form in forms]
    waiting = Assignment.objects.select_for_update(of=("self",)).filter(pk__in=asked, status__in=WAITING)
    found = list(waiting.select_related("treatment"))
    Assignment.objects.filter(pk__in=[form.pk for form in found]).update(
        status=Status.NOT_APPLICABLE, set_aside_reason=reason.strip()
    )
    record_all([Draft(verb="form set aside", subject=form, why=reason.strip()) for form in found], by=by)
    return len(found)


@transaction.atomic
def catch_up(*, treatment: Treatment, by: User, on: datetime.date | None = None) -> int:
    """Reopen, for who came back, the latest missed form of each instrument; how many.

    Not where the same instrument can be filled now anyway. The form keeps its moment; it is due in two
    weeks, and closes before the next one opens. Older gaps stay gaps: nobody remembers them.
    """
    day = on or timezone.localdate()
    forms = list(
        Assignment.objects.select_for_update()
        .filter(treatment=treatment)
        .exclude(schedule="")
        .order_by("due_on", "id")
    )
    reopened = [form for group in _by_instrument(forms) if (form := _to_reopen(group, day)) is not None]
    for form in reopened:
        form.status, form.window_fixed = Status.OPEN, True
        form.opens_on, form.due_on = day, day + CATCH_UP_DUE
        form.closes_on = _until_next(forms, form, day + CATCH_UP_CLOSES)
        form.due_on = min(form.due_on, form.closes_on)
    Assignment.objects.bulk_update(
        reopened, ["status", "window_fixed", "opens_on", "due_on", "closes_on"], batch_size=500
    )
    record_all([Draft(verb="form reopened", subject=form) for form in reopened], by=by)
    return len(reopened)


def _by_instrument(forms: Sequence[Assignment]) -> list[list[Assignment]]:
    groups: dict[tuple[str, str], list[Assignment]] = {}
    for form in forms:
        groups.setdefault((form.instrument, form.respondent), []).append(form)
    return list(groups.values())


def _to_reopen(group: Sequence[Assignment], day: datetime.date) -> Assignment | None:
    begun = [form for form in group if form.opens_on is None or form.opens_on <= day]
    return begun[-1] if begun and begun[-1].status == Status.MISSED else None


def _until_next(forms: Sequence[Assignment], form: Assignment, latest: datetime.date) -> datetime.date:
    """The day before the next form of this instrument opens, where that is sooner."""
    one = datetime.timedelta(days=1)
    following = [
        other.opens_on - one
        for other in forms
        if (other.instrument, other.respondent) == (form.instrument, form.respondent)
        and other.pk != form.pk
        and other.opens_on is not None
        and other.opens_on > form.opens_on
    ]
    return min([latest, *following])


def _known(programme: Programme, schedule: str) -> None:
    if schedule not in treatment_schedules(programme):
        wrong = {"schedule": schedule, "schedules": ", ".join(treatment_schedules(programme))}
        raise ValidationError(
            _("There is no schedule %(schedule)s for patients; there are: %(schedules)s.") % wrong
        )


def treatment_schedules(programme: Programme) -> list[str]:
    """The schedules of the pack whose every form is about a treatment."""
    pack = programme.definitions
    return [
        id_
        for id_, schedule in sorted(pack.schedules.items())
        if all(
            pack.instruments[entry.instrument].subject == "treatment"
            for entry in (*schedule.instruments, *schedule.repeats)
        )
    ]


def _need(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(_("Say why."))
