"""`onmodel packs` as it is called: words, JSON, exit codes."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from onmodel import library
from onmodel.cli.main import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["packs", *arguments])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of one form, in a folder of its own."""
    header = (
        'version = "0.1.0"\nsource = "s"\nauthor = "a"\nchecked_by = ""\nnext_review = 2027-11-21\n'
        'licence = "CC0"\ntitle = {en = "Own pack", nl = "Eigen pakket"}\n'
    )
    form = (
        'abbreviation = "FRM"\nsubject = "treatment"\nrespondents = ["patient"]\nwording = "owner"\n'
        'direction = "worse"\nmain_scale = "TOTAL"\nnumbered_items = 2\nminimum = 0\nmaximum = 3\n'
        '[[scales]]\nrule = "sum"\nid = "TOTAL"\ntitle = {en = "Total", nl = "Totaal"}\nitems = ["1", "2"]\n'
        'reverse = ["2"]\n'
    )
    (tmp_path / "own" / "instruments").mkdir(parents=True)
    (tmp_path / "own" / "pack.toml").write_text(f'id = "own"\n{header}', encoding="utf-8")
    (tmp_path / "own" / "instruments" / "frm.toml").write_text(
        f'id = "frm"\n{header}{form}', encoding="utf-8"
    )
    monkeypatch.setenv("ONMODEL_PACKS", str(tmp_path / "own"))
    monkeypatch.setenv("ONMODEL_DATA", str(tmp_path / "data"))
    library.forget()
    return tmp_path / "own"


def spoil(own: Path) -> None:
    path = own / "instruments" / "frm.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('["2"]', '["3"]'), encoding="utf-8")


def test_list(own: Path) -> None:
    lines = run("list").output.splitlines()
    assert [line.split()[0] for line in lines] == ["generic", "mbt", "own"]
    assert "(on generic)" in lines[1]
    listed = json.loads(run("list", "--json").output)
    assert [(pack["id"], pack["extends"]) for pack in listed][1] == ("mbt", "generic")


def test_list_starts_quickly() -> None:
    """Half a second of processor time is the promise; other work beside it does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [Path(sys.executable).with_name("onmodel"), "packs", "list"]
    done = subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout.startswith(b"generic")
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_check_passes_with_warnings(own: Path) -> None:
    result = run("check", "own", "--day", "2026-11-21")
    assert result.exit_code == 0
    assert (
        "warning  own/digests.toml: does not have what the files say of instruments/frm, pack"
        in result.output
    )
    assert result.output.endswith("own: passed, 1 warning\n")


def test_check_refuses_with_file_and_key(own: Path) -> None:
    spoil(own)
    result = run("check", "own")
    assert result.exit_code == 1
    assert "refused  own/instruments/frm.toml: scales[0].reverse: '3' is not among the items" in result.output
    report = json.loads(run("check", "own", "--json", "--day", "2026-11-21").output)
    assert report["passed"] is False
    assert report["packs"]["own"][0] == {
        "file": "own/instruments/frm.toml",
        "key": "scales[0].reverse",
        "message": "'3' is not among the items of this scale",
        "severity": "refused",
    }


def test_what_ships_passes_without_a_problem() -> None:
    result = run("check", "generic", "mbt", "--day", "2026-11-21")
    assert result.output == "generic: passed\nmbt: passed\n"
    assert result.exit_code == 0


def test_show_a_pack_a_kind_and_a_form(own: Path) -> None:
    assert "1: frm" in run("show", "own").output
    assert "Own pack" in run("show", "own", "instruments").output
    page = run("show", "own", "instruments/frm", "--language", "nl").output
    assert "2 items, 1 2." in page
    assert "Totaal" in page
    assert "1 2R" in page
    shown = json.loads(run("show", "own", "instruments/frm", "--json").output)
    assert shown["scales"][0]["reverse"] == ["2"]
    assert json.loads(run("show", "own", "--json").output)["definitions"]["instruments"] == ["frm"]


@pytest.mark.parametrize("pack_id", ["generic", "mbt"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_definition_that_ships_can_be_shown(pack_id: str, language: str) -> None:
    pack = library.load(pack_id)
    for key, origin in pack.origins.items():
        if origin == pack_id:
            result = run("show", pack_id, key, "--language", language)
            assert result.exit_code == 0, key
            assert key.partition("/")[2] in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["show", "own", "forms"], 2, "'forms' is no kind"),
        (["show", "own", "instruments/from"], 2, "did you mean 'frm'"),
        (["show", "nothing"], 1, "no pack has this name"),
        (["check", "nothing"], 1, "no pack has this name"),
        (["lock"], 2, "Missing argument"),
        (["check", "--day", "soon"], 2, "--day"),
    ],
)
def test_exit_codes(own: Path, arguments: list[str], code: int, words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert words in result.output


def test_lock(own: Path) -> None:
    assert run("lock", "own").output.endswith(f"own: 2 changes in {own / 'digests.toml'}\n")
    assert run("check", "own", "--day", "2026-11-21").output == "own: passed\n"
    path = own / "instruments" / "frm.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("maximum = 3", "maximum = 4"), encoding="utf-8")
    refused = run("lock", "own")
    assert refused.exit_code == 1
    assert "own/instruments/frm.toml: version: the content changed" in refused.output
    assert run("lock", "own", "--draft").exit_code == 0


def test_schema(tmp_path: Path) -> None:
    assert "instruments" in json.loads(run("schema").output)
    assert run("schema", "--out", str(tmp_path / "schemas")).exit_code == 0
    written = json.loads((tmp_path / "schemas" / "instruments.schema.json").read_text(encoding="utf-8"))
    assert written["title"] == "OnModel pack: instruments"


def test_texts(own: Path, tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    head = 'instrument = "frm"\nlanguage = "en"\nowner = "O"\nlicence = "L"\n'
    path.write_text(f'{head}[items]\n1 = "One"\n2 = "Two"\n', encoding="utf-8")
    dry = run("texts", str(path), "--pack", "own", "--dry-run")
    assert dry.output == "frm, en: 2 items (owner: O; licence: L), would be stored\n"
    assert not library.texts_folder().exists()
    assert run("texts", str(path), "--pack", "own").exit_code == 0
    assert "One" in run("show", "own", "instruments/frm").output
    path.write_text(f'{head}[items]\n1 = "One"\n', encoding="utf-8")
    refused = run("texts", str(path), "--pack", "own")
    assert refused.exit_code == 1
    assert "words.toml: items: item 2 of FRM without words in this file" in refused.output
