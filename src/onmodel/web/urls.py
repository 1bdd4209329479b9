"""The addresses of the pages; `tests/integration/test_permissions.py` holds a row for each."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, re_path
from django.views.i18n import set_language

from onmodel.web.views import (
    access_log,
    compare,
    consents,
    corrections,
    emergency,
    following,
    gallery,
    home,
    identity,
    imports,
    outcomes,
    patient_access,
    patients,
    pir,
    privacy,
    programme,
    progress,
    questions,
    released,
    requirements,
    research,
    rights,
    sharing,
    signals,
    treatment,
)

urlpatterns: list = [
    path("", home.home, name="home"),
    path("", include("onmodel.web.signing_in.urls")),
    path("language/", login_not_required(set_language), name="language"),
    path("programmes/<slug:slug>/", programme.programme, name="programme"),
    path("programmes/<slug:slug>/patients/", patients.patients, name="patients"),
    path("programmes/<slug:slug>/signals/", signals.signals, name="signals"),
    path("programmes/<slug:slug>/requirements/", requirements.requirements, name="requirements"),
    path(
        "programmes/<slug:slug>/requirements/<slug:standard>/", requirements.requirement, name="requirement"
    ),
    path(
        "programmes/<slug:slug>/requirements/<slug:standard>/threshold/",
        requirements.requirement_threshold,
        name="requirement-threshold",
    ),
    path("programmes/<slug:slug>/sharing/", sharing.sharing, name="sharing"),
    path("programmes/<slug:slug>/questions/", questions.questions_page, name="questions"),
    path(
        "programmes/<slug:slug>/questions/<slug:which>/", questions.question_explain, name="question-explain"
    ),
    path("programmes/<slug:slug>/outcomes/", outcomes.outcomes, name="outcomes"),
    path("programmes/<slug:slug>/outcomes/compute/", outcomes.outcomes_compute, name="outcomes-compute"),
    path("programmes/<slug:slug>/outcomes/progress/", outcomes.outcomes_progress, name="outcomes-progress"),
    path("programmes/<slug:slug>/outcomes.csv", outcomes.outcomes_file, name="outcomes-file"),
    path("programmes/<slug:slug>/compare/", compare.compare, name="compare"),
    path("programmes/<slug:slug>/report/", pir.pir, name="pir"),
    re_path(r"^programmes/(?P<slug>[-\w]+)/report/(?P<kind>html|pdf|json)/$", pir.pir_file, name="pir-file"),
    path("programmes/<slug:slug>/report/release/", released.release, name="release"),
    path("programmes/<slug:slug>/released/", released.released, name="released"),
    path("programmes/<slug:slug>/research/", research.research, name="research"),
    re_path(
        r"^released/(?P<pk>[-0-9a-f]{36})/(?P<language>en|nl)/(?P<kind>pdf|html|json)/$",
        released.released_file,
        name="released-file",
    ),
    path("released/<uuid:pk>/take-back/", released.released_take_back, name="released-take-back"),
    path("treatments/<uuid:pk>/", treatment.treatment, name="treatment"),
    path("treatments/<uuid:pk>/progress/", progress.progress, name="progress"),
    path(
        "treatments/<uuid:pk>/progress/impression/", progress.progress_impression, name="progress-impression"
    ),
    path(
        "treatments/<uuid:pk>/progress/reflection/", progress.progress_reflection, name="progress-reflection"
    ),
    path("treatments/<uuid:pk>/progress/feelings/", progress.progress_feelings, name="progress-feelings"),
    path("treatments/<uuid:pk>/progress/goals/", progress.progress_goal, name="progress-goals"),
    path("treatments/<uuid:pk>/progress/goals/<uuid:goal_pk>/", progress.goal, name="progress-goal"),
    path("treatments/<uuid:pk>/access/", patient_access.patient_access, name="patient-access"),
    path(
        "patient-access/<uuid:pk>/revoke/", patient_access.patient_access_revoke, name="patient-access-revoke"
    ),
    path("treatments/<uuid:pk>/correct/", corrections.treatment_correct, name="treatment-correct"),
    path("treatments/<uuid:pk>/forms/<uuid:form_pk>/correct/", corrections.form_correct, name="form-correct"),
    path("treatments/<uuid:pk>/copy/<slug:kind>/", rights.patient_copy, name="patient-copy"),
    path("treatments/<uuid:pk>/consent/<slug:purpose>/", consents.consent, name="consent"),
    path("treatments/<uuid:pk>/identity/", identity.identity, name="identity"),
    path("treatments/<uuid:pk>/access-log/", access_log.access_log, name="access-log"),
    path("treatments/<uuid:pk>/access-log.pdf", access_log.access_log_file, name="access-log-file"),
    path("organisations/<slug:slug>/emergency/", emergency.emergency, name="emergency"),
    path("organisations/<slug:slug>/emergencies/", emergency.emergencies, name="emergencies"),
    path("emergencies/<uuid:pk>/", emergency.emergency_review, name="emergency-review"),
    path("organisations/<slug:slug>/privacy/", privacy.retention_periods, name="retention-periods"),
    path("organisations/<slug:slug>/privacy/<slug:kind>/", privacy.retention_period, name="retention-period"),
    path("programmes/<slug:slug>/consent-texts/", privacy.consent_texts, name="consent-texts"),
    path("programmes/<slug:slug>/consent-texts/<slug:purpose>/", privacy.consent_text, name="consent-text"),
    path("signals/<uuid:pk>/", signals.signal, name="signal"),
    path("signals/<uuid:pk>/acknowledge/", signals.signal_acknowledge, name="signal-acknowledge"),
    path("signals/<uuid:pk>/close/", signals.signal_close, name="signal-close"),
    path("signals/<uuid:pk>/action/", signals.signal_action, name="signal-action"),
    path("signals/<uuid:pk>/steps/", following.signal_steps, name="signal-steps"),
    path("signals/<uuid:pk>/actions/<int:action_pk>/", following.action, name="action"),
    path("programmes/<slug:slug>/import/", imports.import_start, name="import-start"),
    path("imports/<uuid:run_id>/", imports.import_run, name="import-run"),
    path("imports/<uuid:run_id>/confirm/", imports.import_confirm, name="import-confirm"),
    path("imports/<uuid:run_id>/discard/", imports.import_discard, name="import-discard"),
    path("imports/<uuid:run_id>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<uuid:run_id>/problems.csv", imports.import_problems, name="import-problems"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("gallery/progress/", gallery.gallery_progress, name="gallery-progress"),
]
