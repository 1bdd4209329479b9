"""What a comparison found, in the sentences that a chapter of results would hold, and what to mind."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.outcomes.comparison import SIGNIFICANT, SMALL, OutcomeCompared
from onmodel.outcomes.periods import GROUPS, ByDate, Spanning
from onmodel.reports.comparing.averages import averages
from onmodel.reports.comparing.tables import trait_name
from onmodel.reports.comparing.view import View, degrees, outcome_name, p_in_words
from onmodel.wording.numbers import date_written, written


def verdict(view: View) -> str:
    """What was found over all outcomes, in one or two sentences."""
    comparison = view.comparison
    if not comparison.tested:
        return _(
            "These two groups cannot be compared: each needs at least %(n)s patients with scores at the same "
            "two moments or more."
        ) % {"n": comparison.minimum_n}
    if not comparison.different:
        return f"{_no_difference(view)} {_not_excluded(view)}".strip()
    return f"{_difference(view)} {_averages_in_words(view)}".strip()


def _difference(view: View) -> str:
    found, tested = len(view.comparison.different), len(view.comparison.tested)
    numbers = {"found": found, "tested": tested}
    how = ngettext(
        "the course differs on %(found)s of %(tested)s outcome",
        "the courses differ on %(found)s of %(tested)s outcomes",
        tested,
    )
    return f"{_direction(view)}: {how % numbers}."


def _direction(view: View) -> str:
    """Less, more or differently: by the outcomes that differ, at their last shared month."""
    signs = {sign for outcome in view.comparison.different if (sign := _sign(outcome))}
    split = view.comparison.allocation.split
    if isinstance(split, ByDate):
        day = {"date": date_written(split.date)}
        if signs == {-1}:
            return _("Patients treated from %(date)s on improved less than those treated before") % day
        if signs == {1}:
            return _("Patients treated from %(date)s on improved more than those treated before") % day
        return _("Patients treated from %(date)s on changed differently from those treated before") % day
    names = {"first": split.first, "second": split.second}
    if signs == {-1}:
        return _("Patients of %(second)s improved less than those of %(first)s") % names
    if signs == {1}:
        return _("Patients of %(second)s improved more than those of %(first)s") % names
    return _("Patients of %(second)s changed differently from those of %(first)s") % names


def _sign(outcome: OutcomeCompared) -> int:
    """1 where the second group improved more at the last month of both, -1 where less, 0 unknown."""
    differences = outcome.answer.differences if outcome.answer else ()
    if not differences or differences[-1].d is None:
        return 0
    return outcome.sign * (1 if differences[-1].d > 0 else -1)


def _averages_in_words(view: View) -> str:
    said = [
        _("%(second)s against %(first)s at %(month)g months")
        % {"first": written(first, 2), "second": written(second, 2), "month": month}
        + _share(first, second)
        for month, first, second, _n in averages(view)
    ]
    if not said:
        return ""
    return _("Averaged over the outcomes, the effect size is %(list)s.") % {"list": _listed(said)}


def _share(first: float, second: float) -> str:
    """What is left of the first group's effect, where that is a sensible question."""
    if first <= 0.2 or not 0 <= second < first:
        return ""
    return " " + _("(%(share)s %% of it)") % {"share": written(100 * second / first, 0)}


def _no_difference(view: View) -> str:
    tested = view.comparison.tested
    smallest = min(outcome.adjusted for outcome in tested if outcome.adjusted is not None)
    return ngettext(
        "No difference was found: the courses of the two groups differ no more than chance explains "
        "(%(n)s outcome; %(p)s).",
        "No difference was found: on none of %(n)s outcomes do the courses of the two groups differ more "
        "than chance explains (the smallest after Holm's correction: %(p)s).",
        len(tested),
    ) % {"n": len(tested), "p": p_in_words(smallest)}


def _not_excluded(view: View) -> str:
    """No difference found is not: no difference."""
    for outcome in view.comparison.tested:
        for month in reversed(view.headline):
            found = outcome.difference(month)
            if found is not None and found.lower is not None and found.upper is not None:
                low, high = sorted((outcome.sign * found.lower, outcome.sign * found.upper))
                return _(
                    "That does not show that they are alike: on the %(name)s the difference in effect size "
                    "at %(month)g months may lie anywhere from %(low)s to %(high)s."
                ) % {
                    "name": outcome_name(outcome),
                    "month": month,
                    "low": written(low, 2),
                    "high": written(high, 2),
                }
    return ""


