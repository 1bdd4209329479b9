"""Write a plan with the patient, agree on it, let the patient read it here, and give it to services."""

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
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan, PlanShare
from onmodel.process.plans.parts import LONGEST, cleaned
from onmodel.process.refusing import refuse_before, refuse_future, refuse_outside
from onmodel.process.terms import known
from onmodel.programmes.changes import refuse_stale, stamp

#: Who agrees to a plan, and where the day of it stands.
PARTIES = {"patient": "patient_agreed_on", "team": "team_agreed_on"}


def plan_stamp(plan: Plan) -> str:
    return stamp(plan, ("content", "occasion", "patient_agreed_on", "team_agreed_on", "released_at"))


@transaction.atomic
def draft_plan(
    *,
    treatment: Treatment,
    kind: str,
    by: User,
    content: Mapping[str, Any] | None = None,
    occasion: str = "",
    made_on: datetime.date | None = None,
) -> Plan:
    """Begin a version: with this content, or else with that of the version before it.

    Only one version of a kind is being written at a time.
    """
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    pack = treatment.programme.definitions
    known(pack, "plan_kinds", kind)
    day = made_on or timezone.localdate()
    refuse_outside(treatment, day)
    versions = treatment.plans.filter(kind=kind)
    if versions.drafts().exists():
        raise ValidationError(_("A version of this plan is being written already; go on with that one."))
    last = versions.order_by("made_on", "pk").last()
    if last is not None:
        refuse_before(day, last.made_on, _("the version before it"))
    occasion = occasion or ("other" if last else "first")
    known(pack, "plan_occasions", occasion)
    if content is None:
        content = last.content if last else {}
    plan = Plan.objects.create(
        treatment=treatment,
        kind=kind,
        occasion=occasion,
        content=_checked(treatment, kind, content),
        made_on=day,
        made_by=by,
    )
    record(by=by, verb="plan begun", subject=plan, kind=kind, occasion=occasion)
    return plan


def _checked(treatment: Treatment, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return cleaned(treatment.programme.definitions, kind, content)
    except KeyError as error:
        raise ValidationError(_("Such a plan has no part %(part)s.") % {"part": error.args[0]}) from error
    except ValueError as error:
        wrong = {"value": error, "longest": LONGEST}
        raise ValidationError(
            _("%(value)s: not a choice, or longer than %(longest)s characters.") % wrong
        ) from error


@transaction.atomic
def edit_plan(
    *, plan: Plan, content: Mapping[str, Any], by: User, occasion: str = "", seen: str | None = None
) -> Plan:
    """Change a version that nobody agreed to yet. ChangedMeanwhileError as in `programmes.changes`."""
    current = _draft(plan)
    refuse_stale(current, plan_stamp(current), seen)
    if occasion:
        known(current.treatment.programme.definitions, "plan_occasions", occasion)
        current.occasion = occasion
    current.content = _checked(current.treatment, current.kind, content)
    current.save(update_fields=["content", "occasion"])
    record(by=by, verb="plan written on", subject=current, kind=current.kind)
    return current


@transaction.atomic
def discard_plan(*, plan: Plan, by: User) -> None:
    """Throw away a version that nobody agreed to yet."""
    current = _draft(plan)
    record(by=by, verb="plan thrown away", subject=current, kind=current.kind)
    current.delete()


@transaction.atomic
def agree_to_plan(*, plan: Plan, party: str, agreed_on: datetime.date, by: User | None) -> Plan:
    """Keep that the patient or the team agreed to this version, and when.

    It is in force once both did. By then it is not changed any more: what changes is a new version.
    """
    current = _locked(plan)
    if party not in PARTIES:
        raise ValidationError(_("Agreed is by the patient or by the team."))
    if getattr(current, PARTIES[party]) is not None:
        raise ValidationError(_("That agreement is kept already."))
    if not current.content:
        raise ValidationError(_("Nothing is written in this plan yet, so nobody can agree to it."))
    refuse_future(agreed_on)
    refuse_before(agreed_on, current.made_on, _("the day on which the plan was written"))
    setattr(current, PARTIES[party], agreed_on)
    days = [current.patient_agreed_on, current.team_agreed_on]
    if all(days):
        current.agreed_on = max(day for day in days if day is not None)
    current.save(update_fields=[PARTIES[party], "agreed_on"])
    record(by=by, verb="plan agreed to", subject=current, kind=current.kind, party=party, on=agreed_on)
    return current


@transaction.atomic
def release_plan(*, plan: Plan, by: User) -> Plan:
    """Let the patient read this version on a phone, from now on."""
    current = _locked(plan)
    if not current.content:
        raise ValidationError(_("Nothing is written in this plan yet."))
    if current.released_at is None:
        current.released_at = timezone.now()
        current.save(update_fields=["released_at"])
        record(by=by, verb="plan released", subject=current, kind=current.kind)
    return current


@transaction.atomic
def share_plan(*, plan: Plan, service: str, shared_on: datetime.date, by: User) -> PlanShare:
    """Keep that a version in force was given to a named service."""
    current = _locked(plan)
    if not service.strip():
        raise ValidationError(_("Name the service that was given the plan."))
    if current.agreed_on is None:
        raise ValidationError(_("Only a plan to which patient and team agreed is given to others."))
    refuse_future(shared_on)
    refuse_before(shared_on, current.agreed_on, _("the agreement on the plan"))
    share = PlanShare.objects.create(
        plan=current, service=service.strip()[:200], shared_on=shared_on, shared_by=by
    )
    record(by=by, verb="plan shared", subject=current, kind=current.kind)
    return share


def _locked(plan: Plan) -> Plan:
    return Plan.objects.select_for_update(of=("self",)).select_related("treatment__programme").get(pk=plan.pk)


def _draft(plan: Plan) -> Plan:
    current = _locked(plan)
    if not current.is_draft:
        raise ValidationError(_("This version was agreed to; write a new one to change it."))
    return current
