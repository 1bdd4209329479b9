"""What was measured, and how near the patient finds the goals."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.feedback.agenda.since import Since
from onmodel.feedback.looking import Seen, look_at
from onmodel.feedback.models import Goal, GoalRating
from onmodel.feedback.words import better, change_in_words
from onmodel.measurement.change import Outcome, classify_change
from onmodel.process.plans.parts import goals_in
from onmodel.process.terms import label
from onmodel.wording.numbers import date_written, written

TREATMENT_PLAN = "treatment_plan"


def goals(since: Since) -> Iterator[str]:
    """The goals of the plan in force, and how near the patient found each last."""
    plan = since.in_force.get(TREATMENT_PLAN)
    if plan is None:
        yield _("No treatment plan is in force.")
        return
    worded = goals_in(since.pack, TREATMENT_PLAN, plan.content)
    near = _nearness(since)
    for general, words in worded.items():
        name = label(since.pack, "treatment_goals", general)
        yield ": ".join([name, words]) + near.get(general, "")
    if not worded:
        said = {"day": date_written(plan.agreed_on)}
        yield _("The plan agreed on %(day)s words no goals here.") % said


def _nearness(since: Since) -> dict[str, str]:
    """General goal -> " (...)": the last rating of the goal that makes it the patient's own."""
    until = GoalRating.objects.filter(rated_on__lte=since.today).order_by("rated_on", "pk")
    own = since.treatment.goals.filter(state=Goal.State.OPEN).exclude(general="")
    found = {}
    for goal in own.prefetch_related(Prefetch("ratings", queryset=until)):
        ratings = list(goal.ratings.all())
        if ratings:
            said = {"n": ratings[-1].nearness, "day": date_written(ratings[-1].rated_on)}
            found[goal.general] = " (" + _("%(n)s of 10 on %(day)s") % said + ")"
    return found


def outcome(since: Since) -> Iterator[str]:
    """Each scale that was measured: the latest score, its change since the last review and the start."""
    scales = look_at(since.treatment, today=since.today).scales
    for seen in scales:
        yield " ".join(part for part in (_score(seen), _lately(seen, since), change_in_words(seen)) if part)
    if not scales:
        yield _("Nothing was measured yet.")


def _score(seen: Seen) -> str:
    measured = seen.measured
    return _("%(scale)s: %(score)s on %(day)s (%(better)s; n = %(n)s).") % {
        "scale": f"{seen.instrument.abbreviation} {seen.instrument.scale(seen.scale).title.in_(_language())}",
        "score": written(measured.scores[-1]),
        "day": date_written(measured.days[-1]),
        "better": better(seen),
        "n": seen.n,
    }


def _lately(seen: Seen, since: Since) -> str:
    """The change since the score that was known at the last review; by the scale's own reliable change."""
    if since.last is None:
        return ""
    days, scores = seen.measured.days, seen.measured.scores
    known = [score for day, score in zip(days, scores, strict=True) if day <= since.day]
    if not known or days[-1] <= since.day:
        return _("Not measured since the last review.") if known else ""
    change = classify_change(seen.instrument, seen.scale, known[-1:], scores[-1:])
    verdict, criterion = change.to_list()[0], change.criterion(0)
    said = {"change": _signed(scores[-1] - known[-1]), "before": written(known[-1])}
    if verdict is None or criterion is None:
        return _("Since the last review %(change)s (it was %(before)s).") % said
    words = {
        Outcome.RECOVERED: _("reliably better"),
        Outcome.IMPROVED: _("reliably better"),
        Outcome.UNCHANGED: _("no reliable change"),
        Outcome.DETERIORATED: _("reliably worse"),
    }
    said |= {"verdict": words[verdict], "needed": written(criterion.value)}
    return (
        _(
            "Since the last review %(change)s (it was %(before)s): %(verdict)s, "
            "a change of %(needed)s is needed."
        )
        % said
    )


def _signed(change: float) -> str:
    """With its sign: +0.4, −0.4."""
    return f"+{written(change)}" if change > 0 else written(change)


def _language() -> str:
    return get_language() or "en"
