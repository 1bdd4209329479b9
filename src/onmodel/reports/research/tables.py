"""The rows: treatments, scores and answers of patients whose data may be used for research now."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.consent.models import Consent, allowed
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import Treatment
from onmodel.reports.research.codes import Codes
from onmodel.sharing.reading import for_everybody

A_CHUNK = 2_000
FORM = ("person", "treatment", "form", "instrument", "instrument_version", "respondent")
WHEN = ("months_planned", "days_since_start")
TREATMENTS = (
    "person",
    "treatment",
    "programme",
    "programme_format",
    "cohort",
    "start_year",
    "start_is_nominal",
    "age_at_start",
    "gender",
    "days_referral_to_start",
    "days_in_treatment",
    "end_kind",
    "consent_text",
    "simulated",
)
SCORES = (*FORM, *WHEN, "scale", "value", "answered_items", "items", "rule", "entered")
ANSWERS = (*FORM, *WHEN, "item", "value", "not_applicable")

Row = tuple[object, ...]


def permitted(treatments: QuerySet[Treatment]) -> QuerySet[Treatment]:
    """Those that were started, of patients whose latest word on research is yes."""
    return treatments.filter(allowed(Purpose.RESEARCH), started_on__isnull=False)


@dataclass
class Material:
    """What goes into one archive; it counts what it hands out."""

    treatments: QuerySet[Treatment]
    codes: Codes
    patients: set[int] = field(default_factory=set)
    #: (pack, instrument, version) of the forms that were handed out.
    forms: set[tuple[str, str, str]] = field(default_factory=set)
    _listed: dict[object, tuple[str, str, datetime.date]] = field(default_factory=dict)

    def treatment_rows(self) -> Iterator[Row]:
        """To be read first: the other tables hold rows of these treatments only."""
        found = permitted(self.treatments).select_related("patient", "programme").order_by("id")
        texts = self._texts()
        for treatment in found.iterator(A_CHUNK):
            person = self.codes.of("person", treatment.patient_id)
            code = self.codes.of("treatment", treatment.pk)
            self.patients.add(treatment.patient_id)
            self._listed[treatment.pk] = (person, code, treatment.started_on)
            yield (
                person,
                code,
                *_described(treatment),
                texts.get(treatment.patient_id),
                _simulated(treatment),
            )

    def score_rows(self) -> Iterator[Row]:
        scores = Score.objects.filter(self._answered())
        columns = ("scale", "value", "answered_items", "items", "rule", "entered")
        for form, *values in self._rows(scores, columns):
            yield (*form, *values[:-1], int(values[-1]))

    def answer_rows(self) -> Iterator[Row]:
        """Without what was answered in words: that may name somebody."""
        answers = Answer.objects.filter(self._answered(), text="")
        for form, item, value, not_applicable in self._rows(answers, ("item", "value", "not_applicable")):
            yield (*form, item, value, int(not_applicable))

    def _answered(self) -> Q:
        """Of these treatments, and open to all who see them: not what stays between few."""
        treatments = permitted(self.treatments).values("pk")
        of_them = Q(assignment__treatment__in=treatments, assignment__status=Assignment.Status.ANSWERED)
        return of_them & for_everybody("assignment__")

    def _rows(self, rows: QuerySet, columns: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
        """(what says which form it is, then the columns) of each row."""
        of_form = ("treatment", "id", "pack", "instrument", "instrument_version", "respondent", "months")
        names = (*(f"assignment__{name}" for name in of_form), "assignment__answered_on", *columns)
        ordered = rows.order_by("assignment__treatment", "assignment", columns[0])
        for row in ordered.values_list(*names).iterator(A_CHUNK):
            treatment, form, pack, instrument, version, respondent, months, day, *values = row
            if treatment not in self._listed:  # the patient said yes since the treatments were read
                continue
            person, code, start = self._listed[treatment]
            self.forms.add((pack, instrument, version))
            days = (day - start).days if day else None
            which = (person, code, self.codes.of("form", form), instrument, version, respondent, months, days)
            yield which, *values

    def _texts(self) -> dict[int, str]:
        """Patient -> the text that the latest yes was given upon."""
        given = Consent.objects.current().filter(purpose=Purpose.RESEARCH)
        of_them = given.filter(patient__in=permitted(self.treatments).values("patient"))
        rows = of_them.values_list("patient", "text_source", "text_version")
        return {patient: f"{source} {version}" for patient, source, version in rows}


def _described(treatment: Treatment) -> Row:
    """No date but a year, no place below the programme, nobody's name."""
    start, patient = treatment.started_on, treatment.patient
    born = patient.year_of_birth
    return (
        treatment.programme.slug,
        treatment.programme.format,
        treatment.cohort,
        start.year,
        int(treatment.start_is_nominal),
        start.year - born if born else None,
        patient.gender,
        (start - treatment.referred_on).days if treatment.referred_on else None,
        (treatment.ended_on - start).days if treatment.ended_on else None,
        treatment.end_kind,
    )


def _simulated(treatment: Treatment) -> str:
    return "simulated" if treatment.programme.is_simulated else ""
