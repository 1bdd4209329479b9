"""Write how the symptom forms of the last year were filled: when, on which device, how fast.

In the reorganised programme one therapist's patients answer some forms very fast and some in the therapist's
own browser, so that the supervisor has something to ask. Speeds are assumptions of the simulation.
"""

from __future__ import annotations

import datetime
from hashlib import sha256

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.demonstration.caseload import BATCH
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.forms.models import Sitting, StaffDevice

FORM, ITEMS = "bsi", 53
SECONDS, SPREAD = 4.5, 0.35
HURRIED, FAST, AT_STAFF = 1.2, 6, 4


def write_sittings(staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> int:
    """A sitting of each form of the last year; how many."""
    forms = list(
        Assignment.objects.filter(
            programme=staffed.programme,
            instrument=FORM,
            answered_on__gt=today - datetime.timedelta(days=360),
        )
        .select_related("treatment")
        .order_by("answered_on", "pk")
    )
    sittings = [_sitting(form, SECONDS * float(rng.lognormal(0.0, SPREAD))) for form in forms]
    if staffed.plan.is_adrift and forms:
        _steer(sittings, _busiest(forms))
    Sitting.objects.bulk_create(sittings, batch_size=BATCH)
    return len(sittings)


def _sitting(form: Assignment, seconds: float) -> Sitting:
    noon = datetime.datetime.combine(form.answered_on, datetime.time(12), timezone.get_current_timezone())
    return Sitting(
        assignment=form,
        channel=Sitting.Channel.LINK,
        device=_digest(f"patient {form.treatment_id}"),
        opened_at=noon,
        last_active_at=noon + datetime.timedelta(seconds=seconds * ITEMS),
        finished_at=noon + datetime.timedelta(seconds=seconds * ITEMS),
        active_seconds=seconds * ITEMS,
        item_seconds={str(item + 1): round(seconds, 1) for item in range(ITEMS)},
    )


def _busiest(forms: list[Assignment]) -> User:
    """The clinician with most of the forms."""
    clinicians = [form.treatment.primary_clinician for form in forms if form.treatment.primary_clinician_id]
    return max(clinicians, key=lambda user: (clinicians.count(user), user.pk))


def _steer(sittings: list[Sitting], therapist: User) -> None:
    """Some of the therapist's forms were filled very fast, some in the therapist's browser."""
    device = _digest(f"staff {therapist.pk}")
    StaffDevice.objects.create(user=therapist, device=device)
    own = [s for s in sittings if s.assignment.treatment.primary_clinician_id == therapist.pk]
    for sitting in own[:FAST]:
        sitting.active_seconds = HURRIED * ITEMS
        sitting.item_seconds = dict.fromkeys(sitting.item_seconds, HURRIED)
        sitting.finished_at = sitting.opened_at + datetime.timedelta(seconds=HURRIED * ITEMS)
        sitting.last_active_at = sitting.finished_at
    for sitting in own[-AT_STAFF:]:
        sitting.device = device


def _digest(text: str) -> str:
    return sha256(f"simulated {text}".encode()).hexdigest()
