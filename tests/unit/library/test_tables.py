import datetime
import gzip

import numpy as np
import polars as pl
import pyreadstat
import pytest

from onmodel.library.tables import TableError, read_table, to_number


@pytest.fixture(name="file")
def fixture_file(tmp_path):
    """Write a file (text as UTF-8, or bytes) and give its path."""

    def write(content, name="answers.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return path

    return write


def columns(table):
    return {name: list(table.cells(name)) for name in table.columns}


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("id,a,b\n1,2,3\n", ","),
        ("id;a;b\n1;2;3\n", ";"),
        ("id\ta\tb\n1\t2\t3\n", "\t"),
        ("id|a|b\n1|2|3\n", "|"),
        ('id;"a";b\r\n1;2;3\r\n', ";"),
        ("sep=;\nid;a;b\n1;2;3\n", ";"),
        ("\n\nid,a,b\n\n1,2,3\n,,\n", ","),
        ("id,a,b,\n1,2,3,\n", ","),
    ],
)
def test_the_delimiter_is_seen_from_the_first_line(file, content, delimiter):
    table = read_table(file(content))
    assert table.delimiter == delimiter
    assert columns(table) == {"id": ["1"], "a": ["2"], "b": ["3"]}


def test_a_single_column_and_a_delimiter_of_choice(file):
    assert columns(read_table(file("id\n1\n2\n"))) == {"id": ["1", "2"]}
    assert columns(read_table(file("a;b,c\n1;2,3\n"), ",")) == {"a;b": ["1;2"], "c": ["3"]}


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("naam;p\nZoë;1\n".encode(), "utf-8"),
        ("naam;p\nZoë;1\n".encode("utf-8-sig"), "utf-8"),
        ("naam;p\nZoë;1\n".encode("windows-1252"), "windows-1252"),
        ("naam;p\nZoë;1\n".encode("utf-16"), "utf-16"),
    ],
)
def test_encodings_of_clinics(file, content, encoding):
    table = read_table(file(content))
    assert table.encoding == encoding
    assert columns(table) == {"naam": ["Zoë"], "p": ["1"]}


def test_rows_keep_the_line_they_began_on(file):
    table = read_table(file('id,remark\n1,"two\nlines"\n\n2,one\n3,"a ""quote"""\n'))
    assert table.lines.tolist() == [2, 5, 6]
    assert (table.first_line, table.place) == (2, "line")
    assert table.cells("remark") == ("two\nlines", "one", 'a "quote"')


def test_a_column_without_a_name_gets_one(file):
    assert columns(read_table(file('"","a"\n"1",2\n'))) == {"column_1": ["1"], "a": ["2"]}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2.5", "-3", "+4", ".5", "1e2"], [1, 2.5, -3, 4, 0.5, 100]),
        (["1", "2,5", "-3,25", ",5"], [1, 2.5, -3.25, 0.5]),
        (["", "NA", "n.v.t.", ".", "NaN", "#NULL!", "7"], [np.nan] * 6 + [7]),
    ],
)
def test_numbers_with_a_point_or_a_comma(file, cells, expected):
    numbers = read_table(file("id;x\n" + "".join(f"p;{cell}\n" for cell in cells))).numbers("x")
    assert numbers.values == pytest.approx(expected, nan_ok=True)
    assert numbers.bad == ()


@pytest.mark.parametrize("cell", ["abc", "1.234,5", "3 of 4", "1 000", "0x10", "infinity", "1_000", "٣"])
def test_a_cell_that_is_no_number_is_named(file, cell):
    numbers = read_table(file(f"id;x\np;1\np;{cell}\n")).numbers("x")
    (bad,) = numbers.bad
    assert (bad.line, bad.column, bad.value, bad.expected) == (3, "x", cell, "a number")
    assert np.isnan(numbers.values).tolist() == [False, True]


def test_points_and_commas_in_one_column_are_not_guessed_at(file):
    numbers = read_table(file("x;y\n1.5;0\n1,5;0\n")).numbers("x")
    (bad,) = numbers.bad
    assert bad.line == 3
    assert bad.expected == "a number with a decimal point, as elsewhere in this column"


