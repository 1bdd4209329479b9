"""A decision holds everywhere at once, and its history stays."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from onmodel.audit.models import Event
from onmodel.consent.actions import add_text, decide
from onmodel.consent.models import Consent, allowed, allows
from onmodel.consent.purposes import ALLOWED_UNTIL_REFUSED, Purpose
from onmodel.consent.texts import text_in_force
from onmodel.outcomes.comparison import compare, outcomes_of
from onmodel.outcomes.periods import ByCohort
from onmodel.packs.base import Text
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.reports.pir import programme_implementation_report
from tests.factories import ProgrammeFactory
from tests.integration.test_pir import START, fill_with_trial

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(cast):
    """Keep a decision of the cast's patient."""

    def record(purpose, decision, day=None, **more):
        return decide(
            patient=cast.patient,
            programme=cast.programme,
            purpose=purpose,
            decision=decision,
            method="paper",
            decided_on=day,
            by=cast.therapist,
            **more,
        )

    return record


@pytest.mark.parametrize("purpose", Purpose)
def test_without_a_word_only_what_the_treatment_rests_on_is_allowed(cast, purpose):
    assert allows(cast.patient, purpose) is (purpose in ALLOWED_UNTIL_REFUSED)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        (["given"], True),
        (["refused"], False),
        (["given", "withdrawn"], False),
        (["refused", "given"], True),
        (["given", "withdrawn", "given"], True),
    ],
)
def test_the_latest_decision_counts(cast, record, purpose, decisions, expected):
    for decision in decisions:
        record(purpose, decision)
    assert allows(cast.patient, purpose) is expected
    treatments = Treatment.objects.filter(allowed(purpose))
    assert (cast.treatment in treatments) is expected
    assert Consent.objects.filter(purpose=purpose).count() == len(decisions)


def test_each_decision_has_its_event_with_the_text_it_was_made_upon(cast, record):
    record(Purpose.RESEARCH, "given", datetime.date(2026, 1, 5))
    event = Event.objects.get(verb="consent given")
    assert event.detail == {"purpose": "research", "decided_on": "2026-01-05", "text": "generic 1.0.0"}


def test_a_decision_is_never_changed_or_removed(cast, record):
    consent = record(Purpose.RESEARCH, "given")
    consent.decision = "refused"
    for attempt in (consent.save, consent.delete, Consent.objects.all().delete):
        with pytest.raises(TypeError):
            attempt()
    with pytest.raises(TypeError):
        Consent.objects.update(decision="refused")


@pytest.mark.parametrize(
    ("decision", "days", "message"),
    [
        ("given", 1, "future"),
        ("withdrawn", 0, "no consent to withdraw"),
        ("perhaps", 0, "not one of"),
    ],
)
def test_what_cannot_be_is_refused(cast, record, decision, days, message):
    with pytest.raises(ValidationError, match=message):
        record(Purpose.RESEARCH, decision, timezone.localdate() + datetime.timedelta(days=days))
    assert not Consent.objects.exists()


def test_a_decision_from_before_the_latest_is_refused(cast, record):
    record(Purpose.RESEARCH, "refused", datetime.date(2026, 2, 1))
    with pytest.raises(ValidationError, match="later decision"):
        record(Purpose.RESEARCH, "given", datetime.date(2026, 1, 1))


def test_who_saw_another_state_is_told(cast, record):
    first = record(Purpose.RESEARCH, "given", seen=0)
    with pytest.raises(ChangedMeanwhileError) as caught:
        record(Purpose.RESEARCH, "refused", seen=0)
    assert caught.value.current == first


