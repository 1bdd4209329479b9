"""Questions to the supervisor about how figures came about: asked, explained, then quiet."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission
from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Programme
from onmodel.questions.actions import explain
from onmodel.questions.looking import STANDARDS, Look, Question, given, questions
from onmodel.questions.models import Kind
from onmodel.reports.units import bound_in_words
from onmodel.web.access import programme_for
from onmodel.web.changes import CONFLICT, SeenMixin
from onmodel.web.components import Column, EmptyState, Figure, Link, Table
from onmodel.web.question_words import asked, found_in_words, may_be
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import written

#: Explanations listed.
LATEST = 50
#: Facts listed by name; the rest is counted.
LISTED = 12


class ExplainForm(SeenMixin):
    """What the supervisor found."""

    note = forms.CharField(
        label=gettext_lazy("What explains it?"),
        help_text=gettext_lazy("Names of patients do not belong here."),
        widget=forms.Textarea({"rows": 2}),
        max_length=2000,
    )


@dataclass(frozen=True)
class Shown:
    """A question as a panel."""

    question: Question
    title: str
    about: str
    share: Figure
    chance: str
    table: Table | None
    more: int
    may_be: list[str]
    bound: str
    source: str
    threshold: str
    form: ExplainForm


@require_GET
def questions_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What asks for an explanation among the patients whom the supervisor sees."""
    programme = programme_for(request, slug, Permission.QUESTIONS_ANSWER)
    return _page(request, programme, _asked(request, programme))


@require_POST
def question_explain(request: HttpRequest, slug: str, which: str) -> HttpResponse:
    """Keep an explanation; the question is quiet from then on."""
    programme = programme_for(request, slug, Permission.QUESTIONS_ANSWER)
    found = _asked(request, programme)
    question = next((question for question in found if question.name == which), None)
    if question is None:
        raise Http404
    form = ExplainForm(request.POST, prefix=which)
    if not form.is_valid():
        return _page(request, programme, found, form=form, status=422)
    try:
        explain(question=question, by=request.user, **form.cleaned_data)
    except ChangedMeanwhileError:
        again = ExplainForm(prefix=which, initial={**form.cleaned_data, "seen": question.stamp})
        return _page(request, programme, found, form=again, status=CONFLICT)
    except ValidationError as error:
        form.add_error("note", error)
        return _page(request, programme, found, form=form, status=422)
    messages.success(request, _("Your explanation is kept; this question is not put again."))
    return redirect("questions", slug=slug)


def _asked(request: HttpRequest, programme: Programme) -> list[Question]:
    return questions(Look(programme, _supervised(request, programme), timezone.localdate()))


def _supervised(request: HttpRequest, programme: Programme) -> QuerySet[Treatment]:
    visible = Treatment.objects.visible_to(request.user, Permission.QUESTIONS_ANSWER)
    own = visible.filter(allowed(Purpose.QUALITY_MONITORING), programme=programme)
    return own.exclude(patient__user=request.user)


def _page(
    request: HttpRequest,
    programme: Programme,
    found: list[Question],
    *,
    form: ExplainForm | None = None,
    status: int = 200,
) -> HttpResponse:
    patients = {fact.patient for question in found for fact in question.facts if fact.patient is not None}
    saw(request, "questions opened", programme, patients=patients)
    shown = [_shown(programme, question, form) for question in found]
    context = programme_page(
        request,
        programme,
        questions=shown,
        explained=_explained(request, programme),
        changed=status == CONFLICT,
    )
    return render(request, "web/questions.html", context, status=status)


def _shown(programme: Programme, question: Question, form: ExplainForm | None) -> Shown:
    limit, standard = question.limit, STANDARDS.get(question.kind)
    fresh = ExplainForm(prefix=question.name, initial={"seen": question.stamp})
    return Shown(
        question=question,
        title=asked(question.kind),
        about=question.person.name if question.person else _("no primary clinician"),
        share=_share(question),
        chance=_chance(question),
        table=_facts(question),
        more=max(len(question.facts) - LISTED, 0),
        may_be=may_be(question.kind),
        bound=bound_in_words(limit) if limit else "",
        source=limit.source if limit else "",
        threshold=reverse("requirement", args=[programme.slug, standard]) if standard else "",
        form=form if form is not None and form.prefix == question.name else fresh,
    )


def _share(question: Question) -> Figure:
    """How many of how many; for missing forms the share with its interval."""
    if question.concentration is None:
        return Figure(len(question.facts), unit=_("found"), n=question.looked_at)
    own = question.concentration.own
    interval = (100 * (own.lower or 0.0), 100 * (own.upper or 0.0))
    return Figure(100 * (own.estimate or 0.0), unit="%", digits=0, n=own.n, interval=interval)


def _chance(question: Question) -> str:
    """How often chance alone would do so, corrected for the number of therapists."""
    if question.concentration is None:
        return ""
    p = question.concentration.adjusted
    shown = f"< {written(0.001, 3)}" if p < 0.001 else f"= {written(p, 3)}"
    return _("Fisher's exact test, corrected for the number of therapists: p %(p)s.") % {"p": shown}


def _facts(question: Question) -> Table | None:
    if question.kind is Kind.MISSING:
        return None
    rows = [
        [
            Link(fact.pseudonym, reverse("treatment", args=[fact.treatment])),
            fact.form,
            fact.day,
            found_in_words(question.kind, fact),
        ]
        for fact in question.facts[:LISTED]
    ]
    columns = [_("Patient"), _("Form"), _("Day"), _("Found")]
    return Table(asked(question.kind), columns, rows, caption_hidden=True, id=f"facts-{question.name}")


def _explained(request: HttpRequest, programme: Programme) -> Table:
    found = given(programme, request.user, _supervised(request, programme))
    rows = [
        [
            str(Kind(one.kind).label),
            one.person.name if one.person else "–",
            one.note,
            one.given_by.name,
            one.given_at.date(),
        ]
        for one in found[:LATEST]
    ]
    columns = [_("About"), _("Therapist"), _("Explanation"), _("By"), Column(_("On"))]
    empty = EmptyState(_("Nothing was explained yet"))
    return Table(_("Explained before"), columns, rows, empty=empty, caption_hidden=True, id="explained")
