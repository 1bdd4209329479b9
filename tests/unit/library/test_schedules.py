"""When what is measured: the battery of the sources, the minimal set, the rhythms of the monitors."""

import pytest

from onmodel.library.loading import read

PACK = read("mbt")
MONTHS = (0, 6, 12, 18, 24, 30, 36)

#: QM appendix 1: X recommended, o desired, - not, in months 0 to 36.
BATTERY = {
    "scid1": "X--X--o",
    "scid2": "X--X--o",
    "sshi": "XXXXooX",
    "pai_bor": "XXXXooX",
    "bsi": "XXXXooX",
    "iip64": "XooXooX",
    "ecr": "XooXooX",
    "rfq8": "XooXooX",
    "bdi2": "XooXooX",
    "dapp_sf": "X--X--X",
    "eq5d3l": "XXXXooX",
    "ticp": "XXXXooX",
    "sds": "XXXXooX",
}


def test_moments_of_the_battery() -> None:
    assert tuple(moment.months for moment in PACK.schedules["research_battery"].moments) == MONTHS


def test_battery_as_in_the_source() -> None:
    schedule = PACK.schedules["research_battery"]
    marks = {}
    for line in schedule.instruments:
        wanted = {**dict.fromkeys(line.recommended, "X"), **dict.fromkeys(line.desired, "o")}
        marks[line.instrument] = "".join(wanted.get(moment.id, "-") for moment in schedule.moments)
    assert marks == BATTERY


def test_no_target_is_invented() -> None:
    assert all(schedule.target_completeness is None for schedule in PACK.schedules.values())


@pytest.mark.parametrize(("schedule", "first"), [("minimal_set", "bsi"), ("minimal_set_oq45", "oq45")])
def test_minimal_set_at_the_start_and_every_six_months(schedule: str, first: str) -> None:
    found = PACK.schedules[schedule]
    assert [line.instrument for line in found.instruments] == [first, "eq5d3l"]
    assert tuple(moment.months for moment in found.moments) == MONTHS
    assert all(line.recommended == tuple(moment.id for moment in found.moments) for line in found.instruments)


@pytest.mark.parametrize(
    ("schedule", "instrument", "respondent", "days"),
    [
        ("weekly_check", "weekly_check", "patient", 7),
        ("close_monitoring", "phq9", "patient", 7),
        ("adherence_rating", "mbt_acs", "supervisor", 91),
        ("adherence_rating", "mbt_g_aqs", "supervisor", 91),
        ("adherence_rating_half_yearly", "mbt_acs", "supervisor", 182),
        ("team_items", "team_items", "supervisor", 61),
        ("supervision_rating", "supervisory_adherence", "expert", 182),
        ("yearly_audit", "quality_criteria", "expert", 365),
    ],
)
def test_rhythms(schedule: str, instrument: str, respondent: str, days: int) -> None:
    found = [(line.instrument, line.respondent, line.every_days) for line in PACK.schedules[schedule].repeats]
    assert (instrument, respondent, days) in found


def test_who_answers_is_someone_the_form_is_for() -> None:
    for schedule in PACK.schedules.values():
        for line in (*schedule.instruments, *schedule.repeats):
            assert line.respondent in PACK.instruments[line.instrument].respondents
