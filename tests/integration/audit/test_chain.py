"""Tampering in every way that somebody who can write the database has, and what is found."""

import json
from collections.abc import Iterable
from itertools import pairwise

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, connection, transaction

from onmodel.audit import chain, guard
from onmodel.audit.actions import Draft, record, record_all
from onmodel.audit.models import AppendOnlyError, Event, Head, Words
from onmodel.audit.verifying import Noted, parse, verify
from onmodel.cli.main import main

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(cast) -> list[Event]:
    """Six events about three kinds of subject."""
    subjects = [cast.treatment, cast.programme, cast.patient] * 2
    return [
        record(by=cast.therapist, verb=f"thing {n} done", subject=subject, n=n, share=n / 3, big=1e20)
        for n, subject in enumerate(subjects, start=1)
    ]


@pytest.fixture
def unguarded(trail):
    """Somebody took the triggers away."""
    guard.remove(connection)
    return trail


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def kinds() -> set[str]:
    return {fault.kind for fault in verify().faults} - {"unguarded"}


def test_an_untouched_trail_holds(trail):
    verdict = verify()
    assert verdict.holds
    assert verdict.events == 6
    assert verdict.head == f"6:{trail[-1].digest}"


def test_an_empty_trail_holds(db):
    assert verify().holds


def test_each_event_follows_from_the_one_before(trail):
    assert [event.sequence for event in trail] == [1, 2, 3, 4, 5, 6]
    assert trail[0].previous == chain.BEGINNING
    assert all(after.previous == before.digest for before, after in pairwise(trail))


def test_many_events_chain_in_few_statements(cast, django_assert_max_num_queries):
    drafts = [Draft(verb="seen", subject=cast.treatment, detail={"n": n}) for n in range(2_500)]
    with django_assert_max_num_queries(50):
        record_all(drafts, by=None)
    assert Event.objects.count() == 2_500
    assert verify().holds


def test_one_event_is_one_insert(cast, django_assert_num_queries):
    with django_assert_num_queries(3) as asked:
        record(by=cast.therapist, verb="seen", subject=cast.treatment)
    assert sum(query["sql"].startswith("INSERT") for query in asked.captured_queries) == 1


@pytest.mark.parametrize(
    "change",
    [
        "at = '2020-01-01 00:00:00+00:00'",
        "by_id = NULL",
        "verb = 'nothing'",
        "subject_kind = 'patients.phase'",
        "subject_id = '999'",
        "patient = 999",
        "patients = ' 999 '",
        "channel = 'job'",
        "address = '10.0.0.1'",
        "why = 'because'",
        "detail = '{}'",
        "digest = previous",
    ],
)
def test_any_changed_column_is_found(unguarded, change):
    run(f"UPDATE audit_event SET {change} WHERE sequence = 3")
    faults = verify().faults
    assert ("altered", 3) in {(fault.kind, fault.sequence) for fault in faults}


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["DELETE FROM audit_event WHERE sequence = 1"], {"removed"}),
        (["DELETE FROM audit_event WHERE sequence = 3"], {"removed"}),
        (["DELETE FROM audit_event WHERE sequence IN (2, 3)"], {"removed"}),
        (["DELETE FROM audit_event WHERE sequence = 6"], {"cut_off"}),
        (["DELETE FROM audit_event"], {"cut_off"}),
        (["DELETE FROM audit_head"], {"head"}),
        (
            [
                "DELETE FROM audit_event WHERE sequence = 6",
                "UPDATE audit_head SET sequence = 5, "
                "digest = (SELECT digest FROM audit_event WHERE sequence = 5)",
            ],
            {"head"},  # the seal of the head needs the key
        ),
        (
            [
                "DELETE FROM audit_event WHERE sequence = 3",
                "UPDATE audit_event SET sequence = sequence - 1 WHERE sequence = 4",
                "UPDATE audit_event SET sequence = sequence - 1 WHERE sequence = 5",
                "UPDATE audit_event SET sequence = sequence - 1 WHERE sequence = 6",
            ],
            {"altered", "broken", "cut_off"},
        ),
        (
            [
                "UPDATE audit_event SET sequence = 100 WHERE sequence = 3",
                "UPDATE audit_event SET sequence = 3 WHERE sequence = 4",
                "UPDATE audit_event SET sequence = 4 WHERE sequence = 100",
            ],
            {"altered", "broken"},
        ),
    ],
    ids=[
        "first removed",
        "one removed",
        "two removed",
        "last removed",
        "all removed",
        "head removed",
        "tail and head set back",
        "closed up after removal",
        "two swapped",
    ],
)
def test_removal_and_reordering_are_found(unguarded, statements, found):
    run(*statements)
    assert kinds() >= found


