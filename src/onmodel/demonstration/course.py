"""Fill plans with words, and write referrals and parts of the programme. All of it is invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from django.utils import timezone

from onmodel.demonstration.careers import Career
from onmodel.demonstration.caseload import BATCH, Caseload
from onmodel.patients.models import Treatment
from onmodel.process.models import Part, Plan, Referral
from onmodel.process.terms import entries

#: Sources of referral and how many of a hundred come from each.
SOURCES = {"mental_health": 48, "gp": 30, "crisis_service": 9, "own_organisation": 8, "hospital": 5}
#: What stands in every version of a plan; a later version adds what `LATER` holds.
WORDS = {
    "crisis_plan": {
        "cp_parts.own_action": "Put the telephone away, go outside, walk to the park and back.",
        "cp_parts.for_professional": "I get quiet before it goes wrong. Ask what happened just before.",
        "cp_parts.can_and_cannot": "A talk of half an hour the same day. No medication by telephone.",
        "cp_parts.helped_before": "Somebody who stays with me until it is less; cold water.",
        "cp_parts.contacts": "My sister, my therapist; the crisis service and my doctor hold this plan.",
        "cp_stages.stage_0.states": "Calm, I know what I want today.",
        "cp_stages.stage_0.signs": "I answer messages, I joke.",
        "cp_stages.stage_1.name": "Restless",
        "cp_stages.stage_1.states": "Tense, sure that the other is angry with me.",
        "cp_stages.stage_1.signs": "Short answers, I cancel things.",
        "cp_stages.stage_1.helps": "Asking what the other thinks; walking.",
        "cp_stages.stage_1.by_whom": "Myself, my sister",
        "cp_stages.stage_2.name": "Shut off",
        "cp_stages.stage_2.states": "Empty, nothing matters.",
        "cp_stages.stage_2.signs": "I do not come, I do not answer.",
        "cp_stages.stage_2.helps": "Calling, and calling again. Come by.",
        "cp_stages.stage_2.avoid": "Asking why. Leaving me alone for the evening.",
        "cp_stages.stage_2.by_whom": "My sister, the team",
        "cp_stages.stage_3.states": "I only want it to stop.",
        "cp_stages.stage_3.signs": "I say goodbye to people.",
        "cp_stages.stage_3.helps": "Stay with me, call the crisis service.",
        "cp_stages.stage_3.avoid": "Touching me without asking.",
        "cp_stages.stage_3.by_whom": "Whoever is there",
    },
    "treatment_plan": {
        "tp_understanding": "When somebody is late I am sure to be dropped, and I drop them first.",
        "tp_goals.engagement.words": "Come also on days on which I am angry, and say so.",
        "tp_goals.engagement.components": ["individual", "group"],
        "tp_goals.self_damage.words": "Use the plan before I hurt myself.",
        "tp_goals.self_damage.components": ["individual"],
        "tp_goals.function.words": "Keep one friendship through a quarrel.",
        "tp_goals.function.components": ["group"],
        "tp_agreements": "We look back every three months.",
    },
}
LATER = {
    "crisis_plan": {"cp_parts.helped_before": "Somebody who stays with me; cold water; music, loud."},
    "treatment_plan": {"tp_agreements": "We look back every three months, with my sister there."},
}


def fill_plans(caseload: Caseload) -> None:
    """Before they are written: words, why the version was written, and the agreement of both."""
    versions: Counter[tuple[object, str]] = Counter()
    released = timezone.now()
    for plan in caseload.parts:
        if not isinstance(plan, Plan):
            continue
        first = not versions[plan.treatment_id, plan.kind]
        versions[plan.treatment_id, plan.kind] += 1
        plan.occasion = "first" if first else "review"
        plan.content = {**WORDS.get(plan.kind, {}), **({} if first else LATER.get(plan.kind, {}))}
        plan.patient_agreed_on = plan.team_agreed_on = plan.agreed_on
        plan.released_at = released


def write_course(caseload: Caseload, rng: np.random.Generator) -> int:
    """A referral of each treatment and, of those that began, the parts of the programme; how many rows."""
    referrals = [
        _referral(treatment, career, rng)
        for treatment, career in zip(caseload.treatments, caseload.careers, strict=True)
    ]
    parts = [
        part
        for treatment, career in zip(caseload.treatments, caseload.careers, strict=True)
        for part in _parts(treatment, career)
    ]
    Referral.objects.bulk_create(referrals, batch_size=BATCH)
    Part.objects.bulk_create(parts, batch_size=BATCH)
    return len(referrals) + len(parts)


def _referral(treatment: Treatment, career: Career, rng: np.random.Generator) -> Referral:
    criteria = entries(treatment.programme.definitions, "selection_criteria")
    shares = np.array(list(SOURCES.values())) / sum(SOURCES.values())
    source = str(rng.choice(list(SOURCES), p=shares))
    seen = career.oriented_on
    return Referral(
        treatment=treatment,
        source=source,
        criteria={term.id: True for term in criteria} if seen else {},
        decision=Referral.Decision.ACCEPTED if seen else "",
        decided_on=seen,
        assigned_on=seen,
    )


def _parts(treatment: Treatment, career: Career) -> Iterator[Part]:
    """Individual and group therapy, from start to end."""
    if career.started_on is None:
        return
    for component in ("individual", "group"):
        yield Part(
            treatment=treatment,
            component=component,
            starts_on=career.started_on,
            ends_on=career.ended_on,
        )
