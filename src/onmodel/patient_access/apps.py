from django.apps import AppConfig


class PatientAccessConfig(AppConfig):
    name = "onmodel.patient_access"
