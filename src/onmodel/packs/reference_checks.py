"""What definitions say about each other across the files of a pack."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from onmodel.packs.base import Respondent
from onmodel.packs.explain import suggestion
from onmodel.packs.pack import Pack
from onmodel.packs.problems import Finding, Problem, in_file
from onmodel.packs.standards import Check, Checklist, Rule, Section

Place = tuple[str, str]


def check_references(pack: Pack, acts_as: Collection[str]) -> Iterator[Problem]:
    """Every name of an instrument, scale, standard or role elsewhere in the pack is known there."""
    for id_, schedule in pack.schedules.items():
        yield from in_file(
            pack.file_of("schedules", id_), _schedule(pack, schedule.instruments, "instruments")
        )
        yield from in_file(pack.file_of("schedules", id_), _schedule(pack, schedule.repeats, "repeats"))
    yield from _checklists(pack)
    yield from _rules(pack, acts_as)
    yield from _roles(pack, acts_as)
    yield from _reports(pack)
    yield from _links(pack)
    yield from _unique(pack)


def missing_instrument(pack: Pack, instrument_id: str, key: str) -> Iterator[Finding]:
    if instrument_id not in pack.instruments:
        hint = suggestion(instrument_id, pack.instruments)
        yield Finding(key, f"{instrument_id!r} is no instrument of this pack{hint}")


def missing_scale(pack: Pack, instrument_id: str, scale_id: str, key: str) -> Iterator[Finding]:
    """The instrument is known but not the scale."""
    instrument = pack.instruments.get(instrument_id)
    known = {scale.id for scale in instrument.scales} if instrument else set()
    if instrument and scale_id not in known:
        yield Finding(key, f"{scale_id!r} is no scale of {instrument_id}{suggestion(scale_id, known)}")


def _schedule(pack: Pack, entries: Iterable[object], field: str) -> Iterator[Finding]:
    """The instruments planned exist and are filled by who is asked."""
    for index, entry in enumerate(entries):
        instrument_id: str = entry.instrument  # type: ignore[attr-defined]
        respondent: Respondent = entry.respondent  # type: ignore[attr-defined]
        yield from missing_instrument(pack, instrument_id, f"{field}[{index}].instrument")
        instrument = pack.instruments.get(instrument_id)
        if instrument and respondent not in instrument.respondents:
            who = ", ".join(instrument.respondents)
            message = f"{respondent.value!r} does not fill {instrument_id}: {who} does"
            yield Finding(f"{field}[{index}].respondent", message)


def _checklists(pack: Pack) -> Iterator[Problem]:
    standards = {standard.id for standard in pack.all_standards()}
    for id_, checklist in pack.checklists.items():
        for index, check in enumerate(checklist.checks):
            if check.within is not None and check.within not in standards:
                message = f"{check.within!r} is no standard of this pack{suggestion(check.within, standards)}"
                yield Problem(pack.file_of("checklists", id_), f"checks[{index}].within", message)
        yield from in_file(pack.file_of("checklists", id_), _phases(pack, checklist))


def _phases(pack: Pack, checklist: Checklist) -> Iterator[Finding]:
    """The phases that a checklist names are terms of the pack's phases."""
    listed = pack.terms.get("phases")
    known = {term.id for term in listed.terms} if listed else set()
    named: dict[str, tuple[Section | Check, ...]] = {
        "sections": checklist.sections,
        "checks": checklist.checks,
    }
    for field, entries in named.items():
        for index, entry in enumerate(entries):
            for name in sorted(set(entry.phases) - known):
                message = f"{name!r} is no phase of this pack{suggestion(name, known)}"
                yield Finding(f"{field}[{index}].phases", message)


def _rules(pack: Pack, acts_as: Collection[str]) -> Iterator[Problem]:
    for id_, file in pack.rules.items():
        for index, rule in enumerate(file.rules):
            findings = (
                finding._replace(key=f"rules[{index}].{finding.key}")
                for finding in _rule(pack, rule, acts_as)
            )
            yield from in_file(pack.file_of("rules", id_), findings)


