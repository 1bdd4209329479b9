"""What an attacker with one sign-in would try, one thing at a time."""

import datetime
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.followup.models import Action
from onmodel.outcomes.models import ImportRun
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.models import Patient
from onmodel.signals.models import Signal
from tests.integration.security import state

pytestmark = pytest.mark.django_db

ELSEWHERE = "https://evil.example/"
EVASIONS = (
    ELSEWHERE,
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    "\thttps://evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
)


def list_of(client: Client, **asked: object) -> str:
    return client.get("/programmes/day-hospital/patients/", {"state": "all", **asked}).text


def body_of(text: str) -> str:
    """A list without what was asked for, which its links and fields repeat."""
    return text.partition("<tbody")[2].partition("</tbody")[0]


# --- lists and searches ---
def test_no_filter_shows_another_teams_patient(estate, signed_in):
    client = signed_in("therapist")
    for asked in (
        {"team": estate.other_team.pk},
        {"team": ""},
        {"state": "ended"},
        {"page": 2},
        {"patient__pseudonym": "GREEN-2002"},
        {"treatments": str(estate.cases["green"].treatment.pk)},
    ):
        assert "GREEN-2002" not in body_of(list_of(client, **asked))


@pytest.mark.parametrize("what", ["GREEN-2002", "GREEN", "RECORDGREEN77", "%", "_", "GREEN-2002%"])
def test_no_search_tells_that_another_teams_patient_is_there(estate, signed_in, what):
    """The answer to a search for somebody who is there is that to a search for somebody who is not."""
    client = signed_in("therapist")

    def found(words: str) -> str:
        answer = client.post("/programmes/day-hospital/patients/", {"q": words, "state": "all"}, follow=True)
        return answer.text.replace(words, "")

    assert body_of(found(what)) == body_of(found("nobody at all"))


@pytest.mark.parametrize(
    "order",
    [
        "patient__identity__sealed",
        "-patient__identity__record_number_index",
        "primary_clinician__password",
        "patient__user__last_login",
        "end_reason",
        "?",
        "patient__pseudonym",
    ],
)
def test_lists_are_ordered_by_what_they_show_only(signed_in, order):
    """Ordering by a hidden column would tell it, row by row."""
    client = signed_in("manager")
    assert body_of(list_of(client, sort=order)) == body_of(list_of(client, sort="patient"))


def test_the_same_search_of_another_programme_finds_nothing_there(estate, signed_in):
    """What one looked for stays in the session; it opens no other list."""
    client = signed_in("sibling_manager")
    client.post("/programmes/sibling-outpatients/patients/", {"q": "GREEN", "state": "all"})
    assert client.get("/programmes/day-hospital/patients/?sought=1&state=all").status_code == 404
    assert "GREEN-2002" not in client.get("/programmes/sibling-outpatients/patients/?sought=1&state=all").text


# --- ids changed in what is sent ---
def test_an_action_is_never_owned_by_somebody_of_another_organisation(estate, signed_in):
    client, signal = signed_in("therapist"), estate.cases["blue"].objects["signals"][0]
    page = client.get(reverse("signal", args=[signal.pk])).text
    assert "Otto Outsider" not in page
    before = Action.objects.count()
    for owner in (estate.outsider, estate.sibling_manager, estate.leaver, estate.patient_user):
        sent = {"what": "Call", "owner": owner.pk, "due_on": "2030-01-01"}
        assert client.post(reverse("signal-action", args=[signal.pk]), sent).status_code == 422
    assert Action.objects.count() == before


@pytest.mark.parametrize("name", ["signal-acknowledge", "signal-close", "signal-action"])
@pytest.mark.parametrize("who", ["therapist", "supervisor", "expert", "stakeholder", "leaver", "outsider"])
def test_another_teams_signal_is_not_handled(estate, signed_in, name, who):
    signal = estate.cases["green"].objects["signals"][0]
    sent = {"note": "done", "what": "x", "owner": estate.therapist.pk, "due_on": "2030-01-01"}
    client, before = signed_in(who), state.digest()
    assert client.post(reverse(name, args=[signal.pk]), sent).status_code in (403, 404)
    assert state.digest() == before


