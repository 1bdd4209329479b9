"""Is the nightly look at every rule done within a minute for 18,000 treatments, and linear in them?

One programme with that many treatments under way, each with a year's record: plans, phases, contacts,
sessions with attendance, forms with scores. Measured is what the night does for it (`monitoring.run.look`):
each rule of the pack, the courses fitted anew, and the signals brought in line. The first night opens all
signals; the second finds them again. Beside it stands the same with a third of the treatments, in the same
run: what takes three times as long for three times as many is linear.
"""

from __future__ import annotations

import datetime
import os
import tempfile
import time
from collections.abc import Iterator

from bench.rows import Row

TREATMENTS = 18_000
PART = 3
SECONDS = 60.0
#: Three times as many may take this much more than three times as long.
MORE_THAN_LINEAR = 1.3
SESSIONS = 12
BATCH = 2_000


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["ONMODEL_DATA"] = folder
        from onmodel.cli.django import start

        start()
        yield from measured()


def measured() -> Iterator[Row]:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    few = programme_of(TREATMENTS // PART, "few")
    many = programme_of(TREATMENTS, "many")
    for night in ("first", "second"):
        less, _signals = nightly(few)
        spent, signals = nightly(many)
        yield Row(
            f"the {night} night, every rule, {TREATMENTS:,} treatments, {signals:,} signals",
            spent,
            "s",
            goal=f"< {SECONDS:g} s",
            limit=SECONDS,
        )
        ratio = spent / less / PART
        yield Row(
            f"the {night} night, against {PART} times a {PART}rd of them",
            ratio,
            "x",
            goal=f"at most {MORE_THAN_LINEAR:g} (linear is 1)",
            limit=MORE_THAN_LINEAR,
        )
    spent, queries = clocks_alone(many)
    yield Row(f"the clocks alone, {TREATMENTS:,} treatments, {queries} queries", spent, "s")


def nightly(programme) -> tuple[float, int]:
    """Seconds of this process for one night, and the signals that are open then."""
    from onmodel.monitoring.run import look
    from onmodel.signals.models import Signal

    began = time.process_time()
    look(programme=programme)
    spent = time.process_time() - began
    return spent, Signal.objects.unsettled().filter(programme=programme).count()


def clocks_alone(programme) -> tuple[float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from onmodel.clocks.record import Record
    from onmodel.clocks.rules import clock_of, clock_rules, readings

    began = time.process_time()
    with CaptureQueriesContext(connection) as captured:
        record = Record(programme, timezone.localdate())
        for rule in clock_rules(programme):
            clock = clock_of(record, rule)
            if clock is not None:
                list(readings(record, clock))
    return time.process_time() - began, len(captured)


def programme_of(treatments: int, slug: str):
    """A programme of so many treatments; one in ten lacks a plan, one in twenty was not reached."""
    from django.utils import timezone

    from bench.pages import measure
    from onmodel.accounts.models import User
    from onmodel.patients.models import Patient, Treatment
    from onmodel.programmes.models import Organisation, Programme, Team

    organisation = Organisation.objects.create(name=slug, slug=slug)
    programme = Programme.objects.create(organisation=organisation, name=slug, slug=slug, pack="mbt")
    clinician = User.objects.create(username=slug, name=slug)
    began = timezone.localdate() - datetime.timedelta(days=365)
    team = Team.objects.create(programme=programme, name="One", starts_on=began)
    patients = Patient.objects.bulk_create(
        [Patient(organisation=organisation, pseudonym=f"{slug}-{n:05}") for n in range(treatments)],
        batch_size=BATCH,
    )
    made = Treatment.objects.bulk_create(
        [
            Treatment(
                programme=programme,
                patient=patient,
                team=team,
                primary_clinician=clinician,
                referred_on=began - datetime.timedelta(days=30),
                oriented_on=began - datetime.timedelta(days=10),
                started_on=began,
            )
            for patient in patients
        ],
        batch_size=BATCH,
    )
    measure(programme, made, began)
    record(made, began)
    sessions(programme, team, made, began)
    return programme


def record(treatments, began: datetime.date) -> None:
    """Plans, the main phase, and calls that reached nobody."""
    from onmodel.outreach.models import Contact
    from onmodel.patients.models import Phase
    from onmodel.process.models import Plan

    agreed = began + datetime.timedelta(days=20)
    plans = [
        Plan(treatment=treatment, kind=kind, made_on=agreed, agreed_on=agreed)
        for n, treatment in enumerate(treatments)
        for kind in ("crisis_plan", "treatment_plan")
        if n % 10
    ]
    Plan.objects.bulk_create(plans, batch_size=BATCH)
    Phase.objects.bulk_create(
        [Phase(treatment=treatment, kind="main", starts_on=agreed) for treatment in treatments],
        batch_size=BATCH,
    )
    called = began + datetime.timedelta(days=300)
    Contact.objects.bulk_create(
        [
            Contact(treatment=treatment, kind="telephone", outcome="no_answer", happened_on=called)
            for treatment in treatments[::20]
        ],
        batch_size=BATCH,
    )


def sessions(programme, team, treatments, began: datetime.date) -> None:
    """A session a month of groups of nine, each patient there four times in five."""
    from onmodel.programmes.models import Group
    from onmodel.sessions.models import Attendance, Session

    group = Group.objects.create(team=team, name="Group", starts_on=began)
    held = Session.objects.bulk_create(
        [
            Session(
                programme=programme,
                team=team,
                group=group,
                kind=Session.Kind.GROUP,
                component="group",
                held_on=began + datetime.timedelta(days=28 * (n % SESSIONS)),
            )
            for n in range(SESSIONS * (len(treatments) // 9))
        ],
        batch_size=BATCH,
    )
    Attendance.objects.bulk_create(
        [
            Attendance(session=held[place], treatment=treatment, present=(n + month) % 5 > 0)
            for n, treatment in enumerate(treatments)
            for month in range(SESSIONS)
            if (place := SESSIONS * (n // 9) + month) < len(held)
        ],
        batch_size=BATCH,
    )
