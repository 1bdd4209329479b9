"""`onmodel nightly`: all that must be done every night."""

from __future__ import annotations

import json

import click

from onmodel.cli.django import start


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def nightly(as_json: bool) -> None:
    """Plan and open forms, plan reminders, look for signals; send what may go out now.

    Run it once every night. Pages tell staff when it failed, or did not run for a day. A second run on
    the same day changes nothing that the first one did. The exit code is 1 when a step failed.
    """
    start("job")
    from onmodel.nightly.run import run_night

    run = run_night()
    if as_json:
        click.echo(json.dumps({"outcome": run.outcome, "steps": run.steps}, indent=2))
    else:
        for step in run.steps:
            place = f"{step['programme']}: " if step["programme"] else ""
            click.echo(f"{place}{step['step']}: {_told(step)}")
    if run.failures():
        raise click.ClickException("The nightly run did not do everything; the log says why.")


def _told(step: dict) -> str:
    if step.get("error"):
        return f"failed ({step['error']})"
    did = {name: value for name, value in step["did"].items() if value}
    return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in did.items()) or "nothing to do"
