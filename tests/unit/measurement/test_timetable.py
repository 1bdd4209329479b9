"""When the forms of a schedule open, are due and close; and what a new plan changes in what is there."""

import datetime
from datetime import date

import pytest

from onmodel import library
from onmodel.measurement.timetable import (
    Asked,
    Changes,
    Course,
    Existing,
    PlannedForm,
    Stretch,
    Window,
    after,
    compare,
    holds,
    plan,
)
from onmodel.packs.base import Text
from onmodel.packs.standards import Conditional, Moment, Repeat, Schedule, ScheduledInstrument

START = date(2025, 1, 15)
LONG_AGO, FAR = date(2000, 1, 1), date(2027, 1, 1)


def schedule(**parts: object) -> Schedule:
    return Schedule(
        id="trial",
        version="1.0.0",
        title=Text(en="Trial", nl="Proef"),
        source="our own",
        author="OnModel",
        checked_by="",
        next_review=FAR,
        licence="CC-BY-4.0",
        **parts,
    )


def moment(name: str, months: float) -> Moment:
    return Moment(id=name, months=months, title=Text(en=name, nl=name))


TWO = schedule(
    moments=(moment("m00", 0), moment("m06", 6)),
    instruments=(
        ScheduledInstrument(instrument="bsi", recommended=("m00", "m06")),
        ScheduledInstrument(instrument="ecr", recommended=("m00",), desired=("m06",)),
    ),
)


def planned(one: Schedule = TWO, course: Course | None = None, **kwargs: object) -> list[PlannedForm]:
    asked = {"with_desired": False, "since": LONG_AGO, **kwargs}
    until = asked.pop("until", FAR)
    return plan([Asked(schedule=one, **asked)], course or Course(start=START), until=until)


def test_half_a_year_is_183_days_after_the_start():
    # 6 x 30.4375 = 182.6, which rounds to 183
    assert after(START, 6) == START + datetime.timedelta(days=183) == date(2025, 7, 17)


def test_a_window_opens_30_days_before_and_closes_60_days_after():
    (_, form) = [form for form in planned() if form.instrument == "bsi"]
    assert form.window == Window(
        opens_on=date(2025, 6, 17), due_on=date(2025, 7, 17), closes_on=date(2025, 9, 15)
    )


def test_desired_forms_come_only_where_they_are_asked_for():
    assert [(f.instrument, f.moment) for f in planned()] == [("bsi", "m00"), ("bsi", "m06"), ("ecr", "m00")]
    with_desired = {(f.instrument, f.moment): f.recommended for f in planned(with_desired=True)}
    assert with_desired["ecr", "m06"] is False
    assert with_desired["bsi", "m06"] is True


def test_windows_that_are_over_when_the_schedule_begins_are_left_out():
    assert {f.moment for f in planned(since=date(2025, 3, 16))} == {"m00", "m06"}  # m00 closes that day
    assert {f.moment for f in planned(since=date(2025, 3, 17))} == {"m06"}


def test_the_research_battery_of_the_source():
    """QM appendix 1: 13 instruments; counting the X and (X) of its table by hand."""
    battery = library.load("mbt").schedules["research_battery"]
    recommended = planned(battery)
    both = planned(battery, with_desired=True)
    # X of SCID-I, SCID-II, self-harm, PAI-BOR, BSI, IIP, ECR, RFQ, BDI, DAPP, EQ-5D, TiC-P, SDS
    assert len(recommended) == 2 + 2 + 5 + 5 + 5 + 3 + 3 + 3 + 3 + 3 + 5 + 5 + 5 == 49
    # (X): 1, 1, 2, 2, 2, 4, 4, 4, 4, 0, 2, 2, 2
    assert len(both) - len(recommended) == 1 + 1 + 2 + 2 + 2 + 4 + 4 + 4 + 4 + 0 + 2 + 2 + 2 == 30
    assert max(form.window.due_on for form in both) == after(START, 36)


def test_two_schedules_ask_for_the_same_form_once_and_the_recommendation_counts():
    desired = schedule(
        moments=(moment("m00", 0),), instruments=(ScheduledInstrument(instrument="bsi", desired=("m00",)),)
    )
    asked = [Asked(schedule=one, with_desired=True, since=LONG_AGO) for one in (desired, TWO)]
    forms = [f for f in plan(asked, Course(start=START), until=FAR) if f.same == ("bsi", "patient", 0, "")]
    assert [form.recommended for form in forms] == [True]


def test_before_the_start_is_known_a_first_measure_stands_open_without_a_day():
    (bsi, ecr) = planned(course=Course(start=None, waiting_since=date(2024, 12, 1)))
    assert bsi.window == Window(opens_on=date(2024, 12, 1), due_on=None, closes_on=None)
    assert ecr.moment == "m00"
    assert planned(course=Course(start=None)) == []
    gone = Course(start=None, waiting_since=date(2024, 12, 1), end=date(2024, 12, 20))
    assert planned(course=gone) == []


WEEKLY = schedule(repeats=(Repeat(instrument="phq9", every_days=7),))


def test_a_weekly_form_is_open_until_the_day_before_the_next():
    first, second = planned(WEEKLY, until=START + datetime.timedelta(days=13))
    assert first.window == Window(opens_on=START, due_on=START, closes_on=date(2025, 1, 21))
    assert second.window.opens_on == date(2025, 1, 22)
    assert (second.moment, second.months) == ("d7.1", 0.23)  # 7 / 30.4375


