"""The simulated reorganisation is found where it took place, and nowhere else; and a real trial's arms."""

import datetime
import json

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from onmodel.cli.main import main
from onmodel.demonstration.careers import months_before
from onmodel.demonstration.load import load_demonstration
from onmodel.demonstration.service import REORGANISED, REORGANISED_MONTHS_AGO, all_programmes
from onmodel.outcomes.comparison import compare, outcomes_of
from onmodel.outcomes.periods import FIRST, SECOND, ByCohort, ByDate, Spanning
from onmodel.programmes.models import Programme
from onmodel.reports.comparing import comparison_report
from onmodel.signals.models import Signal
from tests.factories import ProgrammeFactory
from tests.integration.test_pir import fill_with_trial
from tests.real_data import beat_the_blues

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 2)
DATE = months_before(TODAY, REORGANISED_MONTHS_AGO)
ELSEWHERE = [plan.slug for plan in all_programmes() if not plan.reorganised]


@pytest.fixture(scope="module")
def service(django_db_setup, django_db_blocker):
    """The simulated service at its usual size and seed, loaded once for this module and taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_demonstration(today=TODAY, reports=False)
        connection.check_constraints()  # here once: else PostgreSQL does it after each test
        yield
        transaction.set_rollback(True)


def compared(slug: str, spanning: Spanning = Spanning.AFTER):
    programme = Programme.objects.get(slug=slug)
    split = ByDate(DATE, spanning)
    return compare(programme.treatments.all(), split, outcomes=outcomes_of(programme), until=TODAY)


@pytest.mark.parametrize("spanning", Spanning)
def test_the_reorganisation_is_found(service, spanning) -> None:
    found = compared(REORGANISED.slug, spanning)
    assert len(found.different) >= 3
    for outcome in found.different:
        later = outcome.answer.differences[-1]
        assert outcome.sign * later.d < 0  # improved less


def test_it_took_about_half_of_the_effect_at_18_months_and_more_at_36(service) -> None:
    # D ch. 8, Table 3, mean of GSI and five SIPP domains: 1.00 and 0.39 at 18 months, 1.50 and 0.46 at 36
    found = compared(REORGANISED.slug)
    six = found.outcomes[:6]
    for month, least, most in ((18.0, 0.25, 0.65), (36.0, 0.15, 0.60)):
        effects = {g: sum(o.improvement(g, month) for o in six) / 6 for g in (FIRST, SECOND)}
        assert least < effects[SECOND] / effects[FIRST] < most, month


def test_adherence_drift_is_found_before_outcomes_fall(service) -> None:
    """The signal opens within half a year, when outcomes tell nothing yet; as of today they do (above)."""
    programme = Programme.objects.get(slug=REORGANISED.slug)
    drift = Signal.objects.get(programme=programme, rule="adherence_drift_programme")
    opened, since = drift.opened_at.date(), datetime.date.fromisoformat(drift.evidence["fallen_since"])
    assert 0 < (opened - DATE).days < 183
    assert abs(since - DATE).days < 183
    split = ByDate(DATE, Spanning.AFTER)
    told = compare(programme.treatments.all(), split, outcomes=outcomes_of(programme), until=opened)
    assert told.different == ()


@pytest.mark.parametrize("slug", ELSEWHERE)
@pytest.mark.parametrize("spanning", Spanning)
def test_none_is_found_where_there_was_none(service, slug, spanning) -> None:
    found = compared(slug, spanning)
    assert found.tested
    assert found.different == ()


def test_the_report_says_so_in_both_languages(service) -> None:
    programme = Programme.objects.get(slug=REORGANISED.slug)
    english = comparison_report(programme, compared(programme.slug))
    assert english.simulated
    assert "improved less than those treated before" in english.sections[0].intro
    assert "against" in english.sections[0].intro
    dutch = comparison_report(programme, compared(programme.slug), language="nl")
    assert "verbeterden minder" in dutch.sections[0].intro
    elsewhere = Programme.objects.get(slug=ELSEWHERE[0])
    quiet = comparison_report(elsewhere, compared(elsewhere.slug))
    assert quiet.sections[0].intro.startswith("No difference was found")
    assert "does not show that they are alike" in quiet.sections[0].intro


def test_every_figure_tells_what_it_rests_on(service) -> None:
    programme = Programme.objects.get(slug="duinzicht-intensive-outpatient")  # with groups too small
    report = comparison_report(programme, compared(programme.slug))
    figures = list(report.figures())
    assert any(figure.value is None for figure in figures)
    for figure in figures:
        assert figure.basis is not None if figure.value is not None else figure.why, figure
    assert json.dumps(report.as_dict())


def test_a_comparison_asks_the_database_twice(service, django_assert_num_queries) -> None:
    programme = Programme.objects.get(slug=REORGANISED.slug)
    outcomes = outcomes_of(programme)
    with django_assert_num_queries(2):
        compare(programme.treatments.all(), ByDate(DATE), outcomes=outcomes, until=TODAY)


def test_the_command_prints_the_same(service, monkeypatch) -> None:
    monkeypatch.setattr("onmodel.cli.compare.start_django", lambda: None)
    asked = ["compare", REORGANISED.slug, "--date", str(DATE), "--until", str(TODAY)]
    said = CliRunner().invoke(main, asked)
    assert said.exit_code == 0, said.output
    programme = Programme.objects.get(slug=REORGANISED.slug)
    report = comparison_report(programme, compared(programme.slug))
    assert report.sections[0].intro in said.output
    assert "simulated" in said.output
    as_json = CliRunner().invoke(main, [*asked, "--json"])
    assert json.loads(as_json.output) == json.loads(json.dumps(report.as_dict()))


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        (["x"], 2, "either --date DATE or --cohorts"),
        (["x", "--cohorts", "A", "A"], 2, "are the same"),
        (["nowhere", "--date", "2024-01-01"], 1, "no programme 'nowhere'"),
        ([REORGANISED.slug, "--cohorts", "A", "B"], 1, "has the cohort 'A'"),
    ],
)
def test_the_command_refuses_in_words(service, monkeypatch, asked, code, words) -> None:
    monkeypatch.setattr("onmodel.cli.compare.start_django", lambda: None)
    said = CliRunner().invoke(main, ["compare", *asked])
    assert (said.exit_code, words in said.output) == (code, True), said.output


@pytest.fixture
def trial(db):
    programme = ProgrammeFactory(name="Beat the Blues", slug="beat-the-blues")
    fill_with_trial(programme)
    rows = zip(programme.treatments.order_by("patient__pk"), beat_the_blues()["treatment"], strict=True)
    for treatment, arm in rows:
        treatment.cohort = arm
        treatment.save()
    return programme


def test_the_arms_of_a_trial(trial) -> None:
    found = compare(
        trial.treatments.all(), ByCohort("TAU", "BtheB"), outcomes=outcomes_of(trial), until=TODAY
    )
    assert (found.allocation.size(FIRST), found.allocation.size(SECOND)) == (48, 52)
    (outcome,) = found.outcomes
    assert outcome.months == (2.0, 4.0, 6.0, 8.0)
    at_start = found.traits[0]
    frame = beat_the_blues()
    for arm, summary in (("TAU", at_start.first), ("BtheB", at_start.second)):
        assert summary.mean == pytest.approx(frame[frame["treatment"] == arm]["bdi.pre"].mean())
    report = comparison_report(trial, found)
    assert report.title == "Two cohorts compared"
    assert "8 months" in report.sections[0].intro or "chance" in report.sections[0].intro


def test_a_group_of_nobody_is_no_error(trial) -> None:
    found = compare(
        trial.treatments.all(), ByDate(datetime.date(2020, 1, 1)), outcomes=outcomes_of(trial), until=TODAY
    )
    assert found.tested == ()
    report = comparison_report(trial, found)
    assert report.sections[0].intro.startswith("These two groups cannot be compared")
