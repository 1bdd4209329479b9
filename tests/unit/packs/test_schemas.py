"""The JSON Schema accepts what is read, and refuses what is not."""

import tomllib

import jsonschema
import msgspec
import pytest

from onmodel.packs.pack import KINDS
from onmodel.packs.schemas import DESCRIBED, schema

FILE_OF = {
    "instruments": "instruments/form.toml",
    "schedules": "schedules/yearly.toml",
    "checklists": "checklists/intake.toml",
    "standards": "standards/clocks.toml",
    "roles": "roles/people.toml",
    "rules": "rules/signals.toml",
    "accreditation": "accreditation/levels.toml",
    "terms": "terms/words.toml",
    "reports": "reports/yearly.toml",
    "pack": "pack.toml",
}


def as_json(content: bytes) -> object:
    """TOML as an editor hands it to a schema: dates are text."""
    return msgspec.to_builtins(tomllib.loads(content.decode()))


def test_every_kind_is_described() -> None:
    assert set(DESCRIBED) == {"pack", "texts", *KINDS}


@pytest.mark.parametrize("name", FILE_OF)
def test_a_valid_file_validates_and_a_wrong_one_does_not(files: dict[str, bytes], name: str) -> None:
    described = schema(name)
    jsonschema.Draft202012Validator.check_schema(described)
    data = as_json(files[FILE_OF[name]])
    jsonschema.validate(data, described)
    assert isinstance(data, dict)
    for wrong in (
        {**data, "unheard_of": 1},
        {**data, "version": 1},
        {k: v for k, v in data.items() if k != "id"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, described)


def test_a_scale_of_an_unknown_rule_does_not_validate(files: dict[str, bytes]) -> None:
    data = as_json(files["instruments/form.toml"].replace(b'rule = "ratio"', b'rule = "division"'))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema("instruments"))
