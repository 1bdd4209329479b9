"""`onmodel pir`: write the programme implementation report of a period."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import click

from onmodel.cli.django import start as start_django

DAY = click.DateTime(["%Y-%m-%d"])
KINDS = (".html", ".pdf", ".json")


@click.command()
@click.argument("programme")
@click.option("--from", "start", type=DAY, required=True, help="First day of the period.")
@click.option("--to", "end", type=DAY, required=True, help="Last day of the period, included.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write: .html, .pdf or .json."
)
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def pir(
    programme: str,
    start: datetime.datetime,
    end: datetime.datetime,
    out: Path | None,
    language: str,
    as_json: bool,
) -> None:
    """Write the programme implementation report of PROGRAMME (its short name, as in its address).

    \b
    Examples:
      onmodel pir beat-the-blues --from 2025-01-01 --to 2025-12-31 --out pir.pdf
      onmodel pir beat-the-blues --from 2025-01-01 --to 2025-12-31 --out pir.html --language nl
    """
    if out is None and not as_json:
        raise click.UsageError("Say where to write it: --out FILE.pdf, FILE.html or FILE.json; or --json.")
    if out is not None and out.suffix not in KINDS:
        raise click.UsageError(
            f"{out.name}: the name ends in .html, .pdf or .json, not {out.suffix or 'nothing'}."
        )
    if end < start:
        raise click.UsageError(f"The period ends ({end:%Y-%m-%d}) before it begins ({start:%Y-%m-%d}).")
    start_django()
    report = _report(programme, start.date(), end.date(), language)
    if out is not None:
        _write(report, out)
        click.echo(f"{out}: {report.title}, {report.programme}, {report.start} to {report.end}", err=as_json)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))


def _report(slug: str, start: datetime.date, end: datetime.date, language: str):
    from django.core.exceptions import ValidationError

    from onmodel.programmes.models import Programme
    from onmodel.reports.pir import programme_implementation_report

    found = Programme.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Programme.objects.values_list("slug", flat=True)) or "none"
        raise click.ClickException(f"There is no programme {slug!r}. Known: {known}.")
    try:
        return programme_implementation_report(found, start, end, language=language)
    except ValidationError as error:
        raise click.ClickException(error.messages[0]) from None


def _write(report, out: Path) -> None:
    from onmodel.reports.page import as_html
    from onmodel.reports.paper.pdf import as_pdf

    try:
        if out.suffix == ".pdf":
            out.write_bytes(as_pdf(report))
        elif out.suffix == ".html":
            out.write_text(as_html(report), encoding="utf-8")
        else:
            text = json.dumps(report.as_dict(), ensure_ascii=False, indent=2)
            out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
