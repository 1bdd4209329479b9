"""Insert many plain rows at once, without building a model instance for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from django.db import connection, models

BATCH = 10_000


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Insert rows of values that are ready for the database (`for_database`); how many.

    Every field without a database default must be named. No signals are sent, no keys come back.
    """
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    remaining, written = iter(rows), 0
    with connection.cursor() as cursor:
        while batch := list(islice(remaining, BATCH)):
            cursor.executemany(statement, batch)
            written += len(batch)
    return written


def for_database(model: type[models.Model], field: str) -> Callable[[object], object]:
    """What turns a value of this field into what the database keeps."""
    kept = model._meta.get_field(field)
    return lambda value: kept.get_db_prep_save(value, connection)
