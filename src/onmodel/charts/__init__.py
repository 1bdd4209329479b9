"""Charts as Vega-Lite specifications: one drawing for the page, the PDF and mail.

    drawing = course_chart([Group(name="MBT", observed=[Observed(months=0, mean=23.3, n=97)])], measure="BDI")
    to_svg(drawing.spec, words=words("nl"))

Every function hands out a `Drawing`: the specification, the table behind it and what it says in words.
"""

from onmodel.charts.balance import Difference, balance_chart
from onmodel.charts.bars import Bar, Part, bars, shares
from onmodel.charts.course import Estimated, Group, Marks, Observed, course_chart
from onmodel.charts.dots import Dots, dot_chart
from onmodel.charts.drawing import Drawing
from onmodel.charts.over_time import Curve, Share, share_chart, step_chart
from onmodel.charts.patient import Score, patient_course_chart
from onmodel.charts.profile import Rating, profile_chart
from onmodel.charts.sparkline import sparkline
from onmodel.charts.theme import to_svg
from onmodel.charts.words import words

__all__ = [
    "Bar",
    "Curve",
    "Difference",
    "Dots",
    "Drawing",
    "Estimated",
    "Group",
    "Marks",
    "Observed",
    "Part",
    "Rating",
    "Score",
    "Share",
    "balance_chart",
    "bars",
    "course_chart",
    "dot_chart",
    "patient_course_chart",
    "profile_chart",
    "share_chart",
    "shares",
    "sparkline",
    "step_chart",
    "to_svg",
    "words",
]
