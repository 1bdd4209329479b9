"""A programme and its patients follow schedules of the pack; the forms move, open and close with them."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onmodel.assessments.actions import record_answers
from onmodel.assessments.models import Assignment
from onmodel.audit.models import Event
from onmodel.measurement.timetable import after
from onmodel.patients.models import Phase
from onmodel.rights.correcting import correct_dates
from onmodel.scheduling.actions import (
    catch_up,
    choose_schedule,
    end_choice,
    end_enrolment,
    enrol,
    follow_schedules,
    skip_forms,
)
from onmodel.scheduling.models import Enrolment
from tests.factories import AssignmentFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
START = datetime.date(2025, 1, 1)  # of the cast's treatment
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def in_march_2025(time_machine):
    time_machine.move_to(datetime.datetime(2025, 3, 1, 12, tzinfo=datetime.UTC))


def forms(treatment, **wanted):
    return Assignment.objects.filter(treatment=treatment, **wanted).order_by("due_on", "instrument")


def end(treatment, day):
    treatment.ended_on, treatment.end_kind = day, "drop_out"
    treatment.save()


def choose(cast, schedule="minimal_set", **kwargs):
    return choose_schedule(programme=cast.programme, schedule=schedule, by=cast.manager, **kwargs)


def test_a_programme_that_chooses_a_schedule_plans_for_each_of_its_patients(cast):
    choose(cast, since=START)
    planned = forms(cast.treatment)
    assert planned.count() == 14  # BSI and EQ-5D at seven moments
    assert {form.status for form in planned.filter(months=0)} == {"open"}
    assert {form.status for form in planned.exclude(months=0)} == {"planned"}
    last = planned.last()
    assert (last.due_on, last.schedule, last.moment) == (after(START, 36), "minimal_set", "m36")
    assert not forms(cast.other_treatment).exists()


def test_following_twice_changes_nothing_the_second_time(cast):
    choose(cast, since=START)
    before = sorted(Assignment.objects.values_list())
    events = Event.objects.count()
    assert follow_schedules(programme=cast.programme) == {}
    assert sorted(Assignment.objects.values_list()) == before
    assert Event.objects.count() == events


def test_the_calendar_opens_forms_and_counts_them_as_missed(cast):
    choose(cast, since=START)
    opens = after(START, 6) - 30 * DAY
    assert follow_schedules(programme=cast.programme, on=opens - DAY) == {"missed": 2}  # those of the start
    assert follow_schedules(programme=cast.programme, on=opens) == {"opened": 2}
    assert {f.status for f in forms(cast.treatment, months=6)} == {"open"}
    bsi = forms(cast.treatment, months=6, instrument="bsi").get()
    record_answers(assignment=bsi, answers={"1": 2}, answered_on=opens, by=cast.therapist)
    closes = after(START, 6) + 60 * DAY
    assert follow_schedules(programme=cast.programme, on=closes) == {}
    assert follow_schedules(programme=cast.programme, on=closes + DAY) == {"missed": 1}
    assert {f.instrument: f.status for f in forms(cast.treatment, months=6)} == {
        "bsi": "partial",
        "eq5d3l": "missed",
    }


def test_forms_not_answered_move_with_the_start(cast):
    choose(cast, since=START)
    bsi = forms(cast.treatment, months=0, instrument="bsi").get()
    Assignment.objects.filter(pk=bsi.pk).update(status="answered", answered_on=START)
    moved = datetime.date(2025, 2, 10)
    correct_dates(treatment=cast.treatment, dates={"started_on": moved}, reason="A slip.", by=cast.manager)
    eq5d = forms(cast.treatment, months=0, instrument="eq5d3l").get()
    assert (eq5d.due_on, eq5d.opens_on) == (moved, moved - 30 * DAY)
    assert forms(cast.treatment, months=6).first().due_on == after(moved, 6)
    bsi.refresh_from_db()
    assert bsi.due_on == START
    assert Event.objects.filter(verb="forms planned", detail__moved=13).exists()


def test_a_missed_form_whose_day_moves_ahead_can_be_filled_again(cast):
    choose(cast, since=START)
    follow_schedules(programme=cast.programme, on=START + 61 * DAY)
    assert {f.status for f in forms(cast.treatment, months=0)} == {"missed"}
    moved = datetime.date(2025, 2, 20)
    correct_dates(treatment=cast.treatment, dates={"started_on": moved}, reason="A slip.", by=cast.manager)
    assert {f.status for f in forms(cast.treatment, months=0)} == {"open"}


def test_imported_answers_count_for_the_planned_moment(cast):
    imported = AssignmentFactory(
        treatment=cast.treatment,
        instrument="bsi",
        months=0.0,
        status="answered",
        answered_on=START,
        due_on=START,
    )
    near = AssignmentFactory(
        treatment=cast.treatment,
        instrument="eq5d3l",
        months=None,
        status="answered",
        answered_on=START + 9 * DAY,
        due_on=START + 9 * DAY,
    )
    choose(cast, since=START)
    assert forms(cast.treatment, moment="m00").count() == 2
    for form in (imported, near):
        form.refresh_from_db()
        assert (form.schedule, form.moment, form.recommended) == ("minimal_set", "m00", True)
        assert form.status == "answered"


def test_a_schedule_counts_from_its_day(cast):
    choose(cast, since=datetime.date(2025, 3, 20))
    assert forms(cast.treatment).first().moment == "m06"


def test_new_patients_follow_from_the_next_night_and_waiting_ones_from_their_orientation(cast):
    choose(cast)
    fresh = TreatmentFactory(
        programme=cast.programme, referred_on=START, oriented_on=datetime.date(2025, 2, 1), started_on=None
    )
    changed = follow_schedules(programme=cast.programme)
    assert changed == {"made": 2}
    assert {(f.opens_on, f.due_on, f.status) for f in forms(fresh)} == {
        (datetime.date(2025, 2, 1), None, "open")
    }
    fresh.started_on = datetime.date(2025, 3, 10)
    fresh.save()
    follow_schedules(programme=cast.programme)
    assert {f.due_on for f in forms(fresh, months=0)} == {datetime.date(2025, 3, 10)}
    assert forms(fresh).count() == 14


def test_who_ended_is_followed_up_to_36_months_but_not_asked_weekly(cast):
    end(cast.treatment, datetime.date(2025, 2, 15))
    choose(cast)
    choose(cast, "weekly_check")
    assert set(forms(cast.treatment).values_list("schedule", flat=True)) == {"minimal_set"}


def test_weekly_forms_are_made_four_weeks_ahead_and_end_with_the_treatment(cast):
    choose(cast, "weekly_check")
    weekly = forms(cast.treatment)
    assert weekly.last().due_on <= timezone.localdate() + 28 * DAY < weekly.last().due_on + 7 * DAY
    count = weekly.count()
    follow_schedules(programme=cast.programme, on=timezone.localdate() + 7 * DAY)
    assert weekly.count() == count + 1
    end(cast.treatment, timezone.localdate() + 3 * DAY)
    follow_schedules(programme=cast.programme, on=timezone.localdate() + 7 * DAY)
    assert set(
        forms(cast.treatment, due_on__gt=cast.treatment.ended_on).values_list("status", flat=True)
    ) <= {"not_applicable"}


def test_a_phase_that_ends_takes_its_forms_along(cast, monkeypatch):
    import msgspec

    pack = cast.programme.definitions
    weekly = pack.schedules["close_monitoring"]
    only = msgspec.structs.replace(
        weekly, repeats=(msgspec.structs.replace(weekly.repeats[0], phases=("main",)),)
    )
    changed = msgspec.structs.replace(pack, schedules={**pack.schedules, "close_monitoring": only})
    monkeypatch.setattr("onmodel.library.load", lambda name: changed)
    choose(cast, "close_monitoring")
    assert not forms(cast.treatment).exists()
    phase = Phase.objects.create(treatment=cast.treatment, kind="main", starts_on=datetime.date(2025, 2, 26))
    follow_schedules(programme=cast.programme)
    assert forms(cast.treatment).count() == 5
    phase.ends_on = datetime.date(2025, 3, 6)
    phase.save()
    follow_schedules(programme=cast.programme)
    assert [form.due_on for form in forms(cast.treatment)] == [
        datetime.date(2025, 2, 26),
        datetime.date(2025, 3, 5),
    ]


def test_some_patients_at_once(cast):
    others = [TreatmentFactory(programme=cast.programme) for _ in range(3)]
    count = enrol(programme=cast.programme, treatments=others, schedule="weekly_check", by=cast.supervisor)
    assert count == 3
    assert (
        enrol(programme=cast.programme, treatments=others, schedule="weekly_check", by=cast.supervisor) == 0
    )
    assert not forms(cast.treatment).exists()
    event = Event.objects.get(verb="patients scheduled")
    assert event.detail["patients"] == 3


def test_a_schedule_that_ends_for_a_patient_sets_aside_what_waits(cast):
    choose(cast, since=START)
    done = forms(cast.treatment, months=0).first()
    Assignment.objects.filter(pk=done.pk).update(status="answered", answered_on=START)
    enrolment = Enrolment.objects.get(treatment=cast.treatment)
    with pytest.raises(ValidationError, match="Say why"):
        end_enrolment(enrolment=enrolment, reason=" ", by=cast.therapist)
    end_enrolment(enrolment=enrolment, reason="Moved abroad.", by=cast.therapist)
    left = {f.instrument: (f.status, f.set_aside_reason) for f in forms(cast.treatment)}
    assert left == {"bsi": ("answered", ""), "eq5d3l": ("not_applicable", "Moved abroad.")}
    assert follow_schedules(programme=cast.programme) == {}
    enrol(programme=cast.programme, treatments=[cast.treatment], schedule="minimal_set", by=cast.therapist)
    assert forms(cast.treatment, status="planned").count() == 12


def test_what_another_schedule_asks_for_stays_when_one_ends(cast):
    choose(cast, since=START)
    choose(cast, "research_battery", since=START)
    end_enrolment(
        enrolment=Enrolment.objects.get(schedule="minimal_set"),
        reason="The battery is enough.",
        by=cast.manager,
    )
    assert {f.schedule for f in forms(cast.treatment, instrument="bsi", months=6)} == {"research_battery"}


def test_new_patients_do_not_follow_a_schedule_that_ended(cast):
    choice = choose(cast)
    end_choice(choice=choice, by=cast.manager)
    fresh = TreatmentFactory(programme=cast.programme, started_on=timezone.localdate())
    follow_schedules(programme=cast.programme)
    assert not forms(fresh).exists()
    assert forms(cast.treatment).exists()
    choose(cast)
    assert forms(fresh).exists()


def test_forms_are_skipped_with_a_reason_and_stay_skipped(cast):
    choose(cast, since=START)
    assert skip_forms(forms=forms(cast.treatment, months=6), reason="In hospital.", by=cast.therapist) == 2
    follow_schedules(programme=cast.programme, on=after(START, 6))
    assert {(f.status, f.set_aside_reason) for f in forms(cast.treatment, months=6)} == {
        ("not_applicable", "In hospital.")
    }


def test_who_comes_back_catches_up_with_the_latest_missed_measure(cast, time_machine):
    choose(cast, since=START)
    time_machine.move_to(datetime.datetime(2026, 4, 20, 12, tzinfo=datetime.UTC))  # months 0 to 12 are over
    follow_schedules(programme=cast.programme)
    assert forms(cast.treatment, status="missed").count() == 6
    today = timezone.localdate()
    assert catch_up(treatment=cast.treatment, by=cast.assistant) == 2
    reopened = forms(cast.treatment, status="open")
    assert {(f.months, f.opens_on, f.due_on) for f in reopened} == {(12.0, today, today + 14 * DAY)}
    assert {f.closes_on for f in reopened} == {today + 42 * DAY}
    assert follow_schedules(programme=cast.programme) == {}
    assert catch_up(treatment=cast.treatment, by=cast.assistant) == 0


def test_catching_up_ends_before_the_next_measure_opens(cast):
    choose(cast, since=START)
    opens = after(START, 6) - 30 * DAY
    follow_schedules(programme=cast.programme, on=opens - 10 * DAY)
    catch_up(treatment=cast.treatment, by=cast.assistant, on=opens - 10 * DAY)
    assert {(f.due_on, f.closes_on) for f in forms(cast.treatment, months=0)} == {(opens - DAY, opens - DAY)}


def test_who_is_admitted_again_is_asked_in_the_new_treatment_only(cast):
    choose(cast, since=START)
    end(cast.treatment, datetime.date(2025, 2, 1))
    again = TreatmentFactory(
        programme=cast.programme, patient=cast.patient, started_on=datetime.date(2025, 2, 25)
    )
    follow_schedules(programme=cast.programme)
    assert set(forms(cast.treatment).values_list("status", flat=True)) == {"not_applicable"}
    assert forms(again, status="open").count() == 2
    assert Enrolment.objects.get(treatment=cast.treatment).ended_at is not None
    assert follow_schedules(programme=cast.programme) == {}


@pytest.mark.parametrize("name", ["nonsense", "team_items"])
def test_only_schedules_about_treatments_can_be_chosen(cast, name):
    with pytest.raises(ValidationError, match="no schedule"):
        choose(cast, name)


def test_a_schedule_is_chosen_once(cast):
    choose(cast)
    with pytest.raises(ValidationError, match="already"):
        choose(cast)


def test_planning_takes_few_statements_for_many_patients(cast, django_assert_max_num_queries):
    for number in range(40):
        patient = PatientFactory(organisation=cast.organisation, pseudonym=f"S-{number}")
        TreatmentFactory(programme=cast.programme, patient=patient)
    with django_assert_max_num_queries(40):
        choose(cast, since=START)
    with django_assert_max_num_queries(20):
        follow_schedules(programme=cast.programme)
