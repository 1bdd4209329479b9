"""`onmodel packs`: list, check, show, lock; schemas for editors; official wording."""

from __future__ import annotations

import datetime
import functools
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import click

from onmodel import library
from onmodel.packs.problems import PackError, Problem, ProblemSeverity, refused

AS_JSON = click.option("--json", "as_json", is_flag=True, help="The result as JSON.")


def _refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refused pack or file ends the command with its problems and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except PackError as error:
            _refuse(error.problems, as_json=bool(kwargs.get("as_json")))

    return wrapped


@click.group()
def packs() -> None:
    """List, check and show packs of definitions; load official wording.

    \b
    Examples:
      onmodel packs list
      onmodel packs check                          every pack, with today's date
      onmodel packs show mbt                       what is in it
      onmodel packs show mbt instruments/phq9      one form: items, scales, norms, sources
      onmodel packs texts bsi-nl.toml              load official wording into this installation
      onmodel packs lock mbt                       after giving changed files a new version
      onmodel packs schema --out schemas           JSON Schema for your editor

    The packs that ship are found by themselves; ONMODEL_PACKS names folders with packs of your own.
    """


@packs.command("list")
@AS_JSON
@_refusing
def list_(as_json: bool) -> None:
    """List the packs that are found, with version and title."""
    headers = library.available()
    if as_json:
        _print_json([_header_json(header) for header in headers])
        return
    for header in headers:
        on = f" (on {header.extends})" if header.extends else ""
        click.echo(f"{header.id:<12} {header.version:<8} {header.title.en}{on}")


def _header_json(header: Any) -> dict[str, Any]:
    fields = ("id", "version", "extends", "author", "checked_by", "licence", "source")
    return {
        **{field: getattr(header, field) for field in fields},
        "title": {"en": header.title.en, "nl": header.title.nl},
        "next_review": header.next_review.isoformat(),
        "folder": str(library.folder_of(header.id)),
    }


@packs.command()
@click.argument("pack_ids", metavar="[PACK]...", nargs=-1)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day for which review dates are looked at; today when left out.",
)
@AS_JSON
@_refusing
def check(pack_ids: tuple[str, ...], day: datetime.datetime | None, as_json: bool) -> None:
    """Check packs; all that are found when none is named.

    Each problem is told with file and key. Exit code 1 when a pack is refused; warnings (a review
    that is due, a file that is not locked yet) do not fail the check.
    """
    on = day.date() if day else datetime.date.today()  # noqa: DTZ011 (review dates are local days)
    names = pack_ids or tuple(library.folders())
    found = {name: library.check(name, on) for name in names}
    problems = [problem for of_pack in found.values() for problem in of_pack]
    if as_json:
        report = {name: [_problem_json(p) for p in of_pack] for name, of_pack in found.items()}
        _print_json({"passed": not refused(problems), "day": on.isoformat(), "packs": report})
    else:
        for name, of_pack in found.items():
            _tell(name, of_pack)
    sys.exit(1 if refused(problems) else 0)


def _tell(name: str, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        mark = "refused" if problem.severity is ProblemSeverity.REFUSED else "warning"
        click.echo(f"{click.style(mark, fg='red' if mark == 'refused' else 'yellow')}  {problem}")
    count, warnings = len(refused(problems)), len(problems) - len(refused(problems))
    verdict = f"refused, {_times(count, 'problem')}" if count else "passed"
    beside = f", {_times(warnings, 'warning')}" if warnings else ""
    click.echo(f"{name}: {verdict}{beside}")


def _times(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


@packs.command()
@click.argument("pack_id", metavar="PACK")
@click.argument("what", metavar="[KIND[/ID]]", required=False)
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@AS_JSON
@_refusing
def show(pack_id: str, what: str | None, language: str, as_json: bool) -> None:
    """Show a pack, one kind of definition in it, or one definition.

    \b
    Examples:
      onmodel packs show mbt
      onmodel packs show mbt standards
      onmodel packs show mbt instruments/phq9 --language nl
      onmodel packs show mbt instruments/phq9 --json
    """
    from onmodel.cli import pack_pages

    pack = library.load(pack_id)
    try:
        shown = pack_pages.find(pack, what)
    except LookupError as error:
        raise click.UsageError(str(error.args[0])) from error
    if as_json:
        click.echo(pack_pages.as_json(shown))
    else:
        pack_pages.show(pack, shown, language)


@packs.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write one file a kind into this folder, instead of everything to the screen.",
)
def schema(out: Path | None) -> None:
    """JSON Schema of every kind of file, for editors that check while one writes."""
    from onmodel.packs import schemas

    described = {name: schemas.schema(name) for name in schemas.DESCRIBED}
    if out is None:
        _print_json(described)
        return
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in described.items():
            (out / f"{name}.schema.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"{len(described)} schemas written to {out}")


@packs.command()
@click.argument("pack_ids", metavar="PACK...", nargs=-1, required=True)
@click.option(
    "--draft", is_flag=True, help="Also what changed under its version, in a pack of version 0.x.y."
)
@_refusing
def lock(pack_ids: tuple[str, ...], draft: bool) -> None:
    """Write the lock of a pack: the version and digest of each file.

    A file whose content changed must have a new version first: answers keep the version they were
    given under. A pack of version 0.x.y is not published yet; --draft locks it as it is.
    """
    for pack_id in pack_ids:
        path, changed = library.lock(pack_id, draft=draft)
        for name in changed:
            click.echo(f"  {name}")
        click.echo(f"{pack_id}: {_times(len(changed), 'change')} in {path}")


@packs.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--instrument", "instrument_id", help="The form; when left out, the one that the file names.")
@click.option(
    "--language", type=click.Choice(["en", "nl"]), help="The language, where the file does not say it."
)
@click.option("--pack", "pack_id", default="mbt", show_default=True, help="The pack that the form is in.")
@click.option("--dry-run", is_flag=True, help="Only say what would be stored.")
@_refusing
def texts(file: Path, instrument_id: str | None, language: str | None, pack_id: str, dry_run: bool) -> None:
    """Load the official wording of a form into this installation.

    FILE is TOML, or a FHIR R4 Questionnaire in JSON. Only labels are taken from it: items, scales
    and scoring stay those of the pack. docs/packs.md shows how such a file looks.

    \b
    Examples:
      onmodel packs texts bsi-nl.toml --dry-run
      onmodel packs texts phq9-questionnaire.json --instrument phq9 --language en
    """
    pack = library.load(pack_id)
    for found in library.read_wording(file, pack, instrument_id=instrument_id, language=language):
        what = f"{found.instrument}, {found.language}: {_times(len(found.items), 'item')}"
        owner = f"owner: {found.owner or 'not said'}; licence: {found.licence or 'not said'}"
        stored = "would be stored" if dry_run else f"stored in {library.store(found)}"
        click.echo(f"{what} ({owner}), {stored}")


def _refuse(problems: Iterable[Problem], *, as_json: bool) -> NoReturn:
    if as_json:
        _print_json({"passed": False, "problems": [_problem_json(problem) for problem in problems]})
    else:
        for problem in problems:
            click.echo(f"{click.style('refused', fg='red')}  {problem}", err=True)
    sys.exit(1)


def _problem_json(problem: Problem) -> dict[str, str]:
    return {
        "file": problem.file,
        "key": problem.key,
        "message": problem.message,
        "severity": problem.severity.value,
    }


def _print_json(data: object) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))
