"""Self-checks as pages show them: to their therapist, and to supervisors those that were shown to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.charts.course import Group, Observed, course_chart
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Membership, Programme
from onmodel.selfcheck.course import (
    Change,
    Checked,
    Experienced,
    experienced_colleagues,
    form_of,
    opened,
)
from onmodel.selfcheck.models import SelfCheck
from onmodel.web.components import Chart, Column, Table
from onmodel.web.post_button import post_button
from onmodel.web.rating_form import in_words
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written, written

DAYS_A_MONTH = 365.25 / 12
EXPERIENCES = "therapist_experiences"


def chart_of(instrument: Instrument, course: Sequence[Checked], simulated: bool) -> Chart:
    today = timezone.localdate()
    months = [-round((today - one.check.checked_on).days / DAYS_A_MONTH, 1) for one in course]
    groups = [
        Group(
            name=in_words(scale.title),
            observed=[
                Observed(months=at, mean=one.scores[scale.id], n=1)
                for at, one in zip(months, course, strict=True)
                if scale.id in one.scores
            ],
        )
        for scale in instrument.scales
    ]
    main = instrument.scale(instrument.main_scale)
    drawing = course_chart(
        groups,
        measure=_("Score, strain: higher is heavier"),
        lower_is_better=False,
        domain=(main.minimum, main.maximum),
        time=_("Months before today"),
        language=get_language() or "en",
    )
    return Chart(drawing, _("Over time"), id="self-check-course", n=len(course), simulated=simulated)


def changes_table(instrument: Instrument, found: Sequence[Change]) -> Table:
    rows = [
        [
            in_words(instrument.scale(one.scale).title),
            written(one.now, 1),
            _signed(one.since_last),
            _signed(one.since_first),
        ]
        for one in found
    ]
    columns = [
        _("Scale"),
        Column(_("Now"), numeric=True),
        Column(_("Since the time before"), numeric=True),
        Column(_("Since the first time"), numeric=True),
    ]
    note = _("Against your own earlier answers only: this form has no norm and no cut-off.")
    return Table(_("Change"), columns, rows, note=note, id="self-check-changes")


def _signed(value: float | None) -> str:
    if value is None:
        return "–"
    return f"+{written(value, 1)}" if value > 0 else written(value, 1)


def own_table(request: HttpRequest, instrument: Instrument, course: Sequence[Checked]) -> Table:
    """Each self-check with who sees it, and the buttons to change that."""
    rows = [_own_row(request, instrument, one) for one in reversed(course)]
    columns = [
        _("Day"),
        *(Column(in_words(scale.title), numeric=True) for scale in instrument.scales),
        _("Who sees it"),
        Column(_("Show or take back"), hidden_label=True),
        Column(_("Remove"), hidden_label=True),
    ]
    return Table(_("Your self-checks"), columns, rows, caption_hidden=True, id="self-checks")


def _own_row(request: HttpRequest, instrument: Instrument, one: Checked) -> list[object]:
    day, key = date_written(one.check.checked_on), one.check.pk
    if one.check.shared_on:
        seen = _("you and your supervisors")
        button = post_button(request, _("Take back"), reverse("self-check-take-back", args=[key]), day)
    else:
        seen = _("only you")
        button = post_button(
            request, _("Show to my supervisors"), reverse("self-check-show", args=[key]), day
        )
    remove = post_button(request, _("Remove"), reverse("self-check-remove", args=[key]), day)
    return [day, *_scores(instrument, one), seen, button, remove]


def _scores(instrument: Instrument, one: Checked) -> list[object]:
    return [written(one.scores[s.id], 1) if s.id in one.scores else None for s in instrument.scales]


def shared_checks(request: HttpRequest, programme: Programme, therapist: User) -> dict[str, object] | None:
    """What a supervisor sees of a therapist's self-checks: those that were shown; None for none."""
    instrument = form_of(programme)
    if instrument is None or therapist == request.user:
        return None
    shown = SelfCheck.objects.of(therapist).shown_to_supervisors().filter(programme=programme)
    course = opened(instrument, shown)
    if not course:
        return None
    saw(request, "shown self-checks opened", programme, therapist=therapist.pk)
    columns = [_("Day"), *(Column(in_words(scale.title), numeric=True) for scale in instrument.scales)]
    rows = [[date_written(one.check.checked_on), *_scores(instrument, one)] for one in reversed(course)]
    asks = course[-1].wants_support
    return {
        "table": Table(_("Self-checks"), columns, rows, caption_hidden=True, id="shared-checks"),
        "texts": texts_of(instrument, course),
        "asks": asks,
        "colleagues": colleague_lines(experienced_colleagues(programme, therapist)) if asks else [],
    }


def texts_of(instrument: Instrument, course: Sequence[Checked]) -> list[tuple[str, str, str]]:
    """Day, question and words, the latest first."""
    return [
        (date_written(one.check.checked_on), in_words(instrument.item(item).label, item), text)
        for one in reversed(course)
        for item, text in one.texts.items()
    ]


def colleague_lines(found: Sequence[Experienced]) -> list[str]:
    return [
        _("%(name)s (level %(level)s, in the programme since %(day)s)")
        % {"name": one.user.name, "level": one.level.upper(), "day": date_written(one.since)}
        if one.level
        else _("%(name)s (in the programme since %(day)s)")
        % {"name": one.user.name, "day": date_written(one.since)}
        for one in found
    ]


def own_start(programme: Programme, therapist: User) -> tuple[str, str]:
    """Since when the therapist works here, and at which level of training, in words; empty where unknown."""
    working = Membership.objects.in_force().of_programme(programme).filter(user=therapist)
    rows = list(working.filter(role__in=["therapist", "supervisor"]))
    since = min((one.starts_on for one in rows), default=None)
    level = next((one.training.upper() for one in rows if one.training), "")
    return (date_written(since) if since else "", level)


def experiences(programme: Programme) -> list[str]:
    """What other therapists met in learning the model, as the pack lists it."""
    listed = programme.definitions.terms.get(EXPERIENCES)
    return [in_words(term.label) for term in (listed.terms if listed else ())]
