from django.apps import AppConfig


class PirsConfig(AppConfig):
    name = "onmodel.pirs"
