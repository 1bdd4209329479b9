"""A programme-to-be made on its page: who may, what is refused, and that it opens with its six phases."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.implementing.actions import begin_programme
from onmodel.implementing.models import Project
from onmodel.programmes.models import Programme
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db
ADDRESS = reverse("programme-new", args=["riverside"])
BEGUN = datetime.date(2025, 1, 6)


def sent(cast, **more):
    return {
        "name": "Outpatient MBT",
        "pack": "mbt",
        "format": "mbt:intensive_outpatient",
        "leader": cast.supervisor.pk,
        "begun_on": "2025-01-06",
        "opens_on": "2026-01-06",
    } | more


def roles(user, programme) -> set[str]:
    return set(user.memberships.in_force().filter(programme=programme).values_list("role", flat=True))


def test_it_opens_with_its_phases_and_its_leader(cast, client):
    client.force_login(cast.manager)
    assert ADDRESS in client.get("/").text
    answer = client.post(ADDRESS, sent(cast), follow=True)
    made = Programme.objects.get(slug="outpatient-mbt")
    assert answer.redirect_chain[-1][0] == reverse("implementing", args=[made.slug])
    assert answer.text.count('id="phase-') == 6
    assert (made.organisation, made.format, made.opened_on) == (
        cast.organisation,
        "intensive_outpatient",
        None,
    )
    assert roles(cast.supervisor, made) == roles(cast.manager, made) == {"manager"}
    verbs = Event.objects.values_list("verb", flat=True)
    assert {"programme created", "membership added", "project begun"} <= set(verbs)
    assert ADDRESS in client.get("/").text  # whoever may begin one still may


def test_an_administrator_stays_one(cast, client):
    client.force_login(cast.administrator)
    client.post(ADDRESS, sent(cast))
    assert roles(cast.administrator, Programme.objects.get(slug="outpatient-mbt")) == {"administrator"}


def test_sent_twice_it_counts_once(cast, client):
    client.force_login(cast.manager)
    client.post(ADDRESS, sent(cast))
    answer = client.post(ADDRESS, sent(cast, name=" outpatient  mbt"))
    assert answer.status_code == 422
    assert "has a programme outpatient mbt already; nothing was changed" in answer.text
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "required"),
        ({"format": "generic:inpatient"}, "of another pack"),
        ({"pack": "dbt"}, "dbt"),
        ({"leader": 999_999}, "valid choice"),
        ({"opens_on": "2025-01-06"}, "It cannot open on 6 Jan 2025"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(cast, client, wrong, said):
    client.force_login(cast.manager)
    answer = client.post(ADDRESS, sent(cast, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert not Programme.objects.filter(slug="outpatient-mbt").exists()


def begun(cast, **more):
    given = {"organisation": cast.organisation, "name": "Second", "pack": "mbt", "leader": cast.supervisor}
    return begin_programme(**{**given, **more}, begun_on=BEGUN, by=cast.manager)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "\0 "}, "Give it a name"),
        ({"pack": "dbt"}, "There is no pack dbt; there are: generic, mbt"),
        ({"format": "boat"}, "boat is no format of pack mbt"),
    ],
)
def test_the_action_refuses_as_well(cast, wrong, said):
    with pytest.raises(ValidationError, match=said):
        begun(cast, **wrong)


def test_who_leads_it_works_there(cast):
    for stranger in (cast.outsider, cast.stakeholder, cast.leaver):
        with pytest.raises(ValidationError, match=f"{stranger.name} does not work in this organisation"):
            begun(cast, leader=stranger)


def test_a_name_that_another_organisation_has_gets_an_address_of_its_own(cast):
    assert begun(cast, name="Elsewhere").programme.slug == "elsewhere-2"


def test_a_manager_of_one_of_two_programmes_may_not(cast, client):
    begun(cast)
    only_here = UserFactory()
    MembershipFactory(user=only_here, programme=cast.programme, role="manager")
    client.force_login(only_here)
    assert client.get(ADDRESS).status_code == 403
    assert ADDRESS not in client.get("/").text


def test_a_manager_of_the_organisation_begins_its_first(client):
    organisation = OrganisationFactory(name="Hillside", slug="hillside")
    head = UserFactory()
    head.memberships.create(organisation=organisation, role="manager", starts_on=BEGUN)
    client.force_login(head)
    address = reverse("programme-new", args=["hillside"])
    assert address in client.get("/").text
    assert client.get(address).status_code == 200
