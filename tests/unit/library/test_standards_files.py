"""Every file of standards, roles, rules, levels, terms and reports: read, whole, in two languages."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

import onmodel.library
from onmodel.packs.base import Definition, Text
from onmodel.packs.pack import KINDS
from onmodel.packs.standards import KnownBy, Roles, Rules, Standard, StandardKind, Standards, TermList

LIBRARY = Path(onmodel.library.__file__).parent
KINDS_HERE = ("checklists", "standards", "roles", "rules", "accreditation", "terms", "reports")
FILES = sorted(path for kind in KINDS_HERE for path in LIBRARY.glob(f"*/{kind}/*.toml"))


def read(path: Path) -> Definition:
    return msgspec.toml.decode(path.read_bytes(), type=KINDS[path.parent.name])


def name(path: Path) -> str:
    return str(path.relative_to(LIBRARY))


def texts(value: object) -> Iterator[Text]:
    """Every bilingual text within a definition, however deep."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            yield from texts(getattr(value, field))
    elif isinstance(value, tuple):
        for entry in value:
            yield from texts(entry)


def entries_without_source(definition: Definition) -> list[str]:
    """Ids of the entries whose source field is there and empty."""
    lists = [getattr(definition, field) for field in definition.__struct_fields__]
    entries = [entry for value in lists if isinstance(value, tuple) for entry in value]
    return [entry.id for entry in entries if getattr(entry, "source", "-") == ""]


@pytest.mark.parametrize("path", FILES, ids=name)
class TestFile:
    def test_texts_are_there_in_both_languages(self, path: Path) -> None:
        for text in texts(read(path)):
            assert text.en.strip() == text.en != ""
            assert text.nl.strip() == text.nl != ""

    def test_entries_have_a_source(self, path: Path) -> None:
        definition = read(path)
        assert definition.source
        assert entries_without_source(definition) == []

    def test_has_no_entry_twice(self, path: Path) -> None:
        definition = read(path)
        for field in definition.__struct_fields__:
            value = getattr(definition, field)
            if isinstance(value, tuple):
                ids = [entry.id for entry in value if hasattr(entry, "id")]
                assert len(ids) == len(set(ids))


def all_standards() -> list[Standard]:
    found: list[Standard] = []
    for path in LIBRARY.glob("*/standards/*.toml"):
        definition = read(path)
        assert isinstance(definition, Standards)
        found.extend(definition.standards)
    return found


def test_computed_standard_names_its_measure() -> None:
    assert [s.id for s in all_standards() if s.known_by is KnownBy.COMPUTED and s.measure is None] == []


def test_attestation_says_how_long_it_holds() -> None:
    attested = [s for s in all_standards() if s.known_by is KnownBy.ATTESTED]
    without = [s for s in attested if s.attested_for_months is None and s.kind is not StandardKind.FACTOR]
    assert [s.id for s in without] == []


def test_default_limit_exists_and_several_limits_name_one() -> None:
    for standard in all_standards():
        ids = [limit.id for limit in standard.limits]
        assert len(ids) == len(set(ids))
        assert standard.limit in ids or (standard.limit is None and len(ids) < 2), standard.id


def test_standard_ids_are_unique_over_the_files() -> None:
    ids = [standard.id for standard in all_standards()]
    assert len(ids) == len(set(ids))


def test_rules_name_standards_and_roles_that_exist() -> None:
    standards = {standard.id for standard in all_standards()}
    generic = read(LIBRARY / "generic" / "roles" / "roles.toml")
    assert isinstance(generic, Roles)
    roles = {role.id for role in generic.roles}
    for path in LIBRARY.glob("*/rules/*.toml"):
        definition = read(path)
        assert isinstance(definition, Rules)
        for rule in definition.rules:
            assert rule.responsible in roles
            assert rule.settings.get("standard", "req_05_team_size") in standards
            assert rule.helps


def test_roles_act_as_generic_roles() -> None:
    generic = read(LIBRARY / "generic" / "roles" / "roles.toml")
    mbt = read(LIBRARY / "mbt" / "roles" / "mbt_roles.toml")
    assert isinstance(generic, Roles)
    assert isinstance(mbt, Roles)
    assert {role.acts_as for role in mbt.roles} <= {role.id for role in generic.roles}


def test_term_parents_exist_in_their_file() -> None:
    for path in LIBRARY.glob("*/terms/*.toml"):
        definition = read(path)
        assert isinstance(definition, TermList)
        ids = {term.id for term in definition.terms}
        assert {term.parent for term in definition.terms if term.parent} <= ids, name(path)
