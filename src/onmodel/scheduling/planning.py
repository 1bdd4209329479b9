"""Bring the forms of treatments in line with their schedules: read, plan, compare, write; few statements.

Nothing here writes an event; the actions that call it do.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from onmodel.assessments.models import Assignment
from onmodel.measurement.timetable import (
    DAYS_A_MONTH,
    Asked,
    Changes,
    Course,
    Existing,
    PlannedForm,
    Stretch,
    compare,
    plan,
)
from onmodel.packs.standards import Schedule
from onmodel.patients.models import Phase, Treatment
from onmodel.programmes.models import Programme
from onmodel.scheduling.models import Enrolment

#: Repeated forms are made so far ahead; the nightly run makes the next ones.
AHEAD = datetime.timedelta(days=28)
A_BATCH = 500
Status = Assignment.Status
FIELDS = (
    "id",
    "treatment_id",
    "instrument",
    "respondent",
    "months",
    "occasion",
    "schedule",
    "moment",
    "status",
    "opens_on",
    "due_on",
    "closes_on",
    "answered_on",
    "recommended",
    "window_fixed",
)


@dataclass
class Counts:
    """How many forms were made, moved, taken up, dropped or set aside; and of whom."""

    made: int = 0
    moved: int = 0
    taken_up: int = 0
    dropped: int = 0
    set_aside: int = 0
    patients: set[int] = field(default_factory=set)

    def numbers(self) -> dict[str, int]:
        names = ("made", "moved", "taken_up", "dropped", "set_aside")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def __bool__(self) -> bool:
        return bool(self.numbers())


def bring_in_line(
    programme: Programme, *, day: datetime.date, treatments: Iterable[UUID] | None = None
) -> Counts:
    """Plan the forms of the programme's treatments (or of these) as of that day, and write what changes."""
    running = Enrolment.objects.running().filter(treatment__programme=programme)
    if treatments is not None:
        running = running.filter(treatment__in=list(treatments))
    by_treatment: dict[UUID, list[Enrolment]] = defaultdict(list)
    for enrolment in running.order_by("treatment_id", "schedule"):
        by_treatment[enrolment.treatment_id].append(enrolment)
    counts = Counts()
    for batch in _batches(by_treatment):
        _batch(programme, {key: by_treatment[key] for key in batch}, day, counts)
    return counts


