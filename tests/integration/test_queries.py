"""How many queries a page takes: bounded, and no more for fifty patients than for ten."""

import datetime
from types import SimpleNamespace

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.monitoring.run import look
from onmodel.patients.models import Treatment
from onmodel.sessions.models import Session
from onmodel.signals.models import Signal
from tests.factories import InvolvementFactory, PatientFactory, TreatmentFactory
from tests.pirs import drafted_pir, frozen_pir

pytestmark = pytest.mark.django_db
START = datetime.date(2025, 1, 1)
SLUG = "day-hospital"
END = datetime.date(2025, 12, 31)

#: Page, by whom -> the most queries that it may take.
PAGES = {
    ("/", "manager"): 20,
    ("/", "therapist"): 20,
    ("/", "assistant"): 20,
    ("/signals/", "therapist"): 15,
    ("/signals/", "manager"): 15,
    ("/signals/?part=team", "supervisor"): 15,
    ("/signals/?part=seen", "manager"): 15,
    (f"/programmes/{SLUG}/", "manager"): 15,
    (f"/programmes/{SLUG}/patients/", "manager"): 15,
    (f"/programmes/{SLUG}/patients/", "therapist"): 15,
    (f"/programmes/{SLUG}/signals/", "manager"): 15,
    (f"/programmes/{SLUG}/questions/", "supervisor"): 30,
    (f"/programmes/{SLUG}/worklist/", "assistant"): 20,
    (f"/programmes/{SLUG}/worklist/", "therapist"): 20,
    (f"/programmes/{SLUG}/completeness/", "manager"): 20,
    (f"/programmes/{SLUG}/schedules/", "manager"): 20,
    (f"/programmes/{SLUG}/reminders/", "manager"): 20,
    ("CONTACTS", "therapist"): 20,
    ("SCHEDULE", "therapist"): 20,
    (f"/programmes/{SLUG}/requirements/", "manager"): 20,
    (f"/programmes/{SLUG}/requirements/req_05_team_size/", "manager"): 20,
    (f"/programmes/{SLUG}/report/?start=2025-01-01&end=2025-12-31", "manager"): 88,
    (f"/programmes/{SLUG}/integrity/", "manager"): 60,
    (f"/programmes/{SLUG}/criteria/", "manager"): 25,
    (f"/programmes/{SLUG}/consensus/", "manager"): 20,
    (f"/programmes/{SLUG}/lists/programme_requirements/", "manager"): 30,
    (f"/programmes/{SLUG}/reports/", "supervisor"): 15,
    (f"/programmes/{SLUG}/reports/over-the-years/", "manager"): 20,
    ("PIR", "supervisor"): 30,
    ("/desk/", "expert"): 20,
    (f"/programmes/{SLUG}/compare/?date=2024-12-01&spanning=start", "manager"): 20,
    (f"/programmes/{SLUG}/sessions/", "supervisor"): 20,
    (f"/programmes/{SLUG}/events/", "manager"): 20,
    (f"/programmes/{SLUG}/requirements/over-time/", "manager"): 20,
    (f"/programmes/{SLUG}/staffing/", "manager"): 30,
    (f"/programmes/{SLUG}/staffing/keep/", "manager"): 30,
    (f"/programmes/{SLUG}/staffing/forecast/", "manager"): 20,
    (f"/programmes/{SLUG}/signs/", "manager"): 25,
    (f"/programmes/{SLUG}/supervision/", "supervisor"): 30,
    (f"/programmes/{SLUG}/supervision/", "manager"): 25,
    (f"/programmes/{SLUG}/supervision/supervisors/", "expert"): 25,
    (f"/programmes/{SLUG}/adherence/", "supervisor"): 25,
    (f"/programmes/{SLUG}/self-check/", "therapist"): 20,
    ("TEAM", "manager"): 25,
    ("TREATMENT", "manager"): 55,
    ("COURSE", "manager"): 35,
    ("PLANS", "therapist"): 25,
    ("REVIEWS", "therapist"): 25,
    ("CRISIS", "therapist"): 20,
    ("DAYS", "therapist"): 30,
    (f"/programmes/{SLUG}/day/", "therapist"): 20,
    (f"/programmes/{SLUG}/waiting/", "manager"): 20,
    (f"/programmes/{SLUG}/crisis-plans/", "therapist"): 20,
    (f"/programmes/{SLUG}/checklist/", "supervisor"): 40,
    ("TREATMENT", "supervisor"): 75,
    ("ASSESSMENT", "therapist"): 20,
    ("CHECKLIST", "therapist"): 40,
    ("SIGNAL", "manager"): 20,
    ("PATIENT", "patient_user"): 20,
    ("TOGETHER", "supervisor"): 30,
    ("TOGETHER", "patient_user"): 30,
    (f"/programmes/{SLUG}/sharing/", "manager"): 20,
    (f"/programmes/{SLUG}/partners/", "manager"): 20,
    (f"/programmes/{SLUG}/implementing/", "manager"): 20,
}


