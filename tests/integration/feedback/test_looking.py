"""The page that is looked at together: the impression first, then change and expectation."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.assessments.models import Assignment, Score
from onmodel.feedback.actions import give_impression, rate_goal, reflect, refresh_courses, set_goal
from onmodel.feedback.impressions import Agreement, agreement, impression_due, looked_at, works_in
from onmodel.feedback.looking import look_at
from onmodel.inference.expected import Track
from onmodel.measurement.change import Outcome
from onmodel.monitoring.run import look
from onmodel.patient_access.actions import make_access
from onmodel.patients.models import Involvement
from onmodel.process.models import Plan
from onmodel.programmes.models import Group
from onmodel.sharing.actions import agree_on_sharing
from onmodel.signals.models import Signal
from tests.factories import LONG_AGO, AssignmentFactory
from tests.followed import START, day_of, follow, measure

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2025, 8, 1)


@pytest.fixture(autouse=True)
def august():
    with time_machine.travel(datetime.datetime(2025, 8, 1, 12, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def followed(cast):
    cast.treatment.started_on = START
    cast.treatment.save()
    cast.patient.gender = "female"
    cast.patient.save()
    follow(cast.programme, cast.team, patients=40)
    measure(cast.treatment, (0.0, 2.0), (3.0, 2.8), (6.0, 3.4))
    refresh_courses(programme=cast.programme, until=TODAY)
    return cast


def page(user, treatment, name="progress") -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, args=[treatment.pk])).content.decode()


def impression(cast, change=6, **named) -> Assignment:
    given = {"treatment": cast.treatment, "measured_on": day_of(6), "words": "Sleeps.", "by": cast.therapist}
    return give_impression(change=change, **{**given, **named})


@pytest.mark.parametrize(
    ("value", "verdict", "together"),
    [
        (7, Outcome.RECOVERED, "same"),
        (5, Outcome.IMPROVED, "same"),
        (4, Outcome.IMPROVED, "apart"),
        (3, Outcome.UNCHANGED, "same"),
        (5, Outcome.UNCHANGED, "same"),
        (6, Outcome.UNCHANGED, "apart"),
        (2, Outcome.UNCHANGED, "apart"),
        (3, Outcome.DETERIORATED, "same"),
        (4, Outcome.DETERIORATED, "apart"),
        (6, Outcome.DETERIORATED, "apart"),
        (None, Outcome.IMPROVED, "unknown"),
        (6, None, "unknown"),
    ],
)
def test_when_impression_and_scores_agree(value, verdict, together):
    assert agreement(value, verdict) is Agreement(together)


def test_the_impression_is_asked_first_and_no_score_is_shown(followed):
    assert impression_due(followed.therapist, followed.treatment) == day_of(6)
    text = page(followed.therapist, followed.treatment)
    assert "Your impression first" in text
    assert "3.4" not in text
    before = page(followed.therapist, followed.treatment, "treatment")
    assert "once you have given your own impression" in before
    assert "3.4" not in before
    impression(followed)
    assert impression_due(followed.therapist, followed.treatment) is None
    assert looked_at(followed.therapist, followed.treatment) == day_of(6)
    text = page(followed.therapist, followed.treatment)
    assert "3.4" in text
    assert "Sleeps." in text
    assert "They differ" in text
    assert "What do each of you see?" in text
    assert "3.4" in page(followed.therapist, followed.treatment, "treatment")


def test_the_next_measurement_asks_again_and_hides_only_itself(followed):
    impression(followed)
    measure(followed.treatment, (9.0, 1.1))
    assert impression_due(followed.therapist, followed.treatment) == day_of(9)
    before = page(followed.therapist, followed.treatment, "treatment")
    assert "3.4" in before
    assert "1.1" not in before.split("chart-notes")[0]


def test_who_does_not_treat_the_patient_is_not_asked(followed):
    for name in ("supervisor", "patient_user"):
        assert impression_due(getattr(followed, name), followed.treatment) is None
        assert "3.4" in page(getattr(followed, name), followed.treatment)
    with pytest.raises(PermissionDenied):
        impression(followed, by=followed.supervisor)


def test_who_manages_or_collects_data_has_no_part_in_it(followed):
    """Neither the page, nor a goal, nor by a copy of the record."""
    goal = set_goal(treatment=followed.treatment, words="Call my brother", general="", by=followed.therapist)
    said = {"patient_sees": "Heavier.", "therapist_sees": "Felt more.", "measured_on": TODAY}
    reflect(treatment=followed.treatment, by=followed.therapist, **said)
    client = Client()
    addresses = [
        reverse("progress", args=[followed.treatment.pk]),
        reverse("progress-goal", args=[followed.treatment.pk, goal.pk]),
    ]
    for name in ("manager", "assistant"):
        client.force_login(getattr(followed, name))
        assert [client.get(address).status_code for address in addresses] == [403, 403]
        assert addresses[0] not in client.get(reverse("treatment", args=[followed.treatment.pk])).text
        sent = client.post(addresses[1], {"nearness": 3, "state": "open"})
        assert sent.status_code == 403
    client.force_login(followed.supervisor)
    assert client.get(addresses[0]).status_code == 200
    assert client.post(addresses[1], {"nearness": 3, "state": "open"}).status_code == 403
    copies = reverse("patient-copy", args=[followed.treatment.pk, "json"])
    for name, holds in (("patient_user", True), ("manager", False)):
        client.force_login(getattr(followed, name))
        copy = client.post(copies).text
        assert ("Call my brother" in copy, "Felt more." in copy) == (holds, holds)


def test_who_leads_the_patients_group_treats_the_patient(followed):
    group = Group.objects.create(team=followed.team, name="Tuesday", starts_on=LONG_AGO)
    group.leads.create(therapist=followed.colleague, starts_on=LONG_AGO)
    assert not works_in(followed.colleague, followed.treatment)
    followed.treatment.group_places.create(group=group, starts_on=START)
    assert works_in(followed.colleague, followed.treatment)
    group.leads.update(ends_on=START)
    assert not works_in(followed.colleague, followed.treatment)
    Involvement.objects.filter(treatment=followed.treatment).update(ends_on=START)
    assert works_in(followed.therapist, followed.treatment)  # still the primary clinician


def test_an_impression_is_given_once_a_measurement(followed):
    kept = impression(followed)
    assert kept.status == "answered"
    with pytest.raises(ValidationError):
        impression(followed, change=2)


def test_not_being_able_to_say_is_an_answer(followed):
    kept = impression(followed, change=None, words="")
    assert not Score.objects.known().filter(assignment=kept).exists()
    assert "could not say" in page(followed.therapist, followed.treatment)


def test_the_form_keeps_the_impression_and_shows_the_page(followed):
    client = Client()
    client.force_login(followed.therapist)
    where = reverse("progress-impression", args=[followed.treatment.pk])
    assert client.post(where, {"change": "99"}).status_code == 422
    shown = client.post(where, {"change": "2", "words": "Comes late."}, follow=True).content.decode()
    assert "Comes late." in shown
    assert "They agree" in shown
    client.force_login(followed.supervisor)
    assert client.post(where, {"change": "2"}).status_code == 403


def test_what_each_sees_is_kept_for_both(followed):
    impression(followed)
    client = Client()
    client.force_login(followed.therapist)
    where = reverse("progress-reflection", args=[followed.treatment.pk])
    assert client.post(where, {"patient_sees": " "}).status_code == 422
    client.post(where, {"patient_sees": "It is heavier now.", "therapist_sees": "More is felt."})
    client.post(where, {"patient_sees": "It is heavier.", "therapist_sees": "More is felt."})
    assert followed.treatment.reflections.get().patient_sees == "It is heavier."
    assert "It is heavier." in page(followed.patient_user, followed.treatment)
    with pytest.raises(PermissionDenied):
        reflect(
            treatment=followed.treatment,
            measured_on=TODAY,
            patient_sees="x",
            therapist_sees="",
            by=followed.manager,
        )


def test_the_patient_sees_the_course_and_not_the_impression(followed):
    impression(followed, words="Only for colleagues.")
    text = page(followed.patient_user, followed.treatment)
    assert "Less well than expected" in text
    assert "Reliably worse than at the start" in text
    assert "Usual is 0.12 to 0.58" in text
    assert "Only for colleagues" not in text
    assert "Only for colleagues" not in page(followed.patient_user, followed.treatment, "treatment")


def test_the_patient_alone_on_a_phone(followed, client):
    _, code = make_access(treatment=followed.treatment, kind="code", by=followed.therapist)
    client.post(reverse("patient-sign-in"), {"code": code})
    text = client.get(reverse("my-progress")).content.decode()
    assert "Less well than expected" in text
    assert "Rests on 40 other patients" in text
    assert "Add a goal" not in text
    assert reverse("my-progress") in client.get(reverse("my-treatment")).content.decode()


def test_nothing_expected_is_shown_without_its_basis(followed):
    text = page(followed.supervisor, followed.treatment)
    assert "Rests on 40 other patients of Day hospital, 120 measurements with BSI" in text
    assert "fitted on 1 Aug 2025, mbt " in text
    followed.programme.expected_courses.all().delete()
    text = page(followed.supervisor, followed.treatment)
    assert "asks for 30 patients" in text
    assert "from 1.78 to 1.05 at month 18" in text
    assert "Less well than expected" not in text


def test_a_look_holds_change_norm_and_standing(followed):
    (seen,) = look_at(followed.treatment, today=TODAY).scales
    assert seen.verdict is Outcome.DETERIORATED
    assert seen.norm is not None
    assert seen.norm.group == "female"
    assert seen.standing is not None
    assert seen.standing.status is Track.OFF
    assert seen.others == 40
    assert (seen.few, seen.selective, seen.missed) == (False, False, ())
    assert seen.points[0].expected == 2.0
    assert seen.points[-1].month == 6.0  # no further than others were measured


def test_few_and_missing_measurements_are_said(followed):
    Assignment.objects.filter(treatment=followed.treatment, months__in=[3.0]).delete()
    for months in (1.0, 3.0, 4.0):
        AssignmentFactory(treatment=followed.treatment, instrument="bsi", months=months, status="missed")
    (seen,) = look_at(followed.treatment, today=TODAY).scales
    assert (seen.few, seen.selective) == (True, True)
    text = page(followed.supervisor, followed.treatment)
    assert "Only 2 measurements" in text
    assert "Of 5 planned measurements 2 were answered" in text


def test_one_measurement_says_nothing_of_change(followed):
    Assignment.objects.filter(treatment=followed.treatment, months__gt=0).delete()
    text = page(followed.supervisor, followed.treatment)
    assert "One measurement so far" in text
    assert "Of change nothing can be said yet" in text


def test_goals_stand_beside_scores(followed):
    plan = Plan.objects.create(
        treatment=followed.treatment, kind="treatment_plan", made_on=START, agreed_on=START
    )
    client = Client()
    client.force_login(followed.patient_user)
    where = reverse("progress-goals", args=[followed.treatment.pk])
    assert client.post(where, {"words": ""}).status_code == 422
    client.post(where, {"words": "Sleep through the night", "general": "symptoms"})
    goal = followed.treatment.goals.get()
    assert goal.plan == plan
    rating = reverse("progress-goal", args=[followed.treatment.pk, goal.pk])
    assert client.post(rating, {"nearness": 11, "state": "open"}).status_code == 422
    client.post(rating, {"nearness": 3, "state": "open"})
    with time_machine.travel(datetime.datetime(2025, 9, 1, tzinfo=datetime.UTC)):
        rate_goal(goal=goal, nearness=6, state="open", by=None)
    text = page(followed.patient_user, followed.treatment)
    row = text[text.index("Sleep through the night") :][:3000]
    assert "6 of 10" in row
    assert "Deteriorated" in row


@pytest.mark.parametrize(("words", "general"), [(" ", ""), ("Sleep", "no_such_goal")])
def test_a_goal_has_words_and_a_known_place(followed, words, general):
    with pytest.raises(ValidationError):
        set_goal(treatment=followed.treatment, words=words, general=general, by=None)


def alliance(cast, months: float, value: float) -> None:
    made = AssignmentFactory(
        treatment=cast.treatment,
        instrument="wai_sr",
        months=months,
        status="answered",
        answered_on=day_of(months),
    )
    Score.objects.create(assignment=made, scale="TOTAL", value=value, rule="mean")


@pytest.mark.parametrize(
    ("reaches", "trend", "score"), [(None, False, False), ("trend", True, False), ("scores", True, True)]
)
def test_alliance_reaches_the_therapist_as_agreed(followed, reaches, trend, score):
    impression(followed)
    if reaches:
        with time_machine.travel(datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)):
            agree_on_sharing(
                programme=followed.programme, reaches=reaches, reason="Team.", by=followed.manager
            )
    alliance(followed, 3.0, 4.123)
    alliance(followed, 6.0, 3.456)
    text = page(followed.therapist, followed.treatment)
    assert ("lower than the time before" in text) is trend
    assert ("3.46" in text) is score
    assert "3.46" in page(followed.patient_user, followed.treatment)


def test_own_feelings_are_shown_to_the_supervisor_by_choice(followed):
    impression(followed)
    made = AssignmentFactory(
        treatment=followed.treatment, instrument="fwc_bv", respondent="therapist", status="answered",
        respondent_user=followed.therapist, months=6.0, answered_on=day_of(6),
    )  # fmt: skip
    Score.objects.create(assignment=made, scale="INADEQUATE", value=2.83, rule="entered")
    assert "2.83" in page(followed.therapist, followed.treatment)
    assert "2.83" not in page(followed.supervisor, followed.treatment)
    client = Client()
    client.force_login(followed.therapist)
    where = reverse("progress-feelings", args=[followed.treatment.pk])
    client.post(where, {"share": "1"})
    assert "2.83" in page(followed.supervisor, followed.treatment)
    assert "2.83" not in page(followed.patient_user, followed.treatment)
    client.post(where)
    assert "2.83" not in page(followed.supervisor, followed.treatment)


def test_a_signal_about_new_scores_waits_for_the_impression(followed):
    look(programme=followed.programme, on=TODAY)
    signal = Signal.objects.get(treatment=followed.treatment, rule="off_track")
    client = Client()
    client.force_login(followed.therapist)
    where = reverse("signal", args=[signal.pk])
    for name in ("home", "signal", "signal-steps"):
        told = client.get(reverse(name, args=[] if name == "home" else [signal.pk]), follow=True)
        assert "3.4" not in told.content.decode(), name
    assert "3.4" in page_of(followed.supervisor, where)  # who does not treat the patient is not asked
    impression(followed)
    told = page_of(followed.therapist, where)
    assert "3.4" in told
    assert "&gt;\N{NO-BREAK SPACE}99\N{NO-BREAK SPACE}%" in told


def page_of(user, address: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(address).content.decode()
