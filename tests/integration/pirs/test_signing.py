"""A report is drafted, discussed, signed by two different people, and then never another."""

import datetime
import json

import pytest
from django.core.exceptions import ValidationError

from onmodel.audit.models import Event
from onmodel.pirs import actions
from onmodel.pirs.assembling import digest_of, said_of
from onmodel.pirs.differing import differences
from onmodel.pirs.models import Fate, KeptFile, Pir, Reader, Recommendation, Remark, Signature
from onmodel.pirs.signing.actions import (
    altered_pirs,
    made_again,
    release,
    sign,
    take_back_signature,
)
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.reports import actions as reports
from onmodel.reports.models import FrozenError, ReleasedReport
from onmodel.reports.reading import report_from
from tests.factories import MembershipFactory, TreatmentFactory
from tests.pirs import END, START, drafted_pir, frozen_pir, small_report

pytestmark = pytest.mark.django_db
LATER = datetime.date(2026, 1, 15)


@pytest.fixture
def quick(monkeypatch):
    """JSON alone: paper takes its time."""
    monkeypatch.setattr(reports, "MAKERS", {"json": reports.as_json})


@pytest.fixture
def pir(cast) -> Pir:
    return drafted_pir(cast.programme, cast.supervisor)


def signed(cast, pir: Pir) -> Pir:
    sign(pir=pir, side="supervisor", by=cast.supervisor)
    return sign(pir=pir, side="manager", by=cast.manager)


def test_it_is_drafted_from_the_record_and_says_what_changed_since(cast):
    pir = actions.begin(programme=cast.programme, start=START, end=END, by=cast.supervisor)
    value = pir.drafts.get(language="nl", reader=Reader.WHOLE)
    assert "Programma-implementatierapport" in value.content
    assert reports.as_json(report_from(json.loads(value.content))).decode() == value.content
    for _ in range(6):
        TreatmentFactory(programme=cast.programme, started_on=START, referred_on=START)
    actions.draft_anew(pir=pir, by=cast.supervisor)
    value = pir.drafts.get(language="en", reader=Reader.WHOLE)
    found = differences(report_from(json.loads(value.before)), report_from(json.loads(value.content)))
    told = {(one.name, one.before.split(" ·")[0], one.after.split(" ·")[0]) for one in found}
    assert ("patients in treatment at the end", "1", "7") in told


def test_the_same_record_gives_the_same_draft(cast):
    pir = actions.begin(programme=cast.programme, start=START, end=END, by=cast.supervisor)
    before = digest_of(pir)
    actions.draft_anew(pir=pir, by=cast.supervisor)
    assert digest_of(pir) == before


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        (datetime.date(2025, 6, 30), datetime.date(2025, 1, 1), "before it begins"),
        (datetime.date(2025, 1, 1), datetime.date(2199, 1, 1), "not over"),
        (START, END, "overlap"),
        (datetime.date(2025, 6, 30), datetime.date(2025, 12, 31), "overlap"),
        (datetime.date(2024, 1, 1), datetime.date(2025, 12, 31), "overlap"),
    ],
)
def test_a_period_that_cannot_be_is_refused(cast, pir, start, end, says):
    with pytest.raises(ValidationError, match=says):
        actions.begin(programme=cast.programme, start=start, end=end, by=cast.supervisor)
    assert Pir.objects.count() == 1


def test_the_day_after_the_last_period_is_free(cast, pir):
    begun = actions.begin(
        programme=cast.programme,
        start=datetime.date(2025, 7, 1),
        end=datetime.date(2025, 7, 31),
        by=cast.supervisor,
    )
    assert not begun.is_frozen


@pytest.mark.parametrize(
    ("side", "who"), [("supervisor", "manager"), ("manager", "supervisor"), ("manager", "expert")]
)
def test_a_role_that_does_not_sign_there_is_refused(cast, pir, side, who):
    with pytest.raises(ValidationError, match="does not speak here"):
        sign(pir=pir, side=side, by=getattr(cast, who))
    assert not Signature.objects.exists()


def test_two_different_people_sign(cast, pir):
    MembershipFactory(user=cast.supervisor, programme=cast.programme, role="manager")
    sign(pir=pir, side="supervisor", by=cast.supervisor)
    with pytest.raises(ValidationError, match="Two different people"):
        sign(pir=pir, side="manager", by=cast.supervisor)
    with pytest.raises(ValidationError, match="already"):
        sign(pir=pir, side="supervisor", by=cast.supervisor)


def test_what_both_signed_is_kept_in_every_form_and_comes_out_the_same_again(cast, pir):
    actions.remark(pir=pir, section="brief", side="supervisor", text="A good half-year.", by=cast.supervisor)
    actions.remark(pir=pir, section="brief", side="manager", text="I agree.", by=cast.manager)
    actions.recommend(pir=pir, what="Hire two", owner=cast.manager, due_on=LATER, by=cast.supervisor)
    done = signed(cast, pir)
    assert done.is_frozen
    names = {file.name for file in done.files.all()}
    whole = {f"{code}.whole.{kind}" for code in ("en", "nl") for kind in ("pdf", "html", "json")}
    assert names == whole | {"en.outside.json", "nl.outside.json"}
    assert not list(made_again(done))
    assert not list(altered_pirs())
    event = Event.objects.get(verb="PIR frozen")
    assert set(event.detail["files"]) == names
    page = bytes(done.files.get(language="nl", kind="html").content).decode()
    assert "A good half-year." in page
    assert "Ondertekend door" in page
    assert "Hire two" in page
    pdf = bytes(done.files.get(language="en", kind="pdf").content)
    assert pdf.startswith(b"%PDF")


