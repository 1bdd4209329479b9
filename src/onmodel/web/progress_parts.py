"""The parts of the page that is looked at together, put together from components."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.models import Score
from onmodel.feedback import words as say
from onmodel.feedback.drawing import course_of
from onmodel.feedback.impressions import (
    Agreement,
    agreement,
    impressions_of,
    measured_on,
    value_of,
    words_of,
)
from onmodel.feedback.looking import Look, Seen
from onmodel.measurement.change import classify_change
from onmodel.packs.instruments import Audience
from onmodel.packs.standards import Term
from onmodel.patients.models import Treatment
from onmodel.sharing.models import OwnShare, Reaches
from onmodel.sharing.reading import agreed_in, of_audience, sentence
from onmodel.web.components import Chart, Column, EmptyState, Link, Sparkline, Status, Table
from onmodel.wording.numbers import date_written, written


@dataclass(frozen=True)
class ScalePart:
    """One scale as the page shows it."""

    title: str
    status: Status | None
    verdict: Status | None
    chart: Chart
    sentences: list[str]
    basis: str


@dataclass(frozen=True)
class DomainPart:
    title: str
    help: str
    cautions: list[str]
    scales: list[ScalePart]


def term(treatment: Treatment, listed: str, id_: str) -> Term | None:
    terms = treatment.programme.definitions.terms.get(listed)
    return next((t for t in (terms.terms if terms else ()) if t.id == id_), None)


def domain_panels(treatment: Treatment, look: Look) -> list[DomainPart]:
    language = get_language() or "en"
    parts = []
    for domain in look.domains:
        named = term(treatment, "outcome_domains", domain.id)
        assert named is not None
        help_ = named.help.in_(language) if named.help else ""
        scales = [_scale(treatment, seen, look) for seen in domain.scales]
        cautions = dict.fromkeys(caution for seen in domain.scales for caution in say.cautions(seen))
        parts.append(DomainPart(named.label.in_(language), help_, list(cautions), scales))
    return parts


def _scale(treatment: Treatment, seen: Seen, look: Look) -> ScalePart:
    published = _published(treatment, seen)
    why = "" if seen.course else say.nothing_expected(seen, look.settings.minimum_patients, published)
    sentences = [
        say.course_in_words(seen),
        say.change_in_words(seen),
        say.norm_in_words(seen),
        say.standing_in_words(seen) or why,
    ]
    return ScalePart(
        title=f"{say.title_of(seen)} ({seen.instrument.abbreviation})",
        status=Status(seen.standing.status.value, of="track") if seen.standing else None,
        verdict=Status(seen.verdict.value, of="course") if seen.verdict else None,
        chart=_chart(treatment, seen),
        sentences=[sentence_ for sentence_ in sentences if sentence_],
        basis=say.basis_in_words(seen),
    )


def _published(treatment: Treatment, seen: Seen) -> Term | None:
    """A published course of the scale in the pack."""
    listed = treatment.programme.definitions.terms.get("published_courses")
    name = f"{seen.instrument.id}.{seen.scale}"
    return next((t for t in (listed.terms if listed else ()) if name in t.links), None)


def _chart(treatment: Treatment, seen: Seen) -> Chart:
    return Chart(
        course_of(seen, language=get_language() or "en"),
        title=say.title_of(seen),
        id=f"look-{seen.instrument.id}-{seen.scale}".lower(),
        n=seen.n,
        simulated=treatment.programme.is_simulated,
        level=4,
    )


def goals_table(treatment: Treatment, look: Look, *, rated: bool) -> Table:
    """Each goal with how near it is, and beside it what the scores of that part of life say."""
    beside = {f"{seen.instrument.id}.{seen.scale}": seen for seen in look.scales}
    rows = []
    for goal in treatment.goals.prefetch_related("ratings"):
        ratings = [rating.nearness for rating in goal.ratings.all()]
        address = reverse("progress-goal", args=[treatment.pk, goal.pk])
        rows.append(
            [
                Link(goal.words, address, note=_("how near is it?")) if rated else goal.words,
                _("%(n)s of 10") % {"n": ratings[-1]} if ratings else "–",
                Sparkline(ratings, label=_("from 0 to 10"), low=0, high=10) if len(ratings) > 1 else "–",
                goal.get_state_display(),
                _beside(treatment, goal.general, beside),
            ]
        )
    columns = [_("Goal"), _("How near"), _("Course"), _("State"), _("What the scores say")]
    empty = EmptyState(_("No goals yet"), _("What should be different at the end of this treatment?"))
    return Table(_("Goals"), columns, rows, empty=empty, caption_hidden=True, id="goals")


def _beside(treatment: Treatment, general: str, beside: dict[str, Seen]) -> object:
    """The verdict of the first scale that the general goal goes with and that was measured."""
    named = term(treatment, "treatment_goals", general) if general else None
    for link in named.links if named else ():
        seen = beside.get(link)
        if seen is not None:
            verdict = seen.verdict.value if seen.verdict else "unknown"
            return Status(verdict, of="course")
    return "–"


@dataclass(frozen=True)
class Impressions:
    """The impressions beside the scores; `apart`: the reader's latest one differs from them."""

    table: Table
    apart: bool


