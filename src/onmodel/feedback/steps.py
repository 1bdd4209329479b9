"""The support steps that a pack's rule offers for its signals."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from onmodel.packs.standards import Term
from onmodel.signals.models import Signal


def steps_for(signal: Signal) -> tuple[Term, ...]:
    """The steps of the term list that the rule names; none where it names none."""
    rule = signal.definition
    name = str(rule.settings.get("steps", "")) if rule else ""
    listed = signal.programme.definitions.terms.get(name)
    return listed.terms if listed else ()


def step_named(signal: Signal, step_id: str) -> Term:
    """ValidationError for a step that the rule does not offer."""
    step = next((step for step in steps_for(signal) if step.id == step_id), None)
    if step is None:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": step_id})
    return step
