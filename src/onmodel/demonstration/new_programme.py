"""Write a programme that is still to be: its project half-way, a decision, a calculation, what decides.

All numbers are made up for the simulation; none is a prevalence or a price of anywhere.
"""

from __future__ import annotations

import datetime

from onmodel.accounts.models import User
from onmodel.demonstration.careers import months_before
from onmodel.implementing.actions import decide, judge, keep_calculation, keep_project, keep_task
from onmodel.programmes.models import Organisation, Programme

SLUG = "veldzicht-intensive-outpatient"
NAME = "Veldzicht intensive outpatient, in preparation (simulated)"
BEGUN_MONTHS_AGO, DECIDED_MONTHS_AGO, OPENS_IN = 7.0, 3.5, datetime.timedelta(days=120)
DONE = ("population", "referrals", "requirements_feasible", "funding", "project_plan", "discuss_plan")
ALSO_DONE = ("understand_risks", "agree_monitoring", "decide", "referral_process", "formats_inflow")
UNDER_WAY = ("create_support", "personnel", "recruit_train", "logistics_plan")
EVIDENCE = "Simulated: in the project plan, version 3."
INPUTS = {
    "population": [240_000, 260_000],
    "disorder": [0.8, 1.6],
    "referred": [2, 4],
    "suitable": [40, 60],
    "months": [14, 18],
    "hours": [2.0, 2.6],
    "group": [7, 9],
    "caseload": [18, 18],
    "therapist_hours": [24, 28],
    "team": [4, 9],
    "direct": [60, 65],
    "costs": [
        {"name": "Simulated: rebuilding", "basis": "once", "amount": [20_000, 30_000]},
        {"name": "Simulated: rooms", "basis": "year", "amount": [30_000, 36_000]},
        {"name": "Simulated: training and supervision", "basis": "therapist", "amount": [2_000, 3_000]},
    ],
}
SAID = {
    "broad_support": True,
    "management_behind": True,
    "chosen_together": False,
    "fits_mission": True,
    "strong_leadership": True,
    "enough_patients": False,
    "training_budget": True,
    "staff_chosen": False,
    "no_rivalry": True,
    "expertise": True,
}


def write_new_programme(
    organisation: Organisation, *, manager: User, expert: User, today: datetime.date
) -> Programme:
    """In that organisation, run by its manager with the expert."""
    programme = Programme.objects.create(
        organisation=organisation, name=NAME, slug=SLUG, format="intensive_outpatient", is_simulated=True
    )
    begun = months_before(today, BEGUN_MONTHS_AGO)
    project = keep_project(
        programme=programme,
        begun_on=begun,
        opens_on=today + OPENS_IN,
        aim="Simulated: a second outpatient programme, for the north of the region.",
        by=manager,
    )
    for number, task in enumerate((*DONE, *ALSO_DONE, *UNDER_WAY)):
        due = begun + datetime.timedelta(days=14 * (number + 1))
        state = "under_way" if task in UNDER_WAY else "done"
        evidence = "" if task in UNDER_WAY else EVIDENCE
        keep_task(
            project=project,
            task=task,
            state=state,
            owner=expert if task == "agree_monitoring" else manager,
            due_on=due,
            evidence=evidence,
            by=manager,
        )
    decide(
        project=project,
        outcome="go_if",
        taken_by="Simulated: the board",
        taken_on=months_before(today, DECIDED_MONTHS_AGO),
        ground="Simulated: enough referrals for two groups, and money for training.",
        conditions="Simulated: support within the institution is won before staff are recruited.",
        by=manager,
    )
    keep_calculation(project=project, inputs=INPUTS, note="Simulated numbers, of no real region.", by=expert)
    judge(project=project, present=SAID, by=expert)
    return programme
