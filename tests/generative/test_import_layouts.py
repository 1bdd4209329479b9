"""The same data as a long and as a wide file, in whatever dress, give the same forms."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel import library
from onmodel.outcomes.importing.forms import read_forms
from onmodel.outcomes.importing.mapping import read_map
from onmodel.outcomes.importing.people import read_people
from onmodel.outcomes.importing.reading import read_source
from tests.import_files import LONG_MAP, WIDE_MAP, written

MOMENTS = {"bdi0": 0, "bdi6": 6}
SCORE = st.one_of(st.none(), st.integers(0, 126).map(lambda half: half / 2))
TABLE = st.dictionaries(
    st.text("abcdefgéüø-1234567890", min_size=1, max_size=8).filter(lambda name: name.strip("-")),
    st.tuples(SCORE, SCORE),
    min_size=1,
    max_size=6,
)


def cell(value: float | None, decimal: str) -> str:
    return "" if value is None else f"{value:g}".replace(".", decimal)


def forms_of(text: str, map_text: str, encoding: str) -> set[tuple[str, float, float]]:
    mapping = read_map(map_text)
    pack = library.load("generic")
    with tempfile.TemporaryDirectory() as folder:
        source = read_source(written(Path(folder), text, encoding=encoding), mapping.file)
    people = read_people(source, mapping, pack)
    (forms,) = read_forms(source, mapping, people, pack.instruments, [None] * len(people.persons))
    assert source.problems == []
    names = [people.persons[person].pseudonym for person in forms.persons]
    return set(zip(names, forms.months, forms.entered["TOTAL"].tolist(), strict=True))


@settings(deadline=None)
@given(
    table=TABLE,
    sign=st.sampled_from([";", "\t"]),
    decimal=st.sampled_from([".", ","]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "windows-1252"]),
    data=st.data(),
)
def test_long_and_wide_say_the_same(table, sign, decimal, encoding, data):
    wide_rows = [[name, *(cell(value, decimal) for value in scores)] for name, scores in table.items()]
    long_rows = [
        [name, str(months), cell(value, decimal)]
        for name, scores in table.items()
        for months, value in zip(MOMENTS.values(), scores, strict=True)
    ]
    long_rows = data.draw(st.permutations(long_rows))
    wide = "\n".join(sign.join(row) for row in [["id", *MOMENTS], *wide_rows])
    long = "\r\n".join(sign.join(row) for row in [["id", "month", "bdi"], *long_rows])
    said = {
        (name, months, value)
        for name, scores in table.items()
        for months, value in zip(MOMENTS.values(), scores, strict=True)
        if value is not None
    }
    assert forms_of(wide, WIDE_MAP, encoding) == forms_of(long, LONG_MAP, encoding) == said
