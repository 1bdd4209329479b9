"""A programme's reports as records: begun, discussed, signed by two, frozen. Each act has its address."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.pirs import actions
from onmodel.pirs.assembling import said_of
from onmodel.pirs.late import due_report
from onmodel.pirs.models import SPEAKS, Pir, Reader, Recommendation, Remark, Side
from onmodel.pirs.reading import actions as reading
from onmodel.pirs.signing import actions as signing
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Programme
from onmodel.reports.document import Report
from onmodel.reports.wording import basis_in_words, period_in_words
from onmodel.web.access import pir_for, programme_for
from onmodel.web.changes import changed_page
from onmodel.web.components import EmptyState, Link, Status, Table
from onmodel.web.pir_forms import AnswerForm, AskForm, FateForm, RecommendForm, RemarkForm, SignForm, WhyForm
from onmodel.web.pir_parts import (
    Refused,
    differences_table,
    drafted_in_words,
    parts_of,
    questions_of,
    report_shown,
    state_of,
)
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.pir import KINDS, PeriodForm, language_asked, last_half_year
from onmodel.wording.numbers import date_written

WRITES = tuple(SPEAKS.values())


def pirs(request: HttpRequest, slug: str) -> HttpResponse:
    """The programme's reports, newest first; who writes them begins the next one here."""
    if request.method == "POST":
        programme = programme_for(request, slug, Permission.PIR_WRITE)
        form = PeriodForm(request.POST)
        begun = _begun(request, programme, form)
        return redirect("pir-record", pk=begun.pk) if begun else _list(request, programme, form, 422)
    programme = programme_for(request, slug, Permission.PIR_VIEW)
    start, end = last_half_year(timezone.localdate())
    return _list(request, programme, PeriodForm(initial={"start": start, "end": end}), 200)


