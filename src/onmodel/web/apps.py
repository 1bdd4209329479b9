from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "onmodel.web"

    def ready(self) -> None:
        from onmodel.web.signing_in import events

        events.connect()
