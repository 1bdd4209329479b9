"""Signals about standards that are not met."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.requirements.measures import Found
from onmodel.requirements.over_time import worsened
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Standing, State, standing
from onmodel.signals.detection import Finding


def requirement_not_met(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """A computed standard outside its limit: one finding for each team or person that falls outside."""
    picture = Picture(programme, day)
    wanted = rule.settings.get("standards") or (rule.settings["standard"],)
    for standard_id in wanted:
        found = standing(programme.definitions.standard(str(standard_id)), picture, None)
        if found.state is State.NOT_MET:
            yield from _findings(rule, found)


def _key(rule: Rule, standing: Standing, failing: Found) -> str:
    """Several teams or people may fail one standard of a rule whose subject is the programme."""
    about = failing.team or failing.person
    stands_alone = about is None or rule.subject in ("team", "therapist", "supervisor")
    return standing.standard.id if stands_alone else f"{standing.standard.id}:{about.pk}"


def _findings(rule: Rule, standing: Standing) -> Iterable[Finding]:
    limit = standing.limit
    for failing in standing.failing:
        yield Finding(
            rule=rule,
            key=_key(rule, standing, failing),
            team=failing.team if rule.subject == "team" else None,
            person=failing.person if rule.subject in ("therapist", "supervisor") else None,
            evidence={
                "standard": standing.standard.id,
                "about": failing.about,
                "found": failing.value,
                "n": failing.n,
                "at_least": limit.at_least,
                "at_most": limit.at_most,
                "unit": limit.unit,
                "source": limit.source,
            },
        )


def requirement_changed(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """One that was met is no longer, or a person's word on it has expired: by what the looks kept.

    Quiet about those that rules of their own, or clocks, tell of already: nobody is told twice.
    """
    told = rule.settings.get("watched_by_other_rules", ())
    for change in worsened(programme):
        if change.day <= day and change.standard not in told:
            evidence = {"standard": change.standard, "changed_on": change.day.isoformat()}
            yield Finding(rule=rule, key=change.standard, evidence=evidence)