@pytest.mark.parametrize("case", ["green", "sibling", "elsewhere"])
def test_anothers_form_does_not_open_by_ones_own_treatment(estate, signed_in, case):
    own, other = estate.cases["blue"].treatment, estate.cases[case].form
    for who in ("therapist", "supervisor", "manager"):
        client, before = signed_in(who), state.digest()
        address = reverse("form-correct", args=[own.pk, other.pk])
        assert client.get(address).status_code == 404
        assert client.post(address, {"reason": "slip", "value-total": "1"}).status_code == 404
        assert state.digest() == before


def test_extra_fields_change_nothing_else(estate, signed_in):
    """Fields of the record that the form does not have are not taken from the request."""
    signal = estate.cases["blue"].objects["signals"][0]
    sent = {
        "note": "done",
        "treatment": estate.cases["green"].treatment.pk,
        "programme": 1,
        "severity": "info",
    }
    signed_in("therapist").post(reverse("signal-close", args=[signal.pk]), sent)
    after = Signal.objects.get(pk=signal.pk)
    assert (after.state, after.treatment_id, after.severity) == ("closed", signal.treatment_id, "urgent")


@pytest.mark.parametrize("who", ["therapist", "supervisor", "outsider", "patient_user"])
def test_no_consent_is_recorded_for_another_teams_patient(estate, signed_in, who):
    case = estate.cases["green"]
    sent = {"decision": "given", "decided_on": "2026-01-01", "method": "paper", "seen": ""}
    client, before = signed_in(who), state.digest()
    answer = client.post(reverse("consent", args=[case.treatment.pk, "research"]), sent)
    assert answer.status_code in (403, 404)
    assert state.digest() == before


@pytest.mark.parametrize(
    "who", ["therapist", "assistant", "supervisor", "expert", "outsider", "patient_user"]
)
@pytest.mark.parametrize("kind", ["json", "pdf"])
def test_no_copy_of_another_teams_patient(estate, signed_in, who, kind):
    address = reverse("patient-copy", args=[estate.cases["green"].treatment.pk, kind])
    assert signed_in(who).post(address).status_code in (403, 404)


def test_a_managers_copy_of_a_patient_holds_no_other_programmes_treatment(estate, signed_in):
    """One person in two programmes: the manager of one gets that one only."""
    from tests.factories import TreatmentFactory

    green = estate.cases["green"].treatment
    there = TreatmentFactory(
        programme=estate.cases["sibling"].treatment.programme, patient=green.patient, cohort="only-there"
    )
    text = signed_in("manager").post(reverse("patient-copy", args=[green.pk, "json"])).text
    assert "only-there" not in text
    assert str(there.pk) not in text
    assert json.loads(text)


# --- imports ---
def run_with(client: Client, map_text: str, content: bytes = b"id,m,score\nSIBLING-3003,0,4\n"):
    sent = {
        "file": SimpleUploadedFile("a.csv", content),
        "map_file": SimpleUploadedFile("map.toml", map_text.encode()),
    }
    return client.post("/programmes/day-hospital/import/", sent, follow=True)


LONG = """
layout = "long"
[patient]
column = "id"
[moment]
months = "m"
[treatment]
nominal_start = 2025-01-01
[[measures]]
instrument = "phq9"
scale = "total"
column = "score"
"""


@pytest.mark.parametrize("key", ['programme = "duneview"\n', 'organisation = "duneview"\n'])
def test_a_map_cannot_name_another_programme(estate, signed_in, key):
    page = run_with(signed_in("manager"), key + LONG)
    assert "no such key" in page.text
    assert ImportRun.objects.latest("started_at").programme == estate.programme


def test_an_import_shows_nothing_of_a_patient_of_another_programme(estate, signed_in):
    """A pseudonym of a sibling programme in the file: no score, no team, no date of there comes back."""
    page = run_with(signed_in("manager"), LONG)
    case = estate.cases["sibling"]
    for secret in case.secrets - {"SIBLING-3003"}:
        assert secret not in page.text
    run = ImportRun.objects.latest("started_at")
    assert str(case.treatment.pk) not in json.dumps(run.summary)


