"""Patients' ways through a programme: referral, start, phases, end. Pure: dates in, dates out.

Rates and durations follow D ch. 4 (8.9 % drop-out between 11 and 15 months, 6.6 % push-out between
4 and 13 months, 15.3 months of treatment with SD 3.8 and at most 18). Twice as many dropping out
during the reorganisation is an assumption of the simulation.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from onmodel.demonstration.courses import Floats
from onmodel.demonstration.half_years import REPORTED, half_years
from onmodel.demonstration.service import MONTHS_BACK, REORGANISED_MONTHS_AGO, ProgrammePlan

DAYS_A_MONTH = 365.25 / 12
ONE_DAY = datetime.timedelta(days=1)
DROP_OUT, PUSH_OUT = 0.089, 0.066
DURATION_MEAN, DURATION_SD, DURATION_MOST = 15.3, 3.8, 18.0
TURNING_MONTHS = 6.0
FOLLOW_UP_SHARE = 0.15
WAITING_SHARE = 0.03
COMPLETED, DROPPED_OUT, PUSHED_OUT = "completed", "drop_out", "push_out"  # terms of the pack
WOMEN = 0.73  # D ch. 8, Table 1: 34 of 46 patients


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A phase from day to day; open-ended while it lasts."""

    kind: str
    starts_on: datetime.date
    ends_on: datetime.date | None


@dataclass(frozen=True, kw_only=True)
class Career:
    """One patient's treatment. `team` counts the programme's teams; `end_kind` is empty while it lasts.

    `turned_on` is the day of the reorganisation, for a patient whose treatment it touches; who begins after
    the recovery is not touched.
    """

    programme: str
    team: int
    turned_on: datetime.date | None
    year_of_birth: int
    gender: str
    referred_on: datetime.date
    oriented_on: datetime.date | None
    started_on: datetime.date | None
    ended_on: datetime.date | None
    end_kind: str
    phases: tuple[Stretch, ...]

    def left_early(self) -> bool:
        return self.end_kind in (DROPPED_OUT, PUSHED_OUT)

    def share_reorganised(self, months: Floats) -> Floats:
        """How far the patient follows the reorganised cohort's course at those months: 0 to 1.

        Wholly when treatment began after the reorganisation; else from that day on, in the course
        of half a year, so that outcome falls after adherence does.
        """
        if self.turned_on is None or self.started_on is None:
            return np.zeros(len(months))
        turned_after = (self.turned_on - self.started_on).days / DAYS_A_MONTH
        if turned_after <= 0.0:
            return np.ones(len(months))
        return np.clip((months - turned_after) / TURNING_MONTHS, 0.0, 1.0)


def months_before(day: datetime.date, months: float) -> datetime.date:
    return day - datetime.timedelta(days=round(months * DAYS_A_MONTH))


def months_after(day: datetime.date, months: float) -> datetime.date:
    return months_before(day, -months)


def reorganised_on(plan: ProgrammePlan, today: datetime.date) -> datetime.date | None:
    """Of the programme that recovered: early in the second of the half-years that are reported."""
    if plan.recovered:
        return months_after(half_years(today, REPORTED)[1][0], 1.0)
    return months_before(today, REORGANISED_MONTHS_AGO) if plan.reorganised else None


def recovered_on(plan: ProgrammePlan, today: datetime.date) -> datetime.date | None:
    """From when on the programme does again as before: early in the fifth of those half-years."""
    return months_after(half_years(today, REPORTED)[4][0], 1.0) if plan.recovered else None


def in_trouble(plan: ProgrammePlan, day: datetime.date, today: datetime.date) -> bool:
    """Whether that day lies after the reorganisation, and before the recovery if there was one."""
    turned, recovered = reorganised_on(plan, today), recovered_on(plan, today)
    return turned is not None and turned <= day and (recovered is None or day < recovered)


def careers(rng: np.random.Generator, plan: ProgrammePlan, count: int, today: datetime.date) -> list[Career]:
    """`count` patients of one programme as known on `today`, in order of referral."""
    waiting = round(count * WAITING_SHARE)
    starts = np.sort(rng.uniform(0.0, MONTHS_BACK, size=count - waiting))[::-1]
    begun = [_begun(rng, plan, months_before(today, back), today) for back in starts]
    return begun + [_waiting(rng, plan, today) for _ in range(waiting)]


