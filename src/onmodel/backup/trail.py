"""Whether the audit trail of a copy is whole, looked at by the program itself on that database."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from onmodel.backup.databases import Settings
from onmodel.backup.postgresql import environment_of
from onmodel.backup.problems import BackupError

PROGRAM = "from onmodel.cli.main import main; main()"


def trail_holds(database: Settings) -> bool:
    """`onmodel audit verify` there. BackupError where it could not look."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM, "audit", "verify", "--json"],
        env={**os.environ, **_environment(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return bool(json.loads(done.stdout)["holds"])
    except (ValueError, KeyError):
        message = f"The audit trail of the copy could not be checked: {done.stderr.strip()[-500:]}"
        raise BackupError(message) from None


def _environment(database: Settings) -> dict[str, str]:
    if database["ENGINE"].endswith("sqlite3"):
        return {"DATABASE_URL": f"sqlite:///{database['NAME']}"}
    return {**environment_of(database), "DATABASE_URL": f"postgresql:///{database['NAME']}"}
