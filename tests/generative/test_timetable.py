"""Any schedule and course: windows in order, no form twice, and a plan carried out asks for nothing more."""

import datetime
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from onmodel.measurement.timetable import Asked, Changes, Course, Existing, compare, plan
from onmodel.packs.standards import Moment, Repeat, ScheduledInstrument
from tests.unit.measurement.test_timetable import Text, schedule

DAYS = st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 1, 1))
NAMES = ("bsi", "phq9", "ecr")


@st.composite
def schedules(draw):
    months = draw(st.lists(st.integers(0, 36), min_size=1, max_size=5, unique=True))
    moments = tuple(
        Moment(
            id=f"m{n}",
            months=n,
            title=Text(en=str(n), nl=str(n)),
            opens_days_before=draw(st.integers(0, 60)),
            closes_days_after=draw(st.integers(0, 90)),
        )
        for n in months
    )
    wanted = st.sets(st.sampled_from([one.id for one in moments]))
    instruments = tuple(
        ScheduledInstrument(instrument=name, recommended=tuple(sorted(draw(wanted)))) for name in NAMES[:2]
    )
    every = draw(st.integers(1, 90))
    repeats = (Repeat(instrument="ecr", every_days=every, from_months=draw(st.integers(0, 3))),)
    return schedule(moments=moments, instruments=instruments, repeats=repeats)


def carried_out(forms, statuses):
    return [
        Existing(
            key=number,
            instrument=form.instrument,
            respondent=form.respondent,
            months=form.months,
            occasion=form.occasion,
            schedule=form.schedule,
            moment=form.moment,
            status=statuses[number % len(statuses)],
            window=(form.window.opens_on, form.window.due_on, form.window.closes_on),
            answered_on=form.window.opens_on,
            recommended=form.recommended,
        )
        for number, form in enumerate(forms)
    ]


STATUSES = st.lists(
    st.sampled_from(["planned", "open", "partial", "answered", "missed", "not_applicable"]),
    min_size=1,
    max_size=6,
)


@given(one=schedules(), start=DAYS, moved=DAYS, until=DAYS, statuses=STATUSES)
def test_a_plan_that_was_carried_out_asks_for_nothing_more(one, start, moved, until, statuses):
    asked = [Asked(schedule=one, with_desired=True, since=datetime.date(2000, 1, 1))]
    course = Course(start=start)
    forms = plan(asked, course, until=until)
    assert len({form.same for form in forms}) == len(forms)
    for form in forms:
        assert form.window.opens_on <= form.window.due_on <= form.window.closes_on
    there = carried_out(forms, statuses)
    running = frozenset({one.id})
    assert compare(forms, there, running=running) == Changes()

    changes = compare(plan(asked, replace(course, start=moved), until=until), there, running=running)
    kept = {form.key for form in there if form.status in ("answered", "partial", "not_applicable")}
    touched = {key for key, _ in changes.move} | set(changes.drop) | set(changes.end)
    assert not touched & kept
    assert len(touched) <= len(there)
