"""Parts of the assessment: what they ask, what is kept of them, what is refused."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onmodel.audit.models import Event
from onmodel.packs.base import Text
from onmodel.process.assessment.actions import entry_stamp, keep_entry
from onmodel.process.assessment.parts import PARTS, missing, questions
from onmodel.process.models import AssessmentEntry
from onmodel.process.terms import entries
from onmodel.programmes.changes import ChangedMeanwhileError

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 3)
VISIT = {"hv_by": "Nurse", "hv_found": "A warm house"}


def kept(cast, part="home_visit", content=None, day=DAY, **more) -> AssessmentEntry:
    return keep_entry(
        treatment=cast.treatment,
        part=part,
        assessed_on=day,
        content=VISIT if content is None else content,
        by=cast.therapist,
        **more,
    )


def test_every_part_of_the_pack_asks_something(cast):
    pack = cast.programme.definitions
    parts = [term.id for term in entries(pack, PARTS)]
    assert len(parts) == 8
    for part in parts:
        asked = questions(pack, part)
        assert asked
        assert any(question.required for question in asked)
        for question in asked:
            assert list(question.fields()), question.id
            for field in question.fields():
                assert field.choices or field.shape in ("text", "line", "day"), field.key


def test_the_profile_asks_21_signs_in_four_themes_and_four_dimensions(cast):
    asked = {one.id: one for one in questions(cast.programme.definitions, "mentalizing_profile")}
    evidence = asked["mz_evidence"]
    assert len(evidence.rows) == 8 + 8 + 3 + 2
    assert len({row.theme for row in evidence.rows}) == 4
    assert [value for value, _label in evidence.rows[0].fields[0].choices] == ["strong", "weak", "not_seen"]
    dimensions = list(asked["mz_dimensions"].fields())
    assert [field.ends[0].en for field in dimensions] == ["automatic", "internal", "self", "cognitive"]
    assert dict(dimensions[0].choices)["-2"] == Text(en="far to automatic", nl="ver naar automatisch")
    assert dict(dimensions[0].choices)["1"] == Text(en="rather controlled", nl="eerder gecontroleerd")


def test_a_profile_is_complete_with_a_mark_in_each_theme(cast):
    pack = cast.programme.definitions
    marks = {
        f"mz_evidence.{sign}.mark": "weak"
        for sign in ("others_interest", "own_conflict", "self_continuity", "values_moderation")
    }
    positions = {f"mz_dimensions.{term.id}": "0" for term in entries(pack, "mentalizing_dimensions")}
    whole = {**marks, **positions, "mz_pattern": "centralized"}
    assert missing(pack, "mentalizing_profile", whole) == ()
    for left_out, title in (
        ("mz_evidence.own_conflict.mark", "Signs of good mentalizing"),
        ("mz_dimensions.self_other", "Where the balance lies"),
        ("mz_pattern", "Pattern of relationships"),
    ):
        rest = {key: value for key, value in whole.items() if key != left_out}
        assert [one.en for one in missing(pack, "mentalizing_profile", rest)] == [title]


def test_a_later_entry_leaves_the_earlier_one(cast):
    first = kept(cast)
    second = kept(cast, content={**VISIT, "hv_found": "Colder"}, day=DAY + datetime.timedelta(days=90))
    third = kept(cast, content={**VISIT, "hv_found": "Noted late"}, day=DAY + datetime.timedelta(days=9))
    latest = cast.treatment.assessment_entries.latest()
    assert list(latest) == [second]
    assert list(cast.treatment.assessment_entries.values_list("pk", flat=True)) == [
        first.pk,
        third.pk,
        second.pk,
    ]


def test_what_is_incomplete_is_kept_and_said_to_be(cast):
    assert not kept(cast, content={"hv_by": "Nurse"}).is_complete
    assert kept(cast, day=DAY + datetime.timedelta(days=1)).is_complete
    said = Event.objects.filter(verb="assessment kept").order_by("pk").last()
    assert "warm" not in str(said.detail)


def test_the_same_sent_twice_is_kept_once_and_another_is_told(cast):
    seen = entry_stamp(cast.treatment, "home_visit")
    first = kept(cast, seen=seen)
    assert kept(cast, seen=seen) == first
    assert AssessmentEntry.objects.count() == 1
    with pytest.raises(ChangedMeanwhileError):
        kept(cast, content={"hv_by": "Somebody else"}, seen=seen)


def test_added_rows_close_up(cast):
    content = {"rl_people.0.who": " Sister ", "rl_people.3.who": "Partner", "rl_people.3.form": "Two\nyears"}
    entry = kept(cast, part="relationships", content=content)
    assert entry.content == {
        "rl_people.0.who": "Sister",
        "rl_people.1.who": "Partner",
        "rl_people.1.form": "Two years",
    }
    assert entry.is_complete


@pytest.mark.parametrize(
    ("part", "content", "reason"),
    [
        ("home_visit", {}, "Nothing is filled in"),
        ("home_visit", {"hv_by": "  "}, "Nothing is filled in"),
        ("weather", VISIT, "weather is not one of the choices"),
        ("home_visit", {"hv_weather": "Rain"}, "no field hv_weather"),
        ("home_visit", {"hv_by": "x" * 301}, "301 characters; at most 300"),
        ("diagnosis", {"dg_method": "guess"}, "guess is not one of the choices: Structured interview"),
        ("diagnosis", {"dg_discussed": "yesterday"}, "yesterday is no date"),
        ("diagnosis", {"dg_discussed": "2999-01-01"}, "in the future"),
        ("mentalizing_profile", {"mz_dimensions.self_other": "3"}, "3 is not one of the choices"),
        ("relationships", {"rl_people.2.form": "Friends"}, "People: a row lacks “Who”"),
        ("relationships", {"rl_people.8.who": "A ninth"}, "no field rl_people.8.who"),
    ],
)
def test_what_is_refused(cast, part, content, reason):
    with pytest.raises(ValidationError, match=reason):
        kept(cast, part=part, content=content)
    assert not AssessmentEntry.objects.exists()


@pytest.mark.parametrize("days", [1, -40_000])
def test_a_day_outside_the_treatment_is_refused(cast, days):
    with pytest.raises(ValidationError, match="lies"):
        kept(cast, day=timezone.localdate() + datetime.timedelta(days=days))
