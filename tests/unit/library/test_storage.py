"""Loaded wording is kept for the installation and shown as labels."""

import json
import logging
from pathlib import Path

import pytest

from onmodel import library
from onmodel.packs.problems import PackError


def test_wording_is_stored_and_shown(own: Path, dutch: Path) -> None:
    before = library.load("own")
    assert before.instrument("form").item("1").label is None
    (texts,) = library.read_wording(dutch, before)
    path = library.store(texts)
    assert path == library.texts_folder() / "form.nl.toml"
    label = library.load("own").instrument("form").item("1").label
    assert label is not None
    assert label.nl == "Een"
    assert library.stored_texts("form") == (texts,)
    assert not list(path.parent.glob("*.new"))


def test_the_form_is_known_by_its_abbreviation_or_named(own: Path, dutch: Path) -> None:
    pack = library.load("own")
    question = {"type": "string", "text": "words"}
    data = {
        "resourceType": "Questionnaire",
        "name": "Frm 3",
        "language": "en",
        "item": [{**question, "linkId": str(number)} for number in (1, 2, 3)],
    }
    path = dutch.with_name("q.json")
    path.write_text(json.dumps(data), encoding="utf-8")
    assert library.read_wording(path, pack)[0].instrument == "form"
    path.write_text(json.dumps({**data, "name": "Other"}), encoding="utf-8")
    with pytest.raises(PackError, match="names Other, which is no instrument of the pack own"):
        library.read_wording(path, pack)
    assert library.read_wording(path, pack, instrument_id="form")[0].language == "en"


def test_wording_that_no_longer_fits_is_left_out_and_told(
    own: Path, dutch: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (texts,) = library.read_wording(dutch, library.load("own"))
    library.store(texts)
    form = own / "instruments" / "form.toml"
    form.write_text(
        form.read_text(encoding="utf-8").replace("= 3\n", "= 4\n").replace('"3"]', '"3", "4"]'),
        encoding="utf-8",
    )
    library.forget()
    with caplog.at_level(logging.WARNING):
        assert library.load("own").instrument("form").item("1").label is None
    assert "item 4 of FRM-3 without words" in caplog.text
