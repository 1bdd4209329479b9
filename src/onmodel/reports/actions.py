"""Keep a report that is released to stakeholders, take a release back; hand out data for research."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.audit.models import Event
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.reports.document import Report
from onmodel.reports.models import ReleasedFile, ReleasedReport
from onmodel.reports.page import as_html
from onmodel.reports.paper.pdf import as_pdf
from onmodel.reports.research.archive import Made, write_archive
from onmodel.reports.research.codes import check_study
from onmodel.reports.research.tables import permitted

RELEASED = "report released"
RESEARCH_TAKEN = "research data taken"


def as_json(report: Report) -> bytes:
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=2).encode()


#: Kind of file -> how it is made from a report.
MAKERS: dict[str, Callable[[Report], bytes]] = {
    "pdf": as_pdf,
    "html": lambda report: as_html(report).encode(),
    "json": as_json,
}


def made(report: Report, kind: str) -> bytes:
    """The report in one of its forms; the same report always gives the same bytes."""
    return MAKERS[kind](report)


@transaction.atomic
def keep_release(
    *, programme: Programme, versions: Sequence[Report], by: User | None, note: str = ""
) -> ReleasedReport:
    """Keep every form of the version for stakeholders, in each language, as it is released.

    Who may release what is for the caller to know (`pirs.signing.actions.release`).
    """
    first = versions[0]
    released = ReleasedReport.objects.create(
        programme=programme,
        title=first.title,
        start=first.start,
        end=first.end,
        pack=first.pack,
        pack_version=first.pack_version,
        template_version=first.template_version,
        note=note.strip(),
        released_by=by,
    )
    files = [_file(released, version, kind) for version in versions for kind in MAKERS]
    ReleasedFile.objects.bulk_create(files)
    digests = {_name_of(file): file.digest for file in files}
    days = {"start": first.start, "end": first.end}
    record(by=by, verb=RELEASED, subject=released, why=released.note, files=digests, **days)
    return released


def _file(released: ReleasedReport, version: Report, kind: str) -> ReleasedFile:
    content = made(version, kind)
    return ReleasedFile(
        report=released,
        language=version.language,
        kind=kind,
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _name_of(file: ReleasedFile) -> str:
    return f"{file.language}.{file.kind}"


@transaction.atomic
def take_back_release(*, released: ReleasedReport, why: str, by: User) -> ReleasedReport:
    """Stakeholders no longer see it; it stays as it was, with the reason."""
    if not why.strip():
        raise ValidationError(_("Say why it is taken back."))
    current = ReleasedReport.objects.select_for_update(of=("self",)).get(pk=released.pk)
    if current.taken_back_at is not None:
        raise ValidationError(_("It was taken back already."))
    current.taken_back_at, current.taken_back_by, current.taken_back_why = timezone.now(), by, why.strip()
    current.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_why"])
    record(by=by, verb="report taken back", subject=current, why=current.taken_back_why)
    return current


def altered_releases() -> Iterator[str]:
    """Files that are not as they were released, by the digests that the audit trail holds."""
    told = {event.subject_id: event.detail["files"] for event in Event.objects.filter(verb=RELEASED)}
    found: dict[str, set[str]] = {}
    for file in ReleasedFile.objects.order_by("pk").iterator(chunk_size=50):
        digests = told.get(str(file.report_id), {})
        found.setdefault(str(file.report_id), set()).add(_name_of(file))
        if not file.is_as_released or digests.get(_name_of(file)) != file.digest:
            yield f"{file} is not as it was released"
    for report, files in told.items():
        for name in sorted(set(files) - found.get(report, set())):
            yield f"{report}.{name} was released and is gone"


def take_research_data(
    *,
    programme: Programme,
    treatments: QuerySet[Treatment],
    study: str,
    why: str,
    out: BinaryIO,
    by: User | None,
) -> Made:
    """Write the data of those of the programme's treatments whose patients agreed to research.

    The file is made first and counts only with its event: the trail waits for no long file. Where
    somebody took a yes back meanwhile, ValidationError, and nothing may be handed out.
    """
    check_study(study)
    if not why.strip():
        raise ValidationError({"why": _("Say what the data are for, and who approved it.")})
    asked = treatments.filter(programme=programme)
    made = write_archive(out, treatments=asked, study=study, taken_before=taken_for(programme, study))
    with transaction.atomic():
        still = set(permitted(asked).values_list("patient", flat=True))
        if made.patients - still:
            raise ValidationError(_("A consent changed while the file was made. Try again."))
        record(
            by=by,
            verb=RESEARCH_TAKEN,
            subject=programme,
            patients=made.patients,
            why=why.strip(),
            study=study,
            rows=made.rows,
        )
    return made


def taken_for(programme: Programme, study: str) -> frozenset[int]:
    """The patients whose data were handed out for the study before."""
    events = Event.objects.filter(
        verb=RESEARCH_TAKEN,
        subject_kind=Programme._meta.label_lower,
        subject_id=str(programme.pk),
        detail__study=study,
    )
    lists = events.values_list("patients", flat=True)
    return frozenset(int(patient) for listed in lists for patient in listed.split())
