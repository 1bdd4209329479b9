"""The steps of the pack by which patients are reached."""

import datetime

from onmodel import library
from onmodel.outreach.ladder import ladder, next_by_hand, step_reached

OPENS, DUE = datetime.date(2026, 1, 1), datetime.date(2026, 1, 31)
MBT = ladder(library.load("mbt"))


def on(days_after_due: int) -> datetime.date:
    return DUE + datetime.timedelta(days=days_after_due)


def test_mbt_writes_a_letter_two_weeks_after_the_call_and_then_visits():
    """D ch. 2: a letter when somebody was not reached for two weeks, then a home visit."""
    days = {step.id: step.days for step in MBT}
    assert days["letter"] - days["telephone"] == 14
    assert [step.kind for step in MBT] == ["mail", "mail", "mail", "telephone", "letter", "visit"]
    assert [step.kind for step in ladder(library.load("generic"))] == ["mail", "mail", "mail", "telephone"]


def test_the_step_that_was_reached():
    def reached(day):
        step = step_reached(MBT, OPENS, DUE, day)
        return step and step.id

    assert reached(OPENS - datetime.timedelta(days=1)) is None
    assert reached(OPENS) == reached(on(-1)) == "invitation"
    assert reached(on(0)) == "reminder"
    assert reached(on(7)) == "second_reminder"
    assert reached(on(60)) == "visit"


def test_a_form_without_a_day_counts_from_its_opening():
    assert step_reached(MBT, OPENS, None, OPENS + datetime.timedelta(days=10)).id == "telephone"


def test_what_people_do_next():
    assert next_by_hand(MBT, OPENS, DUE, set())[0].kind == "telephone"
    assert next_by_hand(MBT, OPENS, DUE, {"telephone"}) == (MBT[4], on(24))
    assert next_by_hand(MBT, OPENS, DUE, {"telephone", "letter", "visit"})[0].kind == "visit"
    assert next_by_hand(tuple(step for step in MBT if step.automatic), OPENS, DUE, set()) is None
