"""How standings are kept from look to look: what changed, who is outside since when; and evidence."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.programmes.files import MOST_BYTES, kind_of_file
from onmodel.requirements.actions import attest, keep_standings, set_threshold
from onmodel.requirements.detectors import requirement_changed
from onmodel.requirements.models import EvidenceFile, Outside, StandingChange
from tests.factories import MembershipFactory, ProgrammeFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST, LATER, LAST = (datetime.date(2025, month, 1) for month in (3, 6, 9))
SIZE, CRISIS = "req_05_team_size", "req_13_crisis_services"
PDF = b"%PDF-1.7 the agreement"


@pytest.fixture
def programme():
    return ProgrammeFactory()


@pytest.fixture
def team(programme):
    return TeamFactory(programme=programme, name="A")


def keep(programme, day):
    return keep_standings(programme=programme, on=day, by=None)


def changes(programme, standard=SIZE):
    found = StandingChange.objects.filter(programme=programme, standard=standard)
    return [(change.day, change.state) for change in found]


def staffed(programme, team, size, **dates):
    return [MembershipFactory(programme=programme, team=team, **dates) for _ in range(size)]


def test_a_look_keeps_only_what_changed(programme, team):
    staffed(programme, team, 4)
    assert (
        keep(programme, FIRST) == 20
    )  # 16 requirements (one number is blank in the source) and 4 recommendations
    assert keep(programme, LATER) == 0
    assert changes(programme) == [(FIRST, "met")]


def test_a_change_is_kept_with_its_day(programme, team):
    staffed(programme, team, 3)
    staffed(programme, team, 1, ends_on=datetime.date(2025, 5, 1))
    keep(programme, FIRST)
    keep(programme, LATER)
    assert changes(programme) == [(FIRST, "met"), (LATER, "not_met")]
    change = StandingChange.objects.get(programme=programme, standard=SIZE, day=LATER)
    assert (change.known, change.outside, change.n, change.at_least) == ("computed", 1, 1, 4.0)


def test_history_goes_one_way(programme, team):
    keep(programme, LATER)
    staffed(programme, team, 4)
    assert keep(programme, FIRST) == 0


def test_twice_on_a_day_keeps_the_last(programme, team):
    keep(programme, FIRST)
    staffed(programme, team, 5)
    keep(programme, FIRST)
    assert changes(programme) == [(FIRST, "met")]
    assert not Outside.objects.filter(standard=SIZE).exists()


def test_who_is_outside_since_when_and_until_when(programme, team):
    staffed(programme, team, 3)
    keep(programme, FIRST)
    keep(programme, LATER)
    row = Outside.objects.get(standard=SIZE)
    assert (row.team, row.since, row.until, row.value) == (team, FIRST, None, 3.0)
    staffed(programme, team, 2)
    keep(programme, LAST)
    row.refresh_from_db()
    assert row.until == LAST


def test_another_bound_is_a_change_with_its_reason(programme, team):
    staffed(programme, team, 4)
    keep(programme, FIRST)
    set_threshold(
        programme=programme, standard=SIZE, at_least=3.0, reason="A small island.", by=UserFactory()
    )
    keep(programme, LATER)
    last = StandingChange.objects.filter(programme=programme, standard=SIZE).last()
    assert (last.day, last.state, last.bound_reason) == (LATER, "met", "A small island.")


def test_a_word_that_expires_is_a_change_and_a_signal(programme):
    word = attest(
        programme=programme,
        standard=CRISIS,
        met=True,
        evidence="The agreement.",
        by=UserFactory(),
        on=FIRST,
        expires_on=datetime.date(2025, 4, 1),
    )
    keep(programme, FIRST)
    assert not found_changed(programme, FIRST)
    keep(programme, LATER)
    assert found_changed(programme, LATER) == {CRISIS: LATER.isoformat()}
    change = StandingChange.objects.filter(programme=programme, standard=CRISIS).last()
    assert (change.why, change.attestation) == ("expired", word)


def test_what_was_never_met_is_no_change(programme, team):
    staffed(programme, team, 2)
    keep(programme, FIRST)
    keep(programme, LATER)
    assert SIZE not in found_changed(programme, LATER)


def test_not_met_since_the_first_change_after_it_was_met(programme, team):
    MembershipFactory(programme=programme, team=team, position="psychiatrist")
    other = TeamFactory(programme=programme, name="B", starts_on=datetime.date(2025, 5, 1))
    for day in (FIRST, LATER, LAST):
        keep(programme, day)
    assert found_changed(programme, LAST)["req_10_psychiatrist"] == LATER.isoformat()
    MembershipFactory(programme=programme, team=other, position="psychiatrist")
    keep(programme, datetime.date(2025, 10, 1))
    assert "req_10_psychiatrist" not in found_changed(programme, datetime.date(2025, 10, 1))


def test_what_another_rule_watches_is_not_told_twice(programme, team):
    staffed(programme, team, 4, ends_on=datetime.date(2025, 5, 1))
    staffed(programme, team, 2)
    for day in (FIRST, LATER):
        keep(programme, day)
    assert changes(programme)[-1] == (LATER, "not_met")
    assert SIZE not in found_changed(programme, LATER)


def found_changed(programme, day):
    (rule,) = (rule for rule in programme.definitions.all_rules() if rule.id == "requirement_changed")
    found = requirement_changed(programme, rule, day)
    return {one.key: one.evidence["changed_on"] for one in found}


# --- evidence ---
@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, "pdf"), (b"\x89PNG\r\n\x1a\n...", "png"), (b"\xff\xd8\xff\xe0...", "jpg")]
)
def test_a_file_is_told_by_how_it_begins(content, kind):
    assert kind_of_file(content) == kind


@pytest.mark.parametrize("content", [b"MZ\x90", b"<html>", b"PK\x03\x04", b" %PDF-1.7"])
def test_other_files_are_refused(content):
    with pytest.raises(ValidationError, match="no PDF, PNG or JPEG"):
        kind_of_file(content)


def test_a_file_has_a_largest_size():
    assert kind_of_file(PDF.ljust(MOST_BYTES, b" ")) == "pdf"
    with pytest.raises(ValidationError, match="at most 3 MB"):
        kind_of_file(PDF.ljust(MOST_BYTES + 1, b" "))


def test_a_word_cannot_end_before_it_begins(programme):
    with pytest.raises(ValidationError, match="would hold until 1 Mar 2025, before 1 Jun 2025"):
        attest(
            programme=programme,
            standard=CRISIS,
            met=True,
            evidence="Yes.",
            by=UserFactory(),
            on=LATER,
            expires_on=FIRST,
        )


def said(**changes):
    file = SimpleUploadedFile("agreement.pdf", PDF)
    return {"met": "yes", "evidence": "The agreement.", "on": "2025-06-01", "file": file} | changes


def test_a_file_goes_with_the_word_and_comes_back_as_it_was(cast, client):
    client.force_login(cast.supervisor)
    address = reverse("requirement", args=[cast.programme.slug, CRISIS])
    assert client.post(address, said()).status_code == 302
    file = EvidenceFile.objects.get()
    page = client.get(address).content.decode()
    download = reverse("evidence-file", args=[cast.programme.slug, file.pk])
    assert download in page
    answer = client.get(download)
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    event = Event.objects.get(verb="evidence taken")
    assert event.by == cast.supervisor


def test_a_file_that_is_not_as_it_was_kept_is_not_handed_out(cast, client):
    client.force_login(cast.supervisor)
    client.post(reverse("requirement", args=[cast.programme.slug, CRISIS]), said())
    EvidenceFile.objects.update(content=b"%PDF-1.7 another")
    file = EvidenceFile.objects.get()
    answer = client.get(reverse("evidence-file", args=[cast.programme.slug, file.pk]))
    assert answer.status_code == 302


def test_a_wrong_file_keeps_the_words(cast, client):
    client.force_login(cast.supervisor)
    address = reverse("requirement", args=[cast.programme.slug, CRISIS])
    answer = client.post(address, said(file=SimpleUploadedFile("a.pdf", b"MZ")))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "no PDF, PNG or JPEG" in page
    assert "The agreement." in page
    assert not EvidenceFile.objects.exists()


# --- pages ---
def test_the_pages_show_how_it_went(cast, client):
    staffed(cast.programme, cast.other_team, 2)
    keep(cast.programme, FIRST)
    keep(cast.programme, LATER)
    client.force_login(cast.manager)
    over_time = client.get(reverse("requirements-over-time", args=[cast.programme.slug])).content.decode()
    assert "Met or not, over time" in over_time
    page = client.get(reverse("requirement", args=[cast.programme.slug, SIZE])).content.decode()
    assert "Who fell outside, and since when" in page
    assert "1 Mar 2025" in page


def test_before_the_first_look_nothing_is_claimed(cast, client):
    client.force_login(cast.manager)
    page = client.get(reverse("requirements-over-time", args=[cast.programme.slug])).content.decode()
    assert "Nothing is kept yet" in page
