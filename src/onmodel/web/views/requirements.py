"""A programme's requirements: met or not, how that is known, and attesting what only a person can say."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in, require
from onmodel.packs.standards import Standard
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Programme, Threshold
from onmodel.reports.units import bound_in_words, unit_in_words, why_in_words
from onmodel.requirements.actions import attest, attested_stamp, set_threshold, threshold_stamp
from onmodel.requirements.models import Attestation
from onmodel.requirements.over_time import outside_since
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Standing, State, latest_attestations, standing, standings
from onmodel.web.access import programme_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.components import EmptyState, Fact, Link, Status, Table
from onmodel.web.forms import DateInput
from onmodel.web.kept_files import KeptFileField
from onmodel.web.requirement_found import found_table
from onmodel.web.sections import programme_page
from onmodel.web.views.requirements_over_time import changes_table, outside_table
from onmodel.wording.numbers import date_written

#: The choice of bounds that are no variant of the pack.
OWN = "own"


class AttestForm(SeenMixin):
    """A person's word on a standard."""

    met = forms.TypedChoiceField(
        label=gettext_lazy("Is it met?"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda word: word == "yes",
    )
    evidence = forms.CharField(
        label=gettext_lazy("What shows it?"),
        help_text=gettext_lazy("A document, a meeting, a rota: with its date."),
        widget=forms.Textarea({"rows": 3}),
    )
    file = KeptFileField(label=gettext_lazy("A file that shows it"), required=False)
    on = forms.DateField(label=gettext_lazy("As of"), widget=DateInput)
    expires_on = forms.DateField(
        label=gettext_lazy("Holds until"),
        help_text=gettext_lazy("Left empty, as long as the pack says."),
        widget=DateInput,
        required=False,
    )


class ThresholdForm(SeenMixin):
    """A programme's own threshold: a variant of the pack, or bounds of its own, and why."""

    variant = forms.ChoiceField(label=gettext_lazy("Which bound?"), widget=forms.RadioSelect)
    at_least = forms.FloatField(label=gettext_lazy("At least"), required=False)
    at_most = forms.FloatField(label=gettext_lazy("At most"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why?"), widget=forms.Textarea({"rows": 2}))

    def __init__(self, data: Any = None, *, standard: Standard, seen: str = "") -> None:
        super().__init__(data, prefix="threshold", initial={"seen": seen})
        listed = [(v.id, f"{bound_in_words(v)} ({v.source})") for v in standard.limits]
        self.fields["variant"].choices = [*listed, (OWN, _("Bounds of our own:"))]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if (
            cleaned.get("variant") == OWN
            and cleaned.get("at_least") is None
            and cleaned.get("at_most") is None
        ):
            self.add_error("at_least", _("Give a lower bound, an upper bound, or both."))
        return cleaned

    def threshold(self) -> dict[str, Any]:
        """What `set_threshold` takes: the bounds only where they are the programme's own."""
        chosen = self.cleaned_data
        if chosen["variant"] != OWN:
            return {name: chosen[name] for name in ("variant", "reason", "seen")}
        return {name: chosen[name] for name in ("at_least", "at_most", "reason", "seen")}


class RequirementFilter(forms.Form):
    """Which requirements to list."""

    state = forms.ChoiceField(
        label=gettext_lazy("Met?"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            (State.NOT_MET.value, gettext_lazy("Not met")),
            (State.UNKNOWN.value, gettext_lazy("Unknown")),
            (State.MET.value, gettext_lazy("Met")),
        ],
    )

    def listed(self, found: list[Standing]) -> list[Standing]:
        """Those asked for; none where the filter makes no sense."""
        if not self.is_valid():
            return []
        wanted = self.cleaned_data["state"]
        return [standing for standing in found if wanted in ("", standing.state.value)]


def requirements(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    asked = RequirementFilter(request.GET.dict())
    found = standings(programme, timezone.localdate())
    counts = {state: sum(s.state is state for s in found) for state in State}
    facts = [
        Fact(_("Met"), counts[State.MET]),
        Fact(_("Not met"), counts[State.NOT_MET]),
        Fact(_("Unknown"), counts[State.UNKNOWN]),
    ]
    table = _table(programme, asked.listed(found))
    context = programme_page(request, programme, facts=facts, filter=asked, table=table)
    return render(request, "web/requirements.html", context)


def _table(programme: Programme, found: list[Standing]) -> Table:
    rows = [
        [
            Link(
                name_of(standing.standard),
                reverse("requirement", args=[programme.slug, standing.standard.id]),
            ),
            Status(standing.state.value, of="requirement"),
            Status(standing.known.value, of="known_by"),
            bound_in_words(standing.limit) if standing.limit else "",
            _in_brief(standing),
        ]
        for standing in found
    ]
    columns = [_("Requirement"), _("Met?"), _("Known by"), _("Bound"), _("Found")]
    empty = EmptyState(_("No such requirement"), _("Change the filter."))
    return Table(_("Requirements and recommendations"), columns, rows, empty=empty, caption_hidden=True)


def name_of(standard: Standard) -> str:
    text = standard.text.in_(get_language() or "en")
    return f"{standard.number}. {text}" if standard.number else text


def _in_brief(standing: Standing) -> str:
    if standing.state is State.UNKNOWN:
        return why_in_words(standing.why) if standing.why else ""
    if standing.attestation is not None:
        return standing.attestation.evidence
    sizes = {"failing": len(standing.failing), "all": len(standing.found)}
    if standing.failing and sizes["all"] > 1:
        return _("%(failing)s of %(all)s outside the bound") % sizes
    if sizes["all"] == 1:
        (found,) = standing.found
        unit = unit_in_words(standing.limit.unit, found.value) if standing.limit else ""
        return f"{found.value:.4g} {unit} (n = {found.n})"
    return _("all %(all)s within the bound") % sizes


def requirement(request: HttpRequest, slug: str, standard: str) -> HttpResponse:
    """One standard: what was found for each team or person, its history, and a form to attest it."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    definition = _standard_or_404(programme, standard)
    form = AttestForm(
        request.POST or None,
        request.FILES or None,
        initial={"on": timezone.localdate(), "seen": attested_stamp(programme, standard)},
    )
    if request.method == "POST":
        require(request.user, Permission.REQUIREMENTS_ATTEST, programme=programme)
        if form.is_valid():
            try:
                attest(programme=programme, standard=standard, by=request.user, **form.cleaned_data)
                messages.success(request, _("Your word on this requirement is kept."))
                return redirect("requirement", slug=slug, standard=standard)
            except ChangedMeanwhileError as error:
                return _changed(request, programme, definition, form, error)
            except ValidationError as error:
                form.add_error(None, error)
    return render(
        request,
        "web/requirement.html",
        _requirement_page(request, programme, definition, form=form),
        status=422 if request.method == "POST" else 200,
    )


@require_POST
def requirement_threshold(request: HttpRequest, slug: str, standard: str) -> HttpResponse:
    """Hold a standard by another bound, and say why."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_ATTEST)
    definition = _standard_or_404(programme, standard)
    form = ThresholdForm(request.POST, standard=definition)
    if form.is_valid():
        try:
            set_threshold(programme=programme, standard=standard, by=request.user, **form.threshold())
            messages.success(request, _("This programme is held to that bound now."))
            return redirect("requirement", slug=slug, standard=standard)
        except ChangedMeanwhileError as error:
            return _threshold_changed(request, programme, definition, form, error.current)
        except ValidationError as error:
            form.add_error(None, error)
    page = _requirement_page(request, programme, definition, threshold=form)
    return render(request, "web/requirement.html", page, status=422)


def _changed(
    request: HttpRequest,
    programme: Programme,
    definition: Standard,
    form: AttestForm,
    error: ChangedMeanwhileError,
) -> HttpResponse:
    """Somebody else attested it meanwhile: both words, side by side."""
    word = error.current
    now = {}
    if word is not None:  # the word that was seen may have gone, or never have been
        now = {
            "met": "yes" if word.met else "no",
            "evidence": word.evidence,
            "on": word.attested_on,
            "expires_on": word.expires_on or "–",
        }
    back = reverse("requirement", args=[programme.slug, definition.id])
    return changed_page(request, form, now=now, seen=attested_stamp(programme, definition.id), back=back)


def _seen_threshold(programme: Programme, definition: Standard) -> str:
    return threshold_stamp(programme.thresholds.filter(standard=definition.id).first())


def _threshold_changed(
    request: HttpRequest,
    programme: Programme,
    definition: Standard,
    form: ThresholdForm,
    threshold: Threshold | None,
) -> HttpResponse:
    """Somebody else set another bound meanwhile."""
    now = {}
    if threshold is not None:
        now = {name: getattr(threshold, name) for name in ("at_least", "at_most", "reason")}
        now["variant"] = threshold.variant or OWN
    back = reverse("requirement", args=[programme.slug, definition.id])
    seen = _seen_threshold(programme, definition)
    return changed_page(request, form, now=now, seen=seen, back=back)


def _standard_or_404(programme: Programme, standard: str) -> Standard:
    try:
        return programme.definitions.standard(standard)
    except KeyError:
        raise Http404 from None


def _requirement_page(
    request: HttpRequest,
    programme: Programme,
    definition: Standard,
    *,
    form: AttestForm | None = None,
    threshold: ThresholdForm | None = None,
) -> dict[str, object]:
    today, language = timezone.localdate(), get_language() or "en"
    attestation = latest_attestations(programme, today).get(definition.id)
    found = standing(definition, Picture(programme, today), attestation)
    page = programme_page(
        request,
        programme,
        standing=found,
        name=name_of(definition),
        source=definition.source,
        bound=bound_in_words(found.limit) if found.limit else "",
        bound_source=found.limit.source if found.limit else "",
        variants=[f"{bound_in_words(v)} ({v.source})" for v in definition.limits if v != found.limit],
        aspects=[aspect.text.in_(language) for aspect in definition.aspects],
        helps=[help_.in_(language) for help_ in definition.helps],
        why=why_in_words(found.why) if found.why else "",
        found=found_table(found, outside_since(programme, definition.id)) if found.found else None,
        outside=outside_table(programme, definition.id),
        changes=_changes(programme, definition),
        own=programme.thresholds.filter(standard=definition.id).select_related("set_by").first(),
        history=_history(programme, definition),
        form=form or AttestForm(initial={"on": today, "seen": attested_stamp(programme, definition.id)}),
        threshold=threshold
        or ThresholdForm(standard=definition, seen=_seen_threshold(programme, definition)),
        may_attest=Permission.REQUIREMENTS_ATTEST in permissions_in(request.user, programme),
    )
    crumbs = [
        *page["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Requirements"), reverse("requirements", args=[programme.slug])),
    ]
    return {**page, "crumbs": crumbs}


def _changes(programme: Programme, definition: Standard) -> Table | None:
    found = programme.standing_changes.filter(standard=definition.id)
    changes = list(found.select_related("attestation__attested_by").order_by("-day"))
    return changes_table(programme, changes, named=False) if changes else None


def _history(programme: Programme, definition: Standard) -> Table | None:
    said = programme.attestations.filter(standard=definition.id).select_related("attested_by", "file")
    rows = [
        [
            a.attested_on,
            Status("met" if a.met else "not_met", of="requirement"),
            a.evidence,
            a.attested_by.name,
            _expiry(a),
            _file(programme, a),
        ]
        for a in said.defer("file__content")
    ]
    columns = [_("Day"), _("Met?"), _("Evidence"), _("By"), _("Holds until"), _("File")]
    return Table(_("Attested"), columns, rows, caption_hidden=True) if rows else None


def _expiry(attestation: Attestation) -> object:
    ends = attestation.expires_on
    if ends is None:
        return "–"
    over = ends < timezone.localdate()
    return _("%(day)s, expired") % {"day": date_written(ends)} if over else ends


def _file(programme: Programme, attestation: Attestation) -> object:
    file = getattr(attestation, "file", None)
    if file is None:
        return "–"
    return Link(file.kind.upper(), reverse("evidence-file", args=[programme.slug, file.pk]))
