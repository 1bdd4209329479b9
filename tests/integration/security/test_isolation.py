"""Nobody reaches another's patient: every address and every form, as everybody, by every method."""

import re
from collections.abc import Iterable
from http import HTTPStatus

import pytest
from django.db import connection

from tests.integration.security import addresses, crawl, state
from tests.integration.security.estate import SEES_CASES, SEES_PLACES, STRANGERS, hidden

pytestmark = pytest.mark.django_db

PEOPLE = (
    "patient_user",
    "green_patient_user",
    "therapist",
    "colleague",
    "supervisor",
    "green_supervisor",
    "manager",
    "sibling_manager",
    "expert",
    "assistant",
    "stakeholder",
    "administrator",
    "privacy_officer",
    "leaver",
    "outsider",
    None,
)
#: Who follows every link. On a second database only those who reach most: who sees what is no matter of it.
WALKERS = PEOPLE if connection.vendor == "sqlite" else ("therapist", "manager", "outsider")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
METHODS = ("put", "patch", "delete", "head", "options", "trace")
REFUSED = {
    HTTPStatus.FOUND,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}
#: Headers by which frameworks let a request pass for another one, from another place or part of a page.
DISGUISES = (
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "GET"},
    {"HTTP_X_ORIGINAL_URL": "/", "HTTP_X_REWRITE_URL": "/"},
    {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "patients", "HTTP_HX_BOOSTED": "true"},
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1", "HTTP_X_FORWARDED_HOST": "localhost", "HTTP_FORWARDED": "for=::1"},
    {"HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
)


def leaks(text: str, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in text}


def is_theirs(address: addresses.Address, name: str | None) -> bool:
    """Whether the object in the address is one that this person may know of."""
    if address.case:
        return address.case in SEES_CASES.get(name, ())
    return name not in STRANGERS and address.place in SEES_PLACES.get(name, {"home"})


def test_everybody_of_the_estate_is_tried(estate):
    assert set(PEOPLE) == set(estate.who)


def test_every_address_with_an_object_is_tried(estate):
    tried = {address.name for address in addresses.all_addresses(estate)}
    assert tried == {pattern.name for _, pattern in addresses.patterns()}


@pytest.mark.parametrize("name", WALKERS)
def test_what_can_be_reached_tells_nothing_of_others(estate, signed_in, name):
    secrets = hidden(estate, name)
    found = [
        (answer.method, answer.url, leaked)
        for answer in crawl.crawl(signed_in(name))
        if (leaked := leaks(answer.text, secrets))
    ]
    assert found == []


def others(estate, name: str | None) -> list[addresses.Address]:
    """The addresses of objects that this person knows nothing of."""
    with_object = [a for a in addresses.all_addresses(estate) if a.case or a.place]
    return [address for address in with_object if not is_theirs(address, name)]


def one_of_each(found: Iterable[addresses.Address]) -> list[addresses.Address]:
    """One address of each pattern."""
    return list({address.name: address for address in found}.values())


def refuses(response, url: str, secrets: set[str]) -> bool:
    """Refused, and in words that tell no more than was asked."""
    unasked = {secret for secret in secrets if secret not in url}
    return response.status_code in REFUSED and not leaks(crawl.text_of(response), unasked)


@pytest.mark.parametrize("name", PEOPLE)
def test_no_address_of_anothers_object_opens(estate, signed_in, name):
    """Neither by asking nor by sending; and what is refused changes nothing."""
    client, secrets, before = signed_in(name), hidden(estate, name), state.digest()
    for address in others(estate, name):
        for method in ("get", "post"):
            assert refuses(getattr(client, method)(address.url), address.url, secrets), (method, address)
    assert state.digest() == before


@pytest.mark.parametrize("name", ["therapist", "stakeholder", "leaver", "outsider", None])
def test_no_method_and_no_disguise_helps(estate, signed_in, name):
    client, secrets, before = signed_in(name), hidden(estate, name), state.digest()
    for address in one_of_each(others(estate, name)):
        for method in METHODS:
            assert refuses(getattr(client, method)(address.url), address.url, secrets), (method, address)
        for disguise in DISGUISES:
            assert refuses(client.get(address.url, **disguise), address.url, secrets), (disguise, address)
    assert state.digest() == before


@pytest.mark.parametrize("powerful", ["manager", "outsider"])
def test_what_the_powerful_reach_tells_others_nothing(estate, signed_in, powerful):
    """Every address that a powerful person's pages lead to, asked for by the others."""
    urls = {answer.url for answer in crawl.crawl(signed_in(powerful)) if answer.method == "get"}
    for name in ("therapist", "expert", "stakeholder", "sibling_manager", "patient_user", "leaver", None):
        client, secrets = signed_in(name), hidden(estate, name)
        for url in urls:
            unasked = {secret for secret in secrets if secret not in url}
            assert not leaks(crawl.text_of(client.get(url)), unasked), (name, url)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_stranger_cannot_tell_what_is_there_from_what_is_not(estate, signed_in, name):
    """Another's object and one that never was give the same answer, to the letter."""
    if name in ("manager", "expert", "assistant", "administrator", "stakeholder", "privacy_officer"):
        return  # of the programme: 403 says only that their role sees no such thing
    client = signed_in(name)
    for address in one_of_each(a for a in others(estate, name) if a.case):
        case, nobodys = estate.cases[address.case], "00000000-0000-4000-8000-000000000000"
        secret = next((s for s in case.secrets if s in address.url), None)
        if secret is None and (
            identity := re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", address.url)
        ):
            secret = identity[0]
        elif secret is None:  # a numbered one
            secret, nobodys = re.search(r"/\d+/", address.url)[0], "/999999999/"
        there, absent = client.get(address.url), client.get(address.url.replace(secret, nobodys))
        assert there.status_code == absent.status_code, address.url
        assert crawl.text_of(there).replace(secret, nobodys) == crawl.text_of(absent), address.url
