"""A patient fills a form on a phone, loses the connection midway, reloads, and finishes."""

import pytest
from playwright.sync_api import Browser, Page, expect

from onmodel.assessments.models import Assignment
from onmodel.forms.models import DraftAnswer, Sitting
from onmodel.patient_access.actions import make_access
from onmodel.signals.models import Signal
from tests.cast import PASSWORD, assemble
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def form(transactional_db) -> Assignment:
    return AssignmentFactory(treatment=assemble().treatment, instrument="weekly_check")


def open_by_link(page: Page, base: str, form: Assignment) -> None:
    code = make_access(treatment=form.treatment, kind="link", by=None)[1]
    page.goto(f"{base}/my/code/#{code}")
    page.get_by_role("button", name="Go on").click()


def choose(page: Page, number: int, answer: str) -> None:
    expect(page.get_by_text(f"Question {number} of 6")).to_be_visible()
    page.get_by_role("button", name=answer, exact=True).click()


def test_the_connection_is_lost_midway_and_no_answer_is(
    browser: Browser, live_server, form, accessible
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    phone = context.new_page()
    problems: list[str] = []
    phone.on("pageerror", lambda error: problems.append(str(error)))
    open_by_link(phone, live_server.url, form)
    expect(phone.get_by_role("heading", level=1)).to_have_text("What you can fill in now")
    accessible(phone)
    phone.get_by_role("link", name="How was your week?").click()
    accessible(phone)
    phone.get_by_role("button", name="Begin").click()
    choose(phone, 1, "a little")
    accessible(phone)
    expect(phone.locator("h1")).to_be_focused()
    expect(phone.locator("#status")).to_have_text("Saved")

    context.set_offline(True)
    choose(phone, 2, "somewhat")
    choose(phone, 3, "not at all")
    expect(phone.locator("#status")).to_contain_text("Your answers are kept here")
    assert DraftAnswer.objects.count() == 1
    phone.go_back()  # back and change, without a connection
    choose(phone, 3, "very much")
    context.route("**/answers/", lambda route: route.abort())  # back, but too weak to send anything
    context.set_offline(False)
    phone.reload()
    expect(phone.locator("#status")).to_contain_text("Your answers are kept here")
    assert DraftAnswer.objects.count() == 1
    context.unroute("**/answers/")
    expect(phone.locator("#status")).to_have_text("Saved", timeout=10_000)
    assert phone.evaluate("Object.keys(localStorage).length") == 0

    choose(phone, 4, "quite a lot")
    phone.keyboard.press("Tab")  # by keyboard: the first answer has the focus after the question
    phone.keyboard.press("Enter")
    choose(phone, 6, "a little")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You do not have to carry this alone")
    accessible(phone)
    phone.get_by_role("button", name="Go on with the questions").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Ready to send")
    accessible(phone)
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_text("What happens now")).to_be_visible()
    accessible(phone)
    form.refresh_from_db()
    given = dict(form.answers.values_list("item", "value"))
    assert given == {"low": 1, "flooded": 2, "daily": 4, "others": 3, "curious": 0, "risk": 1}
    assert (form.status, DraftAnswer.objects.count()) == ("answered", 0)
    assert Sitting.objects.get().active_seconds > 0
    assert Signal.objects.get().rule == "risk_answer"
    assert problems == []
    context.close()


def test_without_script(browser: Browser, live_server, form) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    phone = context.new_page()
    code = make_access(treatment=form.treatment, kind="code", by=None)[1]
    phone.goto(f"{live_server.url}/my/code/")
    phone.get_by_label("Your code").fill(code)
    phone.get_by_role("button", name="Go on").click()
    phone.get_by_role("link", name="How was your week?").click()
    phone.get_by_role("button", name="Begin").click()
    for number in range(1, 6):
        choose(phone, number, "somewhat")
    phone.get_by_role("button", name="Pass over").click()
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert form.answers.filter(value=2).count() == 5
    context.close()


def test_staff_type_a_form_in_by_the_keyboard(page: Page, live_server, form, accessible, complaints) -> None:
    page.goto(f"{live_server.url}/treatments/{form.treatment_id}/forms/{form.pk}/enter/")
    page.get_by_label("User name").fill("assistant")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator("[name=answer-low]").focus()
    for digit in "1234":
        page.keyboard.press(digit)
    expect(page.locator("[name=answer-curious]")).to_be_focused()
    page.keyboard.press("7")
    expect(page.get_by_text("7 is not an answer from 0 to 4")).to_be_visible()
    accessible(page)
    page.keyboard.press("Backspace")
    page.keyboard.press("0")
    page.keyboard.press("0")
    expect(page.locator("[data-entry-status]")).to_have_text("Saved")
    page.get_by_role("button", name="Keep and finish").click()
    expect(page.get_by_text("Week is kept.")).to_be_visible()
    assert list(form.answers.order_by("id").values_list("value", flat=True)) == [1, 2, 3, 4, 0, 0]
    assert complaints == []
