"""Who is due or overdue, how often tried, what next; and how complete the forms are."""

import csv
import datetime
import io

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.assessments.models import Assignment
from onmodel.audit.models import Event
from onmodel.outreach.actions import log_contact, plan_reminders, strike_contact
from onmodel.outreach.completeness import cells, grouped, moment_key, overall
from onmodel.outreach.delivering import send_due
from onmodel.outreach.models import Contact
from onmodel.outreach.worklist import Filter, lines, waiting_treatments
from onmodel.patients.models import Treatment
from onmodel.requirements.actions import set_threshold
from onmodel.web.form_words import forms_in_words
from tests.factories import AssignmentFactory, PatientFactory, TreatmentFactory
from tests.integration.outreach.conftest import NOON

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = NOON.date()


def line_of(cast, day=TODAY, **wanted):
    asked = Filter(**wanted)
    rows = waiting_treatments(cast.programme, Treatment.objects.all(), asked, day)
    found = lines(cast.programme, [row["treatment"] for row in rows], asked, day)
    return found[0] if found else None


def call(cast, outcome="no_answer", **kwargs):
    return log_contact(
        treatment=cast.treatment, kind="telephone", outcome=outcome, by=cast.assistant, **kwargs
    )


def test_a_line_tells_what_waits_what_was_tried_and_what_comes_next(due):
    plan_reminders(programme=due.programme, now=NOON)
    send_due(now=NOON)
    call(due, happened_on=TODAY - 2 * DAY)
    call(due)
    call(due, happened_on=TODAY - 90 * DAY)  # before this window opened
    line = line_of(due)
    assert [form.instrument for form in line.forms] == ["bsi", "eq5d3l"]
    assert dict(line.tried) == {"telephone": 2, "mail": 1}
    assert (line.due_on, line.last_try) == (TODAY, TODAY)
    assert (line.next_step.kind, line.next_on) == ("letter", TODAY + 24 * DAY)


def test_forms_in_words_moment_by_moment_and_without_one_by_name_alone(cast):
    month = Assignment(instrument="bsi", months=6.0)
    alone = Assignment(instrument="eq5d3l", months=None)
    assert forms_in_words(cast.programme.definitions, [month, alone]) == "Month 6: BSI; EQ-5D-3L"


def test_an_agreed_day_comes_before_the_ladder(due):
    call(due, "reached", next_on=TODAY + 3 * DAY)
    assert line_of(due).next_on == TODAY + 3 * DAY


def test_a_struck_contact_counts_no_more_and_stays_readable(due):
    contact = call(due)
    strike_contact(contact=contact, by=due.assistant)
    assert dict(line_of(due).tried) == {}
    assert Contact.objects.get().struck_by == due.assistant


def test_filters(due):
    assert line_of(due, state="overdue") is None
    assert line_of(due, state="due") is not None
    assert line_of(due, moment="m06").forms
    assert line_of(due, moment="m12") is None
    assert line_of(due, moment="repeated") is None
    assert line_of(due, therapist=due.colleague.pk) is None
    assert line_of(due, therapist=due.therapist.pk) is not None
    assert line_of(due, respondent="interviewer") is None
    assert line_of(due, day=TODAY + DAY, state="overdue") is not None
    assert line_of(due, day=TODAY + 61 * DAY) is None  # closed


def test_whom_to_reach_today(due):
    """The ladder comes to people ten days after the day; an agreed later day puts it off."""
    assert line_of(due, day=TODAY + 9 * DAY, state="contact") is None
    assert line_of(due, day=TODAY + 10 * DAY, state="contact") is not None
    call(due, "reached", next_on=TODAY + 12 * DAY)
    assert line_of(due, day=TODAY + 11 * DAY, state="contact") is None
    assert line_of(due, day=TODAY + 12 * DAY, state="contact") is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"happened_on": TODAY + DAY},
        {"next_on": TODAY - DAY},
        {"outcome": "abducted"},
    ],
)
def test_contacts_that_are_refused(due, wrong):
    with pytest.raises(ValidationError):
        call(due, **wrong)


# --- the page ---
def page(cast, who, name="worklist", **query):
    client = Client()
    client.force_login(getattr(cast, who))
    return client.get(reverse(name, args=[cast.programme.slug]), query)


def test_names_are_shown_to_those_who_may_see_them(due):
    assert "Pia Patient" in page(due, "assistant").content.decode()
    assert "+31 6 1234 5678" in page(due, "therapist").content.decode()
    manager = page(due, "manager").content.decode()
    assert "P-1001" in manager
    assert "Pia Patient" not in manager
    event = Event.objects.filter(verb="worklist opened", by=due.assistant).get()
    assert event.detail == {"named": True}


def test_a_therapist_sees_the_own_caseload(due):
    assert "Due in my caseload" in page(due, "therapist").content.decode()
    assert "P-1001" not in page(due, "colleague").content.decode()


def test_one_click_keeps_a_call_and_leads_back(due):
    client = Client()
    client.force_login(due.assistant)
    url = reverse("worklist-contact", args=[due.programme.slug]) + "?state=overdue&page=2"
    response = client.post(url, {"treatment": str(due.treatment.pk), "what": "no_answer"})
    assert response.url == reverse("worklist", args=[due.programme.slug]) + "?state=overdue&page=2"
    contact = Contact.objects.get()
    assert (contact.kind, contact.outcome, contact.by) == ("telephone", "no_answer", due.assistant)
    assert client.post(url, {"treatment": "x", "what": "no_answer"}).status_code == 400
    assert client.post(url, {"treatment": str(due.treatment.pk), "what": "x"}).status_code == 400
    stranger = {"treatment": str(due.other_treatment.pk), "what": "reached"}
    assert client.post(url, stranger).status_code == 404


