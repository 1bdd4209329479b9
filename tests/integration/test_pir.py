"""The report of a programme that holds the Beat the Blues trial shows the trial's real course."""

import datetime
import json

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.measurement.change import Outcome
from onmodel.reports.document import Chart, Figure, Table
from onmodel.reports.pir import programme_implementation_report
from tests.factories import ProgrammeFactory, TreatmentFactory
from tests.real_data import BTHEB_MONTHS, beat_the_blues

pytestmark = pytest.mark.django_db

START = datetime.date(2025, 1, 1)


def fill_with_trial(programme):
    """The trial's patients in a programme, all started on one day."""
    treatments = [TreatmentFactory(programme=programme, started_on=START) for _ in range(100)]
    frame = beat_the_blues()
    instrument = programme.definitions.instruments["bdi2"]
    for column, months in BTHEB_MONTHS.items():
        values = frame[column].to_numpy(dtype=float, na_value=np.nan)
        rows = np.flatnonzero(~np.isnan(values))
        day = START + datetime.timedelta(days=round(months * 365.25 / 12))
        forms = Forms(
            programme=programme,
            instrument=instrument,
            respondent="patient",
            treatments=[treatments[row].pk for row in rows],
            months=[months] * len(rows),
            answered_on=[day] * len(rows),
            entered={instrument.main_scale: values[rows]},
        )
        store_forms(forms, by=None)


@pytest.fixture
def trial(db):
    programme = ProgrammeFactory(name="Beat the Blues", slug="beat-the-blues")
    fill_with_trial(programme)
    return programme


@pytest.fixture
def report(trial):
    return programme_implementation_report(trial, START, datetime.date(2025, 12, 31))


def blocks(report, section, kind):
    found = next(s for s in report.sections if s.id == section)
    return [block for block in found.blocks if isinstance(block, kind)]


def test_observed_means_and_numbers_are_the_trials(report):
    # Proudfoot et al. 2003, as HSAUR's BtheB: n, mean, SD at 0, 2, 4, 6, 8 months
    published = [(100, 23.3, 10.8), (97, 16.9, 10.8), (73, 14.8, 11.8), (58, 12.8, 11.2), (52, 11.1, 9.3)]
    table = next(t for t in blocks(report, "outcome", Table) if "by month" in t.title)
    shown = [(row[1].n, round(row[1].value, 1), round(row[2].value, 1)) for row in table.rows]
    assert shown == published


def test_the_course_is_drawn_with_its_model(report):
    (chart,) = blocks(report, "outcome", Chart)
    assert [point.n for point in chart.observed] == [100, 97, 73, 58, 52]
    line = {point.x: point.value for point in chart.modelled}
    assert line[0.0] == pytest.approx(23.0, abs=1.0)
    assert line[8.0] == pytest.approx(12.9, abs=1.5)  # above the completers' 11.1: drop-out counts


def test_effect_sizes_stop_where_the_data_stop(report):
    table = next(t for t in blocks(report, "outcome", Table) if "Effect" in t.title)
    six, twelve, eighteen = table.rows[0][2:]
    assert six.value < -0.5
    assert six.lower < six.value < six.upper
    assert (twelve.value, eighteen.value) == (None, None)
    assert twelve.why


def test_change_adds_up(report):
    table = next(t for t in blocks(report, "outcome", Table) if "Change" in t.title)
    better, recovered, unchanged, worse = table.rows[0][1:]
    assert better.n == 97  # 100 at the start, 97 of them seen again
    assert better.value + unchanged.value + worse.value == pytest.approx(100)
    assert recovered.value <= better.value
    assert Outcome.RECOVERED


def test_every_figure_tells_what_it_rests_on(report):
    figures = list(report.figures())
    assert figures
    for figure in figures:
        assert figure.basis is not None or figure.value is None or not isinstance(figure, Figure), figure
        assert figure.value is not None or figure.why or figure.n is not None, figure
    assert report.bases()


def test_it_becomes_json(report):
    assert json.loads(json.dumps(report.as_dict()))["programme"] == "Beat the Blues"


def test_a_programme_without_data_says_so_everywhere(db):
    report = programme_implementation_report(ProgrammeFactory(), START, datetime.date(2025, 6, 30))
    assert [s.id for s in report.sections] == [
        "brief",
        "requirements",
        "indicators",
        "cases",
        "adherence",
        "outcome",
        "suggestions",
        "follow_up",
        "missing",
    ]


def test_a_period_that_ends_before_it_begins_is_refused(db):
    with pytest.raises(ValidationError, match=r"ends .* before it begins"):
        programme_implementation_report(ProgrammeFactory(), datetime.date(2025, 6, 30), START)


def test_dutch(trial):
    report = programme_implementation_report(trial, START, datetime.date(2025, 12, 31), language="nl")
    assert report.title == "Programma-implementatierapport"
