"""Who is due or overdue, how often they were reached, and what comes next: one line a treatment. Reads."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from onmodel.assessments.models import Assignment
from onmodel.outreach.ladder import Step, ladder, next_by_hand
from onmodel.outreach.models import Contact, ReminderWish, Sending
from onmodel.patients.models import Identity, Treatment
from onmodel.programmes.models import Programme

REPEATED = "repeated"
STATES = ("open", "due", "overdue", "contact")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`moment`: of a schedule, or `repeated`; `therapist`: the primary clinician; `respondent`: who fills."""

    state: str = "open"
    moment: str = ""
    therapist: int | None = None
    respondent: str = ""


@dataclass(kw_only=True)
class Line:
    """One treatment with the forms that wait; `tried` counts contacts of each kind since the first opened."""

    treatment: Treatment
    forms: list[Assignment]
    contacts: list[Contact] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    identity: Identity | None = None
    stopped: bool = False
    next_step: Step | None = None
    next_on: datetime.date | None = None

    @property
    def due_on(self) -> datetime.date | None:
        """The earliest day that a form was or is due."""
        return min((form.due_on for form in self.forms if form.due_on is not None), default=None)

    @property
    def opens_on(self) -> datetime.date | None:
        return min((form.opens_on for form in self.forms if form.opens_on is not None), default=None)

    @property
    def closes_on(self) -> datetime.date | None:
        """The first day after which a form can no longer be filled."""
        return min((form.closes_on for form in self.forms if form.closes_on is not None), default=None)

    @property
    def tried(self) -> Counter[str]:
        """Kind of contact -> how often, the program's messages among them."""
        counted = Counter(contact.kind for contact in self.contacts)
        counted.update(sending.channel for sending in self.sendings)
        return counted

    @property
    def last_try(self) -> datetime.date | None:
        days = [contact.happened_on for contact in self.contacts]
        days += [timezone.localdate(sending.sent_at) for sending in self.sendings if sending.sent_at]
        return max(days, default=None)


def waiting_forms(
    programme: Programme, visible: QuerySet[Treatment], asked: Filter, day: datetime.date
) -> QuerySet[Assignment]:
    """The forms that can be filled on that day, of treatments that the reader sees."""
    forms = Assignment.objects.filter(programme=programme, treatment__in=visible).fillable(day)
    if asked.state == "due":
        forms = forms.filter(Q(due_on__isnull=True) | Q(due_on__gte=day))
    elif asked.state in ("overdue", "contact"):
        forms = forms.filter(due_on__lt=day)
    if asked.moment == REPEATED:
        forms = forms.filter(moment__contains=".")
    elif asked.moment:
        forms = forms.filter(moment=asked.moment)
    if asked.therapist is not None:
        forms = forms.filter(treatment__primary_clinician=asked.therapist)
    if asked.respondent:
        forms = forms.filter(respondent=asked.respondent)
    return forms


def waiting_treatments(
    programme: Programme, visible: QuerySet[Treatment], asked: Filter, day: datetime.date
) -> QuerySet:
    """Rows of `treatment` with `first_due` and `n`, the longest overdue first; by "contact" only those whom
    somebody should reach today: their ladder has come to people, and no later day was agreed.
    """
    forms = waiting_forms(programme, visible, asked, day)
    if asked.state == "contact":
        by_hand = next((step for step in ladder(programme.definitions) if not step.automatic), None)
        if by_hand is not None:
            forms = forms.filter(due_on__lte=day - datetime.timedelta(days=by_hand.days))
        later = Contact.objects.counted().values("treatment").annotate(at=Max("next_on"))
        forms = forms.exclude(treatment__in=later.filter(at__gt=day).values("treatment"))
    grouped = forms.order_by().values("treatment").annotate(first_due=Min("due_on"), n=Count("id"))
    return grouped.order_by(F("first_due").asc(nulls_last=True), "treatment")


def lines(
    programme: Programme,
    treatments: Sequence[UUID],
    asked: Filter,
    day: datetime.date,
    *,
    identities_of: QuerySet[Treatment] | None = None,
) -> list[Line]:
    """The lines of these treatments in their order; with who they are for `identities_of`."""
    found = Treatment.objects.filter(pk__in=treatments)
    known = {t.pk: t for t in found.select_related("patient__reminder_wish", "team", "primary_clinician")}
    forms: dict[UUID, list[Assignment]] = defaultdict(list)
    waiting = waiting_forms(programme, found, asked, day)
    for form in waiting.order_by("due_on", "instrument"):
        forms[form.treatment_id].append(form)
    made = [Line(treatment=known[key], forms=forms[key]) for key in treatments if forms[key]]
    _add_tries(made)
    _add_identities(made, identities_of)
    steps = ladder(programme.definitions)
    for line in made:
        line.stopped = _has_stopped(line.treatment)
        line.next_step, line.next_on = next_of(line, steps)
    return made


def _add_tries(made: Iterable[Line]) -> None:
    """Contacts and messages since the first of the waiting forms opened."""
    by_treatment = {line.treatment.pk: line for line in made}
    for contact in Contact.objects.counted().filter(treatment__in=by_treatment).order_by("happened_on", "id"):
        line = by_treatment[contact.treatment_id]
        if line.opens_on is None or contact.happened_on >= line.opens_on:
            line.contacts.append(contact)
    sent = Sending.objects.filter(treatment__in=by_treatment, state=Sending.State.SENT)
    for sending in sent.order_by("sent_at"):
        line = by_treatment[sending.treatment_id]
        if line.opens_on is None or timezone.localdate(sending.sent_at) >= line.opens_on:
            line.sendings.append(sending)


def _add_identities(made: Sequence[Line], visible: QuerySet[Treatment] | None) -> None:
    if visible is None:
        return
    allowed = visible.filter(pk__in=[line.treatment.pk for line in made]).values("patient")
    identities = {identity.patient_id: identity for identity in Identity.objects.filter(patient__in=allowed)}
    for line in made:
        line.identity = identities.get(line.treatment.patient_id)


def _has_stopped(treatment: Treatment) -> bool:
    try:
        return treatment.patient.reminder_wish.stopped_at is not None
    except ReminderWish.DoesNotExist:
        return False


def next_of(line: Line, steps: tuple[Step, ...]) -> tuple[Step | None, datetime.date | None]:
    """What to try next and when: the day that was agreed last, else the ladder's."""
    tried = {contact.kind for contact in line.contacts}
    found = next_by_hand(steps, line.opens_on, line.due_on, tried)
    step, day = found if found is not None else (None, None)
    agreed = line.contacts[-1].next_on if line.contacts else None
    return step, agreed or day
