"""The worker for background jobs, as a child of `onmodel serve`: it stops when its parent has gone."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading

from onmodel.cli.django import start

LOGGERS = ("django_tasks", "django_tasks_db")


def stop_with_parent() -> None:
    """Wait for the end of the pipe from the parent, then ask this process to end."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def only_errors(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


def main() -> None:
    start("job")
    from django.core.management import call_command

    for name in LOGGERS:
        logging.getLogger(name).addFilter(only_errors)
    threading.Thread(target=stop_with_parent, daemon=True).start()
    call_command("db_worker", queue_name="*", reload=False)


if __name__ == "__main__":
    main()
