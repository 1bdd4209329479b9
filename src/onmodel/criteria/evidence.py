"""What the record says of one thing that a pack links to: a standard, or an item or scale of a form.

Each is on model, off model or unknown, by the standard's own limit or by the mark that its form calls
adequate (`terms/adequate_marks`), and carries what that rests on.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from onmodel.adherence.models import counted
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.clocks.record import Record
from onmodel.clocks.rules import clock_of, clock_rules, readings
from onmodel.clocks.states import State as ClockState
from onmodel.criteria.consensus.reading import agreed_marks, last_agreed
from onmodel.criteria.scores import FORM, scored
from onmodel.criteria.stand import Stand
from onmodel.inference.describe import summarise
from onmodel.packs.instruments import Instrument
from onmodel.packs.standards import Rule, Standard
from onmodel.packs.texts import Text
from onmodel.programmes.models import Programme
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Known, Standing, State, latest_attestations, standing

FACTORS = "team_factors"
ADEQUATE = "adequate_marks"
#: Ratings of people and teams count for a year.
RECENT = datetime.timedelta(days=365)
FEWEST_FOR_INTERVAL = 3
#: What a running clock is counted as; one that is late or was never recorded says nothing about today.
ON_TIME, OFF_TIME = (ClockState.MET, ClockState.RUNNING, ClockState.DUE), (ClockState.OVERDUE,)


#: Item or scale -> days and values.
Given = dict[str, list[tuple[datetime.date, float]]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """What one link rests on. Of a score: its value, the mark that is adequate, n and the day of the latest;
    of a standard: its standing; of a clock that runs for many: how many are over their day."""

    link: str
    text: Text | None
    state: Stand
    form: str = ""
    standing: Standing | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    adequate: float | None = None
    most: float | None = None
    n: int | None = None
    overdue: int | None = None
    day: datetime.date | None = None

    @property
    def known(self) -> bool:
        return self.state is not Stand.UNKNOWN

    @property
    def is_score(self) -> bool:
        return self.adequate is not None


class Evidence:
    """Everything that links can lead to in one programme on one day; each part is read once, when needed."""

    def __init__(self, programme: Programme, day: datetime.date, picture: Picture | None = None) -> None:
        self.programme, self.day = programme, day
        self.picture = picture or Picture(programme, day)
        self._scores: dict[str, Given] = {}

    def of(self, links: Iterable[str]) -> list[Source]:
        return [self.source(link) for link in links]

    def source(self, link: str) -> Source:
        form, dot, what = link.partition(".")
        if dot and form in self.programme.definitions.instruments:
            return self._score(link, self.programme.definitions.instruments[form], what)
        return self._standard(link, self.programme.definitions.standard(link))

    # --- standards ---
    @cached_property
    def _attestations(self):
        return latest_attestations(self.programme, self.day)

    def _clock(self, standard: Standard) -> Counter[ClockState]:
        """How the clocks of a standard stand today."""
        found: Counter[ClockState] = Counter()
        for rule in self._clock_rules.get(standard.id, ()):
            clock = clock_of(self._record, rule)
            if clock is not None:
                found += Counter(one.state for one in readings(self._record, clock))
        return found

    @cached_property
    def _record(self) -> Record:
        return Record(self.programme, self.day)

    @cached_property
    def _clock_rules(self) -> dict[str, list[Rule]]:
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in clock_rules(self.programme):
            found[str(rule.settings["standard"])].append(rule)
        return found

    def _standard(self, link: str, standard: Standard) -> Source:
        found = standing(standard, self.picture, self._attestations.get(standard.id))
        if found.state is State.UNKNOWN and (counts := self._clock(standard)):
            over, on = sum(counts[s] for s in OFF_TIME), sum(counts[s] for s in ON_TIME)
            state = Stand.OFF if over else Stand.ON if on else Stand.UNKNOWN
            if state is not Stand.UNKNOWN:
                return Source(
                    link=link, text=standard.text, state=state, n=over + on, overdue=over, day=self.day
                )
        state = {State.MET: Stand.ON, State.NOT_MET: Stand.OFF}.get(found.state, Stand.UNKNOWN)
        said = found.attestation.attested_on if found.known is Known.ATTESTED and found.attestation else None
        day = said or (self.day if state is not Stand.UNKNOWN else None)
        return Source(link=link, text=standard.text, state=state, standing=found, day=day)

    # --- scores ---
    @cached_property
    def adequate(self) -> dict[str, float]:
        return adequate_marks(self.programme)

    def _score(self, link: str, form: Instrument, what: str) -> Source:
        text, most = _named(form, what)
        adequate = self.adequate.get(form.id)
        given = self._given(form).get(what, [])
        named = {"link": link, "text": text, "form": form.abbreviation, "adequate": adequate, "most": most}
        if adequate is None or not given:
            return Source(state=Stand.UNKNOWN, n=0, **named)
        found = summarise([value for _day, value in given])
        sure = len(given) >= FEWEST_FOR_INTERVAL
        return Source(
            **named,
            state=Stand.ON if found.mean is not None and found.mean >= adequate else Stand.OFF,
            value=found.mean,
            low=found.lower if sure else None,
            high=found.upper if sure else None,
            n=len(given),
            day=max(day for day, _value in given),
        )

    def _given(self, form: Instrument) -> Given:
        if form.id not in self._scores:
            read = {FORM: self._criteria, FACTORS: self._factors}.get(form.id)
            self._scores[form.id] = read() if read else self._ratings.get(form.id, {})
        return self._scores[form.id]

    def _criteria(self) -> Given:
        """Of the latest finished audit or self-assessment."""
        latest = next(iter(scored(self.programme, self.day)), None)
        if latest is None:
            return {}
        return {item: [(latest.review.day, value)] for item, value in latest.scores.items()}

    def _factors(self) -> Given:
        """Of the latest consensus; an interval is read at its middle."""
        latest = last_agreed(self.programme, FACTORS, self.day)
        if latest is None:
            return {}
        return {item: [(latest.ends_on, mark.middle)] for item, mark in agreed_marks(latest).items()}

    @cached_property
    def _ratings(self) -> dict[str, Given]:
        """Form -> of sessions, teams or supervisors rated in the last year."""
        forms = Assignment.objects.answered().filter(
            counted(),
            programme=self.programme,
            instrument__in=[form for form in self.adequate if form not in (FORM, FACTORS)],
            treatment__isnull=True,
            answered_on__gt=self.day - RECENT,
            answered_on__lte=self.day,
        )
        found: dict[str, Given] = defaultdict(dict)
        for model, name in ((Answer, "item"), (Score, "scale")):
            rows = model.objects.filter(assignment__in=forms, value__isnull=False)
            for form, what, day, value in rows.values_list(
                "assignment__instrument", name, "assignment__answered_on", "value"
            ):
                found[form].setdefault(what, []).append((day, value))
        return dict(found)


def adequate_marks(programme: Programme) -> dict[str, float]:
    """Form -> the mark that its source calls adequate."""
    listed = programme.definitions.terms.get(ADEQUATE)
    terms = listed.terms if listed else ()
    return {link: float(term.values["adequate"]) for term in terms for link in term.links}


def _named(form: Instrument, what: str) -> tuple[Text | None, float | None]:
    """The words of an item or scale, and its highest mark."""
    if what in {item.id for item in form.all_items()}:
        item = form.item(what)
        marks = [option.value for option in form.options_of(item)]
        return item.label, max(marks) if marks else None
    scale = form.scale(what)
    return scale.title, scale.maximum