def test_stakeholders_get_recommendations_and_not_the_discussion(cast, pir, quick):
    actions.remark(pir=pir, section="brief", side="supervisor", text="Between us.", by=cast.supervisor)
    actions.recommend(pir=pir, what="Hire two", owner=cast.manager, due_on=LATER, by=cast.supervisor)
    released = release(pir=signed(cast, pir), by=cast.manager, note="For the board.")
    content = bytes(released.files.get(language="en").content).decode()
    assert "Hire two" in content
    assert "Between us." not in content
    with pytest.raises(ValidationError, match="released already"):
        release(pir=pir, by=cast.manager)


def test_a_release_without_both_signatures_is_refused(cast, pir, quick):
    with pytest.raises(ValidationError, match="missing: supervisor, manager"):
        release(pir=pir, by=cast.manager)
    sign(pir=pir, side="supervisor", by=cast.supervisor)
    with pytest.raises(ValidationError, match="missing: manager"):
        release(pir=pir, by=cast.manager)
    assert not ReleasedReport.objects.exists()


def test_nothing_of_a_frozen_report_can_be_changed(cast, pir, quick):
    actions.remark(pir=pir, section="brief", side="supervisor", text="Good.", by=cast.supervisor)
    made = actions.recommend(pir=pir, what="Hire", owner=cast.manager, due_on=LATER, by=cast.supervisor)
    done = signed(cast, pir)
    file, remark = done.files.first(), done.remarks.get()
    for way in (
        done.save,
        done.delete,
        file.save,
        file.delete,
        remark.save,
        remark.delete,
        made.delete,
        Pir.objects.all().delete,
        lambda: Pir.objects.update(title=""),
        KeptFile.objects.all().delete,
        lambda: KeptFile.objects.update(content=b""),
        lambda: Remark.objects.update(text="x"),
        Signature.objects.all().delete,
        lambda: Recommendation.objects.create(
            pir=done, what="More", owner=cast.manager, due_on=LATER, made_by=cast.manager
        ),
    ):
        with pytest.raises(FrozenError):
            way()
    for act in (
        lambda: actions.remark(pir=pir, section="brief", side="manager", text="No.", by=cast.manager),
        lambda: actions.draft_anew(pir=pir, by=cast.supervisor),
        lambda: actions.discard(pir=pir, why="x", by=cast.supervisor),
        lambda: actions.recommend(pir=pir, what="X", owner=cast.manager, due_on=LATER, by=cast.manager),
        lambda: actions.withdraw_recommendation(recommendation=made, by=cast.manager),
        lambda: take_back_signature(pir=pir, why="x", by=cast.manager),
        lambda: sign(pir=pir, side="manager", by=cast.manager),
    ):
        with pytest.raises(ValidationError):
            act()


def test_later_records_change_nothing_in_it(cast, quick):
    pir = actions.begin(programme=cast.programme, start=START, end=END, by=cast.supervisor)
    done = signed(cast, pir)
    kept = {file.name: bytes(file.content) for file in done.files.all()}
    for _ in range(6):
        TreatmentFactory(programme=cast.programme, started_on=START)
    assert {file.name: bytes(file.content) for file in Pir.objects.get().files.all()} == kept
    assert not list(made_again(done))


def test_a_first_signature_closes_it_until_it_is_taken_back(cast, pir):
    sign(pir=pir, side="supervisor", by=cast.supervisor)
    with pytest.raises(ValidationError, match="Sam Supervisor has signed"):
        actions.remark(pir=pir, section="brief", side="manager", text="Wait.", by=cast.manager)
    with pytest.raises(ValidationError, match="You have not signed"):
        take_back_signature(pir=pir, why="Mine.", by=cast.manager)
    take_back_signature(pir=pir, why="A number is wrong.", by=cast.supervisor)
    actions.remark(pir=pir, section="brief", side="manager", text="Wait.", by=cast.manager)


def test_what_was_changed_meanwhile_is_not_signed(cast, pir):
    seen = digest_of(pir, said_of(pir))
    actions.remark(pir=pir, section="brief", side="manager", text="One thing.", by=cast.manager)
    with pytest.raises(ValidationError, match="changed after you opened"):
        sign(pir=pir, side="supervisor", by=cast.supervisor, seen=seen)


