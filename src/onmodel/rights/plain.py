"""Any record and what hangs on it as plain values, without a list of models to forget one in."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import models

from onmodel.accounts.models import User

#: Secrets that open something; they are nothing that is known of a patient.
SECRET = {"digest", "session", "record_number_index", "device"}


def plain(row: models.Model, *, without: frozenset[type[models.Model]] = frozenset()) -> dict[str, Any]:
    """Its fields by name; what hangs on it by the name of the relation; people by name, days as ISO text.

    A row that hangs on this one does not name it again. Models in `without` are left out.
    """
    found = {field.name: _value(row, field) for field in row._meta.concrete_fields if _told(row, field)}
    for relation in row._meta.related_objects:
        if not relation.many_to_many and relation.related_model not in without:
            found[str(relation.get_accessor_name())] = _hanging(row, relation, without)
    return found


def _hanging(row: models.Model, relation: Any, without: frozenset[type[models.Model]]) -> Any:
    rows = relation.related_model._default_manager.filter(**{relation.field.name: row})
    listed = [_under(plain(child, without=without), relation.field.name) for child in rows]
    if relation.one_to_one:
        return listed[0] if listed else None
    return listed


def _under(content: dict[str, Any], parent: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != parent}


def _told(row: models.Model, field: models.Field) -> bool:
    """Not the bytes of a file, whose content stands beside them; a sealed field gives plain values."""
    if type(field) is models.BinaryField:
        return False
    numbered = field.primary_key and not isinstance(field, models.UUIDField)
    return not numbered and field.name not in SECRET


def _value(row: models.Model, field: models.Field) -> Any:
    if isinstance(field, models.ForeignKey):
        return _named(getattr(row, field.name))
    return written(getattr(row, field.attname))


def _named(other: models.Model | None) -> str | None:
    if other is None:
        return None
    return other.name if isinstance(other, User) else str(other)


def written(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): written(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [written(part) for part in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)
