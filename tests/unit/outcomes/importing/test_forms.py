"""Rows of a file become forms, each at its moment; what cannot be right is told with its place."""

import datetime

import numpy as np
import pytest

from onmodel import library
from onmodel.outcomes.importing.forms import read_forms
from onmodel.outcomes.importing.mapping import read_map
from onmodel.outcomes.importing.people import read_people
from onmodel.outcomes.importing.reading import read_source
from tests.import_files import DATED_MAP, LONG_MAP, WIDE_MAP, written

START = datetime.date(2020, 1, 1)


def read(folder, text, map_text, start=START):
    """The forms and the problems of a file, by measure."""
    mapping = read_map(map_text)
    pack = library.load("generic")
    source = read_source(written(folder, text), mapping.file)
    people = read_people(source, mapping, pack)
    starts = [person.facts.get("started_on", start) for person in people.persons]
    forms = read_forms(source, mapping, people, pack.instruments, starts)
    return people, forms, source.problems


def told(problems):
    return [(problem.line, problem.column, problem.value) for problem in problems]


def test_a_long_file(tmp_path):
    people, (forms,), problems = read(tmp_path, "id,month,bdi\nA,0,30\nA,6,20\nB,0,\nB,6,10.5\n", LONG_MAP)
    assert problems == []
    assert [person.pseudonym for person in people.persons] == ["A", "B"]
    assert list(zip(forms.persons, forms.months, forms.entered["TOTAL"], strict=True)) == [
        (0, 0, 30),
        (0, 6, 20),
        (1, 6, 10.5),
    ]
    assert forms.days[1] == START + datetime.timedelta(days=183)  # 6 x 365.25 / 12 = 182.6
    assert forms.lines == [2, 3, 5]


def test_a_wide_file(tmp_path):
    _people, (forms,), problems = read(tmp_path, "id,bdi0,bdi6\nA,30,20\nB,NA,10\n", WIDE_MAP)
    assert problems == []
    assert list(zip(forms.persons, forms.months, forms.entered["TOTAL"], strict=True)) == [
        (0, 0, 30),
        (0, 6, 20),
        (1, 6, 10),
    ]


def test_dates_become_months_since_the_start(tmp_path):
    text = "id,started,measured,bdi\nA,2024-01-01,2024-01-01,30\nA,,2024-07-01,20\n"
    _people, (forms,), problems = read(tmp_path, text, DATED_MAP)
    assert problems == []
    assert forms.months == [0.0, 5.98]  # 182 days of 365.25 / 12 to the month
    assert forms.days == [datetime.date(2024, 1, 1), datetime.date(2024, 7, 1)]


def test_dates_go_to_the_nearest_planned_moment(tmp_path):
    text = "id,started,measured,bdi\nA,2024-01-01,2024-01-20,30\nA,,2024-06-11,20\n"
    _people, (forms,), _problems = read(
        tmp_path, text, DATED_MAP.replace("[moment]", "[moment]\nplanned = [0, 6, 12]")
    )
    assert forms.months == [0, 6]


def test_words_for_moments(tmp_path):
    map_text = LONG_MAP.replace("[moment]", "[moment]\nvalues = { T0 = 0, T1 = 6 }")
    _people, (forms,), problems = read(tmp_path, "id,month,bdi\nA,T0,3\nA,T1,2\nA,T9,1\n", map_text)
    assert forms.months == [0, 6]
    assert told(problems) == [(4, "month", "T9")]
    assert problems[0].wanted == "one of T0, T1"


def test_item_level_answers_by_a_pattern(tmp_path):
    map_text = """
    layout = "wide"
    patient = { column = "id" }
    treatment = { nominal_start = 2020-01-01 }
    [[measures]]
    instrument = "phq9"
    items = "p{item}_{moment}"
    moments = { t0 = 0, t1 = 12 }
    """
    columns = [f"p{item}_{moment}" for moment in ("t0", "t1") for item in range(1, 10)]
    row = ["A", *"012301230", *"0" * 8, ""]
    _people, (forms,), problems = read(tmp_path, ",".join(["id", *columns]) + "\n" + ",".join(row), map_text)
    assert problems == []
    assert forms.months == [0, 12]
    items = [item.id for item in forms.instrument.all_items()]
    first = dict(zip(items, forms.answers[0], strict=True))
    assert [first[str(item)] for item in range(1, 10)] == [0, 1, 2, 3, 0, 1, 2, 3, 0]
    assert np.isnan(dict(zip(items, forms.answers[1], strict=True))["9"])


