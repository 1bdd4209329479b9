"""Control charts: whether a process changed while it ran (docs/statistics.md)."""

from onmodel.inference.control.charts import ControlChart, Point, cusum, ewma, shewhart
from onmodel.inference.control.falls import Amount, Fall, Watch, watch_for_fall
from onmodel.inference.control.run_length import (
    cusum_run_length,
    ewma_run_length,
    ratio_cusum_run_length,
    shewhart_run_length,
)

__all__ = [
    "Amount",
    "ControlChart",
    "Fall",
    "Point",
    "Watch",
    "cusum",
    "cusum_run_length",
    "ewma",
    "ewma_run_length",
    "ratio_cusum_run_length",
    "shewhart",
    "shewhart_run_length",
    "watch_for_fall",
]
