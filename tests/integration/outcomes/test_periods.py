"""Which treatment counts as before, which as after."""

import datetime

import pytest

from onmodel.outcomes.periods import FIRST, SECOND, ByCohort, ByDate, Spanning, allocate, cohorts
from tests.factories import PatientFactory, ProgrammeFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
DATE = datetime.date(2024, 2, 21)
UNTIL = datetime.date(2026, 1, 1)


def day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@pytest.fixture
def programme():
    return ProgrammeFactory()


def place(programme, split, started, ended=None, **more) -> str | None:
    end = {"ended_on": day(ended), "end_kind": "completed"} if ended else {}
    treatment = TreatmentFactory(programme=programme, started_on=day(started), **end, **more)
    members = allocate(programme.treatments.all(), split, until=UNTIL).members
    return next((m.group for m in members if m.treatment == treatment.pk), None)


@pytest.mark.parametrize(
    ("started", "ended", "after", "out", "start"),
    [
        ("2022-01-01", "2023-03-01", FIRST, FIRST, FIRST),
        ("2022-01-01", "2024-02-21", FIRST, FIRST, FIRST),  # ended on the very day
        ("2023-01-01", "2024-02-22", SECOND, None, FIRST),
        ("2023-01-01", None, SECOND, None, FIRST),  # still under way
        ("2024-02-20", None, SECOND, None, FIRST),
        ("2024-02-21", None, SECOND, SECOND, SECOND),  # started on the very day
        ("2025-01-01", "2025-06-01", SECOND, SECOND, SECOND),
        ("2026-01-02", None, None, None, None),  # not yet known
        (None, None, None, None, None),  # waiting
    ],
)
def test_by_a_date(programme, started, ended, after, out, start) -> None:
    wanted = {Spanning.AFTER: after, Spanning.OUT: out, Spanning.START: start}
    for spanning, group in wanted.items():
        assert place(programme, ByDate(DATE, spanning), started, ended) == group


def test_what_is_left_out_is_counted(programme) -> None:
    place(programme, ByDate(DATE), "2023-01-01")
    place(programme, ByDate(DATE), "2023-01-01", start_is_nominal=True)
    found = allocate(programme.treatments.all(), ByDate(DATE, Spanning.OUT), until=UNTIL)
    assert (found.spanning, found.nominal, found.members) == (1, 1, ())


def test_by_cohort_dates_do_not_matter(programme) -> None:
    split = ByCohort("TAU", "BtheB")
    assert place(programme, split, "2023-01-01", cohort="TAU", start_is_nominal=True) == FIRST
    assert place(programme, split, "2020-01-01", cohort="BtheB") == SECOND
    assert place(programme, split, "2020-01-01", cohort="other") is None
    found = allocate(programme.treatments.all(), split, until=UNTIL)
    assert (found.size(FIRST), found.size(SECOND), found.elsewhere) == (1, 1, 1)
    assert cohorts(programme.treatments.all()) == ["BtheB", "TAU", "other"]


def test_age_is_that_at_the_start(programme) -> None:
    patient = PatientFactory(organisation=programme.organisation, year_of_birth=1990, gender="female")
    place(programme, ByDate(DATE), "2024-06-01", patient=patient)
    (member,) = allocate(programme.treatments.all(), ByDate(DATE), until=UNTIL).members
    assert (member.age, member.gender) == (34.0, "female")
