"""What needs doing now, of whoever looks: one list, in order of harm and date."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.adherence.models import Rating
from onmodel.assessments.models import Assignment
from onmodel.followup.models import Action
from onmodel.outreach.worklist import Filter, waiting_treatments
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme, Team
from onmodel.supervision.models import Agreement
from onmodel.teams.course import last_rated
from onmodel.teams.members import unanswered_teams
from onmodel.teams.rhythm import due_on as team_due_on
from onmodel.teams.rhythm import period_of
from onmodel.web.signal_groups import SignalGroup, due_in_words, signal_groups, signals_in
from onmodel.web.views.inbox import inbox_for
from onmodel.wording.numbers import date_written

#: Of one kind at most so many; the rest stand where that kind has its own page.
OF_A_KIND = 8
#: What was agreed shows this long before its day.
AHEAD = datetime.timedelta(days=7)
#: Harm, from 0 (most): an agreed action or a call that is late stands beside a signal for attention.
LATE, DUE = 1, 2
FAR = datetime.date.max


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing to do: what, about whom or what, by when. A merged line of signals is one too."""

    harm: int
    due_on: datetime.date | None
    title: str = ""
    href: str = ""
    about: str = ""
    when: Any = ""
    where: str = ""
    signals: SignalGroup | None = None

    @property
    def place(self) -> tuple[int, datetime.date]:
        return self.harm, self.due_on or FAR


@dataclass(frozen=True)
class Today:
    """The tasks in order, and whom they are about."""

    tasks: Sequence[Task]
    patients: Sequence[int]


def today_of(user: User, programmes: Sequence[tuple[Programme, frozenset[Permission]]]) -> Today:
    """What needs doing now; a query or two for each kind of work, and one for each list of calls."""
    day = timezone.localdate()
    groups: list[SignalGroup] = []
    if any(Permission.SIGNALS_VIEW in allowed for _programme, allowed in programmes):
        groups = signal_groups(inbox_for(user), most=OF_A_KIND)
    actions, forms = _actions(user, day), _forms(user, day)
    tasks = [
        *(_of_signals(group) for group in groups),
        *(_of_action(action) for action in actions),
        *_agreements(user, day),
        *_ratings(user, day),
        *_team_ratings(user, day),
        *_team_answers(user, day),
        *(_of_form(form) for form in forms),
        *_calls(user, programmes, day),
    ]
    listed = [signal for signal in signals_in(groups) if signal.of_patient is not None]
    about = [signal.of_patient for signal in listed] + [form.treatment.patient_id for form in forms]
    return Today(
        tasks=sorted(tasks, key=lambda task: task.place),
        patients=[patient for patient in about if patient is not None],
    )


def _of_signals(group: SignalGroup) -> Task:
    return Task(harm=group.harm, due_on=group.due_on, where=group.programme, signals=group)


def _harm(due_on: datetime.date | None, day: datetime.date) -> int:
    return LATE if due_on is not None and due_on < day else DUE


def _when(due_on: datetime.date | None) -> Any:
    return due_in_words(due_on) if due_on is not None else ""


def _actions(user: User, day: datetime.date) -> list[Action]:
    """What the user agreed to do, late or due within a week."""
    agreed = Action.objects.undone().filter(owner=user, due_on__lte=day + AHEAD)
    return list(agreed.select_related("programme", "signal__treatment")[:OF_A_KIND])


def _of_action(action: Action) -> Task:
    where = reverse("action", args=[action.signal_id, action.pk]) if action.signal_id else ""
    return Task(
        harm=_harm(action.due_on, timezone.localdate()),
        due_on=action.due_on,
        title=action.what,
        href=where,
        about=_("agreed"),
        when=_when(action.due_on),
        where=action.programme.name,
    )


def _agreements(user: User, day: datetime.date) -> Iterator[Task]:
    """What the user agreed to do at a meeting, late or due within a week."""
    agreed = Agreement.objects.open().filter(owner=user, due_on__lte=day + AHEAD).visible_to(user)
    for agreement in agreed.select_related("meeting__programme")[:OF_A_KIND]:
        yield Task(
            harm=_harm(agreement.due_on, day),
            due_on=agreement.due_on,
            title=agreement.what,
            href=reverse("agreement", args=[agreement.pk]),
            about=_("agreed at a meeting"),
            when=_when(agreement.due_on),
            where=agreement.meeting.programme.name,
        )


