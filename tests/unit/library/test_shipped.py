"""What ships: the packs are in the wheel, and what docs/packs.md shows works."""

import datetime
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from onmodel import library
from onmodel.packs.checks import check_pack
from onmodel.packs.instruments import Wording
from onmodel.packs.reading import read_pack
from onmodel.packs.texts import read_texts

ROOT = Path(__file__).parents[3]


def blocks(language: str) -> list[str]:
    """The fenced blocks of docs/packs.md in a language."""
    text = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_the_example_of_the_docs_passes_the_check() -> None:
    header, form, _ = blocks("toml")
    files = {
        "pack.toml": header.replace('"mood_check"', '"my_pack"').encode(),
        "instruments/mood_check.toml": (header + form).encode(),
    }
    assert check_pack(read_pack(files), day=datetime.date(2026, 11, 21)) == ()


def test_the_texts_of_the_docs_are_read() -> None:
    assert read_texts(blocks("toml")[2].encode(), "docs").item_options == {"2": {"0": "...", "4": "..."}}


def test_the_python_of_the_docs_runs() -> None:
    (code,) = blocks("python")
    exec(code, {"day": datetime.date(2026, 11, 21)})


def test_the_wheel_holds_every_file_of_the_packs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".toml")}
    folder = ROOT / "src"
    wanted = {path.relative_to(folder).as_posix() for path in folder.glob("onmodel/library/*/**/*.toml")}
    assert wanted
    assert wanted <= shipped


def test_no_form_of_an_owner_ships_with_words() -> None:
    for instrument in library.read("mbt").instruments.values():
        if instrument.wording is Wording.OWNER:
            assert not [item.id for item in instrument.all_items() if item.label], instrument.id
