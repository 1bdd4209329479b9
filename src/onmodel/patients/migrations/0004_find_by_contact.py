from django.db import migrations, models

from onmodel.patients.sealing import indexes_of

A_BATCH = 500
COLUMNS = ["email_index", "phone_index"]


def index_contacts(apps, schema_editor):
    """Make the indexes of mail address and telephone number, by the key of their own."""
    Identity = apps.get_model("patients", "Identity")
    batch = []
    for identity in Identity.objects.order_by("pk").iterator(A_BATCH):
        indexes = indexes_of(identity.sealed)
        identity.email_index, identity.phone_index = (indexes[name] for name in COLUMNS)
        batch.append(identity)
    Identity.objects.bulk_update(batch, COLUMNS, batch_size=A_BATCH)


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_find_by_name")]

    operations = [
        migrations.AddField(
            model_name="identity",
            name="email_index",
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.AddField(
            model_name="identity",
            name="phone_index",
            field=models.CharField(blank=True, db_index=True, max_length=64),
        ),
        migrations.RunPython(index_contacts, migrations.RunPython.noop),
    ]
