"""One invented patient from referral to the end of follow-up: each signal comes in its time, and goes.

The way is that of D ch. 3; person and words are our own. The clock is moved, and each move stands for the
nightly look; a supervisor's browser does the steps.
"""

import datetime
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from onmodel.monitoring.run import look
from onmodel.patients.models import Treatment
from onmodel.process.models import Review
from onmodel.process.plans.actions import agree_to_plan, draft_plan
from tests.cast import assemble

pytestmark = pytest.mark.django_db(transaction=True)
#: A Monday.
REFERRED = datetime.date(2025, 3, 3)
ORIENTATION, CALL, LETTER, REVIEW = (
    "No orientation talk yet",
    "Sessions missed, and nobody called",
    "Not reached, and no letter",
    "Sessions missed in a row, and no review",
)
NO_CRISIS_PLAN, NO_PLAN, LONG = "No crisis plan", "No signed treatment plan", "Main phase longer than planned"


class Journey:
    """A supervisor's browser on the days of the story; `day` counts from the referral."""

    def __init__(self, page: Page, live_server, cast, time_machine) -> None:
        self.page, self.server, self.cast, self.clock = page, live_server.url, cast, time_machine
        self.treatment: Treatment | None = None

    def on(self, day: int) -> None:
        """Move to that day, look as the night does, and sign in again."""
        self.today = REFERRED + datetime.timedelta(days=day)
        self.clock.move_to(datetime.datetime.combine(self.today, datetime.time(9), datetime.UTC))
        look(programme=self.cast.programme, only="clock")
        client = Client()
        client.force_login(self.cast.supervisor)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.server}]
        )

    def open(self, name: str, *arguments: object) -> None:
        self.page.goto(self.server + reverse(name, args=arguments))

    def fill(self, button: str = "Keep it", **given: object) -> None:
        """Fill fields by their names: a list ticks boxes, None unticks one."""
        for name, value in given.items():
            field = self.page.locator(f"[name='{name}']")
            if isinstance(value, list):
                for one in value:
                    self.page.locator(f"[name='{name}'][value='{one.pk}']").check()
            elif value is None:
                field.uncheck()
            elif field.evaluate("it => it.tagName") == "SELECT":
                field.select_option(str(value))
            else:
                field.fill(str(value))
        self.page.get_by_role("button", name=button).click()
        expect(self.page.locator(".error-summary")).to_have_count(0)

    def keep(self, what: str, **given: object) -> None:
        """A form of the patient's course or days: `course/phase`."""
        page, _slash, step = what.partition("/")
        self.open(f"{page}-step", self.treatment.pk, step)
        self.fill(**given)

    def signals(self, *titles: str) -> None:
        """These stand on the patient's page, of those that the story is about, and no others."""
        self.open("treatment", self.treatment.pk)
        told = " ".join(self.page.locator("main").all_inner_texts())
        for title in (ORIENTATION, NO_CRISIS_PLAN, NO_PLAN, CALL, LETTER, REVIEW, LONG):
            assert (title in told) is (title in titles), (self.today, title)

    def agree(self, kind: str, content: dict[str, str]) -> None:
        """Written and agreed to by both at once; how that is done in a browser has its own test."""
        by = self.cast.supervisor
        plan = draft_plan(treatment=self.treatment, kind=kind, made_on=self.today, content=content, by=by)
        for party in ("patient", "team"):
            agree_to_plan(plan=plan, party=party, agreed_on=self.today, by=by)
        look(programme=self.cast.programme, only="clock")

    def group(self, *, came: bool) -> None:
        self.open("group-day", self.cast.programme.slug, self.tuesday.pk)
        who = self.treatment.pk
        there = {f"{who}-risk": "low", f"{who}-dropout_risk": "low"} if came else {f"{who}-present": None}
        self.fill("Keep the day", held_on=self.today, **there)


@pytest.fixture
def journey(page: Page, live_server, transactional_db, time_machine) -> Iterator[Journey]:
    time_machine.move_to(datetime.datetime.combine(REFERRED, datetime.time(9), datetime.UTC))
    return Journey(page, live_server, assemble(), time_machine)