def _rule(pack: Pack, rule: Rule, acts_as: Collection[str]) -> Iterator[Finding]:
    """The settings with a conventional name, and who is responsible."""
    roles = {role.id for role in pack.all_roles()} | set(acts_as)
    if rule.responsible not in roles:
        hint = suggestion(rule.responsible, roles)
        yield Finding("responsible", f"{rule.responsible!r} is no role of this pack{hint}")
    known = {standard.id for standard in pack.all_standards()}
    for field, name in _names(rule, "standard", "standards"):
        if name not in known:
            yield Finding(field, f"{name!r} is no standard of this pack{suggestion(name, known)}")
    for field, name in _names(rule, "instrument", "instruments"):
        yield from missing_instrument(pack, name, field)
    for field, name in _names(rule, "scale", "scales"):
        yield from _scale_name(pack, rule, field, name)


def _names(rule: Rule, *fields: str) -> Iterator[tuple[str, str]]:
    """The names under these settings, each with its key."""
    for field in fields:
        value = rule.settings.get(field, ())
        for name in (value,) if isinstance(value, str) else value if isinstance(value, tuple) else ():
            yield f"settings.{field}", name


def _scale_name(pack: Pack, rule: Rule, field: str, name: str) -> Iterator[Finding]:
    """`instrument.SCALE`; only `SCALE` where the rule names its instrument."""
    instrument_id, dot, scale_id = name.partition(".")
    own = rule.settings.get("instrument")
    if not dot and isinstance(own, str):
        instrument_id, scale_id = own, name
    elif not dot:
        yield Finding(field, f"{name!r} must name instrument and scale, as in phq9.TOTAL")
        return
    else:
        yield from missing_instrument(pack, instrument_id, field)
    yield from missing_scale(pack, instrument_id, scale_id, field)


def _roles(pack: Pack, acts_as: Collection[str]) -> Iterator[Problem]:
    for id_, file in pack.roles.items():
        for index, role in enumerate(file.roles):
            if role.acts_as not in acts_as:
                message = f"{role.acts_as!r} is none of the program's roles: {', '.join(sorted(acts_as))}"
                yield Problem(pack.file_of("roles", id_), f"roles[{index}].acts_as", message)


def _reports(pack: Pack) -> Iterator[Problem]:
    for id_, report in pack.reports.items():
        for index, outcome in enumerate(report.outcomes):
            key = f"outcomes[{index}]"
            file = pack.file_of("reports", id_)
            yield from in_file(file, missing_instrument(pack, outcome.instrument, f"{key}.instrument"))
            yield from in_file(file, missing_scale(pack, outcome.instrument, outcome.scale, f"{key}.scale"))


def _links(pack: Pack) -> Iterator[Problem]:
    """A term goes with something that is there."""
    known = names_in(pack)
    for id_, file in pack.terms.items():
        for index, term in enumerate(file.terms):
            for link in term.links:
                if link not in known:
                    message = f"{link!r} is nothing in this pack{suggestion(link, known)}"
                    yield Problem(pack.file_of("terms", id_), f"terms[{index}].links", message)


def names_in(pack: Pack) -> set[str]:
    """What a link may name: a definition, an entry of one, `form.item`, `form.SCALE`, `list.entry`."""
    names = {standard.id for standard in pack.all_standards()} | {rule.id for rule in pack.all_rules()}
    names |= {role.id for role in pack.all_roles()}
    for kind, entries in (
        ("instruments", ("scales",)),
        ("terms", ("terms",)),
        ("checklists", ("checks",)),
        ("accreditation", ("levels",)),
        ("schedules", ("moments",)),
    ):
        for id_, definition in getattr(pack, kind).items():
            within = {entry.id for field in entries for entry in getattr(definition, field)}
            if kind == "instruments":
                within |= {item.id for item in definition.all_items()}
            names |= {id_} | {f"{id_}.{name}" for name in within}
            names |= within if kind == "terms" else set()
    return names


def _unique(pack: Pack) -> Iterator[Problem]:
    """Standards, roles and rules are named without their file, so their ids are unique in the pack."""
    for kind in ("standards", "roles", "rules"):
        first: dict[str, str] = {}
        for id_, file in getattr(pack, kind).items():
            path = pack.file_of(kind, id_)
            for index, entry in enumerate(getattr(file, kind)):
                if entry.id in first:
                    message = f"{entry.id!r} stands in {first[entry.id]} already"
                    yield Problem(path, f"{kind}[{index}].id", message)
                first.setdefault(entry.id, path)
