"""What the worker does: send what is due, answer who asked for a new link."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone
from django_tasks import default_task_backend, task

from onmodel.outreach.delivering import deliver, send_due
from onmodel.outreach.models import Sending
from onmodel.outreach.requests import new_links


@task()
def send_reminders() -> dict[str, int]:
    """Send what is due; come back when the next one is."""
    told = asdict(send_due())
    call_for_the_next()
    return told


def call_for_the_next() -> None:
    """Ask the worker to send at the hour of the next planned message, where it can wait.

    Otherwise `onmodel reminders send` must be run by the clock of the machine.
    """
    if not default_task_backend.supports_defer:
        return
    waiting = Sending.objects.filter(state=Sending.State.PLANNED)
    first = waiting.order_by("planned_for").values_list("planned_for", flat=True).first()
    if first is not None:
        soonest = timezone.now() + timedelta(minutes=1)
        send_reminders.using(run_after=max(first, soonest)).enqueue()


@task()
def answer_link_request(channel: str, digest: str) -> None:
    """The same job whoever asked, so that its length tells nothing to who asks."""
    for sending in new_links(channel, digest):
        deliver(sending.pk, timezone.now())
