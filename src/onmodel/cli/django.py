"""Start Django for the commands that need the records."""

import os


def start() -> None:
    """Load settings and apps; call before importing anything with models."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onmodel.config.settings")
    import django

    django.setup()
