"""What is released stays as it was, byte for byte; stakeholders read that and nothing else."""

import datetime
import hashlib

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.followup.actions import agree
from onmodel.pirs.actions import begin
from onmodel.pirs.models import Pir
from onmodel.pirs.signing.actions import release
from onmodel.reports.actions import altered_releases, take_back_release
from onmodel.reports.models import FrozenError, ReleasedFile, ReleasedReport
from onmodel.rights.actions import erase_patient
from onmodel.signals.models import Signal
from tests.factories import TreatmentFactory
from tests.pirs import drafted_pir, frozen_now

pytestmark = pytest.mark.django_db
START, END = datetime.date(2025, 1, 1), datetime.date(2025, 6, 30)
RELEASE = reverse("release", args=["day-hospital"])
LIST = reverse("released", args=["day-hospital"])


@pytest.fixture
def client_of(cast):
    def of(name: str) -> Client:
        client = Client()
        client.force_login(getattr(cast, name))
        return client

    return of


@pytest.fixture
def released(cast, monkeypatch) -> ReleasedReport:
    """Of JSON alone: paper takes its time."""
    from onmodel.reports import actions

    monkeypatch.setattr(actions, "MAKERS", {"json": actions.as_json})
    pir = begin(programme=cast.programme, start=START, end=END, by=cast.supervisor)
    return release(pir=frozen_now(pir), by=cast.manager, note="First.")


def address_of(report: ReleasedReport, language: str = "en", kind: str = "json") -> str:
    return reverse("released-file", args=[report.pk, language, kind])


def test_every_form_of_it_in_both_languages(cast):
    pir = begin(programme=cast.programme, start=START, end=END, by=cast.supervisor)
    report = release(pir=frozen_now(pir), by=cast.manager)
    files = {(file.language, file.kind): bytes(file.content) for file in report.files.all()}
    assert set(files) == {(code, kind) for code in ("en", "nl") for kind in ("pdf", "html", "json")}
    assert files["nl", "pdf"].startswith(b"%PDF")
    assert "Programma-implementatierapport" in files["nl", "html"].decode()
    event = Event.objects.get(verb="report released")
    assert event.by == cast.manager
    assert event.detail["files"]["en.pdf"] == hashlib.sha256(files["en", "pdf"]).hexdigest()


def test_later_records_change_nothing_in_it(cast, client_of, released):
    before = client_of("stakeholder").get(address_of(released)).content
    for _ in range(6):
        TreatmentFactory(programme=cast.programme, started_on=START)
    erase_patient(patient=cast.patient, reason="asked for", by=None)
    assert client_of("stakeholder").get(address_of(released)).content == before
    assert not list(altered_releases())


def test_stakeholders_read_what_was_released_and_nothing_else(cast, client_of, released):
    client = client_of("stakeholder")
    assert address_of(released) in client.get(LIST).text
    assert LIST in client.get("/").text
    for name in ("pir", "compare", "programme", "patients", "release"):
        assert client.get(reverse(name, args=["day-hospital"])).status_code == 403
    event = Event.objects.filter(verb="report released taken", by=cast.stakeholder)
    assert not event.exists()
    assert client.get(address_of(released)).status_code == 200
    assert event.get().detail == {"language": "en", "kind": "json"}
    assert client.get(address_of(released, kind="pdf")).status_code == 404
    assert client_of("outsider").get(address_of(released)).status_code == 404


def test_home_tells_a_stakeholder_no_number_of_patients(cast, client_of):
    cell = client_of("stakeholder").get("/").text.partition("<tbody")[2]
    assert ">1<" not in cell.replace(" ", "").replace("\n", "")