COPIED = (
    "at, by_id, verb, subject_kind, subject_id, patient, patients, channel, address, why, detail, "
    "words, previous, digest"
)


def copied(number: int) -> str:
    """The second event once more, under another number."""
    columns = f"SELECT {number}, {COPIED} FROM audit_event WHERE sequence = 2"
    return f"INSERT INTO audit_event (sequence, {COPIED}) {columns}"


@pytest.mark.parametrize(
    ("as_number", "found"), [(7, {"altered", "broken", "beyond_head"}), (0, {"repeated"})]
)
def test_an_inserted_event_is_found(unguarded, as_number, found):
    run(copied(as_number))
    assert kinds() >= found


def test_an_event_put_in_between_with_the_rest_moved_up_is_found(unguarded):
    moves = [f"UPDATE audit_event SET sequence = {n + 1} WHERE sequence = {n}" for n in (6, 5, 4, 3)]
    run(*moves, copied(3))
    assert kinds() >= {"altered", "broken", "beyond_head"}


def test_a_chain_made_anew_without_the_key_is_found(unguarded):
    """Somebody recomputes every digest, as could be done with a plain hash."""
    before = chain.BEGINNING
    for event in Event.objects.order_by("sequence"):
        event.verb = "nothing happened"
        digest = chain.digest(before, event.content(), key="a key of my own")
        run(
            f"UPDATE audit_event SET verb = 'nothing happened', previous = '{before}', digest = '{digest}' "
            f"WHERE sequence = {event.sequence}"
        )
        before = digest
    run(f"UPDATE audit_head SET digest = '{before}', seal = '{chain.seal(6, before, key='a key of my own')}'")
    assert kinds() >= {"altered", "head"}


def test_a_head_noted_elsewhere_finds_what_was_set_back_with_its_seal(unguarded):
    """A copy of an older database put back: only a note elsewhere can tell."""
    old = unguarded[3]
    noted = Noted(6, unguarded[5].digest)
    seal = chain.seal(4, old.digest)
    run(
        "DELETE FROM audit_event WHERE sequence > 4",
        f"UPDATE audit_head SET sequence = 4, digest = '{old.digest}', seal = '{seal}'",
    )
    assert kinds() == set()
    assert {fault.kind for fault in verify([noted]).faults} == {"noted", "unguarded"}


def test_taking_the_triggers_away_is_found(unguarded):
    assert {fault.kind for fault in verify().faults} == {"unguarded"}


def test_an_older_key_still_verifies(trail, settings):
    settings.AUDIT_KEYS = ["a new key", *settings.AUDIT_KEYS]
    record(by=None, verb="thing done", subject=None)
    assert verify().holds
    settings.AUDIT_KEYS = ["a new key"]
    assert not verify().holds


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET verb = 'nothing' WHERE sequence = 2",
        "DELETE FROM audit_event WHERE sequence = 2",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET sequence = 1",
    ],
)
def test_the_database_refuses(trail, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(statement)


def test_postgresql_refuses_to_truncate(trail):
    statement = (
        "TRUNCATE audit_event CASCADE" if connection.vendor == "postgresql" else "DELETE FROM audit_event"
    )
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # what is still to be checked forbids it before the trigger does
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(statement)


def change_one(event: Event) -> None:
    event.verb = "nothing"
    event.save()


@pytest.mark.parametrize(
    "way",
    [
        change_one,
        lambda event: event.delete(),
        lambda _: Event.objects.update(verb="nothing"),
        lambda _: Event.objects.filter(sequence=1).delete(),
        lambda event: Event.objects.bulk_update([event], ["verb"]),
        lambda _: Head.objects.get().delete(),
    ],
)
def test_the_models_refuse(trail, way):
    with pytest.raises(AppendOnlyError):
        way(trail[0])


def test_no_event_outside_a_transaction(cast, monkeypatch):
    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="transaction of its act"):
        record(by=None, verb="thing done", subject=cast.programme)


