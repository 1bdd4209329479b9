"""The pages of the course: read in one line, kept step by step."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from onmodel.patients.models import Treatment
from onmodel.process.course.actions import take_part

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 3)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_one_patient_from_referral_to_the_end_on_the_pages(cast):
    client = signed_in(cast.supervisor)

    def keep(treatment, step: str, **given) -> None:
        answer = client.post(reverse("course-step", args=[treatment.pk, step]), given)
        assert answer.status_code == 302, answer.content.decode()

    day = {"referred_on": DAY, "source": "gp", "pseudonym": "P-4000", "team": cast.team.pk}
    assert client.post(reverse("waiting", args=[cast.programme.slug]), day).status_code == 302
    one = Treatment.objects.get(patient__pseudonym="P-4000")
    waiting = client.get(reverse("waiting", args=[cast.programme.slug])).content.decode()
    assert "P-4000" in waiting
    assert "nothing yet" in waiting
    keep(one, "referral", source="gp", oriented_on="2025-03-20", **{"criterion-age": "yes"})
    keep(one, "assign", team=cast.team.pk, primary_clinician=cast.therapist.pk, assigned_on="2025-03-21")
    keep(one, "offer", kind="introduction", starts_on="2025-03-22")
    assert (
        "Introductory course" in client.get(reverse("waiting", args=[cast.programme.slug])).content.decode()
    )
    keep(one, "phase", kind="initial", starts_on="2025-04-14")
    keep(one, "part", component="group", starts_on="2025-04-14")
    keep(one, "follow-up", kind="banked", sessions=6, starts_on="2025-09-01")
    end = {"kind": "completed", "ground": "as_planned", "reason": "As agreed."}
    keep(one, "end", ended_on="2025-10-01", decided_by=[cast.therapist.pk], **end)
    text = client.get(reverse("course", args=[one.pk])).content.decode()
    for words in (
        "Ended on 1 Oct 2025: Completed.",
        "Tess Therapist",
        "0 of 6",
        "6 left",
        "General practitioner",
    ):
        assert words in text, words


def test_a_referral_that_was_kept_stands_in_its_form(cast):
    client, address = signed_in(cast.therapist), reverse("course-step", args=[cast.treatment.pk, "referral"])
    client.post(address, {"source": "gp", "criterion-age": "no", "note": "By letter."})
    form = client.get(address).context["form"]
    assert form.initial["source"] == "gp"
    assert form.initial["criterion-age"] == "no"
    assert (
        "not met: The age lies within"
        in client.get(reverse("course", args=[cast.treatment.pk])).content.decode()
    )


def test_an_end_before_the_start_is_refused_on_the_page(cast):
    answer = signed_in(cast.therapist).post(
        reverse("course-step", args=[cast.treatment.pk, "end"]),
        {
            "ended_on": "2024-12-31",
            "kind": "completed",
            "ground": "as_planned",
            "reason": "As agreed.",
            "decided_by": [cast.therapist.pk],
        },
    )
    assert answer.status_code == 422
    assert "lies before the start of treatment" in answer.content.decode()


def test_who_ends_a_treatment_and_the_own_access_with_it_goes_home(cast):
    address = reverse("course-step", args=[cast.treatment.pk, "end"])
    day = datetime.date.today() - datetime.timedelta(days=1)
    given = {"ended_on": day, "kind": "completed", "ground": "as_planned", "reason": "Done."}
    answer = signed_in(cast.therapist).post(address, {**given, "decided_by": [cast.therapist.pk]})
    assert answer.url == reverse("home")


def test_a_part_is_ended_and_a_step_that_there_is_not_is_not_found(cast):
    client = signed_in(cast.therapist)
    part = take_part(treatment=cast.treatment, component="group", starts_on=DAY, by=cast.therapist)
    address = reverse("course-stop", args=[cast.treatment.pk, "part", part.pk])
    assert client.post(address, {"ends_on": "2025-05-01"}).status_code == 302
    part.refresh_from_db()
    assert part.ends_on == datetime.date(2025, 5, 1)
    assert client.get(reverse("course-step", args=[cast.treatment.pk, "dance"])).status_code == 404
    assert client.get(reverse("course-stop", args=[cast.treatment.pk, "dance", 1])).status_code == 404


def test_the_line_is_a_picture_with_its_words(cast):
    text = signed_in(cast.therapist).get(reverse("treatment", args=[cast.treatment.pk])).content.decode()
    assert 'role="img" aria-label="' in text
    assert "Start of treatment" in text
    assert "style=" not in text.partition("timeline-drawing")[2].partition("</svg>")[0]
