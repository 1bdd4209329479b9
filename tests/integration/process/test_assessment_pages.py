"""The pages of the assessment and of the checklist, as staff fill and read them."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.checklists.models import AttestedCheck
from onmodel.process.assessment.actions import keep_entry
from onmodel.process.models import AssessmentEntry
from tests.factories import TreatmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 3)
LATER = datetime.date(2026, 3, 3)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, name: str, *arguments: object, query: str = "") -> str:
    answer = client.get(reverse(name, args=arguments) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def profile(cast, day: datetime.date, mark: str, position: str) -> AssessmentEntry:
    content = {
        "mz_evidence.others_opaqueness.mark": mark,
        "mz_evidence.others_opaqueness.example": "I never asked her",
        "mz_dimensions.self_other": position,
        "mz_pattern": "centralized",
    }
    return keep_entry(
        treatment=cast.treatment,
        part="mentalizing_profile",
        assessed_on=day,
        content=content,
        by=cast.therapist,
    )


def test_a_part_is_filled_in_and_read_on_its_pages(cast):
    client, pk = signed_in(cast.therapist), cast.treatment.pk
    assert text(client, "assessment", pk).count("Not yet") >= 8
    address = reverse("assessment-keep", args=[pk, "risk"])
    form = client.get(address).context["form"]
    data = {
        "seen": form.initial["seen"],
        "assessed_on": DAY,
        "found-rk_history.self_harm.ever": "now",
        "found-rk_history.self_harm.helped": "Cold water",
        "found-rk_commitment": "Mornings are hard",
    }
    assert client.post(address, data).status_code == 302
    page = text(client, "assessment-part", pk, "risk")
    assert "Cold water" in page
    assert "Still missing:" in page  # a mark for each of the four kinds is asked
    assert client.post(address, data).status_code == 302  # sent twice: kept once
    assert AssessmentEntry.objects.count() == 1
    late = client.post(address, {**data, "found-rk_commitment": "Something else"})
    assert late.status_code == 409
    assert "Mornings are hard" in late.content.decode()
    assert "Mornings are hard" in text(client, "assessment-keep", pk, "risk")


def test_a_wrong_form_keeps_what_was_filled_in(cast):
    client, address = signed_in(cast.therapist), reverse("assessment-keep", args=[cast.treatment.pk, "risk"])
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    answer = client.post(address, {"assessed_on": tomorrow, "found-rk_commitment": "Mornings are hard"})
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()
    assert "Mornings are hard" in answer.content.decode()


def test_two_profiles_stand_in_one_picture(cast):
    client, pk = signed_in(cast.supervisor), cast.treatment.pk
    first, last = profile(cast, DAY, "weak", "-2"), profile(cast, LATER, "strong", "0")
    page = text(client, "assessment-part", pk, "mentalizing_profile")
    assert page.count('class="evidence-weak"') == page.count('class="evidence-strong"') == 1
    assert "far to self" in page  # the table behind the picture
    assert "I never asked her" in page
    alone = text(client, "assessment-part", pk, "mentalizing_profile", query=f"?entry={first.pk}")
    assert 'class="evidence-strong"' not in alone
    both = text(
        client, "assessment-part", pk, "mentalizing_profile", query=f"?entry={first.pk}&with={last.pk}"
    )
    assert 'class="evidence-strong"' in both
    text(client, "assessment-part", pk, "mentalizing_profile", query="?entry=x&with=99999999999999999999")


def test_people_stand_around_the_patient_and_in_a_table(cast):
    content = {
        "rl_people.0.who": "A sister whose name is far too long for it",
        "rl_people.0.involvement": "much",
        "rl_people.0.desired_change": "To disagree",
        "rl_people.1.who": "Mother",
        "rl_people.1.time": "past",
    }
    keep_entry(
        treatment=cast.treatment, part="relationships", assessed_on=DAY, content=content, by=cast.therapist
    )
    page = text(signed_in(cast.therapist), "assessment-part", cast.treatment.pk, "relationships")
    assert "2 people around the patient." in page
    assert "near-3" in page
    assert "relations-past" in page
    assert "A sister whose name is far too long for it</th>" in page


def test_the_criteria_of_the_referral_stand_with_the_diagnosis(cast):
    keep_entry(
        treatment=cast.treatment,
        part="diagnosis",
        assessed_on=DAY,
        content={"dg_formal": "Borderline personality disorder"},
        by=cast.therapist,
    )
    page = text(signed_in(cast.therapist), "assessment-part", cast.treatment.pk, "diagnosis")
    assert "The age lies within that of the programme" in page


def test_a_check_is_attested_and_taken_back_on_its_page(cast):
    client, pk = signed_in(cast.therapist), cast.treatment.pk
    assert "0 of 17 checks are done" in text(client, "checklist", pk)
    assert "0 of 17 checks are done" in text(client, "treatment", pk)
    address = reverse("checklist-attest", args=[pk, "contract"])
    assert client.post(address, {"done_on": DAY, "words": ""}).status_code == 422
    assert client.post(address, {"done_on": DAY, "words": "Signed, in the file"}).status_code == 302
    page = text(client, "checklist", pk)
    assert "Signed, in the file (Tess Therapist)" in page
    assert "1 of 17 checks are done" in page
    back = reverse("checklist-take-back", args=[pk, "contract"])
    assert client.post(back).status_code == 302
    assert "0 of 17 checks are done" in text(client, "checklist", pk)
    assert AttestedCheck.objects.get().taken_back_by == cast.therapist
    assert client.get(reverse("checklist-attest", args=[pk, "weather"])).status_code == 404


def test_all_patients_of_a_team_at_once(cast):
    late = cast.treatment
    late.referred_on, late.started_on = DAY, DAY
    late.save()
    fresh = TreatmentFactory(
        programme=cast.programme,
        team=cast.team,
        started_on=timezone.localdate(),
        referred_on=timezone.localdate(),
    )
    elsewhere = TreatmentFactory(programme=cast.programme, team=cast.other_team)
    client, slug = signed_in(cast.supervisor), cast.programme.slug
    page = text(client, "checklists", slug)
    assert late.patient.pseudonym in page
    assert fresh.patient.pseudonym in page
    assert elsewhere.patient.pseudonym not in page
    lacking = text(client, "checklists", slug, query="?only=lacking")
    assert late.patient.pseudonym in lacking
    assert fresh.patient.pseudonym not in lacking
    assert '<span class="visually-hidden">Overdue</span>' in lacking
    assert text(client, "checklists", slug, query=f"?team={cast.team.pk}&page=x")