@pytest.fixture
def said(trail, cast) -> Event:
    """An event with a reason, and values that it keeps of before and after."""
    return record(by=cast.therapist, verb="set", subject=cast.patient, why="was late", values={"1": 2.0})


def test_words_stand_apart_from_the_event(said):
    event = Event.objects.get(pk=said.pk)
    assert (event.why, event.detail) == ("", {})
    assert (event.reason, event.values) == ("was late", {"1": 2.0})
    assert verify().holds


@pytest.mark.parametrize("change", ["why = 'was early'", "salt = ''", "\"values\" = '{}'"])
def test_altered_words_are_found(said, change):
    guard.remove(connection)
    run(f"UPDATE audit_words SET {change}")
    assert kinds() == {"words"}


def test_words_taken_away_are_found_unless_the_patient_was_erased(said, cast):
    run("DELETE FROM audit_words")
    assert kinds() == {"words"}
    record(by=None, verb="patient erased", subject=cast.patient)
    assert verify().holds


def test_words_of_a_later_event_are_not_excused_by_an_earlier_erasure(cast):
    record(by=None, verb="patient erased", subject=cast.patient)
    record(by=None, verb="set", subject=cast.patient, why="was late")
    run("DELETE FROM audit_words")
    assert kinds() == {"words"}


def test_an_event_cannot_be_given_words_or_rid_of_them(said):
    guard.remove(connection)
    run("UPDATE audit_event SET words = '' WHERE words <> ''")
    assert "altered" in kinds()


def test_the_database_refuses_to_alter_words(said):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run("UPDATE audit_words SET why = 'x'")
    for way in (Words.objects.all().delete, lambda: Words.objects.update(why=""), said.said.save):
        with pytest.raises(AppendOnlyError):
            way()


def test_floats_and_whole_numbers_digest_alike():
    """PostgreSQL keeps numbers in decimal: 1e20 comes back whole, -0.0 without its sign."""
    same: Iterable[tuple[object, object]] = [(1.0, 1), (1e20, 10**20), (-0.0, 0), ([2.0], (2,))]
    for one, other in same:
        assert chain.canonical([one, ""]) == chain.canonical([other, ""])
    assert chain.canonical([0.1, ""]) != chain.canonical([0.2, ""])


def test_verify_as_a_command(trail, tmp_path):
    command = CliRunner()
    head = command.invoke(main, ["audit", "head"])
    noted = tmp_path / "heads.txt"
    noted.write_text(head.output)
    assert parse(head.output) == Noted(6, trail[-1].digest)
    fine = command.invoke(main, ["audit", "verify", "--noted", str(noted), "--json"])
    assert fine.exit_code == 0
    assert json.loads(fine.output)["holds"] is True
    guard.remove(connection)
    run("DELETE FROM audit_event WHERE sequence = 6")
    bad = command.invoke(main, ["audit", "verify", "--noted", str(noted)])
    assert bad.exit_code == 1
    assert "the trail ends at 5" in bad.output
    assert "noted elsewhere, is not in the trail" in bad.output


def test_a_note_that_is_none_is_refused(db, tmp_path):
    path = tmp_path / "heads.txt"
    path.write_text("12:xyz\n")
    result = CliRunner().invoke(main, ["audit", "verify", "--noted", str(path)])
    assert result.exit_code == 1
    assert "line 1" in result.output
