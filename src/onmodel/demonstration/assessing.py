"""Entries of the assessment and words on checks. All of it is invented; the profile gets better with time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np

from onmodel.checklists.models import AttestedCheck
from onmodel.checklists.standing import CLINICAL_PROCESS
from onmodel.demonstration.careers import Career
from onmodel.demonstration.caseload import BATCH, Caseload
from onmodel.packs.pack import Pack
from onmodel.patients.models import Treatment
from onmodel.process.assessment.parts import missing, questions
from onmodel.process.models import AssessmentEntry

YEAR = datetime.timedelta(days=365)
#: How often a part is there, and at most how many days after the start.
PARTS = {
    "diagnosis": (0.97, 10),
    "risk": (0.94, 14),
    "mentalizing_profile": (0.85, 30),
    "relationships": (0.8, 40),
    "substance": (0.85, 20),
    "medication": (0.82, 25),
    "living": (0.75, 40),
    "home_visit": (0.55, 60),
}
#: How often a person said so; which no record tells.
SAID = {"information": (0.9, "Leaflet given at the intake"), "contract": (0.85, "Signed, in the paper file")}
WORDS = {
    "diagnosis": {
        "dg_formal": "Borderline personality disorder; depression, in part remitted.",
        "dg_method": "interview",
        "dg_instrument": "SCID-5-PD",
        "dg_by": "Psychologist of the team",
    },
    "risk": {
        "rk_history.suicide_attempt.ever": "past",
        "rk_history.suicide_attempt.when": "Once, four years ago",
        "rk_history.suicide_attempt.severity": "Pills; a night in hospital",
        "rk_history.suicide_attempt.helped": "A friend who came at once",
        "rk_history.self_harm.ever": "now",
        "rk_history.self_harm.when": "Every few weeks, after quarrels",
        "rk_history.self_harm.severity": "Shallow cuts",
        "rk_history.self_harm.helped": "Cold water, going outside",
        "rk_history.aggression.ever": "past",
        "rk_history.substance_risk.ever": "never",
        "rk_before": "Somebody does not answer, and that means: I do not matter.",
        "rk_commitment": "Leaves when it gets close; two earlier treatments ended that way.",
    },
    "relationships": {
        "rl_people.0.who": "Sister",
        "rl_people.0.time": "now",
        "rl_people.0.involvement": "much",
        "rl_people.0.form": "Calls every day",
        "rl_people.0.processes": "She knows best; then silence for days",
        "rl_people.0.desired_change": "To disagree and stay in touch",
        "rl_people.0.behaviours": "Saying what hurts before hanging up",
        "rl_people.1.who": "Partner",
        "rl_people.1.time": "now",
        "rl_people.1.involvement": "much",
        "rl_people.1.form": "Together for two years, on and off",
        "rl_people.1.processes": "Tests whether he stays",
        "rl_people.1.desired_change": "Less fear when he is away",
        "rl_people.1.behaviours": "Asking instead of testing",
        "rl_people.2.who": "Mother",
        "rl_people.2.time": "past",
        "rl_people.2.involvement": "some",
        "rl_people.2.form": "Lived with her until sixteen",
        "rl_people.2.processes": "Looked after her when she drank",
        "rl_people.3.who": "Neighbour",
        "rl_people.3.time": "now",
        "rl_people.3.involvement": "little",
        "rl_people.3.form": "Feeds the cat; coffee now and then",
        "rl_tracers": "May leave the group before the group can leave her.",
    },
    "substance": {
        "su_now": "Wine at weekends, four or five glasses.",
        "su_history": "Cannabis daily between 17 and 20; not since.",
        "su_context": "Alone, after a quarrel by telephone.",
    },
    "medication": {
        "md_now": "Sertraline 100 mg, from the general practitioner.",
        "md_judged": "Helps the mood a little; no side effects.",
        "md_plan": "As it is; looked at again in three months.",
        "md_by": "Psychiatrist of the team",
    },
    "living": {
        "lv_home": "A room of her own in a shared flat.",
        "lv_money": "Benefit; a debt with the health insurer, paid off monthly.",
        "lv_days": "Volunteers two mornings a week.",
    },
    "home_visit": {"hv_by": "Nurse of the team", "hv_found": "Tidy, dark; the letters unopened on a pile."},
}
#: Of a hundred marks how many are strong, weak, not seen: at the start, and a year later.
MARKS = {0: (0.15, 0.5, 0.35), 1: (0.4, 0.45, 0.15)}


def write_assessments(caseload: Caseload, rng: np.random.Generator) -> int:
    """Of each treatment that began the parts that were done, and what people said; how many rows."""
    entries, said = [], []
    for treatment, career in zip(caseload.treatments, caseload.careers, strict=True):
        if career.started_on is not None:
            until = career.ended_on or caseload.today
            entries += _entries(treatment, career.started_on, until, rng)
            said += _said(treatment, career, until, rng)
    AssessmentEntry.objects.bulk_create(entries, batch_size=BATCH)
    AttestedCheck.objects.bulk_create(said, batch_size=BATCH)
    return len(entries) + len(said)


def _entries(
    treatment: Treatment, started: datetime.date, until: datetime.date, rng: np.random.Generator
) -> Iterator[AssessmentEntry]:
    pack = treatment.programme.definitions
    for part, (share, latest) in PARTS.items():
        day = started + datetime.timedelta(days=int(rng.integers(0, latest)))
        if rng.random() > share or day > until:
            continue
        content = _content(pack, part, 0, rng)
        if part == "diagnosis" and rng.random() < share:
            content["dg_discussed"] = day.isoformat()
        yield _entry(treatment, part, day, content)
        if part == "mentalizing_profile" and day + YEAR <= until:
            yield _entry(treatment, part, day + YEAR, _content(pack, part, 1, rng))


def _entry(treatment: Treatment, part: str, day: datetime.date, content: dict[str, str]) -> AssessmentEntry:
    return AssessmentEntry(
        treatment=treatment,
        part=part,
        assessed_on=day,
        content=content,
        is_complete=not missing(treatment.programme.definitions, part, content),
        kept_by=treatment.primary_clinician,
    )


def _content(pack: Pack, part: str, year: int, rng: np.random.Generator) -> dict[str, str]:
    return _profile(pack, year, rng) if part == "mentalizing_profile" else dict(WORDS[part])


def _profile(pack: Pack, year: int, rng: np.random.Generator) -> dict[str, str]:
    """Marks by chance, positions that come nearer to the balance."""
    content: dict[str, str] = {}
    for question in questions(pack, "mentalizing_profile"):
        for field in question.fields():
            values = [value for value, _label in field.choices]
            if field.ends:
                content[field.key] = str(int(rng.integers(-2 + year, 2 - year, endpoint=True)))
            elif len(values) == len(MARKS[year]):
                content[field.key] = str(rng.choice(values, p=MARKS[year]))
            elif values:
                content[field.key] = str(rng.choice(values))
    content["mz_evidence.others_opaqueness.example"] = "“Perhaps she was just tired; I never asked.”"
    content["mz_stress"] = "Holds with the sister; gone as soon as the partner is late."
    return content


def _said(
    treatment: Treatment, career: Career, until: datetime.date, rng: np.random.Generator
) -> Iterator[AttestedCheck]:
    for check, (share, words) in SAID.items():
        if rng.random() <= share and career.started_on is not None and career.started_on <= until:
            yield AttestedCheck(
                treatment=treatment,
                checklist=CLINICAL_PROCESS,
                check_id=check,
                done_on=career.started_on,
                words=words,
                said_by=treatment.primary_clinician,
            )
