"""What the parts of a page of outcomes are computed from: treatments, and scores by scale."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from django.db.models import Q, QuerySet

from onmodel.assessments.models import Score
from onmodel.packs.pack import Pack
from onmodel.patients.models import DAYS_A_MONTH, Treatment
from onmodel.programmes.models import Programme
from onmodel.reports.cohorts.selection import Selection, in_order, treatments_frame

Scale = tuple[str, str]
SCORES = {
    "instrument": pl.String,
    "scale": pl.String,
    "treatment": pl.String,
    "months": pl.Float64,
    "score": pl.Float64,
}


@dataclass(frozen=True)
class Material:
    """`treatments` are those that the reader may see and asked for; things shared are read once."""

    programme: Programme
    treatments: QuerySet[Treatment]
    selection: Selection
    until: datetime.date
    minimum_n: int

    @property
    def definitions(self) -> Pack:
        return self.programme.definitions

    @cached_property
    def patients(self) -> pl.DataFrame:
        return treatments_frame(self.treatments, self.selection)

    @cached_property
    def groups(self) -> dict[str, int]:
        """Each group with its number of treatments, in order."""
        return in_order(dict(self.patients["group"].value_counts().iter_rows()))

    def scores(self, scales: Iterable[Scale]) -> pl.DataFrame:
        """Columns instrument, scale, treatment, months, score, group: known scores at moments. One query."""
        asked = Q(pk__in=[])
        for instrument, scale in scales:
            asked |= Q(assignment__instrument=instrument, scale=scale)
        rows = Score.objects.known().filter(
            asked,
            assignment__treatment__in=self.treatments,
            assignment__answered_on__lte=self.until,
            assignment__months__isnull=False,
        )
        columns = ("assignment__instrument", "scale", "assignment__treatment", "assignment__months", "value")
        listed = [(i, s, str(t), m, v) for i, s, t, m, v in rows.values_list(*columns).iterator()]
        frame = pl.DataFrame(listed, schema=SCORES, orient="row")
        return frame.join(self.patients.select("treatment", "group"), on="treatment").sort(
            "treatment", "months"
        )

    @cached_property
    def main(self) -> pl.DataFrame:
        """The scores of the scale asked for."""
        return self.scores([(self.selection.instrument, self.selection.scale)])

    @cached_property
    def followed(self) -> pl.DataFrame:
        """Patients with `months`, how long ago each started."""
        days = (pl.lit(self.until) - pl.col("started")).dt.total_days()
        return self.patients.with_columns(months=days / DAYS_A_MONTH)
