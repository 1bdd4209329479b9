"""Every list of the sources has its full number of entries; the numbers of accreditation stand."""

from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

import onmodel.library
from onmodel.packs.base import Definition, Level
from onmodel.packs.standards import (
    Accreditation,
    Checklist,
    ReportTemplate,
    Standards,
    TermList,
)

LIBRARY = Path(onmodel.library.__file__).parent
T = TypeVar("T", bound=Definition)


def read(path: str, kind: type[T]) -> T:
    return msgspec.toml.decode((LIBRARY / f"{path}.toml").read_bytes(), type=kind)


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("programme_requirements", 17 - 1 + 4),
        ("criteria", 20),
        ("recommended_factors", 10 + 10),
        ("team_factors", 7 + 11 + 3),
    ],
)
def test_number_of_standards(file: str, count: int) -> None:
    assert len(read(f"mbt/standards/{file}", Standards).standards) == count


def test_requirements_are_numbered_as_in_the_source_without_16() -> None:
    standards = read("mbt/standards/programme_requirements", Standards).standards
    numbers = [standard.number for standard in standards]
    assert numbers == [str(n) for n in range(1, 18) if n != 16] + ["R1", "R2", "R3", "R4"]


def test_criteria_stand_at_their_level_with_their_aspects() -> None:
    criteria = read("mbt/standards/criteria", Standards).standards
    by_level = [
        [int(criterion.number) for criterion in criteria if criterion.level is level]
        for level in (Level.ORGANISATION, Level.ORGANISATION_TEAM, Level.TEAM, Level.THERAPIST)
    ]
    assert by_level == [list(range(1, 7)), list(range(7, 11)), list(range(11, 19)), [19, 20]]
    aspects = [5, 5, 3, 4, 5, 5, 5, 2, 6, 3, 4, 5, 3, 3, 6, 3, 6, 3, 3, 2]
    assert [len(criterion.aspects) for criterion in criteria] == aspects
    for criterion in criteria:
        assert [aspect.id for aspect in criterion.aspects] == list("abcdef"[: len(criterion.aspects)])


def test_consensus_factors_by_level() -> None:
    factors = read("mbt/standards/team_factors", Standards).standards
    counts = [sum(f.level is level for f in factors) for level in (Level.ORGANISATION, Level.TEAM)]
    assert [*counts, len(factors) - sum(counts)] == [7, 11, 3]


def test_clinical_process_has_fourteen_and_three_checks() -> None:
    checks = read("mbt/checklists/clinical_process", Checklist).checks
    sections = [check.section for check in checks]
    assert sections == ["initial"] * 14 + ["middle_final"] * 3


def test_sum_of_33_keeps_the_published_totals_only() -> None:
    checklist = read("mbt/checklists/organisation_33", Checklist)
    assert checklist.maximum == 33
    assert checklist.published_totals == {"period_1": 24, "period_2": 28}
    assert checklist.checks == ()
    assert checklist.note is not None


@pytest.mark.parametrize(
    ("file", "roots", "children"),
    [
        ("competency_areas", 7, 0),
        ("abilities", 7, 6 + 4 + 4 + 5 + 1 + 3 + 6),
        ("phases", 6, 0),
        ("treatment_goals", 5, 0),
        ("crisis_plan_parts", 5, 0),
        ("crisis_plan_stages", 4, 0),
        ("mbt_i_sessions", 12, 0),
        ("formulation_qualities", 10, 0),
        ("mentalizing_profile", 4, 8 + 8 + 3 + 2),
        ("mentalizing_dimensions", 4, 0),
        ("relationship_patterns", 2, 0),
        ("indicators_of_trouble", 16, 0),
        ("implementation_phases", 6, 5 + 4 + 1 + 7 + 6 + 1),
        ("case_studies", 7, 6 + 5 + 8 + 6 + 5 + 6 + 6),
        ("integrity_map", 3, 3 * 3),
        ("supervision_structure", 1, 6),
        ("meeting_kinds", 7, 0),
        ("supervisor_duties", 6, 0),
        ("supervision_first_tasks", 6, 0),
        ("supervisor_competences", 5, 2 + 1 + 4 + 4 + 2),
        ("monitors", 4, 0),
        ("success_factors", 4, 0),
        ("barriers", 8, 0),
        ("team_factors_published", 21, 0),
        ("parties", 5, 0),
        ("manuals", 3, 0),
        ("manager_tasks", 5, 0),
        ("staff_qualities", 6, 0),
    ],
)
def test_number_of_terms(file: str, roots: int, children: int) -> None:
    terms = read(f"mbt/terms/{file}", TermList).terms
    below = sum(term.parent is not None for term in terms)
    assert (len(terms) - below, below) == (roots, children)


