"""A copy of the record: for patients all of it, for staff who may the treatments that they see."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.patients.models import Treatment
from onmodel.rights.actions import export_patient
from onmodel.rights.files import KINDS, export_file
from onmodel.web.access import is_own, treatment_for
from onmodel.web.seen import reader


def may_copy(request: HttpRequest, treatment: Treatment) -> bool:
    return is_own(request, treatment) or has_permission(
        request.user, Permission.PATIENT_EXPORT, programme=treatment.programme
    )


@require_POST
def patient_copy(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The file; a POST, because it writes that the copy was taken."""
    return copy_of(request, treatment_for(request, pk), kind)


def copy_of(request: HttpRequest, treatment: Treatment, kind: str) -> HttpResponse:
    """Patients get everything, or what their link or code opens; staff get what they see."""
    if kind not in KINDS:
        raise Http404
    if not may_copy(request, treatment):
        raise PermissionDenied
    data = export_patient(
        patient=treatment.patient,
        by=reader(request),
        treatments=_chosen(request, treatment),
        whole=is_own(request, treatment),
    )
    language = "nl" if (get_language() or "en").startswith("nl") else "en"
    response = HttpResponse(export_file(data, kind, language), content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="record.{kind}"'
    response["Cache-Control"] = "no-store"
    return response


def _chosen(request: HttpRequest, treatment: Treatment) -> list[Treatment] | None:
    """None for all of the patient's treatments."""
    if not request.user.is_authenticated:
        return [treatment]
    if is_own(request, treatment):
        return None
    seen = Treatment.objects.visible_to(request.user, Permission.PATIENT_EXPORT)
    return list(seen.filter(patient=treatment.patient))