def test_a_name_of_another_organisation_stays_that_organisations(estate, signed_in):
    """The same pseudonym in two organisations is two people."""
    Patient.objects.create(organisation=estate.organisation, pseudonym="P-same")
    theirs = Patient.objects.create(organisation=estate.other_programme.organisation, pseudonym="P-same")
    page = run_with(signed_in("outsider"), LONG, b"id,m,score\nP-same,0,4\n")
    assert page.status_code == 404  # the programme is not theirs
    run_with(signed_in("manager"), LONG, b"id,m,score\nP-same,0,4\n")
    assert not theirs.treatments.exists()


def test_a_file_name_is_a_name_only(estate, signed_in, settings):
    client = signed_in("manager")
    for name in ("../../escaped.csv", "/tmp/escaped.csv", "..\\..\\escaped.csv"):
        client.post("/programmes/day-hospital/import/", {"file": SimpleUploadedFile(name, b"id,m\n1,2\n")})
        run = ImportRun.objects.latest("started_at")
        assert Path(run.file.path).is_relative_to(Path(settings.MEDIA_ROOT).resolve())
        assert ".." not in run.file.name
        run.file.delete(save=False)


def test_problems_for_a_spreadsheet_start_no_formula(estate, signed_in):
    run = estate.places["home"].runs[1]
    run.problems = [
        {"line": 2, "column": start + "cmd|' /C calc'!A0", "value": start, "reason": "", "wanted": ""}
        for start in ("=", "+", "-1+", "@", "\t=", "\r=")
    ]
    run.save()
    text = signed_in("manager").get(reverse("import-problems", args=[run.pk])).text
    for cell in text.replace("\r\n", "\n").split(","):
        assert not cell.strip('"').startswith(("=", "+", "@", "\t", "\r"))


# --- leading people elsewhere ---
@pytest.mark.parametrize("address", EVASIONS)
def test_nobody_is_led_to_another_site(estate, signed_in, address):
    from tests.cast import PASSWORD

    client = Client()
    told = client.post("/language/", {"language": "nl", "next": address}, headers={"referer": address})
    assert "evil" not in told.url
    assert "javascript" not in told.url
    sent = {"login": "therapist", "password": PASSWORD, "next": address}
    told = client.post("/sign-in/", sent)
    assert told.status_code == 302
    assert "evil" not in told.url
    assert "javascript" not in told.url
    for path in ("/sign-out/", "/account/password/", "/my/code/"):
        answer = signed_in("therapist").post(path + "?next=" + address, {"next": address})
        assert "evil" not in answer.headers.get("Location", "")


def test_the_language_form_sets_a_language_only(client):
    for language in ("../../etc", "xx", "\0", "n" * 5_000, "nl; HttpOnly"):
        told = client.post("/language/", {"language": language})
        assert told.status_code == 302
        assert "django_language" not in client.cookies


def test_a_host_that_is_not_ours_is_not_answered(estate, signed_in):
    """The link that is given to a patient is made from it."""
    client = signed_in("therapist")
    address = reverse("patient-access", args=[estate.cases["blue"].treatment.pk])
    assert client.post(address, {"kind": "link"}, headers={"host": "evil.example"}).status_code == 400
    assert (
        "evil"
        not in client.post(address, {"kind": "link"}, headers={"x-forwarded-host": "evil.example"}).text
    )


# --- patients with a code ---
def opened(code: str, **named: object) -> Client:
    client = Client()
    client.post(reverse("patient-sign-in"), {"code": code, **named})
    return client


def test_a_patient_with_a_code_reaches_the_own_treatment_only(estate):
    from tests.integration.security.addresses import all_addresses

    client = opened(estate.cases["blue"].code)
    page = client.get("/my/")
    assert page.status_code == 200
    for case in ("green", "sibling", "elsewhere"):
        assert not [secret for secret in estate.cases[case].secrets if secret in page.text]
    for address in all_addresses(estate):
        own = address.case == "blue" and address.url.startswith("/my/")
        if (address.case or address.place) and not own:
            for method in (client.get, client.post):
                answer = method(address.url)
                assert answer.status_code in (302, 404, 405), address.url
    assert client.get("/my/").status_code == 200


