"""Does a patient's form answer quickly and weigh little? The limits are those that a phone can bear.

Server time is that of the whole stack (middleware, session, record of who looked), without the
network, as the median of many requests. Weight is before compression, with style, script and mark.
"""

from __future__ import annotations

import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.rows import Row

PATIENTS = 60
REPEATS = 25
MILLISECONDS, KILOBYTES = 100.0, 150.0


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        os.environ["ONMODEL_DATA"] = folder
        os.environ["ALLOWED_HOSTS"] = "testserver"
        from onmodel.cli.django import start

        start()
        yield from measured()


def measured() -> Iterator[Row]:
    from django.urls import reverse

    phone, forms = patient_with_forms()
    weights = {"/my/code/": weight(phone.fresh.get("/my/code/"))}
    yield timed("what is due", lambda: phone.get(reverse("my-start")))
    for length, form in forms.items():
        page = reverse("my-form", args=[form.pk])
        phone.post(page)
        weights[f"a question in {length}"] = weight(phone.get(page, {"at": 2}))
        yield timed(f"a question in {length}", lambda page=page: phone.get(page, {"at": 2}))
        yield timed(f"an answer in {length}", Answering(phone, form))
    for name, size in weights.items():
        yield Row(f"weight: {name}", size / 1000, "KB", goal=f"< {KILOBYTES:g} KB", limit=KILOBYTES)


def patient_with_forms():
    """A simulated patient's browser, and the shortest and the longest form that can be asked."""
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from onmodel.assessments.models import Assignment
    from onmodel.demonstration.load import load_demonstration
    from onmodel.forms.wording import can_be_asked, questions
    from onmodel.patient_access.actions import make_access
    from onmodel.patients.models import Treatment

    call_command("migrate", verbosity=0)
    today = timezone.localdate()
    load_demonstration(today=today, patients=PATIENTS, seed=1)
    treatment = Treatment.objects.filter(started_on__isnull=False, ended_on__isnull=True).first()
    programme = treatment.programme
    found = {
        len(questions(one, "en")): one
        for one in programme.definitions.instruments.values()
        if can_be_asked(one, simulated=True) and any(asked.choices for asked in questions(one, "en"))
    }
    forms = {
        f"a form of {n}": Assignment.objects.create(
            programme=programme,
            subject_kind="treatment",
            treatment=treatment,
            pack=programme.pack,
            instrument=found[n].id,
            instrument_version=found[n].version,
            respondent="patient",
            occasion="bench",
            opens_on=today,
            due_on=today,
            closes_on=today,
            status=Assignment.Status.OPEN,
        )
        for n in (min(found), max(found))
    }
    phone = Client()
    phone.fresh = Client()
    _access, code = make_access(treatment=treatment, kind="code", by=None)
    phone.post("/my/code/", {"code": code})
    return phone, forms


class Answering:
    """Another answer to the first question each time, as the page's script sends it."""

    def __init__(self, phone, form) -> None:
        from django.urls import reverse

        from onmodel.forms.wording import questions

        asked = questions(form.programme.definitions.instruments[form.instrument], "en")
        chosen = next(question for question in asked if len(question.choices) > 1)
        self.phone, self.address = phone, reverse("my-form-answers", args=[form.pk])
        self.item, self.values = chosen.item, [choice.value for choice in chosen.choices[:2]]
        self.n = 0

    def __call__(self):
        self.n += 1
        answers = [{"item": self.item, "value": self.values[self.n % 2], "age": 0, "seconds": 2.5}]
        return self.phone.post(self.address, {"answers": answers}, content_type="application/json")


def timed(name: str, work: Callable) -> Row:
    spent = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        response = work()
        spent.append(time.perf_counter() - began)
        if response.status_code != 200:
            raise RuntimeError(f"{name}: the server answered {response.status_code}")
    middle = 1000 * statistics.median(spent)
    return Row(f"server time: {name}", middle, "ms", goal=f"< {MILLISECONDS:g} ms", limit=MILLISECONDS)


def weight(page) -> int:
    """The bytes of the page and of everything that it names."""
    static = Path(__file__).parents[1] / "src" / "onmodel" / "web" / "static"
    named = set(re.findall(r'(?:href|src)="/static/([^"]+)"', page.text))
    return len(page.content) + sum((static / name).stat().st_size for name in named)
