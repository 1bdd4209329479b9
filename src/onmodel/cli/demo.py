"""Load the simulated service into an empty database, show how to sign in, and serve it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from onmodel.cli import serve as serving
from onmodel.cli.django import start

if TYPE_CHECKING:
    from onmodel.demonstration.guard import Contents

HOST = "127.0.0.1"


@click.command()
@click.option("--fresh", is_flag=True, help="Throw away the simulated service that is there, and load anew.")
@click.option("--serve/--no-serve", default=True, show_default=True, help="Serve the pages afterwards.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to serve on."
)
@click.option(
    "--patients", default=800, show_default=True, type=click.IntRange(12, 50_000), help="How many patients."
)
@click.option("--seed", default=2026, show_default=True, help="Another seed gives another service.")
def demo(fresh: bool, serve: bool, port: int, patients: int, seed: int) -> None:
    """Load a simulated service to look around in, and serve it.

    Nobody in it exists: people, answers and events are drawn by chance, the courses of outcome around
    published curves (docs/demonstration.md). The same seed gives, on the same day, the same service.
    A database that holds anything else is left alone.

    \b
    Try:
      onmodel demo                      load it where it is not there yet, and serve it
      onmodel demo --fresh --no-serve   only load it, anew
      ONMODEL_DATA=elsewhere onmodel demo --port 8001
    """
    os.environ["REQUIRE_MFA"] = "0"
    start()
    console = Console()
    if serve:
        serving.require_free_port(HOST, port)
    there = refuse_real_records()
    if fresh and there.simulated:
        remove_simulated_service()
    load_where_missing(console, patients=patients, seed=seed)
    serving.prepare_static_files()
    show_sign_ins(console, port=port, serve=serve)
    if serve:
        serving.serve_pages(HOST, port)


def refuse_real_records() -> Contents:
    """What is in the database; refuse (exit 1) anything that is not simulated."""
    from django.db import DatabaseError

    from onmodel.demonstration.guard import contents

    make_folder()
    try:
        found = contents()
    except DatabaseError as error:
        raise click.ClickException(
            f"{database_name()} holds tables of another version or of another program ({error}). "
            "Nothing was changed. Choose another with DATABASE_URL or ONMODEL_DATA."
        ) from None
    if not found.only_simulated:
        what = _listed("organisations", found.real_organisations) + _listed("accounts", found.real_accounts)
        raise click.ClickException(
            f"{database_name()} holds more than the simulated service: {'; '.join(what)}. "
            "Nothing was changed. Choose another with DATABASE_URL or ONMODEL_DATA."
        )
    return found


def _listed(kind: str, names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"{kind} {', '.join(names[:3])}{more}"]


def database_name() -> str:
    """The database without its password."""
    from django.conf import settings

    database = settings.DATABASES["default"]
    return f"The database {database['NAME']}"


def make_folder() -> None:
    """SQLite makes its file, not the folder."""
    from django.db import connection

    if connection.vendor == "sqlite":
        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)


def remove_simulated_service() -> None:
    """Remove SQLite's files, or empty another database. Only after `refuse_real_records`."""
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "sqlite":
        from onmodel.audit import guard

        call_command("migrate", verbosity=0)
        guard.remove(connection)
        call_command("flush", interactive=False, verbosity=0)
        return
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)


def load_where_missing(console: Console, *, patients: int, seed: int) -> None:
    """Migrate, and load unless the simulated service is there."""
    from django.core.management import call_command
    from django.utils import timezone

    from onmodel.demonstration.guard import contents
    from onmodel.demonstration.load import load_demonstration

    call_command("migrate", verbosity=0)
    if contents().simulated:
        console.print("The simulated service is there already; --fresh loads it anew.")
        return
    with progress_bar(console) as bar:
        task = bar.add_task("people and teams", total=None)

        def show(what: str, done: int, steps: int) -> None:
            bar.update(task, description=what, completed=done, total=steps)

        loaded = load_demonstration(today=timezone.localdate(), patients=patients, seed=seed, progress=show)
        bar.update(task, description="simulated service loaded")
    console.print(
        f"{loaded.programmes} programmes, {loaded.therapists} therapists, {loaded.patients} patients, "
        f"{loaded.forms:,} filled forms, {loaded.signals} signals. All of it is simulated."
    )


def progress_bar(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description:<52}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console)


def show_sign_ins(console: Console, *, port: int, serve: bool) -> None:
    from onmodel.demonstration.signins import PASSWORD, SIGN_INS, patient_code

    table = Table(title="Sign in as", title_justify="left", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for column in ("user name", "password", "who"):
        table.add_column(column, no_wrap=True)
    for sign_in in SIGN_INS:
        table.add_row(sign_in.username, PASSWORD, sign_in.who)
    console.print(table)
    console.print("No second step is asked for here; where real people sign in, REQUIRE_MFA asks for one.")
    where = serving.address(HOST, port)
    if code := patient_code():
        console.print(f"A patient needs no account: {where}/my/code/#{code} opens the forms that are due.")
    if serve:
        console.print(f"\nOnModel serves [bold]{where}[/bold] (Ctrl-C stops it)")
    else:
        console.print(f"\nServe it with: onmodel serve --port {port}")
