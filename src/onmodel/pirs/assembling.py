"""The report as it is read: the figures of the draft with what people said, recommend and signed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.pirs.carried import Carried, carried_over
from onmodel.pirs.models import DraftValue, Pir, Reader, Recommendation, Remark, Side, Signature
from onmodel.reports.document import Block, Notes, Report, Section, Status, Table
from onmodel.reports.reading import report_from
from onmodel.wording.numbers import date_written

#: The sections of the template in which recommendations and their fate stand; else they get one of their own.
RECOMMENDED, FOLLOWED = "suggestions", "follow_up"


@dataclass(frozen=True)
class Said:
    """What people added to the figures of a draft, read once for all versions."""

    remarks: list[Remark]
    recommendations: list[Recommendation]
    carried: list[Carried]
    signatures: list[Signature]


def said_of(pir: Pir) -> Said:
    return Said(
        remarks=list(pir.remarks.select_related("said_by")),
        recommendations=list(pir.recommendations.select_related("owner")),
        carried=carried_over(pir),
        signatures=list(pir.signatures.select_related("by")),
    )


def draft_of(value: DraftValue) -> Report:
    """The figures alone."""
    return report_from(json.loads(value.content))


def assembled(value: DraftValue, said: Said, *, signed: bool = True) -> Report:
    """The version with everything in it; the discussion is for the programme and the expert centre only."""
    report = draft_of(value)
    with override(report.language):
        sections = report.sections
        if value.reader == Reader.WHOLE:
            sections = tuple(_discussed(section, said.remarks) for section in sections)
        sections = _with(sections, RECOMMENDED, _("Recommendations"), _recommended(said))
        sections = _with(sections, FOLLOWED, _("What became of the last report"), _followed(said))
        if signed:
            sections = (*sections, _signed(said))
    return replace(report, sections=sections)


def all_assembled(pir: Pir, said: Said) -> dict[tuple[str, str], Report]:
    """(language, reader) -> that version."""
    return {(value.language, value.reader): assembled(value, said) for value in pir.drafts.all()}


def digest_of(pir: Pir, said: Said | None = None) -> str:
    """Of everything that is signed, and nothing of the signatures; the same for the same."""
    said = said or said_of(pir)
    known = {(value.language, value.reader): value for value in pir.drafts.all()}
    found = hashlib.sha256()
    for language, _name in settings.LANGUAGES:
        for reader in Reader.values:
            report = assembled(known[language, reader], said, signed=False)
            found.update(json.dumps(report.as_dict(), ensure_ascii=False).encode())
    return found.hexdigest()


def _discussed(section: Section, remarks: list[Remark]) -> Section:
    of_section = {remark.side: remark for remark in remarks if remark.section == section.id}
    titles = {Side.SUPERVISOR: _("The supervisor says"), Side.MANAGER: _("The manager answers")}
    added = [
        Notes(title=title, items=tuple(of_section[side].text.splitlines()))
        for side, title in titles.items()
        if side in of_section
    ]
    return replace(section, blocks=(*section.blocks, *added))


def _with(sections: tuple[Section, ...], id_: str, title: str, block: Block) -> tuple[Section, ...]:
    """The block at the end of that section, or in a new one at the end."""
    if any(section.id == id_ for section in sections):
        return tuple(
            replace(section, blocks=(*section.blocks, block)) if section.id == id_ else section
            for section in sections
        )
    return (*sections, Section(id=id_, title=title, intro="", blocks=(block,)))


def _recommended(said: Said) -> Table:
    return Table(
        title=_("Recommendations of this report"),
        columns=(_("Recommendation"), _("Owner"), _("By")),
        rows=tuple((one.what, one.owner.name, date_written(one.due_on)) for one in said.recommendations),
        empty=_("This report recommends nothing."),
    )


def _followed(said: Said) -> Table:
    return Table(
        title=_("Recommendations of earlier reports, and what became of them"),
        columns=(_("Recommendation"), _("Owner"), _("By"), _("What became of it"), _("Remark")),
        rows=tuple(
            (
                one.recommendation.what,
                one.recommendation.owner.name,
                date_written(one.recommendation.due_on),
                Status(one.fate.became) if one.fate else Status("unknown"),
                one.fate.words if one.fate else "",
            )
            for one in said.carried
        ),
        empty=_("No earlier report recommended anything that was still open."),
    )


def _signed(said: Said) -> Section:
    items = tuple(
        _("%(name)s, %(side)s, %(day)s")
        % {
            "name": signature.by.name,
            "side": Side(signature.side).label,
            "day": date_written(timezone.localtime(signature.at).date()),
        }
        for signature in said.signatures
    )
    return Section(id="signed", title=_("Signed by"), intro="", blocks=(Notes(items=items),))
