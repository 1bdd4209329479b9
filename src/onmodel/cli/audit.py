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
    from onmodel.audit.models import Event
    from onmodel.audit.verifying import Noted, Verdict
    from onmodel.patients.models import Patient


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

    Released reports are compared with the digests that the trail holds of them.

    \b
    Example:
      onmodel audit verify --noted /mnt/elsewhere/heads.txt
    """
    start()
    from onmodel.audit.verifying import Fault
    from onmodel.audit.verifying import verify as walk
    from onmodel.pirs.signing.actions import altered_pirs
    from onmodel.reports.actions import altered_releases

    verdict = walk(_heads(noted, as_json))
    verdict.add(Fault("release", None, told) for told in altered_releases())
    verdict.add(Fault("PIR", None, told) for told in altered_pirs())
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


@audit.command()
@click.argument("pseudonym")
@click.option("--organisation", metavar="SLUG", help="Where more than one organisation has that pseudonym.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write: .pdf. Else lines of text."
)
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
def patient(pseudonym: str, organisation: str | None, out: Path | None, language: str) -> None:
    """Print who saw or changed what of the patient PSEUDONYM, newest first. That it was printed is kept.

    \b
    Example:
      onmodel audit patient P-1001 --out access-log.pdf --language nl
    """
    if out is not None and out.suffix != ".pdf":
        raise click.UsageError(f"{out.name}: the name ends in .pdf, not {out.suffix or 'nothing'}.")
    start()
    from django.db import transaction

    from onmodel.audit.actions import record
    from onmodel.reports.access_log import events_of

    found = _patient(pseudonym, organisation)
    events = list(events_of(found))
    with transaction.atomic():
        record(by=None, verb="access log printed", subject=found)
        _print(found, events, out, language)


def _patient(pseudonym: str, organisation: str | None) -> Patient:
    from onmodel.patients.models import Patient

    found = Patient.objects.filter(pseudonym=pseudonym).select_related("organisation")
    if organisation is not None:
        found = found.filter(organisation__slug=organisation)
    patients = list(found)
    if not patients:
        refuse(f"There is no patient {pseudonym!r}.", as_json=False)
    if len(patients) > 1:
        slugs = ", ".join(patient.organisation.slug for patient in patients)
        refuse(f"{pseudonym!r} is in {slugs}: say which with --organisation.", as_json=False)
    return patients[0]


def _print(patient: Patient, events: list[Event], out: Path | None, language: str) -> None:
    from django.utils import timezone
    from django.utils.translation import override

    from onmodel.reports.access_log import lines
    from onmodel.reports.paper.access_log import access_log_pdf

    if out is not None:
        try:
            out.write_bytes(access_log_pdf(patient, language=language, events=events))
        except OSError as error:
            refuse(f"{out} cannot be written: {error.strerror}.", as_json=False)
        click.echo(f"{out}: {len(events)} events of {patient.pseudonym}")
        return
    with override(language):
        for line in lines(patient, events):
            who = f"{line.who} ({line.role})" if line.role else line.who
            why = f": {line.why}" if line.why else ""
            click.echo(
                f"{timezone.localtime(line.at):%Y-%m-%d %H:%M}  {who}  {line.what}{why}  [{line.where}]"
            )
