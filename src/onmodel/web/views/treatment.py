"""One patient's treatment: where it stands, how it goes, which forms are due."""

from __future__ import annotations

import datetime
from collections import defaultdict
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.assessments.models import Assignment
from onmodel.assessments.models import Score as ScoreOfForm
from onmodel.charts.course import Marks
from onmodel.charts.patient import Score as ChartScore
from onmodel.charts.patient import patient_course_chart
from onmodel.feedback.impressions import INSTRUMENT, impression_due, looked_at
from onmodel.forms.actions import FILLABLE
from onmodel.forms.wording import can_be_asked
from onmodel.measurement.change import change_criteria
from onmodel.measurement.meaning import band_scores, find_bands, find_cut_off
from onmodel.packs.instruments import Direction, Instrument
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import Treatment
from onmodel.process.course.timeline import course_of
from onmodel.signals.models import Signal
from onmodel.web.absence_rows import reviews_facts
from onmodel.web.access import is_own, part_of, treatment_for
from onmodel.web.checklist_parts import checks_of, in_short
from onmodel.web.clock_rows import clocks_table
from onmodel.web.components import Chart, Column, EmptyState, Fact, Link, Status, Table, Timeline, cell
from onmodel.web.folding import Folded, folded
from onmodel.web.seen import saw
from onmodel.web.signal_rows import signals_table
from onmodel.web.views.consents import consent_table
from onmodel.web.views.corrections import may_correct_record
from onmodel.web.views.identity import identity_facts
from onmodel.web.views.rights import may_copy
from onmodel.wording.numbers import date_written, written

#: So many drawings and signals stand open on the page.
CHARTS = 2
SIGNALS = 3
#: The forms that somebody can go on with now.
WORST_FIRST = Signal.Severity.values[::-1]
AT_WORK = (Assignment.Status.OPEN, Assignment.Status.PARTIAL)


