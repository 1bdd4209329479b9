"""The programme and period that a report is about, with what its blocks share."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.outcomes.course import OutcomeCourse, outcome_course
from onmodel.packs.base import Text
from onmodel.packs.standards import OutcomeShown, ReportTemplate, TermList
from onmodel.patients.models import TreatmentQuerySet
from onmodel.process.models import Incident
from onmodel.programmes.models import Programme
from onmodel.reports.document import Basis
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import Standing, standings
from onmodel.signals.models import SignalQuerySet
from onmodel.wording.numbers import date_written

#: Marks a basis that is not a definition of a pack but this program's own counting.
COUNTED = "count"


@dataclass(frozen=True)
class Period:
    """Both days belong to the period. Things shared between blocks are computed once.

    `outside` is for readers outside the programme, who are told no small numbers.
    """

    programme: Programme
    start: datetime.date
    end: datetime.date
    outside: bool = False

    @cached_property
    def template(self) -> ReportTemplate:
        return self.programme.definitions.reports["pir"]

    @cached_property
    def treatments(self) -> TreatmentQuerySet:
        """Those of patients who did not object to the monitoring of quality; figures count no others."""
        return self.programme.treatments.filter(allowed(Purpose.QUALITY_MONITORING))

    @cached_property
    def incidents(self) -> QuerySet[Incident]:
        return self.programme.incidents.filter(_of_nobody_who_objected())

    @cached_property
    def records_incidents(self) -> bool:
        """Whether the programme ever recorded one: without, none is no finding."""
        return self.incidents.exists()

    @cached_property
    def started(self) -> dict[UUID, datetime.date | None]:
        """When each treatment started."""
        return dict(self.treatments.values_list("id", "started_on"))

    @cached_property
    def signals(self) -> SignalQuerySet:
        return self.programme.signals.filter(_of_nobody_who_objected())

    @property
    def open_signals(self) -> SignalQuerySet:
        """Those that were open when the last day ended, whatever became of them later."""
        there = self.signals.filter(opened_at__date__lte=self.end)
        return there.exclude(closed_at__date__lte=self.end)

    @cached_property
    def left_out(self) -> int:
        """How many patients of the programme objected, and are in no figure about patients."""
        objecting = self.programme.treatments.exclude(allowed(Purpose.QUALITY_MONITORING))
        return objecting.values("patient").distinct().count()

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

    def to_readers_outside(self) -> Period:
        """The same for readers outside the programme; what was computed is not computed again."""
        other = replace(self, outside=True)
        fields = {field.name for field in dataclass_fields(self)}
        other.__dict__.update({name: value for name, value in self.__dict__.items() if name not in fields})
        return other

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
        return _("%(start)s to %(end)s") % {"start": date_written(self.start), "end": date_written(self.end)}


def _of_nobody_who_objected() -> Q:
    about_nobody = Q(treatment__isnull=True)
    return about_nobody | allowed(Purpose.QUALITY_MONITORING, patient="treatment__patient")


def words(text: Text) -> str:
    """A pack's text in the language in force."""
    return text.in_(get_language() or "en")
