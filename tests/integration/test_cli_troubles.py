"""Commands whose database, settings or target cannot be used say so in a sentence, and exit with 1."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from django.db.utils import IntegrityError, OperationalError

from onmodel.cli import pir
from onmodel.cli.main import main
from tests.import_files import WIDE_MAP

REPORT = ["pir", "x", "--from", "2025-01-01", "--to", "2025-12-31", "--json"]


def run(arguments: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, since settings are read once."""
    command = [sys.executable, "-c", "from onmodel.cli.main import main; main()", *arguments]
    environment = {"PATH": "", "DJANGO_SETTINGS_MODULE": "onmodel.config.settings", **settings}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "Run: onmodel manage migrate"),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}, "The database cannot be used"),
        ({"DATABASE_URL": "nonsense"}, "The settings cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used(tmp_path, settings: dict[str, str], said: str) -> None:
    done = run(["monitor"], ONMODEL_DATA=str(tmp_path), **settings)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_error_of_ours_is_not_hidden(monkeypatch) -> None:
    def break_(*_: object) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(pir, "_report", break_)
    assert isinstance(CliRunner().invoke(main, REPORT).exception, IntegrityError)


def test_a_database_that_goes_away(monkeypatch) -> None:
    def break_(*_: object) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(pir, "_report", break_)
    done = CliRunner().invoke(main, REPORT)
    assert (done.exit_code, "disk I/O error" in done.output) == (1, True)


@pytest.mark.django_db
def test_a_period_beyond_any_record() -> None:
    from tests.factories import ProgrammeFactory

    slug = ProgrammeFactory().slug
    done = CliRunner().invoke(main, ["pir", slug, "--from", "0001-01-01", "--to", "9999-12-31", "--json"])
    assert (done.exit_code, "1900 to 2200" in done.output) == (1, True)


@pytest.mark.django_db
def test_a_short_name_that_can_be_no_address(tmp_path) -> None:
    (tmp_path / "data.csv").write_text("a\n1\n")
    (tmp_path / "map.toml").write_text(WIDE_MAP)
    files = [str(tmp_path / "data.csv"), "--map", str(tmp_path / "map.toml")]
    done = CliRunner().invoke(main, ["import", "outcomes", *files, "--programme", "Bad Name!", "--create"])
    assert (done.exit_code, "'bad-name'" in done.output) == (2, True)


def test_schemas_into_a_folder_that_cannot_be(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    done = CliRunner().invoke(main, ["packs", "schema", "--out", str(tmp_path / "file" / "below")])
    assert (done.exit_code, "cannot be written" in done.output) == (1, True)


def test_a_folder_is_no_name_of_a_pack(tmp_path) -> None:
    done = CliRunner().invoke(main, ["packs", "check", str(tmp_path)])
    assert (done.exit_code, f"ONMODEL_PACKS={tmp_path}" in done.output) == (1, True)


def test_a_prefix_that_no_column_has_is_named(tmp_path) -> None:
    (tmp_path / "answers.csv").write_text("id,q1\na,1\n")
    done = CliRunner().invoke(main, ["score", "phq9", str(tmp_path / "answers.csv"), "--prefix", "t1_"])
    assert (done.exit_code, "needed is a column t1_9" in done.output) == (1, True)


def test_an_unknown_instrument_ends_its_sentence(tmp_path) -> None:
    (tmp_path / "answers.csv").write_text("id,q1\na,1\n")
    done = CliRunner().invoke(main, ["score", "phq", str(tmp_path / "answers.csv")])
    assert done.exit_code == 2
    assert "did you mean phq9" in done.output
