"""Keep agreements with partners, look at them again, end them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.agreements.kinds import kinds_of, parts_of
from onmodel.agreements.models import Arrangement, ContractFile, Review
from onmodel.audit.actions import record
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.files import as_kept
from onmodel.programmes.models import Programme
from onmodel.wording.numbers import date_written

LONGEST_TEXT = 4000
FIELDS = ("kind", "partner", "contact", "agreed", "covers", "document", "starts_on", "ends_on", "why_ended")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What was agreed, with whom, from when until when."""

    kind: str
    partner: str
    agreed: str
    starts_on: datetime.date
    ends_on: datetime.date | None = None
    contact: str = ""
    document: str = ""
    covers: Iterable[str] = ()


@transaction.atomic
def keep_arrangement(*, programme: Programme, terms: Terms, by: User | None) -> Arrangement:
    """Keep what was agreed with a partner.

    Raises ValidationError for a kind or part that the pack does not list, no words, an end before the begin,
    and for the same partner of that kind from the same day on.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    given = _checked(programme, terms)
    same = programme.arrangements.filter(kind=given["kind"], partner__iexact=given["partner"])
    if same.filter(starts_on=given["starts_on"]).exists():
        shown = {"partner": given["partner"], "day": date_written(terms.starts_on)}
        refused = _("An agreement with %(partner)s from %(day)s on is kept already.") % shown
        raise ValidationError({"starts_on": refused})
    arrangement = Arrangement.objects.create(programme=programme, kept_by=by, **given)
    record(by=by, verb="agreement with partner kept", subject=arrangement, kind=arrangement.kind)
    return arrangement


def arrangement_stamp(arrangement: Arrangement) -> str:
    return stamp(arrangement, FIELDS)


@transaction.atomic
def change_arrangement(
    *, arrangement: Arrangement, terms: Terms, by: User, seen: str | None = None
) -> Arrangement:
    """Put right or renew what is kept; its reviews stay.

    Raises ValidationError as `keep_arrangement`, and ChangedMeanwhileError where it was changed after the
    person saw `seen` (`arrangement_stamp`).
    """
    current = _locked(arrangement)
    refuse_stale(current, arrangement_stamp(current), seen)
    given = _checked(current.programme, terms)
    first = current.reviews.order_by("held_on").first()
    if first is not None and first.held_on < terms.starts_on:
        shown = {"day": date_written(terms.starts_on), "review": date_written(first.held_on)}
        refused = _("It cannot begin on %(day)s: it was reviewed on %(review)s.") % shown
        raise ValidationError({"starts_on": refused})
    for name, value in given.items():
        setattr(current, name, value)
    current.kept_at, current.kept_by = timezone.now(), by
    current.save()
    record(by=by, verb="agreement with partner changed", subject=current, kind=current.kind)
    return current


@transaction.atomic
def keep_review(
    *,
    arrangement: Arrangement,
    held_on: datetime.date,
    who: str,
    result: str,
    found: str,
    by: User | None,
    changes: str = "",
) -> Review:
    """Keep that both sides looked at it again.

    Raises ValidationError for a day to come, before the agreement or after its end, a day that has one
    already, and where it is not said who was there and what was found.
    """
    current = _locked(arrangement)
    if refused := _why_not_on(current, held_on):
        raise ValidationError({"held_on": refused})
    if result not in Review.Result.values:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": result})
    if not _text(who) or not _text(found):
        raise ValidationError(_("Say who spoke with each other, and what they found."))
    if result != Review.Result.WORKS and not _text(changes):
        raise ValidationError({"changes": _("Where not all goes well, say what changes.")})
    review = Review.objects.create(
        arrangement=current,
        held_on=held_on,
        who=_text(who)[:300],
        result=result,
        found=_text(found),
        changes=_text(changes),
        kept_by=by,
    )
    record(by=by, verb="agreement with partner reviewed", subject=current, held_on=held_on, result=result)
    return review


def _why_not_on(arrangement: Arrangement, day: datetime.date) -> str:
    """Why no review can be of that day; empty when one can."""
    shown = {"day": date_written(day), "since": date_written(arrangement.starts_on)}
    if day > timezone.localdate():
        return _("%(day)s is still to come; keep a review after it was held.") % shown
    if day < arrangement.starts_on:
        return _("The agreement began on %(since)s; it was not reviewed on %(day)s.") % shown
    if arrangement.ends_on is not None and day > arrangement.ends_on:
        shown["end"] = date_written(arrangement.ends_on)
        return _("The agreement ended on %(end)s, before %(day)s.") % shown
    if arrangement.reviews.filter(held_on=day).exists():
        return _("A review of %(day)s is kept already; nothing was changed.") % shown
    return ""


@transaction.atomic
def keep_contract(*, arrangement: Arrangement, file: bytes, by: User | None) -> ContractFile:
    """Keep the file of the contract; the same file again is the one that is kept.

    Raises ValidationError for an empty one, one that is too large, and one that is no document or picture.
    """
    current = _locked(arrangement)
    kept = as_kept(file)
    same = current.files.defer("content").filter(digest=kept["digest"]).first()
    if same is not None:
        return same
    contract = ContractFile.objects.create(arrangement=current, kept_by=by, **kept)
    record(by=by, verb="contract kept", subject=current, digest=contract.digest)
    return contract


@transaction.atomic
def end_arrangement(*, arrangement: Arrangement, on: datetime.date, why: str, by: User) -> Arrangement:
    """It holds until that day, and no longer; what it said and its reviews stay."""
    current = _locked(arrangement)
    if not _text(why):
        raise ValidationError({"why": _("Say why it ends.")})
    _check_period(current.starts_on, on, field="on")
    late = current.reviews.filter(held_on__gt=on).first()
    if late is not None:
        shown = {"day": date_written(on), "review": date_written(late.held_on)}
        raise ValidationError({"on": _("It cannot end on %(day)s: it was reviewed on %(review)s.") % shown})
    current.ends_on, current.why_ended = on, _text(why)[:300]
    current.kept_at, current.kept_by = timezone.now(), by
    current.save()
    record(by=by, verb="agreement with partner ended", subject=current, on=on)
    return current


def _locked(arrangement: Arrangement) -> Arrangement:
    programme = Programme.objects.select_for_update().get(pk=arrangement.programme_id)
    current = Arrangement.objects.select_for_update(of=("self",)).get(pk=arrangement.pk)
    current.programme = programme
    return current


def _checked(programme: Programme, terms: Terms) -> dict[str, object]:
    """As fields of the model."""
    if terms.kind not in kinds_of(programme):
        raise ValidationError(_("%(kind)s is no kind of partner in this programme.") % {"kind": terms.kind})
    if not _text(terms.partner) or not _text(terms.agreed):
        raise ValidationError(_("Say with whom it is, and what was agreed."))
    _check_period(terms.starts_on, terms.ends_on)
    covers = list(dict.fromkeys(terms.covers))
    if unknown := [part for part in covers if part not in parts_of(programme, terms.kind)]:
        shown = {"part": ", ".join(unknown), "kind": terms.kind}
        raise ValidationError(_("%(part)s is no part of an agreement with a %(kind)s.") % shown)
    return {
        "kind": terms.kind,
        "partner": _text(terms.partner)[:200],
        "contact": _text(terms.contact)[:300],
        "agreed": _text(terms.agreed),
        "covers": covers,
        "document": _text(terms.document)[:300],
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
    }


def _check_period(start: datetime.date, end: datetime.date | None, *, field: str = "ends_on") -> None:
    if end is not None and end < start:
        shown = {"start": date_written(start), "end": date_written(end)}
        raise ValidationError({field: _("It cannot end on %(end)s when it begins on %(start)s.") % shown})


def _text(words: str) -> str:
    return words.replace("\0", "").strip()[:LONGEST_TEXT]
