from django.apps import AppConfig


class CriteriaConfig(AppConfig):
    name = "onmodel.criteria"
