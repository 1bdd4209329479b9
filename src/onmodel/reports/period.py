"""The programme and period that a report is about, with what its blocks share."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.outcomes.course import OutcomeCourse, outcome_course
from onmodel.packs.base import Text
from onmodel.packs.standards import OutcomeShown, ReportTemplate, TermList
from onmodel.programmes.models import Programme
from onmodel.reports.document import Basis
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Standing, standings

#: Marks a basis that is not a definition of a pack but this program's own counting.
COUNTED = "count"


@dataclass(frozen=True)
class Period:
    """Both days belong to the period. Things shared between blocks are computed once."""

    programme: Programme
    start: datetime.date
    end: datetime.date

    @cached_property
    def template(self) -> ReportTemplate:
        return self.programme.definitions.reports["pir"]

    @cached_property
    def standings(self) -> list[Standing]:
        """Requirements and recommendations, as of the last day."""
        return standings(self.programme, self.end)

    @cached_property
    def picture(self) -> Picture:
        return Picture(self.programme, self.end)

    @cached_property
    def before(self) -> Period:
        """The period of the same length that ends the day before this one starts."""
        length = self.end - self.start
        end = self.start - datetime.timedelta(days=1)
        return Period(self.programme, end - length, end)

    @cached_property
    def outcomes(self) -> list[OutcomeCourse]:
        """The outcomes of the template of which anything is known, else any that the programme has."""
        found = [self._course(shown) for shown in self._outcomes_shown()]
        return [course for course in found if course.forms]

    def _outcomes_shown(self) -> list[OutcomeShown]:
        shown = list(self.template.outcomes)
        listed = {outcome.instrument for outcome in shown}
        instruments = self.programme.definitions.instruments
        used = self.programme.assignments.filter(treatment__isnull=False, months__isnull=False)
        for name in sorted(set(used.values_list("instrument", flat=True)) - listed):
            if name in instruments and instruments[name].direction != "neutral":
                shown.append(OutcomeShown(instrument=name, scale=instruments[name].main_scale))
        return shown

    def _course(self, shown: OutcomeShown) -> OutcomeCourse:
        return outcome_course(
            self.programme,
            self.programme.definitions.instruments[shown.instrument],
            shown.scale,
            until=self.end,
            months=self.template.months,
            minimum_n=self.template.minimum_n,
        )

    def terms(self, name: str) -> TermList | None:
        return self.programme.definitions.terms.get(name)

    def counted(self, data: str) -> Basis:
        """The basis of something simply counted in the records of the period."""
        return Basis(rule=COUNTED, version="", data=data)

    @property
    def in_words(self) -> str:
        return _("%(start)s to %(end)s") % {"start": self.start.isoformat(), "end": self.end.isoformat()}


def words(text: Text) -> str:
    """A pack's text in the language in force."""
    return text.in_(get_language() or "en")
