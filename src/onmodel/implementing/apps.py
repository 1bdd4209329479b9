from django.apps import AppConfig


class ImplementingConfig(AppConfig):
    name = "onmodel.implementing"
