import django.db.models.deletion
from django.db import migrations, models

from onmodel.audit import guard


def install(apps, schema_editor):
    for statement in {"postgresql": guard.POSTGRESQL_WORDS, "sqlite": guard.SQLITE_WORDS}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_append_only")]

    operations = [
        migrations.AddField(
            "event", "words", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.CreateModel(
            name="Words",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="said",
                        serialize=False,
                        to="audit.event",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("why", models.TextField(blank=True)),
                ("values", models.JSONField(default=dict)),
            ],
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
