from django.db import migrations

from onmodel.audit import chain

A_BATCH = 1_000
#: What an event consisted of then; what came later was empty.
THEN = chain.CONTENT[: chain.FORMATS[1]]


def chain_events(apps, schema_editor):
    """Events from before the chain are chained as they are found, in the order in which they were written."""
    Event = apps.get_model("audit", "Event")
    sequence, digest, batch = 0, chain.BEGINNING, []
    fields = ["sequence", "previous", "digest"]
    for event in Event.objects.order_by("id").iterator(A_BATCH):
        sequence += 1
        event.sequence, event.previous = sequence, digest
        event.digest = digest = chain.digest(digest, [*(getattr(event, name) for name in THEN), ""])
        batch.append(event)
        if len(batch) == A_BATCH:
            Event.objects.bulk_update(batch, fields)
            batch = []
    Event.objects.bulk_update(batch, fields)
    apps.get_model("audit", "Head").objects.create(
        pk=1, sequence=sequence, digest=digest, seal=chain.seal(sequence, digest)
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]

    operations = [migrations.RunPython(chain_events, migrations.RunPython.noop)]