def _waiting(rng: np.random.Generator, plan: ProgrammePlan, today: datetime.date) -> Career:
    referred = today - datetime.timedelta(days=int(rng.integers(3, 60)))
    oriented = referred + datetime.timedelta(days=_days_to_orientation(rng, plan, referred, today))
    return Career(
        **_person(rng, plan, today),
        referred_on=referred,
        oriented_on=oriented if oriented <= today else None,
        started_on=None,
        ended_on=None,
        end_kind="",
        turned_on=reorganised_on(plan, today) if in_trouble(plan, today, today) else None,
        phases=(Stretch(kind="referral", starts_on=referred, ends_on=None),),
    )


def _begun(
    rng: np.random.Generator, plan: ProgrammePlan, started: datetime.date, today: datetime.date
) -> Career:
    person = _person(rng, plan, started)
    waited = datetime.timedelta(days=int(rng.integers(14, 40)))
    referred = started - waited - datetime.timedelta(days=_days_to_orientation(rng, plan, started, today))
    troubled, recovered = reorganised_on(plan, today), recovered_on(plan, today)
    months, end_kind = _course_of_treatment(rng, hit=in_trouble(plan, started, today))
    main_end = months_after(started, months)
    touched = troubled is not None and main_end > troubled and (recovered is None or started < recovered)
    followed = end_kind == COMPLETED and rng.random() < FOLLOW_UP_SHARE
    end = months_after(main_end, 6.0) if followed else main_end
    return Career(
        **person,
        referred_on=referred,
        oriented_on=started - waited,
        started_on=started,
        ended_on=end if end <= today else None,
        end_kind=end_kind if end <= today else "",
        turned_on=troubled if touched else None,
        phases=_phases(referred, started, main_end, end, today),
    )


def _person(rng: np.random.Generator, plan: ProgrammePlan, day: datetime.date) -> dict[str, object]:
    age = int(rng.triangular(plan.youngest, plan.youngest + 0.3 * (plan.oldest - plan.youngest), plan.oldest))
    return {
        "programme": plan.slug,
        "team": int(rng.choice(len(plan.teams), p=_weights(plan))),
        "year_of_birth": day.year - age,
        "gender": "female" if rng.random() < WOMEN else "male",
    }


def _weights(plan: ProgrammePlan) -> list[float]:
    total = sum(team.weight for team in plan.teams)
    return [team.weight / total for team in plan.teams]


def _days_to_orientation(
    rng: np.random.Generator, plan: ProgrammePlan, day: datetime.date, today: datetime.date
) -> int:
    """Within four weeks as a rule (D App. 1, 4a); longer after a reorganisation, until it recovers."""
    return int(rng.integers(21, 64)) if in_trouble(plan, day, today) else int(rng.integers(5, 27))


def _course_of_treatment(rng: np.random.Generator, *, hit: bool) -> tuple[float, str]:
    """Months of treatment and kind of end."""
    luck = rng.random() / (2.0 if hit else 1.0)
    if luck < DROP_OUT:
        return float(rng.uniform(11.0, 15.0) if not hit else rng.uniform(4.0, 15.0)), DROPPED_OUT
    if luck < DROP_OUT + PUSH_OUT:
        return float(rng.uniform(4.0, 13.0)), PUSHED_OUT
    months = rng.normal(DURATION_MEAN, DURATION_SD)
    return float(np.clip(months, 9.0, DURATION_MOST - 0.2)), COMPLETED


def _phases(
    referred: datetime.date,
    started: datetime.date,
    main_end: datetime.date,
    end: datetime.date,
    today: datetime.date,
) -> tuple[Stretch, ...]:
    """The stretches that have begun by today, each open while it lasts."""
    bounds = [
        ("referral", referred, started),
        ("initial", started, min(months_after(started, 2.0), main_end)),
        ("main", months_after(started, 2.0), min(months_after(started, 12.0), main_end)),
        ("final", months_after(started, 12.0), main_end),
        ("follow_up", main_end, end),
    ]
    return tuple(
        Stretch(
            kind=kind, starts_on=first, ends_on=last - datetime.timedelta(days=1) if last <= today else None
        )
        for kind, first, last in bounds
        if first < last and first <= today
    )
