"""Insert many plain rows at once, without building a model instance for each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection, models

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.patients.models import Treatment

BATCH = 10_000


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows of values that are ready for the database (`for_database`).

    Every field without a database default must be named. No signals are sent, no keys come back.
    """
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in fields)
    into = f"{quote(model._meta.db_table)} ({columns})"
    if connection.vendor == "postgresql":
        _copy(into, rows)
    else:
        _insert(into, len(fields), iter(rows))


def _copy(into: str, rows: Iterable[Sequence[object]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(into: str, width: int, rows: Iterator[Sequence[object]]) -> None:
    statement = f"INSERT INTO {into} VALUES ({', '.join(['%s'] * width)})"  # noqa: S608
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(statement, batch)


def count_again(*more: type[models.Model]) -> None:
    """Let PostgreSQL count the machine's tables and these now: until it has, it plans for few rows.

    Its own autovacuum comes later, and not at all within a transaction.
    """
    if connection.vendor != "postgresql":
        return
    models_ = (Treatment, Assignment, Answer, Score, *more)
    tables = sorted({model._meta.db_table for model in models_ if model._meta.managed})
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(map(connection.ops.quote_name, tables))}")


def for_database(model: type[models.Model], field: str) -> Callable[[object], object]:
    """What turns a value of this field into what the database keeps."""
    kept = model._meta.get_field(field)
    return lambda value: kept.get_db_prep_save(value, connection)


def prepared(model: type[models.Model], field: str, values: Sequence[Hashable]) -> list[object]:
    """A column of values as the database keeps them; each different value is turned once."""
    turn = for_database(model, field)
    known = {value: turn(value) for value in set(values)}
    return [known[value] for value in values]
