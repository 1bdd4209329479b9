"""A patient off track: answers, a signal, looking together, a support step, and what came of it."""

import datetime
import io
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from onmodel.feedback.models import Reflection
from onmodel.monitoring.run import look
from onmodel.patient_access.actions import make_access
from onmodel.signals.models import Signal
from tests.browser.test_story import sign_in
from tests.cast import assemble
from tests.followed import START, follow, measure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    cast = assemble()
    cast.treatment.started_on = START
    cast.treatment.save()
    cast.patient.gender = "female"
    cast.patient.save()
    follow(cast.programme, cast.team, patients=40)
    measure(cast.treatment, (0.0, 2.0), (3.0, 2.8), (6.0, 3.4))
    look(programme=cast.programme)
    return cast


def fits(page: Page, accessible) -> None:
    """On a screen of 390 pixels and on a desk, and no rule of accessibility is broken."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
        accessible(page)


def test_off_track_becomes_a_signal_a_step_and_a_closed_loop(
    page: Page, live_server, cast, accessible, complaints
) -> None:
    sign_in(page, live_server, "therapist")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/treatments/{cast.treatment.pk}/")
    assert not re.search(r"(?<![\d.])3\.4(?!\d)", page.content())  # the impression comes first
    page.get_by_role("link", name="Give your impression").click()
    page.get_by_label("better", exact=True).check()
    page.get_by_label("In what do you see that?").fill("Sleeps.")
    fits(page, accessible)
    page.get_by_role("button", name="Keep it and show the scores").click()
    expect(page.get_by_text("Less well than expected").first).to_be_visible()
    expect(page.get_by_text("Rests on 40 other patients")).to_be_visible()
    expect(page.get_by_text("Usual is 0.12 to 0.58")).to_be_visible()
    expect(page.get_by_text("What do each of you see?")).to_be_visible()
    fits(page, accessible)
    page.get_by_label("What does the patient see?").fill("It is heavier now.")
    page.get_by_label("What do you see?").fill("More is felt.")
    page.get_by_role("button", name="Keep what each sees").click()
    expect(page.get_by_text("What you both see is kept.")).to_be_visible()
    assert Reflection.objects.get().patient_sees == "It is heavier now."
    signal = Signal.objects.get(treatment=cast.treatment, rule="off_track")
    close_the_loop(page, live_server, signal, accessible)
    signal.refresh_from_db()
    assert signal.state == "closed"
    assert signal.actions.get().state == "done"
    look(programme=cast.programme)  # the same measurement does not open it again
    assert not Signal.objects.filter(treatment=cast.treatment, rule="off_track").unsettled().exists()
    assert complaints == []


def close_the_loop(page: Page, live_server, signal: Signal, accessible) -> None:
    """From the signal on the patient's page to a step, what came of it, and its end."""
    page.goto(f"{live_server.url}/treatments/{signal.treatment_id}/")
    page.locator(f"a[href='/signals/{signal.pk}/']").first.click()
    page.get_by_role("link", name="Choose support steps").click()
    page.get_by_role("checkbox").first.check()
    page.get_by_label("What was decided?").fill("Ask how we work together.")
    page.get_by_label("By whom?").select_option(label="Tess Therapist")
    review = timezone.localdate() + datetime.timedelta(days=14)
    page.get_by_label("When do you look at it again?").fill(review.isoformat())
    fits(page, accessible)
    page.get_by_role("button", name="Agree on these steps").click()
    page.get_by_role("link", name="Ask how we work together.").click()
    page.get_by_label("Yes, it was done").check()
    page.get_by_label("What came of it?").fill("We talk about it each week.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("We talk about it each week.")).to_be_visible()
    page.get_by_role("button", name="Close the signal").click()
    dialog = page.get_by_role("dialog", name="Close the signal")
    dialog.get_by_label("Why can it be closed?").fill("The plan is made.")
    dialog.get_by_role("button", name="Close the signal").click()
    expect(page.get_by_text("The signal is closed.")).to_be_visible()


def test_the_yearly_letter_reaches_the_patient_when_it_is_released(
    page: Page, live_server, cast, accessible, complaints
) -> None:
    sign_in(page, live_server, "therapist")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/treatments/{cast.treatment.pk}/progress/")
    page.get_by_label("better", exact=True).check()
    page.get_by_role("button", name="Keep it and show the scores").click()
    page.get_by_role("button", name="Begin a letter").click()
    page.get_by_label("From you, as the therapist").fill("You kept coming.")
    fits(page, accessible)
    page.get_by_role("button", name="Keep it and release it to the patient").click()
    expect(page.get_by_text("the patient can read it now")).to_be_visible()
    _, code = make_access(treatment=cast.treatment, kind="code", by=cast.therapist)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/my/code/")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Your treatment and your course").click()
    page.get_by_role("link", name="How it goes").click()
    fits(page, accessible)
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    letter = page.request.get(live_server.url + address).body()
    text = " ".join(part.extract_text() for part in PdfReader(io.BytesIO(letter)).pages)
    assert "You kept coming." in text
    assert complaints == []