def test_two_scales_of_one_form_come_together(tmp_path):
    map_text = LONG_MAP + '[[measures]]\ninstrument = "scl90r"\nscale = "GSI"\ncolumn = "gsi"\n'
    map_text += '[[measures]]\ninstrument = "scl90r"\nscale = "DEP"\ncolumn = "dep"\n'
    _people, forms, _problems = read(tmp_path, "id,month,bdi,gsi,dep\nA,0,30,1.5,2\nA,6,,1.1,\n", map_text)
    assert [form.instrument.id for form in forms] == ["bdi2", "scl90r"]
    assert len(forms[1]) == 2
    np.testing.assert_array_equal(forms[1].entered["DEP"], [2, np.nan])


@pytest.mark.parametrize(
    ("rows", "place", "reason"),
    [
        ("A,0,seven", (2, "bdi", "seven"), "this is not a number"),
        ("A,0,64", (2, "bdi", "64"), "no score of BDI-II can be this"),
        ("A,0,-1", (2, "bdi", "-1"), "no score of BDI-II can be this"),
        ("A,0,3\nA,0,4", (3, "bdi", "4"), "patient A has a BDI-II at month 0 already, on line 2"),
        ("A,,3", (2, "month", ""), "the row does not say when it was measured"),
        ("A,later,3", (2, "month", "later"), "this is not a number"),
        ("A,1e9,3", (2, "month", "1000000000"), "this cannot be the number of months since the start"),
        (",0,3", (2, "id", ""), "the row names no patient"),
        (f"{'x' * 41},0,3", (2, "id", "x" * 41), "the pseudonym is too long"),
    ],
)
def test_a_bad_row_is_told_once_with_its_place(tmp_path, rows, place, reason):
    _people, _forms, problems = read(tmp_path, f"id,month,bdi\n{rows}\n", LONG_MAP)
    assert told(problems) == [place]
    assert problems[0].reason == reason
    assert problems[0].wanted


def test_every_bad_row_is_told(tmp_path):
    rows = "\n".join(f"P{n},0,{'x' if n % 2 else n}" for n in range(60))
    _people, _forms, problems = read(tmp_path, f"id,month,bdi\n{rows}\n", LONG_MAP)
    assert [problem.line for problem in problems] == list(range(3, 62, 2))


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("A,2024-01-01,2999-01-01,3", (2, "measured", "2999-01-01")),
        ("A,2024-01-01,0204-01-01,3", (2, "measured", "0204-01-01")),
        ("A,2024-01-01,2024-01-01,3\nA,2024-02-01,2024-05-01,3", (3, "started", "2024-02-01")),
        ("A,,2024-05-01,3", (2, "measured", "2024-05-01")),
    ],
)
def test_dates_that_cannot_be(tmp_path, rows, place):
    _people, _forms, problems = read(tmp_path, f"id,started,measured,bdi\n{rows}\n", DATED_MAP, start=None)
    assert told(problems) == [place]


def test_a_second_row_of_a_patient_in_a_wide_file(tmp_path):
    _people, _forms, problems = read(tmp_path, "id,bdi0,bdi6\nA,1,2\nA,3,4\n", WIDE_MAP)
    assert told(problems) == [(3, "id", "A")]


def test_facts_of_people(tmp_path):
    map_text = """
    layout = "long"
    [patient]
    column = "id"
    prefix = "X-"
    year_of_birth = "born"
    gender = "sex"
    [treatment]
    nominal_start = 2020-01-01
    cohort = "arm"
    ended = "end"
    end_kind = "how"
    end_kinds = { "1" = "completed", uitval = "drop_out" }
    [moment]
    months = "month"
    [[measures]]
    instrument = "bdi2"
    scale = "TOTAL"
    column = "bdi"
    """
    text = (
        "id,month,bdi,born,sex,arm,end,how\n"
        "A,0,3,1990,f,care,2021-01-01,1\n"
        "A,6,3,,,,,\n"
        "B,0,3,1890,m,wait,2021-01-01,uitval\n"
        "C,0,3,1991,m,wait,2021-01-01,lost\n"
        "D,0,3,1991,m,wait,2021-01-01,\n"
    )
    people, _forms, problems = read(tmp_path, text, map_text)
    assert people.persons[0].pseudonym == "X-A"
    assert people.persons[0].facts == {
        "year_of_birth": 1990,
        "gender": "f",
        "cohort": "care",
        "ended_on": datetime.date(2021, 1, 1),
        "end_kind": "completed",
    }
    assert told(problems) == [(4, "born", "1890"), (5, "how", "lost"), (6, "how", "")]


def test_a_wide_file_may_have_the_day_of_each_moment(tmp_path):
    map_text = WIDE_MAP.replace('scale = "TOTAL"', 'scale = "TOTAL"\ndate = "day_{moment}"')
    text = "id,bdi0,bdi6,day_bdi0,day_bdi6\nA,30,20,2020-01-03,\n"
    _people, (forms,), problems = read(tmp_path, text, map_text)
    assert problems == []
    assert forms.days == [datetime.date(2020, 1, 3), START + datetime.timedelta(days=183)]
