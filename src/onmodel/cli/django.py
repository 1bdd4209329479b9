"""Start Django for the commands that need the records."""

import os

import click


def start(channel: str = "command") -> None:
    """Load settings and apps; call before importing anything with models. Events come from `channel`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmodel.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise click.ClickException(str(error)) from None
    from onmodel.audit.origin import come_from

    come_from(channel)
