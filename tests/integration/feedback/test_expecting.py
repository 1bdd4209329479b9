"""Courses to expect are fitted by the nightly look; who is off them becomes a signal, an action, a result."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from onmodel.consent.actions import decide
from onmodel.consent.purposes import Purpose
from onmodel.feedback.actions import choose_steps, give_impression, refresh_courses
from onmodel.feedback.expecting import (
    followed_scales,
    in_the_fit,
    measured_from,
    reference_for,
    settings_of,
    standing_of,
)
from onmodel.feedback.models import ExpectedCourse
from onmodel.followup.models import Action
from onmodel.inference.expected import Track, reference_of
from onmodel.inference.mixed import Model, fit_mixed
from onmodel.monitoring.run import look
from onmodel.outcomes.course import scores_frame
from onmodel.signals.actions import close
from onmodel.signals.models import Signal
from tests.followed import START, day_of, follow, measure

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2025, 8, 1)


@pytest.fixture
def followed(cast):
    cast.treatment.started_on = START
    cast.treatment.save()
    follow(cast.programme, cast.team, patients=40)
    return cast


def courses(cast, until=TODAY) -> int:
    return refresh_courses(programme=cast.programme, until=until)


def test_a_course_says_what_it_rests_on(followed):
    assert courses(followed) == 1
    course = ExpectedCourse.objects.get()
    assert (course.instrument, course.scale, course.pack, course.until) == ("bsi", "GSI", "mbt", TODAY)
    assert (course.n_patients, course.n_measurements) == (40, 120)
    assert course.by_month == [[0.0, 40], [3.0, 40], [6.0, 40]]
    assert course.pack_version == followed.programme.definitions.version


def test_what_is_kept_is_the_fit(followed):
    courses(followed)
    bsi = followed.programme.definitions.instruments["bsi"]
    frame = scores_frame(followed.programme, bsi, "GSI", until=TODAY)
    fit = fit_mixed(frame, Model("treatment", "months", "score", terms=("linear", "quadratic")))
    kept, now = ExpectedCourse.objects.get().reference, reference_of(fit)
    assert now is not None
    assert kept.terms == now.terms
    assert kept.coefficients == pytest.approx(now.coefficients)
    assert kept.between == pytest.approx(now.between)


def test_too_few_patients_make_no_course_and_an_old_one_goes(cast):
    follow(cast.programme, cast.team, patients=29)
    assert courses(cast) == 0
    ExpectedCourse.objects.create(
        programme=cast.programme, instrument="bsi", scale="GSI", pack="mbt", pack_version="0",
        instrument_version="1", fit={}, until=TODAY,
    )  # fmt: skip
    assert courses(cast) == 0
    assert not ExpectedCourse.objects.exists()


def test_only_scales_that_all_may_see_are_followed(followed):
    assert [(i.id, scale) for i, scale in followed_scales(followed.programme)] == [("bsi", "GSI")]


def test_a_patient_is_held_against_the_others(followed):
    """The same as a fit without the patient, but for the variance components."""
    measure(followed.treatment, (0.0, 2.0), (3.0, 2.6), (6.0, 3.2))
    courses(followed)
    course = ExpectedCourse.objects.get()
    measured = measured_from([(m, s, day_of(m)) for m, s in ((0.0, 2.0), (3.0, 2.6), (6.0, 3.2))])
    others = reference_for(course, measured, inside=True)
    assert course.n_patients == 41
    assert others.n_patients == 40
    assert others.coefficients[0] == pytest.approx(2.0, abs=0.15)
    assert reference_for(course, measured, inside=False).n_patients == 41


def test_who_objected_is_not_in_the_fit(followed):
    measure(followed.treatment, (0.0, 2.0), (3.0, 2.6), (6.0, 3.2))
    decide(
        patient=followed.patient, programme=followed.programme, purpose=Purpose.QUALITY_MONITORING,
        decision="refused", method="paper", by=followed.therapist,
    )  # fmt: skip
    courses(followed)
    assert ExpectedCourse.objects.get().n_patients == 40
    assert followed.treatment not in in_the_fit(followed.programme)


def off_track(cast) -> list[Signal]:
    return list(Signal.objects.filter(programme=cast.programme, rule="off_track", treatment=cast.treatment))


def test_off_track_becomes_a_signal_with_its_basis(followed):
    measure(followed.treatment, (0.0, 2.0), (3.0, 2.8), (6.0, 3.4))
    look(programme=followed.programme, on=TODAY)
    (signal,) = off_track(followed)
    evidence = signal.evidence
    assert evidence["month"] == 6.0
    assert evidence["latest"] == 3.4
    assert evidence["expected"] == pytest.approx(1.4, abs=0.2)
    assert evidence["n"] == 3
    assert (evidence["peers"], evidence["peer_measurements"]) == (40, 120)  # of the others
    assert evidence["fitted_on"] == TODAY.isoformat()
    assert evidence["certainty"].endswith("%")


def test_on_track_becomes_none(followed):
    measure(followed.treatment, (0.0, 2.0), (3.0, 1.6), (6.0, 1.3))
    look(programme=followed.programme, on=TODAY)
    assert off_track(followed) == []


def test_once_is_not_enough(followed):
    measure(followed.treatment, (0.0, 3.9))
    look(programme=followed.programme, on=TODAY)
    assert off_track(followed) == []


def test_a_closed_one_comes_back_with_a_new_measurement_only(followed):
    measure(followed.treatment, (0.0, 2.0), (3.0, 3.0))
    look(programme=followed.programme, on=TODAY)
    (signal,) = off_track(followed)
    close(signal=signal, note="A death in the family.", by=followed.therapist)
    look(programme=followed.programme, on=TODAY)
    assert len(off_track(followed)) == 1
    measure(followed.treatment, (6.0, 3.5))
    look(programme=followed.programme, on=TODAY)
    assert len(off_track(followed)) == 2


def test_the_rule_has_settings_with_defaults(cast):
    assert settings_of(None).minimum_patients == 30
    rule = next(rule for rule in cast.programme.definitions.all_rules() if rule.detector == "off_track")
    settings = settings_of(rule)
    assert (settings.minimum_patients, settings.certainty) == (30, 0.7)
    assert "bsi.GSI" in settings.scales


def test_standing_of_a_scale(followed):
    courses(followed)
    bsi = followed.programme.definitions.instruments["bsi"]
    measured = measured_from([(0.0, 2.0, day_of(0)), (6.0, 3.9, day_of(6))])
    reference = ExpectedCourse.objects.get().reference
    found = standing_of(reference, bsi, "GSI", measured, settings_of(None))
    assert found is not None
    assert found.status is Track.OFF


@pytest.fixture
def signal(followed) -> Signal:
    measure(followed.treatment, (0.0, 2.0), (3.0, 2.8), (6.0, 3.4))
    look(programme=followed.programme, on=TODAY)
    give_impression(
        treatment=followed.treatment, measured_on=day_of(6), change=3, words="", by=followed.therapist
    )
    return off_track(followed)[0]


def test_support_steps_become_actions_that_are_followed_to_their_end(followed, signal):
    client = Client()
    client.force_login(followed.therapist)
    page = client.get(reverse("signal", args=[signal.pk])).content.decode()
    steps = reverse("signal-steps", args=[signal.pk])
    assert steps in page
    assert "Look at the alliance" in client.get(steps).content.decode()
    chosen = {
        "steps": ["step_alliance", "step_supervision"],
        "decided": "Ask about the week off.",
        "owner": followed.therapist.pk,
        "due_on": "2099-01-01",
    }
    assert client.post(steps, chosen).status_code == 302
    first, second = Action.objects.order_by("pk")
    assert first.what == "Look at the alliance: Ask about the week off."
    assert second.what.startswith("Bring the case to supervision")
    signal.refresh_from_db()
    assert signal.state == "acted_upon"
    for action, state in ((first, "done"), (second, "dropped")):
        where = reverse("action", args=[signal.pk, action.pk])
        assert client.get(where).status_code == 200
        assert client.post(where, {"state": state, "result": "We spoke."}).status_code == 302
    page = client.get(reverse("signal", args=[signal.pk])).content.decode()
    assert "Nothing is left to do" in page
    assert "We spoke." in page
    assert client.post(reverse("signal-close", args=[signal.pk]), {"note": "Better."}).status_code == 302
    signal.refresh_from_db()
    assert signal.state == "closed"


@pytest.mark.parametrize("steps", [[], ["no_such_step"]])
def test_steps_are_those_of_the_pack(followed, signal, steps):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        choose_steps(
            signal=signal,
            steps=steps,
            decided="",
            owner=followed.therapist,
            due_on=TODAY,
            by=followed.therapist,
        )


def test_a_form_that_was_open_while_another_acted_is_shown_again(followed, signal):
    client = Client()
    client.force_login(followed.therapist)
    chosen = {
        "seen": "before", "steps": ["step_alliance"], "owner": followed.therapist.pk, "due_on": "2099-01-01",
    }  # fmt: skip
    assert client.post(reverse("signal-steps", args=[signal.pk]), chosen).status_code == 409
    chosen.pop("seen")
    client.post(reverse("signal-steps", args=[signal.pk]), chosen)
    where = reverse("action", args=[signal.pk, Action.objects.get().pk])
    assert client.post(where, {"seen": "before", "state": "done", "result": "x"}).status_code == 409
