"""JSON Schema of each kind of file, for editors that complete and check while one writes."""

from __future__ import annotations

from typing import Any

import msgspec

from onmodel.packs.pack import KINDS, PackHeader
from onmodel.packs.texts import Texts

#: Name of the schema -> what it describes.
DESCRIBED: dict[str, type[msgspec.Struct]] = {"pack": PackHeader, **KINDS, "texts": Texts}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of `name`: "pack", "texts" or a kind. KeyError for another."""
    described: dict[str, Any] = msgspec.json.schema(DESCRIBED[name])
    title = f"OnModel pack: {name}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **described}
