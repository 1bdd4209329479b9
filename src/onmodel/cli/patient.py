"""`onmodel patient`: a copy of one patient's data, and the removal of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from onmodel.cli.django import start

if TYPE_CHECKING:
    from onmodel.patients.models import Patient

KINDS = (".zip", ".json", ".pdf")


@click.group()
def patient() -> None:
    """Hand out or erase what is kept of one patient."""


@patient.command()
@click.argument("pseudonym")
@click.option("--organisation", metavar="SLUG", help="Where two organisations use the same pseudonym.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="File to write: .json, .pdf, or .zip with both, in both languages.",
)
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
def export(pseudonym: str, organisation: str | None, out: Path, language: str) -> None:
    """Write everything that is kept of PSEUDONYM to a file. The export is an event of the audit trail.

    \b
    Example:
      onmodel patient export P-1001 --out P-1001.zip
    """
    if out.suffix not in KINDS:
        raise click.UsageError(f"{out.name}: the name ends in .zip, .json or .pdf.")
    start()
    from onmodel.rights.actions import export_patient
    from onmodel.rights.files import export_file

    data = export_patient(patient=_patient(pseudonym, organisation), by=None)
    try:
        out.write_bytes(export_file(data, out.suffix[1:], language))
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    forms = sum(len(treatment["forms"]) for treatment in data["treatments"])
    click.echo(f"{out}: {len(data['treatments'])} treatments, {forms} forms")


@patient.command()
@click.argument("pseudonym")
@click.option("--organisation", metavar="SLUG", help="Where two organisations use the same pseudonym.")
@click.option("--reason", required=True, help="Why: kept in the audit trail, so name nobody.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and erase nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what went as JSON.")
def erase(pseudonym: str, organisation: str | None, reason: str, dry_run: bool, as_json: bool) -> None:
    """Erase who PSEUDONYM is and all that is recorded of them. There is no way back but a backup.

    Released reports and the audit trail stay. Backups keep the patient until they are too old themselves.

    \b
    Example:
      onmodel patient erase P-1001 --reason "asked for in writing on 2026-11-02" --dry-run
    """
    start()
    from django.core.exceptions import ValidationError

    from onmodel.rights.actions import erase_patient

    found = _patient(pseudonym, organisation)
    try:
        counts = erase_patient(patient=found, reason=reason, by=None, dry_run=dry_run)
    except ValidationError as error:
        raise click.ClickException(error.messages[0]) from None
    if as_json:
        click.echo(json.dumps({"pseudonym": pseudonym, "dry_run": dry_run, "rows": counts}, indent=1))
        return
    listed = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    click.echo(f"{pseudonym}: {'would erase' if dry_run else 'erased'} {listed}")


def _patient(pseudonym: str, organisation: str | None) -> Patient:
    from onmodel.patients.models import Patient

    found = list(Patient.objects.filter(pseudonym=pseudonym).select_related("organisation"))
    if organisation is not None:
        found = [one for one in found if one.organisation.slug == organisation]
    if not found:
        raise click.ClickException(f"There is no patient {pseudonym!r}.")
    if len(found) > 1:
        where = ", ".join(one.organisation.slug for one in found)
        raise click.ClickException(f"{pseudonym!r} is a patient of {where}: say which with --organisation.")
    return found[0]
