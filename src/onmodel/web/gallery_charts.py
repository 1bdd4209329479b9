"""The charts of the gallery, on made-up values."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.charts import (
    Bar,
    Estimated,
    Group,
    Marks,
    Observed,
    Part,
    Rating,
    Score,
    bars,
    course_chart,
    patient_course_chart,
    profile_chart,
    shares,
)
from onmodel.web.components import Chart

MARKS = Marks(cut_off=14, normal=(0, 9))
COURSE = [
    (0, 28.4, 84, 1.2),
    (6, 22.9, 79, 1.3),
    (12, 17.2, 66, 1.4),
    (18, 13.8, 57, 1.5),
    (24, 12.9, 41, 1.8),
]
COMPARISON = [(0, 27.9, 61, 1.4), (6, 25.7, 50, 1.6), (12, 22.1, 44, 1.8), (18, 20.3, 37, 2.0)]


def examples(language: str) -> list[Chart]:
    measure = _("BDI total score")
    return [
        Chart(
            course_chart(
                [group(_("All patients"), COURSE)],
                measure=measure,
                marks=MARKS,
                domain=(0, 40),
                language=language,
            ),
            title=_("Depression falls by half in 18 months"),
            id="course",
            lead=_("Observed means with 95% intervals; the line is the model's estimate."),
            n=84,
            simulated=True,
            level=3,
        ),
        Chart(
            course_chart(
                [group(_("On model"), COURSE), group(_("After the reorganisation"), COMPARISON)],
                measure=measure,
                language=language,
            ),
            title=_("Two periods compared"),
            id="compared",
            n=145,
            simulated=True,
        ),
        Chart(
            patient_course_chart(
                scores(),
                measure=measure,
                marks=MARKS,
                reliable_change=8.5,
                expected=line(29, 0.9, 24),
                domain=(0, 50),
                language=language,
            ),
            title=_("P-0042: depression"),
            id="patient",
            simulated=True,
            note=_("A cross is a moment that passed without answers."),
        ),
        Chart(
            profile_chart(ratings(), language=language),
            title=_("Adherence and competence by item"),
            id="profile",
            n=6,
            simulated=True,
        ),
        Chart(
            bars(
                [
                    Bar(label=_("Team North"), value=82.5, n=40),
                    Bar(label=_("Team South"), value=64, n=31),
                    Bar(label=_("Team East"), value=None),
                ],
                measure=_("Answered on time, %"),
                domain=(0, 100),
                target=80,
                language=language,
            ),
            title=_("Measures answered on time"),
            id="bars",
            n=71,
            simulated=True,
            note=_("The dashed line is the target."),
        ),
        Chart(
            shares(parts(), language=language),
            title=_("How patients changed"),
            id="shares",
            n=57,
            simulated=True,
        ),
    ]


def group(name: str, course: list[tuple[float, float, int, float]]) -> Group:
    observed = [
        Observed(months=months, mean=mean, n=n, low=mean - 1.96 * se, high=mean + 1.96 * se)
        for months, mean, n, se in course
    ]
    start, fall = course[0][1], (course[0][1] - course[-1][1]) / course[-1][0] ** 0.5
    months = [course[-1][0] * step / 24 for step in range(25)]
    model = [
        Estimated(
            months=m,
            estimate=start - fall * m**0.5,
            low=start - fall * m**0.5 - 2,
            high=start - fall * m**0.5 + 2,
        )
        for m in months
    ]
    return Group(name=name, observed=observed, model=model)


def line(start: float, slope: float, end: int) -> list[Estimated]:
    points = [(months, start - slope * months) for months in range(0, end + 1, 2)]
    return [Estimated(months=months, estimate=y, low=y - 5, high=y + 5) for months, y in points]


def scores() -> list[Score]:
    seen = [
        (0, 31, _("severe")),
        (6, 27, _("moderate")),
        (12, None, ""),
        (18, 17, _("mild")),
        (24, 12, _("minimal")),
    ]
    return [
        Score(months=months, score=score, moment=_("Month %(months)s") % {"months": months}, meaning=meaning)
        for months, score, meaning in seen
    ]


def ratings() -> list[Rating]:
    names = [
        _("Engagement and warmth"),
        _("Exploration and curiosity"),
        _("Challenge"),
        _("Affect focus"),
        _("Relationship"),
    ]
    adherence, competence = [5.2, 4.8, 3.1, 4.3, None], [5.6, 4.1, 3.4, 4.9, None]
    return [
        Rating(item=name, kind=kind, value=value, low=value and value - 0.7, high=value and value + 0.7, n=6)
        for kind, values in ((_("Adherence"), adherence), (_("Competence"), competence))
        for name, value in zip(names, values, strict=True)
    ]


def parts() -> list[Part]:
    labels = [
        (_("Recovered"), "good"),
        (_("Improved"), "better"),
        (_("Unchanged"), "same"),
        (_("Deteriorated"), "worse"),
    ]
    counts = {_("6 months"): [6, 18, 47, 8], _("12 months"): [14, 24, 24, 4], _("18 months"): [17, 22, 15, 3]}
    return [
        Part(whole=whole, label=label, count=count, tone=tone)
        for whole, values in counts.items()
        for (label, tone), count in zip(labels, values, strict=True)
    ]
