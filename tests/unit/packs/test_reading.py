"""Reading: every problem of every file at once, with file and key in plain words."""

import pytest

from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError
from onmodel.packs.reading import read_pack

FORM = "instruments/form.toml"


def told(files: dict[str, bytes], base: Pack | None = None) -> list[str]:
    with pytest.raises(PackError) as refused:
        read_pack(files, base)
    return [str(problem) for problem in refused.value.problems]


def test_definitions_are_found_by_kind_and_id(small: Pack) -> None:
    assert small.id == "small"
    assert small.instrument("form").item("a").label is not None
    assert [item.id for item in small.instrument("form").all_items()] == ["a", "b", "c", "words"]
    assert small.standard("plan_in_time").limit_variant().at_most == 30  # type: ignore[union-attr]
    assert [rule.id for rule in small.all_rules()] == ["late"]
    assert small.origins["instruments/form"] == "small"
    assert set(small.digests) >= {"pack", "instruments/form", "reports/yearly"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b'abbreviation = "FRM"\n', b"", "abbreviation: is missing"),
        (b"abbreviation", b"abreviation", "abreviation: is no field"),
        (b"abbreviation", b"abreviation", "knows (did you mean 'abbreviation'?)"),
        (b'abbreviation = "FRM"', b"abbreviation = 3", "abbreviation: must be text, not a whole number"),
        (b'"worse"', b'"wrose"', "direction: 'wrose' is none of worse, better, neutral (did"),
        (b"minimum = 0\n", b'minimum = "0"\n', "minimum: must be a number, not text"),
        (b"minimum = 0\n", b"numbered_items = 1001\n", "numbered_items: Expected int <= 1000"),
        (b"minimum = 0\n", b"numbered_items = 99999999999999999999999\n", "numbered_items: "),
        (b"mean = 2.0", b"mean = nan", "norms[0].mean: nan is not a figure; leave the field out"),
        (b"2027-11-21", b'"soon"', "next_review: must be a date, not text"),
        (b'id = "form"', b'id = "Form 1"', "id: 'Form 1' is not written as it must be: lower case, digits"),
        (b'id = "form"', b'id = "fourm"', "id: 'fourm' must be the same as the file's name, 'form'"),
        (b'rule = "ratio"', b'rule = "division"', "scales[3].rule: 'division' is none of circumplex"),
        (b'rule = "ratio"\n', b"", "scales[3].rule: is missing; choose one of circumplex, combined"),
        (b'items = ["a", "b", "c"]', b'items = "abc"', "scales[0].items: must be a list, not text"),
        (b'items = ["a", "b", "c"]', b"items = [1]", "scales[0].items[0]: must be text, not a whole number"),
        (b'{en = "Total", nl = "Totaal"}', b'{en = "Total"}', "scales[0].title.nl: is missing"),
        (b'{en = "Total", nl = "Totaal"}', b'"Total"', "scales[0].title: must be a table, not text"),
        (b"recode = {0 = 3,", b'recode = {0 = "3",', "scales[1].recode.0: must be a number, not text"),
        (b'version = "1.0.0"', b'version = "1"', "version: '1' is not written as it must be: major"),
        (b"sd = 1.5", b"sd 1.5", "is not valid TOML: Expected '=' after a key in a key/value pair (at line "),
        (b"Title", b"Tit\xefle", "is not UTF-8 text (byte 0xef)"),
    ],
)  # fmt: skip
def test_refused_with_file_and_key(files: dict[str, bytes], old: bytes, new: bytes, problem: str) -> None:
    files[FORM] = files[FORM].replace(old, new, 1)
    assert any(line.startswith("small/instruments/form.toml: ") and problem in line for line in told(files))


def test_all_problems_of_all_files_at_once(files: dict[str, bytes]) -> None:
    files[FORM] = files[FORM].replace(b'abbreviation = "FRM"\n', b"").replace(b"sd = 1.5", b'sd = "?"')
    files["terms/words.toml"] = b"id = "
    files["roles/people.toml"] = files["roles/people.toml"].replace(b"acts_as", b"acts")
    places = [line.rsplit(": ", 1)[0] for line in told(files)]
    assert "small/instruments/form.toml: abbreviation" in places
    assert "small/instruments/form.toml: norms[0].sd" in places
    assert "small/instruments/form.toml: reliable_changes[0].sd" in places
    assert "small/roles/people.toml: roles[0].acts_as" in places
    assert any(place.startswith("small/terms/words.toml") for place in places)


def test_a_settings_value_of_another_kind_is_named(files: dict[str, bytes]) -> None:
    files["rules/signals.toml"] = files["rules/signals.toml"].replace(b"days = 7", b"days = 2026-01-01")
    expected = "small/rules/signals.toml: rules[0].settings.days: must be one of "
    assert [line for line in told(files) if line.startswith(expected)]


@pytest.mark.parametrize("path", ["instrument/form.toml", "stray.toml", "instruments/deep/form.toml"])
def test_a_file_in_no_folder_of_a_pack_is_refused(files: dict[str, bytes], path: str) -> None:
    files[path] = files[FORM]
    (line,) = told(files)
    assert line.startswith(f"small/{path}: stands in no folder of a pack (instruments, schedules")


def test_other_files_are_left_alone(files: dict[str, bytes]) -> None:
    assert read_pack({**files, "README.md": b"\xff", "digests.toml": b"not read here"}).id == "small"


def test_without_a_header_there_is_no_pack(files: dict[str, bytes]) -> None:
    del files["pack.toml"]
    assert told(files) == ["pack.toml: is missing: a pack is named and dated there"]


def test_the_base_must_be_the_one_that_is_named(files: dict[str, bytes], small: Pack) -> None:
    assert told(files, small) == ["small/pack.toml: extends: is empty, but 'small' was given"]
    files["pack.toml"] = files["pack.toml"].replace(b"version", b'extends = "big"\nversion', 1)
    assert told(files) == ["small/pack.toml: extends: names 'big', but no such pack was found"]


def test_a_definition_replaces_that_of_the_base(files: dict[str, bytes], small: Pack) -> None:
    header = (
        files["pack.toml"].replace(b'"small"', b'"above"').replace(b"version", b'extends = "small"\nversion')
    )
    form = files[FORM].replace(b'"FRM"', b'"NEW"')
    pack = read_pack({"pack.toml": header, FORM: form}, small)
    assert pack.instrument("form").abbreviation == "NEW"
    assert pack.schedules == small.schedules
    assert pack.file_of("instruments", "form") == "above/instruments/form.toml"
    assert pack.file_of("schedules", "yearly") == "small/schedules/yearly.toml"
    assert pack.digests["instruments/form"] != small.digests["instruments/form"]
    assert pack.digests["schedules/yearly"] == small.digests["schedules/yearly"]


def test_windows_lines_and_a_byte_order_mark_are_read(files: dict[str, bytes], small: Pack) -> None:
    changed = {path: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n") for path, content in files.items()}
    assert read_pack(changed) == small