def _batches(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    iterator = iter(keys)
    while batch := list(islice(iterator, A_BATCH)):
        yield batch


def _batch(
    programme: Programme, enrolments: dict[UUID, list[Enrolment]], day: datetime.date, counts: Counts
) -> None:
    courses = courses_of(programme, list(enrolments))
    existing = _existing(list(enrolments))
    schedules = programme.definitions.schedules
    all_changes: list[tuple[Treatment, Changes[UUID]]] = []
    for treatment, course in courses.values():
        known = [one for one in enrolments[treatment.pk] if one.schedule in schedules]
        asked = [
            Asked(schedule=schedules[one.schedule], with_desired=one.with_desired, since=one.since)
            for one in known
        ]
        wishes = plan(asked, course, until=day + AHEAD)
        changes = compare(
            wishes, existing.get(treatment.pk, []), running=frozenset(one.schedule for one in known)
        )
        if changes != Changes():
            all_changes.append((treatment, changes))
    if all_changes:
        _write(programme, all_changes, day, counts)


def courses_of(programme: Programme, treatments: Sequence[UUID]) -> dict[UUID, tuple[Treatment, Course]]:
    """What planning knows of these treatments."""
    phases: dict[UUID, list[Stretch]] = defaultdict(list)
    for phase in Phase.objects.filter(treatment__in=treatments):
        stretch = Stretch(kind=phase.kind, starts_on=phase.starts_on, ends_on=phase.ends_on)
        phases[phase.treatment_id].append(stretch)
    found = Treatment.objects.filter(pk__in=treatments).select_related("patient")
    return {
        treatment.pk: (treatment, _course(programme, treatment, tuple(phases[treatment.pk])))
        for treatment in found
    }


def _course(programme: Programme, treatment: Treatment, phases: tuple[Stretch, ...]) -> Course:
    return Course(
        start=treatment.started_on,
        waiting_since=treatment.oriented_on or treatment.referred_on,
        end=treatment.ended_on,
        phases=phases,
        format=programme.format,
        cohort=treatment.cohort,
        year_of_birth=treatment.patient.year_of_birth,
    )


def _existing(treatments: Sequence[UUID]) -> dict[UUID, list[Existing[UUID]]]:
    found: dict[UUID, list[Existing[UUID]]] = defaultdict(list)
    rows = Assignment.objects.filter(treatment__in=treatments).order_by("id").values_list(*FIELDS, named=True)
    for row in rows.iterator(chunk_size=5_000):
        form = Existing(
            key=row.id,
            instrument=row.instrument,
            respondent=row.respondent,
            months=row.months,
            occasion=row.occasion,
            schedule=row.schedule,
            moment=row.moment,
            status=row.status,
            window=(row.opens_on, row.due_on, row.closes_on),
            answered_on=row.answered_on,
            recommended=row.recommended,
            fixed=row.window_fixed,
        )
        found[row.treatment_id].append(form)
    return found


def _write(
    programme: Programme,
    all_changes: Sequence[tuple[Treatment, Changes[UUID]]],
    day: datetime.date,
    counts: Counts,
) -> None:
    made = [_new(programme, one, wish, day) for one, changes in all_changes for wish in changes.create]
    dropped = [key for _one, changes in all_changes for key in changes.drop]
    ended = [key for _one, changes in all_changes for key in changes.end]
    Assignment.objects.filter(pk__in=dropped, status=Status.PLANNED).delete()
    Assignment.objects.filter(pk__in=ended).update(
        status=Status.NOT_APPLICABLE, set_aside_reason=_("Not asked any more as the treatment went")
    )
    Assignment.objects.bulk_create(made, batch_size=A_BATCH)
    counts.taken_up += _adopt([pair for _one, changes in all_changes for pair in changes.adopt])
    counts.moved += _move([pair for _one, changes in all_changes for pair in changes.move], day)
    counts.made += len(made)
    counts.dropped += len(dropped)
    counts.set_aside += len(ended)
    counts.patients |= {treatment.patient_id for treatment, _changes in all_changes}


def _new(programme: Programme, treatment: Treatment, wish: PlannedForm, day: datetime.date) -> Assignment:
    return Assignment(
        programme=programme,
        subject_kind="treatment",
        treatment=treatment,
        pack=programme.pack,
        instrument=wish.instrument,
        instrument_version=programme.definitions.instruments[wish.instrument].version,
        respondent=wish.respondent,
        months=wish.months,
        occasion=wish.occasion,
        schedule=wish.schedule,
        moment=wish.moment,
        recommended=wish.recommended,
        status=status_on(wish, day),
        **_window(wish),
    )


def _window(wish: PlannedForm) -> dict[str, datetime.date | None]:
    window = wish.window
    return {"opens_on": window.opens_on, "due_on": window.due_on, "closes_on": window.closes_on}


def status_on(wish: PlannedForm, day: datetime.date) -> str:
    """Of a form that nobody began to fill."""
    if day < wish.window.opens_on:
        return Status.PLANNED.value
    over = wish.window.closes_on is not None and wish.window.closes_on < day
    return Status.MISSED.value if over else Status.OPEN.value


def _adopt(pairs: Sequence[tuple[UUID, PlannedForm]]) -> int:
    """Say for what a form counts, and until when it could be filled where nobody said so."""
    groups: dict[tuple[str, str, bool], list[UUID]] = defaultdict(list)
    for key, wish in pairs:
        groups[wish.schedule, wish.moment, wish.recommended].append(key)
    for (schedule, moment, recommended), keys in groups.items():
        Assignment.objects.filter(pk__in=keys).update(
            schedule=schedule, moment=moment, recommended=recommended
        )
    wishes = dict(pairs)
    bare = list(Assignment.objects.filter(pk__in=wishes, closes_on__isnull=True))
    for form in bare:
        window = wishes[form.pk].window
        form.opens_on, form.closes_on = form.opens_on or window.opens_on, window.closes_on
    Assignment.objects.bulk_update(bare, ["opens_on", "closes_on"], batch_size=A_BATCH)
    return len(pairs)


def _move(pairs: Sequence[tuple[UUID, PlannedForm]], day: datetime.date) -> int:
    wishes = dict(pairs)
    forms = list(Assignment.objects.filter(pk__in=wishes))
    for form in forms:
        wish = wishes[form.pk]
        form.months, form.occasion, form.status = wish.months, wish.occasion, status_on(wish, day)
        for name, value in _window(wish).items():
            setattr(form, name, value)
    fields = ["months", "occasion", "status", "opens_on", "due_on", "closes_on"]
    Assignment.objects.bulk_update(forms, fields, batch_size=A_BATCH)
    return len(forms)


def turn_the_day(programme: Programme, day: datetime.date) -> dict[str, int]:
    """Open what opens, and count as missed what closed without an answer; two statements.

    A partly answered form stays one: what was said is not lost by the calendar.
    """
    forms = Assignment.objects.filter(programme=programme)
    over = Q(closes_on__isnull=False, closes_on__lt=day)
    missed = forms.filter(over, status__in=[Status.PLANNED, Status.OPEN]).update(status=Status.MISSED)
    opened = forms.filter(
        Q(closes_on__isnull=True) | Q(closes_on__gte=day), status=Status.PLANNED, opens_on__lte=day
    ).update(status=Status.OPEN)
    return {name: count for name, count in (("opened", opened), ("missed", missed)) if count}


def enrol_new(programme: Programme) -> list[Enrolment]:
    """Enrolments, not yet written, of treatments that the programme's schedules ask for and have none.

    Who ended before the schedule began in the programme is asked only where it follows treatments beyond
    their end.
    """
    found = []
    for choice in programme.schedules.filter(ended_at__isnull=True):
        definition = choice.definition
        if definition is None:
            continue
        treatments = programme.treatments.exclude(enrolments__schedule=choice.schedule)
        treatments = treatments.exclude(started_on__isnull=True, ended_on__isnull=False)
        reaches = _reaches(definition)
        if reaches is None:
            treatments = treatments.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=choice.since))
        else:
            first = choice.since - reaches
            treatments = treatments.filter(Q(started_on__isnull=True) | Q(started_on__gte=first))
        found += [
            Enrolment(
                treatment=treatment,
                schedule=choice.schedule,
                with_desired=choice.with_desired,
                since=choice.since,
                by_programme=True,
                added_by=choice.chosen_by,
            )
            for treatment in treatments.select_related("patient").order_by(F("started_on").asc(), "id")
        ]
    return found


def _reaches(definition: Schedule) -> datetime.timedelta | None:
    """How long after a start its last window closes; None for a schedule of repeats only."""
    if not definition.moments:
        return None
    days = max(moment.months * DAYS_A_MONTH + moment.closes_days_after for moment in definition.moments)
    return datetime.timedelta(days=round(days))
