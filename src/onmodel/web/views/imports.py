"""Bring a file of outcomes in: choose it, say what its columns are, see what would be made, confirm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.outcomes.actions import (
    discard_import,
    open_import,
    preview_again,
    preview_import,
    queue_import,
)
from onmodel.outcomes.importing.mapping import FileOptions
from onmodel.outcomes.importing.problems import ImportRefusedError
from onmodel.outcomes.importing.proposing import Look, look_at, map_of
from onmodel.outcomes.importing.reading import Source, read_source
from onmodel.outcomes.models import ImportRun
from onmodel.programmes.models import Programme
from onmodel.web.access import import_for, programme_for
from onmodel.web.components import Column, Table
from onmodel.web.import_forms import FileForm, GuideForm, MapForm
from onmodel.web.import_tables import (
    earlier_in_words,
    facts_of,
    first_rows_table,
    history_table,
    moments_table,
    problems_csv,
    problems_table,
    progress_of,
)
from onmodel.web.jobs import import_outcomes
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw

State = ImportRun.State
LATEST_RUNS = 20


@require_http_methods(["GET", "POST"])
def import_start(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file; earlier imports stand below."""
    programme = programme_for(request, slug, Permission.OUTCOMES_IMPORT)
    form = FileForm(*_posted(request))
    if request.method == "POST" and form.is_valid():
        map_text = form.cleaned_data["map_file"]
        start = preview_import if map_text else open_import
        run = start(programme=programme, file=form.cleaned_data["file"], map_text=map_text, by=request.user)
        return redirect("import-run", run.pk)
    runs = ImportRun.objects.filter(programme=programme).select_related("started_by")[:LATEST_RUNS]
    context = programme_page(
        request, programme, form=form, history=history_table(runs), crumbs=crumbs(programme)
    )
    return render(request, "web/imports/start.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def import_run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import, in whatever state it is; a new map may be posted until it is confirmed."""
    run = import_for(request, run_id)
    saw(request, "import read", run)
    context = {
        "run": run,
        "programme": run.programme,
        "simulated": run.programme.is_simulated,
        "crumbs": [*crumbs(run.programme), (_("Import"), reverse("import-start", args=[run.programme.slug]))],
    }
    if request.method == "POST" and "map" in request.POST:
        form = MapForm(request.POST)
        if form.is_valid():
            preview_again(run=run, map_text=form.cleaned_data["map"], by=request.user)
        return redirect("import-run", run.pk)
    if run.state == State.PREVIEW and not run.map:
        return _guide(request, run, context)
    return render(request, f"web/imports/{_template(run)}.html", {**context, **_shown(request, run)})


@require_POST
def import_confirm(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Do it, in the background; a second post changes nothing."""
    run = import_for(request, run_id)
    if queue_import(run=run, by=request.user):
        import_outcomes.enqueue(str(run.pk), request.user.pk)
    return redirect("import-run", run.pk)


@require_POST
def import_discard(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Throw away a file that was only tried."""
    run = import_for(request, run_id)
    slug = run.programme.slug
    discard_import(run=run, by=request.user)
    messages.info(request, _("%(file)s was thrown away; nothing was imported.") % {"file": run.file_name})
    return redirect("import-start", slug)


@require_GET
def import_progress(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """How far it is; at the end the page loads itself again, and shows the result."""
    run = import_for(request, run_id)
    if run.state in (State.QUEUED, State.RUNNING):
        return HttpResponse(progress_of(run))
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_GET
def import_problems(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Every problem, for a spreadsheet."""
    run = import_for(request, run_id)
    saw(request, "import problems taken", run)
    return problems_csv(run)


def crumbs(programme: Programme) -> list[tuple[str, str]]:
    return [(_("Home"), reverse("home")), (programme.name, reverse("programme", args=[programme.slug]))]


def _posted(request: HttpRequest) -> tuple[object, ...]:
    """Data and files for a form; none where nothing was posted."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def _template(run: ImportRun) -> str:
    if run.state in (State.QUEUED, State.RUNNING):
        return "running"
    if run.state in (State.PREVIEW, State.REFUSED):
        return run.state
    return "result"


def _shown(request: HttpRequest, run: ImportRun) -> dict[str, object]:
    """What the page of a run shows; a run that was refused as a whole has no rows to show."""
    return {
        "facts": facts_of(run),
        "moments": moments_table(run) if run.summary.get("moments") else None,
        "first_rows": first_rows_table(run) if run.summary.get("first_rows") else None,
        "problems": problems_table(run, request.GET.get("page")) if run.problems else None,
        "progress": progress_of(run),
        "earlier": earlier_in_words(run),
        "map_form": MapForm(initial={"map": run.map}),
        "back": reverse("programme", args=[run.programme.slug]),
    }


# --- the guide, for a file without a map ---
def _guide(request: HttpRequest, run: ImportRun, context: dict[str, object]) -> HttpResponse:
    try:
        source = read_source(Path(run.file.path), FileOptions(), name=run.file_name)
    except ImportRefusedError as error:
        context["refused"] = error.problems
        return render(request, "web/imports/unreadable.html", context, status=422)
    look = _asked_look(request, look_at(source))
    form = GuideForm(*_posted(request)[:1], look=look, columns=source.columns, pack=run.programme.definitions)
    if request.method == "POST" and form.is_valid():
        preview_again(run=run, map_text=map_of(form.choice(), look), by=request.user)
        return redirect("import-run", run.pk)
    context |= {"form": form, "look": look, "first_rows": _sample(source)}
    return render(request, "web/imports/guide.html", context, status=422 if form.errors else 200)


def _asked_look(request: HttpRequest, look: Look) -> Look:
    """The layout that the reader chose, where they found the guess wrong."""
    asked = request.GET.get("layout")
    return replace(look, layout=asked) if asked in ("long", "wide") else look


def _sample(source: Source) -> Table:
    columns = [Column(_("Line")), *(Column(name) for name in source.columns)]
    cells = [source.texts(column)[:5] for column in source.columns]
    rows = [list(row) for row in zip([str(line) for line in source.lines[:5]], *cells, strict=True)]
    return Table(_("The first rows of the file"), columns, rows, narrow="scroll", id="sample")
