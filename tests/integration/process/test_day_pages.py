"""The pages of days: a group at once, what a patient's day holds, what a programme waits for."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.process.models import Call, Incident, TimeOut
from onmodel.sessions.models import Session
from tests.factories import TreatmentFactory

pytestmark = pytest.mark.django_db
FIRST = datetime.date(2025, 1, 1)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_group_is_entered_at_once(cast):
    group = cast.team.groups.create(name="Tuesday", starts_on=FIRST)
    cast.treatment.group_places.create(group=group, starts_on=FIRST)
    client, slug = signed_in(cast.therapist), cast.programme.slug
    assert (
        reverse("group-day", args=[slug, group.pk])
        in client.get(reverse("day", args=[slug])).content.decode()
    )
    name, today = str(cast.treatment.pk), timezone.localdate()
    given = {
        "held_on": today,
        "component": "group",
        "therapists": [cast.therapist.pk],
        f"{name}-present": "on",
        f"{name}-risk": "raised",
        f"{name}-happened": "Spoke of the quarrel.",
        f"{name}-goals": ["function"],
    }
    refused = client.post(reverse("group-day", args=[slug, group.pk]), given)
    assert refused.status_code == 422
    assert "P-1001: The risk is more than low" in refused.content.decode()
    given[f"{name}-done"] = "Went through the plan."
    assert client.post(reverse("group-day", args=[slug, group.pk]), given).status_code == 302
    assert Session.objects.get().held_on == today
    text = client.get(reverse("days", args=[cast.treatment.pk])).content.decode()
    for words in ("Raised", "Went through the plan.", "Spoke of the quarrel.", "Better social"):
        assert words in text, words


def test_a_group_with_a_patient_whom_one_does_not_see_is_not_opened(cast):
    group = cast.team.groups.create(name="Tuesday", starts_on=FIRST)
    for treatment in (cast.treatment, TreatmentFactory(programme=cast.programme, team=cast.other_team)):
        treatment.group_places.create(group=group, starts_on=FIRST)
    address = reverse("group-day", args=[cast.programme.slug, group.pk])
    assert signed_in(cast.therapist).get(address).status_code == 404


def test_a_message_an_incident_and_a_time_out_are_kept_and_closed(cast):
    client, pk, today = signed_in(cast.therapist), cast.treatment.pk, timezone.localdate()

    def keep(name: str, args: list, **given) -> None:
        answer = client.post(reverse(name, args=[pk, *args]), given)
        assert answer.status_code == 302, answer.content.decode()

    keep("days-step", ["call"], came_on=today, about="Cannot come.")
    assert "Cannot come." in client.get(reverse("day", args=[cast.programme.slug])).content.decode()
    keep("days-close", ["call", Call.objects.get().pk], returned_on=today, result="Comes on Tuesday.")
    keep("days-step", ["incident"], kind="self_harm", happened_on=today, plan_used="yes")
    keep("days-close", ["incident", Incident.objects.get().pk], reviewed_on=today, review="The plan worked.")
    alone = {"starts_on": today, "reason": "Violence.", "decided_by": [cast.therapist.pk]}
    refused = client.post(reverse("days-step", args=[pk, "time-out"]), alone)
    assert refused.status_code == 422
    assert "It takes 2 people" in refused.content.decode()
    keep("days-step", ["time-out"], **(alone | {"decided_by": [cast.therapist.pk, cast.supervisor.pk]}))
    keep("days-close", ["time-out", TimeOut.objects.get().pk], ends_on=today)
    text = client.get(reverse("days", args=[pk])).content.decode()
    for words in ("Comes on Tuesday.", "The plan worked.", "Violence."):
        assert words in text, words
    assert client.get(reverse("days-step", args=[pk, "dance"])).status_code == 404
    assert client.get(reverse("days-close", args=[pk, "dance", 1])).status_code == 404
