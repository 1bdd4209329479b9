"""`onmodel schedule`: which forms the patients of a programme are asked for, and when."""

from __future__ import annotations

import datetime
from typing import Any

import click

from onmodel.cli.django import start

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def schedule() -> None:
    """Choose schedules of the pack for a programme or some of its patients.

    \b
    Examples:
      onmodel schedule list riverside-day-hospital
      onmodel schedule choose riverside-day-hospital research_battery --since 2026-01-01
      onmodel schedule assign riverside-day-hospital weekly_check P-1001 P-1007
      onmodel schedule follow
    """


def _programme(slug: str) -> Any:
    start()
    from onmodel.programmes.models import Programme

    programme = Programme.objects.filter(slug=slug).first()
    if programme is None:
        raise click.ClickException(f"There is no programme {slug!r}.")
    return programme


def _day(value: datetime.datetime | None) -> datetime.date | None:
    return value.date() if value else None


def _refusal(error: Exception) -> click.ClickException:
    return click.ClickException(" ".join(getattr(error, "messages", [str(error)])))


@schedule.command("list")
@click.argument("programme")
def list_(programme: str) -> None:
    """The schedules that the pack has for patients, and those that hold in the programme."""
    found = _programme(programme)
    from onmodel.scheduling.actions import treatment_schedules

    chosen = {one.schedule: one for one in found.schedules.filter(ended_at__isnull=True)}
    for name in treatment_schedules(found):
        held = f"  holds, forms from {chosen[name].since}" if name in chosen else ""
        click.echo(f"{name}: {found.definitions.schedules[name].title.en}{held}")


@schedule.command()
@click.argument("programme")
@click.argument("name", metavar="SCHEDULE")
@click.option("--desired", is_flag=True, help="With the desired forms beside the recommended ones.")
@click.option("--since", type=DAY, help="Forms whose window is not over on this day (today by default).")
def choose(programme: str, name: str, desired: bool, since: datetime.datetime | None) -> None:
    """Every patient of the programme follows SCHEDULE, new ones as they come."""
    found = _programme(programme)
    from django.core.exceptions import ValidationError

    from onmodel.scheduling.actions import choose_schedule

    try:
        choose_schedule(programme=found, schedule=name, with_desired=desired, since=_day(since), by=None)
    except ValidationError as error:
        raise _refusal(error) from None
    following = found.treatments.filter(enrolments__schedule=name, enrolments__ended_at__isnull=True)
    click.echo(f"{name} holds in {found.slug}; {following.count()} treatments follow it.")


@schedule.command()
@click.argument("programme")
@click.argument("name", metavar="SCHEDULE")
@click.argument("pseudonyms", nargs=-1, required=True)
@click.option("--desired", is_flag=True, help="With the desired forms beside the recommended ones.")
@click.option("--since", type=DAY, help="Forms whose window is not over on this day (today by default).")
def assign(
    programme: str, name: str, pseudonyms: tuple[str, ...], desired: bool, since: datetime.datetime | None
) -> None:
    """These patients follow SCHEDULE, in their treatments of the programme that have not ended."""
    found = _programme(programme)
    from django.core.exceptions import ValidationError

    from onmodel.scheduling.actions import enrol

    treatments = list(
        found.treatments.filter(patient__pseudonym__in=pseudonyms, ended_on__isnull=True).select_related(
            "patient"
        )
    )
    unknown = sorted(set(pseudonyms) - {treatment.patient.pseudonym for treatment in treatments})
    if unknown:
        raise click.ClickException(f"No running treatment here of: {', '.join(unknown)}. Nothing is changed.")
    try:
        count = enrol(
            programme=found,
            treatments=treatments,
            schedule=name,
            with_desired=desired,
            since=_day(since),
            by=None,
        )
    except ValidationError as error:
        raise _refusal(error) from None
    click.echo(f"{count} treatments follow {name} from now on.")


@schedule.command()
@click.option("--programme", metavar="SLUG", help="Only this programme (all by default).")
@click.option("--on", "day", type=DAY, help="As of this day (today by default).")
def follow(programme: str | None, day: datetime.datetime | None) -> None:
    """Plan, open and close forms as the nightly run does; a second time changes nothing."""
    start()
    from onmodel.programmes.models import Programme
    from onmodel.scheduling.actions import follow_schedules

    for found in [_programme(programme)] if programme else Programme.objects.all():
        changed = follow_schedules(programme=found, on=_day(day))
        told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in changed.items())
        click.echo(f"{found.slug}: {told or 'nothing to change'}")
