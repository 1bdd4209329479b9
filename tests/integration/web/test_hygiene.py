"""What every answer carries, what no answer tells, and what is refused before it is read."""

import io
import logging
import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from onmodel.web.security import HEADER
from tests.integration.security.state import undone
from tests.integration.test_permissions import TABLE, address, signal

pytestmark = pytest.mark.django_db

__all__ = ["signal"]
#: The stop link of a reminder is signed; mail programs post to it (RFC 8058).
WITHOUT_TOKEN = {"reminders-stop"}
MADE_UP = "7e1c3f7a-0000-4000-8000-000000000000"


def test_every_answer_of_every_address_carries_the_policies(cast, signal):
    client = Client()
    client.force_login(cast.manager)
    for name, method in TABLE:
        with undone():
            response = getattr(client, method)(address(name, cast, signal))
        headers = response.headers
        assert (
            headers["Content-Security-Policy"] in (HEADER, "sandbox")
            or "default-src 'none'" in (headers["Content-Security-Policy"])
        ), name
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["X-Frame-Options"] == "DENY", name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in headers["Permissions-Policy"], name
        assert "no-store" in headers["Cache-Control"], name
        if name == "sign-out":
            client.force_login(cast.manager)


def test_no_page_holds_a_script_style_or_handler_of_its_own(cast, signal):
    client = Client()
    client.force_login(cast.manager)
    inline = re.compile(
        r"<script(?![^>]*(?:\bsrc=|application/json))|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE
    )
    for name, method in TABLE:
        with undone():
            response = getattr(client, method)(address(name, cast, signal))
        downloads = name in ("pir-file", "import-problems")
        if (
            method == "get"
            and not downloads
            and response.headers.get("Content-Type", "").startswith("text/html")
        ):
            assert not inline.search(response.text), name


def test_every_post_needs_its_token(cast, signal):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.manager)
    for name, method in TABLE:
        if method == "post" and name not in WITHOUT_TOKEN:
            with undone():
                assert client.post(address(name, cast, signal)).status_code == 403, name


@pytest.mark.parametrize(
    "path", ["/nowhere/", f"/treatments/{MADE_UP}/", "/treatments/1/", "/programmes/none/"]
)
def test_a_page_that_is_not_there_says_nothing_else(client, cast, path):
    client.force_login(cast.manager)
    response = client.get(path)
    assert response.status_code == 404
    for word in ("Traceback", "urlpatterns", "onmodel.web", "Django", MADE_UP):
        assert word not in response.text


def test_a_failure_says_nothing_of_itself(cast, monkeypatch):
    from onmodel.web.views import home

    def fail(*_arguments):
        raise RuntimeError("patient P-1001 of the day hospital")

    monkeypatch.setattr(home, "_programmes", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.manager)
    response = client.get("/")
    assert response.status_code == 500
    assert "P-1001" not in response.text
    assert "RuntimeError" not in response.text


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True
)
def test_over_https_only(client):
    assert client.get("/sign-in/").url == "https://testserver/sign-in/"
    kept = client.get("/sign-in/", secure=True).headers["Strict-Transport-Security"]
    assert kept == "max-age=31536000; includeSubDomains"


@override_settings(SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_cookies_stay_on_this_site_and_on_https(client, cast):
    client.post("/sign-in/", {"login": "manager", "password": "correct horse battery"}, secure=True)
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["expires"] == ""  # ends with the browser
    for cookie in (session, token):
        assert cookie["secure"]
        assert cookie["samesite"] == "Lax"


def upload(client: Client, path: str, size: int):
    file = io.BytesIO(b"x" * size)
    file.name = "answers.csv"
    return client.post(path, {"file": file})


def test_nobody_sends_a_large_file_where_none_belongs(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    assert upload(client, reverse("sign-in"), 20_000).status_code == 400
    assert upload(client, reverse("patient-sign-in"), 20_000).status_code == 400


def test_an_import_may_be_large_but_not_larger(client, cast, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    settings.MAX_IMPORT_BYTES = 30_000
    client.force_login(cast.manager)
    path = reverse("import-start", args=[cast.programme.slug])
    assert upload(client, path, 20_000).status_code in (302, 422)
    assert "larger than" in upload(client, path, 40_000).text
    assert upload(client, path, 2_000_000).status_code == 400


@pytest.mark.parametrize("name", ["answers.exe", "answers", "answers.csv.html", "answers.xlsx"])
def test_an_import_takes_only_files_of_its_kinds(client, cast, name):
    client.force_login(cast.manager)
    file = io.BytesIO(b"id;months;bdi\n1;0;10\n")
    file.name = name
    response = client.post(reverse("import-start", args=[cast.programme.slug]), {"file": file})
    assert response.status_code == 422
    assert "extension" in response.text


@pytest.mark.parametrize("content", [b"PK\x03\x04zip", b"%PDF-1.7", b"\x7fELF", b"<html><script>"])
def test_an_import_looks_at_the_content_whatever_the_name(client, cast, content):
    client.force_login(cast.manager)
    file = io.BytesIO(content)
    file.name = "answers.csv"
    response = client.post(reverse("import-start", args=[cast.programme.slug]), {"file": file}, follow=True)
    assert response.status_code in (200, 422)
    assert "<script>" not in response.text


def test_a_refused_request_logs_its_path_and_nothing_that_was_sent(client, cast, caplog):
    client.force_login(cast.manager)
    with caplog.at_level(logging.INFO, logger="django"):
        client.get("/nowhere/?q=Pia+Patient")
        client.post("/nowhere/", {"name": "Pia Patient", "password": "very secret"})
    assert "/nowhere/" in caplog.text
    assert "Pia" not in caplog.text
    assert "very secret" not in caplog.text
