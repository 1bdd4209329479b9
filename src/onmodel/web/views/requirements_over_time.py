"""How requirements went over the years; and the files that were shown with an attestation."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.charts.drift import Happened
from onmodel.charts.standings import Stretch, standings_chart
from onmodel.programmes.models import Programme
from onmodel.reports.units import why_in_words
from onmodel.requirements.models import EvidenceFile, Outside, StandingChange
from onmodel.requirements.standing import Why
from onmodel.staffing.record import Record
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, EmptyState, Link, Status, Table
from onmodel.web.kept_files import handed_out
from onmodel.web.sections import programme_page
from onmodel.web.views.staffing import events_listed, happened
from onmodel.wording.numbers import written
from onmodel.wording.status import look

#: Years of the picture.
YEARS = 5
LATEST = 30


def requirements_over_time(request: HttpRequest, slug: str) -> HttpResponse:
    """A bar for each requirement, and the latest changes."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    changes = list(
        StandingChange.objects.filter(programme=programme).select_related("attestation__attested_by")
    )
    first = min((change.day for change in changes), default=None)
    events = happened(Record(programme), first)
    context = programme_page(
        request,
        programme,
        chart=_picture(programme, changes, events) if changes else None,
        events=events_listed(events),
        table=changes_table(programme, sorted(changes, key=lambda c: c.day, reverse=True)[:LATEST]),
    )
    crumbs = [
        *context["crumbs"],
        (programme.name, reverse("programme", args=[slug])),
        (_("Requirements"), reverse("requirements", args=[slug])),
    ]
    return render(request, "web/requirements_over_time.html", {**context, "crumbs": crumbs})


def _picture(programme: Programme, changes: Sequence[StandingChange], events: list[Happened]) -> Chart:
    today = timezone.localdate()
    first = today - datetime.timedelta(days=365 * YEARS)
    by_standard: dict[str, list[StandingChange]] = defaultdict(list)
    for change in changes:
        by_standard[change.standard].append(change)
    stretches = [
        stretch
        for standard in programme.definitions.all_standards()
        for stretch in _stretches(
            _short(standard.number, standard.id), by_standard[standard.id], first, today
        )
    ]
    drawing = standings_chart(
        stretches,
        headers=(_("Requirement"), _("Met?"), _("From"), _("Until")),
        states={state: str(look(state, "requirement").label) for state in ("met", "not_met", "unknown")},
        events=events,
        description=_("Of %(n)s requirements whether they were met, over time.") % {"n": len(by_standard)},
    )
    return Chart(
        drawing,
        _("Met or not, over time"),
        id="standings",
        simulated=programme.is_simulated,
        note=_("Numbers are those of the list of requirements; R of the recommendations."),
    )


def _short(number: str, standard_id: str) -> str:
    return number or standard_id


def _stretches(
    row: str, changes: Sequence[StandingChange], first: datetime.date, today: datetime.date
) -> list[Stretch]:
    """From each change of state to the next."""
    found = []
    by_state = [next(group) for _key, group in itertools.groupby(changes, key=lambda c: c.state)]
    for change, later in itertools.zip_longest(by_state, by_state[1:]):
        end = later.day if later else today
        if end >= first:
            found.append(Stretch(row=row, state=change.state, start=max(change.day, first), end=end))
    return found


def changes_table(programme: Programme, changes: Sequence[StandingChange], *, named: bool = True) -> Table:
    """Newest first: what changed, how it is known, and by whose word or which bound."""
    texts = {s.id: s for s in programme.definitions.all_standards()} if named else {}
    language = get_language() or "en"
    rows = []
    for change in changes:
        row = [
            change.day,
            Status(change.state, of="requirement"),
            Status(change.known, of="known_by"),
            _detail(change),
        ]
        if named:
            standard = texts.get(change.standard)
            text = f"{standard.number}. {standard.text.in_(language)}" if standard else change.standard
            address = reverse("requirement", args=[programme.slug, change.standard])
            row.insert(1, Link(text, address) if standard else text)
        rows.append(row)
    columns = [_("Found on"), *([_("Requirement")] if named else []), _("Met?"), _("Known by"), _("By what")]
    empty = EmptyState(_("Nothing is kept yet"), _("The nightly look keeps each change from now on."))
    return Table(_("Changes"), columns, rows, empty=empty, caption_hidden=True, id="changes")


def _detail(change: StandingChange) -> str:
    if change.attestation is not None and change.known == "attested":
        return _("the word of %(who)s") % {"who": change.attestation.attested_by.name}
    parts = []
    if change.n:
        parts.append(_("%(outside)s of %(n)s outside the bound") % {"outside": change.outside, "n": change.n})
    if change.why:
        parts.append(why_in_words(Why(change.why)))
    if change.bound_reason:
        parts.append(_("own bound: %(why)s") % {"why": change.bound_reason})
    return "; ".join(parts) or "–"


def outside_table(programme: Programme, standard: str) -> Table | None:
    """Who fell outside, since which look, and until when; None where nobody ever did."""
    rows = [
        [
            (row.team.name if row.team else row.person.name if row.person else programme.name),
            row.since,
            row.until or _("still"),
            f"{written(row.value)} (n = {row.n})",
        ]
        for row in Outside.objects.filter(programme=programme, standard=standard)
        .select_related("team", "person")
        .order_by("-since")
    ]
    columns = [_("Who"), _("Outside since"), _("Until"), _("Found then")]
    return Table(_("Outside the bound"), columns, rows, caption_hidden=True, id="outside") if rows else None


def evidence_file(request: HttpRequest, slug: str, file_pk: UUID) -> HttpResponse:
    """The file as it was kept."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    files = EvidenceFile.objects.visible_to(request.user).select_related("attestation")
    file = get_object_or_404(files, programme=programme, pk=file_pk)
    word = file.attestation
    return handed_out(
        request,
        file,
        verb="evidence taken",
        subject=word,
        name=f"{word.standard}-{word.attested_on}",
        back=reverse("requirement", args=[slug, word.standard]),
    )
