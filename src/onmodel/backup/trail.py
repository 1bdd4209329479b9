"""The audit trail in a copy is as whole as the one it was copied from."""

from __future__ import annotations

from pathlib import Path

from onmodel.backup.databases import Settings


def check_trail(database: Settings, source: Path) -> None:
    """BackupError where the chain of the copy does not fit."""
