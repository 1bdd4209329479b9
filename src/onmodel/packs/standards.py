"""What should be: schedules, checklists, standards, rules for signals, roles, levels, term lists, reports."""

from __future__ import annotations

from enum import StrEnum

from onmodel.packs.base import Confidence, Definition, Id, Level, Part, Respondent, SubjectKind, Text


# --- schedules: what is measured when ---
class Moment(Part, frozen=True, kw_only=True):
    """A measurement moment, in months since the start of treatment; the window in days around it."""

    id: Id
    months: float
    title: Text
    opens_days_before: int = 30
    closes_days_after: int = 60


class Conditional(Part, frozen=True, kw_only=True):
    """For whom a measure is meant; a condition that is left out holds for everybody.

    `phases` are those of the treatment on the day that the form is due, `formats` those of the programme,
    `cohorts` labels of treatments; the ages are what the patient turns in the year of that day.
    """

    phases: tuple[Id, ...] = ()
    formats: tuple[Id, ...] = ()
    cohorts: tuple[str, ...] = ()
    from_age: int | None = None
    until_age: int | None = None


class ScheduledInstrument(Conditional, frozen=True, kw_only=True):
    """An instrument with, for each moment, how much it is wanted: "recommended" or "desired"."""

    instrument: Id
    respondent: Respondent = Respondent.PATIENT
    recommended: tuple[Id, ...] = ()
    desired: tuple[Id, ...] = ()


class Repeat(Conditional, frozen=True, kw_only=True):
    """A measure repeated every so many days between two months of treatment.

    It can be filled from its day until the day before the next one's, unless `closes_days_after` says else.
    """

    instrument: Id
    respondent: Respondent = Respondent.PATIENT
    every_days: int
    from_months: float = 0.0
    until_months: float | None = None
    closes_days_after: int | None = None