def test_a_release_is_read_first_and_then_made(cast, client_of):
    client = client_of("manager")
    assert "No report is signed yet" in client.get(RELEASE).text
    pir = begin(programme=cast.programme, start=START, end=END, by=cast.supervisor)
    waits = client.get(RELEASE, {"pir": pir.pk})
    assert "missing: supervisor, manager" in waits.text
    frozen_now(pir)
    page = client.get(RELEASE)
    assert "fewer than 5 people" in page.text
    assert not ReleasedReport.objects.exists()
    assert client.post(RELEASE, {"pir": pir.pk, "note": "For the board."}).url == LIST
    report = ReleasedReport.objects.get()
    assert (report.start, report.end, report.note, report.released_by) == (
        START,
        END,
        "For the board.",
        cast.manager,
    )


def test_what_is_not_signed_by_both_is_not_released(cast, client_of):
    pir: Pir = drafted_pir(cast.programme, cast.supervisor)
    client = client_of("manager")
    for sent, says in (
        ({"pir": pir.pk}, "missing: supervisor, manager"),
        ({"pir": "x"}, "valid"),
        ({}, "required"),
    ):
        answer = client.post(RELEASE, sent)
        assert answer.status_code == 422
        assert says in answer.text
    assert not ReleasedReport.objects.exists()


def test_a_release_is_never_changed_or_removed(released):
    file = released.files.first()
    file.content = b"other"
    for way in (
        file.save,
        file.delete,
        released.delete,
        ReleasedReport.objects.all().delete,
        ReleasedFile.objects.all().delete,
        lambda: ReleasedFile.objects.update(content=b""),
    ):
        with pytest.raises(FrozenError):
            way()


def test_taken_back_it_is_gone_for_stakeholders_and_not_for_the_manager(cast, client_of, released):
    address = reverse("released-take-back", args=[released.pk])
    assert client_of("manager").post(address, {"why": "A name stood in it."}).url == LIST
    assert client_of("stakeholder").get(address_of(released)).status_code == 404
    assert address_of(released) not in client_of("stakeholder").get(LIST).text
    assert "A name stood in it." in client_of("manager").get(LIST).text
    assert client_of("manager").get(address_of(released)).status_code == 200
    assert client_of("expert").get(address_of(released)).status_code == 200
    event = Event.objects.get(verb="report taken back")
    assert (event.by, event.reason) == (cast.manager, "A name stood in it.")
    with pytest.raises(ValidationError):
        take_back_release(released=released, why="again", by=cast.manager)


def test_bytes_that_were_altered_are_found_and_not_handed_out(client_of, released):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_releasedfile SET content = %s WHERE language = 'en'", [b"other"])
    client = client_of("stakeholder")
    assert client.get(address_of(released)).url == LIST
    assert "not as it was released" in client.get(LIST).text
    done = CliRunner().invoke(main, ["audit", "verify"])
    assert done.exit_code == 1
    assert f"{released.pk}.en.json is not as it was released" in done.output


def test_bytes_altered_with_their_digest_are_found_by_the_trail(released):
    with connection.cursor() as cursor:
        digest = hashlib.sha256(b"other").hexdigest()
        cursor.execute("UPDATE reports_releasedfile SET content = %s, digest = %s", [b"other", digest])
    assert len(list(altered_releases())) == 2
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM reports_releasedfile")
    assert all("is gone" in told for told in altered_releases())


def test_no_report_tells_what_was_agreed_for_one_patient(cast, client_of):
    """The text of such an action belongs to that patient's record."""
    signal = Signal.objects.create(
        programme=cast.programme,
        subject_kind="treatment",
        treatment=cast.treatment,
        pack="mbt",
        rule="missing_crisis_plan",
        rule_version="1.0.0",
        severity="urgent",
    )
    today = datetime.date.today()
    agreed = {"programme": cast.programme, "owner": cast.therapist, "due_on": today, "by": cast.supervisor}
    agree(what="Ring Pia at her sister's", signal=signal, **agreed)
    agree(what="Plan more supervision", **agreed)
    start = today - datetime.timedelta(days=30)
    asked = {"start": start.isoformat(), "end": today.isoformat()}
    for who in ("expert", "supervisor"):
        page = client_of(who).get(reverse("pir", args=["day-hospital"]), asked).text
        assert "Plan more supervision" in page
        assert "Pia" not in page
        assert "stands in their records" in page
