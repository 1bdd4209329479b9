"""Rate a team, answer as one of its members, enter the factors of D ch. 8."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.assessments.actions import checked_answer, keep_answers
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import record
from onmodel.measurement.scoring import score
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme, Team
from onmodel.teams.members import members_of
from onmodel.teams.models import MemberRound, Tally, Turn
from onmodel.teams.rhythm import FACTORS, Period, asked_items, factor_items, form_of, period_of

Answers = Mapping[str, float | str | None]


@transaction.atomic
def rate_team(*, team: Team, answers: Answers, rated_on: datetime.date, by: User) -> Assignment:
    """Keep a supervisor's rating of the team.

    Raises ValidationError for a day that cannot be, an item that lacks or is out of range, and a second
    rating of the same day by the same person.
    """
    instrument = _instrument(form_of(team.programme))
    return _keep(team, instrument, asked_items(instrument), answers, rated_on, by)


@transaction.atomic
def keep_factors(*, team: Team, answers: Answers, rated_on: datetime.date, by: User) -> Assignment:
    """Keep the factors of D ch. 8 at the level of the team, agreed that day; errors as in `rate_team`."""
    instrument = _instrument(team.programme.definitions.instruments.get(FACTORS))
    form = _keep(team, instrument, factor_items(team.programme), answers, rated_on, by)
    form.status = Assignment.Status.ANSWERED  # the other levels of this form are not asked of a team
    form.save(update_fields=["status"])
    return form


def _keep(
    team: Team,
    instrument: Instrument,
    needed: Sequence[str],
    answers: Answers,
    rated_on: datetime.date,
    by: User,
) -> Assignment:
    Team.objects.select_for_update().get(pk=team.pk)
    _check_day(team, rated_on)
    _check_items(instrument, needed, answers)
    about = {"programme": team.programme, "subject_kind": "team", "team": team, "instrument": instrument.id}
    same = Assignment.objects.answered().filter(**about, respondent_user=by, answered_on=rated_on)
    if same.exists():
        raise ValidationError(
            _("You rated this team as of %(day)s already; nothing was changed.") % {"day": rated_on}
        )
    form = Assignment.objects.create(
        **about,
        pack=team.programme.pack,
        instrument_version=instrument.version,
        respondent="supervisor",
        respondent_user=by,
        due_on=rated_on,
        status=Assignment.Status.OPEN,
    )
    given = {item: value for item, value in answers.items() if value not in (None, "")}
    kept = keep_answers(assignment=form, answers=given, answered_on=rated_on, by=by).subject
    record(by=by, verb="team rated", subject=kept, instrument=instrument.id, items=sorted(given))
    return kept


def _instrument(found: Instrument | None) -> Instrument:
    if found is None:
        raise ValidationError(_("The pack has no such form about a team."))
    return found


def _check_day(team: Team, day: datetime.date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("%(day)s has not come yet.") % {"day": day})
    if day < team.starts_on or (team.ends_on is not None and day > team.ends_on):
        raise ValidationError(_("There was no team %(team)s on %(day)s.") % {"team": team.name, "day": day})


def _check_items(instrument: Instrument, needed: Sequence[str], answers: Answers) -> None:
    """ValidationError that names what lacks, what is not asked, and what is out of range, all at once."""
    known = {item.id for item in instrument.all_items() if item.kind == "text"} | set(needed)
    problems = []
    for item, value in answers.items():
        try:
            if item not in known:
                raise ValidationError(_("%(item)s is not asked here.") % {"item": item})
            checked_answer(Assignment(), instrument, item, value)
        except ValidationError as error:
            problems += error.messages
    missing = [item for item in needed if answers.get(item) in (None, "")]
    if missing:
        problems.append(_("Not answered yet: %(items)s.") % {"items": _named(instrument, missing)})
    if problems:
        raise ValidationError(problems)


def _named(instrument: Instrument, items: Sequence[str]) -> str:
    language = get_language() or "en"
    labels = [instrument.item(item).label for item in items]
    return "; ".join(
        label.in_(language).rstrip(".") if label else item for label, item in zip(labels, items, strict=True)
    )


@transaction.atomic
def answer_as_member(*, team: Team, answers: Answers, by: User) -> MemberRound:
    """Count a member's answers in the period of today.

    Who answered and what was answered are kept apart, and what was answered only as counts. No event is
    written: its moment would help to put the two together. Raises ValidationError for somebody who is no
    member, an item that lacks or is out of range, and a second time in the period.
    """
    Team.objects.select_for_update().get(pk=team.pk)
    today = timezone.localdate()
    period = period_of(team.programme, today)
    instrument = form_of(team.programme)
    if instrument is None or period is None:
        raise ValidationError(_("The pack does not ask members of a team."))
    if not members_of(team, today).filter(pk=by.pk).exists():
        raise ValidationError(_("Only those who treat in the team are asked."))
    items = asked_items(instrument)
    _check_items(instrument, items, answers)
    round_ = _round_of(team, instrument, period)
    if round_.turns.filter(user=by).exists():
        raise ValidationError(
            _("You answered in this period already; it counted once, and nothing was changed.")
        )
    Turn.objects.create(round=round_, user=by)
    for item, value in _marks(instrument, {item: float(answers[item]) for item in items}).items():
        tally, _made = Tally.objects.get_or_create(round=round_, item=item, value=value)
        Tally.objects.filter(pk=tally.pk).update(n=F("n") + 1)
    MemberRound.objects.filter(pk=round_.pk).update(answered=F("answered") + 1)
    round_.refresh_from_db()
    return round_


def _round_of(team: Team, instrument: Instrument, period: Period) -> MemberRound:
    values = {
        "instrument": instrument.id,
        "instrument_version": instrument.version,
        "ends_on": period.ends_on,
    }
    return MemberRound.objects.get_or_create(team=team, starts_on=period.starts_on, defaults=values)[0]


def _marks(instrument: Instrument, given: Mapping[str, float]) -> dict[str, float]:
    """The answers, and the score of the main scale that they come to."""
    row = [[given.get(item.id, math.nan) for item in instrument.all_items()]]
    main = score(instrument, np.array(row, dtype=float))[instrument.main_scale]
    return {**given, instrument.main_scale: float(main.values[0])}


@transaction.atomic
def forget_turns(*, programme: Programme, day: datetime.date | None = None, by: User | None = None) -> int:
    """Forget who answered in periods that are over: only the number stays."""
    over = Turn.objects.filter(
        round__team__programme=programme, round__ends_on__lt=day or timezone.localdate()
    )
    n, _by_model = over.delete()
    if n:
        record(by=by, verb="turns of team members forgotten", subject=programme, n=n)
    return n
