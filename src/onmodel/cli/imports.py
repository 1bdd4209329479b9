"""`onmodel import outcomes`: a file of scores or answers into the records of a programme."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from onmodel.cli.django import start

if TYPE_CHECKING:
    from onmodel.accounts.models import User
    from onmodel.outcomes.models import ImportRun
    from onmodel.programmes.models import Programme

MOST_SHOWN = 20


@click.group("import")
def import_() -> None:
    """Bring outcome data of a programme in from a file.

    \b
    Example:
      onmodel import outcomes btheb.csv --programme beat-the-blues --map examples/beat-the-blues.toml
    """


@import_.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--programme", "slug", metavar="SLUG", required=True, help="The programme that it belongs to.")
@click.option(
    "--map",
    "map_path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    help="Which column is what (docs/import.md).",
)
@click.option("--dry-run", is_flag=True, help="Say what would be made, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.option("--create", is_flag=True, help="Make the programme where it is not there yet.")
@click.option("--pack", default="generic", show_default=True, help="The pack of a new programme.")
@click.option("--organisation", default="Trial", show_default=True, help="Its organisation.")
@click.option("--by", "username", metavar="USERNAME", help="Who does this; needs the right to import.")
def outcomes(
    file: Path,
    slug: str,
    map_path: Path,
    dry_run: bool,
    as_json: bool,
    create: bool,
    pack: str,
    organisation: str,
    username: str | None,
) -> None:
    """Import FILE (CSV, SPSS .sav or Parquet) by a map of its columns, whole or not at all.

    Every cell that cannot be right is told with its line, and then nothing is written. The same file
    by the same map a second time changes nothing.

    \b
    Examples:
      onmodel import outcomes btheb.csv --programme beat-the-blues \\
          --map examples/beat-the-blues.toml --dry-run
      onmodel import outcomes btheb.csv --programme beat-the-blues --create \\
          --map examples/beat-the-blues.toml
    """
    start()
    by = _user(username)
    if create:
        _prepare()
    programme = _programme(slug, create=create, pack=pack, organisation=organisation, by=by, dry_run=dry_run)
    map_text = _text(map_path)
    report = (
        _try(programme, file, map_text) if dry_run else _import(programme, file, map_text, by, quiet=as_json)
    )
    _show(report, file=file, as_json=as_json)
    if report["state"] in ("refused", "failed"):
        raise SystemExit(1)


def _prepare() -> None:
    """Bring the database up to date, so that a first try needs nothing else."""
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)


def _user(username: str | None) -> User | None:
    from onmodel.accounts.models import User

    if username is None:
        return None
    user = User.objects.filter(username=username).first()
    if user is None:
        raise click.ClickException(f"There is no user {username!r}.")
    return user


def _programme(
    slug: str, *, create: bool, pack: str, organisation: str, by: User | None, dry_run: bool
) -> Programme:
    from django.db import OperationalError, ProgrammingError
    from django.utils.text import slugify

    from onmodel import library
    from onmodel.access.permissions import Permission
    from onmodel.access.policy import has_permission
    from onmodel.programmes.actions import create_programme
    from onmodel.programmes.models import Organisation, Programme

    if slug != slugify(slug):
        raise click.UsageError(
            f"{slug!r} is no short name. Small letters, digits and hyphens make one, such as "
            f"{slugify(slug) or 'my-clinic'!r}."
        )
    packs = [header.id for header in library.available()]
    if create and pack not in packs:
        raise click.ClickException(f"There is no pack {pack!r}; there are: {', '.join(packs)}.")
    try:
        programme = Programme.objects.filter(slug=slug).first()
    except (OperationalError, ProgrammingError):
        raise click.ClickException(
            "The database is not set up; run `onmodel manage migrate`, or say --create."
        ) from None
    if programme is None and create:
        name = slug.replace("-", " ").capitalize()
        if dry_run:
            return Programme(organisation=Organisation(name=organisation), name=name, slug=slug, pack=pack)
        return create_programme(name=name, slug=slug, pack=pack, organisation=organisation, by=by)
    if programme is None:
        raise click.ClickException(f"There is no programme {slug!r}; with --create it is made.")
    if by is not None and not has_permission(by, Permission.OUTCOMES_IMPORT, programme=programme):
        raise click.ClickException(f"{by.username} may not import outcomes of {slug}.")
    return programme


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{path}: a map is a TOML file in UTF-8.") from None


def _try(programme: Programme, file: Path, map_text: str) -> dict[str, Any]:
    from onmodel.outcomes.importing.planning import make_plan
    from onmodel.outcomes.importing.problems import ImportRefusedError
    from onmodel.outcomes.importing.summary import summarise

    try:
        plan = make_plan(programme=programme, path=file, map_text=map_text)
    except ImportRefusedError as error:
        problems = [problem.as_dict() for problem in error.problems]
        return _report("refused", {"problems": len(problems)}, problems, dry_run=True)
    state = "refused" if plan.problems else "unchanged" if plan.changes_nothing else "preview"
    return _report(state, summarise(plan), [p.as_dict() for p in plan.problems], dry_run=True)


def _import(
    programme: Programme, file: Path, map_text: str, by: User | None, *, quiet: bool
) -> dict[str, Any]:
    from django.core.files import File

    from onmodel.monitoring.run import look
    from onmodel.outcomes.actions import forget_file, open_import

    with file.open("rb") as content:
        run = open_import(programme=programme, file=File(content, name=file.name), map_text=map_text, by=by)
    try:
        run = _with_bar(run, by, quiet=quiet)
    finally:
        forget_file(run)
    report = _report(run.state, run.summary, run.problems, dry_run=False)
    if run.state == "done":
        report["signals_opened"] = look(programme=programme, by=by).opened
    return report


def _with_bar(run: ImportRun, by: User | None, *, quiet: bool) -> ImportRun:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from onmodel.outcomes.actions import run_import

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task("reading", total=None)

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(task, description=stage, completed=done, total=total or None)

        return run_import(run=run, by=by, progress=tell)


def _report(
    state: str, summary: dict[str, Any], problems: list[dict[str, Any]], *, dry_run: bool
) -> dict[str, Any]:
    return {"state": state, "dry_run": dry_run, **summary, "problem_list": problems}


def _show(report: dict[str, Any], *, file: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
        return
    if report["state"] in ("refused", "failed"):
        _show_problems(report, file)
        return
    if report["state"] == "unchanged":
        click.echo(f"{file.name}: nothing new; everything in it is in the records already.")
        return
    verb = "would make" if report["dry_run"] else "made"
    click.echo(
        f"{file.name}: {verb} {report['new_patients']} patients, {report['new_treatments']} treatments and "
        f"{report['new_forms']} forms"
        + (f"; {report['filled_forms']} forms filled" if report["filled_forms"] else "")
        + (f"; {report['unchanged_forms']} were there already" if report["unchanged_forms"] else "")
    )
    _show_moments(report["moments"])
    if report.get("signals_opened"):
        click.echo(f"{report['signals_opened']} signals opened.")


def _show_moments(moments: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("instrument", "scale", "months", "n", "mean", "SD"):
        table.add_column(name, justify="left" if name in ("instrument", "scale") else "right")
    for row in moments:
        sd = "" if row["sd"] is None else f"{row['sd']:.1f}"
        cells = (f"{row['months']:g}", str(row["n"]), f"{row['mean']:.1f}", sd)
        table.add_row(row["instrument"], row["scale"], *cells)
    Console().print(table)


def _show_problems(report: dict[str, Any], file: Path) -> None:
    from onmodel.outcomes.importing.problems import Problem

    click.echo(f"{file.name}: refused, nothing was written.", err=True)
    for problem in report["problem_list"][:MOST_SHOWN]:
        click.echo(f"  {Problem(**problem)}", err=True)
    more = report["problems"] - MOST_SHOWN
    if more > 0:
        click.echo(f"  and {more} more; --json gives them all", err=True)
