"""Write what people attested of the requirements, and what they agreed to do."""

from __future__ import annotations

import datetime

import numpy as np

from onmodel.demonstration.careers import in_trouble, months_before, recovered_on, reorganised_on
from onmodel.demonstration.history import noon
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.followup.models import Action
from onmodel.packs.standards import KnownBy, StandardKind
from onmodel.programmes.actions import record_event
from onmodel.requirements.actions import attest

ATTESTED_KINDS = (StandardKind.REQUIREMENT, StandardKind.RECOMMENDATION)
ATTESTED_MONTHS_AGO = (14.5, 8.5, 2.5)
ATTESTED_MONTHS_AGO_LONG = (38.5, 32.5, 26.5, 20.5, 14.5, 8.5, 2.5)
NOT_KNOWN = 0.15
MET, MET_WHEN_REORGANISED = 0.93, 0.5
EVIDENCE = (
    "Simulated: discussed in the quarterly meeting, see its minutes.",
    "Simulated: the written agreement is in the programme's folder.",
    "Simulated: shown by the rota of the last quarter.",
    "Simulated: checked in a sample of ten records.",
)
#: What was agreed, months ago, and the days that were given for it.
AGREED = (
    ("Invite each referrer of the last year to an information meeting", 9.0, 90),
    ("Ring patients whose half-yearly measure is two weeks late", 5.0, 60),
    ("Plan a recording of an individual session for every therapist", 1.0, 60),
)
AGREED_WHEN_ADRIFT = (
    ("Ask the board for a second MBT therapist in team Kade", 6.0, 60),
    ("Restore weekly team supervision, with cover during leave", 4.0, 45),
    ("Go through all records without an agreed crisis plan", 0.7, 30),
)


def write_attestations(staffed: StaffedProgramme, rng: np.random.Generator, today: datetime.date) -> None:
    """Each half year for the standards that a person attests; some remain unknown."""
    back = ATTESTED_MONTHS_AGO_LONG if staffed.plan.recovered else ATTESTED_MONTHS_AGO
    for standard in staffed.programme.definitions.all_standards():
        if standard.known_by is not KnownBy.ATTESTED or standard.kind not in ATTESTED_KINDS:
            continue
        known, luck = rng.random() > NOT_KNOWN, rng.random()
        days = [months_before(today, months - float(rng.uniform(0.0, 2.0))) for months in back]
        for day in days if known else []:
            met = luck < (MET_WHEN_REORGANISED if in_trouble(staffed.plan, day, today) else MET)
            attest(
                programme=staffed.programme,
                standard=standard.id,
                met=bool(met),
                evidence=EVIDENCE[int(rng.integers(len(EVIDENCE)))],
                by=staffed.supervisor,
                on=day,
            )


def write_actions(staffed: StaffedProgramme, today: datetime.date) -> None:
    """The first is done, the others still to do; in the programme that is adrift one is past its day."""
    agreed = AGREED_WHEN_ADRIFT if staffed.plan.is_adrift else AGREED
    Action.objects.bulk_create(
        _action(staffed, what, months_before(today, months), days, done=number == 0)
        for number, (what, months, days) in enumerate(agreed)
    )


def write_events(staffed: StaffedProgramme, today: datetime.date) -> None:
    """The reorganisation, the colleagues who left in the months after it, and what brought it back."""
    turned, recovered = reorganised_on(staffed.plan, today), recovered_on(staffed.plan, today)
    if turned is None:
        return
    left = max(len(team.left) for team in staffed.teams)
    events = [
        ("reorganisation", turned, "Simulated: two units were joined and hours cut."),
        ("turnover", turned + datetime.timedelta(days=30 * left), "Simulated: colleagues left."),
    ]
    if recovered is not None:
        events.append(("training_for_all", recovered, "Simulated: a booster, and the hours of before."))
    for kind, day, note in events:
        record_event(programme=staffed.programme, kind=kind, happened_on=day, note=note, by=staffed.manager)


def _action(
    staffed: StaffedProgramme, what: str, agreed_on: datetime.date, days: int, *, done: bool
) -> Action:
    due = agreed_on + datetime.timedelta(days=days)
    return Action(
        programme=staffed.programme,
        what=what,
        owner=staffed.supervisor,
        due_on=due,
        agreed_at=noon(agreed_on),
        agreed_by=staffed.manager,
        state=Action.State.DONE if done else Action.State.AGREED,
        settled_on=due if done else None,
        result="Simulated: done as agreed." if done else "",
    )
