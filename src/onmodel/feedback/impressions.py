"""The therapist's own impression of change: asked before the scores of a measurement are shown."""

from __future__ import annotations

import datetime
from enum import StrEnum

from django.db.models import Max, Q
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.measurement.change import Outcome
from onmodel.patients.models import Treatment, led_by

INSTRUMENT, ITEM, WORDS = "therapist_impression", "change", "where"
NO_CHANGE = 4


class Agreement(StrEnum):
    """How an impression and the verdict of the scores go together."""

    SAME = "same"
    APART = "apart"
    UNKNOWN = "unknown"


def works_in(user: User, treatment: Treatment) -> bool:
    """Whether the user treats this patient today: by an own part in it, or by leading the group."""
    if not user.is_authenticated:
        return False
    own = treatment.involvements.in_force().filter(therapist=user).exists()
    if own or treatment.primary_clinician_id == user.pk:
        return True
    return treatment.group_places.in_force().filter(group__in=led_by(user, timezone.localdate())).exists()


def latest_measurement(treatment: Treatment) -> datetime.date | None:
    """The day of the patient's latest answers to a form that hangs on a moment."""
    filled = treatment.assignments.filter(respondent="patient", months__isnull=False)
    return filled.aggregate(day=Max("answered_on"))["day"]


def impressions_of(treatment: Treatment) -> list[Assignment]:
    """Those given before the scores of a measurement, oldest first, with their answers."""
    given = treatment.assignments.filter(instrument=INSTRUMENT, respondent="therapist")
    looked = given.filter(~Q(occasion=""), respondent_user__isnull=False, answered_on__isnull=False)
    return list(looked.select_related("respondent_user").prefetch_related("answers").order_by("occasion"))


def looked_at(user: User, treatment: Treatment) -> datetime.date | None:
    """The latest measurement of which this user gave an impression."""
    own = treatment.assignments.filter(
        instrument=INSTRUMENT, respondent_user=user, answered_on__isnull=False
    ).exclude(occasion="")
    latest = own.aggregate(latest=Max("occasion"))["latest"]
    return measured_on(latest) if latest else None


def measured_on(occasion: str) -> datetime.date | None:
    """The measurement that an impression is about; its occasion is that day."""
    try:
        return datetime.date.fromisoformat(occasion)
    except ValueError:
        return None


def impression_due(user: User, treatment: Treatment) -> datetime.date | None:
    """The measurement of which this user has to give an impression first; None where there is none."""
    if INSTRUMENT not in treatment.programme.definitions.instruments or not works_in(user, treatment):
        return None
    latest = latest_measurement(treatment)
    if latest is None:
        return None
    known = looked_at(user, treatment)
    return latest if known is None or known < latest else None


def value_of(impression: Assignment) -> int | None:
    """From 1 (much worse) to 7 (much better); None where the therapist could not say."""
    answer = next((a for a in impression.answers.all() if a.item == ITEM), None)
    return int(answer.value) if answer is not None and answer.value is not None else None


def words_of(impression: Assignment) -> str:
    return next((a.text for a in impression.answers.all() if a.item == WORDS), "")


def agreement(value: int | None, verdict: Outcome | None) -> Agreement:
    """Whether an impression and the scores say the same.

    A little better or worse goes with "unchanged": less than measurement error explains can be seen.
    """
    if value is None or verdict is None:
        return Agreement.UNKNOWN
    fits = {
        Outcome.RECOVERED: value > NO_CHANGE,
        Outcome.IMPROVED: value > NO_CHANGE,
        Outcome.UNCHANGED: abs(value - NO_CHANGE) <= 1,
        Outcome.DETERIORATED: value < NO_CHANGE,
    }
    return Agreement.SAME if fits[verdict] else Agreement.APART
