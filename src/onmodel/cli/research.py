"""`onmodel research`: pseudonymised data of those who agreed to research."""

from __future__ import annotations

from pathlib import Path

import click

from onmodel.cli.django import start


@click.group()
def research() -> None:
    """Hand out data for research, of patients who agreed to it."""


@research.command()
@click.argument("programme")
@click.option("--study", required=True, help="Short name; gives each person the same code again.")
@click.option("--reason", required=True, help="What for, and who approved it. Kept in the audit trail.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write: .zip."
)
def export(programme: str, study: str, reason: str, out: Path) -> None:
    """Write treatments, scores, answers and a codebook of PROGRAMME (its short name) to a ZIP file.

    Persons have codes of the study. Who took the yes back since an earlier file stands in remove.csv.

    \b
    Example:
      onmodel research export day-hospital --study alliance-2026 --reason "Board, 2026-03" --out data.zip
    """
    if out.suffix != ".zip":
        raise click.UsageError(f"{out.name}: the name ends in .zip, not {out.suffix or 'nothing'}.")
    start()
    from django.core.exceptions import ValidationError

    from onmodel.programmes.models import Programme
    from onmodel.reports.actions import take_research_data

    found = Programme.objects.filter(slug=programme).first()
    if found is None:
        raise click.ClickException(f"There is no programme {programme!r}.")
    treatments = found.treatments.all()
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as file:
            made = take_research_data(
                programme=found, treatments=treatments, study=study, why=reason, out=file, by=None
            )
        part.replace(out)
    except ValidationError as error:
        raise click.ClickException(error.messages[0]) from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    rows = made.rows
    click.echo(
        f"{out}: {len(made.patients)} persons, {rows['treatments']} treatments, {rows['scores']} scores, "
        f"{rows['answers']} answers; {rows['remove']} to remove from earlier files"
    )
