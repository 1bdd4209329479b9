"""The tables and charts of a comparison."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.inference.comparisons import Comparison as Test
from onmodel.inference.mixed import Step
from onmodel.measurement.meaning import find_cut_off
from onmodel.outcomes.comparison import OutcomeCompared, Trait
from onmodel.outcomes.periods import GROUPS
from onmodel.reports.comparing.averages import averages
from onmodel.reports.comparing.view import (
    View,
    better,
    degrees,
    effect_in_words,
    outcome_name,
    p_figure,
    random_in_words,
)
from onmodel.reports.document import Basis, Block, Cell, Chart, Figure, Line, Notes, Point, Status, Table
from onmodel.reports.period import words
from onmodel.wording.numbers import date_written


def who(view: View) -> list[Block]:
    """How many are in each group and when they started."""
    allocation = view.comparison.allocation
    rows = []
    for group in GROUPS:
        started = allocation.starts(group)
        days = ""
        if started and not view.aggregates_only:
            days = _("%(first)s to %(last)s") % {
                "first": date_written(started[0]),
                "last": date_written(started[1]),
            }
        data = _("treatments in this group, started by %(day)s") % {
            "day": date_written(view.comparison.until)
        }
        rows.append((view.names[group], view.count(allocation.size(group), data), days))
    columns = (_("Group"), _("Patients"), _("Started"))
    if view.aggregates_only:
        columns, rows = columns[:2], [row[:2] for row in rows]
    return [Table(title=_("The two groups"), columns=columns, rows=tuple(rows))]


def trait_name(view: View, trait: Trait) -> str:
    if trait.name == "age":
        return _("age at the start (years)")
    if trait.name == "gender":
        return {"female": _("women"), "male": _("men")}.get(trait.value, trait.value)
    return outcome_name(view.comparison.outcomes[int(trait.value)])


def baseline(view: View) -> list[Block]:
    """Both groups at the start, with tests."""
    rows = []
    for trait in view.comparison.traits:
        basis = _trait_basis(view, trait)
        cells = [view.mean(s, basis, percent=trait.is_share) for s in (trait.first, trait.second)]
        shown = all(cell.value is not None for cell in cells)
        p = p_figure(trait.test.p if shown else None, basis, why=_("no test"))
        rows.append((trait_name(view, trait), *cells, _test_in_words(trait.test), p))
    columns = (_("At the start"), *(view.names[group] for group in GROUPS), _("Test"), "p")
    note = _(
        "Means with their 95 % interval, or shares. The p values are not corrected: they are there to warn, "
        "and with this many tests one below 0.05 may be chance."
    )
    empty = _("Nothing is recorded of the start.")
    return [Table(title=_("Characteristics"), columns=columns, rows=tuple(rows), note=note, empty=empty)]


def _trait_basis(view: View, trait: Trait) -> Basis:
    if trait.name == "score":
        return view.observed_basis(view.comparison.outcomes[int(trait.value)])
    data = _("year of birth and gender as recorded, treatments started by %(day)s")
    return Basis(rule="count", version="", data=data % {"day": date_written(view.comparison.until)})


def _test_in_words(test: Test) -> str:
    return {
        "Welch's t test": _("Welch's t test"),
        "chi-square test": _("chi-square test"),
        "Fisher's exact test": _("Fisher's exact test"),
    }.get(test.method, test.method)


def courses(view: View) -> list[Block]:
    """For each outcome both courses in one chart, with the numbers behind."""
    blocks: list[Block] = []
    for outcome in view.comparison.outcomes:
        blocks += [_chart(view, outcome), _course_table(view, outcome)]
    return blocks or [Notes(items=(), empty=_("No outcome was measured in these groups."))]


def _chart(view: View, outcome: OutcomeCompared) -> Chart:
    cut_off = find_cut_off(outcome.instrument, outcome.scale)
    return Chart(
        title=outcome_name(outcome),
        x_title=_("Months since start"),
        y_title=_("%(scale)s (%(better)s)")
        % {"scale": words(outcome.instrument.scale(outcome.scale).title), "better": better(outcome)},
        lines=tuple(_line(view, outcome, group) for group in GROUPS),
        cut_off=cut_off.value if cut_off else None,
        cut_off_label=_("cut-off (%(population)s)") % {"population": cut_off.population} if cut_off else "",
        lower_is_better=outcome.sign < 0,
        note="" if outcome.answer else _("No model: too few patients or moments in one of the groups."),
        basis=view.model_basis(outcome) if outcome.answer else view.observed_basis(outcome),
    )


def _line(view: View, outcome: OutcomeCompared, group: str) -> Line:
    curves = outcome.answer.curves if outcome.answer else ()
    return Line(
        name=view.names[group],
        observed=tuple(
            Point(
                x=m.month, value=m.summary.mean, lower=m.summary.lower, upper=m.summary.upper, n=m.summary.n
            )
            for m in outcome.observed
            if m.group == group and m.summary.n >= view.fewest
        ),
        modelled=tuple(
            Point(x=e.month, value=e.estimate, lower=e.lower, upper=e.upper)
            for e in curves
            if e.group == group
        ),
    )


def _course_table(view: View, outcome: OutcomeCompared) -> Table:
    """Observed means and effect sizes of both groups, by month."""
    observed = {(m.group, m.month): m.summary for m in outcome.observed}
    rows = []
    for month in sorted({m.month for m in outcome.observed}):
        means = [
            view.mean(observed[group, month], view.observed_basis(outcome))
            if (group, month) in observed
            else Figure(value=None, why=_("not measured"))
            for group in GROUPS
        ]
        effects = [effect_figure(view, outcome, group, month) if month else "" for group in GROUPS]
        rows.append((f"{month:g}", *means, *effects))
    columns = (
        _("Month"),
        *(_("%(group)s: observed mean") % {"group": view.names[group]} for group in GROUPS),
        *(_("%(group)s: effect size") % {"group": view.names[group]} for group in GROUPS),
    )
    title = _("%(name)s by month") % {"name": outcome_name(outcome)}
    return Table(title=title, columns=columns, rows=tuple(rows), behind=True)


def effect_figure(view: View, outcome: OutcomeCompared, group: str, month: float) -> Figure:
    """Cohen's d with improvement positive; unknown where that group was not measured so long."""
    effect, n = outcome.effect(group, month), outcome.patients[group]
    if n < view.fewest or outcome.answer is None:
        return Figure(value=None, why=_("too few patients"))
    if effect is None or effect.d is None or effect.lower is None or effect.upper is None:
        return Figure(value=None, n=n, why=_("not measured that long"))
    low, high = sorted((outcome.sign * effect.lower, outcome.sign * effect.upper))
    basis = view.model_basis(outcome)
    return Figure(value=outcome.sign * effect.d, decimals=2, n=n, lower=low, upper=high, basis=basis)