def test_codes_for_missing(file):
    table = read_table(file("x,y\n999,2\n1,-9\n"))
    assert table.numbers("x", ["999"]).values == pytest.approx([np.nan, 1], nan_ok=True)
    assert table.numbers("x").values.tolist() == [999, 1]


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        ("", "a.csv", "the file is empty"),
        (" \n\n", "a.csv", "the file is empty"),
        ("id,a\n", "a.csv", "line 1 has column names, but there are no rows"),
        ("id,a\n1,2\n1\n1,2,3\n", "a.csv", r"line 3 has 1 cell, but line 1 names 2 columns \(wrong too: 4\)"),
        ("id,a\n1,2,3\n", "a.csv", "line 2 has 3 cells, but line 1 names 2 columns;"),
        ("id,a,a\n1,2,3\n", "a.csv", "line 1 has more than one column named a;"),
        ('id,a\n1,"open\n2,3\n', "a.csv", "line 2: the quotes do not close"),
        (b"\x00\x01\x02\x03", "a.csv", "not a text file"),
        (b"PK\x03\x04rest", "a.xlsx", "a workbook"),
        (b"\xd0\xcf\x11\xe0rest", "a.xls", "an old Excel workbook"),
        (b"%PDF-1.7", "a.csv", "a PDF"),
        (gzip.compress(b"id,a\n1,2\n", mtime=0), "a.csv.gz", "compressed; unpack"),
        ("a;b\nZoë;1\n".encode() + "Noël;2\n".encode("cp1252"), "a.csv", "line 2 is UTF-8, line 3 is not"),
        (b"a;b\n1;\x81\x8d\n", "a.csv", "line 2 is neither UTF-8 nor Windows-1252"),
        ("id,a\n1,2\n", "a.sav", "the name says SPSS, but the content is not"),
        ("id,a\n1,2\n", "a.parquet", "the name says Parquet, but the content is not"),
        (b"$FL2 not really", "a.sav", "the SPSS file is damaged"),
        (b"PAR1 not really PAR1", "a.parquet", "the Parquet file is damaged"),
    ],
)
def test_broken_files_say_what_and_where(file, content, name, message):
    path = file(content, name)
    with pytest.raises(TableError, match=message) as caught:
        read_table(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(TableError, match="cannot be read"):
        read_table(tmp_path / "none.csv")
    with pytest.raises(TableError, match="cannot be read"):
        read_table(tmp_path)


FRAME = pl.DataFrame({"id": ["a", "b"], "item1": [3.0, None], "item2": [1.0, 9.0]})


def test_spss_files(tmp_path):
    path = tmp_path / "answers.sav"
    labels = {"item1": "first item"}
    pyreadstat.write_sav(FRAME, str(path), column_labels=labels, missing_ranges={"item2": [9]})
    table = read_table(path)
    assert (table.kind, table.place, table.lines.tolist()) == ("spss", "row", [1, 2])
    assert dict(table.labels) == labels
    assert table.cells("id") == ("a", "b")
    assert table.numbers("item1").values == pytest.approx([3, np.nan], nan_ok=True)
    assert table.numbers("item2").values == pytest.approx([1, np.nan], nan_ok=True)


def test_a_damaged_spss_file(tmp_path):
    path = tmp_path / "answers.sav"
    pyreadstat.write_sav(FRAME, str(path))
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(TableError, match="the SPSS file is damaged"):
        read_table(path)


def test_typed_cells_as_text(tmp_path):
    day = datetime.date(2024, 3, 1)
    path = tmp_path / "typed.parquet"
    cells = {"code": [1.0, None, 2.5], "on": [True, None, False], "day": [day, None, day]}
    pl.DataFrame(cells).write_parquet(path)
    table = read_table(path)
    assert table.cells("code") == ("1", "", "2.5")
    assert table.cells("day") == ("2024-03-01", "", "2024-03-01")
    assert table.numbers("on").values == pytest.approx([1, np.nan, 0], nan_ok=True)
    assert len(table.numbers("day").bad) == 2


def test_the_frame_has_the_columns(tmp_path, file):
    assert read_table(file("id,x\na,1\n")).frame.to_dicts() == [{"id": "a", "x": "1"}]
    FRAME.write_parquet(tmp_path / "answers.parquet")
    assert read_table(tmp_path / "answers.parquet").frame.equals(FRAME)


def test_parquet_files_whatever_their_name(tmp_path):
    path = tmp_path / "answers.dat"
    FRAME.write_parquet(path)
    table = read_table(path)
    assert (table.kind, table.first_line) == ("parquet", 1)
    assert table.numbers("item2", ["9"]).values == pytest.approx([1, np.nan], nan_ok=True)


def test_tables_without_rows(tmp_path):
    FRAME.clear().write_parquet(tmp_path / "none.parquet")
    with pytest.raises(TableError, match="the file has no rows"):
        read_table(tmp_path / "none.parquet")


@pytest.mark.parametrize(
    ("cell", "comma", "expected"), [("1.5", True, 1.5), ("1,5", True, 1.5), ("7", False, 7)]
)
def test_to_number(cell, comma, expected):
    assert to_number(cell, decimal_comma=comma) == expected


def test_a_comma_is_no_decimal_sign_unless_said():
    assert np.isnan(to_number("1,5"))
