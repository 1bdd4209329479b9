"""Which patients were measured when."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import as_numbers, labels


@dataclass(frozen=True, slots=True)
class Pattern:
    """Patients measured at the same moments. `kind`: complete, drop_out (nothing after some moment),
    intermittent (gaps, then measured again), or none (never)."""

    measured: tuple[bool, ...]
    kind: str
    n: int
    share: float

    @property
    def picture(self) -> str:
        """As "●●○": a dot a moment, filled where measured."""
        return "".join("●" if there else "○" for there in self.measured)


@dataclass(frozen=True, slots=True)
class Patterns:
    """All patterns, the commonest first, and by moment how many were measured."""

    moments: tuple[float, ...]
    patterns: tuple[Pattern, ...]
    measured: tuple[int, ...]
    n: int
    complete: int
    warnings: tuple[Caution, ...]


def missing_patterns(
    frame: pl.DataFrame, *, patient: str, time: str, outcome: str, moments: tuple[float, ...] | None = None
) -> Patterns:
    """Patients by the moments at which they have an outcome; one row a measurement.

    `moments`: those that were planned (default: all that occur). A patient without a row at a moment was
    not measured then. Raises DataError for a column that is missing or wrong, or no moment.

    >>> table = pl.DataFrame({"id": [1, 1, 2, 2], "month": [0, 6, 0, 6], "bdi": [30.0, 20.0, 25.0, None]})
    >>> found = missing_patterns(table, patient="id", time="month", outcome="bdi")
    >>> [(p.picture, p.kind, p.n) for p in found.patterns]
    [('●○', 'drop_out', 1), ('●●', 'complete', 1)]
    """
    table = measured_rows(frame, patient, time, outcome)
    at = (
        moments
        if moments is not None
        else tuple(float(t) for t in table["time"].drop_nulls().unique().sort())
    )
    if not at:
        raise DataError(f"column '{time}' holds no moment", column=time)
    flags = [
        ((pl.col("time") == moment) & pl.col("outcome").is_not_null()).any().alias(f"m{i}")
        for i, moment in enumerate(at)
    ]
    by_patient = table.group_by("patient").agg(flags)
    names = [f"m{i}" for i in range(len(at))]
    counted = (
        by_patient.group_by(names).len().sort([pl.col("len"), *names], descending=[True] + [False] * len(at))
    )
    n = len(by_patient)
    patterns = tuple(
        Pattern(tuple(row[:-1]), kind_of(tuple(row[:-1])), int(row[-1]), row[-1] / n)
        for row in counted.select([*names, "len"]).rows()
    )
    measured = tuple(int(by_patient[name].sum()) for name in names)
    complete = sum(p.n for p in patterns if p.kind == "complete")
    return Patterns(at, patterns, measured, n, complete, _cautions(complete, n))


def measured_rows(frame: pl.DataFrame, patient: str, time: str, outcome: str) -> pl.DataFrame:
    """Columns patient, time, outcome; rows without a patient left out."""
    for name in (patient, time, outcome):
        if name not in frame.columns:
            raise DataError(
                f"there is no column '{name}'; the columns are: {', '.join(frame.columns)}", column=name
            )
    return pl.DataFrame(
        {
            "patient": labels(frame[patient]),
            "time": as_numbers(frame[time]),
            "outcome": as_numbers(frame[outcome]),
        }
    ).filter(pl.col("patient").is_not_null())


def kind_of(measured: tuple[bool, ...]) -> str:
    """Drop-out when everything before the last measurement is there."""
    if all(measured):
        return "complete"
    if not any(measured):
        return "none"
    return "drop_out" if all(measured[: sum(measured)]) else "intermittent"


def _cautions(complete: int, n: int) -> tuple[Caution, ...]:
    if n and complete / n < 0.5:
        message = f"{complete} of {n} patients have every measurement: conclusions rest on what is assumed"
        return (Caution("mostly_incomplete", message),)
    return ()
