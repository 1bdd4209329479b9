"""What was kept of the days, the plans and the last review."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count, Q
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.feedback.agenda.since import Since
from onmodel.process.absences.reading import last_runs
from onmodel.process.assessment.parts import questions, written_of
from onmodel.process.models import Decision, Plan
from onmodel.process.plans.parts import structure
from onmodel.process.terms import entries, label
from onmodel.signals.models import Signal
from onmodel.wording.numbers import date_written

CRISIS_PLAN, TREATMENT_PLAN = "crisis_plan", "treatment_plan"
MEDICATION = "medication"


def last_decisions(since: Since) -> Iterator[str]:
    """Those of the last review, and those of earlier ones of which nobody said what came."""
    of_treatment = Decision.objects.filter(
        review__treatment=since.treatment, review__held_on__lte=since.today
    )
    asked = Q(review=since.last) | Q(state=Decision.State.AGREED)
    decisions = list(of_treatment.filter(asked).select_related("owner", "review"))
    if since.last is None:
        yield _("This is the first review that is kept here.")
    elif not decisions:
        yield _("Nothing was decided on %(day)s.") % {"day": date_written(since.day)}
    for one in decisions:
        yield decision_in_words(one)
    if since.last and since.last.next_focus:
        yield _("The focus since then: %(focus)s") % {"focus": since.last.next_focus}


def decision_in_words(one: Decision) -> str:
    """What, by whom, until when, and what became of it."""
    who = _("the patient") if one.owner is None else one.owner.name
    until = _(", until %(day)s") % {"day": date_written(one.due_on)} if one.due_on else ""
    came = {
        Decision.State.AGREED: _("nobody said yet what came of it"),
        Decision.State.DONE: _("done"),
        Decision.State.DROPPED: _("dropped"),
    }[Decision.State(one.state)]
    said = {"what": one.what, "who": who, "until": until, "came": came}
    words = _("%(what)s (%(who)s%(until)s): %(came)s.") % said
    return f"{words} {one.result}" if one.result else words


def plan_adherence(since: Since) -> Iterator[str]:
    """Of each part of the programme how often the patient came; what the plan names and nobody gives."""
    held = since.treatment.attendances.filter(session__held_on__range=(since.day, since.today))
    counted = (
        held.order_by()
        .values_list("session__component")
        .annotate(n=Count("pk"), came=Count("pk", filter=Q(present=True)))
    )
    takes = {part.component for part in since.treatment.parts.in_force(since.today)}
    given = {component: (came, n) for component, n, came in counted}
    wanted = _wanted(since)
    for component in _ordered(since, {*takes, *given, *wanted}):
        name = label(since.pack, "therapy_components", component)
        if component in given:
            came, n = given[component]
            yield _("%(part)s: came to %(came)s of %(n)s.") % {"part": name, "came": came, "n": n}
        elif component in wanted and component not in takes:
            yield _("%(part)s stands in the plan, and the patient takes no part in it.") % {"part": name}
        else:
            yield _("%(part)s: no session is recorded since.") % {"part": name}
    yield from _worked_on(since)


def _wanted(since: Since) -> set[str]:
    """The parts of the programme that the goals of the treatment plan are linked to."""
    plan = since.in_force.get(TREATMENT_PLAN)
    if plan is None:
        return set()
    chosen = {
        field.key: {term.id for term in field.choices}
        for section in structure(since.pack, TREATMENT_PLAN)
        if section.shape == "goals"
        for field in section.fields()
        if field.choices
    }
    return {name for key, known in chosen.items() for name in plan.content.get(key, ()) if name in known}


def _ordered(since: Since, names: set[str]) -> list[str]:
    """In the pack's order; what the pack does not know comes last."""
    known = [term.id for term in entries(since.pack, "therapy_components") if term.id in names]
    return [*known, *sorted(names - set(known))]


def _worked_on(since: Since) -> Iterator[str]:
    reports = since.treatment.session_reports.filter(
        session__held_on__range=(since.day, since.today)
    ).order_by()
    listed = list(reports.values_list("goals", flat=True))
    counts = Counter(goal for goals in listed for goal in goals)
    if counts:
        named = "; ".join(
            f"{label(since.pack, 'treatment_goals', goal)} {n}" for goal, n in counts.most_common()
        )
        yield _("Goals named in %(n)s reports of sessions: %(goals)s.") % {"n": len(listed), "goals": named}