def test_the_list_as_a_file_is_by_pseudonym(due):
    call(due)
    rows = list(csv.DictReader(io.StringIO(page(due, "assistant", "worklist-file").content.decode())))
    assert [(row["patient"], row["telephone"], row["next"]) for row in rows] == [("P-1001", "1", "letter")]
    assert "Pia" not in str(rows)


def test_a_wrong_filter_shows_nobody_and_says_so(due):
    answer = page(due, "assistant", moment="m99")
    assert answer.status_code == 200
    assert "P-1001" not in answer.content.decode()


# --- completeness ---
@pytest.fixture
def closed(due, time_machine):
    """On 1 January 2026: month 6 is over. Of its two forms the BSI was answered; another patient's was
    missed, and a third one's set aside.
    """
    Assignment.objects.filter(treatment=due.treatment, instrument="bsi", months=6).update(status="answered")
    Assignment.objects.filter(treatment=due.treatment, instrument="eq5d3l", months=6).update(status="missed")
    for number, status in enumerate(("missed", "not_applicable")):
        patient = PatientFactory(organisation=due.organisation, pseudonym=f"C-{number}")
        AssignmentFactory(
            treatment=TreatmentFactory(programme=due.programme, patient=patient),
            instrument="bsi",
            schedule="minimal_set",
            moment="m06",
            months=6.0,
            recommended=True,
            status=status,
            set_aside_reason="Moved." if status == "not_applicable" else "",
            due_on=TODAY,
            closes_on=TODAY + 60 * DAY,
        )
    time_machine.move_to(datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC))
    return due


def test_completeness_counts_forms_whose_time_is_over(closed):
    found = cells(closed.programme, Treatment.objects.all(), day=datetime.date(2026, 1, 1))
    whole = overall(found, closed.programme)
    assert (whole.share.successes, whole.share.n, whole.set_aside) == (1, 3, 1)
    assert whole.share.estimate == pytest.approx(1 / 3)
    # Wilson's interval of 1 of 3 at 95 %: centre (1/3 + 1.9207/3) / (1 + 3.8415/3), see inference
    assert whole.share.lower == pytest.approx(0.0615, abs=5e-4)
    assert whole.share.upper == pytest.approx(0.7923, abs=5e-4)
    assert whole.target is None
    by_moment = grouped(found, moment_key, closed.programme)
    assert list(by_moment) == [("minimal_set", "m06")]
    by_clinician = grouped(found, lambda cell: cell.clinician, closed.programme)
    assert {key: (c.share.successes, c.share.n) for key, c in by_clinician.items()} == {
        closed.therapist.pk: (1, 2),
        None: (0, 1),
    }


def test_a_form_that_can_still_be_filled_does_not_count(due):
    assert cells(due.programme, Treatment.objects.all(), day=TODAY) == []


def test_desired_forms_count_only_where_asked(closed):
    Assignment.objects.filter(instrument="eq5d3l").update(recommended=False)
    on = datetime.date(2026, 1, 1)
    few = overall(cells(closed.programme, Treatment.objects.all(), day=on), closed.programme)
    all_ = overall(
        cells(closed.programme, Treatment.objects.all(), day=on, with_desired=True), closed.programme
    )
    assert (few.share.n, all_.share.n) == (2, 3)


def test_a_target_of_the_programme_counts_where_the_schedule_has_none(closed):
    """A bound of one's own on the standard is a percentage, as its measure is."""
    set_threshold(
        programme=closed.programme,
        standard="rec_03_outcome_each_case",
        at_least=80.0,
        reason="Agreed in the team.",
        by=closed.manager,
    )
    found = cells(closed.programme, Treatment.objects.all(), day=datetime.date(2026, 1, 1))
    whole = overall(found, closed.programme)
    assert whole.target == pytest.approx(0.8)
    assert "Agreed in the team." in whole.target_source


def test_the_target_of_the_schedule_is_shown(closed, monkeypatch):
    import msgspec

    pack = closed.programme.definitions
    wanted = msgspec.structs.replace(
        pack.schedules["minimal_set"], target_completeness=0.8, target_source="a source"
    )
    changed = msgspec.structs.replace(pack, schedules={**pack.schedules, "minimal_set": wanted})
    monkeypatch.setattr("onmodel.library.load", lambda name: changed)
    said = page(closed, "manager", "completeness").content.decode()
    assert "Target: 80 % (a source)." in said


def test_the_figures_as_a_page_and_as_a_file(closed):
    said = page(closed, "manager", "completeness").content.decode()
    assert "33" in said
    assert "No target is set." in said
    assert "1 form was set aside" in said
    rows = list(csv.DictReader(io.StringIO(page(closed, "manager", "completeness-file").content.decode())))
    assert [(row["by"], row["forms"], row["answered"], row["share"]) for row in rows] == [
        ("programme", "3", "1", "0.3333"),
        ("moment", "3", "1", "0.3333"),
        ("clinician", "2", "1", "0.5000"),
        ("clinician", "1", "0", "0.0000"),
    ]
    own = list(csv.DictReader(io.StringIO(page(closed, "therapist", "completeness-file").content.decode())))
    assert own[0]["forms"] == "2"