def sentences(view: View) -> list[str]:
    """A sentence for each outcome."""
    return [_sentence(view, outcome) for outcome in view.comparison.outcomes]


def _sentence(view: View, outcome: OutcomeCompared) -> str:
    name = {"name": outcome_name(outcome)}
    if outcome.answer is None or outcome.answer.test is None or outcome.adjusted is None:
        return _("%(name)s: too few patients or moments in one of the groups to compare.") % name
    test = outcome.answer.test
    numbers = _("F %(statistic)s, %(df)s, %(p)s after Holm's correction") % {
        "statistic": written(test.statistic, 2),
        "df": degrees(test),
        "p": p_in_words(outcome.adjusted),
    }
    said = name | {"sizes": _sizes(view, outcome), "numbers": numbers}
    if outcome.differs:
        return _("%(name)s: the courses differ (%(numbers)s). %(sizes)s") % said
    return _("%(name)s: the courses do not differ more than chance explains (%(numbers)s). %(sizes)s") % said


def _sizes(view: View, outcome: OutcomeCompared) -> str:
    """The effect sizes of both groups at the headline months, or of the one course that fits both."""
    said = []
    for month in view.headline:
        first, second = (outcome.improvement(group, month) for group in GROUPS)
        if first is None or second is None:
            continue
        values = {"month": month, "first": written(first, 2), "second": written(second, 2)}
        if abs(first - second) < 1e-9:
            said.append(_("%(first)s in both groups at %(month)g months") % values)
        else:
            said.append(_("%(first)s, then %(second)s at %(month)g months") % values)
    return _("Effect size: %(list)s.") % {"list": _listed(said)} if said else ""


def _listed(parts: Sequence[str]) -> str:
    return "; ".join(parts)


def cautions(view: View) -> list[str]:
    """What to mind: small groups, treatments that span the date, groups that differed from the start."""
    said = [*_small(view), *_spanning(view), *_left_out(view), *_at_the_start(view)]
    said.append(
        _(
            "The comparison shows whether courses differ, not why: whatever else changed between the groups, "
            "in patients, staff or measuring, is in it too."
        )
    )
    return said


def _small(view: View) -> list[str]:
    allocation = view.comparison.allocation
    return [
        _(
            "%(group)s: only %(n)s patients. With fewer than %(small)s in a group intervals are wide and p "
            "values rough; take the conclusion as provisional."
        )
        % {"group": view.names[group], "n": view.number(allocation.size(group)), "small": SMALL}
        for group in GROUPS
        if allocation.size(group) < SMALL
    ]


def _spanning(view: View) -> list[str]:
    split, n = view.by_date, view.comparison.allocation.spanning
    if split is None or not n:
        return []
    number = {"n": view.number(n)}
    early = _(
        "Of those who started shortly before the date only short treatments are among the first group, which "
        "may therefore hold more patients who left early."
    )
    if split.spanning is Spanning.START:
        return [
            _(
                "In the first group %(n)s were still in treatment on the date: what changed then reached "
                "them too, which makes a difference look smaller than it is."
            )
            % number
        ]
    if split.spanning is Spanning.OUT:
        return [_("Treatments under way on the date are left out (%(n)s).") % number + " " + early]
    return [
        _(
            "In the second group %(n)s had started before the date: the first part of their course came "
            "before it, which makes a difference look smaller than it is."
        )
        % number
        + " "
        + early
    ]


def _left_out(view: View) -> list[str]:
    n = view.comparison.allocation.nominal
    if not n:
        return []
    return [
        _(
            "%(n)s treatments came in without a date of their own (one start date for a whole file) and "
            "are left out: they cannot be placed before or after a date."
        )
        % {"n": view.number(n)}
    ]


def _at_the_start(view: View) -> list[str]:
    """Characteristics that differed already: a level that regresses to the mean can mimic an effect."""
    names = [
        trait_name(view, trait)
        for trait in view.comparison.traits
        if trait.test.p is not None
        and trait.test.p < SIGNIFICANT
        and min(trait.first.n, trait.second.n) >= view.fewest
    ]
    if not names:
        return []
    return [
        _(
            "The groups differed already at the start, on: %(names)s. Part of a difference in course may "
            "come from that."
        )
        % {"names": ", ".join(names)}
    ]