def treatment(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = treatment_for(request, pk)
    return treatment_page(request, found, own=is_own(request, found))


def treatment_page(request: HttpRequest, found: Treatment, *, own: bool) -> HttpResponse:
    """The page, for staff or for the patient (`own`) whose treatment it is."""
    programme = found.programme
    emergency = None if own else _emergency(request, found)
    shows_identity = own or _may(request, found, Permission.IDENTITY_VIEW)
    verb = "treatment opened with identity" if shows_identity else "treatment opened"
    saw(request, verb, found, why=emergency.reason if emergency else "")
    allowed = frozenset() if own else permissions_in(request.user, programme)
    correctable = not own and may_correct_record(request, found)
    forms = _forms(request, found, own=own)
    charts = _charts(found, forms)
    together = _together(request, found, own=own)
    may_enter = not own and _may(request, found, Permission.ANSWERS_ENTER)
    context = {
        "treatment": found,
        "programme": programme,
        "own": own,
        "emergency": emergency,
        "identity": identity_facts(found) if shows_identity else None,
        "may_correct": not own and _may(request, found, Permission.IDENTITY_EDIT),
        "log": part_of(request, found, "access-log"),
        "may_see_log": own or _may(request, found, Permission.ACCESS_LOG_VIEW),
        "may_enter": may_enter,
        "facts": _facts(found),
        "charts": charts[:CHARTS],
        "more_charts": charts[CHARTS:],
        "impression_due": not own and impression_due(request.user, found) is not None,
        "together": together,
        "forms": _forms_table(found, forms, linked=correctable, entered=may_enter),
        "line": _line(found, own=own),
        "may_keep_course": not own and _may(request, found, Permission.COURSE_KEEP),
        "may_keep_days": not own and _may(request, found, Permission.DAYS_KEEP),
        "crisis_plan": not own and _may(request, found, Permission.CRISIS_PLAN_VIEW),
        "plans": None if own else _plans_table(found),
        "clocks": None if own else clocks_table(found),
        "plans_address": part_of(request, found, "plans") if together else "",
        "checks": None if own or not together else in_short(checks_of(found)),
        "reviews_address": part_of(request, found, "reviews") if together else "",
        "reviewed": reviews_facts(found) if together and not own else [],
        "copies": [(kind, part_of(request, found, "patient-copy", kind)) for kind in ("zip", "pdf", "json")],
        "may_correct_record": correctable,
        "may_copy": may_copy(request, found),
        "consents": consent_table(request, found),
        "signals": None if own else _signals(request, found, allowed),
        "may_give_access": Permission.PATIENT_ACCESS_GIVE in allowed,
        "sees_worklist": Permission.WORKLIST in allowed,
        "crumbs": [] if own else _crumbs(found, allowed),
        "simulated": programme.is_simulated,
    }
    return render(request, "web/treatment.html", context)


def _forms(request: HttpRequest, treatment: Treatment, *, own: bool) -> list[Assignment]:
    """The forms with those scores that the reader may see."""
    if own:
        forms = treatment.assignments.for_the_patient().exclude(instrument=INSTRUMENT)
        scores = ScoreOfForm.objects.all()
    else:
        forms = treatment.assignments.all()
        scores = _before_impression(request, treatment, ScoreOfForm.objects.open_to(request.user))
    return list(
        forms.prefetch_related(Prefetch("scores", queryset=scores)).order_by("months", "due_on", "instrument")
    )


def _before_impression(request: HttpRequest, treatment: Treatment, scores: QuerySet) -> QuerySet:
    """Of who has an impression to give first, the scores up to the measurement that was looked at last."""
    if impression_due(request.user, treatment) is None:
        return scores
    until = looked_at(request.user, treatment)
    known = scores.filter(assignment__answered_on__lte=until) if until else scores.none()
    return known | scores.exclude(assignment__respondent="patient")


def _emergency(request: HttpRequest, treatment: Treatment) -> EmergencyAccess | None:
    """The use of emergency access by which the reader is here."""
    return EmergencyAccess.objects.in_force().filter(treatment=treatment, user=request.user).first()


def _together(request: HttpRequest, treatment: Treatment, *, own: bool) -> str:
    """The address of the page that patient and therapist look at; empty for who has no part in that."""
    if not request.user.is_authenticated:
        return reverse("my-progress")
    shown = own or _may(request, treatment, Permission.CONVERSATION_VIEW)
    return reverse("progress", args=[treatment.pk]) if shown else ""


def _line(treatment: Treatment, *, own: bool) -> Timeline | None:
    course = course_of(treatment, own=own)
    return Timeline(course) if course else None


def _may(request: HttpRequest, treatment: Treatment, permission: Permission) -> bool:
    return Treatment.objects.visible_to(request.user, permission).filter(pk=treatment.pk).exists()


def _crumbs(treatment: Treatment, allowed: frozenset[Permission]) -> list[tuple[str, str]]:
    slug = treatment.programme.slug
    crumbs = [(_("Home"), reverse("home"))]
    if Permission.PROGRAMME_VIEW in allowed:
        crumbs.append((treatment.programme.name, reverse("programme", args=[slug])))
    if Permission.TREATMENT_VIEW in allowed:
        crumbs.append((_("Patients"), reverse("patients", args=[slug])))
    return crumbs


def _facts(treatment: Treatment) -> list[Fact]:
    months = treatment.months_at(treatment.ended_on or timezone.localdate())
    phase = treatment.phases.in_force().last()
    started = treatment.started_on
    note = _("one date given for a whole imported file") if treatment.start_is_nominal else ""
    facts = [
        Fact(_("Programme"), treatment.programme.name),
        Fact(_("Team"), treatment.team.name if treatment.team else None),
        Fact(
            _("Primary clinician"), treatment.primary_clinician.name if treatment.primary_clinician else None
        ),
        Fact(_("Start"), started, note),
        Fact(_("Months since start"), round(months, 1) if months is not None and months >= 0 else None),
        Fact(_("Phase"), _term(treatment, "phases", phase.kind) if phase else None),
    ]
    if treatment.cohort:
        facts.append(Fact(_("Group"), treatment.cohort))
    if treatment.ended_on:
        end = _term(treatment, "end_kinds", treatment.end_kind)
        facts.append(Fact(_("End"), f"{date_written(treatment.ended_on)}: {end}"))
    return facts


def _term(treatment: Treatment, terms: str, term_id: str) -> str:
    found = treatment.programme.definitions.terms.get(terms)
    term = next((t for t in (found.terms if found else ()) if t.id == term_id), None)
    return term.label.in_(get_language() or "en") if term else term_id


def _charts(treatment: Treatment, forms: list[Assignment]) -> list[Chart]:
    """A chart for each form's main scale, of the forms that hang on moments."""
    by_instrument: dict[str, list[Assignment]] = defaultdict(list)
    for form in forms:
        if form.months is not None:
            by_instrument[form.instrument].append(form)
    instruments = treatment.programme.definitions.instruments
    charts = []
    for name, filled in by_instrument.items():
        if name in instruments:
            charts += _charts_of(treatment, instruments[name], filled)
    return charts


def _charts_of(treatment: Treatment, instrument: Instrument, forms: list[Assignment]) -> list[Chart]:
    """The main scale; every entered scale of a form whose items are not known."""
    scales = [instrument.main_scale]
    if all(scale.__struct_config__.tag == "entered" for scale in instrument.scales):
        scales = [scale.id for scale in instrument.scales]
    drawn = [_chart(treatment, instrument, scale, forms) for scale in scales]
    return [chart for chart in drawn if chart is not None]


def _chart(
    treatment: Treatment, instrument: Instrument, scale_id: str, forms: list[Assignment]
) -> Chart | None:
    values = {f.pk: next((s.value for s in f.scores.all() if s.scale == scale_id), None) for f in forms}
    known = [value for value in values.values() if value is not None]
    if not known:
        return None
    scale, language = instrument.scale(scale_id), get_language() or "en"
    today = timezone.localdate()
    shown = [f for f in forms if values[f.pk] is not None or _passed(f, today)]
    first = next(values[f.pk] for f in shown if values[f.pk] is not None)
    drawing = patient_course_chart(
        [
            ChartScore(months=f.months, score=values[f.pk], meaning=_band(instrument, scale_id, values[f.pk]))
            for f in shown
        ],
        measure=f"{scale.title.in_(language)} ({_better(instrument, scale_id)})",
        marks=_marks(instrument, scale_id),
        reliable_change=_smallest_change(instrument, scale_id, first),
        domain=_domain(scale, known),
        language="nl" if language.startswith("nl") else "en",
    )
    return Chart(
        drawing,
        title=f"{instrument.abbreviation}: {scale.title.in_(language)}",
        id=f"chart-{instrument.id}-{scale_id}".lower(),
        n=len(known),
        simulated=treatment.programme.is_simulated,
    )


def _passed(form: Assignment, day: datetime.date) -> bool:
    return form.due_on is not None and form.due_on < day and form.status != Assignment.Status.NOT_APPLICABLE


def _better(instrument: Instrument, scale_id: str) -> str:
    direction = instrument.scale(scale_id).direction or instrument.direction
    words = {Direction.WORSE: _("lower is better"), Direction.BETTER: _("higher is better")}
    return words.get(Direction(direction), _("no better or worse"))


def _marks(instrument: Instrument, scale_id: str) -> Marks:
    cut_off = find_cut_off(instrument, scale_id)
    return Marks(cut_off=cut_off.value if cut_off else None)


def _smallest_change(instrument: Instrument, scale_id: str, first: float) -> float | None:
    """The reliable change that holds for a patient who started at `first`."""
    for criterion in change_criteria(instrument, scale_id):
        above, below = criterion.rule.starts_above, criterion.rule.starts_below
        if (above is None or first >= above) and (below is None or first < below):
            return criterion.value
    return None


def _band(instrument: Instrument, scale_id: str, value: float | None) -> str:
    bands = find_bands(instrument, scale_id)
    if bands is None or value is None:
        return ""
    import numpy as np

    (band,) = band_scores(np.array([value]), bands).to_list()
    return band.label.in_(get_language() or "en") if band else ""


def _domain(scale, known: list[float]) -> tuple[float, float]:
    """The whole scale where its ends are known; else wide enough that small steps look small."""
    low, high = min(known), max(known)
    if scale.minimum is not None and scale.maximum is not None:
        return min(scale.minimum, low), max(scale.maximum, high)
    room = max(high - low, abs(high + low) / 4)
    return low - room / 2, high + room / 2


def _forms_table(
    treatment: Treatment, forms: list[Assignment], *, linked: bool, entered: bool = False
) -> Table | Folded:
    instruments = treatment.programme.definitions.instruments
    rows = []
    for form in forms:
        instrument = instruments.get(form.instrument)
        main = next((s for s in form.scores.all() if instrument and s.scale == instrument.main_scale), None)
        rows.append(
            [
                instrument.abbreviation if instrument else form.instrument,
                "–" if form.months is None else _("month %(n)s") % {"n": written(form.months)},
                form.due_on or "–",
                Status(form.status, of="assignment"),
                _answered(treatment, form, linked=linked),
                main.value if main else "–",
                *([_fill_in(treatment, form, instrument)] if entered else []),
            ]
        )
    columns = [
        _("Form"),
        _("Moment"),
        _("Due"),
        _("Status"),
        _("Answered"),
        Column(_("Score"), numeric=True),
        *([_("Fill in")] if entered else []),
    ]
    empty = EmptyState(_("No forms yet"), _("Forms appear here when they are planned or imported."))
    table = Table(_("Forms"), columns, rows, empty=empty, caption_hidden=True, id="forms")
    now = [form.status in AT_WORK for form in forms]
    return folded(table, now, _("Forms that are answered, missed or still to come (%(n)s)"))


def _answered(treatment: Treatment, form: Assignment, *, linked: bool) -> object:
    """The day; for who may correct, a link to do so."""
    if form.answered_on is None or not linked:
        return form.answered_on or "–"
    url = reverse("form-correct", args=[treatment.pk, form.pk])
    return Link(date_written(form.answered_on), url, note=_("correct"))


def _fill_in(treatment: Treatment, form: Assignment, instrument: Instrument | None) -> object:
    """For a form that can still be filled: type it in, and the empty form on paper where it has words."""
    if instrument is None or form.answered_on is not None or form.status not in FILLABLE:
        return ""
    type_in = Link(_("type in"), reverse("form-enter", args=[treatment.pk, form.pk]))
    if not can_be_asked(instrument, simulated=treatment.programme.is_simulated):
        return Link(type_in.text, type_in.href, note=_("its wording is not loaded"))
    paper = reverse("form-paper", args=[treatment.pk, form.pk])
    return format_html('{} · <a href="{}">{}</a>', cell(type_in), paper, _("paper"))


def _plans_table(treatment: Treatment) -> Table | Folded:
    plans = list(treatment.plans.order_by("kind", "-made_on"))
    rows = [
        [_term(treatment, "plan_kinds", p.kind), p.made_on, p.agreed_on or _("not agreed yet")] for p in plans
    ]
    columns = [_("Plan"), _("Made"), _("Agreed")]
    empty = EmptyState(_("No plans recorded"))
    table = Table(_("Plans"), columns, rows, empty=empty, caption_hidden=True, id="plans")
    newest = [not place or plan.kind != plans[place - 1].kind for place, plan in enumerate(plans)]
    return folded(table, newest, _("Earlier versions (%(n)s)"))


def _signals(
    request: HttpRequest, treatment: Treatment, allowed: frozenset[Permission]
) -> Table | Folded | None:
    if Permission.SIGNALS_VIEW not in allowed:
        return None
    visible = Signal.objects.visible_to(request.user).unsettled().filter(treatment=treatment)
    found = visible.select_related("programme", "treatment__patient", "person", "team")
    worst = sorted(found, key=lambda one: WORST_FIRST.index(one.severity))
    table = signals_table(worst, caption=_("Signals"), leave_out=["about", "programme"])
    return folded(table, [place < SIGNALS for place in range(len(worst))], _("%(n)s more signals"))