def _begun(request: HttpRequest, programme: Programme, form: PeriodForm) -> Pir | None:
    if not form.is_valid():
        return None
    try:
        return actions.begin(programme=programme, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _list(request: HttpRequest, programme: Programme, form: PeriodForm, status: int) -> HttpResponse:
    saw(request, "PIRs listed", programme)
    context = programme_page(
        request,
        programme,
        form=form,
        table=_table(request, programme),
        may_begin=Permission.PIR_WRITE in permissions_in(request.user, programme),
        due=due_report(programme, timezone.localdate()),
    )
    return render(request, "web/pirs.html", context, status=status)


def _table(request: HttpRequest, programme: Programme) -> Table:
    found = Pir.objects.visible_to(request.user).filter(programme=programme)
    counted = found.annotate(signed=Count("signatures", distinct=True))
    rows = [
        [
            Link(
                f"{date_written(pir.start)} – {date_written(pir.end)}", reverse("pir-record", args=[pir.pk])
            ),
            Status(state_of(pir, pir.signed), of="pir"),
            timezone.localtime(pir.drafted_at).date(),
            timezone.localtime(pir.frozen_at).date() if pir.frozen_at else "–",
            pir.recommended,
        ]
        for pir in counted.annotate(recommended=Count("recommendations", distinct=True)).order_by("-end")
    ]
    columns = [_("Period"), _("State"), _("Drafted"), _("Signed by both"), _("Recommendations")]
    empty = EmptyState(_("No report yet"), _("The supervisor begins one; its figures come from the record."))
    return Table(_("Reports"), columns, rows, empty=empty, caption_hidden=True)


@require_GET
def pir_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The report with what was said of it, and the forms for what the reader may do."""
    return _page(request, pir_for(request, pk, Permission.PIR_VIEW))


def _page(request: HttpRequest, pir: Pir, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    refused, programme = refused or {}, pir.programme
    allowed = permissions_in(request.user, programme)
    said = said_of(pir)
    parts = parts_of(pir, said, allowed, request.user, refused)
    numbers, opened = parts.report.bases(), not pir.is_frozen and not said.signatures
    saw(request, "PIR opened", pir)
    writes = bool(allowed & set(WRITES))
    context = programme_page(
        request,
        programme,
        pir=pir,
        parts=parts,
        period=period_in_words(parts.report),
        state=Status(state_of(pir, len(said.signatures)), of="pir"),
        drafted=drafted_in_words(pir),
        bases=[(number, basis_in_words(basis)) for basis, number in numbers.items()],
        opened=opened,
        writes=writes,
        may_draft=opened and Permission.PIR_WRITE in allowed,
        recommendations=said.recommendations,
        recommend=refused.get("recommend", RecommendForm(programme=programme) if opened and writes else None),
        why=refused.get("why", WhyForm()),
        changed=differences_table(parts.differences) if _was_drafted_before(pir) else None,
        downloads=_downloads(pir) if pir.is_frozen else [],
        **_reading(request, pir, parts.report, allowed, refused),
    )
    context["crumbs"] = [*context["crumbs"], (_("Reports"), reverse("pirs", args=[programme.slug]))]
    return render(request, "web/pir_record.html", context, status=status)


def _was_drafted_before(pir: Pir) -> bool:
    return not pir.is_frozen and pir.drafts.exclude(before="").exists()


def _downloads(pir: Pir) -> list[tuple[str, str]]:
    language = language_asked()
    return [(kind, reverse("pir-kept-file", args=[pir.pk, language, kind])) for kind in KINDS]


def _reading(request: HttpRequest, pir: Pir, report: Report, allowed, refused: Refused) -> dict[str, object]:
    """What readers of the expert centre and the supervisor have to say to each other."""
    follows = pir.is_frozen and Permission.PIR_RECEIVE in allowed
    return {
        "questions": questions_of(pir, report, allowed, refused) if pir.is_frozen else [],
        "ask": refused.get("ask", AskForm(sections=_titles(pir, report))) if follows else None,
        "unread": follows and not pir.readings.filter(by=request.user).exists(),
    }


def _acted(
    request: HttpRequest, pir: Pir, place: str, form: forms.Form, act: Callable[..., object], said: str = ""
) -> HttpResponse:
    """Do it and come back; where it is refused, the page with the form as it was sent, and why."""
    if form.is_valid():
        try:
            act()
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if said:
                messages.success(request, said)
            return redirect("pir-record", pk=pir.pk)
    return _page(request, pir, {place: form}, 422)


@require_POST
def pir_draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the figures anew."""
    pir = pir_for(request, pk, Permission.PIR_WRITE)
    try:
        actions.draft_anew(pir=pir, by=request.user)
        messages.success(request, _("The figures were taken from the record again."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("pir-record", pk=pk)


@require_POST
def pir_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    pir = pir_for(request, pk, Permission.PIR_WRITE)
    form = WhyForm(request.POST)
    if form.is_valid():
        try:
            actions.discard(pir=pir, why=form.cleaned_data["why"], by=request.user)
            messages.success(request, _("The draft is discarded."))
            return redirect("pirs", slug=pir.programme.slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, pir, {"why": form}, 422)


@require_POST
def pir_remark(request: HttpRequest, pk: UUID, side: str, pir_section: str) -> HttpResponse:
    """Say something of a section for one's side."""
    pir = pir_for(request, pk, _speaks(side))
    form = RemarkForm(request.POST, auto_id=f"id_{side}_{pir_section}_%s")
    seen = request.POST.get("seen")

    def act() -> None:
        text = form.cleaned_data["text"]
        actions.remark(pir=pir, section=pir_section, side=side, text=text, by=request.user, seen=seen)

    try:
        return _acted(request, pir, f"remark-{side}-{pir_section}", form, act)
    except ChangedMeanwhileError as conflict:
        kept: Remark | None = conflict.current
        now = {"text": kept.text if kept else "–"}
        back = reverse("pir-record", args=[pk])
        return changed_page(request, form, now=now, seen=actions.remark_stamp(kept), back=back)


def _speaks(side: str) -> Permission:
    if side not in Side.values:
        raise Http404
    return SPEAKS[Side(side)]


@require_POST
def pir_recommend(request: HttpRequest, pk: UUID) -> HttpResponse:
    pir = pir_for(request, pk, *WRITES)
    form = RecommendForm(request.POST, programme=pir.programme)
    return _acted(
        request,
        pir,
        "recommend",
        form,
        lambda: actions.recommend(pir=pir, by=request.user, **form.cleaned_data),
    )


@require_POST
def pir_recommend_no_more(request: HttpRequest, pk: UUID, recommendation: int) -> HttpResponse:
    pir = pir_for(request, pk, *WRITES)
    found = get_object_or_404(pir.recommendations.select_related("pir"), pk=recommendation)
    try:
        actions.withdraw_recommendation(recommendation=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("pir-record", pk=pk)


@require_POST
def pir_became(request: HttpRequest, pk: UUID, recommendation: int) -> HttpResponse:
    """What became of a recommendation of an earlier report, said at this one."""
    pir = pir_for(request, pk, *WRITES)
    earlier = Recommendation.objects.filter(pir__programme=pir.programme).select_related("pir__programme")
    found = get_object_or_404(earlier, pk=recommendation)
    form = FateForm(request.POST, auto_id=f"id_fate_{found.pk}_%s")
    return _acted(
        request,
        pir,
        f"fate-{found.pk}",
        form,
        lambda: actions.say_what_became(recommendation=found, by=request.user, **form.cleaned_data),
    )


@require_POST
def pir_sign(request: HttpRequest, pk: UUID, side: str) -> HttpResponse:
    pir = pir_for(request, pk, _speaks(side))
    form = SignForm(request.POST, auto_id=f"id_{side}_%s")
    return _acted(
        request,
        pir,
        f"sign-{side}",
        form,
        lambda: signing.sign(pir=pir, side=side, by=request.user, seen=form.cleaned_data["seen"]),
        _("You have signed the report."),
    )


@require_POST
def pir_unsign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's own signature back."""
    pir = pir_for(request, pk, *WRITES)
    form = WhyForm(request.POST)
    return _acted(
        request,
        pir,
        "why",
        form,
        lambda: signing.take_back_signature(pir=pir, why=form.cleaned_data["why"], by=request.user),
        _("Your signature is taken back; the report can be changed again."),
    )


@require_POST
def pir_read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark it as read; back to the desk."""
    pir = pir_for(request, pk, Permission.PIR_RECEIVE)
    reading.mark_read(pir=pir, by=request.user)
    return redirect("desk")


@require_POST
def pir_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    pir = pir_for(request, pk, Permission.PIR_RECEIVE)
    form = AskForm(request.POST, sections=_titles(pir, report_shown(pir, said_of(pir))))
    return _acted(
        request,
        pir,
        "ask",
        form,
        lambda: reading.ask(pir=pir, by=request.user, **form.cleaned_data),
        _("The question is with the supervisor."),
    )


def _titles(pir: Pir, report: Report) -> dict[str, str]:
    """The sections that can be asked about, as the reader's language names them."""
    titles = {section.id: section.title for section in report.sections}
    return {name: titles.get(name, name) for name in actions.sections_of(pir)}


@require_POST
def pir_answer(request: HttpRequest, pk: UUID, question: int) -> HttpResponse:
    pir = pir_for(request, pk, Permission.PIR_WRITE)
    asked = get_object_or_404(pir.questions.select_related("pir__programme"), pk=question)
    form = AnswerForm(request.POST, auto_id=f"id_answer_{asked.pk}_%s")
    return _acted(
        request,
        pir,
        f"answer-{asked.pk}",
        form,
        lambda: reading.answer(question=asked, text=form.cleaned_data["text"], by=request.user),
        _("The answer is with the expert centre."),
    )


@require_GET
def pir_kept_file(request: HttpRequest, pk: UUID, language: str, kind: str) -> HttpResponse:
    """A form of the report as it was frozen."""
    pir = pir_for(request, pk, Permission.PIR_VIEW)
    file = pir.files.filter(reader=Reader.WHOLE, language=language, kind=kind).first()
    if file is None:
        raise Http404
    if not file.is_as_frozen:
        messages.error(request, _("This file is not as it was frozen. Tell whoever runs the program."))
        return redirect("pir-record", pk=pk)
    saw(request, "PIR taken", pir, language=language, kind=kind)
    response = HttpResponse(bytes(file.content), content_type=KINDS[kind])
    name = f"pir-{pir.programme.slug}-{pir.start}-{pir.end}-{language}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
