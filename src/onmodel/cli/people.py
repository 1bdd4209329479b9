"""`onmodel people`: accounts and roles, until somebody with an account can do it in the pages."""

from __future__ import annotations

import datetime

import click

from onmodel.cli.django import start
from onmodel.cli.refusals import refuse

ROLES = (
    "therapist",
    "supervisor",
    "manager",
    "expert",
    "research_assistant",
    "stakeholder",
    "administrator",
)
DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def people() -> None:
    """Give people an account and a role in a programme, or end it.

    \b
    Examples:
      onmodel people add mia --name "Mia Manager" --programme beat-the-blues --role manager
      onmodel people add tom --programme beat-the-blues --role therapist --team Blue --hours 28
      onmodel people end tom --programme beat-the-blues
    """


@people.command()
@click.argument("username")
@click.option("--programme", "slug", metavar="SLUG", required=True)
@click.option(
    "--role", metavar="ROLE", required=True, help=f"One of {', '.join(ROLES)}, or another of the packs."
)
@click.option("--name", default="", help="The person's name, for a new account.")
@click.option("--email", default="", help="For a new account.")
@click.option("--password", help="For a new account; asked for when it is not given.")
@click.option("--team", default="", help="The team; made where there is none of this name.")
@click.option("--position", default="", help="The pack's own name of the role, such as psychiatrist.")
@click.option("--training", default="", help="Accreditation level, such as a or b.")
@click.option("--hours", type=float, help="Hours a week in this role.")
@click.option("--from", "starts_on", type=DAY, help="First day (today by default).")
def add(
    username: str,
    slug: str,
    role: str,
    name: str,
    email: str,
    password: str | None,
    starts_on: datetime.datetime | None,
    hours: float | None,
    **place: str,
) -> None:
    """Give USERNAME a role in a programme; the account is made where there is none."""
    start()
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from onmodel.accounts.models import User
    from onmodel.programmes.actions import add_membership, create_account

    programme = _programme(slug)
    user = User.objects.filter(username=username).first()
    if user is None and password is None:
        password = click.prompt(f"Password for {username}", hide_input=True, confirmation_prompt=True)
    try:
        with transaction.atomic():
            user = user or create_account(
                username=username, name=name, password=password or "", email=email, by=None
            )
            membership = add_membership(
                user=user,
                programme=programme,
                role=role,
                by=None,
                hours_per_week=hours,
                starts_on=starts_on.date() if starts_on else None,
                **place,
            )
    except ValidationError as error:
        refuse(" ".join(error.messages), as_json=False)
    click.echo(f"{user.name} is {membership.role} in {programme.name} from {membership.starts_on}.")


@people.command()
@click.argument("username")
@click.option("--programme", "slug", metavar="SLUG", required=True)
@click.option("--on", type=DAY, help="Last day (today by default).")
def end(username: str, slug: str, on: datetime.datetime | None) -> None:
    """End every role of USERNAME in a programme; access ends with it."""
    start()
    from onmodel.accounts.models import User
    from onmodel.programmes.actions import end_memberships

    programme = _programme(slug)
    user = User.objects.filter(username=username).first()
    if user is None:
        refuse(f"There is no account {username!r}.", as_json=False)
    ended = end_memberships(user=user, programme=programme, by=None, on=on.date() if on else None)
    click.echo(f"{ended} roles of {user.name} in {programme.name} ended.")


def _programme(slug: str):
    from onmodel.programmes.models import Programme

    found = Programme.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Programme.objects.values_list("slug", flat=True)) or "none"
        refuse(f"There is no programme {slug!r}. Known: {known}.", as_json=False)
    return found
