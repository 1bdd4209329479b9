"""Look through a year of forms for what asks for an explanation, by therapist."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from math import ceil
from operator import or_
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from onmodel.accounts.models import User
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.forms.models import Sitting, StaffDevice
from onmodel.inference.steering import (
    Concentration,
    concentrated,
    days_from_first_good,
    is_straight_line,
    longest_run,
    too_soon,
)
from onmodel.measurement.change import Outcome, classify_change
from onmodel.outcomes.summary import MainOutcome, main_outcome
from onmodel.packs.standards import Limit
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import stamp_of
from onmodel.programmes.models import Programme
from onmodel.questions.models import Explanation, Kind

#: How far back to look.
A_YEAR = datetime.timedelta(days=365)
#: A row of the same answers, and time by item, say little of a short form: this program's own choice.
LEAST_ITEMS = 10
#: A therapist with fewer forms due is not tested: this program's own choice.
LEAST_DUE = 10
#: Kind of question -> the standard of the pack that bounds it; kinds without one need no bound.
STANDARDS = {
    Kind.REPEATED: "figures_days_between",
    Kind.FAST: "figures_seconds_an_item",
    Kind.SAME_ANSWERS: "figures_same_answers",
    Kind.DISCHARGE: "figures_discharge",
    Kind.MISSING: "figures_missing",
}
GOOD = (Outcome.RECOVERED, Outcome.IMPROVED)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One form or treatment. `number` is what was found there: days, seconds an item, items in a row.

    `key` tells facts apart for good, so that one that was explained stays quiet.
    """

    key: str
    treatment: UUID | None = None
    patient: int | None = None
    pseudonym: str = ""
    form: str = ""
    day: datetime.date | None = None
    number: float | None = None
    of: int | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """Facts of one kind about one therapist's patients, out of `looked_at` that could have been so."""

    programme: Programme
    kind: Kind
    person: User | None
    facts: tuple[Fact, ...]
    looked_at: int
    limit: Limit | None
    concentration: Concentration | None = None

    @property
    def stamp(self) -> str:
        """Changes when there are other facts."""
        return stamp_of([self.kind, *(fact.key for fact in self.facts)])

    @property
    def name(self) -> str:
        return f"{self.kind.value}-{self.person.pk if self.person else 0}"


@dataclass(frozen=True)
class Look:
    """The treatments to look through, of a programme, on a day."""

    programme: Programme
    treatments: QuerySet[Treatment]
    day: datetime.date

    @property
    def since(self) -> datetime.date:
        return self.day - A_YEAR

    def limit(self, kind: Kind) -> Limit | None:
        name = STANDARDS.get(kind)
        known = {standard.id: standard for standard in self.programme.definitions.all_standards()}
        return self.programme.limit_of(known[name]) if name in known else None

    def forms(self) -> QuerySet[Assignment]:
        """The forms that patients answered in the year, not those of interviewers or therapists."""
        return Assignment.objects.filter(
            treatment__in=self.treatments,
            respondent="patient",
            answered_on__range=(self.since, self.day),
        )


def questions(look: Look) -> list[Question]:
    """What is not explained yet, in the order of the kinds, by therapist."""
    people = {
        treatment.pk: treatment
        for treatment in look.treatments.select_related("patient", "primary_clinician")
    }
    explained = _explained(look.programme)
    found: list[Question] = []
    for kind, finder in FINDERS.items():
        limit = look.limit(kind)
        if limit is None and kind in STANDARDS:
            continue  # the pack sets no bound: then nothing is asked
        facts, looked_at = finder(look, limit)
        new = [fact for fact in facts if fact.key not in explained]
        found += _by_therapist(look, kind, new, looked_at, limit, people)
    return found + _missing(look, explained, people)


def _explained(programme: Programme) -> set[str]:
    return {key for covered in programme.explanations.values_list("covered", flat=True) for key in covered}


