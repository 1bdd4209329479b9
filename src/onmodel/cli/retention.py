"""`onmodel retention`: what is past its period, and the removal of it."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict

import click

from onmodel.cli.django import start


@click.command()
@click.option("--dry-run", is_flag=True, help="List what is past its period, and erase nothing.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="As of this day (today by default).")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def retention(dry_run: bool, day: datetime.datetime | None, as_json: bool) -> None:
    """Erase what is past its retention period, each with its event in the audit trail.

    A record is kept for 20 years after its last change, the recording of a session for six months, a file
    that waits to be imported for a month, unless the organisation has set a period of its own. A recording
    that a patient allows no more goes too. Run it every month; look first with --dry-run.

    \b
    Example:
      onmodel retention --dry-run
    """
    start()
    from django.utils import timezone

    from onmodel.rights.retention import erase_past, past_period

    today = timezone.localdate()
    when = day.date() if day else today
    if when > today and not dry_run:
        raise click.UsageError(f"--on {when} lies in the future: that is for --dry-run only.")
    found = past_period(when) if dry_run else erase_past(when, by=None)
    if as_json:
        click.echo(
            json.dumps({"dry_run": dry_run, "past": [asdict(one) for one in found]}, indent=1, default=str)
        )
        return
    for one in found:
        kept = f"last change {one.last}, kept for {one.months} months"
        if one.months is None:
            kept = f"of {one.last}, not allowed any more by a patient"
        click.echo(f"{one.organisation}: {one.kind} {one.what} ({kept})")
    click.echo(f"{len(found)} past their period{', nothing erased' if dry_run else ' and erased'}")
