"""A patient comes to the own treatment with a link or code, and to nothing else."""

import datetime
import logging

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.patient_access.actions import make_access, open_access, revoke_access
from onmodel.patient_access.models import MOST_FAILURES, PatientAccess
from onmodel.patients.models import Identity
from tests.cast import PASSWORD
from tests.factories import TreatmentFactory

pytestmark = pytest.mark.django_db

BORN = datetime.date(1990, 4, 12)
REFUSED = "This does not open anything."


@pytest.fixture
def give(cast):
    """Gives a link or code; returns the signs."""

    def make(kind: str = "code") -> str:
        return make_access(treatment=cast.treatment, kind=kind, by=cast.therapist)[1]

    return make


@pytest.fixture
def asks_birth_date(cast):
    cast.programme.asks_birth_date = True
    cast.programme.save()
    Identity.objects.create(patient=cast.patient, sealed={"birth_date": BORN.isoformat()})


def enter(client: Client, code: str, **more: str):
    return client.post(reverse("patient-sign-in"), {"code": code, **more})


def is_in(client: Client) -> bool:
    return client.get(reverse("my-treatment")).status_code == 200


@pytest.mark.parametrize("kind", ["link", "code"])
def test_opens_the_own_treatment(client, give, cast, kind):
    assert enter(client, give(kind)).url == reverse("my-start")
    page = client.get(reverse("my-treatment"))
    assert "Your treatment" in page.text
    assert cast.patient.pseudonym not in page.text


def test_is_forgiving(client, give):
    enter(client, f" {give().lower().replace('-', ' ')} ")
    assert is_in(client)


def test_reaches_nothing_else(client, give, cast):
    enter(client, give())
    for name, arguments in (
        ("programme", [cast.programme.slug]),
        ("patients", [cast.programme.slug]),
        ("treatment", [cast.treatment.pk]),
        ("treatment", [cast.other_treatment.pk]),
        ("patient-access", [cast.treatment.pk]),
        ("mfa_index", []),
    ):
        assert client.get(reverse(name, args=arguments)).url.startswith(reverse("sign-in")), name
    assert client.get("/").url == reverse("my-start")


def test_takes_a_copy_of_what_the_code_opens(client, give, cast):
    other = TreatmentFactory(programme=cast.programme, patient=cast.patient, cohort="another-course")
    Identity.objects.create(patient=cast.patient, sealed={"name": "Pia Patient"})
    enter(client, give())
    page = client.get(reverse("my-treatment"))
    assert str(cast.treatment.pk) not in page.text
    for kind in ("zip", "pdf", "json"):
        assert f'formaction="{reverse("my-copy", args=[kind])}"' in page.text
    copy = client.post(reverse("my-copy", args=["json"]))
    assert copy.status_code == 200
    data = copy.json()
    assert [one["id"] for one in data["treatments"]] == [str(cast.treatment.pk)]
    assert data["patient"]["identity"]["name"] == "Pia Patient"
    assert data["access_log"]
    assert not data["complete"]
    assert str(other.pk) not in copy.text
    event = Event.objects.get(verb="patient exported")
    assert (event.by, event.patient, event.channel) == (None, cast.patient.pk, "web")
    assert client.post(reverse("my-copy", args=["pdf"])).content.startswith(b"%PDF")
    assert client.post(reverse("my-copy", args=["html"])).status_code == 404
    other.delete()
    assert client.post(reverse("my-copy", args=["json"])).json()["complete"]


def test_decides_upon_the_use_of_the_own_data(client, give, cast):
    enter(client, give())
    address = reverse("my-consent", args=["research"])
    assert f'href="{address}"' in client.get(reverse("my-treatment")).text
    for decision, kept in (("given", "given"), ("refused", "withdrawn")):
        page = client.get(address)
        assert "Your decision" in page.text
        sent = {"decision": decision, "seen": page.context["form"]["seen"].value()}
        assert client.post(address, sent).url == reverse("my-treatment")
        latest = cast.patient.consents.get(decision=kept)
        assert (latest.method, latest.recorded_by) == ("digital", None)
        event = Event.objects.get(verb=f"consent {kept}")
        assert (event.by, event.patient) == (None, cast.patient.pk)
    assert "the patient" in client.get(address).text
    assert client.post(address, {"decision": "given", "seen": "0"}).status_code == 409
    assert client.get(reverse("my-consent", args=["something"])).status_code == 404


def test_a_link_works_once(client, give):
    link = give("link")
    enter(client, link)
    other = Client()
    assert REFUSED in enter(other, link).text
    assert is_in(client)
    assert not is_in(other)


def test_a_code_opens_one_session_at_a_time(client, give):
    code = give()
    enter(client, code)
    other = Client()
    enter(other, code)
    assert is_in(other)
    assert not is_in(client)


