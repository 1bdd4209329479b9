"""The map of integrity: the rule of a cell, what each source says, the page and the report."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from onmodel.criteria.consensus.actions import agree_scores, finish_round
from onmodel.criteria.evidence import Evidence, Stand
from onmodel.criteria.integrity import integrity_map, state_of
from onmodel.reports.pir import programme_implementation_report
from onmodel.requirements.actions import attest

pytestmark = pytest.mark.django_db
ON, PARTLY, OFF, UNKNOWN = Stand.ON, Stand.PARTLY, Stand.OFF, Stand.UNKNOWN


@pytest.mark.parametrize(
    ("states", "cell"),
    [
        ([], UNKNOWN),
        ([UNKNOWN, UNKNOWN], UNKNOWN),
        ([ON, ON], ON),
        ([ON, UNKNOWN], ON),  # half is known
        ([ON, UNKNOWN, UNKNOWN], UNKNOWN),  # too little to say that all is well
        ([OFF, UNKNOWN, UNKNOWN], OFF),  # a found fault is a fault
        ([OFF, ON], PARTLY),  # half is not more than half
        ([OFF, OFF, ON], OFF),
        ([OFF, ON, ON, UNKNOWN], PARTLY),
    ],
)
def test_the_rule_of_a_cell(states, cell):
    assert state_of(states) is cell


def test_three_by_three_and_every_link_leads_to_something(cast):
    drawn = integrity_map(cast.programme, timezone.localdate())
    assert len(drawn.cells) == 9
    assert drawn.levels == ("organisation", "team", "therapist")
    assert all(cell.sources for cell in drawn.cells)
    assert all(source.text is not None for cell in drawn.cells for source in cell.sources)


def test_a_recommendation_that_is_attested_speaks_for_its_cell(cast):
    attest(
        programme=cast.programme,
        standard="rec_01_one_framework",
        met=False,
        evidence="Schema therapy is mixed in.",
        by=cast.supervisor,
    )
    cell = integrity_map(cast.programme, timezone.localdate()).cell("differentiation", "therapist")
    assert [source.link for source in cell.off] == ["rec_01_one_framework"]
    assert (cell.state, cell.known) == (OFF, 1)


def test_scores_count_against_what_their_form_calls_adequate(cast, scored, round_of):
    day = datetime.date(2025, 3, 1)
    scored(day, {"1": "3", "2": "2"})
    found = round_of(given={"supervisor": "6", "manager": "2", "therapist": "3"})
    agree_scores(round_=found, scores={"2": "3/4", "5": "4"}, by=cast.manager)
    finish_round(round_=found, by=cast.manager)
    evidence = Evidence(cast.programme, timezone.localdate())
    said = {
        source.link: (source.state, source.value, source.n)
        for source in evidence.of(
            [
                "quality_criteria.1",
                "quality_criteria.2",
                "quality_criteria.3",
                "team_factors.2",
                "team_factors.5",
            ]
        )
    }
    assert said == {
        "quality_criteria.1": (ON, 3.0, 1),  # 3 is adequate of 5
        "quality_criteria.2": (OFF, 2.0, 1),
        "quality_criteria.3": (UNKNOWN, None, 0),
        "team_factors.2": (OFF, 3.5, 1),  # 3/4 read at its middle; 4 is adequate of 7
        "team_factors.5": (ON, 4.0, 1),
    }


def test_the_past_is_not_told_by_what_came_later(cast, scored):
    scored(datetime.date(2025, 3, 1), {"1": "1"})
    before = Evidence(cast.programme, datetime.date(2025, 2, 1)).source("quality_criteria.1")
    assert before.state is UNKNOWN


def test_the_page_tells_states_in_words_and_what_they_rest_on(client, cast, scored):
    scored(datetime.date(2025, 3, 1), {"1": "1"})
    client.force_login(cast.expert)
    page = client.get(reverse("integrity", args=[cast.programme.slug])).content.decode()
    assert "Off model" in page
    assert "1.0 of 5, adequate from 3 (n = 1" in page
    assert "sources known" in page


def test_the_report_has_the_map_and_readers_outside_no_numbers(cast, scored):
    scored(datetime.date(2025, 3, 1), {"1": "1"})
    days = (datetime.date(2025, 1, 1), datetime.date(2025, 12, 31))
    inside = programme_implementation_report(cast.programme, *days, language="en")
    outside = programme_implementation_report(cast.programme, *days, language="en", outside=True)
    maps, behind = zip(*(blocks_of(report) for report in (inside, outside)), strict=True)
    assert [len(block.rows) for block in maps] == [9, 9]
    assert ["Found" in block.columns for block in behind] == [True, False]


def blocks_of(report):
    """The map and what is behind it, the last two of the section about adherence."""
    section = next(one for one in report.sections if one.id == "adherence")
    return section.blocks[-2:]
