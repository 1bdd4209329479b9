"""What decides the course of this programme, beside the seven published ones."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.charts.matrix import MatrixWords, Of, matrix_chart
from onmodel.implementing.actions import judge
from onmodel.implementing.factors import factors
from onmodel.implementing.likeness import CASES, Judged, Known, Profile, profile
from onmodel.implementing.models import Project
from onmodel.measurement.resemblance import FEWEST, Resemblance
from onmodel.packs.standards import Term
from onmodel.web.components import Chart, EmptyState, Fact, Status, Table
from onmodel.web.factors_shown import factors_chart, factors_table, letter
from onmodel.web.implementing_forms import DeterminantsForm
from onmodel.web.rating_form import in_words
from onmodel.web.views.implementing import page_of, project_for


@require_http_methods(["GET", "POST"])
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """Which published programmes this one is like, on what, and what became of them."""
    if request.method == "POST":
        begun = project_for(request, slug, Permission.PROJECT_KEEP)
        found = profile(begun, timezone.localdate())
        form = DeterminantsForm(request.POST, judged=(*found.judged, *found.factors))
        if form.is_valid():
            judge(project=begun, present=form.changed(), by=request.user)
            messages.success(request, _("What you said is kept."))
            return redirect("implementing-cases", slug=slug)
        return _page(request, begun, found, form, 422)
    begun = project_for(request, slug, Permission.PROJECT_VIEW)
    found = profile(begun, timezone.localdate())
    return _page(request, begun, found, DeterminantsForm(judged=(*found.judged, *found.factors)))


def _page(
    request: HttpRequest, begun: Project, found: Profile, form: DeterminantsForm, status: int = 200
) -> HttpResponse:
    terms, named = _cases(begun), factors(begun.programme.definitions, found)
    words = {one.term.id: in_words(one.term.label) for one in found.judged}
    context = page_of(
        request,
        begun.programme,
        facts=[
            Fact(
                _("Known here"),
                _("%(known)s of %(all)s") % {"known": len(found.known), "all": len(found.judged)},
            ),
            Fact(_("Told by the record"), sum(one.known is Known.RECORD for one in found.judged)),
            Fact(_("Published programmes"), len(found.found)),
        ],
        fewest=FEWEST,
        n=len(found.found),
        table=_table(found.found, terms, words),
        chart=_chart(begun, found, terms, words),
        factors=factors_table(named),
        factors_chart=factors_chart(named, list(terms), simulated=begun.programme.is_simulated),
        judged=_judged((*found.judged, *found.factors)),
        form=form,
        may_keep=Permission.PROJECT_KEEP in permissions_in(request.user, begun.programme),
    )
    return render(request, "web/cases.html", context, status=status)


def _cases(begun: Project) -> dict[str, Term]:
    listed = begun.programme.definitions.terms.get(CASES)
    return {term.id: term for term in (listed.terms if listed else ()) if term.parent is None}


def _table(found: tuple[Resemblance, ...], terms: dict[str, Term], words: dict[str, str]) -> Table:
    rows = [
        [
            in_words(terms[one.case.id].label),
            _share(one),
            Status(one.case.outcome, of="outcome_of_case"),
            "; ".join(_as_there(words, one, id_) for id_ in one.agree) or "–",
            "; ".join(_as_there(words, one, id_) for id_ in one.differ) or "–",
            in_words(terms[one.case.id].help),
        ]
        for one in found
    ]
    columns = [
        _("Published programme"),
        _("Alike on"),
        _("What became of it"),
        _("The same"),
        _("Different there"),
        _("How it went"),
    ]
    empty = EmptyState(_("This pack has no published programmes"), "")
    return Table(_("Most alike first"), columns, rows, empty=empty, caption_hidden=True, id="cases")


def _as_there(words: dict[str, str], one: Resemblance, id_: str) -> str:
    """The statement, and whether it was so in that case."""
    return f"{words[id_]} ({_('it is so') if one.case.known[id_] else _('it is not so')})"


def _share(one: Resemblance) -> str:
    if one.share is None:
        return _("too little known of both (%(n)s)") % {"n": one.n}
    return _("%(agree)s of %(n)s") % {"agree": len(one.agree), "n": one.n}


def _chart(begun: Project, found: Profile, terms: dict[str, Term], words: dict[str, str]) -> Chart | None:
    if not found.found or not words:
        return None
    columns = [
        Of(name=_("Here"), known=found.known),
        *(Of(name=letter(one.case.id), known=one.case.known) for one in found.found),
    ]
    said = MatrixWords(
        statement=_("What decides"),
        column=_("Programme"),
        states={True: _("it is so"), False: _("it is not so")},
        untold=_("not told"),
    )
    drawing = matrix_chart(words, columns, words=said)
    simulated = begun.programme.is_simulated
    return Chart(drawing, _("Here and there"), id="matrix", n=len(found.found), simulated=simulated)


def _judged(judged: tuple[Judged, ...]) -> Table:
    said = {True: _("it is so"), False: _("it is not so"), None: None}
    rows = [[in_words(one.term.label), said[one.present], _how(one), one.term.source] for one in judged]
    columns = [_("What decides"), _("Here"), _("How it is known"), _("Source")]
    return Table(_("Here"), columns, rows, caption_hidden=True, id="judged")


def _how(one: Judged) -> str:
    if one.known is Known.RECORD:
        return _("computed from the record")
    if one.told is not None and one.told != one.present:
        return _("somebody said so; the record tells otherwise")
    return _("somebody said so") if one.known is Known.SAID else "–"
