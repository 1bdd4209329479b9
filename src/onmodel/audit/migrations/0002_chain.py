from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Head",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("seal", models.CharField(max_length=64)),
            ],
        ),
        migrations.AddField("event", "sequence", models.BigIntegerField(null=True)),
        migrations.AddField("event", "patient", models.BigIntegerField(db_index=True, null=True)),
        migrations.AddField("event", "patients", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "event", "channel", models.CharField(blank=True, default="", max_length=20), preserve_default=False
        ),
        migrations.AddField(
            "event", "address", models.CharField(blank=True, default="", max_length=45), preserve_default=False
        ),
        migrations.AddField("event", "why", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("event", "previous", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AddField("event", "digest", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AlterField("event", "subject_kind", models.CharField(blank=True, max_length=60)),
        migrations.AlterField("event", "subject_id", models.CharField(blank=True, max_length=60)),
    ]
