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
        """The outcomes of the template that were measured; if none, what else the programme measures."""
        found = [course for shown in self.template.outcomes if (course := self._course(shown)).forms]
        return found or [course for shown in self._others() if (course := self._course(shown)).forms]

    def _others(self) -> list[OutcomeShown]:
        """The main scale of each patient's form in use, of those whose score is better or worse."""
        instruments = self.programme.definitions.instruments
        used = self.programme.assignments.filter(treatment__isnull=False, months__isnull=False)
        return [
            OutcomeShown(instrument=name, scale=instruments[name].main_scale)
            for name in sorted(used.values_list("instrument", flat=True).distinct().order_by("instrument"))
            if name in instruments and instruments[name].direction != "neutral"
        ]

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
