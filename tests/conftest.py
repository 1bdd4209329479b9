"""What every test shares: the cast, and no network beyond this machine."""

import os

import pytest
from django.conf import settings
from django.core.cache import caches

from tests import cast as cast_module


def pytest_configure() -> None:
    from hypothesis import settings as cases
    from pytest_socket import socket_allow_hosts

    # the same generated cases each time; `make explore` looks for new ones
    cases.register_profile("same", derandomize=True, deadline=None)
    cases.register_profile("explore", deadline=None, print_blob=True)
    cases.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    let_tests_empty_the_audit_trail()
    settings.CACHES["figures"] = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "figures",
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick; tests only


@pytest.fixture(autouse=True)
def no_figures_yet():
    """Figures of another test are no figures of this one."""
    caches["figures"].clear()


def let_tests_empty_the_audit_trail() -> None:
    """A test with real transactions empties all tables afterwards, which the database refuses for events."""
    from django.test import TransactionTestCase

    empty = TransactionTestCase._fixture_teardown

    def without_guard(case: TransactionTestCase) -> None:
        from django.db import connection

        from onmodel.audit import guard

        guard.remove(connection)
        empty(case)

    TransactionTestCase._fixture_teardown = without_guard


@pytest.fixture
def cast(db):
    """The fixed cast in the database."""
    return cast_module.assemble()
