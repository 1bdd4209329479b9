"""What an expert finds on the desk: programmes in their order, reports that came in, audits."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.criteria.actions import keep_risk, plan_audit
from onmodel.criteria.models import RiskLook
from onmodel.forms.actions import Given
from onmodel.pirs.desk import followed_by
from onmodel.pirs.reading.actions import mark_read
from onmodel.supervisors.actions import keep_ratings, submit_rating
from onmodel.supervisors.latest import rated_in
from tests.cast import assemble
from tests.factories import MembershipFactory, ProgrammeFactory
from tests.meetings import begun_rating
from tests.pirs import frozen_pir

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return assemble()


def desk(cast) -> str:
    client = Client()
    client.force_login(cast.expert)
    return client.get(reverse("desk")).content.decode()


def test_an_audit_is_to_be_planned_then_planned(cast):
    today = timezone.localdate()
    (before,) = followed_by(cast.expert, today)
    assert (before.programme, before.audited_on, before.audit_on) == (cast.programme, None, None)
    assert "plan one" in desk(cast)
    later, sooner = (today + datetime.timedelta(days=days) for days in (60, 30))
    for day in (later, sooner):
        plan_audit(programme=cast.programme, day=day, by=cast.expert)
    (after,) = followed_by(cast.expert, today)
    assert (after.audited_on, after.audit_on) == (None, sooner)
    assert "plan one" not in desk(cast)


def test_a_report_is_unread_until_it_is_marked_as_read(cast):
    pir = frozen_pir(cast.programme, cast.supervisor, cast.manager)
    assert "Unread" in desk(cast)
    mark_read(pir=pir, by=cast.expert)
    assert "Unread" not in desk(cast)


def test_a_manager_has_no_desk(cast):
    client = Client()
    client.force_login(cast.manager)
    assert client.get(reverse("desk")).status_code == 403


# --- where to look first ---
def look_of(programme, *, off: int, days_ago: int = 0, urgent: int = 0) -> RiskLook:
    """So many parts of two off model, on some day."""
    levels = ("organisation", "team")
    cells = [
        {
            "id": f"adherence_{level}",
            "component": "adherence",
            "level": level,
            "state": "off_model" if n < off else "on_model",
            "known": 3,
            "off": 2 if n < off else 0,
            "sources": 5,
        }
        for n, level in enumerate(levels)
    ]
    return RiskLook.objects.create(
        programme=programme,
        day=timezone.localdate() - datetime.timedelta(days=days_ago),
        cells=cells,
        urgent=urgent,
        overdue=0,
    )


def followed_programme(cast, name: str):
    programme = ProgrammeFactory(organisation=cast.organisation, name=name)
    MembershipFactory(user=cast.expert, programme=programme, role="expert")
    return programme


def test_nobody_looked_yet(cast):
    (one,) = followed_by(cast.expert, timezone.localdate())
    assert (one.look, one.before) == (None, None)
    page = desk(cast)
    assert "not looked at yet" in page
    assert "unknown until the nightly run has looked" in page


def test_those_most_off_model_come_first_and_those_not_looked_at_last(cast):
    little, much = followed_programme(cast, "Aside"), followed_programme(cast, "Zenith")
    look_of(little, off=0, urgent=3)
    look_of(much, off=1)
    found = followed_by(cast.expert, timezone.localdate())
    assert [one.programme.name for one in found] == ["Zenith", "Aside", "Day hospital"]


def test_the_desk_says_why_since_when_and_how_much_is_known(cast):
    look_of(cast.programme, off=1, days_ago=29)
    look_of(cast.programme, off=2, days_ago=1, urgent=1)
    page = desk(cast)
    assert "2 of 2 parts off model, 0 partly" in page
    assert "1 of 2 parts off model, 0 partly" in page  # four weeks before
    assert "Adherence: organisation, team" in page
    assert "1 urgent signal" in page
    assert "never audited" in page
    assert "6 of 10" in page
    assert reverse("integrity", args=[cast.programme.slug]) in page


def test_a_pack_without_a_map_says_so(cast):
    look = look_of(cast.programme, off=0)
    look.cells = []
    look.save()
    page = desk(cast)
    assert "no map of integrity" in page
    assert reverse("integrity", args=[cast.programme.slug]) not in page


def test_a_kept_look_is_what_the_desk_shows(cast):
    kept = keep_risk(programme=cast.programme, by=None)
    (one,) = followed_by(cast.expert, timezone.localdate())
    assert one.look == kept


# --- supervisors ---
def test_supervisors_with_their_latest_rating_or_unknown(cast):
    page = desk(cast)
    assert "Sam Supervisor" in page
    assert "unknown: never rated" in page
    rating = begun_rating(cast)
    keep_ratings(rating=rating, given=[Given(item="overall", value=6)], by=cast.expert)
    submit_rating(rating=rating, by=cast.expert)
    page = desk(cast)
    assert "unknown: never rated" not in page
    assert "6.0 on" in page
    assert reverse("supervisor-adherence", args=[cast.programme.slug, cast.supervisor.pk]) in page


def test_the_longest_unrated_comes_first(cast):
    rating = begun_rating(cast)
    keep_ratings(rating=rating, given=[Given(item="overall", value=6)], by=cast.expert)
    submit_rating(rating=rating, by=cast.expert)
    other = MembershipFactory(programme=cast.programme, role="supervisor").user
    found = rated_in([cast.programme, cast.other_programme], timezone.localdate())
    mine = [one for one in found if one.programme == cast.programme]
    assert [one.supervisor for one in mine] == [other, cast.supervisor]
    assert mine[0].last is None


def test_the_desk_asks_no_more_for_ten_programmes(cast, django_assert_max_num_queries):
    client = Client()
    client.force_login(cast.expert)
    for n in range(9):
        programme = followed_programme(cast, f"Programme {n}")
        MembershipFactory(programme=programme, role="supervisor")
        look_of(programme, off=1)
    with django_assert_max_num_queries(24):
        client.get(reverse("desk"))
