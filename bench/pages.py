"""Do the lists stay quick with 18,000 patients in one programme? Each page has the same limits.

Server time is the processor time of the whole stack (middleware, session, record of who looked, SQLite,
which works in the same process), without the network: other work on the machine does not count. It is the
median of some visits after a first one, which draws what is kept until a record changes; that one stands
apart, without a limit.
"""

from __future__ import annotations

import datetime
import os
import statistics
import tempfile
import time
from collections.abc import Iterator

import numpy as np

from bench.rows import Row

PATIENTS, MONTHS = 18_000, (0.0, 6.0, 12.0)
#: Patients of one therapist.
CASELOAD = 18
REPEATS = 9
MILLISECONDS, QUERIES = 300.0, 15
BATCH = 2_000


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["ONMODEL_DATA"] = folder
        os.environ["ALLOWED_HOSTS"] = "testserver"
        from onmodel.cli.django import start

        start()
        yield from measured()


def measured() -> Iterator[Row]:
    from django.core.management import call_command
    from django.urls import reverse

    call_command("migrate", verbosity=0)
    people = programme_with_patients()
    for who, name, address in (
        ("manager", "programme", reverse("programme", args=["large"])),
        ("manager", "all patients", reverse("patients", args=["large"])),
        ("manager", "signals", reverse("signals", args=["large"])),
        ("manager", "the inbox", reverse("inbox")),
        ("manager", "the inbox, for others", f"{reverse('inbox')}?part=team"),
        ("therapist", "caseload", reverse("patients", args=["large"])),
    ):
        yield from page(people[who], f"{name}, seen by a {who}", address)


def programme_with_patients():
    """A programme of that many patients, each measured; its manager and one of its therapists."""
    from django.utils import timezone

    from onmodel.accounts.models import User
    from onmodel.patients.models import Involvement, Patient, Treatment
    from onmodel.programmes.models import Membership, Organisation, Programme, Team
    from onmodel.signals.models import Signal

    organisation = Organisation.objects.create(name="Large", slug="large")
    programme = Programme.objects.create(
        organisation=organisation, name="Large", slug="large", pack="mbt", format="day_hospital"
    )
    people = {role: User.objects.create(username=role, name=role) for role in ("manager", "therapist")}
    began = timezone.localdate() - datetime.timedelta(days=400)
    team = Team.objects.create(programme=programme, name="One", starts_on=began)
    for role, user in people.items():
        Membership.objects.create(
            user=user, organisation=organisation, programme=programme, role=role, starts_on=began
        )
    patients = Patient.objects.bulk_create(
        [Patient(organisation=organisation, pseudonym=f"L-{n:05}") for n in range(PATIENTS)], batch_size=BATCH
    )
    treatments = Treatment.objects.bulk_create(
        [
            Treatment(
                programme=programme,
                patient=patient,
                team=team,
                primary_clinician=people["therapist"],
                referred_on=began,
                started_on=began,
            )
            for patient in patients
        ],
        batch_size=BATCH,
    )
    Involvement.objects.bulk_create(
        [
            Involvement(treatment=treatment, therapist=people["therapist"], starts_on=began)
            for treatment in treatments[:CASELOAD]
        ]
    )
    measure(programme, treatments, began)
    Signal.objects.bulk_create(
        [
            Signal(
                programme=programme,
                subject_kind="treatment",
                treatment=treatment,
                pack="mbt",
                rule="missing_crisis_plan",
                rule_version="1.0.0",
                severity="attention",
                responsible="manager" if number % 2 else "therapist",
                evidence={},
            )
            for number, treatment in enumerate(treatments[::10])
        ],
        batch_size=BATCH,
    )
    return people


def measure(programme, treatments, began: datetime.date) -> None:
    """The symptom form of each patient at each moment, as a score that was entered."""
    from onmodel.assessments.bulk import Forms, store_forms

    random = np.random.default_rng(1)
    for months in MONTHS:
        store_forms(
            Forms(
                programme=programme,
                instrument=programme.definitions.instruments["bsi"],
                respondent="patient",
                treatments=[treatment.pk for treatment in treatments],
                months=[months] * len(treatments),
                answered_on=[began + datetime.timedelta(days=round(months * 30.4))] * len(treatments),
                entered={"GSI": random.uniform(0.2, 3.0, len(treatments)).round(2)},
            ),
            by=None,
        )


def page(user, name: str, address: str) -> Iterator[Row]:
    """Server time and number of queries of the page, once it has been seen before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(user)
    began = time.process_time()
    client.get(address)
    yield Row(f"first visit after a change: {name}", 1000 * (time.process_time() - began), "ms")
    spent = []
    for _ in range(REPEATS):
        began = time.process_time()
        response = client.get(address)
        spent.append(time.process_time() - began)
        if response.status_code != 200:
            raise RuntimeError(f"{name}: the server answered {response.status_code}")
    yield Row(
        f"server time: {name}",
        1000 * statistics.median(spent),
        "ms",
        goal=f"< {MILLISECONDS:g} ms",
        limit=MILLISECONDS,
    )
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    yield Row(f"queries: {name}", len(captured), "queries", goal=f"at most {QUERIES}", limit=QUERIES + 1)
