"""What server processes share: tries at sign-in count together, wherever they arrive."""

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from onmodel.accounts.models import Kept

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 1, 5, 12, 0, tzinfo=datetime.UTC)


def test_keeps_and_forgets():
    cache.set("a", [1.5, 2], 60)
    assert cache.get("a") == [1.5, 2]
    assert cache.get("b", "none") == "none"
    assert cache.add("b", 1, 60)
    assert not cache.add("b", 2, 60)
    assert cache.get_many(["a", "b"]) == {"a": [1.5, 2], "b": 1}
    assert cache.touch("b", 5)
    assert not cache.touch("c", 5)
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.clear()
    assert not Kept.objects.exists()


def test_ends_in_time():
    with time_machine.travel(NOON, tick=False) as clock:
        cache.set("a", 1, 60)
        cache.set("b", 2, None)
        clock.shift(61)
        assert cache.get("a") is None
        assert cache.get("b") == 2
        assert cache.add("a", 3, 60)


def test_what_is_over_is_swept_out(monkeypatch):
    monkeypatch.setattr("onmodel.accounts.shared.SWEPT_ONCE_IN", 1)
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(5):
            cache.set(f"old-{number}", number, 60)
        clock.shift(61)
        cache.set("new", 1, 60)
        assert Kept.objects.count() == 1


def test_the_table_tells_no_address_and_no_name(client, cast):
    client.post(reverse("sign-in"), {"login": "therapist", "password": "wrong"}, REMOTE_ADDR="203.0.113.77")
    kept = repr(list(Kept.objects.values()))
    assert Kept.objects.exists()
    assert "203.0.113" not in kept
    assert "therapist" not in kept


COMMAND = "from onmodel.cli.main import main; main()"
TRIES = """
from onmodel.cli.django import start
start()
from allauth.core import ratelimit
from django.test import RequestFactory
request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.77")
tried = [ratelimit.consume(request, action="patient_code", key=str(n)) for n in range(15)]
print(sum(tried))
"""


def process(code: str, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env={**environment, "ONMODEL_DATA": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_at_once_count_together(tmp_path):
    """Fifteen tries in each of two: of the thirty, twenty are let through (ACCOUNT_RATE_LIMITS)."""
    process(COMMAND, tmp_path, "manage", "migrate", "-v0").communicate(timeout=120)
    both = [process(TRIES, tmp_path) for _ in range(2)]
    assert sum(int(one.communicate(timeout=60)[0]) for one in both) == 20
