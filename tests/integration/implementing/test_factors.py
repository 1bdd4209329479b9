"""The factors that experts named, beside the published cases and a programme's own answer."""

import pytest
from django.urls import reverse
from django.utils import timezone

from onmodel.implementing.actions import judge
from onmodel.implementing.factors import Factor, factors
from onmodel.implementing.likeness import Known, profile
from tests.projects import begun_project

pytestmark = pytest.mark.django_db


def found(project) -> dict[str, Factor]:
    pack = project.programme.definitions
    return {one.term.id: one for one in factors(pack, profile(project, timezone.localdate()))}


def test_eight_in_the_order_of_the_source(cast):
    named = [one.named for one in found(begun_project(cast)).values()]
    assert named == [8, 7, 7, 5, 5, 3, 3, 2]


def test_a_case_is_marked_only_where_a_statement_tells_of_it(cast):
    """B, Table 1: leaders in B, E and F, none whom all accept in A and C; of training it says nothing."""
    factor = found(begun_project(cast))
    so = {"case_a": False, "case_b": True, "case_c": False, "case_e": True, "case_f": True}
    assert factor["leadership"].cases == so
    for untold in ("training", "expertise", "team_size"):
        assert factor[untold].read_from is None
        assert factor[untold].cases == {}


def test_the_answer_here_is_that_to_the_same_statement(cast):
    project = begun_project(cast)
    assert found(project)["support"].here.present is None
    judge(project=project, present={"broad_support": False, "expertise": True}, by=cast.manager)
    factor = found(project)
    assert factor["support"].here.present is False
    assert (factor["expertise"].here.present, factor["expertise"].here.known) == (True, Known.SAID)


def test_the_page_shows_and_asks_them(cast, client):
    begun_project(cast)
    client.force_login(cast.manager)
    address = reverse("implementing-cases", args=[cast.programme.slug])
    page = client.get(address)
    assert "Named by, of 12" in page.text
    asked = {name: field.initial for name, field in page.context["form"].fields.items()}
    assert client.post(address, asked | {"team_size": "no"}).status_code == 302
    assert found(begun_project(cast))["team_size"].here.present is False
    assert client.post(address, asked | {"team_size": "perhaps"}).status_code == 422
