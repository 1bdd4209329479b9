"""The patient's pages: what is due, one question a screen, saved as given, thanks at the end."""

import gzip
import json
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import onmodel
from onmodel.forms.actions import finish_form, set_safety_text
from onmodel.forms.models import Sitting
from onmodel.patient_access.actions import make_access
from onmodel.signals.models import Signal
from tests.factories import AssignmentFactory
from tests.integration.forms.conftest import ITEMS, url

pytestmark = pytest.mark.django_db
STATIC = Path(onmodel.__file__).parent / "web" / "static"


def answer(client: Client, form, at: int, **values: str):
    sent = {f"answer-{item}": value for item, value in values.items()}
    return client.post(url("-answers", form), {"at": at, **sent})


def script(client: Client, form, *answers: dict[str, object]):
    body = json.dumps({"answers": answers})
    return client.post(url("-answers", form), body, content_type="application/json")


def begin(client: Client, form):
    return client.post(url("", form))


def test_the_start_page_says_what_is_due_in_plain_words(phone, form):
    page = phone.get(reverse("my-start"))
    assert "How was your week?" in page.text
    assert "6 questions" in page.text
    assert "about 1 minute" in page.text
    assert url("", form) in page.text


def test_nothing_due(phone, cast):
    AssignmentFactory(treatment=cast.treatment, instrument="weekly_check", status="answered")
    AssignmentFactory(treatment=cast.treatment, instrument="weekly_check", months=1, respondent="therapist")
    AssignmentFactory(treatment=cast.treatment, instrument="weekly_check", months=2, closes_on="2025-02-01")
    AssignmentFactory(treatment=cast.treatment, instrument="weekly_check", months=3, status="planned")
    page = phone.get(reverse("my-start"))
    assert "Nothing to fill in now" in page.text
    assert "/my/forms/" not in page.text


def test_a_form_without_its_wording_comes_on_paper(phone, cast):
    form = AssignmentFactory(treatment=cast.treatment, instrument="bsi")
    page = phone.get(reverse("my-start"))
    assert "1 more questionnaire on paper" in page.text
    assert phone.get(url("", form)).status_code == 404


def test_in_the_simulated_service_it_can_be_tried(phone, cast):
    form = AssignmentFactory(treatment=cast.treatment, instrument="bsi")
    cast.programme.is_simulated = True
    cast.programme.save()
    begin(phone, form)
    page = phone.get(url("", form), {"at": 3})
    assert "Item 3 of the BSI (simulated" in page.text
    assert "Question 3 of 53" in page.text


def test_without_script_from_the_first_question_to_thanks(phone, form):
    assert "Begin" in phone.get(url("", form)).text
    assert begin(phone, form).url == f"{url('', form)}?at=1"
    for place, item in enumerate(ITEMS[:-1], 1):
        after = answer(phone, form, place, **{item: "1"})
        assert after.url == f"{url('', form)}?at={place + 1}"
    assert answer(phone, form, 6, risk="0").url == url("-finish", form)
    assert "Every question is answered" in phone.get(url("-finish", form)).text
    assert phone.post(url("-finish", form)).url == url("-done", form)
    thanks = phone.get(url("-done", form))
    assert "Thank you" in thanks.text
    assert "What happens now" in thanks.text
    form.refresh_from_db()
    sitting = Sitting.objects.get()
    assert form.status == "answered"
    assert (sitting.channel, sitting.by, len(sitting.device)) == ("code", None, 64)


def test_back_and_change(phone, form):
    begin(phone, form)
    answer(phone, form, 1, low="1")
    assert 'value="1" aria-pressed="true"' in phone.get(url("", form), {"at": 1}).text
    answer(phone, form, 1, low="3")
    assert form.drafts.get().value == 3.0


def test_what_was_passed_over_is_said_and_may_stay_so(phone, form):
    begin(phone, form)
    for place, item in enumerate(ITEMS, 1):
        if item == "others":
            assert phone.post(url("-answers", form), {"at": place, "pass": item}).status_code == 302
        else:
            answer(phone, form, place, **{item: "0"})
    page = phone.get(url("-finish", form))
    assert "1 question has no answer" in page.text
    assert "?at=4" in page.text
    phone.post(url("-finish", form))
    form.refresh_from_db()
    assert form.status == "answered"
    assert form.answers.get(item="others").value is None


def test_a_wrong_answer_is_refused_with_a_reason(phone, form):
    begin(phone, form)
    page = answer(phone, form, 1, low="9")
    assert page.status_code == 422
    assert "9 is not an answer from 0.0 to 4.0" in page.text