def _by_therapist(
    look: Look,
    kind: Kind,
    facts: Iterable[Fact],
    looked_at: dict[UUID, int],
    limit: Limit | None,
    people: dict[UUID, Treatment],
) -> Iterator[Question]:
    """A question for each therapist whose patients the facts are about; `looked_at` counts by treatment."""
    by_person: dict[User | None, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.treatment in people:
            treatment = people[fact.treatment]
            by_person[treatment.primary_clinician].append(_named(fact, treatment))
    for person, own in sorted(by_person.items(), key=lambda item: item[0].name if item[0] else ""):
        n = sum(
            count
            for pk, count in looked_at.items()
            if pk in people and people[pk].primary_clinician == person
        )
        ordered = tuple(sorted(own, key=lambda fact: (fact.pseudonym, str(fact.day), fact.key)))
        yield Question(
            programme=look.programme, kind=kind, person=person, facts=ordered, looked_at=n, limit=limit
        )


def _named(fact: Fact, treatment: Treatment) -> Fact:
    values = {name: getattr(fact, name) for name in fact.__dataclass_fields__}
    return Fact(**{**values, "patient": treatment.patient_id, "pseudonym": treatment.patient.pseudonym})


Found = tuple[list[Fact], dict[UUID, int]]


def _repeated(look: Look, limit: Limit | None) -> Found:
    """Forms of one kind, of one patient, that follow each other within fewer days than the bound."""
    rows = look.forms().values_list("pk", "treatment", "instrument", "answered_on")
    by_form: dict[tuple[UUID, str], list[tuple[int, UUID]]] = defaultdict(list)
    for pk, treatment, instrument, day in rows:
        by_form[treatment, instrument].append((day.toordinal(), pk))
    facts = []
    for (treatment, instrument), filled in by_form.items():
        filled.sort()
        days = [day for day, _ in filled]
        for place in too_soon(days, within=(limit.at_least if limit else None) or 0):
            day = datetime.date.fromordinal(days[place])
            gap = days[place] - days[place - 1]
            key = f"repeated:{filled[place][1]}"
            facts.append(
                Fact(key=key, treatment=treatment, form=_form(look, instrument), day=day, number=gap)
            )
    return facts, _counted((treatment, len(filled)) for (treatment, _), filled in by_form.items())


def _fast(look: Look, limit: Limit | None) -> Found:
    """Forms of some length that took fewer seconds an item than the bound, by the browser's clock."""
    least = (limit.at_least if limit else None) or 0.0
    taken: dict[Assignment, list[float]] = {}
    sittings = Sitting.objects.by_patients().filter(assignment__in=look.forms(), active_seconds__isnull=False)
    for sitting in sittings.select_related("assignment"):
        time = taken.setdefault(sitting.assignment, [0.0, 0.0])
        time[0] += sitting.active_seconds
        time[1] += len(sitting.item_seconds)
    measured = {form: time for form, time in taken.items() if time[1] >= LEAST_ITEMS}
    facts = [
        _fact(look, Kind.FAST, form, number=seconds / items, of=int(items))
        for form, (seconds, items) in measured.items()
        if seconds / items < least
    ]
    return facts, _counted((form.treatment_id, 1) for form in measured)


def _same_answers(look: Look, limit: Limit | None) -> Found:
    """Forms in which one answer fills a row of more than the bound's share of the items.

    The database leaves only forms in which one answer was given so often; their order is looked at here.
    """
    share = ((limit.at_most if limit else None) or 100.0) / 100.0
    instruments = {
        name: [item.id for item in instrument.all_items() if not item.unscored]
        for name, instrument in look.programme.definitions.instruments.items()
    }
    long = [name for name, items in instruments.items() if len(items) >= LEAST_ITEMS]
    forms = look.forms().filter(instrument__in=long)
    if not long:
        return [], {}
    enough = (Q(assignment__instrument=n, times__gte=ceil(share * len(instruments[n]))) for n in long)
    answers = Answer.objects.filter(assignment__in=forms, value__isnull=False)
    grouped = answers.values("assignment", "assignment__instrument", "value").annotate(times=Count("pk"))
    often = grouped.filter(reduce(or_, enough))
    candidates = {form.pk: form for form in forms.filter(pk__in=often.values("assignment"))}
    given: dict[UUID, dict[str, float]] = defaultdict(dict)
    for form, item, value in answers.filter(assignment__in=candidates).values_list(
        "assignment", "item", "value"
    ):
        given[form][item] = value
    facts = []
    for pk, form in candidates.items():
        items = instruments[form.instrument]
        in_order = [given[pk].get(item) for item in items]
        if is_straight_line(in_order, share=share, least=LEAST_ITEMS):
            run = longest_run(in_order)
            facts.append(_fact(look, Kind.SAME_ANSWERS, form, number=run, of=len(items)))
    counts = forms.order_by().values_list("treatment").annotate(Count("pk"))
    return facts, dict(counts)


def _staff_device(look: Look, _limit: Limit | None) -> Found:
    """Forms that patients filled in a browser in which staff sign in; the unit's tablet is meant for them."""
    by_patients = Sitting.objects.by_patients().exclude(channel=Sitting.Channel.KIOSK)
    sittings = by_patients.filter(assignment__in=look.forms()).exclude(device="")
    there = sittings.filter(device__in=StaffDevice.objects.values("device"))
    forms = {sitting.assignment_id: sitting.assignment for sitting in there.select_related("assignment")}
    facts = [_fact(look, Kind.STAFF_DEVICE, form) for form in forms.values()]
    counts = sittings.order_by().values_list("assignment__treatment")
    return facts, dict(counts.annotate(Count("assignment", distinct=True)))


def _discharge(look: Look, limit: Limit | None) -> Found:
    """Treatments completed in the year so few days after the first good score on the main outcome."""
    within, outcome = (limit.at_most if limit else None), main_outcome(look.programme)
    ended = look.treatments.filter(ended_on__range=(look.since, look.day), end_kind="completed")
    ends = {treatment.pk: treatment for treatment in ended}
    if outcome is None or within is None or not ends:
        return [], {}
    facts, looked_at = [], {}
    for pk, scores in _scores(outcome, ends).items():
        looked_at[pk] = 1
        good = _good(outcome, scores)
        last = ends[pk].ended_on
        days = days_from_first_good(good, last.toordinal(), within=within)
        if days is not None:
            key, form = f"discharge:{pk}", outcome.instrument.abbreviation
            facts.append(Fact(key=key, treatment=pk, form=form, day=last, number=days))
    return facts, looked_at


def _scores(outcome: MainOutcome, ends: dict[UUID, Treatment]) -> dict[UUID, list[tuple[int, float]]]:
    """Day and score of each treatment, in order, of those with a start and at least one more."""
    rows = Score.objects.known().of_scale(outcome.instrument.id, outcome.scale)
    rows = rows.filter(assignment__treatment__in=ends, assignment__answered_on__isnull=False)
    found: dict[UUID, list[tuple[int, float]]] = defaultdict(list)
    ordered = rows.order_by("assignment__answered_on", "pk")
    columns = ("assignment__treatment", "assignment__answered_on", "value")
    for treatment, day, value in ordered.values_list(*columns):
        found[treatment].append((day.toordinal(), value))
    return {pk: scores for pk, scores in found.items() if len(scores) > 1}


def _good(outcome: MainOutcome, scores: Sequence[tuple[int, float]]) -> list[tuple[int, bool]]:
    """Whether each score since the start is reliably better than the first."""
    first, later = scores[0][1], scores[1:]
    change = classify_change(
        outcome.instrument, outcome.scale, [first] * len(later), [score for _, score in later]
    )
    return [(day, result in GOOD) for (day, _), result in zip(later, change.to_list(), strict=True)]


def _missing(look: Look, explained: set[str], people: dict[UUID, Treatment]) -> list[Question]:
    """Therapists whose patients' forms are missing more often than those of all others in the programme.

    Everybody in the programme is compared with; asked is about those whose patients the reader sees. An
    explanation holds for the calendar year.
    """
    limit = look.limit(Kind.MISSING)
    if limit is None or limit.at_most is None:
        return []
    due = Assignment.objects.filter(
        treatment__programme=look.programme, respondent="patient", due_on__range=(look.since, look.day)
    )
    due = due.filter(allowed(Purpose.QUALITY_MONITORING, patient="treatment__patient"))
    ended = due.filter(status__in=[Assignment.Status.ANSWERED, Assignment.Status.MISSED])
    rows = ended.order_by().values(who=F("treatment__primary_clinician")).exclude(who=None)
    missed = Count("pk", filter=Q(status=Assignment.Status.MISSED))
    by_person = rows.annotate(gone=missed, n=Count("pk")).values_list("who", "gone", "n")
    counts: dict[Hashable, tuple[int, int]] = {who: (gone, n) for who, gone, n in by_person}
    seen = {treatment.primary_clinician_id: treatment.primary_clinician for treatment in people.values()}
    found = []
    for one in concentrated(counts, alpha=limit.at_most / 100.0, least=LEAST_DUE):
        key = f"missing:{one.who}:{look.day.year}"
        if one.who in seen and key not in explained:
            fact = Fact(key=key, number=one.own.successes, of=one.own.n)
            found.append(
                Question(
                    programme=look.programme,
                    kind=Kind.MISSING,
                    person=seen[one.who],
                    facts=(fact,),
                    looked_at=one.own.n,
                    limit=limit,
                    concentration=one,
                )
            )
    return found


def _fact(
    look: Look, kind: Kind, form: Assignment, *, number: float | None = None, of: int | None = None
) -> Fact:
    return Fact(
        key=f"{kind.value}:{form.pk}",
        treatment=form.treatment_id,
        form=_form(look, form.instrument),
        day=form.answered_on,
        number=number,
        of=of,
    )


def _form(look: Look, name: str) -> str:
    instrument = look.programme.definitions.instruments.get(name)
    return instrument.abbreviation if instrument else name


def _counted(counts: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    found: dict[UUID, int] = defaultdict(int)
    for treatment, count in counts:
        found[treatment] += count
    return found


FINDERS = {
    Kind.REPEATED: _repeated,
    Kind.FAST: _fast,
    Kind.SAME_ANSWERS: _same_answers,
    Kind.STAFF_DEVICE: _staff_device,
    Kind.DISCHARGE: _discharge,
}


def given(programme: Programme, by: User, treatments: QuerySet[Treatment]) -> QuerySet[Explanation]:
    """The explanations so far that are the reader's or about who carries these treatments, latest first."""
    about = Q(person__in=treatments.exclude(primary_clinician=None).values("primary_clinician"))
    found = programme.explanations.filter(about | Q(given_by=by))
    return found.select_related("person", "given_by")