def test_a_forged_session_opens_nothing(estate):
    """Neither another access' id nor a guessed word of a session."""
    access = PatientAccess.objects.get(treatment=estate.cases["green"].treatment)
    client = opened(estate.cases["blue"].code)
    for word in ("", "0" * 32, access.digest[:32]):
        session = client.session
        session["patient_access"] = {"access_id": str(access.pk), "session": word}
        session.save()
        assert client.get("/my/").status_code == 302


def test_a_code_that_was_taken_back_or_is_over_opens_nothing(estate):
    case = estate.cases["blue"]
    access = PatientAccess.objects.get(treatment=case.treatment)
    assert opened(case.code).get("/my/").status_code == 200
    access.made_at -= datetime.timedelta(days=60)
    access.expires_at -= datetime.timedelta(days=60)
    access.save()
    assert opened(case.code).get("/my/").status_code == 302


def test_a_session_ends_however_busily_it_is_used(estate):
    case = estate.cases["blue"]
    client = opened(case.code)
    long = datetime.timedelta(hours=13)
    PatientAccess.objects.filter(treatment=case.treatment).update(used_at=timezone.now() - long)
    assert client.get("/my/").status_code == 302


def test_guessing_codes_soon_meets_a_closed_door(estate):
    client = Client()
    answers = [
        client.post(reverse("patient-sign-in"), {"code": f"AAAAA-{number:05}"}).status_code
        for number in range(30)
    ]
    assert answers[-1] == 429
    # the right one does not help now, nor does a made-up address
    sent = {"code": estate.cases["blue"].code}
    forged = {"HTTP_X_FORWARDED_FOR": "203.0.113.7", "HTTP_X_REAL_IP": "203.0.113.7"}
    assert client.post(reverse("patient-sign-in"), sent, **forged).status_code == 429
    cache.clear()


def test_codes_are_not_in_the_database(estate):
    kept = json.dumps([list(map(str, row)) for row in PatientAccess.objects.values_list()])
    for case in estate.cases.values():
        assert case.code not in kept
        assert case.code.replace("-", "") not in kept


# --- accounts ---
@pytest.mark.parametrize(
    "key", ['"0000000\\000"', "a\x00bcdefghij", "x" * 9_000, "é" * 32, "'; --", "%00" * 9]
)
def test_a_session_that_was_made_up_is_none(client, key):
    """A quoted cookie may hold a NUL by its octal number."""
    assert client.get("/", headers={"cookie": f"sessionid={key}"}).status_code == 302


def test_a_closed_account_and_an_ended_membership_open_nothing_at_once(estate, signed_in):
    client = signed_in("therapist")
    address = reverse("treatment", args=[estate.cases["blue"].treatment.pk])
    assert client.get(address).status_code == 200
    estate.therapist.memberships.update(ends_on=datetime.date(2024, 1, 1))
    assert client.get(address).status_code == 404
    estate.therapist.memberships.update(ends_on=None)
    assert client.get(address).status_code == 200
    estate.therapist.is_active = False
    estate.therapist.save()
    assert client.get(address).status_code == 302


# --- research data ---
def test_research_data_hold_the_own_programme_and_nobodys_pseudonym(estate, signed_in):
    """Everybody in the estate agreed to research, also in the other programmes."""
    sent = {"study": "tried-2026", "why": "Tried."}
    for name, slug in (("manager", "sibling-outpatients"), ("sibling_manager", "day-hospital")):
        refused = signed_in(name).post(reverse("research", args=[slug]), sent)
        assert refused.status_code == 404
    taken = signed_in("manager").post(reverse("research", args=["day-hospital"]), sent)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(taken.streaming_content)))
    assert len(archive.read("treatments.csv").splitlines()) == 3  # columns, blue, green
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not [secret for case in estate.cases.values() for secret in case.secrets if secret in text]
