from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "onmodel.audit"

    def ready(self) -> None:
        post_migrate.connect(keep_guarded, sender=self)


def keep_guarded(*, using: str, **_: object) -> None:
    """Put the triggers back that a migration may have lost, and give an emptied trail its head."""
    from onmodel.audit import guard
    from onmodel.audit.actions import begin

    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if {guard.HEAD, guard.WORDS} <= set(tables):
        guard.install(connection)
        begin()
