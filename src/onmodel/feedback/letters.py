"""The yearly letter to the patient: when it is due, and its first words, drawn from the record.

It says how things went and not how they went against expectation: that is for talking about.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from onmodel.assessments.models import Assignment
from onmodel.feedback import words as say
from onmodel.feedback.looking import Domain, Look, Seen, look_at
from onmodel.feedback.models import Letter
from onmodel.packs.standards import Term
from onmodel.patients.models import Treatment
from onmodel.wording.numbers import date_written, written

YEAR = datetime.timedelta(days=365)
#: A letter of so many days before the year is full is the letter of that year.
AHEAD = datetime.timedelta(days=45)


@dataclass(frozen=True)
class Section:
    """A part of the letter; `id` is a domain of the pack, or a part of ours."""

    id: str
    title: str
    paragraphs: tuple[str, ...]

    def plain(self) -> dict[str, object]:
        return {"id": self.id, "title": self.title, "paragraphs": list(self.paragraphs)}


def letter_due(treatment: Treatment, *, today: datetime.date) -> datetime.date | None:
    """The end of the latest full year of treatment without a released letter; None where none is due."""
    start, end = treatment.started_on, treatment.ended_on
    if start is None:
        return None
    latest = min(today, end + YEAR) if end else today
    years = [years for years in range(1, latest.year - start.year + 1) if _later(start, years) <= latest]
    if not years:
        return None
    full = _later(start, years[-1])
    known = treatment.letters.filter(state=Letter.State.RELEASED, until__gte=full - AHEAD).exists()
    return None if known else full


def _later(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later; of 29 February the 28th where there is none."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + years, day=last)


def first_words(treatment: Treatment, *, until: datetime.date, language: str) -> list[Section]:
    """What the record says in plain words, to be made one's own by the clinician."""
    with override(language):
        look = look_at(treatment, today=until)
        listed = treatment.programme.definitions.terms.get("outcome_domains")
        named = {term.id: term for term in (listed.terms if listed else ())}
        parts = [
            _about(treatment, until),
            _goals(treatment, until),
            *(_domain(domain, named[domain.id], until, language) for domain in look.domains),
            _own_words(treatment, until),
            _caution(look),
        ]
    return [part for part in parts if part.paragraphs]


def _about(treatment: Treatment, until: datetime.date) -> Section:
    filled = treatment.assignments.filter(
        respondent="patient",
        status__in=(Assignment.Status.ANSWERED, Assignment.Status.PARTIAL),
        answered_on__gt=until - YEAR,
        answered_on__lte=until,
    ).count()
    lines = []
    if treatment.started_on:
        lines.append(
            _("Your treatment at %(programme)s began on %(day)s. This letter looks back, up to %(until)s.")
            % {
                "programme": treatment.programme.name,
                "day": date_written(treatment.started_on),
                "until": date_written(until),
            }
        )
    lines.append(
        ngettext(
            "In the past twelve months you filled in %(n)s questionnaire.",
            "In the past twelve months you filled in %(n)s questionnaires.",
            filled,
        )
        % {"n": filled}
    )
    return Section("about", _("Looking back"), tuple(lines))


def _goals(treatment: Treatment, until: datetime.date) -> Section:
    lines = []
    for goal in treatment.goals.filter(set_on__lte=until).prefetch_related("ratings"):
        ratings = [rating for rating in goal.ratings.all() if rating.rated_on <= until]
        named = {"words": goal.words, "state": goal.get_state_display()}
        if not ratings:
            lines.append(_("“%(words)s” (%(state)s).") % named)
            continue
        first, last = ratings[0], ratings[-1]
        named |= {"last": last.nearness, "end": date_written(last.rated_on)}
        if first == last:
            lines.append(_("“%(words)s”: %(last)s of 10 on %(end)s (%(state)s).") % named)
            continue
        named |= {"first": first.nearness, "start": date_written(first.rated_on)}
        lines.append(
            _("“%(words)s”: from %(first)s of 10 on %(start)s to %(last)s of 10 on %(end)s (%(state)s).")
            % named
        )
    return Section("goals", _("What you wanted"), tuple(lines))


def _domain(domain: Domain, term: Term, until: datetime.date, language: str) -> Section:
    lines = [term.help.in_(language)] if term.help else []
    return Section(
        domain.id, term.label.in_(language), (*lines, *(_scale(seen, until) for seen in domain.scales))
    )


def _scale(seen: Seen, until: datetime.date) -> str:
    sentences = [
        say.course_in_words(seen),
        _year_ago(seen, until),
        say.change_in_words(seen),
        say.norm_in_words(seen),
    ]
    told = " ".join(sentence for sentence in sentences if sentence)
    return f"{say.title_of(seen)} ({seen.instrument.abbreviation}): {told[:1].lower()}{told[1:]}"


def _year_ago(seen: Seen, until: datetime.date) -> str:
    """Where the patient stood a year before; empty where that is the start, or the latest."""
    days, scores = seen.measured.days, seen.measured.scores
    before = [at for at, day in enumerate(days) if day <= until - YEAR]
    if not before or before[-1] in (0, len(days) - 1):
        return ""
    return _("A year ago, on %(day)s, it was %(score)s.") % {
        "day": date_written(days[before[-1]]), "score": written(scores[before[-1]]),
    }  # fmt: skip


def _own_words(treatment: Treatment, until: datetime.date) -> Section:
    """What the patient said on looking together this year, oldest first."""
    said = treatment.reflections.filter(measured_on__gt=until - YEAR, measured_on__lte=until)
    lines = [
        _("On %(day)s you said: “%(words)s”")
        % {"day": date_written(one.measured_on), "words": one.patient_sees}
        for one in reversed(said)
        if one.patient_sees
    ]
    return Section("own_words", _("In your own words"), tuple(lines))


def _caution(look: Look) -> Section:
    """Where the measures are few or selective."""
    notes = dict.fromkeys(note for seen in look.scales for note in say.cautions(seen))
    return Section("caution", _("How sure this is"), tuple(notes))
