from django.apps import AppConfig


class RequirementsConfig(AppConfig):
    name = "onmodel.requirements"
