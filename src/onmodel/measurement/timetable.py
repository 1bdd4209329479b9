"""Which forms a schedule asks of one treatment, when each opens, is due and closes, and what that changes.

Pure: dates in, dates out. Months are months of 365.25 / 12 days, as everywhere in the records.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from onmodel.packs.standards import Conditional, Moment, Repeat, Schedule, ScheduledInstrument

DAYS_A_MONTH = 365.25 / 12

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A phase from day to day; without an end it lasts."""

    kind: str
    starts_on: datetime.date
    ends_on: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What planning knows of one treatment; `waiting_since` counts as long as there is no start."""

    start: datetime.date | None
    waiting_since: datetime.date | None = None
    end: datetime.date | None = None
    phases: tuple[Stretch, ...] = ()
    format: str = ""
    cohort: str = ""
    year_of_birth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From the day a form can be filled to the day it no longer can, and the day it is due between them."""

    opens_on: datetime.date
    due_on: datetime.date | None
    closes_on: datetime.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedForm:
    """A form as the schedule asks for it. `moment` names it within schedule, instrument and respondent."""

    schedule: str
    moment: str
    instrument: str
    respondent: str
    months: float
    occasion: str
    window: Window
    recommended: bool

    @property
    def same(self) -> tuple[str, str, float, str]:
        """Equal for forms that two schedules ask for, and that the patient fills once."""
        return (self.instrument, self.respondent, self.months, self.occasion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A schedule as one treatment has it: with the desired forms or without, from which day on."""

    schedule: Schedule
    with_desired: bool
    since: datetime.date


def after(start: datetime.date, months: float) -> datetime.date:
    return start + datetime.timedelta(days=round(months * DAYS_A_MONTH))


def plan(asked: Sequence[Asked], course: Course, *, until: datetime.date) -> list[PlannedForm]:
    """The forms of all schedules together, each once; a recommendation of one of them counts.

    Repeated forms are planned until the day `until`, since their treatment may end before the next.
    """
    found: dict[tuple[str, str, float, str], PlannedForm] = {}
    for one in asked:
        for form in forms_of(one, course, until=until):
            known = found.get(form.same)
            if known is None or (form.recommended and not known.recommended):
                found[form.same] = form
    return list(found.values())


def forms_of(asked: Asked, course: Course, *, until: datetime.date) -> Iterator[PlannedForm]:
    """The forms of one schedule whose window is not over on the day from which it is asked."""
    for form in _all_forms(asked, course, until):
        if form.window.closes_on is None or form.window.closes_on >= asked.since:
            yield form


def _all_forms(asked: Asked, course: Course, until: datetime.date) -> Iterator[PlannedForm]:
    moments = {moment.id: moment for moment in asked.schedule.moments}
    for entry in asked.schedule.instruments:
        wanted = (*entry.recommended, *(entry.desired if asked.with_desired else ()))
        for name in wanted:
            window = window_at(moments[name], course)
            if window is not None and holds(entry, course, window.due_on or window.opens_on):
                yield _at_moment(asked.schedule.id, entry, moments[name], window)
    for repeat in asked.schedule.repeats:
        yield from _repeated(asked.schedule.id, repeat, course, until)


def window_at(moment: Moment, course: Course) -> Window | None:
    """The window around a moment; before the start is known, a first measure stands open without a day."""
    if course.start is None:
        if course.waiting_since is None or course.end is not None or moment.months > 0:
            return None
        return Window(opens_on=course.waiting_since, due_on=None, closes_on=None)
    due = after(course.start, moment.months)
    return Window(
        opens_on=due - datetime.timedelta(days=moment.opens_days_before),
        due_on=due,
        closes_on=due + datetime.timedelta(days=moment.closes_days_after),
    )


def _at_moment(schedule: str, entry: ScheduledInstrument, moment: Moment, window: Window) -> PlannedForm:
    return PlannedForm(
        schedule=schedule,
        moment=moment.id,
        instrument=entry.instrument,
        respondent=entry.respondent.value,
        months=moment.months,
        occasion="",
        window=window,
        recommended=moment.id in entry.recommended,
    )


def _repeated(schedule: str, repeat: Repeat, course: Course, until: datetime.date) -> Iterator[PlannedForm]:
    """Every so many days from the start on, while the treatment lasts."""
    if course.start is None:
        return
    first = after(course.start, repeat.from_months)
    last = min(day for day in (until, course.end, _last_of(repeat, course.start)) if day is not None)
    room = repeat.every_days - 1 if repeat.closes_days_after is None else repeat.closes_days_after
    for number in range((last - first).days // repeat.every_days + 1):
        due = first + datetime.timedelta(days=number * repeat.every_days)
        if holds(repeat, course, due):
            name = f"d{repeat.every_days}.{number}"
            yield PlannedForm(
                schedule=schedule,
                moment=name,
                instrument=repeat.instrument,
                respondent=repeat.respondent.value,
                months=round((due - course.start).days / DAYS_A_MONTH, 2),
                occasion=name,
                window=Window(opens_on=due, due_on=due, closes_on=due + datetime.timedelta(days=room)),
                recommended=True,
            )


def _last_of(repeat: Repeat, start: datetime.date) -> datetime.date | None:
    return None if repeat.until_months is None else after(start, repeat.until_months)


def holds(condition: Conditional, course: Course, day: datetime.date) -> bool:
    """Whether the measure is meant for this treatment on that day; what is unknown does not hold."""
    if condition.formats and course.format not in condition.formats:
        return False
    if condition.cohorts and course.cohort not in condition.cohorts:
        return False
    return _of_age(condition, course, day) and _in_phase(condition, course, day)


def _of_age(condition: Conditional, course: Course, day: datetime.date) -> bool:
    if condition.from_age is None and condition.until_age is None:
        return True
    if course.year_of_birth is None:
        return False
    age = day.year - course.year_of_birth
    old_enough = condition.from_age is None or age >= condition.from_age
    return old_enough and (condition.until_age is None or age <= condition.until_age)


def _in_phase(condition: Conditional, course: Course, day: datetime.date) -> bool:
    """A phase that lasts is taken to last until that day."""
    return not condition.phases or any(
        phase.kind in condition.phases
        and phase.starts_on <= day
        and (phase.ends_on is None or day <= phase.ends_on)
        for phase in course.phases
    )


# --- what a plan changes in what is there ---
FILLED = frozenset({"answered", "partial"})
WAITING = frozenset({"planned", "open", "missed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing(Generic[Key]):
    """A form that is there. `fixed`: a person set its window."""

    key: Key
    instrument: str
    respondent: str
    months: float | None
    occasion: str
    schedule: str
    moment: str
    status: str
    window: tuple[datetime.date | None, datetime.date | None, datetime.date | None]
    answered_on: datetime.date | None = None
    recommended: bool = False
    fixed: bool = False


@dataclass(frozen=True, kw_only=True)
class Changes(Generic[Key]):
    """`adopt`: forms that count for what was planned; `move`: those with another window from now on;
    `drop`: planned and no longer wanted; `end`: open or missed, and no longer wanted.
    """

    create: list[PlannedForm] = field(default_factory=list)
    adopt: list[tuple[Key, PlannedForm]] = field(default_factory=list)
    move: list[tuple[Key, PlannedForm]] = field(default_factory=list)
    drop: list[Key] = field(default_factory=list)
    end: list[Key] = field(default_factory=list)


def compare(
    planned: Iterable[PlannedForm], existing: Sequence[Existing[Key]], *, running: frozenset[str]
) -> Changes[Key]:
    """What brings the forms that are there in line with the plan.

    What was answered stays as it is; an answered form of the same instrument and moment, or one given
    within the window, counts for the planned one. `running` names the schedules that are in force: what
    another one left open was set aside when it ended.
    """
    changes: Changes[Key] = Changes()
    left = {form.key: form for form in existing}
    exact: dict[object, Existing[Key]] = {}
    for form in existing:
        exact.setdefault(("at", form.instrument, form.respondent, form.months, form.occasion), form)
    for form in existing:
        if form.schedule:
            exact[("for", form.instrument, form.respondent, form.schedule, form.moment)] = form
    for wish in sorted(planned, key=lambda wish: (wish.window.opens_on, wish.instrument)):
        found = _exactly(wish, exact, left) or _within(wish, left.values())
        if found is None:
            changes.create.append(wish)
            continue
        del left[found.key]
        _keep(found, wish, changes)
    _leave(left, running, changes)
    return changes


def _exactly(
    wish: PlannedForm, exact: Mapping[object, Existing[Key]], left: Mapping[Key, Existing[Key]]
) -> Existing[Key] | None:
    for name in (
        ("for", wish.instrument, wish.respondent, wish.schedule, wish.moment),
        ("at", wish.instrument, wish.respondent, wish.months, wish.occasion),
    ):
        found = exact.get(name)
        if found is not None and found.key in left:
            return found
    return None


def _within(wish: PlannedForm, left: Iterable[Existing[Key]]) -> Existing[Key] | None:
    """The filled form, of no schedule, that was given within the window and nearest to its day."""
    due, closes = wish.window.due_on, wish.window.closes_on
    if due is None or closes is None:
        return None
    fitting = [
        (abs((form.answered_on - due).days), str(form.key), form)
        for form in left
        if form.answered_on is not None
        and not form.schedule
        and form.status in FILLED
        and (form.instrument, form.respondent) == (wish.instrument, wish.respondent)
        and wish.window.opens_on <= form.answered_on <= closes
    ]
    return min(fitting, key=lambda one: one[:2])[2] if fitting else None


def _keep(found: Existing[Key], wish: PlannedForm, changes: Changes[Key]) -> None:
    named = (found.schedule, found.moment, found.recommended)
    if named != (wish.schedule, wish.moment, wish.recommended):
        changes.adopt.append((found.key, wish))
    window = (wish.window.opens_on, wish.window.due_on, wish.window.closes_on)
    at = (found.months, found.occasion)
    moved = found.window != window or at != (wish.months, wish.occasion)
    if found.status in WAITING and not found.fixed and moved:
        changes.move.append((found.key, wish))


def _leave(left: Mapping[Key, Existing[Key]], running: frozenset[str], changes: Changes[Key]) -> None:
    """What no schedule asks for any more; forms that no schedule brought stay."""
    for form in left.values():
        if not form.schedule or form.fixed:
            continue
        if form.status == "planned":
            changes.drop.append(form.key)
        elif form.status in WAITING and form.schedule in running:
            changes.end.append(form.key)
