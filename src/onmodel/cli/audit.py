"""`onmodel audit`: check the trail, note its head, print who saw what of a patient."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onmodel.cli.django import start
from onmodel.cli.refusals import refuse

if TYPE_CHECKING:
    from onmodel.audit.verifying import Noted, Verdict


@click.group()
def audit() -> None:
    """Check the audit trail, and print who saw what of a patient."""


@audit.command()
def head() -> None:
    """Print the head of the trail: its last number and digest.

    Note it where whoever runs the database cannot write; `onmodel audit verify --noted FILE` then also
    finds a trail that was cut off or made anew as a whole.

    \b
    Example:
      onmodel audit head >> /mnt/elsewhere/heads.txt
    """
    start()
    from onmodel.audit.models import Head

    found = Head.objects.first()
    if found is None:
        refuse("The audit trail has no head: run `onmodel audit verify`.", as_json=False)
    click.echo(str(found))


@audit.command()
@click.option(
    "--noted",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of heads noted before, one a line: each must still be in the trail.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def verify(noted: Path | None, as_json: bool) -> None:
    """Find what was removed, altered, inserted, reordered or cut off. Exit code 1 where anything was.

    \b
    Example:
      onmodel audit verify --noted /mnt/elsewhere/heads.txt
    """
    start()
    from onmodel.audit.verifying import verify as walk

    verdict = walk(_heads(noted, as_json))
    if as_json:
        click.echo(json.dumps({"holds": verdict.holds, **asdict(verdict)}, indent=1))
    else:
        _tell(verdict)
    raise SystemExit(0 if verdict.holds else 1)


def _heads(path: Path | None, as_json: bool) -> list[Noted]:
    from onmodel.audit.verifying import parse

    if path is None:
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    heads = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            heads.append(parse(line))
        except ValueError as error:
            refuse(f"{path}, line {number}: {error}", as_json=as_json)
    return heads


def _tell(verdict: Verdict) -> None:
    if verdict.holds:
        click.echo(f"{verdict.events} events, one chain. Head: {verdict.head}")
        return
    click.echo(f"{verdict.events} events; the trail does not hold:", err=True)
    for fault in verdict.faults:
        click.echo(f"  {fault.message}", err=True)
    if verdict.more:
        click.echo(f"  and {verdict.more} more", err=True)
