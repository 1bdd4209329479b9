"""The pages of plans: written by staff, read by the patient once released, by the team in a crisis."""

import datetime
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from onmodel.feedback.actions import agree_on_plan
from onmodel.patient_access.actions import make_access
from onmodel.process.models import Plan
from onmodel.process.plans.actions import draft_plan, release_plan
from onmodel.process.plans.paper import plan_pdf
from tests.cast import member

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 3)
WORDS = {"cp_parts.own_action": "Walk to the river", "cp_stages.stage_1.name": "Restless"}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def plan(cast) -> Plan:
    return draft_plan(
        treatment=cast.treatment, kind="crisis_plan", content=WORDS, made_on=DAY, by=cast.therapist
    )


def in_force(cast, plan: Plan) -> Plan:
    for party in ("patient", "team"):
        plan = agree_on_plan(plan=plan, party=party, agreed_on=DAY, by=cast.therapist)
    return plan


def test_a_plan_is_written_agreed_and_given_on_its_pages(cast):
    client, pk = signed_in(cast.therapist), cast.treatment.pk
    client.post(reverse("plan-begin", args=[pk, "crisis_plan"]))
    plan = cast.treatment.plans.get()
    page = client.get(reverse("plan-edit", args=[pk, plan.pk]))
    data = {"seen": page.context["form"].initial["seen"], "occasion": "first"}
    data["part-cp_parts.own_action"] = "Walk to the river"
    client.post(reverse("plan-edit", args=[pk, plan.pk]), data)
    text = client.get(reverse("plan", args=[pk, plan.pk])).content.decode()
    assert "Walk to the river" in text
    assert "Still missing:" in text
    today = timezone.localdate()
    for party in ("patient", "team"):
        step = reverse("plan-step", args=[pk, plan.pk, "agree"])
        assert client.post(step, {"party": party, "agreed_on": today}).status_code == 302
    step = reverse("plan-step", args=[pk, plan.pk, "share"])
    assert client.post(step, {"service": "Crisis service", "shared_on": today}).status_code == 302
    plan.refresh_from_db()
    assert plan.agreed_on == today
    assert "Crisis service" in client.get(reverse("plan", args=[pk, plan.pk])).content.decode()
    assert client.get(reverse("plan-edit", args=[pk, plan.pk])).status_code == 302


def test_what_is_refused_stays_on_the_page_with_the_reason(cast, plan):
    client = signed_in(cast.therapist)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    step = reverse("plan-step", args=[cast.treatment.pk, plan.pk, "agree"])
    answer = client.post(step, {"party": "team", "agreed_on": tomorrow})
    assert answer.status_code == 422
    assert "lies in the future" in answer.content.decode()


def test_two_versions_stand_side_by_side(cast, plan):
    in_force(cast, plan)
    second = draft_plan(
        treatment=cast.treatment,
        kind="crisis_plan",
        content={"cp_parts.own_action": "Walk to my sister"},
        occasion="used",
        by=cast.therapist,
    )
    address = reverse("plan-compare", args=[cast.treatment.pk, second.pk])
    text = signed_in(cast.therapist).get(address).content.decode()
    assert "<del>the river</del>" in text
    assert "<ins>my sister</ins>" in text
    assert signed_in(cast.therapist).get(address, {"with": "9" * 12}).status_code == 404 or "river" in text


def test_the_patient_reads_only_what_was_released(cast, plan):
    client, pk = signed_in(cast.patient_user), cast.treatment.pk
    assert "Nothing" not in client.get(reverse("plans", args=[pk])).content.decode()
    assert client.get(reverse("plan", args=[pk, plan.pk])).status_code == 404
    assert client.get(reverse("plan-file", args=[pk, plan.pk])).status_code == 404
    release_plan(plan=plan, by=cast.therapist)
    assert "Walk to the river" in client.get(reverse("plan", args=[pk, plan.pk])).content.decode()


def test_the_patient_reads_it_on_a_phone_by_a_code(cast, plan, client):
    release_plan(plan=plan, by=cast.therapist)
    _, code = make_access(treatment=cast.treatment, kind="code", by=cast.therapist)
    client.post(reverse("patient-sign-in"), {"code": code})
    home = client.get(reverse("my-treatment")).content.decode()
    assert reverse("my-plans") in home
    assert reverse("my-plan", args=[plan.pk]) in client.get(reverse("my-plans")).content.decode()
    assert "Walk to the river" in client.get(reverse("my-plan", args=[plan.pk])).content.decode()
    assert client.get(reverse("my-plan-file", args=[plan.pk])).content.startswith(b"%PDF")


def test_anybody_of_the_team_reaches_the_crisis_plan_in_two_clicks_and_nothing_else(cast, plan):
    """Somebody who does not treat the patient: home, crisis plans, the plan."""
    in_force(cast, plan)
    colleague = member(cast.programme, "night", "Noor Night", "therapist", team=cast.team)
    client = signed_in(colleague)
    listed = client.get(reverse("crisis-plans", args=[cast.programme.slug])).content.decode()
    address = reverse("crisis-plan", args=[cast.treatment.pk])
    assert address in listed
    assert "Walk to the river" in client.get(address).content.decode()
    assert client.get(reverse("treatment", args=[cast.treatment.pk])).status_code == 404
    assert client.get(reverse("plans", args=[cast.treatment.pk])).status_code == 404


def test_in_a_crisis_a_draft_is_better_than_nothing_and_says_that_it_is_one(cast, plan):
    client, address = signed_in(cast.therapist), reverse("crisis-plan", args=[cast.treatment.pk])
    text = client.get(address).content.decode()
    assert "Walk to the river" in text
    assert "not agreed by both yet" in text
    plan.delete()
    assert "There is no crisis plan yet" in client.get(address).content.decode()
    cast.treatment.plans.create(kind="crisis_plan", made_on=DAY, agreed_on=DAY)
    assert "kept elsewhere" in client.get(address).content.decode()


def words_on(paper: bytes) -> tuple[int, str]:
    reader = PdfReader(io.BytesIO(paper))
    return len(reader.pages), " ".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_plan_is_printed_on_one_page_however_much_stands_in_it(cast, language):
    long = "To breathe out slowly, and to say aloud where I am. "
    content = {
        f"cp_stages.stage_{n}.{part}": long * 2 for n in range(4) for part in ("helps", "signs", "avoid")
    }
    content |= {f"cp_parts.{part}": long * 4 for part in ("own_action", "for_professional", "contacts")}
    plan = draft_plan(
        treatment=cast.treatment, kind="crisis_plan", content=content, made_on=DAY, by=cast.therapist
    )
    pages, text = words_on(plan_pdf(plan, language))
    assert pages == 1
    assert {"en": "What helps", "nl": "Wat helpt"}[language] in text
    assert {"en": "not agreed by both yet", "nl": "nog niet door beiden"}[language] in " ".join(text.split())


def test_the_patients_copy_holds_the_plan_and_erasing_the_patient_takes_it_along(cast, plan):
    from onmodel.rights.actions import erase_patient, export_patient

    data = export_patient(patient=cast.patient, by=None)
    assert data["treatments"][0]["plans"][0]["content"] == WORDS
    staff = export_patient(patient=cast.patient, treatments=[cast.treatment], whole=False, by=cast.manager)
    assert "plans" not in staff["treatments"][0]
    erase_patient(patient=cast.patient, reason="Asked to.", by=None)
    assert not Plan.objects.exists()
