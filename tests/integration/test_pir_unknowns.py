"""What the report says where something cannot be known, and how its words and units read."""

import datetime

import numpy as np
import pytest
from django.core.exceptions import ValidationError

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.reports.document import Chart, Table
from onmodel.reports.pir import check_period, programme_implementation_report
from onmodel.reports.units import bound_in_words, unit_in_words
from onmodel.reports.wording import basis_in_words, value_of
from tests.factories import ProgrammeFactory, TreatmentFactory

pytestmark = pytest.mark.django_db

START, END = datetime.date(2025, 1, 1), datetime.date(2025, 12, 31)
PATIENTS = 12
#: SIPP-118 has five entered scales, filled together.
DOMAINS = ("SELF_CONTROL", "IDENTITY")


def fill(programme, treatments, instrument: str, months: float, scores: dict[str, list[float]]) -> None:
    day = START + datetime.timedelta(days=round(months * 365.25 / 12))
    store_forms(
        Forms(
            programme=programme,
            instrument=programme.definitions.instruments[instrument],
            respondent="patient",
            treatments=[t.pk for t in treatments],
            months=[months] * len(treatments),
            answered_on=[day] * len(treatments),
            entered={scale: np.array(values) for scale, values in scores.items()},
        ),
        by=None,
    )


@pytest.fixture
def report():
    """Twelve patients: all much better on the BSI, half of them measured again after 6 months."""
    programme = ProgrammeFactory(pack="mbt")
    treatments = [TreatmentFactory(programme=programme, started_on=START) for _ in range(PATIENTS)]
    for months, who, better in ((0.0, treatments, 0.0), (6.0, treatments[:6], 1.0)):
        spread = [0.1 * place for place in range(len(who))]
        fill(programme, who, "bsi", months, {"GSI": [2.5 - better + s / 2 for s in spread]})
        fill(programme, who, "sipp118", months, {d: [25 + 8 * better + s for s in spread] for d in DOMAINS})
    return programme_implementation_report(programme, START, END)


def table(report, title: str) -> Table:
    tables = (block for section in report.sections for block in section.blocks if isinstance(block, Table))
    return next(found for found in tables if title in found.title)


def test_without_a_cut_off_nobody_is_said_not_to_have_recovered(report) -> None:
    _name, better, recovered, _unchanged, _worse = table(report, "Change of each patient").rows[0]
    assert better.value == 100
    assert recovered.value is None
    assert recovered.why == "no cut-off is known"


def test_scales_that_are_filled_together_are_counted_once(report) -> None:
    measured = table(report, "Measured")
    assert measured.columns == ("Outcome", "6 months")
    assert [(row[0], row[1].value, row[1].n) for row in measured.rows] == [
        ("BSI", 50, PATIENTS),
        ("SIPP-118", 50, PATIENTS),
    ]


def test_charts_and_bases_name_scales_in_words(report) -> None:
    charts = [b for section in report.sections for b in section.blocks if isinstance(b, Chart)]
    assert {"Global Severity Index (lower is better)", "Self-control (higher is better)"} <= {
        chart.y_title for chart in charts
    }
    said = " ".join(basis_in_words(basis) for basis in report.bases())
    assert "SELF_CONTROL" not in said
    assert "2025-12-31" not in said
    assert "31 Dec 2025" in said


def test_an_effect_size_tells_which_way_is_better(report) -> None:
    (facts, *_) = report.sections[0].blocks
    assert any("(lower is better)" in name for name, _figure in facts.facts)


@pytest.mark.parametrize(
    ("unit", "count", "said"),
    [
        ("people", 1, "person"),
        ("people", 3, "people"),
        ("hours_per_week", 1, "hour a week"),
        ("x_y", 1, "x y"),
    ],
)
def test_one_is_singular(unit: str, count: float, said: str) -> None:
    assert unit_in_words(unit, count) == said


def test_a_bound_of_one_is_singular() -> None:
    standards = ProgrammeFactory(pack="mbt").definitions.all_standards()
    limits = {bound_in_words(limit) for standard in standards for limit in standard.limits}
    assert "at least 1 person" in limits
    assert not {text for text in limits if " 1 people" in text}


@pytest.mark.parametrize("days", [(datetime.date.min, END), (START, datetime.date.max)])
def test_a_period_beyond_any_record_is_refused(days) -> None:
    with pytest.raises(ValidationError, match="1900 to 2200"):
        check_period(*days)


def test_every_value_can_be_written(report) -> None:
    assert all(value_of(figure) for figure in report.figures())