def _ratings(user: User, day: datetime.date) -> Iterator[Task]:
    """The ratings asked of the user."""
    asked = Rating.objects.asked_of(user).waiting().select_related("programme", "therapist", "assignment")
    for rating in asked.order_by("assignment__due_on", "asked_at")[:OF_A_KIND]:
        due_on = rating.assignment.due_on
        yield Task(
            harm=_harm(due_on, day),
            due_on=due_on,
            title=capfirst(rating.get_purpose_display()),
            href=reverse("rating", args=[rating.pk]),
            about=rating.therapist.name,
            when=_when(due_on) or _("asked on %(day)s") % {"day": date_written(_day_of(rating.asked_at))},
            where=rating.programme.name,
        )


def _team_ratings(user: User, day: datetime.date) -> Iterator[Task]:
    """The teams that the user supervises and that are due to be rated."""
    teams = list(_teams(user, Permission.TEAM_RATE, day))
    last = last_rated(teams)
    for team in teams:
        due = team_due_on(team, last.get(team.pk))
        if due is not None and due <= day:
            yield _of_team(team, "team-rate", _("Rate the team"), due, day)


def _team_answers(user: User, day: datetime.date) -> Iterator[Task]:
    """The teams that the user works in and said nothing about in this period."""
    for team in unanswered_teams(user, day)[:OF_A_KIND]:
        period = period_of(team.programme, day)
        if period is not None:
            yield _of_team(team, "team-answer", _("How does the team work?"), period.ends_on, day)


def _teams(user: User, permission: Permission, day: datetime.date):
    seen = Team.objects.visible_to(user, permission).in_force(day)
    return seen.select_related("programme")[:OF_A_KIND]


def _of_team(team: Team, name: str, title: str, due: datetime.date, day: datetime.date) -> Task:
    return Task(
        harm=_harm(due, day),
        due_on=due,
        title=title,
        href=reverse(name, args=[team.programme.slug, team.pk]),
        about=team.name,
        when=_when(due),
        where=team.programme.name,
    )


def _day_of(moment: datetime.datetime) -> datetime.date:
    return timezone.localtime(moment).date()


def _forms(user: User, day: datetime.date) -> list[Assignment]:
    """The user's own forms about treatments that are due by today."""
    own = Q(respondent_user=user) | Q(
        respondent_user__isnull=True, respondent="therapist", treatment__primary_clinician=user
    )
    due = Assignment.objects.fillable(day).filter(own, due_on__lte=day, rating__isnull=True)
    seen = due.filter(treatment__in=Treatment.objects.visible_to(user, Permission.ANSWERS_ENTER))
    return list(seen.select_related("programme", "treatment__patient").order_by("due_on")[:OF_A_KIND])


def _of_form(form: Assignment) -> Task:
    instrument = form.programme.definitions.instruments.get(form.instrument)
    return Task(
        harm=DUE,
        due_on=form.due_on,
        title=instrument.title.in_(get_language() or "en") if instrument else form.instrument,
        href=reverse("form-enter", args=[form.treatment_id, form.pk]),
        about=form.treatment.patient.pseudonym,
        when=_when(form.due_on),
        where=form.programme.name,
    )


def _calls(
    user: User, programmes: Iterable[tuple[Programme, frozenset[Permission]]], day: datetime.date
) -> Iterator[Task]:
    """For who keeps the data complete: how many patients to reach today about their forms."""
    for programme, allowed in programmes:
        if Permission.WORKLIST not in allowed or Permission.SIGNALS_VIEW in allowed:
            continue
        seen = Treatment.objects.visible_to(user, Permission.WORKLIST).filter(programme=programme)
        n = waiting_treatments(programme, seen, Filter(state="contact"), day).count()
        if n:
            title = ngettext("%(n)s patient to reach today", "%(n)s patients to reach today", n)
            yield Task(
                harm=DUE,
                due_on=day,
                title=title % {"n": n},
                href=f"{reverse('worklist', args=[programme.slug])}?state=contact",
                about=_("about forms that wait"),
                where=programme.name,
            )