def test_abilities_are_spread_over_the_areas_as_listed() -> None:
    areas = read("mbt/terms/competency_areas", TermList).terms
    abilities = read("mbt/terms/abilities", TermList).terms
    counts = [sum(ability.parent == area.id for ability in abilities) for area in areas]
    assert counts == [6, 4, 4, 5, 1, 3, 6]
    assert counts == [area.values["abilities"] for area in areas]


def test_competency_areas_cover_their_items() -> None:
    areas = read("mbt/terms/competency_areas", TermList).terms
    links = [[link.removeprefix("mbt_acs.") for link in area.links] for area in areas]
    items = [[int(link[1:]) for link in area if link[0] == "c"] for area in links]
    adherence = [[int(link[1:]) for link in area if link[0] == "a"] for area in links]
    competence_only = {1, 4, 5}  # rated for competence alone (Folmo 2022)
    assert adherence == [[item for item in area if item not in competence_only] for area in items]
    assert items == [[1, 2, 11, 13], [4, 5, 7], [12, 16], [6, 9, 12], [3, 8], [10, 11, 13], [11, 14, 15]]
    assert {item for area in items for item in area} == set(range(1, 17))


def test_barriers_are_ranked_by_how_many_experts_named_them() -> None:
    barriers = read("mbt/terms/barriers", TermList).terms
    assert [barrier.values["rank"] for barrier in barriers] == list(range(1, 9))
    assert [barrier.values["mentioned"] for barrier in barriers] == [8, 7, 7, 5, 5, 3, 3, 2]


def test_cases_have_the_outcome_and_the_ratings_of_the_tables() -> None:
    cases = [t for t in read("mbt/terms/case_studies", TermList).terms if t.parent is None]
    outcomes = [case.values["outcome"] for case in cases]
    assert outcomes == ["failure", "success", "failure", "failure", "mixed", "success", "mixed"]
    printed = {"combined": 4.49, "organisation": 4.1, "team": 4.2, "therapist": 3.4}
    for level, mean in printed.items():
        ratings = [float(case.values[level]) for case in cases]
        assert sum(ratings) / 7 == pytest.approx(mean, abs=0.051)


#: level, list, requirement, quantity
ACCREDITATION = [
    ("b", "obtains", "basic_course", 3),
    ("b", "obtains", "practitioner_course", 2),
    ("b", "obtains", "four_individual", 4),
    ("b", "obtains", "two_groups", 2),
    ("b", "obtains", "two_individual_one_group", 2),
    ("b", "obtains", "sessions_per_case", 24),
    ("b", "obtains", "bpd_patients", 2),
    ("b", "obtains", "bpd_group", 1),
    ("b", "obtains", "supervision_hours", 4),
    ("b", "obtains", "recordings", 3),
    ("b", "obtains", "recording_length", 15),
    ("b", "variants", "post_level", 5),
    ("c", "keeps", "cases", 2),
    ("c", "keeps", "supervision", 12),
    ("c", "keeps", "cpd", 1),
    ("d", "obtains", "years_of_practice", 3),
    ("d", "variants", "highly_experienced", 2),
    ("d", "obtains", "supervised_cases", 6),
    ("d", "obtains", "supervised_groups", 2),
    ("d", "obtains", "group_duration", 18),
    ("d", "obtains", "supervisors", 2),
    ("d", "obtains", "positive_reports", 2),
    ("d", "obtains", "cases_supervised", 2),
    ("d", "obtains", "sessions_individual", 6),
    ("d", "obtains", "sessions_group", 6),
    ("d", "obtains", "supervision_of_supervision", 10),
    ("d", "obtains", "exchange", 1),
    ("d", "keeps", "schooling", 1),
    ("d", "keeps", "exchange_yearly", 1),
    ("associate_trainer", "obtains", "role_play_courses", 4),
    ("associate_trainer", "obtains", "part_taught", 1),
    ("associate_trainer", "obtains", "courses_led", 2),
    ("associate_trainer", "keeps", "joint_delivery", 1),
]


@pytest.mark.parametrize(("level", "field", "asked", "quantity"), ACCREDITATION)
def test_accreditation_asks(level: str, field: str, asked: str, quantity: float) -> None:
    levels = {entry.id: entry for entry in read("mbt/accreditation/accreditation", Accreditation).levels}
    assert list(levels) == ["a", "b", "c", "d", "associate_trainer"]
    found = {requirement.id: requirement for requirement in getattr(levels[level], field)}
    assert found[asked].quantity == quantity


@pytest.mark.parametrize("pack", ["generic", "mbt"])
def test_report_has_six_parts_then_promises_and_gaps(pack: str) -> None:
    report = read(f"{pack}/reports/pir", ReportTemplate)
    parts = ["requirements", "indicators", "cases", "adherence", "outcome", "suggestions"]
    assert [section.id for section in report.sections] == [*parts, "follow_up", "missing"]
    assert report.months == (6, 12, 18)
