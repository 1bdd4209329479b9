"""Every number of the clocks and limits (reference table: QM, D, section by section), written out by hand."""

from pathlib import Path

import msgspec
import pytest

import onmodel.library
from onmodel.packs.standards import Limit, Standard, Standards

STANDARDS = Path(onmodel.library.__file__).parent / "mbt" / "standards"


def read(name: str) -> dict[str, Standard]:
    file = msgspec.toml.decode((STANDARDS / f"{name}.toml").read_bytes(), type=Standards)
    return {standard.id: standard for standard in file.standards}


ALL = {
    **read("programme_requirements"),
    **read("clocks"),
    **read("limits"),
}

#: standard, variant, at least, at most, unit
NUMBERS = [
    ("clock_referral_to_orientation", "d", None, 4 * 7, "days"),
    ("clock_crisis_plan", "d", None, 4 * 7, "days"),
    ("clock_crisis_plan", "qm", None, 0, "days"),
    ("clock_crisis_plan_updated", "qm", 100, None, "percent"),
    ("clock_treatment_plan", "d", None, 6 * 7, "days"),
    ("rhythm_team_progress_review", "d", None, 6 * 7, "days"),
    ("rhythm_patient_review", "qm", None, 31 + 30 + 31, "days"),
    ("rhythm_patient_review", "d", None, 31 + 30 + 31, "days"),
    ("rhythm_outcome_in_review", "d", 2, None, "per_year"),
    ("rhythm_risk_assessed", "d", 100, None, "percent"),
    ("rhythm_dropout_risk", "d", None, 7, "days"),
    ("clock_letter_when_not_reached", "d", None, 2 * 7, "days"),
    ("clock_message_answered", "qm", None, 1, "working_days"),
    ("limit_emergency_appointment", "qm", None, 30, "minutes"),
    ("clock_main_phase", "d", None, 18, "months"),
    ("clock_main_phase", "qm", 12, 18, "months"),
    ("rhythm_quality_parameters", "d", 1, None, "per_month"),
    ("rhythm_therapist_adherence", "d", 2, None, "per_year"),
    ("rhythm_recorded_individual", "d", 4, None, "per_year"),
    ("rhythm_recorded_group", "d", 4, None, "per_year"),
    ("rhythm_team_items", "qm", None, 31 + 31, "days"),
    ("rhythm_requirements_reviewed", "d", 2, None, "per_year"),
    ("rhythm_outcome_monitoring", "qm", None, 184, "days"),
    ("rhythm_outcome_monitoring", "d", None, 92, "days"),
    ("rhythm_pir", "qm_5", 2, None, "per_year"),
    ("rhythm_audit", "d", 1, None, "per_year"),
    ("rhythm_treatment_review_meeting", "d", 1, None, "per_week"),
    ("rhythm_team_supervision", "d", 2, None, "per_month"),
    ("rhythm_team_supervision", "qm", 4, None, "per_month"),
    ("rhythm_therapist_supervision", "qm", 1, None, "per_week"),
    ("rhythm_intervision", "d", 1, None, "per_month"),
    ("rhythm_expert_contact", "qm", 1, None, "per_week"),
    ("rhythm_crisis_agreement", "qm", 2, None, "per_year"),
    ("rhythm_substance_agreement", "d", 1, None, "per_year"),
    ("rhythm_referrers", "qm", 2, None, "per_year"),
    ("req_05_team_size", "qm", 4, 9, "people"),
    ("req_05_team_size", "d", 4, 12, "people"),
    ("req_05_team_size", "b", 5, 12, "people"),
    ("req_05_team_size", "d_ch8", 8, 12, "people"),
    ("limit_team_at_start", "qm", 5, None, "people"),
    ("limit_groups_at_start", "qm", 2, None, "groups"),
    ("req_04_therapist_hours", "qm", 24, None, "hours_per_week"),
    ("limit_primary_clinician_hours", "d", 24, None, "hours_per_week"),
    ("req_06_supervisor_hours", "qm", 36 / 2, None, "hours_per_week"),
    ("req_06_supervisor_hours", "d", 16, None, "hours_per_week"),
    ("req_07_weekly_supervision", "qm", 1, None, "per_week"),
    ("req_08_caseload", "qm", None, 18, "patients"),
    ("limit_caseload_with_follow_up", "d", None, 24, "patients"),
    ("req_09_duration", "qm", 12, 18, "months"),
    ("limit_psychiatrist_training", "d", 6, None, "sessions"),
    ("limit_supervisor_not_treating", "d", 1, None, "yes"),
    ("limit_psychiatrist_not_primary", "d", None, 0, "patients"),
    ("limit_supervisor_level", "d", 1, None, "yes"),
    ("limit_staff_trained", "d", 100, None, "percent"),
    ("limit_practitioner_present", "d", 1, None, "people"),
    ("limit_direct_contact", "qm", 60, 65, "percent"),
    ("limit_adherence", "d", 4, None, "score"),
    ("limit_supervision_group", "qm", None, 4, "people"),
    ("rec_02_two_teams", "qm", 2, None, "teams"),
]

#: standard, variant, ideal at least, ideal at most
IDEALS = [
    ("req_04_therapist_hours", "qm", 28, None),
    ("req_05_team_size", "d", 5, 9),
    ("req_05_team_size", "b", None, 9),
    ("req_06_supervisor_hours", "d", 24, None),
    ("req_08_caseload", "qm_5", None, 16),
    ("rhythm_quality_parameters", "d", 2, None),
    ("rhythm_therapist_adherence", "d", 4, None),
    ("rhythm_requirements_reviewed", "d", 4, None),
    ("rhythm_outcome_monitoring", "qm", None, 92),
    ("rhythm_intervision", "d_9", 2, None),
]


def variant(standard_id: str, limit_id: str) -> Limit:
    limit = ALL[standard_id].limit_variant(limit_id)
    assert limit is not None, (standard_id, limit_id)
    return limit


@pytest.mark.parametrize(("standard", "limit", "least", "most", "unit"), NUMBERS)
def test_number_stands_as_printed(
    standard: str, limit: str, least: float | None, most: float | None, unit: str
) -> None:
    found = variant(standard, limit)
    assert (found.at_least, found.at_most, found.unit) == (least, most, unit)


@pytest.mark.parametrize(("standard", "limit", "least", "most"), IDEALS)
def test_ideal_stands_as_printed(standard: str, limit: str, least: float | None, most: float | None) -> None:
    found = variant(standard, limit)
    assert (found.ideal_at_least, found.ideal_at_most) == (least, most)


def test_the_time_for_a_review_after_missed_sessions_is_ours() -> None:
    (missed,) = ALL["clock_missed_sessions"].limits
    assert (missed.id, missed.at_most, missed.unit) == ("ours", 14.0, "days")
