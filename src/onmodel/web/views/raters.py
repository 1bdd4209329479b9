"""Raters: agreement item by item, severity, standing to references, and how sure a mean is."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.adherence import agreement, profile, scales
from onmodel.adherence.models import Calibration
from onmodel.adherence.second.standing import Standing, standing
from onmodel.inference.raters import RaterStudy, half_width
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Session
from onmodel.web.access import programme_for
from onmodel.web.adherence_forms import CalibrationForm, ShareForm
from onmodel.web.components import Column, EmptyState, Fact, Figure, Link, Table
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written, written

#: Severity is reckoned from this long.
SPAN = datetime.timedelta(days=2 * 365)
SESSIONS, RATERS = (1, 2, 4, 8), (1, 2, 3)


@require_GET
def raters(request: HttpRequest, slug: str) -> HttpResponse:
    return raters_page(request, programme_for(request, slug, Permission.ADHERENCE_RATE))


def raters_page(
    request: HttpRequest,
    programme: Programme,
    status: int = 200,
    *,
    share_form: ShareForm | None = None,
    plan_form: CalibrationForm | None = None,
    second_errors: Sequence[str] = (),
) -> HttpResponse:
    saw(request, "raters compared", programme)
    found = standing(programme, timezone.localdate())
    context = programme_page(
        request,
        programme,
        parts=[part for kind in Session.Kind if (part := _part(programme, kind))],
        second=found,
        second_facts=_second_facts(found),
        second_errors=second_errors,
        share_form=share_form or ShareForm(initial={"percent": round(100 * found.share, 1)}),
        plan_form=plan_form or CalibrationForm(programme=programme, user=request.user),
        calibrations=_calibrations_table(programme, request.user),
    )
    context["crumbs"] = [
        *context["crumbs"],
        (_("Adherence"), reverse("adherence", args=[programme.slug])),
    ]
    return render(request, "web/raters.html", context, status=status)


def _second_facts(found: Standing) -> list[Fact]:
    return [
        Fact(_("Sessions rated or asked for this quarter"), found.first),
        Fact(_("Of these with a second, blind rating"), found.twice),
        Fact(_("Share that is wanted"), _("%(n)s %%") % {"n": written(100 * found.share, 0)}),
        Fact(_("Still to draw"), found.wanted),
    ]


def _calibrations_table(programme: Programme, user: User) -> Table:
    """Those of sessions that the reader supervises, with how many of the ratings are in."""
    supervised = Session.objects.visible_to(user, Permission.ADHERENCE_RATE)
    found = Calibration.objects.filter(programme=programme, session__in=supervised).select_related(
        "therapist"
    )
    counted = found.annotate(
        asked=Count("ratings", filter=Q(ratings__called_off_at__isnull=True)),
        given=Count(
            "ratings",
            filter=Q(ratings__called_off_at__isnull=True, ratings__submitted_at__isnull=False),
        ),
    )
    rows = [
        [
            Link(date_written(one.held_on), reverse("calibration", args=[one.pk])),
            one.therapist.name,
            _("%(given)s of %(asked)s") % {"given": one.given, "asked": one.asked},
        ]
        for one in counted
    ]
    columns = [_("Day"), _("Session of"), Column(_("Ratings in"), numeric=True)]
    empty = EmptyState(_("No calibration is planned"), _("Plan one below."))
    return Table(_("Calibrations"), columns, rows, empty=empty, caption_hidden=True, id="calibrations")


def _part(programme: Programme, kind: Session.Kind) -> dict[str, object] | None:
    instrument = scales.scale_for(programme, kind.value)
    if instrument is None:
        return None
    since = timezone.localdate() - SPAN
    study = profile.study(programme, instrument, instrument.main_scale, since)
    return {
        "title": kind.label,
        "agreement": _agreement(programme, instrument, kind.value),
        "severity": _severity(study, kind.value),
        "shares": _shares(study),
        "decision": _decision(study, kind.value),
        "calibration": _calibration(programme, instrument, kind.value),
    }


def _agreement(programme: Programme, instrument: Instrument, kind: str) -> Table:
    titles = {part.id: in_words(part.title).split(":")[0] for part in instrument.parts}
    rows = []
    for one in agreement.by_item(programme, instrument):
        item = instrument.item(one.item)
        icc = Figure(
            one.icc.estimate if one.icc else None,
            interval=(one.icc.lower, one.icc.upper) if one.icc else None,
            digits=2,
            why=_("fewer than five sessions, or no differences between them"),
        )
        within = _("%(n)s %%") % {"n": round(100 * one.within_one)}
        rows.append(
            [
                in_words(item.label, item.id),
                titles.get(item.part or "", ""),
                one.n,
                written(one.apart, 1),
                within,
                icc,
            ]
        )
    columns = [
        _("Item"),
        _("Respect"),
        Column(_("Sessions"), numeric=True),
        Column(_("Points apart"), numeric=True),
        Column(_("At most one apart"), numeric=True),
        Column(_("ICC of one rating"), numeric=True),
    ]
    empty = EmptyState(
        _("No session was rated blind by two people yet"), _("Ask for a second rating of a drawn session.")
    )
    return Table(_("Agreement, item by item"), columns, rows, empty=empty, id=f"agreement-{kind}")


def _severity(study: RaterStudy | None, kind: str) -> Table:
    names = dict(
        User.objects.filter(pk__in=[one.name for one in study.raters] if study else []).values_list(
            "pk", "name"
        )
    )
    rows = [
        [
            names[int(one.name)],
            one.n,
            Figure(
                one.value if one.se else None,
                interval=(one.lower, one.upper) if one.se else None,
                digits=2,
                why=_("no difference in severity was found"),
            ),
        ]
        for one in (study.raters if study else ())
    ]
    columns = [_("Rater"), Column(_("Ratings"), numeric=True), Column(_("Points above others"), numeric=True)]
    empty = EmptyState(
        _("Too few ratings to tell raters from therapists"),
        _("Twelve ratings of three therapists by two raters are the least."),
    )
    return Table(_("Severity of raters"), columns, rows, empty=empty, id=f"severity-{kind}")


def _shares(study: RaterStudy | None) -> str:
    """Where the differences between ratings come from."""
    if study is None:
        return ""
    session = study.session_variance
    total = study.person_variance + study.rater_variance + (session or 0.0) + study.residual_variance
    parts = [(_("therapists"), study.person_variance), (_("raters"), study.rater_variance)]
    if session is not None:
        parts.append((_("sessions"), session))
    parts.append((_("the rest"), study.residual_variance))
    listed = ", ".join(f"{name} {round(100 * value / total)} %" for name, value in parts)
    return _(
        "Differences between ratings come from: %(parts)s (n = %(n)s ratings of %(sessions)s sessions)."
    ) % {
        "parts": listed,
        "n": study.n,
        "sessions": study.sessions,
    }


def _decision(study: RaterStudy | None, kind: str) -> Table | None:
    """How far a therapist's mean may be off, for so many sessions and raters."""
    if study is None:
        return None
    counts = RATERS if study.session_variance is not None else RATERS[:1]
    rows = [[n, *(written(half_width(study, sessions=n, raters=k), 1) for k in counts)] for n in SESSIONS]
    columns = [_("Sessions"), *(Column(_("raters each: %(n)s") % {"n": k}, numeric=True) for k in counts)]
    return Table(
        _("How far a therapist's mean may be off (half the 95 % interval, in points)"),
        columns,
        rows,
        id=f"decision-{kind}",
    )


def _calibration(programme: Programme, instrument: Instrument, kind: str) -> Table:
    rows = []
    for one in agreement.calibrated(programme, instrument):
        enough = one.n >= profile.FEWEST_FOR_INTERVAL
        interval = (one.bias.lower, one.bias.upper) if enough else None
        drift = Figure(
            one.slope,
            interval=(one.slope_lower, one.slope_upper) if one.slope is not None else None,
            digits=2,
            why=_("four calibrations are needed"),
        )
        rows.append(
            [
                one.rater,
                one.n,
                Figure(one.bias.mean, interval=interval, digits=2),
                written(one.apart, 1),
                drift,
            ]
        )
    columns = [
        _("Rater"),
        Column(_("Calibrations"), numeric=True),
        Column(_("Points above the reference"), numeric=True),
        Column(_("Points apart"), numeric=True),
        Column(_("Change a year"), numeric=True),
    ]
    empty = EmptyState(
        _("No calibration with a reference yet"),
        _("Ask several people to rate one session for calibration, and one for the reference."),
    )
    return Table(_("Against references"), columns, rows, empty=empty, id=f"calibration-{kind}")
