"""Keep what is fitted, said and agreed when patient and therapist look together."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.actions import record_answers
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.feedback.expecting import fitted, followed_scales, rule_of, settings_of
from onmodel.feedback.impressions import INSTRUMENT, ITEM, WORDS, works_in
from onmodel.feedback.letters import first_words
from onmodel.feedback.models import ExpectedCourse, Goal, GoalRating, Letter, Reflection
from onmodel.feedback.paper import letter_pdf
from onmodel.feedback.steps import step_named
from onmodel.followup.actions import agree
from onmodel.followup.models import Action
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan
from onmodel.process.plans.actions import agree_to_plan
from onmodel.process.plans.parts import goals_in
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.models import Programme
from onmodel.signals.actions import signal_stamp
from onmodel.signals.models import Signal


@transaction.atomic
def refresh_courses(*, programme: Programme, until: datetime.date, by: User | None = None) -> int:
    """Fit the courses to expect anew, and forget those that can no longer be fitted. How many there are."""
    least = settings_of(rule_of(programme.definitions)).minimum_patients
    found = [
        course
        for instrument, scale in followed_scales(programme)
        if (course := fitted(programme, instrument, scale, until=until, least=least)) is not None
    ]
    if not found and not programme.expected_courses.exists():
        return 0
    programme.expected_courses.all().delete()
    ExpectedCourse.objects.bulk_create(found)
    record(by=by, verb="expected courses fitted", subject=programme, until=until, scales=len(found))
    return len(found)


@transaction.atomic
def choose_steps(
    *,
    signal: Signal,
    steps: Sequence[str],
    decided: str,
    owner: User,
    due_on: datetime.date,
    by: User,
    seen: str | None = None,
) -> list[Action]:
    """Agree on an action for each support step that was chosen; `decided` says what was decided.

    ChangedMeanwhileError where something was done about the signal after the person saw `seen`.
    """
    if not steps:
        raise ValidationError(_("Choose at least one step."))
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    refuse_stale(current, signal_stamp(current), seen)
    named = [step_named(signal, step) for step in steps]
    why = f": {decided.strip()}" if decided.strip() else ""
    return [
        agree(
            programme=signal.programme,
            signal=signal,
            what=f"{step.label.in_(by.language or 'en')}{why}"[:300],
            owner=owner,
            due_on=due_on,
            by=by,
        )
        for step in named
    ]


@transaction.atomic
def give_impression(
    *, treatment: Treatment, measured_on: datetime.date, change: int | None, words: str, by: User
) -> Assignment:
    """Keep how a therapist finds the patient compared with the start; None where he or she cannot say.

    Given once a measurement: a second time raises ValidationError, for by then the scores were seen.
    """
    Treatment.objects.select_for_update().get(pk=treatment.pk)
    if not works_in(by, treatment):
        raise PermissionDenied
    instrument = treatment.programme.definitions.instruments[INSTRUMENT]
    named = {"treatment": treatment, "instrument": INSTRUMENT, "occasion": measured_on.isoformat()}
    if Assignment.objects.filter(**named, respondent_user=by).exists():
        raise ValidationError(_("You gave your impression of this measurement already."))
    assignment = Assignment.objects.create(
        **named,
        programme=treatment.programme,
        subject_kind="treatment",
        pack=treatment.programme.pack,
        instrument_version=instrument.version,
        respondent="therapist",
        respondent_user=by,
        due_on=timezone.localdate(),
        status=Assignment.Status.OPEN,
    )
    answers = {ITEM: change, **({WORDS: words.strip()} if words.strip() else {})}
    return record_answers(assignment=assignment, answers=answers, answered_on=timezone.localdate(), by=by)


@transaction.atomic
def reflect(
    *, treatment: Treatment, measured_on: datetime.date, patient_sees: str, therapist_sees: str, by: User
) -> Reflection:
    """Keep what each of the two sees of a measurement; said again, it replaces what stood there."""
    if not works_in(by, treatment):
        raise PermissionDenied
    said = {"patient_sees": patient_sees.strip(), "therapist_sees": therapist_sees.strip()}
    if not any(said.values()):
        raise ValidationError(_("Write down what at least one of you sees."))
    reflection, _new = Reflection.objects.update_or_create(
        treatment=treatment,
        measured_on=measured_on,
        therapist=by,
        defaults={**said, "recorded_at": timezone.now()},
    )
    record(by=by, verb="reflection kept", subject=treatment, measured_on=measured_on)
    return reflection


@transaction.atomic
def set_goal(*, treatment: Treatment, words: str, general: str, by: User | None) -> Goal:
    """Keep a goal in the patient's own words, under the treatment plan that is in force."""
    if not words.strip():
        raise ValidationError(_("Write the goal in the patient's own words."))
    listed = treatment.programme.definitions.terms.get("treatment_goals")
    if general and general not in {term.id for term in (listed.terms if listed else ())}:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": general})
    plan = treatment.plans.filter(kind="treatment_plan", agreed_on__isnull=False).order_by("agreed_on").last()
    goal = Goal.objects.create(
        treatment=treatment, plan=plan, general=general, words=words.strip()[:300], set_by=by
    )
    record(by=by, verb="goal set", subject=goal)
    return goal