def test_from_referral_to_the_end_of_follow_up(journey: Journey, accessible) -> None:
    cast, supervisor = journey.cast, journey.cast.supervisor

    journey.on(0)
    journey.open("waiting", cast.programme.slug)
    journey.fill(pseudonym="FLOOR-1", referred_on=REFERRED, source="gp", team=cast.team.pk)
    journey.treatment = Treatment.objects.get(patient__pseudonym="FLOOR-1")
    journey.signals()

    journey.on(22)  # four weeks to the first talk; told a week before
    journey.signals(ORIENTATION)
    journey.keep("course/referral", oriented_on=journey.today, decision="accepted", decided_on=journey.today)
    journey.signals()
    journey.keep(
        "course/assign", team=cast.team.pk, primary_clinician=supervisor.pk, assigned_on=journey.today
    )
    journey.keep("course/offer", kind="introduction", starts_on=journey.today)

    journey.on(35)
    journey.keep("course/phase", kind="initial", starts_on=journey.today)
    journey.keep("course/part", component="group", starts_on=journey.today)
    journey.signals()
    journey.on(35 + 22)  # four weeks to the crisis plan
    journey.signals(NO_CRISIS_PLAN)
    journey.agree("crisis_plan", {"cp_parts.own_action": "Take the dog out."})
    journey.signals()
    journey.on(35 + 36)  # six weeks to the treatment plan
    journey.signals(NO_PLAN)
    journey.agree("treatment_plan", {"tp_goals.engagement.words": "Come when I would rather hide."})
    journey.signals()

    journey.on(80)
    journey.keep("course/phase", kind="main", starts_on=journey.today)
    journey.tuesday = cast.team.groups.create(name="Tuesday", starts_on=journey.today)
    journey.treatment.group_places.create(group=journey.tuesday, starts_on=journey.today)
    for day, came, told in ((85, True, ()), (92, False, ()), (99, False, (CALL,))):
        journey.on(day)
        journey.group(came=came)
        journey.signals(*told)
    journey.on(100)
    journey.open("day", cast.programme.slug)
    expect(journey.page.get_by_role("row", name="FLOOR-1").filter(has_text="Call")).to_be_visible()
    accessible(journey.page)
    journey.keep("days/absence", step="telephone", result="not_reached", done_by=[supervisor])
    journey.signals()
    journey.on(106)
    journey.group(came=False)
    journey.signals(REVIEW)
    journey.on(112)  # two weeks after the call in vain
    journey.signals(LETTER, REVIEW)
    journey.keep("days/absence", step="letter", result="sent", done_by=[supervisor])
    journey.signals(REVIEW)

    journey.on(113)
    journey.open("reviews", journey.treatment.pk)
    journey.page.get_by_role("button", name="Prepare Review in the team").click()
    expect(journey.page.get_by_text("3 sessions were missed in a row")).to_be_visible()
    accessible(journey.page)
    journey.page.locator("[name=point-attendance]").fill("Ashamed after the quarrel in the group.")
    journey.page.locator("[name=what-0]").fill("Visit with two")
    journey.page.locator("[name=owner-0]").select_option(str(supervisor.pk))
    expect(journey.page.locator("[data-status]")).to_have_text("Saved")
    assert Review.objects.get().discussed == {"attendance": "Ashamed after the quarrel in the group."}
    journey.fill(
        "It was held: close the review", staff=[supervisor], outcome_used="no", held_on=journey.today
    )
    expect(journey.page.get_by_role("rowheader", name="Visit with two")).to_be_visible()
    accessible(journey.page)
    journey.signals()
    journey.on(115)
    journey.keep("days/absence", step="visit", result="comes", done_by=[supervisor])
    journey.on(120)
    journey.group(came=True)
    journey.signals()
    journey.open("reviews", journey.treatment.pk)
    accessible(journey.page)

    journey.on(80 + 500)  # eighteen months of the main phase; told two months before
    journey.signals(LONG)
    journey.keep("course/phase", kind="final", starts_on=journey.today)
    journey.agree("aftercare_plan", {"ap_hold": "Say it before I walk out."})
    journey.signals()
    journey.on(680)
    journey.keep("course/phase", kind="follow_up", starts_on=journey.today)
    journey.keep("course/follow-up", kind="banked", sessions=6, starts_on=journey.today)
    journey.on(860)
    journey.keep(
        "course/end",
        ended_on=journey.today,
        kind="completed",
        ground="together",
        reason="Six sessions used; goes on alone.",
        decided_by=[supervisor],
    )
    journey.signals()
    expect(journey.page.locator(".timeline-summary")).to_contain_text("Completed")