def test_it_goes_on_at_the_first_open_question_on_another_device(phone, form, cast):
    begin(phone, form)
    answer(phone, form, 1, low="1")
    answer(phone, form, 2, flooded="1")
    other = Client()
    code = make_access(treatment=cast.treatment, kind="link", by=None)[1]
    other.post(reverse("patient-sign-in"), {"code": code})
    assert "2 of 6 answered" in other.get(reverse("my-start")).text
    assert begin(other, form).url.endswith("?at=3")
    channels = set(Sitting.objects.values_list("channel", "device"))
    assert len(channels) == 2


def test_the_script_sends_what_waited_and_learns_what_was_kept(phone, form):
    begin(phone, form)
    rows = [{"item": item, "value": "2", "age": 12.5, "seconds": 3} for item in ITEMS[:3]]
    kept = script(phone, form, *rows).json()
    assert kept == {"kept": list(ITEMS[:3]), "problems": {}, "finished": False}
    script(phone, form, *rows)
    assert form.drafts.count() == 3
    assert Sitting.objects.get().active_seconds == 9.0


@pytest.mark.parametrize(
    "body",
    ["{", "[]", '{"answers": 3}', '{"answers": [3, null, {"item": 4}, {"item": "low", "age": "x"}]}'],
)
def test_the_script_says_nonsense(phone, form, body):
    begin(phone, form)
    response = phone.post(url("-answers", form), body, content_type="application/json")
    assert response.status_code == 200
    assert not form.drafts.exclude(value=None).exists()


def test_answers_after_the_end_change_nothing(phone, form):
    begin(phone, form)
    script(phone, form, {"item": "low", "value": "1"})
    finish_form(sitting=Sitting.objects.get(), by=None)
    assert script(phone, form, {"item": "low", "value": "4"}).json() == {"finished": True}
    assert phone.post(url("-finish", form)).url == url("-done", form)
    assert form.answers.get(item="low").value == 1.0


def test_an_alarming_answer_shows_whom_to_call_at_once_and_at_the_end(phone, form, cast):
    text = "Call the unit: 010 555 01 00"
    shown = 'Call the unit: <a href="tel:0105550100">010 555 01 00</a>'
    set_safety_text(programme=cast.programme, english=text, dutch="Bel ons", hours=4, by=cast.manager)
    begin(phone, form)
    page = answer(phone, form, 6, risk="2")
    assert shown in page.text
    assert Signal.objects.get().rule == "risk_answer"
    for item in ITEMS[:5]:
        answer(phone, form, 1, **{item: "0"})
    phone.post(url("-finish", form))
    assert shown in phone.get(url("-done", form)).text


def test_no_alarm_no_safety_text(phone, form):
    begin(phone, form)
    answer(phone, form, 1, low="0")
    phone.post(url("-finish", form))
    assert "safety" not in phone.get(url("-done", form)).text


def test_in_dutch(phone, form):
    phone.cookies["django_language"] = "nl"
    begin(phone, form)
    page = phone.get(url("", form), {"at": 1})
    assert 'lang="nl"' in page.text
    assert "Ik voelde me somber" in page.text
    assert "Vraag 1 van 6" in page.text
    assert 'data-risk="1"' in page.text  # for the script: a decimal point in every language


def test_a_patient_with_an_account_fills_them_too(client, cast, form):
    client.force_login(cast.patient_user)
    assert "How was your week?" in client.get(reverse("my-start")).text
    begin(client, form)
    answer(client, form, 1, low="1")
    sitting = Sitting.objects.get()
    assert (sitting.channel, sitting.by) == ("account", cast.patient_user)


def test_nobody_elses_form(phone, cast):
    other = AssignmentFactory(treatment=cast.other_treatment, instrument="weekly_check")
    for name in ("", "-answers", "-finish", "-done"):
        response = phone.post(url(name, other)) if name == "-answers" else phone.get(url(name, other))
        assert response.status_code == 404, name


def test_a_question_weighs_little_and_asks_few_queries(phone, cast):
    """In all under 150 KB, before compression: the page of a long form, its style, its script, its mark."""
    form = AssignmentFactory(treatment=cast.treatment, instrument="scl90r")
    cast.programme.is_simulated = True
    cast.programme.save()
    begin(phone, form)
    with CaptureQueriesContext(connection) as captured:
        page = phone.get(url("", form), {"at": 5})
    files = ("patient.css", "patient.js", "mark.svg")
    assert all(f"onmodel/{name}" in page.text for name in files)
    assert page.text.count("<link") + page.text.count("<script src") == len(files)
    weight = len(page.content) + sum((STATIC / "onmodel" / name).stat().st_size for name in files)
    assert weight < 150_000
    assert len(gzip.compress(page.content)) < 20_000
    assert len(captured) <= 15, "\n".join(query["sql"] for query in captured.captured_queries)
