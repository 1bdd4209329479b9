"""Signing in by an institution: a real OpenID Connect provider on this machine, and this site."""

import warnings
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from onmodel.accounts.models import User
from onmodel.audit.models import Event

with warnings.catch_warnings(
    record=True
):  # the provider uses parts of its own library that are on their way out
    import oidc_provider_mock

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SUBJECT = "a-subject-that-stays"


@pytest.fixture(scope="module")
def provider():
    """The address of the provider."""
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def institution(provider, settings):
    app = {
        "provider_id": "institution",
        "name": "Riverside Hospital",
        "client_id": "onmodel",
        "secret": "only-of-this-test",
        "settings": {"server_url": provider},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    return provider


def come_by(institution: str, client: Client, *, subject: str = SUBJECT, deny: bool = False, **claims):
    """From the button at sign-in through the provider and back.

    The provider forgets to return the state with a refusal (RFC 6749, 4.1.2.1); that is mended here.
    """
    requests.put(f"{institution}/users/{subject}", json=claims, timeout=5).raise_for_status()
    left = client.post(reverse("openid_connect_login", args=["institution"]))
    asked = parse_qs(urlsplit(left.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    answer = {"action": "deny"} if deny else {"sub": subject}
    back = requests.post(left.url, data=answer, allow_redirects=False, timeout=5)
    where = urlsplit(back.headers["Location"])
    query = where.query if "state=" in where.query else f"{where.query}&state={asked['state'][0]}"
    return client.get(f"{where.path}?{query}")


def who_is_signed_in(client: Client) -> User | None:
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


@pytest.fixture
def manager(cast):
    cast.manager.email = "Mia@riverside.test"
    cast.manager.save()
    return cast.manager


def test_the_button_is_there_only_where_an_institution_is_configured(client, institution, settings):
    assert "Go on by Riverside Hospital" in client.get(reverse("sign-in")).text
    settings.SOCIALACCOUNT_PROVIDERS = {}
    assert "Go on by" not in client.get(reverse("sign-in")).text


def test_a_verified_address_opens_the_account_that_has_it(client, institution, manager):
    response = come_by(institution, client, email="mia@riverside.test", email_verified=True)
    assert response.url == "/"
    assert who_is_signed_in(client) == manager
    assert Event.objects.filter(by=manager, verb="institution's identity connected").count() == 1


def test_from_then_on_the_subject_counts_whatever_the_address(client, institution, manager):
    come_by(institution, client, email="mia@riverside.test", email_verified=True)
    again = Client()
    come_by(institution, again, email="new-name@riverside.test", email_verified=False)
    assert who_is_signed_in(again) == manager
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "mia@riverside.test", "email_verified": False},
        {"email": "mia@riverside.test"},
        {"email": "stranger@riverside.test", "email_verified": True},
        {},
    ],
    ids=["not verified", "not said to be verified", "unknown", "no address"],
)
def test_anybody_else_is_refused_and_gets_no_account(client, institution, manager, claims):
    before = User.objects.count()
    response = come_by(institution, client, subject="somebody-else", **claims)
    assert response.status_code == 403
    assert "No account here" in response.text
    assert who_is_signed_in(client) is None
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_an_address_of_two_accounts_opens_neither(client, institution, manager, cast):
    cast.therapist.email = manager.email
    cast.therapist.save()
    come_by(institution, client, email="mia@riverside.test", email_verified=True)
    assert who_is_signed_in(client) is None


def test_a_closed_account_stays_closed(client, institution, manager):
    come_by(institution, client, email="mia@riverside.test", email_verified=True)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    again = Client()
    come_by(institution, again, email="mia@riverside.test", email_verified=True)
    assert who_is_signed_in(again) is None


def test_one_may_stop_on_the_way(client, institution, manager):
    response = come_by(institution, client, deny=True, email="mia@riverside.test", email_verified=True)
    assert response.status_code == 302
    assert response.url == reverse("socialaccount_login_cancelled")
    assert who_is_signed_in(client) is None


@pytest.mark.parametrize("query", ["", "?code=made-up&state=made-up", "?error=server_error"])
def test_a_made_up_way_back_leads_nowhere(client, institution, manager, query):
    response = client.get(reverse("openid_connect_callback", args=["institution"]) + query)
    assert response.status_code < 500
    assert who_is_signed_in(client) is None


@pytest.mark.parametrize("brings", [True, False])
def test_the_institution_may_bring_the_second_factor(client, institution, manager, settings, brings):
    settings.REQUIRE_MFA = True
    settings.OIDC_BRINGS_SECOND_FACTOR = brings
    come_by(institution, client, email="mia@riverside.test", email_verified=True)
    assert client.get("/").status_code == (200 if brings else 302)
