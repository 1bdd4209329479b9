import datetime

import numpy as np
import polars as pl
import pytest

from onmodel.outcomes.importing.mapping import FileOptions
from onmodel.outcomes.importing.problems import ImportRefusedError
from onmodel.outcomes.importing.reading import missing_columns, read_source, to_date
from tests.import_files import written

DAY = datetime.date(2024, 3, 31)


@pytest.mark.parametrize(
    ("cell", "kind", "day"),
    [
        ("2024-03-31", "iso", DAY),
        ("2024-03-31T10:15", "iso", DAY),
        ("2024-03-31 10:15:00", "iso", DAY),
        ("2024-3-31", "iso", DAY),
        ("31-03-2024", "iso", None),
        ("2024-02-30", "iso", None),
        ("31-03-2024", "day_first", DAY),
        ("31/3/2024", "day_first", DAY),
        ("31.03.2024", "day_first", DAY),
        ("03/31/2024", "day_first", None),
        ("03/31/2024", "month_first", DAY),
        ("31-03-24", "day_first", None),
        ("", "iso", None),
    ],
)
def test_dates_are_read_in_the_style_that_is_said(cell, kind, day):
    assert to_date(cell, kind) == day


def test_a_date_in_another_style_says_which_style_it_is(tmp_path):
    source = read_source(written(tmp_path, "id,day\n1,31-03-2024\n2,2024-03-31\n3,soon\n"), FileOptions())
    assert source.dates("day") == [None, DAY, None]
    first, second = source.problems
    assert (first.line, first.column, first.value) == (2, "day", "31-03-2024")
    assert "dates = “day_first”" in first.wanted
    assert (second.line, second.value, second.wanted) == (4, "soon", "2024-03-31")


def test_codes_for_missing_are_missing_in_every_kind_of_column(tmp_path):
    options = FileOptions(missing=(-999, "onbekend"))
    text = "id,score,arm,day\n1,-999,Onbekend,-999\n2,3.5,A,2024-03-31\n"
    source = read_source(written(tmp_path, text), options)
    np.testing.assert_array_equal(source.numbers("score"), [np.nan, 3.5])
    assert source.texts("arm") == ["", "A"]
    assert source.dates("day") == [None, DAY]
    assert source.problems == []


def test_windows_1252_semicolons_and_decimal_commas(tmp_path):
    text = "cliënt;score\nÉlodie;12,5\nZoë;7\n"
    source = read_source(written(tmp_path, text, encoding="windows-1252"), FileOptions())
    assert source.texts("cliënt") == ["Élodie", "Zoë"]
    assert source.numbers("score").tolist() == [12.5, 7.0]


def test_numbers_as_names_keep_no_decimals(tmp_path):
    path = tmp_path / "data.parquet"
    pl.DataFrame({"id": [1.0, 2.0, None], "day": [DAY, None, DAY]}).write_parquet(path)
    source = read_source(path, FileOptions())
    assert source.texts("id") == ["1", "2", ""]
    assert source.dates("day") == [DAY, None, DAY]
    assert source.lines == [1, 2, 3]


def test_a_missing_column_comes_with_the_one_that_is_like_it(tmp_path):
    source = read_source(written(tmp_path, "patient,bdi_total\n1,3\n"), FileOptions())
    near, far = missing_columns(source, [("a", "bdi_totl"), ("b", "xyz"), ("c", "patient"), ("b", "xyz")])
    assert (near.column, near.value, near.wanted) == ("a", "bdi_totl", "did you mean “bdi_total”?")
    assert far.wanted == "it has: patient, bdi_total"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("id,score\n", "no rows"),
        ("id,score\n1,2,3\n", "line 2 has 3 cells"),
        ("id,score\n1\n1,2\n1\n1,2,3\n", "(wrong too: 4, 5)"),
        ("id,id\n1,2\n", "more than one column named id"),
        ("PK\x03\x04", "workbook"),
    ],
)
def test_a_file_that_is_no_table_is_refused_without_its_path(tmp_path, text, says):
    with pytest.raises(ImportRefusedError) as refused:
        read_source(written(tmp_path, text), FileOptions(), name="mine.csv")
    (problem,) = refused.value.problems
    assert problem.column == "mine.csv"
    assert says in problem.reason
    assert str(tmp_path) not in str(problem)
