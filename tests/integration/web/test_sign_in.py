"""Signing in by password, with a second factor, and keeping to the limits."""

import base64
import json
import logging

import pytest
from allauth.mfa.models import Authenticator
from click.testing import CliRunner
from cryptography.fernet import Fernet
from django.test import Client
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.patients.rotating import reseal_second_factors
from tests.cast import PASSWORD
from tests.factories import MembershipFactory
from tests.sign_in import SECRET, code_of, give_app

pytestmark = pytest.mark.django_db


def sign_in(client: Client, username: str, password: str = PASSWORD):
    return client.post(reverse("sign-in"), {"login": username, "password": password})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_app_of_the_tests_shows_what_the_standard_says():
    """RFC 6238, appendix B: the last six of the eight digits at 59 s and at 1111111109 s."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_of(secret, 59) == "287082"
    assert code_of(secret, 1_111_111_109) == "081804"


def test_name_and_password(client, cast):
    assert sign_in(client, "manager").url == "/"
    assert is_signed_in(client)


def test_goes_on_to_the_page_that_was_asked_for_but_to_no_other_site(client, cast):
    wanted = reverse("programme", args=[cast.programme.slug])
    asked = client.post(f"/sign-in/?next={wanted}", {"login": "manager", "password": PASSWORD})
    assert asked.url == wanted
    away = Client().post("/sign-in/?next=https://elsewhere.test/", {"login": "manager", "password": PASSWORD})
    assert away.url == "/"


@pytest.mark.parametrize(("username", "password"), [("manager", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_says_the_same_whatever_was_wrong(client, cast, username, password):
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert "You are not signed in" in response.text
    assert not is_signed_in(client)


def test_a_closed_account_does_not_sign_in(client, cast):
    cast.manager.is_active = False
    cast.manager.save()
    sign_in(client, "manager")
    assert not is_signed_in(client)


def test_after_five_wrong_passwords_the_right_one_waits_too(client, cast):
    for _ in range(5):
        sign_in(client, "manager", "wrong")
    assert sign_in(client, "manager").status_code == 200
    assert not is_signed_in(client)


def test_nobody_makes_an_account_of_their_own(client):
    for address in ("/signup/", "/account/signup/", "/sign-up/", "/sign-in/signup/", "/accounts/signup/"):
        assert client.get(address).status_code == 404


def test_an_app_asks_for_its_code(client, cast):
    give_app(cast.manager)
    assert sign_in(client, "manager").url == reverse("mfa_authenticate")
    assert not is_signed_in(client)
    assert client.get("/").status_code == 302
    assert "Incorrect" in client.post(reverse("mfa_authenticate"), {"code": "000000"}).text
    assert client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)}).url == "/"
    assert is_signed_in(client)


def test_a_code_signs_in_once(client, cast):
    give_app(cast.manager)
    for expected in (True, False):
        other = Client()
        sign_in(other, "manager")
        other.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
        assert is_signed_in(other) is expected


def test_one_can_stop_at_the_second_step(client, cast):
    give_app(cast.manager)
    sign_in(client, "manager")
    client.post(reverse("sign-out"))
    assert client.get(reverse("sign-in")).status_code == 200


def test_sets_up_an_app_and_gets_recovery_codes_that_work_once(client, cast):
    sign_in(client, "manager")
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    done = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)}, follow=True)
    codes = done.context["unused_codes"]
    assert len(codes) == 10
    assert codes[0] in done.text
    assert "****" in client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    for expected in (True, False):
        other = Client()
        sign_in(other, "manager")
        other.post(reverse("mfa_authenticate"), {"code": codes[0]})
        assert is_signed_in(other) is expected


def test_the_secret_of_an_app_is_sealed_and_can_get_a_new_key(cast, settings):
    give_app(cast.manager)
    factor = Authenticator.objects.get()
    assert SECRET not in str(factor.data)
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode(), *settings.IDENTITY_KEYS]
    done = CliRunner().invoke(main, ["identity", "rotate", "--json"])
    assert json.loads(done.output)["second_factors"] == 1
    assert reseal_second_factors() == 0
    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS[:1]
    factor.refresh_from_db()
    assert factor.wrap().validate_code(code_of(SECRET))


def test_a_factor_that_no_key_opens_stops_the_rotation_before_a_key_goes(cast, settings):
    give_app(cast.therapist)
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode()]
    before = list(Authenticator.objects.values())
    done = CliRunner().invoke(main, ["identity", "rotate"])
    assert done.exit_code == 1
    assert "of therapist opens with none of IDENTITY_KEYS" in done.output
    assert list(Authenticator.objects.values()) == before


def test_later_a_change_of_factors_asks_once_more_who_it_is(client, cast, time_machine):
    time_machine.move_to("2026-11-23 09:00 +0100")
    sign_in(client, "manager")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    time_machine.shift(600)
    later = client.get(reverse("mfa_activate_totp"))
    assert later.url.startswith(reverse("account_reauthenticate"))
    confirmed = client.post(later.url, {"password": PASSWORD})
    assert confirmed.url == reverse("mfa_activate_totp")
    assert client.get(confirmed.url).status_code == 200


@pytest.mark.parametrize("username", ["therapist", "manager", "administrator", "stakeholder", "leaver"])
def test_where_it_is_required_staff_set_up_a_second_factor_first(client, cast, settings, username):
    settings.REQUIRE_MFA = True
    sign_in(client, username)
    response = client.get(reverse("programme", args=[cast.programme.slug]))
    assert response.url == reverse("mfa_index")
    assert client.get(response.url).status_code == 200
    give_app(getattr(cast, username))
    assert client.get("/").status_code == 200


def test_patients_need_none_unless_they_work_there_too(client, cast, settings):
    settings.REQUIRE_MFA = True
    sign_in(client, "patient")
    assert client.get(reverse("treatment", args=[cast.treatment.pk])).status_code == 200
    MembershipFactory(user=cast.patient_user, programme=cast.programme, role="therapist")
    assert client.get(reverse("treatment", args=[cast.treatment.pk])).url == reverse("mfa_index")


def test_the_last_second_factor_stays_where_one_is_required(client, cast, settings):
    settings.REQUIRE_MFA = True
    give_app(cast.manager)
    sign_in(client, "manager")
    client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    response = client.post(reverse("mfa_deactivate_totp"))
    assert "Add a passkey first" in response.text
    assert Authenticator.objects.filter(type="totp").exists()


def test_no_password_and_no_code_reaches_the_log(client, cast, caplog):
    give_app(cast.manager)
    with caplog.at_level(logging.DEBUG):
        sign_in(client, "manager", "my wrong password")
        sign_in(client, "manager")
        client.post(reverse("mfa_authenticate"), {"code": "123454"})
    for secret in ("my wrong password", PASSWORD, "123454", SECRET):
        assert secret not in caplog.text


def verbs_of(user) -> list[str]:
    return list(
        Event.objects.filter(subject_id=str(user.pk)).order_by("sequence").values_list("verb", flat=True)
    )


def test_signing_in_and_changes_to_it_are_events(client, cast):
    sign_in(client, "manager", "wrong")
    sign_in(client, "manager")
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    new = "a longer one than before"
    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    found = verbs_of(cast.manager)
    assert found[:3] == ["sign-in refused", "signed in", "second factor added"]
    assert {"second factor removed", "password changed"} <= set(found)
    kept = str(list(Event.objects.values()))
    for word in ("wrong", PASSWORD, new, secret):
        assert word not in kept


def test_a_name_that_there_is_not_leaves_no_event(client, cast):
    sign_in(client, "my password in the wrong field", "x")
    sign_in(client, "nul\x00", "x")
    assert not Event.objects.exists()