class Schedule(Definition, frozen=True, kw_only=True):
    moments: tuple[Moment, ...] = ()
    instruments: tuple[ScheduledInstrument, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    target_completeness: float | None = None
    target_source: str = ""


# --- checklists ---
class Check(Part, frozen=True, kw_only=True):
    """A yes/no check. `derived_from` names the facts of the record that answer it, where there are any:
    one, or several joined by " and ". `within` names the standard (a clock) that says until when;
    `phases` those in which it is worked on, instead of its section's.
    """

    id: Id
    text: Text
    section: Id | None = None
    derived_from: str | None = None
    within: Id | None = None
    phases: tuple[Id, ...] = ()
    source: str = ""


class Section(Part, frozen=True, kw_only=True):
    """`phases` are terms of the pack's phases in which the section's checks are worked on."""

    id: Id
    title: Text
    phases: tuple[Id, ...] = ()


class Checklist(Definition, frozen=True, kw_only=True):
    """`published_totals` keeps sums that a source printed, for comparison (S: 24 and 28 of 33)."""

    subject: SubjectKind
    sections: tuple[Section, ...] = ()
    checks: tuple[Check, ...] = ()
    maximum: int | None = None
    published_totals: dict[str, float] = {}


# --- standards: requirements, criteria, clocks ---
class StandardKind(StrEnum):
    REQUIREMENT = "requirement"
    RECOMMENDATION = "recommendation"
    CRITERION = "criterion"
    CLOCK = "clock"  # from one event to another at most so long
    RHYTHM = "rhythm"  # at least so often
    LIMIT = "limit"  # a number between bounds
    FACTOR = "factor"  # what helped or hindered in the sources


class KnownBy(StrEnum):
    """How it is known whether a standard is met."""

    COMPUTED = "computed"  # from what is recorded, by the measure named
    ATTESTED = "attested"  # a person says so, with evidence and date


class Limit(Part, frozen=True, kw_only=True):
    """One variant of a threshold, as one source prints it. Bounds are inclusive."""

    id: Id
    at_least: float | None = None
    at_most: float | None = None
    ideal_at_least: float | None = None
    ideal_at_most: float | None = None
    unit: str  # days, weeks, months, hours_per_week, people, patients, per_year, percent, score, minutes
    source: str
    confidence: Confidence = Confidence.VERIFIED


class Aspect(Part, frozen=True, kw_only=True):
    id: Id
    text: Text


class Standard(Part, frozen=True, kw_only=True):
    """One requirement, criterion or clock. `limits` holds the variants; `limit` names the one that
    holds unless a programme overrides it. `measure` names what is computed.
    """

    id: Id
    number: str = ""
    kind: StandardKind
    level: Level
    text: Text
    known_by: KnownBy
    measure: Id | None = None
    limits: tuple[Limit, ...] = ()
    limit: Id | None = None
    aspects: tuple[Aspect, ...] = ()
    attested_for_months: int | None = None
    helps: tuple[Text, ...] = ()
    source: str

    def limit_variant(self, limit_id: str | None = None) -> Limit | None:
        """The variant asked for, else the default, else the first; None where there is no number."""
        wanted = limit_id or self.limit
        for variant in self.limits:
            if wanted is None or variant.id == wanted:
                return variant
        return None


class Standards(Definition, frozen=True, kw_only=True):
    standards: tuple[Standard, ...]


# --- roles ---
class Role(Part, frozen=True, kw_only=True):
    """A role by the name of the field; `acts_as` is the permission role of the program it stands for."""

    id: Id
    title: Text
    acts_as: Id
    source: str = ""


class Roles(Definition, frozen=True, kw_only=True):
    roles: tuple[Role, ...]


# --- rules for signals ---
class Severity(StrEnum):
    INFO = "info"
    ATTENTION = "attention"
    URGENT = "urgent"


class Closing(StrEnum):
    """Whether a signal closes by itself when its condition ends, or only by a person."""

    AUTOMATIC = "automatic"
    BY_PERSON = "by_person"


class Rule(Part, frozen=True, kw_only=True):
    """When a signal opens. `detector` names the code that looks; `settings` are its numbers.

    `helps` lists what helps, in order; `text` may use the names of the evidence in braces. `name` says in
    a few words what a clock waits for; the title says that it is not there. What is `confidential` is seen
    by those only who rate the person's sessions.
    """

    id: Id
    detector: Id
    subject: SubjectKind
    severity: Severity
    name: Text | None = None
    title: Text
    text: Text
    settings: dict[str, float | str | bool | tuple[str, ...]] = {}
    helps: tuple[Text, ...] = ()
    responsible: Id
    closing: Closing = Closing.AUTOMATIC
    confidential: bool = False
    source: str


class Rules(Definition, frozen=True, kw_only=True):
    rules: tuple[Rule, ...]


# --- accreditation ---
class LevelRequirement(Part, frozen=True, kw_only=True):
    id: Id
    text: Text
    quantity: float | None = None
    unit: str = ""
    alternatives: tuple[Id, ...] = ()
    source: str = ""


class AccreditationLevel(Part, frozen=True, kw_only=True):
    """`obtains` is asked to get the level, `keeps` to stay at it, each year unless its unit says else."""

    id: Id
    title: Text
    after: tuple[Id, ...] = ()
    obtains: tuple[LevelRequirement, ...] = ()
    keeps: tuple[LevelRequirement, ...] = ()
    variants: tuple[LevelRequirement, ...] = ()
    source: str


class Accreditation(Definition, frozen=True, kw_only=True):
    levels: tuple[AccreditationLevel, ...]


# --- term lists: the words and structures of the field ---
class Term(Part, frozen=True, kw_only=True):
    """One entry. `parent` makes a tree; `values` holds its figures and marks, named; `links` names
    what it goes with: a standard, rule or role, a definition, a term, or `form.item`, `form.SCALE`,
    `list.entry`.
    """

    id: Id
    label: Text
    help: Text | None = None
    parent: Id | None = None
    level: Level | None = None
    values: dict[str, float | str | bool] = {}
    links: tuple[str, ...] = ()
    source: str = ""


class TermList(Definition, frozen=True, kw_only=True):
    terms: tuple[Term, ...]


# --- reports ---
class ReportSection(Part, frozen=True, kw_only=True):
    """`blocks` names what is computed and shown, in order."""

    id: Id
    title: Text
    intro: Text | None = None
    blocks: tuple[Id, ...]
    source: str = ""


class OutcomeShown(Part, frozen=True, kw_only=True):
    """An outcome in the report, as instrument and scale."""

    instrument: Id
    scale: str


class ReportTemplate(Definition, frozen=True, kw_only=True):
    sections: tuple[ReportSection, ...]
    outcomes: tuple[OutcomeShown, ...] = ()
    months: tuple[float, ...] = (6.0, 12.0, 18.0)
    minimum_n: int = 5
