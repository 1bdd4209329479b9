"""Attest that a standard is met or not, set a threshold of one's own, and keep how standings went."""

from __future__ import annotations

import calendar
import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.packs.standards import Standard
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.files import as_kept
from onmodel.programmes.models import Programme, Threshold
from onmodel.requirements.models import Attestation, EvidenceFile
from onmodel.requirements.over_time import keep
from onmodel.wording.numbers import date_written


def standard_of(programme: Programme, standard_id: str) -> Standard:
    try:
        return programme.definitions.standard(standard_id)
    except KeyError:
        unknown = {"standard": standard_id, "pack": programme.pack}
        raise ValidationError(_("Pack %(pack)s has no standard %(standard)s.") % unknown) from None


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day of the month so many months on, or that month's last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def latest_word(programme: Programme, standard: str) -> Attestation | None:
    return programme.attestations.filter(standard=standard).order_by("-pk").first()


def attested_stamp(programme: Programme, standard: str) -> str:
    return stamp(latest_word(programme, standard), ())


@transaction.atomic
def attest(
    *,
    programme: Programme,
    standard: str,
    met: bool,
    evidence: str,
    by: User,
    on: datetime.date | None = None,
    expires_on: datetime.date | None = None,
    file: bytes = b"",
    seen: str | None = None,
) -> Attestation:
    """Keep a person's word on a standard; it holds for as long as the pack says, or until `expires_on`.

    `file` is what shows it. ValidationError for one that is too large or no document or picture.
    ChangedMeanwhileError where another word was kept after the person saw `seen` (`attested_stamp`).
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    refuse_stale(latest_word(programme, standard), attested_stamp(programme, standard), seen)
    definition = standard_of(programme, standard)
    if not evidence.strip():
        raise ValidationError(_("Say what shows it: a document, a meeting, a rota, with its date."))
    day = on or timezone.localdate()
    if expires_on is None and definition.attested_for_months:
        expires_on = months_later(day, definition.attested_for_months)
    if expires_on is not None and expires_on < day:
        said = {"end": date_written(expires_on), "day": date_written(day)}
        raise ValidationError(
            _("It would hold until %(end)s, before %(day)s, as of which it is said.") % said
        )
    kept = as_kept(file) if file else {}
    attestation = Attestation.objects.create(
        programme=programme,
        standard=standard,
        met=met,
        evidence=evidence.strip(),
        attested_by=by,
        attested_on=day,
        expires_on=expires_on,
    )
    if kept:
        EvidenceFile.objects.create(programme=programme, attestation=attestation, **kept)
    shown = {"evidence_digest": kept["digest"]} if kept else {}
    record(by=by, verb="standard attested", subject=attestation, standard=standard, met=met, **shown)
    return attestation


@transaction.atomic
def keep_standings(*, programme: Programme, by: User | None, on: datetime.date | None = None) -> int:
    """Keep of each requirement how it stands, where that changed since the last look, and who is outside.

    How many changed. A day before the last one that was kept changes nothing: history goes one way.
    """
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    changed = keep(programme, on or timezone.localdate())
    if changed:
        record(by=by, verb="standings kept", subject=programme, changed=len(changed))
    return len(changed)


def threshold_stamp(threshold: Threshold | None) -> str:
    return stamp(threshold, ("variant", "at_least", "at_most", "reason"))


@transaction.atomic
def set_threshold(
    *,
    programme: Programme,
    standard: str,
    reason: str,
    by: User,
    variant: str = "",
    at_least: float | None = None,
    at_most: float | None = None,
    seen: str | None = None,
) -> Threshold:
    """Let a programme hold a standard by a variant of the pack, or by bounds of its own, and say why.

    ChangedMeanwhileError where it was set after the person saw `seen` (`threshold_stamp`).
    """
    definition = standard_of(programme, standard)
    if not reason.strip():
        raise ValidationError(_("Say why this programme holds another threshold."))
    if variant and definition.limit_variant(variant) is None:
        raise ValidationError(_("Standard %(s)s has no variant %(v)s.") % {"s": standard, "v": variant})
    if at_least is not None and at_most is not None and at_least > at_most:
        raise ValidationError(_("The lower bound lies above the upper one."))
    Programme.objects.select_for_update().get(pk=programme.pk)
    current = programme.thresholds.filter(standard=standard).first()
    refuse_stale(current, threshold_stamp(current), seen)
    threshold, _created = Threshold.objects.update_or_create(
        programme=programme,
        standard=standard,
        defaults={
            "variant": variant,
            "at_least": at_least,
            "at_most": at_most,
            "reason": reason.strip(),
            "set_by": by,
            "set_at": timezone.now(),
        },
    )
    why = threshold.reason
    record(by=by, verb="threshold set", subject=threshold, why=why, standard=standard, variant=variant)
    return threshold