def test_a_remark_is_of_ones_own_side_and_overwrites_nothing(cast, pir):
    with pytest.raises(ValidationError, match="does not speak here as manager"):
        actions.remark(pir=pir, section="brief", side="manager", text="x", by=cast.supervisor)
    with pytest.raises(ValidationError, match="no section"):
        actions.remark(pir=pir, section="nothing", side="manager", text="x", by=cast.manager)
    first = actions.remark(pir=pir, section="brief", side="supervisor", text="One.", by=cast.supervisor)
    seen = actions.remark_stamp(first)
    actions.remark(pir=pir, section="brief", side="supervisor", text="Two.", by=cast.supervisor, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        actions.remark(pir=pir, section="brief", side="supervisor", text="3", by=cast.supervisor, seen=seen)
    assert actions.remark(pir=pir, section="brief", side="supervisor", text=" ", by=cast.supervisor) is None
    assert not Remark.objects.exists()


def test_recommendations_are_answered_in_the_next_report_before_it_is_signed(cast, quick):
    first = drafted_pir(cast.programme, cast.supervisor)
    done = actions.recommend(pir=first, what="Hire", owner=cast.manager, due_on=LATER, by=cast.manager)
    slow = actions.recommend(pir=first, what="Move", owner=cast.manager, due_on=LATER, by=cast.manager)
    with pytest.raises(ValidationError, match="not signed yet"):
        actions.say_what_became(recommendation=done, became="done", by=cast.manager)
    signed(cast, first)
    second = drafted_pir(
        cast.programme, cast.supervisor, start=datetime.date(2025, 7, 1), end=datetime.date(2025, 12, 31)
    )
    with pytest.raises(ValidationError, match="Hire; Move"):
        sign(pir=second, side="supervisor", by=cast.supervisor)
    actions.say_what_became(recommendation=done, became="done", by=cast.supervisor)
    with pytest.raises(ValidationError, match="Say why"):
        actions.say_what_became(recommendation=slow, became="dropped", by=cast.manager)
    with pytest.raises(ValidationError, match="says nothing"):
        actions.say_what_became(recommendation=slow, became="soon", by=cast.manager)
    actions.say_what_became(
        recommendation=slow, became="under_way", words="A house is found.", by=cast.manager
    )
    signed(cast, second)
    content = bytes(second.files.get(language="en", reader="whole", kind="json").content).decode()
    assert "A house is found." in content
    with pytest.raises(ValidationError, match="settled already"):
        actions.say_what_became(recommendation=done, became="not_begun", by=cast.manager)
    third = drafted_pir(
        cast.programme, cast.supervisor, start=datetime.date(2026, 1, 1), end=datetime.date(2026, 6, 30)
    )
    assert [one.recommendation.what for one in said_of(third).carried] == ["Move"]
    assert Fate.objects.count() == 2


def test_a_recommendation_is_for_somebody_there_and_for_later(cast, pir):
    with pytest.raises(ValidationError, match="does not work in this programme"):
        actions.recommend(pir=pir, what="Hire", owner=cast.outsider, due_on=LATER, by=cast.manager)
    with pytest.raises(ValidationError, match="not after 30 Jun 2025"):
        actions.recommend(pir=pir, what="Hire", owner=cast.manager, due_on=END, by=cast.manager)
    with pytest.raises(ValidationError, match="Only the supervisor and the manager"):
        actions.recommend(pir=pir, what="Hire", owner=cast.manager, due_on=LATER, by=cast.therapist)
    twice = [
        actions.recommend(pir=pir, what="Hire", owner=cast.manager, due_on=LATER, by=cast.manager)
        for _ in range(2)
    ]
    assert twice[0] == twice[1]
    actions.withdraw_recommendation(recommendation=twice[0], by=cast.supervisor)
    assert not Recommendation.objects.exists()


def test_a_draft_that_nobody_signed_can_be_discarded(cast, pir):
    with pytest.raises(ValidationError, match="Say why"):
        actions.discard(pir=pir, why=" ", by=cast.supervisor)
    actions.discard(pir=pir, why="The wrong half-year.", by=cast.supervisor)
    assert not Pir.objects.exists()
    assert Event.objects.get(verb="PIR discarded").reason == "The wrong half-year."


def test_an_altered_file_shows(cast, pir, quick):
    done = signed(cast, pir)
    file = done.files.filter(reader="whole").first()
    KeptFile._base_manager.filter(pk=file.pk)._raw_delete("default")
    assert list(altered_pirs()) == [f"{done.pk}.{file.name} was frozen and is gone"]


def test_every_side_reads_its_own(cast, pir):
    seen = {
        who
        for who in (
            "therapist",
            "supervisor",
            "manager",
            "expert",
            "stakeholder",
            "outsider",
            "administrator",
        )
        if Pir.objects.visible_to(getattr(cast, who)).exists()
    }
    assert seen == {"supervisor", "manager"}
    frozen = frozen_pir(
        cast.programme,
        cast.supervisor,
        cast.manager,
        start=datetime.date(2024, 1, 1),
        end=datetime.date(2024, 6, 30),
    )
    assert list(Pir.objects.visible_to(cast.expert)) == [frozen]
    assert list(Pir.objects.received_by(cast.expert)) == [frozen]
    assert not Pir.objects.received_by(cast.manager).exists()


def test_small_reports_are_read_back_as_written(cast):
    report = small_report(cast.programme)
    assert report_from(json.loads(reports.as_json(report))) == report
