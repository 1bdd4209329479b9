"""Serve the pages, with the worker for background jobs beside them; both stop together."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import socket
import subprocess
import sys
from collections.abc import Iterator

import click

from onmodel.cli.django import start

PORT = click.IntRange(1, 65535)
THREADS = 8
SECONDS_TO_STOP = 10


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
def serve(host: str, port: int) -> None:
    """Serve the pages and run the background jobs, until Ctrl-C.

    \b
    Try:
      onmodel serve --port 8080
    """
    start()
    require_free_port(host, port)
    require_own_secrets(host)
    require_migrated()
    prepare_static_files()
    click.echo(f"OnModel serves {address(host, port)} (Ctrl-C stops it)")
    serve_pages(host, port)


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def require_free_port(host: str, port: int) -> None:
    """Refuse (exit 1) where somebody else listens there, or we may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise click.ClickException(_why_not(error, host, port)) from None


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: another program listens there. Stop it, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this account. Choose one from 1024 with --port."
    return f"Cannot listen on {host} port {port}: {error.strerror}."


def require_own_secrets(host: str) -> None:
    """Refuse to serve other machines under the keys that everybody knows."""
    from django.conf import settings

    if not _is_loopback(host) and settings.SECRET_KEY.startswith("only-for-trying-out"):
        raise click.ClickException(
            f"{host} can be reached from other machines, and SECRET_KEY is still the one for trying out. "
            "Set SECRET_KEY and IDENTITY_KEYS first (docs/settings.md)."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def require_migrated() -> None:
    """Refuse to serve tables of another version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise click.ClickException(
            "The database is not up to date. Run: onmodel manage migrate "
            "(or onmodel demo, for the simulated service)."
        )


def prepare_static_files() -> None:
    """Find the one file that is composed when it is first asked for, so that no first visitor waits."""
    from django.conf import settings
    from django.contrib.staticfiles import finders

    finders.find("vendor/vega.js")
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def serve_pages(host: str, port: int) -> None:
    """Serve until a signal; the worker stops with the server, however that ends."""
    from gunicorn.app.base import BaseApplication

    class Pages(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", THREADS)
            self.cfg.set("timeout", 120)
            self.cfg.set("graceful_timeout", 5)
            self.cfg.set("loglevel", "warning")

        def load(self):
            from django.core.wsgi import get_wsgi_application

            return get_wsgi_application()

    with background_worker():
        Pages().run()


@contextlib.contextmanager
def background_worker() -> Iterator[subprocess.Popen[bytes]]:
    """The worker as a child in a session of its own, so that Ctrl-C reaches it through us.

    It also stops when the pipe to us closes, and so does not outlive us where we are killed.
    """
    worker = subprocess.Popen(
        [sys.executable, "-m", "onmodel.cli.worker"], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
