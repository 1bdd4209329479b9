from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "onmodel.sessions"
    label = "therapy_sessions"  # Django has an app `sessions`
