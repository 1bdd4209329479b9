"""`onmodel hindsight`: how the courses that a programme was to expect came out."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict

import click

from onmodel.cli.django import start as start_django
from onmodel.inference.hindsight import Hindsight
from onmodel.inference.proportions import Proportion

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("programme")
@click.option("--until", type=DAY, help="Last day of what counts; today where not given.")
@click.option("--early", type=float, default=6.0, show_default=True, help="Month up to which it is foretold.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def hindsight(programme: str, until: datetime.datetime | None, early: float, as_json: bool) -> None:
    """Predict each patient of PROGRAMME from the others, and count how that came out.

    Coverage: how many measurements fell in the band that was expected. Hits: how many of those who did
    badly in the end stood off track early on, and how many of the others did not.

    \b
    Example:
      onmodel hindsight beat-the-blues --early 6
    """
    start_django()
    found = _found(programme, until.date() if until else None, early)
    if as_json:
        click.echo(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2))
        return
    for name, one in found.items():
        click.echo("\n".join([name, *_lines(one)]))
    if not found:
        click.echo("No scale was measured twice in patients enough for a course to expect.")


def _found(slug: str, until: datetime.date | None, early: float) -> dict[str, Hindsight]:
    from django.utils import timezone

    from onmodel.feedback.hindsight import came_out
    from onmodel.programmes.models import Programme

    programme = Programme.objects.filter(slug=slug).first()
    if programme is None:
        raise click.ClickException(f"There is no programme {slug!r}.")
    return came_out(programme, until=until or timezone.localdate(), early=early)


def _lines(found: Hindsight) -> list[str]:
    lines = [f"  {found.patients} patients, {found.measurements} later measurements, {found.folds} folds"]
    for coverage in found.coverage:
        band = f"  in the {coverage.level:.0%} band"
        lines.append(f"{band}, from the first score: {_share(coverage.from_start)}")
        lines.append(f"{band}, from all scores before: {_share(coverage.next_one)}")
    for name, hits in found.hits.items():
        lines.append(f"  {name} ({hits.patients} patients)")
        lines.append(f"    stood off track early, of those: {_share(hits.found)}")
        lines.append(f"    did not, of the others: {_share(hits.left_alone)}")
        lines += [f"    came to it, of those {track.value}: {_share(s)}" for track, s in hits.badly.items()]
    return lines


def _share(share: Proportion | None) -> str:
    if share is None or share.estimate is None:
        return "unknown, n = 0"
    limits = f" ({share.lower:.2f} to {share.upper:.2f})" if share.lower is not None else ""
    return f"{share.estimate:.2f}{limits}, n = {share.n}"