def fill(cast: SimpleNamespace, patients: int) -> None:
    """So many patients, each measured twice by two forms, with the signals that follow."""
    while (had := cast.programme.treatments.count()) < patients:
        patient = PatientFactory(organisation=cast.organisation, pseudonym=f"Q-{had}")
        treatment = TreatmentFactory(
            programme=cast.programme, patient=patient, team=cast.team, primary_clinician=cast.therapist
        )
        InvolvementFactory(treatment=treatment, therapist=cast.therapist)
        hold(cast, treatment)
    treatments = list(cast.programme.treatments.filter(assignments__isnull=True))
    for months, score in ((0.0, 1.2), (6.0, 2.4)):
        for instrument, scale in (("bsi", "GSI"), ("sipp118", "SELF_CONTROL")):
            measure(cast.programme, treatments, months, instrument, scale, score)
    look(programme=cast.programme)
    if not cast.programme.pirs.exists():
        frozen_pir(cast.programme, cast.supervisor, cast.manager, recommends="Hire two")
        drafted_pir(cast.programme, cast.supervisor, start=datetime.date(2025, 7, 1), end=END)


def hold(cast: SimpleNamespace, treatment: Treatment) -> None:
    """A session of each patient."""
    session = Session.objects.create(
        programme=cast.programme,
        team=cast.team,
        kind="individual",
        component="individual",
        held_on=START,
    )
    session.given_by.create(therapist=cast.therapist)
    session.attendances.create(treatment=treatment)


def measure(programme, treatments: list[Treatment], months: float, instrument: str, scale: str, score: float):
    store_forms(
        Forms(
            programme=programme,
            instrument=programme.definitions.instruments[instrument],
            respondent="patient",
            treatments=[t.pk for t in treatments],
            months=[months] * len(treatments),
            answered_on=[START + datetime.timedelta(days=round(months * 30.4))] * len(treatments),
            entered={scale: np.linspace(score, score + 0.8, len(treatments))},
        ),
        by=None,
    )


def queries(cast: SimpleNamespace, page: str, who: str) -> list[str]:
    """What one visit asks of the database, the second time that the page is looked at."""
    signal = Signal.objects.filter(programme=cast.programme, treatment__isnull=False).first()
    address = {
        "TREATMENT": f"/treatments/{cast.treatment.pk}/",
        "CONTACTS": f"/treatments/{cast.treatment.pk}/contacts/",
        "SCHEDULE": f"/treatments/{cast.treatment.pk}/schedule/",
        "TEAM": f"/programmes/{SLUG}/teams/{cast.team.pk}/",
        "COURSE": f"/treatments/{cast.treatment.pk}/course/",
        "REVIEWS": f"/treatments/{cast.treatment.pk}/reviews/",
        "PLANS": f"/treatments/{cast.treatment.pk}/plans/",
        "ASSESSMENT": f"/treatments/{cast.treatment.pk}/assessment/",
        "CHECKLIST": f"/treatments/{cast.treatment.pk}/checklist/",
        "DAYS": f"/treatments/{cast.treatment.pk}/days/",
        "CRISIS": f"/treatments/{cast.treatment.pk}/crisis-plan/",
        "PIR": f"/pirs/{cast.programme.pirs.first().pk}/",
        "PATIENT": f"/treatments/{cast.treatment.pk}/",
        "TOGETHER": f"/treatments/{cast.treatment.pk}/progress/",
        "SIGNAL": f"/signals/{signal.pk}/" if signal else "/",
    }.get(page, page)
    client = Client()
    client.force_login(getattr(cast, who))
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize(("page", "who"), PAGES)
def test_a_page_takes_as_many_queries_for_ten_patients_as_for_fifty(cast, page: str, who: str) -> None:
    fill(cast, 10)
    few = queries(cast, page, who)
    fill(cast, 50)
    many = queries(cast, page, who)
    assert len(many) <= len(few), "\n".join(sorted(set(many) - set(few)))
    assert len(many) <= PAGES[page, who], "\n".join(many)
