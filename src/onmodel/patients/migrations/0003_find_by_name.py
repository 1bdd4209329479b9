from django.db import migrations

from onmodel.patients.sealing import name_index, number_index

A_BATCH = 500


def index_names(apps, schema_editor):
    """Make both indexes of every identity, by the key of their own."""
    Identity = apps.get_model("patients", "Identity")
    batch = []
    for identity in Identity.objects.order_by("pk").iterator(A_BATCH):
        identity.name_index = name_index(str(identity.sealed.get("name", "")))
        identity.record_number_index = number_index(str(identity.sealed.get("record_number", "")))
        batch.append(identity)
    Identity.objects.bulk_update(batch, ["name_index", "record_number_index"], batch_size=A_BATCH)


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_emergency_and_names")]

    operations = [migrations.RunPython(index_names, migrations.RunPython.noop)]
