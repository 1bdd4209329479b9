"""Signals about supervision: a rhythm that broke, group sessions that nobody looked back on."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.supervision.models import Reflection
from onmodel.supervision.rhythm import PERIOD, Rhythm, reflections, rhythms

REFLECTION = "rhythm_group_reflection"


def rhythm_broken(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """So many in a row were missed, or the share held since the log began is too low."""
    teams = list(programme.teams.in_force(day)) if rule.subject == "team" else []
    for found in rhythms(programme, teams, day):
        if (found.team is None) == (rule.subject == "programme") and _broken(found, rule):
            yield Finding(
                rule=rule,
                key=found.kind.id,
                team=found.team,
                evidence={
                    "standard": found.standard.id if found.standard else "",
                    "about": found.team.name if found.team else programme.name,
                    "days": found.days,
                    "n": found.held,
                    "expected": round(found.expected or 0.0),
                    "since_last": found.since_last,
                },
            )


def _broken(found: Rhythm, rule: Rule) -> bool:
    if not found.known or not found.expected:
        return False
    in_a_row, share = float(rule.settings["missed_in_a_row"]), float(rule.settings["least_share"])
    missed = found.missed_in_a_row()
    return found.held < share * found.expected or (missed is not None and missed >= in_a_row)


def reflection_missing(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Too few of the team's group sessions of the period were looked back on.

    Quiet for a team that never kept one: whether it looks back is unknown then.
    """
    least, fewest = float(rule.settings["least_share"]), float(rule.settings["fewest"])
    found = reflections(programme, day)
    used = set(
        Reflection.objects.filter(session__programme=programme).values_list("session__team", flat=True)
    )
    for team in programme.teams.in_force(day).filter(pk__in=used - {None}):
        mine = [one for one in found if one.team == team.pk]
        sessions, held = sum(one.sessions for one in mine), sum(one.reflected for one in mine)
        if sessions >= fewest and held < least * sessions:
            yield Finding(
                rule=rule,
                team=team,
                evidence={
                    "standard": REFLECTION,
                    "about": team.name,
                    "days": PERIOD.days,
                    "held": held,
                    "n": sessions,
                },
            )