def test_a_repeated_form_ends_with_the_treatment_or_its_own_last_month():
    ended = Course(start=START, end=START + datetime.timedelta(days=15))
    assert len(planned(WEEKLY, ended)) == 3  # days 0, 7, 14
    month = schedule(repeats=(Repeat(instrument="phq9", every_days=10, from_months=1, until_months=2),))
    # from day 30 to day 61: 30, 40, 50, 60
    assert [f.window.due_on for f in planned(month)] == [
        START + datetime.timedelta(days=days) for days in (30, 40, 50, 60)
    ]


def test_none_is_planned_before_its_first_day():
    assert planned(WEEKLY, until=START - datetime.timedelta(days=1)) == []


MAIN = (
    Stretch(kind="main", starts_on=START, ends_on=date(2025, 1, 25)),
    Stretch(kind="final", starts_on=FAR),
)


def test_only_in_the_main_phase():
    main = schedule(repeats=(Repeat(instrument="phq9", every_days=7, phases=("main",)),))
    due = [f.window.due_on for f in planned(main, Course(start=START, phases=MAIN))]
    assert due == [date(2025, 1, 15), date(2025, 1, 22)]
    lasting = Course(start=START, phases=(Stretch(kind="main", starts_on=START),))
    assert len(planned(main, lasting, until=START + datetime.timedelta(days=28))) == 5


@pytest.mark.parametrize(
    ("condition", "course", "expected"),
    [
        ({}, {}, True),
        ({"formats": ("adolescents",)}, {"format": "adolescents"}, True),
        ({"formats": ("adolescents",)}, {"format": "day_hospital"}, False),
        ({"cohorts": ("MBT",)}, {"cohort": "MBT"}, True),
        ({"cohorts": ("MBT",)}, {}, False),
        ({"from_age": 18}, {"year_of_birth": 2007}, True),  # turns 18 in 2025
        ({"from_age": 18}, {"year_of_birth": 2008}, False),
        ({"until_age": 17}, {"year_of_birth": 2008}, True),
        ({"until_age": 17}, {}, False),  # unknown is not taken to hold
    ],
)
def test_for_whom_a_measure_is_meant(condition, course, expected):
    assert holds(Conditional(**condition), Course(start=START, **course), START) is expected


# --- what changes ---
def existing(form: PlannedForm, key: int, **changes: object) -> Existing[int]:
    window = (form.window.opens_on, form.window.due_on, form.window.closes_on)
    kept: dict[str, object] = {
        "instrument": form.instrument,
        "respondent": form.respondent,
        "months": form.months,
        "occasion": form.occasion,
        "schedule": form.schedule,
        "moment": form.moment,
        "status": "planned",
        "window": window,
        "recommended": form.recommended,
    }
    return Existing(key=key, **{**kept, **changes})


RUNNING = frozenset({"trial"})


def test_what_is_there_as_planned_changes_nothing():
    forms = planned()
    there = [existing(form, number) for number, form in enumerate(forms)]
    assert compare(forms, there, running=RUNNING) == Changes()


def test_a_start_that_moves_takes_along_what_is_not_answered():
    there = [existing(form, n) for n, form in enumerate(planned())]
    there[0] = existing(planned()[0], 0, status="answered", answered_on=START)
    there[2] = existing(planned()[2], 2, status="missed")
    later = planned(course=Course(start=date(2025, 2, 15)))
    changes = compare(later, there, running=RUNNING)
    assert {key: wish.window.due_on for key, wish in changes.move} == {
        1: after(date(2025, 2, 15), 6),
        2: date(2025, 2, 15),
    }
    assert (changes.create, changes.adopt, changes.drop, changes.end) == ([], [], [], [])


def test_a_window_that_a_person_set_stays():
    forms = planned()
    there = [existing(form, n, fixed=True, window=(FAR, FAR, FAR)) for n, form in enumerate(forms)]
    assert compare(forms, there, running=RUNNING).move == []


def test_an_imported_answer_of_the_same_moment_counts_for_it():
    imported = existing(
        planned()[1],
        7,
        schedule="",
        moment="",
        status="answered",
        window=(None, START, None),
        recommended=False,
    )
    changes = compare(planned(), [imported], running=RUNNING)
    assert [(key, wish.moment) for key, wish in changes.adopt] == [(7, "m06")]
    assert [wish.moment for wish in changes.create] == ["m00", "m00"]
    assert changes.move == []


@pytest.mark.parametrize(
    ("answered_on", "counts"),
    [
        (date(2025, 6, 16), False),
        (date(2025, 6, 17), True),
        (date(2025, 9, 15), True),
        (date(2025, 9, 16), False),
    ],
)
def test_an_answer_given_within_the_window_counts_too(answered_on, counts):
    given = existing(
        planned()[1], 7, schedule="", moment="", months=None, status="answered", answered_on=answered_on
    )
    changes = compare(planned(), [given], running=RUNNING)
    assert [key for key, _ in changes.adopt] == ([7] if counts else [])


def test_of_two_answers_within_a_window_the_nearer_counts():
    form = planned()[1]
    near, far = (
        existing(form, key, schedule="", moment="", months=None, status="answered", answered_on=day)
        for key, day in ((1, date(2025, 7, 20)), (2, date(2025, 8, 20)))
    )
    assert [key for key, _ in compare([form], [far, near], running=RUNNING).adopt] == [1]


def test_what_is_no_longer_asked_is_dropped_before_it_opened_and_set_aside_afterwards():
    there = [
        existing(planned()[0], 1),
        existing(planned()[1], 2, status="open"),
        existing(planned()[2], 3, status="answered"),
        existing(planned()[0], 4, schedule="", moment="", months=3.0),
    ]
    changes = compare([], there, running=RUNNING)
    assert (changes.drop, changes.end) == ([1], [2])


def test_what_a_schedule_left_open_when_it_ended_stays_as_it_was():
    there = [existing(planned()[1], 2, status="missed")]
    assert compare([], there, running=frozenset()) == Changes()
