"""Score alone and blind, close the round, agree."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from random import SystemRandom

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.criteria.consensus.reading import FEWEST_WITHOUT_NAMES, form_of, forms_of, limits_of
from onmodel.criteria.models import ConsensusRound, Rater, Sheet
from onmodel.measurement.consensus import mark_from
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.wording.numbers import date_written

CHANCE = SystemRandom()
LONGEST_TEXT = 4000


@transaction.atomic
def open_round(
    *,
    programme: Programme,
    instrument: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    raters: Iterable[User],
    by: User,
    named: bool = False,
) -> ConsensusRound:
    """Ask these people to score the form about that period, each alone.

    Raises ValidationError for a form that is not for this, a period that ends before it begins or has not
    begun, fewer than two raters (three where no names are kept), and people who do not work there.
    """
    raters = list(dict.fromkeys(raters))
    form = next((one for one in forms_of(programme) if one.id == instrument), None)
    if form is None:
        raise ValidationError(
            _("%(form)s is no form that several people score about a programme.") % {"form": instrument}
        )
    _check_period(starts_on, ends_on)
    _check_raters(programme, raters, named=named)
    found = ConsensusRound.objects.create(
        programme=programme,
        instrument=form.id,
        instrument_version=form.version,
        starts_on=starts_on,
        ends_on=ends_on,
        leader=by,
        named=named,
    )
    Rater.objects.bulk_create(Rater(round=found, user=user) for user in raters)
    record(by=by, verb="consensus opened", subject=found, instrument=form.id, named=named)
    return found


def _check_period(starts_on: datetime.date, ends_on: datetime.date) -> None:
    said = {"first": date_written(starts_on), "last": date_written(ends_on)}
    if ends_on < starts_on:
        refused = _("The period ends on %(last)s, before it begins on %(first)s.") % said
        raise ValidationError({"ends_on": refused})
    if starts_on > timezone.localdate():
        refused = _("%(first)s has not come yet: there is nothing to judge.") % said
        raise ValidationError({"starts_on": refused})


def _check_raters(programme: Programme, raters: list[User], *, named: bool) -> None:
    least = 2 if named else FEWEST_WITHOUT_NAMES
    if len(raters) < least:
        said = _("Ask at least %(least)s people; chosen now: %(n)s.")
        if not named:
            said = _(
                "Without names ask at least %(least)s people, or each can tell what the other gave; "
                "chosen now: %(n)s."
            )
        raise ValidationError({"raters": said % {"n": len(raters), "least": least}})
    for user in raters:
        if not user.memberships.in_force().of_programme(programme).exists():
            raise ValidationError(_("%(name)s does not work in this programme.") % {"name": user.name})


@transaction.atomic
def give_scores(*, round_: ConsensusRound, scores: Mapping[str, str], by: User) -> ConsensusRound:
    """Hand in one's own scores, once. When the last one is in the round closes.

    Raises ValidationError for somebody who was not asked, a second time, a closed round, and for items that
    lack or are out of range, all named at once. Of a round without names no event is written: its moment
    would help to tell whose the sheet is.
    """
    round_ = ConsensusRound.objects.select_for_update().get(pk=round_.pk)
    rater = round_.raters.filter(user=by).first()
    if rater is None:
        raise ValidationError(_("You were not asked to score here."))
    if not round_.is_open:
        raise ValidationError(_("Scoring alone is over; nothing was changed."))
    if rater.is_in:
        raise ValidationError(_("You have scored already; nothing was changed."))
    mine = _checked(form_of(round_), scores)
    Rater.objects.filter(pk=rater.pk).update(is_in=True)
    if round_.named:
        Sheet.objects.create(round=round_, rater=rater, scores=mine)
        record(by=by, verb="consensus scored", subject=round_)
    else:
        _shuffle_in(round_, mine)
    if not round_.raters.filter(is_in=False).exists():
        _close(round_, by=None)
    return round_


def _checked(form: Instrument, scores: Mapping[str, str]) -> dict[str, str]:
    low, high = limits_of(form)
    found, problems, missing = {}, [], []
    for item in form.all_items():
        written = str(scores.get(item.id, "")).strip()
        if not written:
            missing.append(item.id)
            continue
        try:
            found[item.id] = str(mark_from(written, minimum=low, maximum=high))
        except ValueError:
            problems.append(_no_mark(form, item.id, written))
    if missing:
        problems.append(_("Not scored yet: %(items)s.") % {"items": ", ".join(missing)})
    if problems:
        raise ValidationError(problems)
    return found


def _no_mark(form: Instrument, item: str, written: str) -> str:
    low, high = limits_of(form)
    label = form.item(item).label
    named = {
        "item": item,
        "label": label.in_(get_language() or "en").rstrip(".") if label else item,
        "value": written,
        "low": f"{low:g}",
        "high": f"{high:g}",
    }
    return (
        _(
            "%(item)s (%(label)s): %(value)s is no score. It goes from %(low)s to %(high)s; between two "
            "marks write them both, as in 2/3."
        )
        % named
    )


def _shuffle_in(round_: ConsensusRound, mine: dict[str, str]) -> None:
    together = [*round_.sheets.values_list("scores", flat=True), mine]
    CHANCE.shuffle(together)
    round_.sheets.all().delete()
    Sheet.objects.bulk_create(Sheet(round=round_, scores=scores) for scores in together)


@transaction.atomic
def close_round(*, round_: ConsensusRound, by: User) -> ConsensusRound:
    """End scoring alone before all are in; only its leader does. From then on the summary is shown.

    ValidationError for a round that is closed, and while fewer are in than would hide whose a sheet is.
    """
    round_ = _led(round_, by)
    if not round_.is_open:
        raise ValidationError(_("Scoring alone is over; nothing was changed."))
    scored, least = round_.sheets.count(), 2 if round_.named else FEWEST_WITHOUT_NAMES
    if scored < least:
        raise ValidationError(
            _("%(n)s have scored; the summary needs at least %(least)s.") % {"n": scored, "least": least}
        )
    _close(round_, by=by)
    return round_


def _close(round_: ConsensusRound, *, by: User | None) -> None:
    round_.closed_at = timezone.now()
    round_.save(update_fields=["closed_at"])
    record(by=by, verb="consensus closed", subject=round_, scored=round_.sheets.count())


@transaction.atomic
def agree_scores(
    *,
    round_: ConsensusRound,
    scores: Mapping[str, str],
    by: User,
    remarks: Mapping[str, str] | None = None,
) -> ConsensusRound:
    """Keep what was agreed and said about each item so far; what everybody gave alone stays as it was."""
    round_ = _led(round_, by)
    _refuse_unless_talking(round_)
    form, remarks = form_of(round_), remarks or {}
    low, high = limits_of(form)
    problems = []
    for item in (one.id for one in form.all_items()):
        written, remark = str(scores.get(item, "")).strip(), _text(remarks.get(item, ""))
        try:
            score = str(mark_from(written, minimum=low, maximum=high)) if written else ""
        except ValueError:
            problems.append(_no_mark(form, item, written))
            continue
        if score or remark:
            round_.agreed.update_or_create(item=item, defaults={"score": score, "remark": remark})
        else:
            round_.agreed.filter(item=item).delete()
    if problems:
        raise ValidationError(problems)
    record(by=by, verb="consensus kept", subject=round_)
    return round_


@transaction.atomic
def finish_round(*, round_: ConsensusRound, by: User) -> ConsensusRound:
    """Make the agreed scores final; an item without agreement stays unknown."""
    round_ = _led(round_, by)
    _refuse_unless_talking(round_)
    if not round_.agreed.exclude(score="").exists():
        raise ValidationError(_("Nothing is agreed yet."))
    round_.agreed_at = timezone.now()
    round_.save(update_fields=["agreed_at"])
    record(by=by, verb="consensus reached", subject=round_)
    return round_


def _led(round_: ConsensusRound, by: User) -> ConsensusRound:
    round_ = ConsensusRound.objects.select_for_update().get(pk=round_.pk)
    if round_.leader_id != by.pk:
        raise ValidationError(_("Only who opened the round leads it."))
    return round_


def _refuse_unless_talking(round_: ConsensusRound) -> None:
    if round_.is_open:
        raise ValidationError(_("First everybody scores alone."))
    if round_.agreed_at is not None:
        when = {"day": timezone.localtime(round_.agreed_at).date()}
        raise ValidationError(_("Consensus was reached on %(day)s; nothing was changed.") % when)


def _text(words: str) -> str:
    return str(words).replace("\0", "").strip()[:LONGEST_TEXT]
