"""How a programme's standings went: what a look finds is kept where it differs from the look before."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.programmes.models import Programme
from onmodel.requirements.measures import Found
from onmodel.requirements.models import Outside, StandingChange
from onmodel.requirements.standing import Standing, standings

#: Told apart by these: a change of any of them is a change of standing.
TOLD_APART = ("state", "known", "why", "at_least", "at_most", "bound_reason", "attestation_id")


def keep(programme: Programme, day: datetime.date) -> list[StandingChange]:
    """Write what changed by `day`; nothing where a later day is kept already. The programme is locked."""
    kept = list(StandingChange.objects.filter(programme=programme))
    if any(change.day > day for change in kept):
        return []
    last = {change.standard: change for change in kept}
    found = standings(programme, day)
    changed = [
        change
        for standing in found
        if (change := _change(programme, standing, day, last.get(standing.standard.id))) is not None
    ]
    for change in changed:
        StandingChange.objects.update_or_create(
            programme=programme,
            standard=change.standard,
            day=day,
            defaults={name: getattr(change, name) for name in (*TOLD_APART, "outside", "n")},
        )
    _keep_outside(programme, found, day)
    return changed


def _change(
    programme: Programme, standing: Standing, day: datetime.date, last: StandingChange | None
) -> StandingChange | None:
    limit = standing.limit
    now = StandingChange(
        programme=programme,
        standard=standing.standard.id,
        day=day,
        state=standing.state.value,
        known=standing.known.value,
        why=standing.why.value if standing.why else "",
        at_least=limit.at_least if limit else None,
        at_most=limit.at_most if limit else None,
        bound_reason=_reason(programme, standing),
        outside=len(standing.failing),
        n=len(standing.found),
        attestation=standing.attestation,
    )
    same = last is not None and all(getattr(now, name) == getattr(last, name) for name in TOLD_APART)
    return None if same else now


def _reason(programme: Programme, standing: Standing) -> str:
    """Why the programme holds another bound than the pack's."""
    thresholds = programme.thresholds.all()
    return next((t.reason for t in thresholds if t.standard == standing.standard.id), "")


def _keep_outside(programme: Programme, found: Iterable[Standing], day: datetime.date) -> None:
    """Begin a row for who is outside now and was not, and end that of who no longer is."""
    open_rows = {(row.standard, row.team_id, row.person_id): row for row in _open(programme)}
    now = {_identity(s.standard.id, one): (s, one) for s in found for one in s.failing}
    Outside.objects.bulk_create(
        Outside(
            programme=programme,
            standard=standing.standard.id,
            team=one.team,
            person=one.person,
            since=day,
            value=one.value,
            n=one.n,
        )
        for identity, (standing, one) in now.items()
        if identity not in open_rows
    )
    gone = [row.pk for identity, row in open_rows.items() if identity not in now]
    rows = Outside.objects.filter(pk__in=gone)
    rows.filter(since__gte=day).delete()  # looked at twice on one day: it was never outside for a day
    rows.update(until=day)


def _open(programme: Programme):
    return Outside.objects.filter(programme=programme, until__isnull=True)


def _identity(standard: str, found: Found) -> tuple[str, object, object]:
    return standard, found.team.pk if found.team else None, found.person.pk if found.person else None


def outside_since(programme: Programme, standard: str) -> dict[tuple[object, object], datetime.date]:
    """(team, person) -> since which look it is outside, of those that still are."""
    rows = _open(programme).filter(standard=standard)
    return {(row.team_id, row.person_id): row.since for row in rows}


def worsened(programme: Programme) -> list[StandingChange]:
    """The standards that were met, and by the last change are not, or whose attestation has expired."""
    by_standard: dict[str, list[StandingChange]] = {}
    for change in StandingChange.objects.filter(programme=programme):
        by_standard.setdefault(change.standard, []).append(change)
    found = []
    for changes in by_standard.values():
        since = _since_met(changes)
        if since is not None and (changes[-1].state == "not_met" or changes[-1].why == "expired"):
            found.append(since)
    return found


def _since_met(changes: list[StandingChange]) -> StandingChange | None:
    """The first change after the last time that it was met; None where it is met, or never was."""
    met = [index for index, change in enumerate(changes) if change.state == "met"]
    if not met or met[-1] == len(changes) - 1:
        return None
    return changes[met[-1] + 1]