@transaction.atomic
def agree_on_plan(*, plan: Plan, party: str, agreed_on: datetime.date, by: User | None) -> Plan:
    """Keep an agreement; the goals of a plan that is now in force are those that are followed.

    A goal in the same words goes on under the new plan; one that the plan no longer has stays until the
    patient lets go of it.
    """
    current = agree_to_plan(plan=plan, party=party, agreed_on=agreed_on, by=by)
    if current.agreed_on is None:
        return current
    pack = current.treatment.programme.definitions
    for general, words in goals_in(pack, current.kind, current.content).items():
        shown = " ".join(words.split())[:300]
        same = current.treatment.goals.filter(general=general, words=shown, state=Goal.State.OPEN)
        if not same.update(plan=current):
            goal = current.treatment.goals.create(general=general, words=shown, plan=current, set_by=by)
            record(by=by, verb="goal set", subject=goal)
    return current


@transaction.atomic
def rate_goal(*, goal: Goal, nearness: int, state: str, by: User | None) -> Goal:
    """Keep how near the patient finds the goal today, from 0 to 10, and whether it is still worked on."""
    if not 0 <= nearness <= 10:
        raise ValidationError(_("%(value)s is not a number from 0 to 10.") % {"value": nearness})
    GoalRating.objects.update_or_create(
        goal=goal, rated_on=timezone.localdate(), defaults={"nearness": nearness, "rated_by": by}
    )
    goal.state = state
    goal.save(update_fields=["state"])
    record(by=by, verb="goal rated", subject=goal, state=state)
    return goal


def letter_stamp(letter: Letter) -> str:
    return stamp(letter, ("state", "language", "until", "sections", "comment"))


@transaction.atomic
def draft_letter(*, treatment: Treatment, language: str, by: User) -> Letter:
    """A letter up to today, in the record's words. ValidationError while another draft is open."""
    Treatment.objects.select_for_update().get(pk=treatment.pk)
    if not works_in(by, treatment):
        raise PermissionDenied
    if treatment.letters.filter(state=Letter.State.DRAFT).exists():
        raise ValidationError(_("There is a draft already: finish it, or throw it away."))
    if language not in dict(settings.LANGUAGES):
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": language})
    until = timezone.localdate()
    sections = [part.plain() for part in first_words(treatment, until=until, language=language)]
    letter = Letter.objects.create(
        treatment=treatment, language=language, until=until, sections=sections, drafted_by=by
    )
    record(by=by, verb="letter drafted", subject=letter)
    return letter


@transaction.atomic
def edit_letter(
    *, letter: Letter, texts: Mapping[str, str], comment: str, by: User, seen: str | None = None
) -> Letter:
    """Keep the clinician's words: `texts` by id of a section, its paragraphs on lines of their own.

    ChangedMeanwhileError where somebody else saved it after the person saw `seen`.
    """
    current = _draft(letter, by)
    refuse_stale(current, letter_stamp(current), seen)
    for section in current.sections:
        lines = texts.get(section["id"], "\n".join(section["paragraphs"])).splitlines()
        section["paragraphs"] = [line.strip() for line in lines if line.strip()]
    current.comment = comment.strip()
    current.save(update_fields=["sections", "comment"])
    record(by=by, verb="letter edited", subject=current)
    return current


@transaction.atomic
def release_letter(*, letter: Letter, by: User, seen: str | None = None) -> Letter:
    """The patient can read it from now on, as it is now: the PDF is frozen, its digest is in the event."""
    current = _draft(letter, by)
    refuse_stale(current, letter_stamp(current), seen)
    current.sections = [section for section in current.sections if section["paragraphs"]]
    if not current.sections and not current.comment:
        raise ValidationError(_("There is nothing in this letter."))
    current.state, current.released_at, current.released_by = Letter.State.RELEASED, timezone.now(), by
    current.pdf = letter_pdf(current)
    current.save()
    record(by=by, verb="letter released", subject=current, digest=hashlib.sha256(current.pdf).hexdigest())
    return current


@transaction.atomic
def discard_letter(*, letter: Letter, by: User) -> None:
    """Throw a draft away."""
    current = _draft(letter, by)
    record(by=by, verb="letter discarded", subject=current)
    current.delete()


def _draft(letter: Letter, by: User) -> Letter:
    """The letter, locked, for who works in the treatment. ValidationError once it is released."""
    current = Letter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    if not works_in(by, current.treatment):
        raise PermissionDenied
    if current.state == Letter.State.RELEASED:
        raise ValidationError(_("This letter is released; it is not changed any more."))
    return current
