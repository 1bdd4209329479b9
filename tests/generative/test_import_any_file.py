"""Whatever a file holds, reading it ends with forms and problems, or a refusal; never with a crash."""

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel import library
from onmodel.outcomes.importing.forms import read_forms
from onmodel.outcomes.importing.mapping import read_map
from onmodel.outcomes.importing.people import read_people
from onmodel.outcomes.importing.problems import ImportRefusedError
from onmodel.outcomes.importing.reading import read_source
from tests.import_files import DATED_MAP, LONG_MAP

CELL = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=',;"|'), max_size=12),
    st.floats().map(str),
    st.integers().map(str),
    st.dates().map(str),
    st.sampled_from(["", "NA", "-", "1e999", "-0", "٣", "½", "1,5", "0001-01-01", "9999-12-31"]),
)
MAPS = {"id,month,bdi": LONG_MAP, "id,started,measured,bdi": DATED_MAP}


@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize("header", MAPS)
@given(data=st.data())
def test_any_cells(header, data):
    width = header.count(",") + 1
    rows = data.draw(st.lists(st.tuples(*[CELL] * width), min_size=1, max_size=8))
    text = "\n".join([header, *(",".join(f'"{cell}"' for cell in row) for row in rows)])
    mapping = read_map(MAPS[header])
    pack = library.load("generic")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_text(text, encoding="utf-8")
        try:
            source = read_source(path, mapping.file)
        except ImportRefusedError:
            return
    people = read_people(source, mapping, pack)
    starts = [person.facts.get("started_on") for person in people.persons]
    for forms in read_forms(source, mapping, people, pack.instruments, starts):
        for months, score in zip(forms.months, forms.entered["TOTAL"].tolist(), strict=True):
            assert source.problems or (-60 <= months <= 600 and 0 <= score <= 63)


@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=200))
def test_any_bytes(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        try:
            source = read_source(path, read_map(LONG_MAP).file)
        except ImportRefusedError as error:
            refused = error
        else:
            refused = None
    assert refused.problems if refused else source.columns


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=200))
def test_any_map(text):
    for said in (text, LONG_MAP + text, LONG_MAP.replace("id", text, 1)):
        with contextlib.suppress(ImportRefusedError):
            assert read_map(said).measures