def effects(view: View) -> list[Block]:
    """Effect sizes of both groups at the headline months, and whether courses differ."""
    if not view.comparison.tested:
        return [Notes(items=(), empty=_("There are too few patients or moments for effect sizes."))]
    return [_effects(view), _tests(view), _differences(view)]


def _at(month: float) -> str:
    return _("%(month)g months") % {"month": month}


def _effects(view: View) -> Table:
    columns = (
        _("Outcome"),
        *(f"{_at(month)}: {view.names[group]}" for month in view.headline for group in GROUPS),
    )
    rows = tuple(
        (
            outcome_name(outcome),
            *(effect_figure(view, outcome, group, month) for month in view.headline for group in GROUPS),
        )
        for outcome in view.comparison.outcomes
    )
    means = {(month, side): (mean, n) for month, *pair, n in averages(view) for side, mean in enumerate(pair)}
    cells = [means.get((month, side)) for month in view.headline for side in range(len(GROUPS))]
    rows += ((_("Mean of the outcomes"), *(_mean_effect(found) for found in cells)),)
    note = _(
        "Cohen's d with improvement positive, whichever way the scale runs: the change of the model's mean "
        "since the start, divided by the model's standard deviation of scores, pooled over the start and "
        "that month. Effect sizes at the other months stand in the tables behind the courses."
    )
    return Table(title=_("Effect sizes since the start"), columns=columns, rows=rows, note=note)


def _mean_effect(found: tuple[float, int] | None) -> Figure:
    """Without an interval: outcomes of the same patients hang together."""
    if found is None:
        return Figure(value=None, why=_("not measured that long in both groups"))
    value, n = found
    basis = Basis(
        rule=_("mean of the effect sizes of %(n)s outcomes, improvement positive") % {"n": n},
        version="",
        data=_("no interval: outcomes of the same patients hang together"),
    )
    return Figure(value=value, decimals=2, basis=basis)


