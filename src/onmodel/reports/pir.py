"""The programme implementation report: what the pack's template asks, for one programme and period."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.packs.standards import ReportSection
from onmodel.programmes.models import Programme
from onmodel.reports.blocks import BLOCKS
from onmodel.reports.blocks.brief import brief
from onmodel.reports.document import Report, Section
from onmodel.reports.outside import without_small_numbers
from onmodel.reports.period import Period, words
from onmodel.wording.numbers import date_written

#: A report looks a period, and five years of starts, back.
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)


def programme_implementation_report(
    programme: Programme,
    start: datetime.date,
    end: datetime.date,
    *,
    language: str = "en",
    outside: bool = False,
) -> Report:
    """The report of the days from start to end, both included; `outside`, without small numbers.

    ValidationError when there can be no such period (`check_period`), or the pack has no such report.
    """
    return _report(_period(programme, start, end, language, outside=outside), language)


@dataclass(frozen=True)
class Versions:
    """The report of one period in each language, whole and for readers outside. What they share is computed
    once."""

    whole: dict[str, Report]
    outside: dict[str, Report]


def report_versions(programme: Programme, start: datetime.date, end: datetime.date) -> Versions:
    """Every version of the report; ValidationError as `programme_implementation_report`."""
    languages = [code for code, _name in settings.LANGUAGES]
    inside = _period(programme, start, end, languages[0])
    whole = {code: _report(inside, code) for code in languages}
    outer = inside.to_readers_outside()
    return Versions(whole=whole, outside={code: _report(outer, code) for code in languages})


def _period(
    programme: Programme, start: datetime.date, end: datetime.date, language: str, *, outside: bool = False
) -> Period:
    with override(language):
        check_period(start, end)
        pack = programme.definitions
        if "pir" not in pack.reports:
            raise ValidationError(_("Pack %(pack)s has no report template 'pir'.") % {"pack": pack.id})
    return Period(programme, start, end, outside)


def _report(period: Period, language: str) -> Report:
    programme, pack = period.programme, period.programme.definitions
    with override(language):
        report = Report(
            title=words(period.template.title),
            programme=programme.name,
            organisation=programme.organisation.name,
            format=_format(period),
            start=period.start,
            end=period.end,
            pack=pack.id,
            pack_version=pack.version,
            template_version=period.template.version,
            language=language,
            simulated=programme.is_simulated,
            nominal_dates=programme.treatments.filter(start_is_nominal=True).exists(),
            sections=(
                Section(id="brief", title=_("In brief"), intro="", blocks=tuple(brief(period))),
                *(_section(period, section) for section in period.template.sections),
            ),
        )
        return without_small_numbers(report) if period.outside else report


def check_period(start: datetime.date, end: datetime.date) -> None:
    """ValidationError when a period ends before it begins, or lies where no calendar of ours goes."""
    if end < start:
        days = {"start": date_written(start), "end": date_written(end)}
        raise ValidationError(_("The period ends (%(end)s) before it begins (%(start)s).") % days)
    if start < EARLIEST or end > LATEST:
        years = {"first": EARLIEST.year, "last": LATEST.year}
        raise ValidationError(_("Choose days in the years %(first)s to %(last)s.") % years)


def _section(period: Period, section: ReportSection) -> Section:
    blocks = [block for name in section.blocks for block in BLOCKS[name](period)]
    intro = words(section.intro) if section.intro else ""
    return Section(id=section.id, title=words(section.title), intro=intro, blocks=tuple(blocks))


def _format(period: Period) -> str:
    formats = period.terms("programme_formats")
    for term in formats.terms if formats else ():
        if term.id == period.programme.format:
            return words(term.label)
    return period.programme.format
