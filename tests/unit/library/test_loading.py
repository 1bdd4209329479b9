"""Loading: with the base, once, and only what passes the check."""

import datetime
from pathlib import Path

import pytest

from onmodel import library
from onmodel.packs.problems import PackError, refused

DAY = datetime.date(2026, 11, 21)


def change(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text(encoding="utf-8")
    assert old in text
    (folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    library.forget()


def test_a_pack_is_kept_in_memory(own: Path) -> None:
    first = library.load("own")
    assert library.load("own") is first
    library.forget()
    assert library.load("own") == first


def test_a_pack_with_its_base(own: Path) -> None:
    change(own, "pack.toml", "version", 'extends = "generic"\nversion')
    pack = library.load("own")
    assert pack.instrument("form").abbreviation == "FRM-3"
    assert set(library.load("generic").instruments) < set(pack.instruments)
    assert pack.origins["instruments/form"] == "own"


def test_a_circle_of_packs_is_refused(own: Path) -> None:
    change(own, "pack.toml", "version", 'extends = "own"\nversion')
    with pytest.raises(PackError, match="own -> own"):
        library.load("own")


def test_a_base_that_is_not_there_is_refused(own: Path) -> None:
    change(own, "pack.toml", "version", 'extends = "nothing"\nversion')
    (problem,) = library.check("own", DAY)
    assert (problem.file, problem.key) == ("own/pack.toml", "extends")


def test_what_the_check_refuses_is_not_loaded(own: Path) -> None:
    change(own, "instruments/form.toml", '"1", "2", "3"]', '"1", "2", "4"]')
    with pytest.raises(PackError, match=r"own/instruments/form\.toml: scales\[0\]\.items: '4' is no item"):
        library.load("own")


def test_a_pack_on_a_refused_base_is_not_loaded(own: Path) -> None:
    above = own.parent / "above"
    above.mkdir()
    header = (
        (own / "pack.toml").read_text(encoding="utf-8").replace('id = "own"', 'id = "above"\nextends = "own"')
    )
    (above / "pack.toml").write_text(header, encoding="utf-8")
    library.forget()
    assert library.load("above").instruments == library.load("own").instruments
    change(own, "instruments/form.toml", '"1", "2", "3"]', '"1", "2", "4"]')
    with pytest.raises(PackError, match=r"own/instruments/form\.toml"):
        library.load("above")


def test_check_tells_what_is_not_locked_and_what_changed(own: Path) -> None:
    assert [p.file for p in library.check("own", DAY)] == ["own/digests.toml"]
    path, names = library.lock("own")
    assert (path, names) == (own / "digests.toml", ("instruments/form", "pack"))
    assert library.check("own", DAY) == ()
    change(own, "instruments/form.toml", "maximum = 2", "maximum = 3")
    found = {problem.file: problem.message for problem in refused(library.check("own", DAY))}
    assert "the content changed but the version is still 1.0.0" in found["own/instruments/form.toml"]
    with pytest.raises(PackError):
        library.lock("own", draft=True)


def test_a_draft_is_locked_anew_when_asked(own: Path) -> None:
    change(own, "pack.toml", "1.0.0", "0.1.0")
    library.lock("own")
    change(own, "instruments/form.toml", "maximum = 2", "maximum = 3")
    with pytest.raises(PackError, match=r"lock the draft anew with `onmodel packs lock own --draft`"):
        library.lock("own")
    assert library.lock("own", draft=True)[1] == ("instruments/form",)
    assert library.check("own", DAY) == ()


def test_a_due_review_is_told_for_the_day_given(own: Path) -> None:
    library.lock("own")
    assert {problem.key for problem in library.check("own", datetime.date(2028, 1, 1))} == {"next_review"}