def attendance(since: Since) -> Iterator[str]:
    """How often the patient came since, missed in a row, and time-outs."""
    held = since.treatment.attendances.filter(session__held_on__range=(since.day, since.today)).order_by()
    came = list(held.values_list("present", flat=True))
    if came:
        said = {"came": sum(came), "n": len(came), "day": date_written(since.day)}
        yield _("Came to %(came)s of %(n)s sessions since %(day)s.") % said
    else:
        yield _("No session is recorded since %(day)s.") % {"day": date_written(since.day)}
    run = last_runs([since.treatment.pk], since.today).get(since.treatment.pk)
    if run is not None and run.days[-1] >= since.day:
        words = ngettext(
            "%(n)s session was missed, on %(first)s",
            "%(n)s sessions were missed in a row, from %(first)s to %(last)s",
            len(run.days),
        )
        said = {"n": len(run.days), "first": date_written(run.since), "last": date_written(run.days[-1])}
        yield words % said + (
            _("; the patient came again on %(day)s.") % {"day": date_written(run.again)} if run.again else "."
        )
    for away in since.treatment.time_outs.filter(starts_on__range=(since.day, since.today)):
        yield _("Time-out from %(day)s: %(reason)s") % {
            "day": date_written(away.starts_on),
            "reason": away.reason,
        }


def crisis_plan(since: Since) -> Iterator[str]:
    """Its version, whether it was used since, and whether it was updated after that."""
    plan = since.in_force.get(CRISIS_PLAN)
    if plan is None or plan.agreed_on is None:
        yield _("No crisis plan is in force.")
        return
    agreed = Plan.objects.filter(treatment=since.treatment, kind=CRISIS_PLAN, agreed_on__lte=plan.agreed_on)
    said = {"n": agreed.count(), "day": date_written(plan.agreed_on)}
    yield _("Version %(n)s is in force since %(day)s.") % said
    used = since.treatment.incidents.filter(plan_used=True, happened_on__range=(since.day, since.today))
    days = sorted(used.values_list("happened_on", flat=True))
    if not days:
        yield _("That it was used since %(day)s is not recorded.") % {"day": date_written(since.day)}
        return
    words = ngettext("Used once since, on %(day)s", "Used %(n)s times since, last on %(day)s", len(days))
    after = _("updated after that.") if plan.agreed_on >= days[-1] else _("not updated after that.")
    yield words % {"n": len(days), "day": date_written(days[-1])} + ", " + after


def medication(since: Since) -> Iterator[str]:
    """What its last review in the assessment said, and when that was."""
    last = since.treatment.assessment_entries.filter(part=MEDICATION, assessed_on__lte=since.today).last()
    if last is None:
        yield _("No review of the medication is recorded.")
        return
    said = {"day": date_written(last.assessed_on), "since": date_written(since.day)}
    lately = last.assessed_on >= since.day
    yield (_("Reviewed on %(day)s.") if lately else _("Reviewed on %(day)s, not since %(since)s.")) % said
    language = get_language() or "en"
    for question in questions(since.pack, MEDICATION):
        for field in question.fields():
            if words := written_of(field, last.content.get(field.key), language):
                yield f"{field.label.in_(language)}: {words}"


def incidents_risk(since: Since) -> Iterator[str]:
    happened = since.treatment.incidents.filter(happened_on__range=(since.day, since.today))
    found = list(happened.order_by("happened_on"))
    for one in found:
        reviewed = one.review or _("not discussed yet")
        name = label(since.pack, "incident_kinds", one.kind)
        yield _("%(day)s: %(what)s. %(review)s") % {
            "day": date_written(one.happened_on),
            "what": name,
            "review": reviewed,
        }
    if not found:
        yield _("No incident is recorded since %(day)s.") % {"day": date_written(since.day)}
    yield from _risk(since)


def _risk(since: Since) -> Iterator[str]:
    """On how many days each was judged, how often more than the lowest level, and the last one."""
    checks = since.treatment.risk_checks.filter(checked_on__range=(since.day, since.today))
    rows = list(checks.order_by("checked_on").values_list("checked_on", "risk", "dropout_risk"))
    levels = [term.id for term in entries(since.pack, "risk_levels")]
    for name, place in ((_("Risk"), 1), (_("Risk of dropping out"), 2)):
        judged = [(row[0], row[place]) for row in rows if row[place]]
        if not judged:
            yield _("%(what)s: not judged since %(day)s.") % {"what": name, "day": date_written(since.day)}
            continue
        raised = sum(level != levels[0] for _day, level in judged) if levels else 0
        words = ngettext(
            "%(what)s: judged on %(n)s day, more than low on %(raised)s; last %(level)s on %(day)s.",
            "%(what)s: judged on %(n)s days, more than low on %(raised)s; last %(level)s on %(day)s.",
            len(judged),
        )
        yield words % {
            "what": name,
            "n": len(judged),
            "raised": raised,
            "level": label(since.pack, "risk_levels", judged[-1][1]).lower(),
            "day": date_written(judged[-1][0]),
        }


def signals(since: Since) -> Iterator[str]:
    """Open ones about this treatment, the most harmful first."""
    rules = {rule.id: rule for rule in since.pack.all_rules()}
    open_ = Signal.objects.unsettled().filter(treatment=since.treatment).most_severe_first()
    language = get_language() or "en"
    counted = Counter(one.rule for one in open_)
    for name, n in counted.items():
        title = rules[name].title.in_(language) if name in rules else name
        yield f"{title} ({n})" if n > 1 else title
    if not counted:
        yield _("No signal is open.")
