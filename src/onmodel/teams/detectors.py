"""A team item that the supervisor rated below adequate several times in a row."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.teams.course import rated_by_supervisor
from onmodel.teams.rhythm import asked_items, form_of


def team_item_low(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """One finding for each team and item; `adequate` and `times` are settings of the rule."""
    instrument = form_of(programme)
    if instrument is None:
        return
    adequate, times = float(rule.settings["adequate"]), int(rule.settings["times"])
    for team in programme.teams.in_force(day):
        last = [one for one in rated_by_supervisor(team) if one.day <= day][-times:]
        for item in asked_items(instrument):
            marks = [one.marks[item] for one in last if item in one.marks]
            if len(marks) == times and max(marks) < adequate:
                yield Finding(
                    rule=rule,
                    key=item,
                    team=team,
                    evidence={
                        "about": team.name,
                        "instrument": instrument.id,
                        "team_item": item,
                        "found": marks[-1],
                        "before": marks[0],
                        "at_least": adequate,
                        "times": times,
                        "answered_on": last[-1].day.isoformat(),
                    },
                )
