"""`onmodel backup`: everything in one encrypted file, tried out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from onmodel.cli.django import start


@click.command()
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write, such as FILE.age."
)
@click.option("--new-key", is_flag=True, help="Print a new key for BACKUP_KEYS, and do nothing else.")
@click.option("--json", "as_json", is_flag=True, help="Print what the backup holds as JSON.")
def backup(out: Path | None, new_key: bool, as_json: bool) -> None:
    """Copy the database and the uploaded files into one encrypted file, while others go on working.

    The file is decrypted and brought into a scratch database, and its rows and audit trail are
    checked, before this says that it is done. Keep BACKUP_KEYS apart from the backups, and IDENTITY_KEYS
    with neither: without them the names in a restored database cannot be read.

    \b
    Examples:
      onmodel backup --new-key
      onmodel backup --out onmodel-2026-11-21.age
    """
    start()
    from onmodel.backup import locks
    from onmodel.backup.problems import BackupError
    from onmodel.backup.taking import take

    if new_key:
        click.echo(locks.new_key())
        return
    if out is None:
        raise click.UsageError("Say where to write it: --out FILE.age")
    try:
        taken = take(out, tell=lambda what: click.echo(f"  {what}", err=True))
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    manifest = taken.manifest
    if not taken.trail_holds:
        click.echo("Warning: the audit trail in it does not hold; see: onmodel audit verify", err=True)
    if as_json:
        click.echo(json.dumps({"trail_holds": taken.trail_holds, **asdict(manifest)}, indent=1))
        return
    click.echo(
        f"{out}: {sum(manifest.rows.values()):,} rows in {len(manifest.rows)} tables and "
        f"{len(manifest.files)} files, encrypted and tried out."
    )
