"""`onmodel restore`: bring a backup back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from onmodel.cli.django import start


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--into", metavar="DATABASE_URL", help="Another database than the program's own.")
@click.option(
    "--files",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the uploaded files go (the program's own folder by default).",
)
@click.option("--replace", is_flag=True, help="Overwrite what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print what was restored as JSON.")
def restore(file: Path, into: str | None, files: Path | None, replace: bool, as_json: bool) -> None:
    """Bring the backup FILE back: the database, and the uploaded files.

    Refuses a file that no key of BACKUP_KEYS opens, a damaged one, and a database that is not empty.
    Stop the program first; afterwards `onmodel manage migrate` brings an older backup up to date.

    \b
    Examples:
      onmodel restore onmodel-2026-11-21.age
      onmodel restore onmodel-2026-11-21.age --into sqlite:////srv/try.sqlite3 --files /srv/try
    """
    start()
    from onmodel.backup.problems import BackupError
    from onmodel.backup.restoring import restore as bring_back

    try:
        manifest = bring_back(file, into=into, files=files, replace=replace)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps(asdict(manifest), indent=1))
        return
    click.echo(
        f"{file}: {sum(manifest.rows.values()):,} rows and {len(manifest.files)} files restored, "
        f"as they stood at {manifest.made_at}."
    )
