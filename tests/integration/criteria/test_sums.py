"""Yes/no lists of a programme: kept by check or by their sum, and compared between two periods."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from onmodel.criteria.sums.actions import keep_sum
from onmodel.criteria.sums.reading import between, list_of, lists_of

pytestmark = pytest.mark.django_db
FIRST = {"starts_on": datetime.date(2023, 1, 1), "ends_on": datetime.date(2023, 12, 31)}
SECOND = {"starts_on": datetime.date(2024, 1, 1), "ends_on": datetime.date(2024, 12, 31)}


def keep(cast, period, checklist="programme_requirements", **values):
    return keep_sum(programme=cast.programme, checklist=checklist, by=cast.manager, **period, **values)


def test_the_lists_of_the_pack(cast):
    found = {one.id: one.maximum for one in lists_of(cast.programme)}
    assert found == {
        "clinical_process": 17,
        "organisation_33": 33,
        "programme_requirements": 20,  # 16 requirements and 4 recommendations
        "recommended_factors": 20,
    }


def test_the_published_sums_can_be_held_and_compared(cast):
    """S, Table 1: 24 and 28 of 33."""
    published = list_of(cast.programme, "organisation_33").published
    first, second = (
        keep(cast, period, "organisation_33", yes=int(value))
        for period, value in zip((FIRST, SECOND), published.values(), strict=True)
    )
    assert between(first, second).change == 4


def test_what_changed_is_named_and_unknown_stays_unknown(cast):
    first = keep(cast, FIRST, marks={"req_05_team_size": False, "req_08_caseload": True})
    second = keep(cast, SECOND, marks={"req_05_team_size": True, "req_08_caseload": None})
    found = between(first, second)
    assert found.compared.won == ("req_05_team_size",)
    assert found.compared.lost == ()
    assert len(found.compared.unknown) == 19
    assert found.change is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"checklist": "organisation_33", "yes": 34}, "34 is no sum of this list; it goes from 0 to 33"),
        ({"checklist": "nothing", "marks": {}}, "no list nothing"),
        ({"marks": {}}, "at least one question"),
    ],
)
def test_what_makes_no_sense_is_refused(cast, values, said):
    with pytest.raises(ValidationError, match=said):
        keep(cast, FIRST, **values)


def test_a_period_turned_round_or_kept_twice_is_refused(cast):
    turned = {"starts_on": FIRST["ends_on"], "ends_on": FIRST["starts_on"]}
    with pytest.raises(ValidationError, match="before it begins"):
        keep(cast, turned, "organisation_33", yes=3)
    keep(cast, FIRST, "organisation_33", yes=3)
    with pytest.raises(ValidationError, match="for that period already"):
        keep(cast, FIRST, "organisation_33", yes=4)


def test_the_page_takes_a_list_and_says_what_changed(client, cast):
    keep(cast, FIRST, marks={"req_05_team_size": False})
    client.force_login(cast.manager)
    url = reverse("yes-no-list", args=[cast.programme.slug, "programme_requirements"])
    sent = {"starts_on": "2024-01-01", "ends_on": "2024-12-31", "check_req_05_team_size": "yes"}
    assert client.post(url, sent).status_code == 302
    page = client.get(url).content.decode()
    assert "Met now, not before" in page
    wrong = client.post(url, {**sent, "starts_on": "2024-12-31", "ends_on": "2024-01-01"})
    assert wrong.status_code == 422
    assert "before it begins" in wrong.content.decode()


def test_the_published_sums_stand_on_their_page(client, cast):
    client.force_login(cast.expert)
    page = client.get(reverse("yes-no-list", args=[cast.programme.slug, "organisation_33"])).content.decode()
    assert "24 of 33 in the first period and 28 of 33 in the second, a change of +4" in page
