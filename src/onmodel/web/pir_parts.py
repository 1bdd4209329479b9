"""The parts of the page of a programme's report: its sections, who may say what, signatures."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from django.forms import Form
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.pirs.actions import remark_stamp, sections_of
from onmodel.pirs.assembling import Said, assembled, digest_of, draft_of
from onmodel.pirs.carried import Carried
from onmodel.pirs.differing import Difference, differences
from onmodel.pirs.models import SPEAKS, Pir, Question, Reader, Recommendation, Side, Signature
from onmodel.reports.document import Report
from onmodel.reports.reading import report_from
from onmodel.web.components import EmptyState, Table
from onmodel.web.pir_forms import AnswerForm, FateForm, RemarkForm, SignForm
from onmodel.web.report_blocks import SectionShown, folded_section_of
from onmodel.web.views.pir import language_asked
from onmodel.wording.numbers import date_written

#: Forms that were sent and refused, by their place on the page.
Refused = dict[str, Form]
Allowed = frozenset[Permission]


@dataclass(frozen=True)
class SectionPart:
    """A section with the form of each side that may still say something of it."""

    shown: SectionShown
    forms: list[tuple[Side, RemarkForm]]

    @property
    def as_list(self) -> list[SectionShown]:
        """As the template of a whole report takes them."""
        return [self.shown]


@dataclass(frozen=True)
class SideShown:
    """A side that signs: by whom it was, or the form to do it."""

    side: Side
    signature: Signature | None
    form: Form | None
    own: bool


@dataclass(frozen=True)
class CarriedShown:
    carried: Carried
    form: Form | None


@dataclass(frozen=True)
class QuestionShown:
    question: Question
    section: str
    form: Form | None


@dataclass(frozen=True)
class Parts:
    """What stands on the page; `report` is in the language of the page."""

    report: Report
    sections: list[SectionPart]
    sides: list[SideShown]
    carried: list[CarriedShown]
    differences: list[Difference] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        return sum(one.carried.fate is None for one in self.carried)


def report_shown(pir: Pir, said: Said) -> Report:
    """As it was frozen; before that, as it would be frozen now."""
    language = language_asked()
    if pir.is_frozen:
        kept = pir.files.get(reader=Reader.WHOLE, language=language, kind="json")
        return report_from(json.loads(bytes(kept.content)))
    return assembled(pir.drafts.get(reader=Reader.WHOLE, language=language), said, signed=False)


def parts_of(pir: Pir, said: Said, allowed: Allowed, user, refused: Refused) -> Parts:
    report = report_shown(pir, said)
    numbers = report.bases()
    opened = not pir.is_frozen and not said.signatures
    known, waiting = sections_of(pir), _waiting(pir, said)
    return Parts(
        report=report,
        sections=[
            SectionPart(
                folded_section_of(section, numbers, open=section.id in waiting),
                _remark_forms(said, section.id, allowed, refused, opened=opened and section.id in known),
            )
            for section in report.sections
        ],
        sides=_sides(pir, said, allowed, user, refused),
        carried=[
            CarriedShown(one, _fate_form(one.recommendation, allowed, refused, opened=opened))
            for one in said.carried
        ],
        differences=[] if pir.is_frozen else _differences(pir),
    )


def _waiting(pir: Pir, said: Said) -> set[str]:
    """The sections with a question, or with what one side said and the other did not answer yet."""
    if pir.is_frozen:
        return set(pir.questions.open().values_list("section", flat=True))
    sides = Counter(remark.section for remark in said.remarks)
    return {section for section, spoken in sides.items() if spoken < len(Side)}


def _remark_forms(
    said: Said, section: str, allowed: Allowed, refused: Refused, *, opened: bool
) -> list[tuple[Side, RemarkForm]]:
    """Of a report that was closed meanwhile, the form that came too late: it holds what was written."""
    forms = []
    for side, permission in SPEAKS.items():
        if permission in allowed and (opened or f"remark-{side}-{section}" in refused):
            kept = next((r for r in said.remarks if (r.section, r.side) == (section, side)), None)
            initial = {"text": kept.text if kept else "", "seen": remark_stamp(kept)}
            new = RemarkForm(initial=initial, auto_id=f"id_{side}_{section}_%s")
            forms.append((side, refused.get(f"remark-{side}-{section}", new)))
    return forms


def _sides(pir: Pir, said: Said, allowed: Allowed, user, refused: Refused) -> list[SideShown]:
    digest = "" if pir.is_frozen else digest_of(pir, said)
    has_signed = any(signature.by_id == user.pk for signature in said.signatures)
    shown = []
    for side, permission in SPEAKS.items():
        signature = next((one for one in said.signatures if one.side == side), None)
        may = signature is None and permission in allowed and not pir.is_frozen and not has_signed
        form = refused.get(f"sign-{side}", SignForm(initial={"seen": digest}, auto_id=f"id_{side}_%s"))
        own = signature is not None and signature.by_id == user.pk and not pir.is_frozen
        shown.append(SideShown(side, signature, form if may or form.errors else None, own))
    return shown


def _fate_form(one: Recommendation, allowed: Allowed, refused: Refused, *, opened: bool) -> Form | None:
    if not allowed & set(SPEAKS.values()):
        return None
    new = FateForm(auto_id=f"id_fate_{one.pk}_%s") if opened else None
    return refused.get(f"fate-{one.pk}", new)


def _differences(pir: Pir) -> list[Difference]:
    value = pir.drafts.get(reader=Reader.WHOLE, language=language_asked())
    if not value.before:
        return []
    return differences(report_from(json.loads(value.before)), draft_of(value))


def questions_of(pir: Pir, report: Report, allowed: Allowed, refused: Refused) -> list[QuestionShown]:
    titles = {section.id: section.title for section in report.sections}
    may_answer = SPEAKS[Side.SUPERVISOR] in allowed
    shown = []
    for question in pir.questions.select_related("asked_by", "answered_by"):
        new = AnswerForm(auto_id=f"id_answer_{question.pk}_%s")
        form = refused.get(f"answer-{question.pk}", new)
        waits = may_answer and question.answered_at is None
        title = titles.get(question.section, question.section)
        shown.append(QuestionShown(question, title, form if waits else None))
    return shown


def differences_table(found: list[Difference]) -> Table:
    rows = [[one.section, one.name or "–", one.before or "–", one.after or "–"] for one in found]
    columns = [_("Section"), _("What"), _("Draft before"), _("This draft")]
    empty = EmptyState(_("Nothing changed"), _("The record says the same as when it was drafted before."))
    return Table(_("What changed"), columns, rows, empty=empty, caption_hidden=True, id="changed")


def state_of(pir: Pir, signatures: int) -> str:
    if pir.is_frozen:
        return "frozen"
    return "half_signed" if signatures else "draft"


def drafted_in_words(pir: Pir) -> str:
    return _("Figures taken from the record on %(day)s by %(name)s, pack %(pack)s %(version)s.") % {
        "day": date_written(localtime(pir.drafted_at).date()),
        "name": pir.drafted_by.name,
        "pack": pir.pack,
        "version": pir.pack_version,
    }
