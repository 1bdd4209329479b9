"""`onmodel monitor`: the nightly look at every programme."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict

import click

from onmodel.cli.django import start


@click.command()
@click.option("--programme", metavar="SLUG", help="Only this programme (all by default).")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Look as of this day (today by default)."
)
@click.option(
    "--unseen",
    is_flag=True,
    help="Only pass on risk signals that nobody has acknowledged in time: every hour.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what changed as JSON.")
def monitor(programme: str | None, day: datetime.datetime | None, unseen: bool, as_json: bool) -> None:
    """Look for signals in the records, by the rules of each programme's pack.

    New findings open a signal, lasting ones stay open, ended ones close where their rule says so.
    Run it every night, and `--unseen` every hour.

    \b
    Examples:
      onmodel monitor --programme riverside-day-hospital
      onmodel monitor --unseen
    """
    start()
    from onmodel.forms.escalation import escalate_unseen
    from onmodel.monitoring.run import look
    from onmodel.programmes.models import Programme

    programmes = Programme.objects.filter(slug=programme) if programme else Programme.objects.all()
    if programme and not programmes.exists():
        raise click.ClickException(f"There is no programme {programme!r}.")
    if unseen:
        passed_on = {p.slug: escalate_unseen(programme=p) for p in programmes}
        click.echo(json.dumps(passed_on, indent=2) if as_json else _passed_on(passed_on))
        return
    results = {p.slug: look(programme=p, on=day.date() if day else None) for p in programmes}
    if as_json:
        click.echo(json.dumps({slug: asdict(result) for slug, result in results.items()}, indent=2))
        return
    for slug, result in results.items():
        click.echo(
            f"{slug}: {result.opened} opened, {result.still_found} still found, "
            f"{result.ended} ended ({result.closed} of them closed)"
        )
        for rule in result.unknown_rules:
            click.echo(f"  no detector for rule {rule}", err=True)
        if result.escalated:
            click.echo(f"  {result.escalated} passed on that nobody had seen in time")


def _passed_on(found: dict[str, int]) -> str:
    return "\n".join(f"{slug}: {n} passed on that nobody had seen in time" for slug, n in found.items())
