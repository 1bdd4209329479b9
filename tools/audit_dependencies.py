"""Look up known weaknesses of the locked versions; say so where the advisory database is out of reach.

Exit 0: looked up, none known. 1: some are known. 3: not looked up.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parent.parent / "requirements" / "base.txt"
Dependencies = list[dict[str, Any]]


def pinned(lock: str) -> list[str]:
    """The `name==version` lines of a lock file, without hashes and conditions."""
    lines = (line.partition("\\")[0].partition(";")[0].strip() for line in lock.splitlines())
    return [line for line in lines if "==" in line and not line.startswith("#")]


def ask(requirements: list[str]) -> Dependencies:
    """pip-audit's answer; a dependency that it could not look up has a `skip_reason`."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(requirements))
        file.flush()
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--no-deps",
            "--disable-pip",
            "-f",
            "json",
            "-r",
            file.name,
        ]
        answer = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return json.loads(answer)["dependencies"] if answer.strip() else []


def audit(requirements: list[str], ask: Callable[[list[str]], Dependencies] = ask) -> tuple[int, str]:
    """Exit code and what to say. One dependency is tried before all of them are asked for."""
    first = ask(requirements[:1])
    if not first or "skip_reason" in first[0]:
        return 3, "NOT AUDITED: the advisory database cannot be reached from this machine."
    found = ask(requirements)
    weak = [f"{d['name']} {d['version']}: {v['id']}" for d in found for v in d.get("vulns", [])]
    skipped = [d["name"] for d in found if "skip_reason" in d]
    if weak:
        return 1, "\n".join(["Known weaknesses:", *weak])
    if skipped or len(found) < len(requirements):
        return 3, f"NOT AUDITED in full; not looked up: {', '.join(skipped) or 'some'}"
    return 0, f"{len(found)} dependencies looked up: no known weaknesses."


def main() -> None:
    code, message = audit(pinned(LOCK.read_text(encoding="utf-8")))
    print(message)
    sys.exit(code)


if __name__ == "__main__":
    main()
