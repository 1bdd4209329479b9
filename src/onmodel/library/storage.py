"""The official wording that an installation has loaded: one file a form and language."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

import msgspec

from onmodel.packs.fhir import read_questionnaire, texts_of
from onmodel.packs.instruments import Instrument, Wording
from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError, Problem
from onmodel.packs.texts import LANGUAGES, Texts, apply_texts, fit, read_texts, texts_toml

log = logging.getLogger(__name__)


def texts_folder() -> Path:
    """Where loaded wording is kept: `texts` in the folder that ONMODEL_DATA names, or in `var`."""
    return Path(os.environ.get("ONMODEL_DATA", "var")) / "texts"


def stamp() -> tuple[str, int]:
    """Changes whenever wording is stored or removed."""
    folder = texts_folder()
    return str(folder), folder.stat().st_mtime_ns if folder.is_dir() else 0


def stored_texts(instrument_id: str) -> tuple[Texts, ...]:
    """The wording loaded for a form, by language. Raises PackError."""
    paths = (texts_folder() / f"{instrument_id}.{language}.toml" for language in LANGUAGES)
    return tuple(read_texts(path.read_bytes(), path.name) for path in paths if path.is_file())


def with_texts(pack: Pack) -> Pack:
    """The pack with the loaded wording as labels.

    Wording that no longer fits its form is left out, which is said in the log.
    """
    if not texts_folder().is_dir():
        return pack
    worded = dict(pack.instruments)
    for id_, instrument in pack.instruments.items():
        if instrument.wording is Wording.OWNER:
            try:
                worded[id_] = apply_texts(instrument, stored_texts(id_))
            except PackError as error:
                log.warning("The wording loaded for %s is not used: %s", id_, error)
    return msgspec.structs.replace(pack, instruments=worded)


def read_wording(
    path: Path, pack: Pack, *, instrument_id: str | None = None, language: str | None = None
) -> tuple[Texts, ...]:
    """The wording in a file (TOML, or a FHIR Questionnaire in JSON) for a form of the pack.

    A FHIR file may hold both languages. Without `instrument_id`, the form is known by the name in
    the file. Raises PackError.
    """
    content = path.read_bytes()
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        questionnaire = read_questionnaire(content, path.name, language)
        instrument = _instrument(pack, instrument_id, questionnaire.names, path.name)
        found = texts_of(questionnaire, instrument, path.name)
    else:
        texts = read_texts(content, path.name)
        instrument = _instrument(pack, instrument_id, (texts.instrument,), path.name)
        found = (
            msgspec.structs.replace(texts, instrument=instrument.id, language=language or texts.language),
        )
    return tuple(fit(instrument, texts, path.name) for texts in found)


def store(texts: Texts) -> Path:
    """Keep the wording for this installation, instead of what was kept before."""
    folder = texts_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{texts.instrument}.{texts.language}.toml"
    fresh = path.with_suffix(".new")
    fresh.write_text(texts_toml(texts), encoding="utf-8")
    return fresh.replace(path)


def _instrument(pack: Pack, wanted: str | None, names: tuple[str, ...], file: str) -> Instrument:
    """The form that is asked for, else the one whose id or abbreviation is a name in the file."""
    known = {_plain(id_): id_ for id_ in pack.instruments}
    known |= {
        _plain(i.abbreviation): id_
        for id_, i in pack.instruments.items()
        if _plain(i.abbreviation) not in known
    }
    for name in (wanted,) if wanted else names:
        if _plain(name) in known:
            return pack.instruments[known[_plain(name)]]
    asked = wanted or ", ".join(names) or "nothing"
    message = f"names {asked}, which is no instrument of the pack {pack.id}: say which with --instrument"
    raise PackError([Problem(file, "instrument", message)])


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
