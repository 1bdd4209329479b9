"""A correction keeps what stood there; of two people who correct, the second one is told."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.followup.actions import action_stamp, settle
from onmodel.followup.models import Action
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.requirements.actions import set_threshold, threshold_stamp
from onmodel.rights.correcting import correct_dates, correct_form, form_stamp
from onmodel.wording.numbers import date_written
from tests.integration.rights.conftest import DAY

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def inputs(answer) -> dict[str, str]:
    """What a browser would send of the form on the page, unchanged."""
    return {field.html_name: field.value() or "" for field in answer.context["form"]}


def test_a_corrected_answer_is_scored_again_and_the_old_one_kept(full):
    scale = full.programme.definitions.instruments["phq9"].main_scale
    correct_form(form=full.form, values={"1": 3.0}, answered_on=DAY, reason="read wrongly", by=full.therapist)
    assert full.form.scores.get(scale=scale).value == 11.0
    event = Event.objects.get(verb="form corrected")
    assert (event.values, event.reason) == ({"before": {"1": 1.0}, "after": {"1": 3.0}}, "read wrongly")
    assert event.patient == full.patient.pk


def test_a_value_outside_the_form_is_refused_and_nothing_kept(full):
    with pytest.raises(ValidationError, match="not an answer"):
        correct_form(form=full.form, values={"1": 7.0}, answered_on=DAY, reason="x", by=full.therapist)
    assert full.form.answers.get(item="1").value == 1.0


def test_a_corrected_date_keeps_the_old_one(full):
    day = datetime.date(2025, 1, 8)
    correct_dates(
        treatment=full.treatment, dates={"started_on": day}, reason="typed wrongly", by=full.manager
    )
    values = Event.objects.get(verb="treatment corrected").values
    assert values == {"before": {"started_on": "2025-01-01"}, "after": {"started_on": "2025-01-08"}}


@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ({"started_on": datetime.date(2025, 1, 8)}, " "),
        ({"ended_on": datetime.date(2025, 6, 1)}, "it ended"),
    ],
)
def test_what_is_no_correction_is_refused(full, dates, reason):
    with pytest.raises(ValidationError):
        correct_dates(treatment=full.treatment, dates=dates, reason=reason, by=full.manager)


def test_two_people_correct_the_dates(full):
    url = reverse("treatment-correct", args=[full.treatment.pk])
    first, second = signed_in(full.therapist), signed_in(full.supervisor)
    sent, other = inputs(first.get(url)), inputs(second.get(url))
    assert first.post(url, {**sent, "started_on": "2025-01-08", "reason": "a"}).status_code == 302
    answer = second.post(url, {**other, "started_on": "2025-01-09", "reason": "b"})
    assert answer.status_code == 409
    for day in (8, 9):
        assert date_written(datetime.date(2025, 1, day)) in answer.text
    full.treatment.refresh_from_db()
    assert full.treatment.started_on == datetime.date(2025, 1, 8)
    again = inputs(answer)
    assert (again["started_on"], again["reason"]) == ("2025-01-09", "b")
    assert second.post(url, again).status_code == 302
    full.treatment.refresh_from_db()
    assert full.treatment.started_on == datetime.date(2025, 1, 9)


def test_two_people_correct_a_form(full):
    url = reverse("form-correct", args=[full.treatment.pk, full.form.pk])
    first, second = signed_in(full.therapist), signed_in(full.supervisor)
    sent, other = inputs(first.get(url)), inputs(second.get(url))
    assert first.post(url, {**sent, "value-1": "2", "reason": "a"}).status_code == 302
    assert second.post(url, {**other, "value-2": "0", "reason": "b"}).status_code == 409
    assert full.form.answers.get(item="1").value == 2.0
    assert full.form.answers.get(item="2").value == 1.0


def test_two_people_correct_who_the_patient_is(full):
    url = reverse("identity", args=[full.treatment.pk])
    first, second = signed_in(full.therapist), signed_in(full.assistant)
    sent, other = inputs(first.get(url)), inputs(second.get(url))
    assert first.post(url, {**sent, "phone": "06-1"}).status_code == 302
    answer = second.post(url, {**other, "email": "new@example.org"})
    assert answer.status_code == 409
    assert "new@example.org" in answer.text
    full.patient.identity.refresh_from_db()
    assert full.patient.identity.sealed["phone"] == "06-1"
    assert full.patient.identity.sealed["email"] == "pia@example.org"


def test_two_people_attest(full):
    url = reverse("requirement", args=["day-hospital", "req_05_team_size"])
    first, second = signed_in(full.supervisor), signed_in(full.manager)
    sent, other = inputs(first.get(url)), inputs(second.get(url))
    assert first.post(url, {**sent, "met": "yes", "evidence": "The rota"}).status_code == 302
    answer = second.post(url, {**other, "met": "no", "evidence": "The count"})
    assert answer.status_code == 409
    assert "The rota" in answer.text
    assert "The count" in answer.text
    assert full.programme.attestations.count() == 1


def test_two_people_close_a_signal(full):
    page = reverse("signal", args=[full.signal.pk])
    first, second = signed_in(full.therapist), signed_in(full.supervisor)
    seen = second.get(page).context["close_form"]["seen"].value()
    agreed = {"what": "Call", "owner": full.therapist.pk, "due_on": "2026-12-01", "seen": seen}
    assert first.post(reverse("signal-action", args=[full.signal.pk]), agreed).status_code == 302
    answer = second.post(
        reverse("signal-close", args=[full.signal.pk]), {"note": "No longer so", "seen": seen}
    )
    assert answer.status_code == 409
    assert "No longer so" in answer.text
    full.signal.refresh_from_db()
    assert full.signal.state == "acted_upon"


def test_actions_of_the_program_compare_too(full):
    seen = threshold_stamp(None)
    bounds = {"programme": full.programme, "standard": "req_05_team_size", "by": full.manager}
    set_threshold(**bounds, reason="a small team", at_least=3, seen=seen)
    with pytest.raises(ChangedMeanwhileError) as caught:
        set_threshold(**bounds, reason="a big team", at_least=9, seen=seen)
    assert caught.value.current.at_least == 3
    action = Action.objects.get()
    before = action_stamp(action)
    settle(action=action, state="done", result="", by=full.therapist, seen=before)
    with pytest.raises(ChangedMeanwhileError):
        settle(action=action, state="dropped", result="late", by=full.supervisor, seen=before)
    stamp = form_stamp(full.form)
    correct_form(form=full.form, values={"1": 0.0}, answered_on=DAY, reason="x", by=full.manager, seen=stamp)
    assert form_stamp(full.form) != stamp


def test_a_stamp_tells_nothing_of_the_values(full):
    client = signed_in(full.therapist)
    seen = inputs(client.get(reverse("treatment-correct", args=[full.treatment.pk])))["seen"]
    assert len(seen) == 20
    assert "2025" not in seen
