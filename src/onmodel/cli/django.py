"""Start Django for the commands that need the records."""

import os


def start(channel: str = "command") -> None:
    """Load settings and apps; call before importing anything with models. Events come from `channel`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmodel.config.settings")
    import django

    django.setup()
    from onmodel.audit.origin import come_from

    come_from(channel)
