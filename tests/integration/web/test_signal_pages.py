"""A signal in the pages: seen, answered by an action, closed with a reason."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from onmodel.followup.models import Action
from onmodel.monitoring.run import look
from onmodel.signals.models import Signal

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 7, 1)


def next_week() -> str:
    return (timezone.localdate() + datetime.timedelta(days=7)).isoformat()


@pytest.fixture
def signal(cast) -> Signal:
    look(programme=cast.programme, on=TODAY)
    return Signal.objects.filter(treatment=cast.treatment).order_by("rule").first()


@pytest.fixture
def supervisor(client, cast):
    client.force_login(cast.supervisor)
    return client


def test_from_seen_to_closed(supervisor, cast, signal):
    supervisor.post(reverse("signal-acknowledge", args=[signal.pk]))
    signal.refresh_from_db()
    assert (signal.state, signal.acknowledged_by) == ("acknowledged", cast.supervisor)
    given = {"what": "Write it on Tuesday", "owner": cast.therapist.pk, "due_on": next_week()}
    supervisor.post(reverse("signal-action", args=[signal.pk]), given)
    signal.refresh_from_db()
    assert signal.state == "acted_upon"
    assert Action.objects.get().owner == cast.therapist
    supervisor.post(reverse("signal-close", args=[signal.pk]), {"note": "plan agreed"})
    signal.refresh_from_db()
    assert (signal.state, signal.closing_note) == ("closed", "plan agreed")
    assert "plan agreed" in supervisor.get(reverse("signal", args=[signal.pk])).content.decode()


def test_an_owner_from_elsewhere_is_no_choice(supervisor, cast, signal):
    given = {"what": "x", "owner": cast.outsider.pk, "due_on": next_week()}
    response = supervisor.post(reverse("signal-action", args=[signal.pk]), given)
    assert response.status_code == 422
    assert not Action.objects.exists()


def test_the_page_says_what_was_found_in_words(supervisor, signal):
    text = supervisor.get(reverse("signal", args=[signal.pk])).content.decode()
    assert "29 Jan 2025" in text  # four weeks after the start on 1 January
    assert "{" not in text.split("<main")[1].split("<script")[0]


def test_closing_asks_why(supervisor, signal):
    assert supervisor.post(reverse("signal-close", args=[signal.pk]), {"note": " "}).status_code == 422
    signal.refresh_from_db()
    assert signal.state == "open"


def test_a_get_changes_nothing(supervisor, signal):
    for name in ("signal-acknowledge", "signal-close", "signal-action"):
        assert supervisor.get(reverse(name, args=[signal.pk])).status_code == 405


def test_an_action_cannot_be_due_on_a_day_that_is_over(supervisor, cast, signal):
    yesterday = (timezone.localdate() - datetime.timedelta(days=1)).isoformat()
    given = {"what": "Write it", "owner": cast.therapist.pk, "due_on": yesterday}
    answer = supervisor.post(reverse("signal-action", args=[signal.pk]), given)
    assert answer.status_code == 422
    assert "This day is over" in answer.content.decode()
    assert not Action.objects.exists()


def test_urgent_signals_stand_first(supervisor, cast, signal):
    when = timezone.now()
    fields = {"programme": cast.programme, "treatment": cast.treatment, "subject_kind": "treatment"}
    fields |= {"pack": "mbt", "rule": "missing_crisis_plan", "rule_version": "1.0.0"}
    for severity, days in (("info", 1), ("urgent", 9), ("attention", 5), ("urgent", 3)):
        opened = when - datetime.timedelta(days=days)
        Signal.objects.create(**fields, key=str(days), severity=severity, opened_at=opened)
    listed = Signal.objects.exclude(key="").exclude(pk=signal.pk).filter(rule="missing_crisis_plan")
    assert [one.key for one in listed.most_severe_first() if one.key.isdigit()] == ["3", "9", "5", "1"]


def test_evidence_reads_as_days_and_names(supervisor, cast):
    found = {
        "instrument": "BSI",
        "scale": "GSI",
        "due": "2026-03-02",
        "moment": 6.0,
        "unit": "people",
        "n": 4,
    }
    one = Signal.objects.create(
        programme=cast.programme,
        treatment=cast.treatment,
        subject_kind="treatment",
        pack="mbt",
        rule="overdue_measure",
        rule_version="1.0.0",
        severity="attention",
        evidence=found,
        latest_evidence=found,
    )
    text = supervisor.get(reverse("signal", args=[one.pk])).content.decode()
    instrument = cast.programme.definitions.instruments["bsi"]
    for shown in (
        "2 Mar 2026",
        "month 6",
        instrument.title.in_("en"),
        instrument.scale("GSI").title.in_("en"),
    ):
        assert shown in text
    assert "2026-03-02" not in text
