"""The assessment of one treatment: its parts with how they stand, each part by date, and its form."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from onmodel.access.permissions import Permission
from onmodel.packs.standards import Term
from onmodel.patients.models import Treatment
from onmodel.process.assessment import actions
from onmodel.process.assessment.parts import PARTS, Question, missing, part_term, questions, written_of
from onmodel.process.models import AssessmentEntry, Referral
from onmodel.process.terms import entries, label
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.web.access import treatment_for
from onmodel.web.assessment_form import BEFORE, AssessmentForm
from onmodel.web.assessment_pictures import PROFILE, RELATIONSHIPS, Profile, Relations
from onmodel.web.changes import changed_page
from onmodel.web.components import Component, EmptyState, Fact, Link, Status, Table
from onmodel.web.sections import about_treatment
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written


def _language() -> str:
    return "nl" if (get_language() or "en").startswith("nl") else "en"


def _treatment(request: HttpRequest, pk: UUID) -> Treatment:
    return treatment_for(request, pk, Permission.CONVERSATION_VIEW, own=False)


def _may_keep(request: HttpRequest, treatment: Treatment) -> bool:
    return Treatment.objects.visible_to(request.user, Permission.PLANS_KEEP).filter(pk=treatment.pk).exists()


def _frame(treatment: Treatment, **context: object) -> dict[str, object]:
    """That of the pages within the assessment."""
    frame = about_treatment(treatment)
    crumbs = [*frame["crumbs"], (_("Assessment"), reverse("assessment", args=[treatment.pk]))]
    return {**frame, "crumbs": crumbs, **context}


def _part(treatment: Treatment, name: str) -> Term:
    term = part_term(treatment.programme.definitions, name)
    if term is None:
        raise Http404
    return term


@require_GET
def assessment(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Each part: whether it is there, since when and by whom, what it lacks."""
    treatment = _treatment(request, pk)
    saw(request, "assessment opened", treatment)
    latest = {one.part: one for one in treatment.assessment_entries.latest().select_related("kept_by")}
    may_keep = _may_keep(request, treatment)
    rows = [
        _row(treatment, term, latest.get(term.id), may_keep=may_keep)
        for term in entries(treatment.programme.definitions, PARTS)
    ]
    columns = [
        _("Part"),
        _("State"),
        _("Day"),
        _("Kept by"),
        _("Still missing"),
        *([_("Fill in")] if may_keep else []),
    ]
    empty = EmptyState(_("The pack lists no parts of an assessment"))
    table = Table(_("Parts of the assessment"), columns, rows, empty=empty, caption_hidden=True)
    return render(request, "web/assessment.html", about_treatment(treatment, table=table))


def _row(treatment: Treatment, term: Term, entry: AssessmentEntry | None, *, may_keep: bool) -> list[object]:
    name, here = term.label.in_(_language()), [treatment.pk, term.id]
    lacks = missing(treatment.programme.definitions, term.id, entry.content) if entry else ()
    state = "none" if entry is None else "complete" if entry.is_complete else "begun"
    row: list[object] = [
        Link(name, reverse("assessment-part", args=here)) if entry else name,
        Status(state, of="assessment"),
        entry.assessed_on if entry else "–",
        entry.kept_by.name if entry and entry.kept_by else "–",
        ", ".join(one.in_(_language()) for one in lacks) or "–",
    ]
    if may_keep:
        words = _("New entry") if entry else _("Fill it in")
        row.append(Link(words, reverse("assessment-keep", args=here), note=name))
    return row


@require_GET
def assessment_part(request: HttpRequest, pk: UUID, assessment_part: str) -> HttpResponse:
    """The last entry of the part, or the one asked for (`entry`); the profile beside an earlier one."""
    treatment = _treatment(request, pk)
    term = _part(treatment, assessment_part)
    kept = list(treatment.assessment_entries.filter(part=term.id).select_related("kept_by"))
    entry = _asked(request, "entry", kept) or (kept[-1] if kept else None)
    saw(request, "assessment read", treatment, part=term.id)
    context = _frame(
        treatment,
        part=term.id,
        title=term.label.in_(_language()),
        help=term.help.in_(_language()) if term.help else "",
        entry=entry,
        may_keep=_may_keep(request, treatment),
    )
    if entry is not None:
        context |= _found(request, treatment, entry, kept)
    return render(request, "web/assessment_part.html", context)


def _asked(request: HttpRequest, name: str, kept: list[AssessmentEntry]) -> AssessmentEntry | None:
    """The entry that the address names; None for no entry of this part."""
    return next((one for one in kept if str(one.pk) == request.GET.get(name, "")), None)


def _found(
    request: HttpRequest, treatment: Treatment, entry: AssessmentEntry, kept: list[AssessmentEntry]
) -> dict[str, object]:
    pack = treatment.programme.definitions
    picture, drawn = _picture(request, treatment, entry, kept)
    shown = [
        _section(question, entry)
        for question in questions(pack, entry.part)
        if question.id not in drawn and any(field.key in entry.content for field in question.fields())
    ]
    lacks = missing(pack, entry.part, entry.content)
    return {
        "facts": [
            Fact(_("On"), entry.assessed_on),
            Fact(_("Kept by"), entry.kept_by.name if entry.kept_by else None),
        ],
        "missing": [one.in_(_language()) for one in lacks],
        "criteria": _criteria(treatment) if entry.part == "diagnosis" else [],
        "picture": picture,
        "picture_title": _("In one picture"),
        "sections": shown,
        "entries": _entries(treatment, entry, kept),
    }


