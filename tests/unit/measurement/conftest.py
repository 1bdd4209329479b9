"""Small instruments for the tests of measurement."""

import msgspec
import pytest

from onmodel.packs.instruments import Instrument

HEADER = {
    "id": "probe",
    "version": "1.0.0",
    "title": {"en": "Probe", "nl": "Proef"},
    "source": "made for the tests",
    "author": "tests",
    "checked_by": "",
    "next_review": "2030-01-01",
    "licence": "Apache-2.0",
    "abbreviation": "PRB",
    "subject": "treatment",
    "respondents": ["patient"],
    "wording": "owner",
    "direction": "worse",
    "minimum": 0,
    "maximum": 4,
    "numbered_items": 4,
    "main_scale": "total",
}
TOTAL = {"id": "total", "rule": "sum", "items": ["1", "2", "3", "4"]}


def build_instrument(*scales: dict, **fields) -> Instrument:
    """An instrument of four items from 0 to 4, with these scales (a sum without any) and fields."""
    titled = [{"title": {"en": s["id"], "nl": s["id"]}, **s} for s in (scales or (TOTAL,))]
    return msgspec.convert({**HEADER, "scales": titled, **fields}, Instrument)


@pytest.fixture(name="build")
def fixture_build():
    return build_instrument
