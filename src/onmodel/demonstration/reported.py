"""Three years of half-yearly reports of the programme that recovered: discussed, signed, frozen, followed.

Figures come from the simulated record as it was at the end of each half-year; what people say is invented.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.demonstration.half_years import DISCUSSED, DRAFTED, SIGNED, half_years
from onmodel.demonstration.history import noon
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.pirs.actions import begin, recommend, remark, say_what_became
from onmodel.pirs.assembling import said_of
from onmodel.pirs.looking import bring_up_to_date
from onmodel.pirs.models import Pir, Question
from onmodel.pirs.reading.actions import answer, ask, mark_read
from onmodel.pirs.signing.actions import release, sign
from onmodel.signals.models import Signal


@dataclass(frozen=True, kw_only=True)
class HalfYear:
    """`said` and `answered`: section -> words. `recommended`: what, and months after the end of the period.

    `became`: what -> state and words, of recommendations of earlier reports.
    """

    said: dict[str, str]
    answered: dict[str, str]
    recommended: tuple[tuple[str, int], ...] = ()
    became: dict[str, tuple[str, str]]


TUIN = "Fill the vacancy of a therapist in team Tuin"
HOURS = "Give supervision its eighteen hours a week again"
WEEKLY = "Restore weekly team supervision, with cover during leave"
BOOSTER = "A booster of two days for everybody"
RING = "Ring patients whose half-yearly measure is two weeks late"
QUARTERLY = "Look at adherence team by team every quarter"
REFERRALS = "Agree with referrers on orientation within four weeks"

#: The oldest first: half a year before the reorganisation, three in it, two after it.
HALF_YEARS = (
    HalfYear(
        said={"adherence": "Simulated: a steady half-year; every therapist was rated."},
        answered={"adherence": "Simulated: thank you all. The merger of two units is being prepared."},
        recommended=((RING, 6),),
        became={},
    ),
    HalfYear(
        said={
            "indicators": "Simulated: since the units were joined, people leave and supervision falls out.",
            "adherence": "Simulated: the fall is in the last two months, in both teams.",
        },
        answered={"indicators": "Simulated: vacancies are frozen for this year; I raise it again."},
        recommended=((HOURS, 6), (WEEKLY, 3)),
        became={RING: ("done", "Simulated: the assistant rings on Tuesdays.")},
    ),
    HalfYear(
        said={"brief": "Simulated: this is no longer the treatment that we were trained in."},
        answered={"brief": "Simulated: I agree. The board has this report on its table at its next meeting."},
        recommended=((TUIN, 6), (REFERRALS, 6)),
        became={
            HOURS: ("not_begun", "Simulated: no budget this year."),
            WEEKLY: ("under_way", "Simulated: every other week in team Hof, not in Tuin."),
        },
    ),
    HalfYear(
        said={"outcome": "Simulated: patients improve less than they did, a year after the hours went."},
        answered={"outcome": "Simulated: the board decided to restore the hours within two months."},
        recommended=((BOOSTER, 4),),
        became={
            HOURS: ("under_way", "Simulated: decided; they come back next month."),
            WEEKLY: ("under_way", "Simulated: both teams, with gaps in leave."),
            TUIN: ("not_begun", "Simulated: nobody applied."),
            REFERRALS: (
                "dropped",
                "Simulated: the hours come first.",
            ),
        },
    ),
    HalfYear(
        said={"adherence": "Simulated: ratings rise again since the booster; team Tuin follows more slowly."},
        answered={"adherence": "Simulated: the hours stay. Tuin's vacancy is advertised again."},
        became={
            HOURS: ("done", "Simulated: eighteen hours a week for five months now."),
            WEEKLY: ("done", "Simulated: weekly in both teams, with cover."),
            TUIN: ("under_way", "Simulated: two talks are planned."),
            BOOSTER: ("done", "Simulated: held, and everybody was there."),
        },
    ),
    HalfYear(
        said={"brief": "Simulated: we are back where we were. It took two years and a half."},
        answered={"brief": "Simulated: so we are. A next merger begins with this report on the table."},
        recommended=(
            (QUARTERLY, 6),
            ("Show the board these three years", 12),
        ),
        became={TUIN: ("done", "Simulated: a colleague began last month.")},
    ),
)


def write_reports(staffed: StaffedProgramme, expert: User, today: datetime.date) -> int:
    """Every report in its time, the last one released and not read yet; how many signals that opened."""
    if not staffed.plan.recovered:
        return 0
    before = Signal.objects.filter(programme=staffed.programme).count()
    periods = half_years(today, len(HALF_YEARS))
    made = [_report(staffed, half, *period) for half, period in zip(HALF_YEARS, periods, strict=True)]
    for pir in made[:-1]:
        mark_read(pir=pir, by=expert)
    _questions(staffed, expert, made)
    release(pir=made[-1], by=staffed.manager, note="Simulated: for the board and the insurers.")
    bring_up_to_date(staffed.programme, "recommendation_overdue", by=None)
    return Signal.objects.filter(programme=staffed.programme).count() - before


def _report(staffed: StaffedProgramme, half: HalfYear, start: datetime.date, end: datetime.date) -> Pir:
    drafted, discussed, signed = (
        noon(end + datetime.timedelta(days=days)) for days in (DRAFTED, DISCUSSED, SIGNED)
    )
    supervisor, manager = staffed.supervisor, staffed.manager
    pir = begin(programme=staffed.programme, start=start, end=end, by=supervisor, at=drafted)
    for one in said_of(pir).carried:
        became, words = half.became[one.recommendation.what]
        say_what_became(
            recommendation=one.recommendation, became=became, words=words, by=manager, at=discussed
        )
    for side, by, texts in (("supervisor", supervisor, half.said), ("manager", manager, half.answered)):
        for section, text in texts.items():
            remark(pir=pir, section=section, side=side, text=text, by=by)
    for what, months in half.recommended:
        due = end + datetime.timedelta(days=round(months * 30.4))
        recommend(pir=pir, what=what, owner=manager, due_on=due, by=supervisor)
    pir.remarks.update(said_at=discussed)
    pir.recommendations.update(made_at=discussed)
    sign(pir=pir, side="supervisor", by=supervisor, at=signed - datetime.timedelta(days=2))
    return sign(pir=pir, side="manager", by=manager, at=signed)


def _questions(staffed: StaffedProgramme, expert: User, made: list[Pir]) -> None:
    """One that was answered, in the worst half-year, and one that waits."""
    asked = ask(
        pir=made[2], section="adherence", text="Simulated: was anybody rated by a second rater?", by=expert
    )
    answer(
        question=asked,
        text="Simulated: five sessions, and the second rater was stricter.",
        by=staffed.supervisor,
    )
    day = timezone.localtime(made[2].frozen_at)
    later = day + datetime.timedelta(days=9)
    Question.objects.filter(pk=asked.pk).update(asked_at=day + datetime.timedelta(days=4), answered_at=later)
    ask(
        pir=made[-1],
        section="indicators",
        text="Simulated: what would you do first, if it happened again?",
        by=expert,
    )
