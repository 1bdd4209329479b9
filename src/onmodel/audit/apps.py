from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "onmodel.audit"
