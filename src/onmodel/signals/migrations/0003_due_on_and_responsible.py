"""Who can act on a signal, and by when. Until the next look renews it, by what the signal is about."""

from django.db import migrations, models


def give_to_somebody(apps, schema_editor):
    signals = apps.get_model("signals", "Signal").objects.using(schema_editor.connection.alias)
    signals.filter(responsible="", treatment__isnull=False).update(responsible="therapist")
    signals.filter(responsible="", treatment__isnull=True).update(responsible="manager")


class Migration(migrations.Migration):
    dependencies = [("signals", "0002_signal_escalated_at")]

    operations = [
        migrations.AddField("signal", "due_on", models.DateField(blank=True, null=True)),
        migrations.AddField("signal", "responsible", models.CharField(blank=True, max_length=60)),
        migrations.AddIndex(
            "signal", models.Index(fields=["state", "responsible"], name="signals_sig_state_5700cc_idx")
        ),
        migrations.RunPython(give_to_somebody, migrations.RunPython.noop),
    ]
