from django.apps import AppConfig


class AdherenceConfig(AppConfig):
    name = "onmodel.adherence"
