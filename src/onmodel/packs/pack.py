"""A pack: every definition of a treatment model, by kind and id, with those of the pack it extends."""

from __future__ import annotations

from collections.abc import Mapping

from onmodel.packs.base import Definition, Id
from onmodel.packs.instruments import Instrument
from onmodel.packs.standards import (
    Accreditation,
    Checklist,
    ReportTemplate,
    Role,
    Roles,
    Rule,
    Rules,
    Schedule,
    Standard,
    Standards,
    TermList,
)

#: Folder of a pack -> the class that its files are read as.
KINDS: dict[str, type[Definition]] = {
    "instruments": Instrument,
    "schedules": Schedule,
    "checklists": Checklist,
    "standards": Standards,
    "roles": Roles,
    "rules": Rules,
    "accreditation": Accreditation,
    "terms": TermList,
    "reports": ReportTemplate,
}


class PackHeader(Definition, frozen=True, kw_only=True):
    """`pack.toml`: what the pack is, and which pack it builds on."""

    extends: Id | None = None


class Pack(PackHeader, frozen=True, kw_only=True):
    """A pack with the definitions of its base merged in; a same id replaces the base's.

    `origins` and `digests` are by kind and id (`instruments/phq9`): the id of the pack that a
    definition comes from, and the digest of its content.
    """

    instruments: Mapping[str, Instrument] = {}
    schedules: Mapping[str, Schedule] = {}
    checklists: Mapping[str, Checklist] = {}
    standards: Mapping[str, Standards] = {}
    roles: Mapping[str, Roles] = {}
    rules: Mapping[str, Rules] = {}
    accreditation: Mapping[str, Accreditation] = {}
    terms: Mapping[str, TermList] = {}
    reports: Mapping[str, ReportTemplate] = {}
    origins: Mapping[str, str] = {}
    digests: Mapping[str, str] = {}

    def file_of(self, kind: str, id_: str) -> str:
        """The file that a definition stands in, as problems name it: `mbt/instruments/bsi.toml`."""
        origin = self.origins.get(f"{kind}/{id_}", self.id)
        return f"{origin}/{kind}/{id_}.toml"

    def instrument(self, instrument_id: str) -> Instrument:
        """The instrument with this id; KeyError where there is none."""
        return self.instruments[instrument_id]

    def all_rules(self) -> tuple[Rule, ...]:
        return tuple(rule for file in self.rules.values() for rule in file.rules)

    def all_standards(self) -> tuple[Standard, ...]:
        return tuple(standard for file in self.standards.values() for standard in file.standards)

    def all_roles(self) -> tuple[Role, ...]:
        return tuple(role for file in self.roles.values() for role in file.roles)

    def standard(self, standard_id: str) -> Standard:
        """The standard with this id; KeyError where there is none."""
        for standard in self.all_standards():
            if standard.id == standard_id:
                return standard
        raise KeyError(standard_id)
