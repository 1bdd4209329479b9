"""How long things are kept, and own texts of consent: set in the pages, kept in the trail."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.consent.actions import decide
from onmodel.consent.models import ConsentText
from onmodel.consent.purposes import Purpose
from onmodel.rights.models import RetentionPeriod
from onmodel.rights.retention import months_of
from tests.factories import ProgrammeFactory

pytestmark = pytest.mark.django_db
PERIOD = reverse("retention-period", args=["riverside", "record"])
TEXT = reverse("consent-text", args=["day-hospital", "research"])
WORDS = {"version": "2", "english": "May we?", "dutch": "Mogen wij?", "holds_from": "2026-01-01"}


@pytest.fixture
def client_of(cast):
    def of(name: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, name))
        return client

    return of


def test_a_period_is_set_with_its_reason_and_its_event(cast, client_of):
    client = client_of("privacy_officer")
    assert PERIOD in client.get(reverse("retention-periods", args=["riverside"])).text
    seen = client.get(PERIOD).context["form"]["seen"].value()
    sent = {"months": "300", "reason": "Our own rule.", "seen": seen}
    assert client.post(PERIOD, sent).url == reverse("retention-periods", args=["riverside"])
    assert months_of(cast.organisation, "record") == 300
    event = Event.objects.get(verb="retention period set")
    assert (event.by, event.reason) == (cast.privacy_officer, "Our own rule.")
    assert event.detail == {"kind": "record", "months": 300, "before": 240}
    page = client.get(reverse("retention-periods", args=["riverside"])).text
    assert "Our own rule." in page
    assert "Pim Privacy" in page


@pytest.mark.parametrize(
    "sent", [{"months": "0"}, {"months": "1201"}, {"months": "-1"}, {"months": "x"}, {"reason": " "}]
)
def test_what_is_no_period_is_refused(cast, client_of, sent):
    answer = client_of("manager").post(PERIOD, {"months": "300", "reason": "Our own rule.", **sent})
    assert answer.status_code == 422
    assert not RetentionPeriod.objects.exists()


def test_of_two_people_who_set_it_the_second_is_told(cast, client_of):
    seen = client_of("manager").get(PERIOD).context["form"]["seen"].value()
    sent = {"reason": "Our own rule.", "seen": seen}
    assert client_of("manager").post(PERIOD, {"months": "300", **sent}).status_code == 302
    second = client_of("administrator").post(PERIOD, {"months": "12", **sent})
    assert second.status_code == 409
    assert "300" in second.text
    assert months_of(cast.organisation, "record") == 300


def test_who_works_in_one_of_the_programmes_sets_nothing_for_all(cast, client_of):
    ProgrammeFactory(organisation=cast.organisation, name="Sibling outpatients")
    client = client_of("manager")
    assert client.get(reverse("retention-periods", args=["riverside"])).status_code == 403
    assert client.post(PERIOD, {"months": "1", "reason": "x"}).status_code == 403
    assert reverse("retention-periods", args=["riverside"]) not in client.get("/").text
    client.post(TEXT, {**WORDS, "whole": "on"})
    assert ConsentText.objects.get().programme == cast.programme


def test_a_programmes_own_text_is_what_patients_decide_upon(cast, client_of):
    client = client_of("manager")
    assert client.post(TEXT, WORDS).status_code == 302
    given = {"patient": cast.patient, "programme": cast.programme, "purpose": Purpose.RESEARCH}
    decision = decide(**given, decision="given", method="paper", by=cast.therapist)
    assert (decision.text_source, decision.text_version) == ("day-hospital", "2")
    event = Event.objects.get(verb="consent text added")
    assert event.by == cast.manager
    assert event.detail == {"purpose": "research", "version": "2", "holds_from": "2026-01-01"}
    assert "Mogen wij?" in client.get(TEXT, headers={"accept-language": "nl"}).text
    listed = client.get(reverse("consent-texts", args=["day-hospital"])).text
    assert "day-hospital" in listed


def test_a_text_for_the_whole_organisation(cast, client_of):
    client_of("administrator").post(TEXT, {**WORDS, "whole": "on"})
    assert ConsentText.objects.get().programme is None


@pytest.mark.parametrize("sent", [{"dutch": ""}, {"english": " "}, {"version": ""}, {"holds_from": "x"}])
def test_a_text_needs_all_its_parts(client_of, sent):
    assert client_of("manager").post(TEXT, {**WORDS, **sent}).status_code == 422
    assert not ConsentText.objects.exists()


def test_a_version_is_never_changed(client_of):
    client_of("manager").post(TEXT, WORDS)
    again = client_of("administrator").post(TEXT, {**WORDS, "english": "We do it."})
    assert again.status_code == 422
    assert "There is a version 2 already" in again.text
    assert ConsentText.objects.get().english == "May we?"


def test_a_text_of_later_does_not_hold_yet(client_of):
    tomorrow = datetime.date.today() + datetime.timedelta(days=1)
    client_of("manager").post(TEXT, {**WORDS, "holds_from": tomorrow.isoformat()})
    assert "generic" in client_of("manager").get(reverse("consent-texts", args=["day-hospital"])).text
