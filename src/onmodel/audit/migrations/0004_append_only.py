from django.conf import settings
from django.db import migrations, models

from onmodel.audit import guard


def install(apps, schema_editor):
    for statement in {"postgresql": guard.POSTGRESQL, "sqlite": guard.SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def remove(apps, schema_editor):
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("audit", "0003_chain_what_was_there"),
    ]

    operations = [
        migrations.AlterModelOptions("event", {"ordering": ["sequence"]}),
        migrations.AlterField("event", "sequence", models.BigIntegerField(unique=True)),
        migrations.AddIndex("event", models.Index(fields=["by", "at"], name="audit_event_by_id_at_idx")),
        migrations.AddIndex(
            "event",
            models.Index(
                condition=models.Q(("patients", ""), _negated=True),
                fields=["sequence"],
                name="audit_event_of_lists",
            ),
        ),
        migrations.RunPython(install, remove),
    ]