def _tests(view: View) -> Table:
    rows = []
    for outcome in view.comparison.outcomes:
        test = outcome.answer.test if outcome.answer else None
        if test is None:
            why = Figure(value=None, why=_("too few patients"))
            rows.append((outcome_name(outcome), why, why, why, Status("unknown")))
            continue
        basis, n = view.test_basis(outcome), sum(outcome.patients.values())
        rows.append(
            (
                outcome_name(outcome),
                Figure(value=test.statistic, decimals=2, unit=f"({degrees(test)})", n=n, basis=basis),
                p_figure(test.p, basis),
                p_figure(outcome.adjusted, basis),
                Status("courses_differ" if outcome.differs else "no_difference"),
            )
        )
    tested = len(view.comparison.tested)
    note = _(
        "The test asks whether the two groups follow different courses over time, wherever they began. With "
        "%(n)s outcomes something turns up by chance more easily; Holm's correction allows for that, and the "
        "conclusion goes by the corrected p, below 0.05."
    ) % {"n": tested}
    columns = (_("Outcome"), "F", "p", _("p after Holm"), _("Conclusion"))
    return Table(title=_("Do the courses differ?"), columns=columns, rows=tuple(rows), note=note)


def _differences(view: View) -> Table:
    """The second group's improvement less the first's, in effect sizes."""
    rows = []
    for outcome in view.comparison.outcomes:
        cells: list[Cell] = []
        for month in view.headline:
            cells += _difference(view, outcome, month)
        rows.append((outcome_name(outcome), *cells))
    columns = [_("Outcome")]
    for month in view.headline:
        columns += [_("At %(month)g months") % {"month": month}, f"p ({_at(month)})"]
    note = _(
        "The second group's effect size less the first's, with its 95 % interval; below 0 the second group "
        "improved less. From the model with everything in it, so that the interval does not lean on what "
        "was dropped: it need not be exactly the difference of the effect sizes above. These p values are "
        "not corrected."
    )
    return Table(title=_("How large is the difference?"), columns=tuple(columns), rows=tuple(rows), note=note)


def _difference(view: View, outcome: OutcomeCompared, month: float) -> list[Cell]:
    found, basis = outcome.difference(month), view.test_basis(outcome)
    if found is None or found.d is None or found.lower is None or found.upper is None:
        why = _("not measured that long in both groups") if outcome.answer else _("too few patients")
        return [Figure(value=None, why=why), p_figure(None, None, why=why)]
    low, high = sorted((outcome.sign * found.lower, outcome.sign * found.upper))
    n = sum(outcome.patients.values())
    return [
        Figure(value=outcome.sign * found.d, decimals=2, n=n, lower=low, upper=high, basis=basis),
        p_figure(found.p, basis),
    ]


def paths(view: View) -> list[Block]:
    """For each outcome the decisions from the full to the final model, folded away."""
    return [_path(view, outcome) for outcome in view.comparison.outcomes if outcome.answer]


def _path(view: View, outcome: OutcomeCompared) -> Table:
    assert outcome.answer is not None
    path, basis = outcome.answer.path, view.model_basis(outcome)
    rows = [
        (
            f"{number}. {_question(step)}",
            effect_in_words(candidate.name),
            Figure(value=candidate.statistic, decimals=2, unit=f"(df {candidate.df})", basis=basis),
            p_figure(candidate.p, basis),
            _("dropped") if step.dropped and candidate.name.endswith(step.dropped) else _("kept"),
        )
        for number, step in enumerate(path.steps, 1)
        for candidate in step.considered
    ]
    final = path.final
    note = _("What is left: %(effects)s; %(random)s.") % {
        "effects": ", ".join(effect_in_words(effect) for effect in final.model.all_effects),
        "random": random_in_words(final.random),
    }
    columns = (_("Step"), _("Considered"), _("Deviance rises by"), "p", _("Decision"))
    return Table(title=outcome_name(outcome), columns=columns, rows=tuple(rows), note=note, behind=True)


def _question(step: Step) -> str:
    return {
        "Random slope": _("Random slope"),
        "Random correlation": _("Random correlation"),
        "Fixed effects": _("Fixed effects"),
    }.get(step.question, step.question)