def impressions_part(user: User, treatment: Treatment, look: Look) -> Impressions:
    main, rows, apart = look.main, [], False
    for impression in impressions_of(treatment):
        day, value = measured_on(impression.occasion), value_of(impression)
        until = _until(main, day) if main is not None and day is not None else None
        together = agreement(value, until)
        rows.append(
            [
                day or "–",
                impression.respondent_user.name,
                _label(treatment, value),
                words_of(impression) or "–",
                Status(until.value, of="course") if until else "–",
                Status(together.value, of="impression"),
            ]
        )
        if impression.respondent_user_id == user.pk:
            apart = together is Agreement.APART
    named = f"{main.instrument.abbreviation} {say.title_of(main)}" if main else _("Scores")
    columns = [_("Measured on"), _("Therapist"), _("Impression"), _("Seen in"), named, _("Together")]
    empty = EmptyState(_("No impressions yet"))
    table = Table(_("Impressions"), columns, rows, empty=empty, caption_hidden=True, id="impressions")
    return Impressions(table, apart)


def _until(seen: Seen, day: Any) -> Any:
    """The verdict of the scores up to that day; None with one score."""
    scores = [score for score, at in zip(seen.measured.scores, seen.measured.days, strict=True) if at <= day]
    if len(scores) < 2:
        return None
    return classify_change(seen.instrument, seen.scale, scores[:1], scores[-1:]).to_list()[0]


def _label(treatment: Treatment, value: int | None) -> str:
    if value is None:
        return _("could not say")
    options = treatment.programme.definitions.instruments["therapist_impression"].options
    option = next(o for o in options if o.value == value)
    return option.label.in_(get_language() or "en") if option.label else str(value)


def reflections_table(treatment: Treatment) -> Table | None:
    rows = [
        [r.measured_on, r.patient_sees or "–", r.therapist_sees or "–", r.therapist.name]
        for r in treatment.reflections.select_related("therapist")
    ]
    if not rows:
        return None
    columns = [_("Measured on"), _("The patient sees"), _("The therapist sees"), _("Therapist")]
    return Table(_("What each sees"), columns, rows, caption_hidden=True, id="reflections")


@dataclass(frozen=True)
class Together:
    """What reaches the reader of how the patient finds the work together, and who sees it."""

    told: str
    lines: list[str]
    table: Table | None


def together_part(user: User, treatment: Treatment, *, own: bool) -> Together:
    """For the patient everything; for others as far as the programme agreed."""
    reaches = agreed_in(treatment.programme)
    scores = Score.objects.known().filter(
        of_audience(Audience.AGREED, "assignment__"),
        assignment__treatment=treatment,
        assignment__answered_on__isnull=False,
    )
    trend = scores if own else scores.open_to(user, Reaches.TREND)
    shown = scores if own else scores.open_to(user, Reaches.SCORES)
    told = sentence(reaches) if own else _("Agreed in this programme: %(what)s.") % {"what": reaches.label}
    return Together(told, _trends(treatment, trend), _score_table(treatment, shown))


def _main_scores(treatment: Treatment, scores) -> dict[str, list[tuple[Any, float]]]:
    """Form -> (day, main score), oldest first."""
    instruments = treatment.programme.definitions.instruments
    found: dict[str, list[tuple[Any, float]]] = {}
    named = ("assignment__instrument", "scale", "assignment__answered_on", "value")
    for name, scale, day, value in scores.order_by("assignment__answered_on").values_list(*named):
        if name in instruments and scale == instruments[name].main_scale:
            found.setdefault(name, []).append((day, value))
    return found


def _trends(treatment: Treatment, scores) -> list[str]:
    """Whether the latest was higher or lower than the one before; no score is named."""
    language, lines = get_language() or "en", []
    for name, points in _main_scores(treatment, scores).items():
        title = treatment.programme.definitions.instruments[name].title.in_(language)
        if len(points) < 2:
            continue
        words = _higher_or_lower(points[-2][1], points[-1][1])
        lines.append(
            _("%(form)s: on %(day)s %(words)s the time before. How much of that is chance is not known.")
            % {"form": title, "day": date_written(points[-1][0]), "words": words}
        )
    return lines


def _higher_or_lower(before: float, latest: float) -> str:
    if latest == before:
        return _("the same as")
    return _("higher than") if latest > before else _("lower than")


def _score_table(treatment: Treatment, scores) -> Table | None:
    language = get_language() or "en"
    instruments = treatment.programme.definitions.instruments
    rows = [
        [instruments[name].title.in_(language), day, written(value)]
        for name, points in _main_scores(treatment, scores).items()
        for day, value in points
    ]
    if not rows:
        return None
    columns = [_("Form"), _("Answered"), Column(_("Score"), numeric=True)]
    return Table(_("Working together"), columns, rows, caption_hidden=True, id="together")


@dataclass(frozen=True)
class Feelings:
    """A therapist's own notes that the reader may see; `shared` is None where they are not the reader's."""

    table: Table
    shared: bool | None


def feelings_part(user: User, treatment: Treatment, *, works: bool) -> Feelings | None:
    """The reader's own, or those that a therapist shares with the reader who supervises."""
    noted = Score.objects.known().open_to(user).select_related("assignment__respondent_user")
    scores = noted.filter(of_audience(Audience.OWN, "assignment__"), assignment__treatment=treatment)
    instruments, language = treatment.programme.definitions.instruments, get_language() or "en"
    rows = [
        [
            s.assignment.respondent_user.name,
            s.assignment.answered_on or "–",
            instruments[s.assignment.instrument].scale(s.scale).title.in_(language),
            written(s.value),
        ]
        for s in scores.order_by("assignment__answered_on", "scale")
        if s.assignment.instrument in instruments and s.assignment.respondent_user
    ]
    if not rows and not works:
        return None
    columns = [_("Therapist"), _("Noted on"), _("Feeling"), Column(_("Score"), numeric=True)]
    empty = EmptyState(_("Nothing noted yet"))
    shared = OwnShare.objects.in_force().filter(treatment=treatment, therapist=user).exists()
    table = Table(_("Own feelings"), columns, rows, empty=empty, caption_hidden=True, id="feelings")
    return Feelings(table, shared if works else None)
