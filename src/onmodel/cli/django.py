"""Start Django for the commands that need the records."""

import os
import sys

import click


def start(channel: str = "command") -> None:
    """Load settings and apps; call before importing anything with models. Events come from `channel`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmodel.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:  # ValueError: a variable that cannot be read
        raise click.ClickException(f"The settings cannot be used: {error}") from None
    from onmodel.audit.origin import come_from

    come_from(channel)


def database_trouble(error: Exception) -> str | None:
    """What to do about an error of the database itself; None where `error` is of another kind.

    Commands that read no records have not loaded Django, and do not load it for this.
    """
    django_errors = sys.modules.get("django.db.utils")
    if django_errors is None or not isinstance(error, django_errors.DatabaseError):
        return None
    said = (str(error).splitlines() or [""])[0].rstrip(".")
    if "no such table" in said or "no such column" in said or "does not exist" in said:
        return f"The database is not up to date ({said}). Run: onmodel manage migrate"
    if isinstance(error, django_errors.OperationalError):
        return f"The database cannot be used: {said}. DATABASE_URL or ONMODEL_DATA names another."
    return None
