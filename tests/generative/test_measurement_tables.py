"""Whatever people write in a table comes back as they wrote it, on the line they wrote it."""

import csv
import io
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from onmodel.library.tables import TableError, read_table, to_number

#: Any text that a table can hold: no control signs but line ends, no half characters.
words = st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n"), max_size=12)
cells = words.map(lambda word: word.strip().replace("\r", ""))
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


def reading(content: bytes, name: str = "table.csv", **kwargs):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return read_table(path, **kwargs)


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_cells_come_back_with_their_line(rows, delimiter, encoding, ending):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=ending, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "first", "second"), *((f"p{n}", *row) for n, row in enumerate(rows))])
    table = reading(out.getvalue().encode(encoding))
    assert table.columns == {
        "id": tuple(f"p{n}" for n in range(len(rows))),
        "first": tuple(first for first, _ in rows),
        "second": tuple(second for _, second in rows),
    }
    lines = [2]
    for row in rows[:-1]:
        lines.append(lines[-1] + 1 + sum(cell.count("\n") for cell in row))
    assert table.lines.tolist() == lines


@given(st.lists(numbers, min_size=1, max_size=20), st.booleans())
def test_numbers_come_back_with_point_or_comma(values, comma):
    written = [f"{value:.3f}".replace(".", ",") if comma else f"{value:.3f}" for value in values]
    read = reading(("id;x\n" + "".join(f"p;{cell}\n" for cell in written)).encode()).numbers("x")
    assert read.values == pytest.approx(values, abs=1e-9)
    assert read.bad == ()


@given(st.text(max_size=8), st.booleans())
@example("1e999", False)
def test_a_cell_is_a_number_as_python_reads_it_or_none(cell, comma):
    value = to_number(cell, decimal_comma=comma)
    if not math.isnan(value):
        assert value == float(cell.replace(",", "."))


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.sav", "a.parquet", "a"]))
@example(b"PAR1PAR1", "a.parquet")
@example(b"$FL2", "a.sav")
@example(b'a,b\n"1', "a.csv")
@example(b"\xff\xfe", "a.csv")
@example(b"\xff\xfea", "a.csv")
@example(b"sep=;\n", "a.csv")
@example(b"sep=;\na\n1\n", "a.csv")
@example(b"\xef\xbb\xbf", "a.csv")
def test_junk_is_read_or_refused_in_plain_words(content, name):
    refusal, rows = "", 0
    try:
        rows = len(reading(content, name))
    except TableError as error:
        refusal = str(error)
    assert len(refusal.splitlines()) == (rows == 0)
