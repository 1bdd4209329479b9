from django.apps import AppConfig


class NightlyConfig(AppConfig):
    name = "onmodel.nightly"