@pytest.mark.parametrize(("kind", "days"), [("link", 7), ("code", 30)])
def test_expires(client, give, time_machine, kind, days):
    time_machine.move_to("2026-11-02 09:00 +0100")
    code = give(kind)
    time_machine.shift(datetime.timedelta(days=days, seconds=5))
    assert REFUSED in enter(client, code).text


def test_taken_back_it_opens_nothing_and_ends_what_was_open(client, give, cast):
    code = give()
    enter(client, code)
    revoke_access(access=PatientAccess.objects.get(), by=cast.therapist)
    assert not is_in(client)
    assert REFUSED in enter(client, code).text


@pytest.mark.parametrize("code", ["", "nonsense", "AAAAA-AAAAA", "x" * 61, "\x00", "🙂🙂🙂"])
def test_anything_else_is_refused(client, give, code):
    give()
    assert enter(client, code).status_code == 422
    assert not is_in(client)


def test_too_many_tries_from_one_place_have_to_wait(client, give):
    code = give()
    for number in range(20):
        enter(client, f"AAAAA-{number}")
    assert enter(client, code).status_code == 429
    assert not is_in(client)


def test_asks_the_birth_date_where_the_programme_does(client, give, asks_birth_date):
    code = give()
    asked = enter(client, code)
    assert "Your date of birth" in asked.text
    assert not is_in(client)
    assert REFUSED in enter(client, code, birth_date="1990-04-13").text
    assert enter(client, code, birth_date="1990-04-12").url == reverse("my-start")


def test_wrong_birth_dates_lock_the_code(give, asks_birth_date):
    code = give()
    for day in range(1, MOST_FAILURES + 1):
        assert open_access(code=code, birth_date=datetime.date(1991, 1, day)).access is None
    assert open_access(code=code, birth_date=BORN).access is None
    assert PatientAccess.objects.get().state == "locked"
    assert Event.objects.filter(verb__startswith="patient access refused").count() == MOST_FAILURES


def test_no_code_without_a_birth_date_to_compare_with(cast):
    cast.programme.asks_birth_date = True
    with pytest.raises(ValidationError, match="the record has none"):
        make_access(treatment=cast.treatment, kind="code", by=cast.therapist)


def test_ends_after_an_hour_without_use(client, give, time_machine):
    time_machine.move_to("2026-11-02 09:00 +0100")
    enter(client, give())
    assert is_in(client)
    time_machine.shift(3605)
    assert not is_in(client)


def test_signs_out(client, give):
    enter(client, give())
    assert client.post(reverse("sign-out")).url == reverse("patient-sign-in")
    assert not is_in(client)


def test_a_therapist_who_hands_over_the_tablet_is_signed_out(client, give, cast):
    client.force_login(cast.therapist)
    enter(client, give())
    assert is_in(client)
    assert client.get(reverse("programme", args=[cast.programme.slug])).status_code == 302


def test_an_account_that_signs_in_ends_the_patients_session(client, give, cast):
    enter(client, give())
    client.post(reverse("account_login"), {"login": "manager", "password": PASSWORD})
    assert not is_in(client)
    assert client.get("/").status_code == 200


def test_the_page_shows_it_once_and_only_the_digest_is_kept(client, cast):
    client.force_login(cast.therapist)
    page = client.post(reverse("patient-access", args=[cast.treatment.pk]), {"kind": "code"})
    code = page.context["code"]
    assert code in page.text
    kept = str(PatientAccess.objects.values().get()) + str(list(Event.objects.values()))
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert code not in client.get(reverse("patient-access", args=[cast.treatment.pk])).text


def test_a_link_carries_its_code_where_no_server_sees_it(client, cast):
    client.force_login(cast.therapist)
    page = client.post(reverse("patient-access", args=[cast.treatment.pk]), {"kind": "link"})
    assert page.context["link"] == f"http://testserver/my/code/#{page.context['code']}"


def test_every_step_is_an_event(give, cast):
    open_access(code=give())
    revoke_access(access=PatientAccess.objects.get(), by=cast.therapist)
    found = Event.objects.filter(verb__startswith="patient access").order_by("id")
    assert [(event.verb, event.by) for event in found] == [
        ("patient access made", cast.therapist),
        ("patient access opened", None),
        ("patient access revoked", cast.therapist),
    ]
    assert {event.subject_id for event in found} == {str(cast.treatment.pk)}


def test_no_code_reaches_the_log(client, give, caplog):
    code = give()
    with caplog.at_level(logging.DEBUG, logger="django.request"), caplog.at_level(logging.DEBUG, "onmodel"):
        enter(client, "WRNGA-23456")
        enter(client, code)
    assert code not in caplog.text
    assert "WRNGA" not in caplog.text
