"""A review: its agenda from the record, what is written, held, decided, and what the patient reads."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.assessments.models import Score
from onmodel.feedback.agenda import agenda_of
from onmodel.process.absences.actions import log_absence_step
from onmodel.process.models import Decision, Review
from onmodel.process.reviews.actions import (
    Decided,
    Notes,
    discard_review,
    hold_review,
    open_review,
    release_review,
    review_stamp,
    settle_decision,
    write_review,
)
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.sessions.models import Session
from onmodel.wording.numbers import date_written
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db


def ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def prepared(cast, kind: str = "team") -> Review:
    agenda = agenda_of(cast.treatment, language="en", today=timezone.localdate())
    return open_review(treatment=cast.treatment, kind=kind, agenda=agenda, language="en", by=cast.therapist)


def held(cast, kind: str = "team", on: datetime.date | None = None, **said: object) -> Review:
    review = prepared(cast, kind)
    given = {"staff": [cast.therapist], "outcome_used": True, "discussed": {"goals": "Nearer."}}
    if kind == "patient":
        given["patient_present"] = True
    write_review(review=review, notes=Notes(**given | said), by=cast.therapist)
    return hold_review(review=review, held_on=on or timezone.localdate(), by=cast.therapist)


def lines(cast, point: str, language: str = "en") -> str:
    agenda = agenda_of(cast.treatment, language=language, today=timezone.localdate())
    return " ".join(next(row["lines"] for row in agenda if row["point"] == point))


def session(cast, days_ago: int, *, present: bool) -> None:
    one = Session.objects.create(
        programme=cast.programme, kind="individual", component="individual", held_on=ago(days_ago)
    )
    one.attendances.create(treatment=cast.treatment, present=present)


def measured(cast, days_ago: int, months: float, value: float) -> None:
    form = AssignmentFactory(
        treatment=cast.treatment,
        instrument="bsi",
        months=months,
        status="answered",
        answered_on=ago(days_ago),
    )
    Score.objects.create(assignment=form, scale="GSI", value=value, rule="mean")


def test_an_empty_record_says_what_it_does_not_know(cast):
    assert lines(cast, "goals") == "No treatment plan is in force."
    assert lines(cast, "outcome") == "Nothing was measured yet."
    assert lines(cast, "crisis_plan") == "No crisis plan is in force."
    assert lines(cast, "last_decisions") == "This is the first review that is kept here."
    assert lines(cast, "signals") == "No signal is open."
    assert lines(cast, "medication") == "No review of the medication is recorded."
    assert "No session is recorded since" in lines(cast, "attendance")
    assert lines(cast, "outcome", "nl") != lines(cast, "outcome", "en")


def test_the_agenda_is_filled_from_the_record(cast):
    cast.treatment.plans.create(
        kind="treatment_plan",
        made_on=ago(80),
        agreed_on=ago(80),
        content={
            "tp_goals.engagement.words": "Come on angry days too.",
            "tp_goals.engagement.components": ["group"],
        },
    )
    for days in (70, 60):
        cast.treatment.plans.create(kind="crisis_plan", made_on=ago(days), agreed_on=ago(days))
    cast.treatment.incidents.create(
        programme=cast.programme, kind="self_harm", happened_on=ago(9), plan_used=True
    )
    cast.treatment.risk_checks.create(checked_on=ago(8), risk="raised", done="Called.")
    for days, present in ((20, True), (13, False), (6, False)):
        session(cast, days, present=present)
    assert "Come on angry days too." in lines(cast, "goals")
    assert "Used once since, on" in lines(cast, "crisis_plan")
    assert "not updated after that" in lines(cast, "crisis_plan")
    assert "Version 2" in lines(cast, "crisis_plan")
    assert "2 sessions were missed in a row" in lines(cast, "attendance")
    assert "not discussed yet" in lines(cast, "incidents_risk")
    assert "judged on 1 day, more than low on 1" in lines(cast, "incidents_risk")
    assert "Individual therapy: came to 1 of 3." in lines(cast, "plan_adherence")
    assert "Mentalizing group therapy stands in the plan" in lines(cast, "plan_adherence")


def test_the_agenda_tells_the_last_review_of_the_medication(cast):
    for day, now in ((ago(90), "Three kinds"), (ago(60), "One kind, 10 mg")):
        content = {"md_now": now, "md_by": "Psychiatrist of the team"}
        cast.treatment.assessment_entries.create(part="medication", assessed_on=day, content=content)
    words = lines(cast, "medication")
    assert f"Reviewed on {date_written(ago(60))}." in words
    assert "One kind, 10 mg" in words
    assert "Three kinds" not in words
    held(cast, on=ago(50))
    assert f"not since {date_written(ago(50))}" in lines(cast, "medication")


def test_the_change_since_the_last_review_is_judged_by_the_reliable_change(cast):
    """2.0 at the start, 1.9 before the review, 1.0 after it: 0.9 lower than at the review."""
    measured(cast, 200, 0.0, 2.0)
    measured(cast, 60, 6.0, 1.9)
    held(cast, on=ago(50))
    assert "Not measured since the last review." in lines(cast, "outcome")
    measured(cast, 5, 9.0, 1.0)
    words = lines(cast, "outcome")
    assert "Since the last review −0.9 (it was 1.9): reliably better" in words
    assert "n = 3" in words


def test_who_has_an_impression_to_give_first_is_told_no_score(cast):
    measured(cast, 5, 0.0, 2.0)
    told = agenda_of(cast.treatment, language="en", today=timezone.localdate(), impression_due=True)
    assert "2" not in str(next(row["lines"] for row in told if row["point"] == "outcome"))


def test_a_review_is_prepared_once_and_held_once(cast):
    review = prepared(cast)
    assert prepared(cast) == review
    with pytest.raises(ValidationError) as refused:
        hold_review(review=review, held_on=timezone.localdate(), by=cast.therapist)
    assert len(refused.value.messages) == 3
    notes = Notes(staff=[cast.therapist], outcome_used=False, discussed={"goals": "Nearer."})
    write_review(review=review, notes=notes, by=cast.therapist)
    with pytest.raises(ValidationError, match="future"):
        hold_review(review=review, held_on=ago(-1), by=cast.therapist)
    hold_review(review=review, held_on=ago(1), by=cast.therapist)
    with pytest.raises(ValidationError, match="not changed any more"):
        write_review(review=review, notes=notes, by=cast.therapist)
    with pytest.raises(ValidationError, match="not changed any more"):
        discard_review(review=review, by=cast.therapist)
    with pytest.raises(ValidationError, match="lies before the review before it"):
        held(cast, on=ago(2))


def test_a_review_with_the_patient_says_whether_the_patient_was_there(cast):
    with pytest.raises(ValidationError, match="whether the patient was there"):
        held(cast, "patient", patient_present=None)
    assert held(cast, "patient", patient_present=False).is_held


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"discussed": {"weather": "Wet."}}, "weather is no point"),
        ({"discussed": {"goals": "x" * 2_001}}, "at most 2000"),
        ({"decisions": [Decided(what=" ")]}, "no words"),
    ],
)
def test_what_cannot_be_written(cast, said, told):
    with pytest.raises(ValidationError, match=told):
        write_review(review=prepared(cast), notes=Notes(**said), by=cast.therapist)


def test_who_does_not_work_there_decides_nothing(cast):
    notes = Notes(decisions=[Decided(what="Call", owner=cast.outsider)])
    with pytest.raises(ValidationError, match="did not work"):
        write_review(review=prepared(cast), notes=notes, by=cast.therapist)


def test_a_second_writer_is_told(cast):
    review = prepared(cast)
    with pytest.raises(ChangedMeanwhileError):
        write_review(review=review, notes=Notes(), by=cast.therapist, seen="earlier")


def test_decisions_are_settled_and_told_at_the_next_review(cast):
    decided = [Decided(what="Ask the sister", owner=cast.therapist, due_on=ago(-7)), Decided(what="Walk")]
    held(cast, on=ago(30), decisions=decided, next_focus="Trust.")
    first, second = Decision.objects.order_by("pk")
    assert second.by_patient
    with pytest.raises(ValidationError, match="why it was dropped"):
        settle_decision(decision=first, state="dropped", settled_on=ago(2), by=cast.therapist)
    settle_decision(decision=first, state="done", settled_on=ago(2), result="She comes.", by=cast.therapist)
    with pytest.raises(ValidationError, match="already"):
        settle_decision(decision=first, state="done", settled_on=ago(2), by=cast.therapist)
    told = lines(cast, "last_decisions")
    for words in ("done. She comes.", "Walk (the patient)", "nobody said yet", "Trust."):
        assert words in told, words


def test_the_database_keeps_its_own_rules(cast):
    review = held(cast)
    for wrong in (
        {"next_on": review.held_on},
        {"held_on": None, "released_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        review.decisions.create(what="Nobody's")


# --- pages ---
def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form_of(review: Review, **given: object) -> dict[str, object]:
    return {"seen": review_stamp(review), **given}


def test_a_review_on_its_pages(cast):
    client, pk = signed_in(cast.therapist), cast.treatment.pk
    opened = client.post(reverse("review-open", args=[pk, "patient"]))
    review = Review.objects.get()
    address = reverse("review-edit", args=[pk, review.pk])
    assert opened.url == address
    page = client.get(address).content.decode()
    assert "No treatment plan is in force." in page
    script = client.post(
        address, form_of(review, **{"point-goals": "Nearer"}), headers={"Accept": "application/json"}
    )
    assert script.json()["problems"] == []
    review.refresh_from_db()
    assert review.discussed == {"goals": "Nearer"}
    unsaid = client.post(address, form_of(review, do="hold", held_on=timezone.localdate()))
    assert unsaid.status_code == 422
    assert "Say who of the staff was there." in unsaid.content.decode()
    review.refresh_from_db()
    given = {
        "point-goals": "Nearer",
        "staff": [cast.therapist.pk],
        "patient_present": "yes",
        "outcome_used": "yes",
        "what-0": "Walk every day",
        "owner-0": "patient",
        "next_focus": "Trust",
        "do": "hold",
        "held_on": timezone.localdate(),
    }
    kept = client.post(address, form_of(review, **given))
    assert kept.url == reverse("review", args=[pk, review.pk])
    text = client.get(reverse("reviews", args=[pk])).content.decode()
    for words in ("Walk every day", "Trust", "Held last on"):
        assert words in text, words
    paper = client.get(reverse("review-agenda", args=[pk, review.pk]))
    assert paper.content.startswith(b"%PDF")
    settled = client.post(
        reverse("review-decision", args=[pk, Decision.objects.get().pk]),
        {"state": "done", "settled_on": timezone.localdate(), "result": "Every day."},
    )
    assert settled.status_code == 302
    assert "Every day." in client.get(reverse("review", args=[pk, review.pk])).content.decode()


def test_a_wrong_form_keeps_what_was_filled_in(cast):
    review = prepared(cast)
    address = reverse("review-edit", args=[cast.treatment.pk, review.pk])
    answer = signed_in(cast.therapist).post(
        address, form_of(review, **{"owner-0": "patient", "next_focus": "Hope"})
    )
    assert answer.status_code == 422
    assert "Say what was decided." in answer.content.decode()
    assert "Hope" in answer.content.decode()


def test_a_second_writer_sees_both_on_the_page(cast):
    review = prepared(cast)
    address = reverse("review-edit", args=[cast.treatment.pk, review.pk])
    stale = form_of(review, next_focus="Mine")
    write_review(review=review, notes=Notes(next_focus="Theirs"), by=cast.supervisor)
    client = signed_in(cast.therapist)
    assert client.post(address, stale, headers={"Accept": "application/json"}).status_code == 409
    answer = client.post(address, stale)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()


def test_the_patient_reads_what_was_released_and_no_more(cast):
    review = held(cast, decisions=[Decided(what="Ask the sister", owner=cast.therapist)])
    client, address = signed_in(cast.patient_user), reverse("reviews", args=[cast.treatment.pk])
    assert "Ask the sister" not in client.get(address).content.decode()
    release_review(review=review, by=cast.therapist)
    text = client.get(address).content.decode()
    assert "Ask the sister" in text
    assert "Nearer." not in text  # what was said stays with those who were there
    assert client.get(reverse("review", args=[cast.treatment.pk, review.pk])).status_code == 404


# --- absences ---
def test_the_ladder_on_the_pages(cast):
    for days in (16, 9):
        session(cast, days, present=False)
    client, slug = signed_in(cast.therapist), cast.programme.slug
    assert "2 sessions in a row since" in client.get(reverse("day", args=[slug])).content.decode()
    address = reverse("days-step", args=[cast.treatment.pk, "absence"])
    given = {"step": "telephone", "happened_on": ago(5), "result": "not_reached"}
    assert client.post(address, given).status_code == 422  # by whom?
    assert client.post(address, given | {"done_by": [cast.therapist.pk]}).status_code == 302
    text = client.get(reverse("days", args=[cast.treatment.pk])).content.decode()
    assert "Next step: Letter" in text
    assert "not reached" in text
    session(cast, 0, present=True)
    assert "Nobody stays away" in client.get(reverse("day", args=[slug])).content.decode()


def test_a_review_is_no_step_of_outreach(cast):
    with pytest.raises(ValidationError, match="with the reviews"):
        log_absence_step(
            treatment=cast.treatment,
            step="review",
            happened_on=ago(1),
            result="sent",
            done_by=[cast.therapist],
            by=cast.therapist,
        )
