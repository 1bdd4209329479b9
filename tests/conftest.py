"""What every test shares: the cast, and no network beyond this machine."""

import pytest
from django.conf import settings
from django.core.cache import cache

from tests import cast as cast_module


def pytest_configure() -> None:
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; tests only


@pytest.fixture(autouse=True)
def no_tries_yet():
    """The rate limits of sign-in count in the cache."""
    cache.clear()


@pytest.fixture
def cast(db):
    """The fixed cast in the database."""
    return cast_module.assemble()
