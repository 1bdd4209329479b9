"""Attesting a requirement and holding another bound, as a manager does it in the pages."""

import pytest
from django.urls import reverse

from onmodel.audit.models import Event
from tests.factories import MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client, cast):
    client.force_login(cast.manager)
    return client


def page(cast, standard, name="requirement"):
    return reverse(name, args=[cast.programme.slug, standard])


def test_attest(manager, cast):
    url = page(cast, "req_12_availability")
    given = {"met": "no", "evidence": "Rota of June", "on": "2025-06-01"}
    assert manager.post(url, given).status_code == 302
    (said,) = cast.programme.attestations.all()
    assert (said.met, said.attested_by) == (False, cast.manager)
    assert "Rota of June" in manager.get(url).content.decode()
    assert Event.objects.filter(verb="standard attested").count() == 1


@pytest.mark.parametrize("missing", ["met", "evidence", "on"])
def test_an_attestation_wants_everything_and_keeps_what_was_typed(manager, cast, missing):
    given = {"met": "yes", "evidence": "Rota of June", "on": "2025-06-01"}
    del given[missing]
    response = manager.post(page(cast, "req_12_availability"), given)
    assert response.status_code == 422
    assert not cast.programme.attestations.exists()
    if missing != "evidence":
        assert "Rota of June" in response.content.decode()


def test_hold_a_variant_of_the_pack(manager, cast):
    for _ in range(10):
        MembershipFactory(programme=cast.programme, team=cast.team)
    url = page(cast, "req_05_team_size", "requirement-threshold")
    given = {"threshold-variant": "d", "threshold-reason": "we follow the 2017 criteria"}
    assert manager.post(url, given).status_code == 302
    text = manager.get(page(cast, "req_05_team_size")).content.decode()
    assert "4 to 12 people" in text


def test_hold_bounds_of_ones_own(manager, cast):
    url = page(cast, "req_05_team_size", "requirement-threshold")
    given = {"threshold-variant": "own", "threshold-at_least": "3", "threshold-reason": "a small island"}
    assert manager.post(url, given).status_code == 302
    text = manager.get(page(cast, "req_05_team_size")).content.decode()
    assert "at least 3 people" in text
    assert "a small island" in text


@pytest.mark.parametrize(
    "given",
    [
        {"threshold-variant": "own", "threshold-reason": "r"},
        {"threshold-variant": "d"},
        {"threshold-variant": "nonsense", "threshold-reason": "r"},
        {
            "threshold-variant": "own",
            "threshold-at_least": "9",
            "threshold-at_most": "4",
            "threshold-reason": "r",
        },
    ],
)
def test_a_bound_that_makes_no_sense_is_refused(manager, cast, given):
    response = manager.post(page(cast, "req_05_team_size", "requirement-threshold"), given)
    assert response.status_code == 422
    assert not cast.programme.thresholds.exists()


def test_a_standard_that_there_is_not(manager, cast):
    assert manager.get(page(cast, "req_99")).status_code == 404


def test_only_what_is_unknown(manager, cast):
    address = reverse("requirements", args=[cast.programme.slug])
    table = manager.get(address, {"state": "unknown"}).context["table"]
    assert table.rows
    assert {row[1].word for row in table.rows} == {"unknown"}
    assert len(table.rows) < len(manager.get(address).context["table"].rows)
    assert manager.get(address, {"state": "nonsense"}).context["table"].rows == []
