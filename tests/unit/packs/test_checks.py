"""What holds for every kind of file, and for a pack on top of another."""

import datetime

from onmodel.packs.base import Text
from onmodel.packs.checks import check_pack
from onmodel.packs.pack import Pack
from onmodel.packs.problems import Problem, ProblemSeverity
from onmodel.packs.reading import read_pack

FORM = "instruments/form.toml"


def test_the_example_is_sound(small: Pack) -> None:
    assert check_pack(small, day=datetime.date(2026, 11, 21)) == ()


def test_a_gap_between_bands_is_a_warning(after) -> None:  # type: ignore[no-untyped-def]
    message = "scores from 2 to 3 are in no band"
    expected = Problem(f"small/{FORM}", "bands[0].levels[0].below", message, ProblemSeverity.WARNING)
    assert after(FORM, "below = 3", "below = 2") == (expected,)


def test_a_reverse_key_needs_an_answer_range(files: dict[str, bytes]) -> None:
    form = files[FORM].replace(b"minimum = 0\nmaximum = 2\n", b"", 1)
    files[FORM] = form.replace(b'id = "b"\n', b'id = "b"\nkind = "number"\n', 1)
    problems = [problem for problem in check_pack(read_pack(files)) if problem.key == "scales[0].reverse"]
    assert [problem.message for problem in problems] == [
        "'b' cannot be reversed: its lowest or highest answer is not given"
    ]


def test_an_empty_text_is_refused(refused) -> None:  # type: ignore[no-untyped-def]
    found = refused("terms/words.toml", 'nl = "Nieuwsgierig"', 'nl = " "')
    assert found == {"terms[1].label.nl": "is empty"}


def test_an_empty_licence_is_refused(refused) -> None:  # type: ignore[no-untyped-def]
    assert refused(FORM, 'licence = "CC0"', 'licence = ""') == {"licence": "is empty"}


def test_a_review_that_is_due_is_a_warning(small: Pack) -> None:
    assert check_pack(small, day=datetime.date(2027, 11, 20)) == ()
    problems = check_pack(small, day=datetime.date(2027, 11, 21))
    assert {problem.severity for problem in problems} == {ProblemSeverity.WARNING}
    assert {problem.key for problem in problems} == {"next_review"}
    assert "small/pack.toml" in {problem.file for problem in problems}
    assert len(problems) == 10
    assert "2027-11-21" in problems[0].message


def test_one_standard_in_two_files_is_refused(files: dict[str, bytes]) -> None:
    again = files["standards/clocks.toml"].replace(b'id = "clocks"', b'id = "more"')
    problems = check_pack(read_pack({**files, "standards/more.toml": again}))
    assert [str(p) for p in problems] == [
        "small/standards/more.toml: standards[0].id: "
        "'plan_in_time' stands in small/standards/clocks.toml already"
    ]


def test_what_the_base_has_wrong_is_told_once(files: dict[str, bytes]) -> None:
    files["reports/yearly.toml"] = files["reports/yearly.toml"].replace(b"TOTAL", b"T")
    base = read_pack(files)
    above = {
        "pack.toml": files["pack.toml"]
        .replace(b'"small"', b'"above"')
        .replace(b"version", b'extends = "small"\nversion')
    }
    pack = read_pack(above, base)
    assert check_pack(pack, base=base) == ()
    assert [p.file for p in check_pack(pack)] == ["small/reports/yearly.toml"]


def test_an_override_that_breaks_the_base_is_told(files: dict[str, bytes]) -> None:
    base = read_pack(files)
    form = files["instruments/form.toml"].replace(b'"TOTAL"', b'"SUM"')
    header = (
        files["pack.toml"].replace(b'"small"', b'"above"').replace(b"version", b'extends = "small"\nversion')
    )
    pack = read_pack({"pack.toml": header, "instruments/form.toml": form}, base)
    assert [(p.file, p.key) for p in check_pack(pack, base=base)] == [
        ("small/reports/yearly.toml", "outcomes[0].scale"),
        ("small/rules/signals.toml", "rules[0].settings.scales"),
        ("small/terms/words.toml", "terms[1].links"),
    ]


def test_text_falls_back_on_english() -> None:
    text = Text(en="Yes", nl="Ja")
    assert [text.in_(language) for language in ("en", "nl", "nl-be", "de")] == ["Yes", "Ja", "Ja", "Yes"]
