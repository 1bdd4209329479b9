"""Run a command against a throw-away PostgreSQL: `with_postgres.py pytest tests/integration`.

The server is started from the machine's own binaries in a temporary folder, listens on a Unix
socket only, and is stopped afterwards. Where there are no binaries, the command is not run and
this says so; under CI that is a failure.
"""

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")


def binaries() -> Path | None:
    """The folder with initdb and pg_ctl, newest version first."""
    places = [path for pattern in PLACES for path in Path("/").glob(pattern.lstrip("/"))]
    found = [path for path in places if (path / "pg_ctl").exists()]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


def get_binaries() -> Path | None:
    """Try Debian's package where we may, then look again."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "postgresql"], **quiet)
    return binaries()


def owner() -> dict[str, object]:
    """PostgreSQL refuses to run as root: then it runs as the account its package made, or nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL cannot run as root and there is no other account to run it as.")


def main() -> None:
    command = sys.argv[1:]
    if not command:
        sys.exit("usage: with_postgres.py COMMAND [ARGUMENT ...]")
    bin_ = binaries() or get_binaries()
    if bin_ is None:
        print("*" * 78)
        print("NO POSTGRESQL on this machine: the integration tests ran on SQLite only.")
        print("*" * 78, flush=True)
        sys.exit(1 if os.environ.get("CI") else 0)
    with tempfile.TemporaryDirectory(prefix="onmodel-pg-") as folder:
        sys.exit(run(command, bin_=bin_, folder=Path(folder)))


def run(command: list[str], *, bin_: Path, folder: Path) -> int:
    account = owner()
    if account:
        os.chown(folder, account["user"], account["group"])
    data = folder / "data"
    base = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder, **account}
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [bin_ / "initdb", "-D", data, "-U", "onmodel", "-A", "trust", "-E", "UTF8", "--no-sync"],
        env=environment,
        **base,
    )
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60"
    control = [bin_ / "pg_ctl", "-D", data, "-w", "-s"]
    subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], env=environment, **base)
    try:
        url = f"postgresql://onmodel@/postgres?host={folder}"
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], env=environment, **base)


if __name__ == "__main__":
    main()