def test_the_nearest_text_holds(cast):
    today = timezone.localdate()
    default = text_in_force(cast.programme, Purpose.RESEARCH, today)
    assert (default.source, default.version) == ("generic", "1.0.0")
    words = {"purpose": Purpose.RESEARCH, "organisation": cast.organisation, "by": cast.manager}
    add_text(version="1", english="House rules", dutch="Huisregels", **words)
    assert text_in_force(cast.programme, Purpose.RESEARCH, today).source == "riverside"
    add_text(version="7", english="Ours", dutch="Van ons", programme=cast.programme, **words)
    own = text_in_force(cast.programme, Purpose.RESEARCH, today)
    assert (own.source, own.version, own.words) == ("day-hospital", "7", Text(en="Ours", nl="Van ons"))
    assert text_in_force(cast.other_programme, Purpose.RESEARCH, today) == default


def test_an_objection_leaves_the_report_and_the_report_says_so(cast):
    programme = ProgrammeFactory()
    fill_with_trial(programme)
    end = START + datetime.timedelta(days=400)
    before = programme_implementation_report(programme, START, end).as_dict()
    treatment = programme.treatments.first()
    decide(
        patient=treatment.patient,
        programme=programme,
        purpose=Purpose.QUALITY_MONITORING,
        decision="refused",
        method="spoken",
        by=None,
    )
    after = programme_implementation_report(programme, START, end).as_dict()
    assert "1 patient objected" not in str(before)
    assert "1 patient objected" in str(after)
    assert "of 100 patients" in str(before)
    assert "of 99 patients" in str(after)


def test_an_objection_leaves_comparisons(cast):
    programme = ProgrammeFactory()
    fill_with_trial(programme)
    treatments = programme.treatments.all()
    treatments.update(cohort="one")
    programme.treatments.filter(pk__in=list(treatments.values_list("pk", flat=True)[:50])).update(
        cohort="two"
    )

    def compared() -> int:
        found = compare(
            programme.treatments.all(),
            ByCohort("one", "two"),
            outcomes=outcomes_of(programme),
            until=START + datetime.timedelta(days=400),
        )
        return sum(found.outcomes[0].patients.values())

    before = compared()
    decide(
        patient=programme.treatments.first().patient,
        programme=programme,
        purpose=Purpose.QUALITY_MONITORING,
        decision="refused",
        method="spoken",
        by=None,
    )
    assert compared() == before - 1


def test_staff_record_and_the_patient_withdraws(cast, client):
    url = reverse("consent", args=[cast.treatment.pk, "research"])
    client.force_login(cast.therapist)
    said = {"decision": "given", "decided_on": "2026-01-05", "method": "paper", "seen": "0"}
    assert client.post(url, said).status_code == 302
    assert allows(cast.patient, Purpose.RESEARCH)
    client.force_login(cast.patient_user)
    assert "Research" in client.get(reverse("treatment", args=[cast.treatment.pk])).text
    latest = cast.patient.consents.get()
    assert client.post(url, {"decision": "refused", "seen": latest.pk}).status_code == 302
    withdrawn = cast.patient.consents.first()
    assert (withdrawn.decision, withdrawn.method) == ("withdrawn", "digital")
    assert not allows(cast.patient, Purpose.RESEARCH)


def test_of_two_people_the_second_is_told(cast, client):
    url = reverse("consent", args=[cast.treatment.pk, "benchmark"])
    said = {"decided_on": "2026-01-05", "method": "paper", "seen": "0"}
    client.force_login(cast.therapist)
    client.post(url, {**said, "decision": "refused"})
    client.force_login(cast.supervisor)
    answer = client.post(url, {**said, "decision": "given", "decided_on": "2026-01-06"})
    assert answer.status_code == 409
    assert "2026-01-06" in answer.text
    assert "No, it is not allowed" in answer.text
    assert cast.patient.consents.count() == 1
    latest = cast.patient.consents.get()
    assert f'value="{latest.pk}"' in answer.text
    again = {**said, "decision": "given", "decided_on": "2026-01-06", "seen": latest.pk}
    assert client.post(url, again).status_code == 302
    assert allows(cast.patient, Purpose.BENCHMARK)


def test_an_unknown_purpose_is_not_found(cast, client):
    client.force_login(cast.therapist)
    assert client.get(reverse("consent", args=[cast.treatment.pk, "marketing"])).status_code == 404
