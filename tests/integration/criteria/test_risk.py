"""How far programmes are off model as the nightly run keeps it, and the order that it makes."""

import datetime

import pytest
from django.utils import timezone

from onmodel.criteria.actions import improve, keep_risk
from onmodel.criteria.looks import BY, KEPT_FOR
from onmodel.criteria.models import RiskLook
from onmodel.criteria.risk import by_risk
from onmodel.nightly.run import run_night
from onmodel.signals.models import Signal

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 1)


def cell(component: str, level: str, state: str, known: int = 0, off: int = 0) -> dict[str, object]:
    named = {"id": f"{component}_{level}", "component": component, "level": level}
    return named | {"state": state, "known": known, "off": off, "sources": 4}


def look_of(programme, *cells, urgent: int = 0, overdue: int = 0, last_audit=None) -> RiskLook:
    return RiskLook(
        programme=programme,
        day=DAY,
        cells=list(cells),
        urgent=urgent,
        overdue=overdue,
        last_audit=last_audit,
    )


OFF = cell("adherence", "team", "off_model", known=3, off=2)
PARTLY = cell("adherence", "therapist", "partly", known=3, off=1)
ON = cell("competence", "team", "on_model", known=4)


def test_the_order_goes_from_one_thing_to_the_next(cast):
    a_year_ago = DAY - datetime.timedelta(days=365)
    mine = cast.programme
    order = [  # each before the next by the first thing in which they differ
        look_of(mine, OFF, ON, last_audit=DAY),
        look_of(mine, PARTLY, PARTLY, urgent=1, overdue=2, last_audit=DAY),
        look_of(mine, PARTLY, ON, urgent=2, last_audit=DAY),
        look_of(mine, PARTLY, ON, urgent=1, overdue=1, last_audit=DAY),
        look_of(mine, PARTLY, ON, urgent=1),  # never audited
        look_of(mine, PARTLY, ON, urgent=1, last_audit=a_year_ago),
        look_of(mine, PARTLY, ON, urgent=1, last_audit=DAY),
    ]
    assert by_risk(reversed(order)) == order
    assert BY == ("off_model", "partly", "urgent", "overdue", "days_since_audit")


def test_what_a_look_rests_on(cast):
    look = look_of(cast.programme, OFF, PARTLY, ON, cell("competence", "therapist", "unknown"))
    assert (look.off_model, look.partly, look.unknown) == (1, 1, 1)
    assert look.known_sources == (10, 16)  # 3 + 3 + 4 + 0 of 4 times 4
    assert look.days_since_audit is None


def test_a_look_is_kept_once_a_day_and_the_later_one_counts(cast):
    first = keep_risk(programme=cast.programme, by=None)
    assert (first.day, first.overdue) == (timezone.localdate(), 0)
    assert len(first.cells) == 9
    improve(
        programme=cast.programme,
        criterion="7",
        what="Restore supervision",
        owner=cast.supervisor,
        due_on=DAY,
        by=cast.manager,
    )
    keep_risk(programme=cast.programme, by=None)
    (look,) = RiskLook.objects.all()
    assert look.overdue == 1


def test_looks_go_after_a_quarter(cast):
    day = datetime.date(2025, 7, 1)
    for back in (KEPT_FOR.days + 1, KEPT_FOR.days, 1):
        keep_risk(programme=cast.programme, on=day - datetime.timedelta(days=back), by=None)
    keep_risk(programme=cast.programme, on=day, by=None)
    assert [(day - one.day).days for one in cast.programme.risk_looks.all()] == [0, 1, KEPT_FOR.days]


def test_signals_about_patients_and_those_in_confidence_are_not_counted(cast):
    about = {"programme": cast.programme, "rule": "x", "severity": Signal.Severity.URGENT}
    Signal.objects.create(**about, subject_kind="programme")
    Signal.objects.create(**about, subject_kind="programme", confidential=True)
    Signal.objects.create(**about, subject_kind="treatment", treatment=cast.treatment)
    assert keep_risk(programme=cast.programme, by=None).urgent == 1


def test_the_last_of_each_programme_by_a_day(cast):
    for programme, backs in ((cast.programme, (30, 28, 0)), (cast.other_programme, (10,))):
        for back in backs:
            keep_risk(programme=programme, on=DAY - datetime.timedelta(days=back), by=None)
    both = [cast.programme, cast.other_programme]
    latest = RiskLook.objects.latest_of(both, DAY)
    assert {one.programme: (DAY - one.day).days for one in latest} == {both[0]: 0, both[1]: 10}
    before = RiskLook.objects.latest_of(both, DAY - datetime.timedelta(days=28))
    assert {one.programme: (DAY - one.day).days for one in before} == {both[0]: 28}


def test_only_who_sees_the_requirements_sees_how_far_it_is_off_model(cast):
    keep_risk(programme=cast.programme, by=None)
    keep_risk(programme=cast.other_programme, by=None)
    for user, n in ((cast.expert, 1), (cast.manager, 1), (cast.therapist, 0), (cast.stakeholder, 0)):
        assert RiskLook.objects.visible_to(user).count() == n, user


def test_the_night_keeps_it(cast):
    run_night()
    assert set(RiskLook.objects.values_list("programme", flat=True)) == {
        cast.programme.pk,
        cast.other_programme.pk,
    }
