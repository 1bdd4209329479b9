"""Begin a project, keep its tasks, decide, keep a calculation and what decides its course."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.implementing.inputs import DEMAND, LIMITS, costs_of, demand_of, limits_of
from onmodel.implementing.likeness import asked_of
from onmodel.implementing.models import Calculation, Decision, Judgement, Project, Task
from onmodel.implementing.phases import SETTLED, before_decision, phases_of, task_terms
from onmodel.measurement.feasibility import feasibility
from onmodel.programmes.actions import plan_programme
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.models import Membership, Organisation, Programme
from onmodel.wording.numbers import date_written

LONGEST_TEXT = 4000


@transaction.atomic
def begin_programme(
    *,
    organisation: Organisation,
    name: str,
    pack: str,
    leader: User,
    begun_on: datetime.date,
    by: User,
    format: str = "",
    opens_on: datetime.date | None = None,
    aim: str = "",
) -> Project:
    """Make a programme-to-be and begin its project, or neither.

    Raises ValidationError as `plan_programme` and `keep_project` do.
    """
    programme = plan_programme(
        organisation=organisation, name=name, pack=pack, format=format, leader=leader, by=by
    )
    return keep_project(programme=programme, begun_on=begun_on, opens_on=opens_on, aim=aim, by=by)


@transaction.atomic
def keep_project(
    *,
    programme: Programme,
    begun_on: datetime.date,
    by: User | None,
    opens_on: datetime.date | None = None,
    aim: str = "",
    seen: str | None = None,
) -> Project:
    """Begin the project of a programme, or put right when it began, opens and what it is for.

    Raises ValidationError for an opening that does not lie after the begin, ChangedMeanwhileError where it
    was changed after the person saw `seen` (`project_stamp`).
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    current = Project.objects.filter(programme=programme).first()
    refuse_stale(current, project_stamp(current), seen)
    if opens_on is not None and opens_on <= begun_on:
        shown = {"begin": date_written(begun_on), "open": date_written(opens_on)}
        refused = _("It cannot open on %(open)s when the project begins on %(begin)s.") % shown
        raise ValidationError({"opens_on": refused})
    project = current or Project(programme=programme)
    project.begun_on, project.opens_on, project.aim = begun_on, opens_on, _text(aim)
    project.kept_at, project.kept_by = timezone.now(), by
    project.save()
    if current is None:
        record(by=by, verb="project begun", subject=project)
    else:
        record(by=by, verb="project kept", subject=project)
    return project


def project_stamp(project: Project | None) -> str:
    return stamp(project, ("begun_on", "opens_on", "aim"))


@transaction.atomic
def keep_task(
    *,
    project: Project,
    task: str,
    state: str,
    by: User | None,
    owner: User | None = None,
    due_on: datetime.date | None = None,
    evidence: str = "",
    seen: str | None = None,
) -> Task:
    """Keep whose a task is, by when, how far it is, and what shows it.

    Raises ValidationError for a task that the pack does not list, an owner who does not work there, a task
    that is settled without saying what shows it, and a day before the project began.
    """
    project = _locked(project)
    if task not in task_terms(project.programme):
        raise ValidationError(_("%(task)s is no task of implementing this programme.") % {"task": task})
    current = project.tasks.filter(task=task).first()
    refuse_stale(current, task_stamp(current), seen)
    if state not in Task.State.values:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": state})
    if state in SETTLED and not _text(evidence):
        raise ValidationError({"evidence": _("Say what shows that it is done, or why it is not needed.")})
    if due_on is not None and due_on < project.begun_on:
        shown = {"due": date_written(due_on), "begin": date_written(project.begun_on)}
        refused = _("It cannot be due on %(due)s: the project began on %(begin)s.") % shown
        raise ValidationError({"due_on": refused})
    if owner is not None and not _works_there(owner, project.programme):
        raise ValidationError(_("%(name)s has no role in this programme today.") % {"name": owner.name})
    kept, _made = Task.objects.update_or_create(
        project=project,
        task=task,
        defaults={
            "owner": owner,
            "due_on": due_on,
            "state": state,
            "evidence": _text(evidence),
            "kept_at": timezone.now(),
            "kept_by": by,
        },
    )
    record(by=by, verb="project task kept", subject=project, task=task, state=str(state))
    return kept


def task_stamp(task: Task | None) -> str:
    return stamp(task, ("owner_id", "due_on", "state", "evidence"))


def _works_there(user: User, programme: Programme) -> bool:
    here = Membership.objects.in_force().of_programme(programme)
    return here.filter(user=user).exclude(role="patient").exists()


