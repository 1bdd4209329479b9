"""Sign a report, take a signature back; freeze what both signed, and release it to stakeholders."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.audit.models import Event
from onmodel.pirs.actions import speaks_for
from onmodel.pirs.assembling import all_assembled, digest_of, said_of
from onmodel.pirs.models import KeptFile, Pir, Reader, Side, Signature
from onmodel.reports import actions as reports
from onmodel.reports.document import Report
from onmodel.reports.models import ReleasedReport
from onmodel.reports.reading import report_from

FROZEN = "PIR frozen"


@transaction.atomic
def sign(
    *, pir: Pir, side: str, by: User, seen: str | None = None, at: datetime.datetime | None = None
) -> Pir:
    """Sign for one's side; with the second signature the report is frozen and the expert centre has it.

    ValidationError for a role that does not sign there, one person who signs twice, recommendations of
    which nobody said what became, and a text that is another than the person saw (`digest_of`).
    `at` is when it was signed, if not now.
    """
    current = Pir.objects.select_for_update(of=("self",)).select_related("programme").get(pk=pir.pk)
    if current.is_frozen:
        raise ValidationError(_("Both have signed this report already."))
    speaks_for(by, side, current.programme)
    said = said_of(current)
    _refuse_unanswered(said)
    _refuse_twice(said.signatures, side, by)
    digest = digest_of(current, said)
    if (seen and seen != digest) or any(signature.digest != digest for signature in said.signatures):
        raise ValidationError(_("The report was changed after you opened it. Read it again, then sign."))
    Signature.objects.create(pir=current, side=side, by=by, at=at or timezone.now(), digest=digest)
    record(by=by, verb="PIR signed", subject=current, side=side, digest=digest)
    return _freeze(current, by, at or timezone.now()) if said.signatures else current


def _refuse_unanswered(said) -> None:
    open_ones = [one.recommendation.what for one in said.carried if one.fate is None]
    if open_ones:
        listed = "; ".join(open_ones)
        raise ValidationError(
            _("Say first what became of what an earlier report recommended: %(listed)s") % {"listed": listed}
        )


def _refuse_twice(signatures: list[Signature], side: str, by: User) -> None:
    for signature in signatures:
        if signature.side == side:
            names = {"name": signature.by.name, "side": Side(side).label}
            raise ValidationError(_("%(name)s has signed as %(side)s already.") % names)
        if signature.by_id == by.pk:
            raise ValidationError(_("Two different people sign a report; you have signed it already."))


def _freeze(pir: Pir, by: User, at: datetime.datetime) -> Pir:
    """Keep every form of what was signed, and of the version for stakeholders what it is made from."""
    files = [
        _file(pir, reader, report, kind)
        for (_language, reader), report in all_assembled(pir, said_of(pir)).items()
        for kind in (reports.MAKERS if reader == Reader.WHOLE else ("json",))
    ]
    KeptFile.objects.bulk_create(files)
    pir.frozen_at = at
    pir.save(update_fields=["frozen_at"])
    digests = {file.name: file.digest for file in files}
    record(by=by, verb=FROZEN, subject=pir, files=digests, start=pir.start, end=pir.end)
    return pir


def _file(pir: Pir, reader: str, report: Report, kind: str) -> KeptFile:
    content = reports.made(report, kind)
    digest = hashlib.sha256(content).hexdigest()
    return KeptFile(
        pir=pir, reader=reader, language=report.language, kind=kind, content=content, digest=digest
    )


@transaction.atomic
def take_back_signature(*, pir: Pir, why: str, by: User) -> Pir:
    """Take one's own signature back while the other has not signed, so that the report can be changed."""
    current = Pir.objects.select_for_update(of=("self",)).get(pk=pir.pk)
    if current.is_frozen:
        raise ValidationError(_("Both have signed: a signature is taken back no more."))
    if not why.strip():
        raise ValidationError({"why": _("Say why it is taken back.")})
    own = current.signatures.filter(by=by).first()
    if own is None:
        raise ValidationError(_("You have not signed this report."))
    side = own.side
    own.delete()
    record(by=by, verb="PIR signature taken back", subject=current, why=why.strip(), side=side)
    return current


@transaction.atomic
def release(*, pir: Pir, by: User | None, note: str = "") -> ReleasedReport:
    """Release to stakeholders what was frozen for them: without small numbers and without the discussion.

    ValidationError while a signature is missing.
    """
    current = Pir.objects.select_for_update(of=("self",)).select_related("programme").get(pk=pir.pk)
    if not current.is_frozen:
        raise ValidationError(missing_signatures(current))
    standing = current.programme.released_reports.filter(taken_back_at__isnull=True)
    if standing.filter(start=current.start, end=current.end).exists():
        raise ValidationError(_("This report is released already; take that back first."))
    kept = current.files.filter(reader=Reader.OUTSIDE, kind="json")
    if altered := next((file for file in kept if not file.is_as_frozen), None):
        raise ValidationError(_("%(file)s is not as it was frozen.") % {"file": altered.name})
    versions = [report_from(json.loads(bytes(file.content))) for file in kept]
    return reports.keep_release(programme=current.programme, versions=versions, note=note, by=by)


def missing_signatures(pir: Pir) -> str:
    """Which signatures a release waits for, as a sentence."""
    signed = set(pir.signatures.values_list("side", flat=True))
    missing = ", ".join(str(side.label) for side in Side if side not in signed)
    return _("A report is released once supervisor and manager have signed it; missing: %(sides)s.") % {
        "sides": missing
    }


def altered_pirs() -> Iterator[str]:
    """Frozen files that are not as they were frozen, by the digests that the audit trail holds."""
    told = {event.subject_id: event.detail["files"] for event in Event.objects.filter(verb=FROZEN)}
    found: dict[str, set[str]] = {}
    for file in KeptFile.objects.order_by("pk").iterator(chunk_size=50):
        pir = str(file.pir_id)
        found.setdefault(pir, set()).add(file.name)
        if not file.is_as_frozen or told.get(pir, {}).get(file.name) != file.digest:
            yield f"{file} is not as it was frozen"
    for pir, files in told.items():
        for name in sorted(set(files) - found.get(pir, set())):
            yield f"{pir}.{name} was frozen and is gone"


def made_again(pir: Pir) -> Iterator[str]:
    """Forms of a frozen report that come out another when they are made again from its frozen values."""
    values = {
        (file.language, file.reader): report_from(json.loads(bytes(file.content)))
        for file in pir.files.filter(kind="json")
    }
    for file in pir.files.all():
        if reports.made(values[file.language, file.reader], file.kind) != bytes(file.content):
            yield f"{file} comes out another than it was frozen"
