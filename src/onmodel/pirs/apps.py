from django.apps import AppConfig


class PirsConfig(AppConfig):
    name = "onmodel.pirs"

    def ready(self) -> None:
        """Reports lie above requirements: what is computed from them is added from here."""
        from onmodel.pirs.measures import pirs_per_year
        from onmodel.requirements.standing import COMPUTED

        COMPUTED[pirs_per_year.__name__] = pirs_per_year