@transaction.atomic
def decide(
    *,
    project: Project,
    outcome: str,
    taken_by: str,
    taken_on: datetime.date,
    ground: str,
    by: User | None,
    conditions: str = "",
) -> Decision:
    """Record that somebody decided, on which ground; an earlier decision stays to be read.

    Raises ValidationError where it is not said who decided and why, a go on conditions names none, the day
    is to come or before the project began, and the same was recorded for that day.
    """
    project = _locked(project)
    if outcome not in Decision.Outcome.values:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": outcome})
    if not _text(taken_by) or not _text(ground):
        raise ValidationError(_("Say who decided, and on which ground."))
    if outcome == Decision.Outcome.GO_IF and not _text(conditions):
        raise ValidationError({"conditions": _("Say on which conditions.")})
    _check_day(project, taken_on)
    if project.decisions.filter(outcome=outcome, taken_on=taken_on).exists():
        shown = {"day": date_written(taken_on)}
        refused = _("This decision of %(day)s is recorded already; nothing was changed.") % shown
        raise ValidationError({"taken_on": refused})
    before = before_decision(phases_of(project.programme, project))
    decision = Decision.objects.create(
        project=project,
        outcome=outcome,
        taken_by=_text(taken_by)[:200],
        taken_on=taken_on,
        ground=_text(ground),
        conditions=_text(conditions),
        done=sum(phase.settled for phase in before),
        asked=sum(len(phase.steps) for phase in before),
        kept_by=by,
    )
    record(by=by, verb="project decided", subject=project, outcome=outcome, taken_on=taken_on)
    return decision


def _check_day(project: Project, day: datetime.date) -> None:
    shown = {"day": date_written(day), "begin": date_written(project.begun_on)}
    if day > timezone.localdate():
        refused = _("%(day)s is still to come; record the decision once it was taken.") % shown
        raise ValidationError({"taken_on": refused})
    if day < project.begun_on:
        refused = _("The project began on %(begin)s; it was not decided on %(day)s.") % shown
        raise ValidationError({"taken_on": refused})


@transaction.atomic
def keep_calculation(
    *, project: Project, inputs: Mapping[str, Any], by: User | None, note: str = ""
) -> Calculation:
    """Keep what was put into the calculator. Sent again unchanged, the kept one stands.

    Raises ValidationError for what the calculator refuses.
    """
    project = _locked(project)
    given = {name: list(inputs[name]) for name in (*DEMAND, *LIMITS) if name in inputs}
    given["costs"] = [dict(one) for one in inputs.get("costs", [])]
    try:
        feasibility(demand_of(given), limits_of(given))
        costs_of(given)
    except (KeyError, TypeError, ValueError) as error:
        raise ValidationError(_("This cannot be calculated: %(why)s") % {"why": error}) from None
    latest = project.calculations.first()
    if latest is not None and latest.inputs == given and latest.note == _text(note)[:300]:
        return latest
    kept = Calculation.objects.create(project=project, inputs=given, note=_text(note)[:300], kept_by=by)
    record(by=by, verb="feasibility calculated", subject=project)
    return kept


@transaction.atomic
def judge(*, project: Project, present: Mapping[str, bool | None], by: User | None) -> int:
    """Say of determinants that they are there, are not, or are not known (None); how many were changed.

    Factors that experts named and no determinant stands for are asked as well.

    Raises ValidationError for one that the pack does not list.
    """
    project = _locked(project)
    listed = {term.id for terms in asked_of(project.programme.definitions) for term in terms}
    if unknown := sorted(set(present) - listed):
        raise ValidationError(_("%(what)s is no determinant.") % {"what": ", ".join(unknown)})
    said = dict(project.judgements.values_list("determinant", "present"))
    changed = {id_: value for id_, value in present.items() if id_ not in said or said[id_] != value}
    for id_, value in changed.items():
        Judgement.objects.update_or_create(
            project=project,
            determinant=id_,
            defaults={"present": value, "kept_at": timezone.now(), "kept_by": by},
        )
    if changed:
        record(by=by, verb="determinants judged", subject=project, n=len(changed))
    return len(changed)


def _locked(project: Project) -> Project:
    programme = Programme.objects.select_for_update().get(pk=project.programme_id)
    current = Project.objects.get(pk=project.pk)
    current.programme = programme
    return current


def _text(words: str) -> str:
    return words.replace("\0", "").strip()[:LONGEST_TEXT]
