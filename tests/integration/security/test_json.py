"""JSON that makes no sense, at every address and as whoever may be there: nothing fails."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.security import addresses
from tests.integration.security.state import undone

pytestmark = pytest.mark.django_db

BODIES = {
    "too deep": "[" * 150_000,
    "too deep inside": '{"answers": ' + "[" * 150_000,
    "no object": "[1, null]",
    "rows of nothing": '{"answers": [null, 3, [], {}, {"item": 7}, {"item": "1"}], "channel": {"a": []}}',
    "too large": '{"answers": [{"item": "1", "value": '
    + "9" * 4_000
    + ', "age": 1e999, "seconds": -1e999}]}',
    "no number": '{"answers": [{"item": "1", "value": NaN, "age": Infinity, "seconds": true}]}',
    "no text": '{"answers": [{"item": "\\u0000", "value": "\\ud800"}]}',
}
#: Addresses that end the session.
ENDING = {"sign-out", "my-hand-back"}


def client_of(estate, name: str) -> Client:
    client = Client()
    if name == "code":
        client.post(reverse("patient-sign-in"), {"code": estate.cases["blue"].code})
        assert client.get("/my/", follow=True).status_code == 200
    else:
        client.force_login(estate.who[name])
    return client


@pytest.mark.parametrize("name", ["code", "therapist"])
def test_json_that_makes_no_sense_fails_nowhere(estate, name):
    client = client_of(estate, name)
    own = {"", "blue"}, {"", "home"}
    found = {a.name: a.url for a in addresses.all_addresses(estate) if a.case in own[0] and a.place in own[1]}
    for url in (url for named, url in found.items() if named not in ENDING):
        for body in BODIES.values():
            with undone():
                answer = client.post(url, body.encode(), content_type="application/json")
            assert answer.status_code < 500, (url, body[:80])
