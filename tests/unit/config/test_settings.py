"""The settings and the page that explains them say the same; an unsafe installation does not start."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from onmodel.config.production import require_own_values

ROOT = Path(__file__).parents[3]
SETTINGS = ROOT / "src" / "onmodel" / "config" / "settings.py"
OWN = {
    "SECRET_KEY": "k3" * 30,
    "IDENTITY_KEYS": [Fernet.generate_key().decode()],
    "AUDIT_KEYS": ["of this installation"],
    "INDEX_KEY": "of this installation too",
    "DEBUG": False,
    "ALLOWED_HOSTS": ["onmodel.hospital.test"],
}


def variables() -> set[str]:
    """Every variable that the settings read."""
    found = set()
    for call in ast.walk(ast.parse(SETTINGS.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "env":
            found.add(call.args[0].value)
        elif isinstance(call.func, ast.Name) and call.func.id == "keys":
            found |= {call.args[1].value, f"{call.args[1].value}_FILE"}
    return found


def test_every_variable_is_explained_and_every_explained_one_is_read():
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) == variables()


def test_an_installation_with_its_own_values_starts():
    require_own_values(OWN)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SECRET_KEY": "only-for-trying-out-on-this-machine"}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"IDENTITY_KEYS": [*OWN["IDENTITY_KEYS"], "0" * 43 + "="]}, "IDENTITY_KEYS"),
        ({"AUDIT_KEYS": ["only-for-trying-out-on-this-machine"]}, "AUDIT_KEYS"),
        ({"INDEX_KEY": "only-for-trying-out-on-this-machine"}, "INDEX_KEY"),
        ({"DEBUG": True}, "DEBUG"),
        ({"ALLOWED_HOSTS": ["localhost", "testserver"]}, "ALLOWED_HOSTS"),
    ],
)
def test_what_is_missing_is_named(changed, named):
    with pytest.raises(ImproperlyConfigured, match=named):
        require_own_values(OWN | changed)


def in_production(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "from onmodel.cli.main import main; main()", *arguments],
        env={**kept, "PRODUCTION": "1", "ONMODEL_DATA": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_own_keys_the_command_says_so_in_one_sentence(tmp_path):
    refused = in_production(tmp_path, "manage", "check")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: ")
    assert "PRODUCTION or HTTPS_ONLY is on" in refused.stderr
    assert "SECRET_KEY" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_djangos_check_of_a_deployment_has_nothing_to_say(tmp_path):
    checked = in_production(
        tmp_path,
        "manage",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY=OWN["SECRET_KEY"] + "aB0!",
        IDENTITY_KEYS=OWN["IDENTITY_KEYS"][0],
        AUDIT_KEYS=OWN["AUDIT_KEYS"][0],
        INDEX_KEY=OWN["INDEX_KEY"],
        ALLOWED_HOSTS="onmodel.hospital.test",
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues (0 silenced)" in checked.stdout + checked.stderr
