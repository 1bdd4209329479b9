"""`onmodel import outcomes` as a program would call it."""

import json

import pytest
from click.testing import CliRunner

from onmodel.cli.main import main
from onmodel.outcomes.models import ImportRun
from onmodel.programmes.models import Programme
from tests.import_files import EXAMPLES, LONG_MAP, records, written
from tests.real_data import beat_the_blues

pytestmark = pytest.mark.django_db
BEAT_THE_BLUES = str(EXAMPLES / "beat-the-blues.toml")


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "btheb.csv"
    beat_the_blues().to_csv(path, index=False)
    return str(path)


def run(*arguments):
    return CliRunner().invoke(main, ["import", "outcomes", *arguments])


def test_a_stranger_makes_a_programme_of_a_file_in_one_command(table):
    result = run(table, "--programme", "beat-the-blues", "--map", BEAT_THE_BLUES, "--create")
    assert result.exit_code == 0, result.output
    assert "made 100 patients, 100 treatments and 380 forms" in result.output
    programme = Programme.objects.get(slug="beat-the-blues")
    assert (programme.name, programme.pack, programme.assignments.count()) == (
        "Beat the blues",
        "generic",
        380,
    )


def test_a_dry_run_says_the_same_and_writes_nothing(table):
    before = records()
    result = run(table, "--programme", "new", "--map", BEAT_THE_BLUES, "--create", "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.output)
    assert (report["state"], report["dry_run"], report["new_forms"]) == ("preview", True, 380)
    assert [row["n"] for row in report["moments"]] == [100, 97, 73, 58, 52]
    assert records() == before
    assert not Programme.objects.exists()
    assert not ImportRun.objects.exists()


def test_the_second_time_nothing_new_is_success(cast, table):
    arguments = (table, "--programme", "day-hospital", "--map", BEAT_THE_BLUES)
    assert run(*arguments).exit_code == 0
    result = run(*arguments)
    assert result.exit_code == 0
    assert "nothing new" in result.output


def test_refused_input_is_exit_1_with_every_problem_and_keeps_no_file(cast, tmp_path, settings):
    path = written(tmp_path, "id,month,bdi\nA,0,x\nB,0,99\n")
    map_path = written(tmp_path, LONG_MAP, name="map.toml")
    result = run(str(path), "--programme", "day-hospital", "--map", str(map_path))
    assert result.exit_code == 1
    assert "line 2, bdi “x”: this is not a number" in result.stderr
    assert "line 3, bdi “99”" in result.stderr
    assert list((settings.MEDIA_ROOT / "imports").iterdir()) == []
    as_json = run(str(path), "--programme", "day-hospital", "--map", str(map_path), "--json", "--dry-run")
    assert as_json.exit_code == 1
    assert [p["line"] for p in json.loads(as_json.stdout)["problem_list"]] == [2, 3]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--programme", "day-hospital"], 2, "--map"),
        (["--map", BEAT_THE_BLUES], 2, "--programme"),
        (["--programme", "nowhere", "--map", BEAT_THE_BLUES], 1, "with --create"),
        (
            ["--programme", "n", "--map", BEAT_THE_BLUES, "--create", "--pack", "x"],
            1,
            "there are: generic, mbt",
        ),
        (["--programme", "day-hospital", "--map", BEAT_THE_BLUES, "--by", "nobody"], 1, "no user 'nobody'"),
        (["--programme", "day-hospital", "--map", BEAT_THE_BLUES, "--by", "therapist"], 1, "may not import"),
    ],
)
def test_exit_codes(cast, table, arguments, code, says):
    result = run(table, *arguments)
    assert result.exit_code == code
    assert says in result.output


def test_a_file_that_is_not_there_is_a_usage_error(cast):
    assert run("nothing.csv", "--programme", "x", "--map", BEAT_THE_BLUES).exit_code == 2


def test_who_makes_the_programme_becomes_its_manager(cast, table):
    arguments = (table, "--programme", "mine", "--map", BEAT_THE_BLUES, "--create", "--by", "therapist")
    assert run(*arguments).exit_code == 0
    assert Programme.objects.visible_to(cast.therapist).filter(slug="mine").exists()
