"""What an expert finds on the desk: programmes in their order, reports that came in, audits."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.criteria.actions import plan_audit
from onmodel.pirs.desk import followed_by
from onmodel.pirs.reading.actions import mark_read
from tests.cast import assemble
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