def _picture(
    request: HttpRequest, treatment: Treatment, entry: AssessmentEntry, kept: list[AssessmentEntry]
) -> tuple[Component | None, frozenset[str]]:
    """The picture of a part that has one, and the questions that it shows."""
    pack = treatment.programme.definitions
    if entry.part == RELATIONSHIPS:
        return Relations(pack, entry), frozenset({"rl_people"})
    if entry.part != PROFILE:
        return None, frozenset()
    before = [one for one in kept if (one.assessed_on, one.pk) < (entry.assessed_on, entry.pk)]
    other = _asked(request, "with", kept) or (before[-1] if before else None)
    both = [entry] if other is None or other == entry else [other, entry]
    ordered = sorted(both, key=lambda one: (one.assessed_on, one.pk))
    return Profile(pack, ordered), frozenset({"mz_evidence", "mz_modes", "mz_dimensions"})


def _section(question: Question, entry: AssessmentEntry) -> tuple[str, list[tuple[str, str]], Table | None]:
    """(title, [(label, words)], table): a grid as a table, everything else in words."""
    title = question.title.in_(_language())
    if question.shape == "grid":
        return title, [], _grid(question, entry)
    rows = [
        ("" if len(question.rows) == 1 else field.label.in_(_language()), _words(field, entry))
        for field in question.fields()
        if field.key in entry.content
    ]
    return title, rows, None


def _words(field, entry: AssessmentEntry) -> str:
    return written_of(field, entry.content.get(field.key), _language())


def _grid(question: Question, entry: AssessmentEntry) -> Table:
    rows = [
        [row.label.in_(_language()) if row.label else "", *(_words(one, entry) or "–" for one in row.fields)]
        for row in question.rows
    ]
    columns = [_("What"), *(one.label.in_(_language()) for one in question.rows[0].fields)]
    return Table(question.title.in_(_language()), columns, rows, caption_hidden=True, id=question.id)


def _criteria(treatment: Treatment) -> list[Fact]:
    """What the referral says of each criterion; None where nobody judged."""
    pack = treatment.programme.definitions
    kept = Referral.objects.filter(treatment=treatment).first()
    judged = kept.criteria if kept else {}
    words = {True: _("met"), False: _("not met")}
    return [
        Fact(label(pack, "selection_criteria", one.id), words.get(judged.get(one.id)))
        for one in entries(pack, "selection_criteria")
    ]


def _entries(treatment: Treatment, entry: AssessmentEntry, kept: list[AssessmentEntry]) -> Table:
    """All entries, the last one first; of a profile each can be held against the one shown."""
    here = reverse("assessment-part", args=[treatment.pk, entry.part])
    rows = []
    for one in reversed(kept):
        day = date_written(one.assessed_on)
        beside = Link(_("compare"), f"{here}?entry={entry.pk}&with={one.pk}", note=day)
        rows.append(
            [
                day if one == entry else Link(day, f"{here}?entry={one.pk}"),
                one.kept_by.name if one.kept_by else "–",
                Status("complete" if one.is_complete else "begun", of="assessment"),
                *([("–" if one == entry else beside)] if entry.part == PROFILE else []),
            ]
        )
    columns = [_("Day"), _("Kept by"), _("State"), *([_("Side by side")] if entry.part == PROFILE else [])]
    return Table(_("Entries"), columns, rows, caption_hidden=True, id="entries")


@require_http_methods(["GET", "POST"])
def assessment_keep(request: HttpRequest, pk: UUID, assessment_part: str) -> HttpResponse:
    """The form of a part; it begins with what was kept last."""
    treatment = treatment_for(request, pk, Permission.PLANS_KEEP, own=False)
    term = _part(treatment, assessment_part)
    saw(request, "assessment read", treatment, part=term.id)
    last = actions.last_entry(treatment, term.id)
    form = AssessmentForm(
        request.POST if request.method == "POST" else None,
        pack=treatment.programme.definitions,
        part=term.id,
        content=last.content if last else {},
        seen=actions.entry_stamp(treatment, term.id),
    )
    back = (
        reverse("assessment-part", args=[treatment.pk, term.id]) if last else reverse("assessment", args=[pk])
    )
    if request.method == "POST" and form.is_valid():
        given = {"assessed_on": form.cleaned_data["assessed_on"], "seen": form.cleaned_data["seen"]}
        try:
            kept = actions.keep_entry(
                treatment=treatment, part=term.id, content=form.content(), by=request.user, **given
            )
            messages.success(request, _("It is kept.") if kept.is_complete else _("Kept; not complete yet."))
            return redirect("assessment-part", pk=pk, assessment_part=term.id)
        except ChangedMeanwhileError as error:
            now = _values(error.current)
            seen = actions.entry_stamp(treatment, term.id)
            return changed_page(request, form, now=now, seen=seen, back=back)
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = _frame(
        treatment,
        title=term.label.in_(_language()),
        help=term.help.in_(_language()) if term.help else "",
        form=form,
        sections=form.sections(),
        back=back,
    )
    return render(
        request, "web/assessment_form.html", context, status=422 if request.method == "POST" else 200
    )


def _values(entry: object) -> dict[str, object]:
    """What an entry holds, by the names of the form's fields."""
    if not isinstance(entry, AssessmentEntry):
        return {}
    named = {f"{BEFORE}{key}": value for key, value in entry.content.items()}
    return {**named, "assessed_on": entry.assessed_on}
