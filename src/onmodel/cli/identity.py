"""`onmodel identity`: the keys of names, contacts and second factors."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from onmodel.cli.django import start
from onmodel.cli.refusals import refuse


@click.group()
def identity() -> None:
    """Keep the keys of names and contacts."""


@identity.command()
@click.option(
    "--batch", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Rows at a time."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def rotate(batch: int, as_json: bool) -> None:
    """Seal all that IDENTITY_KEYS close with the first of them: identities, second factors, recordings'
    keys, self-checks; index identities anew.

    Put a new key before the old ones, run this, then take the old ones away. Each batch is written whole
    or not at all; a run that was broken off goes on where it stopped. At the end all of it is opened once
    more.

    \b
    Example (a key for IDENTITY_KEYS):
      python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"
      onmodel identity rotate
    """
    start()
    from onmodel.patients.rotating import reseal_second_factors
    from onmodel.patients.rotating import rotate as put_first_key
    from onmodel.selfcheck.rotating import reseal_checks
    from onmodel.sessions.rotating import reseal_recordings

    try:
        rotated = put_first_key(batch=batch)
        factors, recordings = reseal_second_factors(), reseal_recordings()
        checks = reseal_checks()
    except RuntimeError as error:
        refuse(str(error), as_json=as_json)
    if as_json:
        counts = {
            "total": rotated.total,
            "second_factors": factors,
            "recordings": recordings,
            "self_checks": checks,
        }
        click.echo(json.dumps({**asdict(rotated), **counts}))
        return
    click.echo(
        f"{rotated.total} identities: {rotated.resealed} sealed anew, {rotated.reindexed} indexed anew, "
        f"{rotated.unchanged} had the first key already. All of them open with it. "
        f"{factors} second factors, {recordings} recordings and {checks} self-checks sealed anew."
    )
