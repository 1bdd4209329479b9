from django.apps import AppConfig


class SelfcheckConfig(AppConfig):
    name = "onmodel.selfcheck"
