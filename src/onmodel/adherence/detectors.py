"""Signals about adherence that fell: of a programme, else of its teams, else of single therapists."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable

from onmodel.accounts.models import User
from onmodel.adherence import scales
from onmodel.adherence.drift import Drift, Watched, look_for_drift
from onmodel.assessments.models import Answer
from onmodel.packs.instruments import ItemKind
from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme, Team
from onmodel.signals.detection import Finding

#: A part that fell so much earlier than the whole has a signal of its own; when a fall began is not known
#: more exactly than to some quarters.
EARLIER = datetime.timedelta(days=365)
#: An area is said to have fallen when it was rated in so many sessions before and since.
FEWEST_SESSIONS = 3
AREAS_SAID = 3


def adherence_drift(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """What lies lower than its baseline, each cause said once: the programme's fall is not said again of its
    teams, nor a team's of its therapists."""
    drift = look_for_drift(programme, day)
    level = rule.subject.value
    for found in said(drift)[level]:
        yield Finding(
            rule=rule,
            team=Team.objects.get(pk=found.subject) if level == "team" else None,
            person=User.objects.get(pk=found.subject) if level == "therapist" else None,
            evidence=evidence(programme, drift, found),
        )


def said(drift: Drift) -> dict[str, list[Watched]]:
    """Level -> what is said there."""
    whole = [one for one in [drift.programme] if one and one.is_fallen(drift.day) and drift.is_shared(one)]
    teams = [
        one
        for one in drift.teams.values()
        if one.is_fallen(drift.day) and drift.is_shared(one) and not _within(one, whole)
    ]
    therapists = [
        one
        for one in drift.therapists.values()
        if one.is_fallen(drift.day)
        and not _within(one, whole)
        and not _within(one, [team for team in teams if team.subject == one.scores[-1].team])
    ]
    return {"programme": whole, "team": teams, "therapist": therapists}


def _within(part: Watched, wholes: Collection[Watched]) -> bool:
    """Whether its fall came with that of one of those."""
    return any(part.since and one.since and part.since > one.since - EARLIER for one in wholes)


def evidence(programme: Programme, drift: Drift, found: Watched) -> dict[str, object]:
    """Plain values, for the rule's text and for the page of the signal."""
    amount, since = found.amount, found.since
    if amount is None or since is None:
        return {}
    start = found.scores[: found.series.baseline]
    told: dict[str, object] = {
        "fallen_since": since.isoformat(),
        "level_before": round(amount.before, 2),
        "level_since": round(amount.since, 2),
        "fallen_by": round(-amount.change, 2),
        "fallen_interval": [round(-amount.upper, 2), round(-amount.lower, 2)],
        "areas": fallen_areas(programme, start, [one for one in found.scores if one.day >= since]),
        "n": amount.n,
        "n_baseline": len(start),
        "baseline_until": start[-1].day.isoformat(),
        "sessions_between_false_alarms": round(found.settings.run_length),
        "years_between_false_alarms": round(found.years_between_false_alarms, 1),
        "raters_corrected": drift.correction.raters,
        "left_out": found.series.left_out,
    }
    if found.level != "therapist":
        told |= {"parts": len(drift.parts_of(found)), "parts_lower": len(drift.lower(found))}
    return told


def fallen_areas(programme: Programme, before: Iterable, since: Iterable) -> list[str]:
    """The areas of competence whose items fell most, those first: terms of the pack. As rated, with nothing
    taken out."""
    forms = {form: 0 for one in before for form in one.forms} | {f: 1 for one in since for f in one.forms}
    areas = _areas(programme)
    values: dict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    rows = Answer.objects.filter(assignment__in=list(forms), value__isnull=False).values_list(
        "assignment", "assignment__instrument", "item", "value"
    )
    for form, instrument, item, value in rows:
        for area in areas.get((instrument, item), ()):
            values[area][forms[form]].append(value)
    falls = {
        area: sum(late) / len(late) - sum(early) / len(early)
        for area, (early, late) in values.items()
        if min(len(early), len(late)) >= FEWEST_SESSIONS
    }
    lowest = sorted((fall, area) for area, fall in falls.items() if fall < 0)
    return [area for _fall, area in lowest[:AREAS_SAID]]


def _areas(programme: Programme) -> dict[tuple[str, str], list[str]]:
    """(form, rated item) -> the areas that it serves."""
    listed = programme.definitions.terms.get(scales.AREAS)
    chosen = {
        f"{form.id}.{item.id}": (form.id, item.id)
        for form in programme.definitions.instruments.values()
        if form.session_kinds
        for item in form.all_items()
        if item.kind is ItemKind.CHOICE
    }
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for term in listed.terms if listed else ():
        for link in term.links:
            if link in chosen:
                found[chosen[link]].append(term.id)
    return found
