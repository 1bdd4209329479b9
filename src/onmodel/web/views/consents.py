"""What a patient agreed to: on the treatment page in brief, and one page a purpose to decide again."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.consent.actions import decide
from onmodel.consent.models import Consent, allows, permits
from onmodel.consent.purposes import Purpose
from onmodel.consent.texts import text_in_force
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.web.access import is_own, part_of, treatment_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.components import EmptyState, Link, Status, Table
from onmodel.web.folding import Folded, folded
from onmodel.web.forms import DateInput
from onmodel.web.seen import reader, saw


class DecisionForm(SeenMixin):
    """The patient's decision, as staff record it."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What did the patient decide?"),
        widget=forms.RadioSelect,
        choices=[
            (Consent.Decision.GIVEN, gettext_lazy("Yes, it is allowed")),
            (Consent.Decision.REFUSED, gettext_lazy("No, it is not allowed")),
            (Consent.Decision.WITHDRAWN, gettext_lazy("An earlier yes is taken back")),
        ],
    )
    decided_on = forms.DateField(label=gettext_lazy("On which day?"), widget=DateInput)
    method = forms.ChoiceField(
        label=gettext_lazy("How?"), widget=forms.RadioSelect, choices=Consent.Method.choices
    )


class OwnDecisionForm(SeenMixin):
    """The same for patients themselves: today, in the program."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What do you decide?"),
        widget=forms.RadioSelect,
        choices=[
            (Consent.Decision.GIVEN, gettext_lazy("Yes, that is fine")),
            (Consent.Decision.REFUSED, gettext_lazy("No, I do not want that")),
        ],
    )


def consent_table(request: HttpRequest, treatment: Treatment) -> Table | Folded:
    """Each purpose: whether it is allowed, since when, and where to change it."""
    latest = {c.purpose: c for c in treatment.patient.consents.current()}
    may = may_record(request, treatment)
    rows = [
        _row(
            purpose,
            latest.get(purpose),
            part_of(request, treatment, "consent", purpose.value) if may else "",
        )
        for purpose in Purpose
    ]
    columns = [_("Use of data"), _("Allowed?"), _("Decided"), _("How")]
    table = Table(_("Consent"), columns, rows, caption_hidden=True, id="consent")
    return folded(table, [False] * len(rows), _("What the patient agreed to, for each of %(n)s uses of data"))


def _row(purpose: Purpose, latest: Consent | None, url: str) -> list[object]:
    label = str(purpose.label)
    return [
        Link(label, url) if url else label,
        Status("allowed" if permits(latest, purpose) else "not_allowed", of="consent"),
        latest.decided_on if latest else _("not asked yet"),
        latest.get_method_display() if latest else "–",
    ]


def may_record(request: HttpRequest, treatment: Treatment) -> bool:
    return is_own(request, treatment) or has_permission(
        request.user, Permission.CONSENT_RECORD, programme=treatment.programme
    )


def consent(request: HttpRequest, pk: UUID, purpose: str) -> HttpResponse:
    return consent_page(request, treatment_for(request, pk, Permission.CONSENT_RECORD), purpose)


def consent_page(request: HttpRequest, treatment: Treatment, purpose: str) -> HttpResponse:
    """One purpose: the text, the history, and a form to record a decision."""
    if purpose not in Purpose.values:
        raise Http404
    if not may_record(request, treatment):
        raise PermissionDenied
    saw(request, "consent read", treatment)
    about = Purpose(purpose)
    form = _form(request, treatment, about)
    if request.method == "POST" and form.is_valid():
        answer = _decide(request, treatment, about, form)
        if answer is not None:
            return answer
    status = 422 if request.method == "POST" else 200
    return render(request, "web/consent.html", _context(request, treatment, about, form), status=status)


def _form(request: HttpRequest, treatment: Treatment, purpose: Purpose) -> forms.Form:
    own = is_own(request, treatment)
    latest = treatment.patient.consents.filter(purpose=purpose).first()
    initial = {"seen": latest.pk if latest else 0, "decided_on": timezone.localdate(), "method": "paper"}
    return (OwnDecisionForm if own else DecisionForm)(request.POST or None, initial=initial)


def _decide(
    request: HttpRequest, treatment: Treatment, purpose: Purpose, form: forms.Form
) -> HttpResponse | None:
    """Keep it; None, with the form saying why, where it cannot be."""
    given = {"method": Consent.Method.DIGITAL, **form.cleaned_data}
    seen = given.pop("seen")
    if "decided_on" not in given:
        given["decision"] = _own(treatment, purpose, given["decision"])
    try:
        decide(
            patient=treatment.patient,
            programme=treatment.programme,
            purpose=purpose,
            by=reader(request),
            seen=int(seen) if seen.isdecimal() else 0,
            **given,
        )
    except ChangedMeanwhileError as error:
        latest = error.current
        now = {name: getattr(latest, name) for name in ("decision", "decided_on", "method")} if latest else {}
        back = part_of(request, treatment, "treatment")
        return changed_page(request, form, now=now, seen=latest.pk if latest else 0, back=back)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("The decision is kept; it holds from now on."))
    return redirect(part_of(request, treatment, "treatment"))


def _own(treatment: Treatment, purpose: Purpose, decision: str) -> str:
    """A patient's no after a yes is a withdrawal."""
    latest = treatment.patient.consents.filter(purpose=purpose).first()
    taken_back = decision == Consent.Decision.REFUSED and latest and latest.decision == "given"
    return Consent.Decision.WITHDRAWN if taken_back else decision


def _context(
    request: HttpRequest, treatment: Treatment, purpose: Purpose, form: forms.Form
) -> dict[str, object]:
    text = text_in_force(treatment.programme, purpose, timezone.localdate())
    name = _("Your treatment") if is_own(request, treatment) else treatment.patient.pseudonym
    return {
        "treatment": treatment,
        "own": is_own(request, treatment),
        "programme": treatment.programme,
        "title": purpose.label,
        "text": text.words.in_(get_language() or "en"),
        "version": f"{text.source} {text.version}",
        "allowed": "allowed" if allows(treatment.patient, purpose) else "not_allowed",
        "history": _history(treatment, purpose),
        "form": form,
        "crumbs": [(name, part_of(request, treatment, "treatment"))],
        "simulated": treatment.programme.is_simulated,
    }


def _history(treatment: Treatment, purpose: Purpose) -> Table:
    decisions = treatment.patient.consents.filter(purpose=purpose).select_related("recorded_by")
    rows = [
        [
            c.decided_on,
            c.get_decision_display(),
            c.get_method_display(),
            f"{c.text_source} {c.text_version}",
            _recorder(c, treatment),
        ]
        for c in decisions
    ]
    columns = [_("Day"), _("Decision"), _("How"), _("Text"), _("Recorded by")]
    empty = EmptyState(_("Not asked yet"))
    return Table(_("Decisions"), columns, rows, empty=empty, caption_hidden=True)


def _recorder(decision: Consent, treatment: Treatment) -> str:
    """Without an account it was the patient, by a link or code, or the command line."""
    if decision.recorded_by is None:
        return _("the patient") if decision.method == Consent.Method.DIGITAL else "–"
    if decision.recorded_by_id == treatment.patient.user_id:
        return _("the patient")
    return decision.recorded_by.name
