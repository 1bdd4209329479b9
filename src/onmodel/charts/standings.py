"""Whether requirements were met, over years: a bar a stretch, told apart by colour and by its word."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.drift import Happened, time_axis
from onmodel.charts.staffing import event_marks

MET, NOT_MET, UNKNOWN = "met", "not_met", "unknown"
COLOURS = {MET: "#1e6141", NOT_MET: theme.WARNING, UNKNOWN: "#c3cdce"}


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A requirement stood so from a day to a day."""

    row: str
    state: str
    start: datetime.date
    end: datetime.date


def standings_chart(
    stretches: Sequence[Stretch],
    *,
    headers: tuple[str, str, str, str],
    states: dict[str, str],
    events: Sequence[Happened] = (),
    description: str = "",
    step: int = 22,
) -> Drawing:
    """`headers`: requirement, state, from, until; `states` words each state; rows in the order given.

    What is not met is drawn taller, so that it stands out without its colour.
    """
    rows = [
        {
            "row": s.row,
            "state": states[s.state],
            "day": s.start.isoformat(),
            "end": s.end.isoformat(),
            "weight": 2 if s.state == NOT_MET else 1,
        }
        for s in stretches
    ]
    order = list(dict.fromkeys(s.row for s in stretches))
    named = [states[state] for state in COLOURS]
    base = alt.Chart(data(rows)).encode(
        x=time_axis(), x2=alt.X2("end:T"), y=alt.Y("row:N", sort=order, axis=theme.name_axis())
    )
    colour = alt.Color(
        "state:N", scale=alt.Scale(domain=named, range=list(COLOURS.values())), legend=alt.Legend(offset=30)
    )
    tooltip = [
        alt.Tooltip("row:N", title=headers[0]),
        alt.Tooltip("state:N", title=headers[1]),
        alt.Tooltip("day:T", title=headers[2], format="%Y-%m-%d"),
        alt.Tooltip("end:T", title=headers[3], format="%Y-%m-%d"),
    ]
    thin = base.transform_filter("datum.weight == 1").mark_bar(height={"band": 0.4})
    tall = base.transform_filter("datum.weight == 2").mark_bar(height={"band": 0.8})
    bars = [part.encode(color=colour, tooltip=tooltip) for part in (thin, tall)]
    return Drawing(
        spec=theme.finish(alt.layer(*event_marks(events), *bars), height=max(step * len(order), 60)),
        headers=headers,
        numeric=(False, False, False, False),
        rows=tuple((s.row, states[s.state], s.start.isoformat(), s.end.isoformat()) for s in stretches),
        description=description,
    )
