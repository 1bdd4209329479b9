"""What standards, checklists, schedules, levels, terms and reports say within one file."""

from __future__ import annotations

from collections.abc import Iterator
from string import Formatter

from onmodel.packs.explain import suggestion
from onmodel.packs.problems import Finding
from onmodel.packs.standards import (
    Accreditation,
    AccreditationLevel,
    Checklist,
    KnownBy,
    Limit,
    ReportTemplate,
    Rules,
    Schedule,
    Standard,
    Standards,
    TermList,
)
from onmodel.packs.walk import cycles, duplicates


def check_standards(file: Standards) -> Iterator[Finding]:
    for index, standard in enumerate(file.standards):
        yield from _standard(standard, f"standards[{index}]")


def _standard(standard: Standard, key: str) -> Iterator[Finding]:
    known = {limit.id for limit in standard.limits}
    if standard.limit is not None and standard.limit not in known:
        yield Finding(f"{key}.limit", f"{standard.limit!r} names no variant among the limits")
    if standard.known_by is KnownBy.COMPUTED and standard.measure is None:
        yield Finding(f"{key}.measure", f"is missing: {standard.id} is said to be computed")
    for field in ("limits", "aspects"):
        for index, id_ in duplicates(entry.id for entry in getattr(standard, field)):
            yield Finding(f"{key}.{field}[{index}].id", f"{id_!r} stands here twice")
    for index, limit in enumerate(standard.limits):
        yield from _limit(limit, f"{key}.limits[{index}]")


def _limit(limit: Limit, key: str) -> Iterator[Finding]:
    bounds = (limit.at_least, limit.at_most, limit.ideal_at_least, limit.ideal_at_most)
    if all(bound is None for bound in bounds):
        yield Finding(key, "has no number: leave the limit out where none is known")
    for low, high in (("at_least", "at_most"), ("ideal_at_least", "ideal_at_most")):
        least, most = getattr(limit, low), getattr(limit, high)
        if least is not None and most is not None and least > most:
            yield Finding(f"{key}.{low}", f"{least:g} is above {high}, {most:g}")


def check_checklist(file: Checklist) -> Iterator[Finding]:
    for field in ("sections", "checks"):
        for index, id_ in duplicates(entry.id for entry in getattr(file, field)):
            yield Finding(f"{field}[{index}].id", f"{id_!r} stands here twice")
    known = {section.id for section in file.sections}
    for index, check in enumerate(file.checks):
        if check.section is not None and check.section not in known:
            yield Finding(f"checks[{index}].section", f"{check.section!r} is no section of this list")
    if file.maximum is not None and file.maximum < len(file.checks):
        yield Finding("maximum", f"{file.maximum} is below the number of checks, {len(file.checks)}")


def check_schedule(file: Schedule) -> Iterator[Finding]:
    """Moments that are named exist; repeats go forward."""
    known = {moment.id for moment in file.moments}
    for index, id_ in duplicates(moment.id for moment in file.moments):
        yield Finding(f"moments[{index}].id", f"{id_!r} stands here twice")
    for index, entry in enumerate(file.instruments):
        for field in ("recommended", "desired"):
            for moment in getattr(entry, field):
                if moment not in known:
                    message = f"{moment!r} is no moment of this schedule{suggestion(moment, known)}"
                    yield Finding(f"instruments[{index}].{field}", message)
        for moment in sorted(set(entry.recommended) & set(entry.desired)):
            yield Finding(f"instruments[{index}].desired", f"{moment!r} is both recommended and desired")
    for index, repeat in enumerate(file.repeats):
        if repeat.every_days < 1:
            yield Finding(f"repeats[{index}].every_days", f"{repeat.every_days} is below 1")
        if repeat.until_months is not None and repeat.until_months <= repeat.from_months:
            message = f"{repeat.until_months:g} is not after from_months, {repeat.from_months:g}"
            yield Finding(f"repeats[{index}].until_months", message)
        if repeat.closes_days_after is not None and repeat.closes_days_after < 0:
            yield Finding(f"repeats[{index}].closes_days_after", f"{repeat.closes_days_after} is below 0")
    for field in ("instruments", "repeats"):
        for index, entry in enumerate(getattr(file, field)):
            low, high = entry.from_age, entry.until_age
            if low is not None and high is not None and high < low:
                yield Finding(f"{field}[{index}].until_age", f"{high} is below from_age, {low}")
    share = file.target_completeness
    if share is not None and not 0 <= share <= 1:
        yield Finding("target_completeness", f"{share:g} is no share from 0 to 1")


def check_rules(file: Rules) -> Iterator[Finding]:
    """Both languages of a signal's text use the same names of evidence."""
    for index, rule in enumerate(file.rules):
        key = f"rules[{index}].text"
        english, dutch = _names(rule.text.en), _names(rule.text.nl)
        if english is None or dutch is None:
            yield Finding(key, "has a brace that is not closed; write {{ and }} for braces themselves")
        elif english != dutch:
            only = ", ".join(sorted(english ^ dutch))
            yield Finding(key, f"{{{only}}} stands in one language only")


def _names(text: str) -> set[str] | None:
    """The names in braces; None where the braces are not well formed."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def check_accreditation(file: Accreditation) -> Iterator[Finding]:
    known = {level.id for level in file.levels}
    for index, id_ in duplicates(level.id for level in file.levels):
        yield Finding(f"levels[{index}].id", f"{id_!r} stands here twice")
    for index, level in enumerate(file.levels):
        for before in level.after:
            if before not in known:
                yield Finding(f"levels[{index}].after", f"{before!r} is no level{suggestion(before, known)}")
        yield from _level(level, f"levels[{index}]")


def _level(level: AccreditationLevel, key: str) -> Iterator[Finding]:
    fields = ("obtains", "keeps", "variants")
    known = {asked.id for field in fields for asked in getattr(level, field)}
    for field in fields:
        entries = getattr(level, field)
        for index, id_ in duplicates(asked.id for asked in entries):
            yield Finding(f"{key}.{field}[{index}].id", f"{id_!r} stands here twice")
        for index, asked in enumerate(entries):
            for other in asked.alternatives:
                if other not in known:
                    where = f"{key}.{field}[{index}].alternatives"
                    yield Finding(
                        where, f"{other!r} is no requirement of this level{suggestion(other, known)}"
                    )


def check_terms(file: TermList) -> Iterator[Finding]:
    known = {term.id for term in file.terms}
    places = {term.id: index for index, term in enumerate(file.terms)}
    for index, id_ in duplicates(term.id for term in file.terms):
        yield Finding(f"terms[{index}].id", f"{id_!r} stands here twice")
    for index, term in enumerate(file.terms):
        if term.parent is not None and term.parent not in known:
            yield Finding(f"terms[{index}].parent", f"{term.parent!r} is no term of this list")
    for way in cycles({term.id: [term.parent] if term.parent else [] for term in file.terms}):
        yield Finding(f"terms[{places[way[0]]}].parent", f"goes round in a circle: {' -> '.join(way)}")


def check_report(file: ReportTemplate) -> Iterator[Finding]:
    for index, id_ in duplicates(section.id for section in file.sections):
        yield Finding(f"sections[{index}].id", f"{id_!r} stands here twice")
    if file.minimum_n < 1:
        yield Finding("minimum_n", f"{file.minimum_n} is below 1")
