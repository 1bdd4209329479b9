"""`onmodel reminders`: send messages, and see how it went."""

from __future__ import annotations

import click

from onmodel.cli.django import start


@click.group()
def reminders() -> None:
    """Send the messages to patients that are due, and see how sending went.

    \b
    Examples:
      onmodel reminders send
      onmodel reminders status
    """


@reminders.command()
def send() -> None:
    """Send every message whose time has come. `onmodel serve` does so by itself."""
    start("job")
    from onmodel.outreach.delivering import send_due

    told = send_due()
    click.echo(
        f"{told.sent} sent, {told.failed} failed, {told.put_off} put off, {told.not_needed} not needed"
    )


@reminders.command()
def status() -> None:
    """How many messages are in which state, by programme."""
    start()
    from django.db.models import Count

    from onmodel.outreach.models import Sending

    counted = Sending.objects.order_by("treatment__programme__slug", "state")
    for slug, state, n in counted.values_list("treatment__programme__slug", "state").annotate(n=Count("id")):
        click.echo(f"{slug}: {n} {state}")
