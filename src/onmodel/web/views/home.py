"""Home: what needs doing today, and where one works."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission, roles_with
from onmodel.access.policy import permissions_in
from onmodel.nightly.run import watch
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Membership, Organisation, Programme
from onmodel.web.components import Column, EmptyState, Link, Table
from onmodel.web.seen import saw
from onmodel.web.today import today_of

#: What gives a person something to do here.
WORK = frozenset(
    {Permission.SIGNALS_VIEW, Permission.ANSWERS_ENTER, Permission.WORKLIST, Permission.QUESTIONS_ANSWER}
    | {Permission.REPORT_RELEASE}
)
Allowed = tuple[Programme, frozenset[Permission]]
#: How many programmes each organisation has.
Sizes = dict[int, int]


def home(request: HttpRequest) -> HttpResponse:
    """A patient comes to the own forms at once; everybody else to work at hand."""
    if Treatment.objects.filter(patient__user=request.user).exists():
        return redirect("my-start")
    programmes = [(found, permissions_in(request.user, found)) for found in _programmes(request)]
    works = any(allowed & WORK for _programme, allowed in programmes)
    today = today_of(request.user, programmes) if works else None
    if today is not None and today.patients:
        saw(request, "home opened", request.user, patients=today.patients)
    sizes = _sizes(programmes)
    held = list(request.user.memberships.in_force().select_related("organisation"))
    context = {
        "programmes": _programmes_table(programmes),
        "tasks": today.tasks if today else (),
        "works": works,
        "several": len(programmes) > 1,
        "emergency": _emergency_links(held),
        "privacy": _privacy_links(programmes, sizes),
        "beginnings": _beginnings(held, programmes, sizes),
        "sees_signals": any(Permission.SIGNALS_VIEW in allowed for _programme, allowed in programmes),
        "follows": any(Permission.PIR_RECEIVE in allowed for _programme, allowed in programmes),
        "watch": watch() if _answers_for_the_night(held) else None,
        "simulated": any(programme.is_simulated for programme, _allowed in programmes),
    }
    return render(request, "web/home.html", context)


def _answers_for_the_night(held: list[Membership]) -> bool:
    """Whether the reader's work depends on the nightly run, or the reader looks after the program."""
    roles = {*roles_with(Permission.WORKLIST), *roles_with(Permission.ADMINISTER)}
    return any(membership.role in roles for membership in held)


def _emergency_links(held: list[Membership]) -> list[Link]:
    """To ask for emergency access, and to judge its uses, in each organisation where one may."""
    links = []
    for permission, name, words in (
        (Permission.EMERGENCY_ACCESS, "emergency", _("Ask for emergency access")),
        (Permission.EMERGENCY_REVIEW, "emergencies", _("Judge emergency access")),
    ):
        roles = roles_with(permission)
        for organisation in dict.fromkeys(one.organisation for one in held if one.role in roles):
            links.append(Link(words, reverse(name, args=[organisation.slug]), organisation.name))
    return links


def _privacy_links(programmes: list[Allowed], sizes: Sizes) -> list[Link]:
    """To the texts of consent of each programme, and the periods of each organisation, that one may set."""
    links = [
        Link(_("Texts of consent"), reverse("consent-texts", args=[programme.slug]), programme.name)
        for programme, permissions in programmes
        if Permission.PRIVACY_SET in permissions
    ]
    for organisation in _throughout(programmes, sizes, Permission.PRIVACY_SET):
        address = reverse("retention-periods", args=[organisation.slug])
        links.append(Link(_("How long it is kept"), address, organisation.name))
    return links


def _beginnings(held: list[Membership], programmes: list[Allowed], sizes: Sizes) -> list[Link]:
    """To begin a new programme, in each organisation where one may, also where it has none yet."""
    roles = roles_with(Permission.PROGRAMME_BEGIN)
    found = [
        *_throughout(programmes, sizes, Permission.PROGRAMME_BEGIN),
        *(one.organisation for one in held if one.programme_id is None and one.role in roles),
    ]
    return [
        Link(_("Begin a new programme"), reverse("programme-new", args=[one.slug]), one.name)
        for one in dict.fromkeys(found)
    ]


def _sizes(programmes: list[Allowed]) -> Sizes:
    of = {programme.organisation_id for programme, _allowed in programmes}
    found = Organisation.objects.filter(pk__in=of).annotate(size=Count("programmes"))
    return dict(found.values_list("pk", "size"))


def _throughout(programmes: list[Allowed], sizes: Sizes, permission: Permission) -> list[Organisation]:
    """The organisations in each of whose programmes the reader has the permission."""
    whole: dict[Organisation, list[bool]] = {}
    for programme, allowed in programmes:
        whole.setdefault(programme.organisation, []).append(permission in allowed)
    return [
        organisation
        for organisation, allowed in whole.items()
        if all(allowed) and len(allowed) == sizes[organisation.pk]
    ]


def _programmes(request: HttpRequest) -> list[Programme]:
    today = timezone.localdate()
    active = Q(treatments__started_on__lte=today) & (
        Q(treatments__ended_on__isnull=True) | Q(treatments__ended_on__gt=today)
    )
    known = Programme.objects.known_to(request.user).select_related("organisation")
    return list(known.annotate(active=Count("treatments", filter=active, distinct=True)))


def _programmes_table(programmes: list[Allowed]) -> Table:
    rows = []
    for programme, allowed in programmes:
        name = programme.name
        if Permission.PROGRAMME_VIEW in allowed:
            name = Link(programme.name, reverse("programme", args=[programme.slug]))
        report = ""
        if Permission.PIR_VIEW in allowed:
            report = Link(_("Report"), reverse("pir", args=[programme.slug]))
        elif Permission.RELEASED_VIEW in allowed:
            report = Link(_("Released reports"), reverse("released", args=[programme.slug]))
        active = programme.active if Permission.PROGRAMME_VIEW in allowed else "–"
        waiting = ""
        if Permission.WORKLIST in allowed:
            waiting = Link(_("Worklist"), reverse("worklist", args=[programme.slug]))
        rows.append([name, programme.organisation.name, active, waiting, report])
    columns = [
        _("Programme"),
        _("Organisation"),
        Column(_("In treatment"), numeric=True),
        _("Forms due"),
        _("Report"),
    ]
    empty = EmptyState(_("No programme yet"), _("You have no role in a programme today."))
    return Table(_("Programmes"), columns, rows, empty=empty, caption_hidden=True)
