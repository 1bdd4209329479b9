"""Packs are found in the folders that ship and in those of ONMODEL_PACKS."""

import shutil
from pathlib import Path

import pytest

from onmodel import library
from onmodel.packs.problems import PackError


def test_the_packs_that_ship_come_first(own: Path) -> None:
    assert [header.id for header in library.available()] == ["generic", "mbt", "own"]
    assert library.folder_of("own") == own


def test_a_folder_may_be_a_pack_itself(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONMODEL_PACKS", f" {own} , ")
    assert library.folder_of("own") == own


def test_several_folders(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    shutil.copytree(own, other)
    header = (other / "pack.toml").read_text(encoding="utf-8")
    (other / "pack.toml").write_text(header.replace('"own"', '"other"'), encoding="utf-8")
    monkeypatch.setenv("ONMODEL_PACKS", f"{own.parent},{other}")
    assert list(library.folders())[2:] == ["own", "other"]


def test_two_packs_of_one_name_are_refused(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(own, tmp_path / "copy")
    monkeypatch.setenv("ONMODEL_PACKS", f"{own},{tmp_path / 'copy'}")
    with pytest.raises(PackError, match="'own' is also in"):
        library.available()


@pytest.mark.parametrize(
    ("name", "message"), [("nowhere", "there is none"), ("data", r"no pack\.toml in it")]
)
def test_a_folder_without_packs_is_refused(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("ONMODEL_PACKS", str(tmp_path / name))
    with pytest.raises(PackError, match=message):
        library.available()


def test_an_unknown_pack_is_refused_with_those_that_there_are(own: Path) -> None:
    with pytest.raises(PackError, match="nothing: no pack has this name; there are generic, mbt, own"):
        library.load("nothing")


def test_a_broken_header_is_refused(own: Path) -> None:
    (own / "pack.toml").write_text("id = 'own'\nversion = 1\n", encoding="utf-8")
    library.forget()
    with pytest.raises(PackError, match=r"own/pack\.toml: version: must be text, not a whole number"):
        library.available()
