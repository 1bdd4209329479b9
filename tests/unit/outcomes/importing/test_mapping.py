import pytest

from onmodel import library
from onmodel.outcomes.importing.mapping import columns_named, item_columns, read_map
from onmodel.outcomes.importing.problems import ImportRefusedError
from tests.import_files import EXAMPLES, LONG_MAP, WIDE_MAP


def refusals(text):
    with pytest.raises(ImportRefusedError) as refused:
        read_map(text)
    return [(problem.column, problem.reason, problem.wanted) for problem in refused.value.problems]


def test_a_wide_map_names_the_columns_that_it_counts_on():
    named = list(columns_named(read_map(WIDE_MAP), {}))
    assert named == [
        ("patient.column", "id"),
        ("measures[1].column", "bdi0"),
        ("measures[1].column", "bdi6"),
    ]


def test_a_pattern_stands_for_a_column_of_each_item_and_moment():
    text = WIDE_MAP.replace('scale = "TOTAL"', 'items = "bdi_{item}_{moment}"')
    (measure,) = read_map(text).measures
    assert item_columns(measure, ["1", "2"], "bdi6") == {"1": "bdi_1_bdi6", "2": "bdi_2_bdi6"}


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('column = "id"', 'colum = "id"', "patient", "did you mean “column”?"),
        ('layout = "long"', 'layout = "tall"', "layout", ""),
        ('layout = "long"\n', "", "map", ""),
        ('column = "bdi"', "", "measures[1].column", ""),
        ('scale = "TOTAL"', "", "measures[1]", "either scale or items"),
        ('scale = "TOTAL"', 'scale = "TOTAL"\nitems = "b_{item}"', "measures[1]", "either scale or items"),
        ('months = "month"', "", "moment", "months or date in [moment]"),
        ('months = "month"', 'date = "day"', "moment.date", "a column with start dates in [treatment]"),
        ("nominal_start", 'start = "s"\nnominal_start', "treatment.nominal_start", "either start or"),
        ("nominal_start", 'ended = "e"\nnominal_start', "treatment.ended", "both ended and end_kind"),
        ('column = "bdi"', 'column = "bdi"\nmoments = { a = 1 }', "measures[1].moments", "leave it out"),
        ("nominal_start = 2020-01-01", 'nominal_start = "soon"', "treatment.nominal_start", ""),
        (
            "nominal_start = 2020-01-01",
            "nominal_start = 2999-01-01",
            "treatment.nominal_start",
            "until today",
        ),
    ],
)
def test_a_long_map_that_cannot_be_names_the_key_and_what_is_right(old, new, key, says):
    assert old in LONG_MAP
    found = refusals(LONG_MAP.replace(old, new, 1))
    assert any(column == key and says in wanted for column, _reason, wanted in found), found


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("moments = { bdi0 = 0, bdi6 = 6 }", "", "measures[1].moments"),
        ("bdi6 = 6", "bdi6 = 6000", "measures[1].moments.bdi6"),
        ('scale = "TOTAL"', 'scale = "TOTAL"\ncolumn = "bdi"', "measures[1].column"),
        ('scale = "TOTAL"', 'items = "b_{item}"', "measures[1].items"),
        ('scale = "TOTAL"', 'items = "b_{moment}"', "measures[1].items"),
        ("[[measures]]", '[moment]\nmonths = "m"\n[[measures]]', "moment"),
    ],
)
def test_a_wide_map_that_cannot_be_names_the_key(old, new, key):
    assert key in [column for column, _reason, _wanted in refusals(WIDE_MAP.replace(old, new, 1))]


def test_what_is_no_toml_says_where():
    ((_key, reason, _wanted),) = refusals("layout = long")
    assert "line 1" in reason


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_the_examples_are_maps_of_what_the_packs_have(example):
    pack = library.load("mbt")
    for measure in read_map(example.read_text(encoding="utf-8")).measures:
        instrument = pack.instruments[measure.instrument]
        assert measure.items or instrument.scale(measure.scale)
