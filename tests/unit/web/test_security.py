"""The content security policy."""

import pytest
from django.http import HttpRequest, HttpResponse

from onmodel.web.security import HEADER, ContentSecurityPolicyMiddleware


def answered(response: HttpResponse) -> HttpResponse:
    return ContentSecurityPolicyMiddleware(lambda request: response)(HttpRequest())


@pytest.mark.parametrize("weak", ["unsafe-inline", "unsafe-eval", "http:", "https:", "*"])
def test_nothing_but_our_own_files_runs(weak: str) -> None:
    assert weak not in HEADER
    assert HEADER.startswith("default-src 'none'")


def test_every_response_carries_the_policy() -> None:
    assert answered(HttpResponse()).headers["Content-Security-Policy"] == HEADER


def test_a_response_may_bring_its_own() -> None:
    own = HttpResponse(headers={"Content-Security-Policy": "sandbox"})
    assert answered(own).headers["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize(("status", "present"), [(200, True), (404, False), (500, False)])
def test_only_the_technical_pages_of_development_go_without(settings, status: int, present: bool) -> None:
    settings.DEBUG = True
    assert ("Content-Security-Policy" in answered(HttpResponse(status=status)).headers) is present


def test_a_form_may_lead_to_the_institution_where_one_is_configured(settings) -> None:
    settings.OIDC_SERVER_URL = "https://login.hospital.test/realms/staff"
    settings.OIDC_ALSO_AT = ["https://factor.hospital.test"]
    policy = answered(HttpResponse()).headers["Content-Security-Policy"]
    assert "form-action 'self' https://login.hospital.test https://factor.hospital.test;" in policy


def test_pages_are_not_kept_on_the_way(settings) -> None:
    assert answered(HttpResponse()).headers["Cache-Control"] == "private, no-store"
