"""Two people who edit one record: the second one is told, and overwrites nothing."""

from __future__ import annotations

from django.db import models


class ChangedMeanwhileError(Exception):
    """Somebody else saved the record after this person opened it; `current` is what stands now."""

    def __init__(self, current: models.Model | None) -> None:
        super().__init__("The record was changed meanwhile.")
        self.current = current
