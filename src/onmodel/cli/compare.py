"""`onmodel compare`: compare two periods or two cohorts of a programme."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

import click

from onmodel.cli.django import start as start_django

if TYPE_CHECKING:
    from onmodel.reports.document import Report

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("programme")
@click.option("--date", type=DAY, help="The date that parts before from after, such as 2024-02-21.")
@click.option(
    "--under-way",
    type=click.Choice(["after", "out", "start"]),
    default="after",
    show_default=True,
    help="Treatments that span the date: count as after, leave out, or go by their start.",
)
@click.option("--cohorts", nargs=2, metavar="FIRST SECOND", help="Two cohorts instead of a date.")
@click.option("--adjusted", is_flag=True, help="Adjust for age and gender at the start.")
@click.option("--until", type=DAY, help="Count what was known by this day (today).")
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the whole comparison as JSON.")
def compare(
    programme: str,
    date: datetime.datetime | None,
    under_way: str,
    cohorts: tuple[str, str] | None,
    adjusted: bool,
    until: datetime.datetime | None,
    language: str,
    as_json: bool,
) -> None:
    """Compare the outcomes of PROGRAMME (its short name) before and after a date, or of two cohorts.

    \b
    Examples:
      onmodel compare maasoever-day-hospital --date 2024-02-21
      onmodel compare maasoever-day-hospital --date 2024-02-21 --adjusted
      onmodel compare beat-the-blues --cohorts TAU BtheB --json
    """
    if (date is None) == (cohorts is None):
        raise click.UsageError("Say what to compare: either --date DATE or --cohorts FIRST SECOND.")
    if cohorts and cohorts[0] == cohorts[1]:
        raise click.UsageError(f"The two cohorts are the same: {cohorts[0]}.")
    start_django()
    from onmodel.outcomes.periods import ByCohort, ByDate, Spanning

    split = ByCohort(*cohorts) if cohorts else ByDate(date.date(), Spanning(under_way))
    report = _report(programme, split, adjusted, until.date() if until else None, language)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
        return
    _print(report)


def _report(slug: str, split, adjusted: bool, until: datetime.date | None, language: str) -> Report:
    from django.utils import timezone

    from onmodel.outcomes.comparison import compare, outcomes_of
    from onmodel.programmes.models import Programme
    from onmodel.reports.comparing import comparison_report

    found = Programme.objects.select_related("organisation").filter(slug=slug).first()
    if found is None:
        known = ", ".join(Programme.objects.values_list("slug", flat=True)) or "none"
        raise click.ClickException(f"There is no programme {slug!r}. Known: {known}.")
    _refuse_unknown_cohorts(found, split)
    template = found.definitions.reports.get("pir")
    comparison = compare(
        found.treatments.all(),
        split,
        outcomes=outcomes_of(found),
        until=until or timezone.localdate(),
        minimum_n=template.minimum_n if template else 5,
        adjusted=adjusted,
    )
    return comparison_report(found, comparison, language=language)


def _refuse_unknown_cohorts(programme, split) -> None:
    from onmodel.outcomes.periods import ByCohort, cohorts

    if not isinstance(split, ByCohort):
        return
    known = cohorts(programme.treatments.all())
    for name in (split.first, split.second):
        if name not in known:
            listed = ", ".join(known) or "none"
            raise click.ClickException(
                f"No treatment of {programme.slug} has the cohort {name!r}. Known: {listed}."
            )


def _print(report: Report) -> None:
    """What was found and who was compared, in words."""
    simulated = " (simulated data)" if report.simulated else ""
    click.echo(f"{report.programme}: {report.title}{simulated}")
    for section in report.sections[:2]:
        click.echo(f"\n{section.title}\n{section.intro}")
        for block in section.blocks:
            for item in block.items if block.kind == "notes" else ():
                click.echo(f"  - {item}")
