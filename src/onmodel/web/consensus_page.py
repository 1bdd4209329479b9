"""The parts of the pages about consensus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.charts.dots import Dots, dot_chart
from onmodel.criteria.consensus.reading import Summary, agreed_marks, limits_of, means_of
from onmodel.criteria.models import AgreedScore, ConsensusRound
from onmodel.measurement.consensus import Mark, MeanMark
from onmodel.packs.instruments import Instrument
from onmodel.web.components import Chart, Column, Table
from onmodel.web.rating_form import in_words
from onmodel.web.team_page import cohort_words
from onmodel.wording.levels import level_in_words
from onmodel.wording.numbers import date_written, written


@dataclass(frozen=True, kw_only=True)
class Row:
    """An item to be scored, alone or together."""

    item: str
    label: str
    value: str
    spread: str = ""
    remark: str = ""


def period_words(found: ConsensusRound) -> str:
    said = {"first": date_written(found.starts_on), "last": date_written(found.ends_on)}
    return _("%(first)s to %(last)s") % said


def name_of(form: Instrument, item: str) -> str:
    return f"{item}. {in_words(form.item(item).label, item).rstrip('.')}"


def rows_to_score(form: Instrument, given: Mapping[str, str]) -> list[tuple[str, list[Row]]]:
    found = []
    for part in form.parts:
        items = [one.id for one in form.all_items() if one.part == part.id]
        rows = [Row(item=item, label=name_of(form, item), value=given.get(item, "")) for item in items]
        found.append((in_words(part.title), rows))
    return found


def rows_to_agree(
    form: Instrument, summary: Summary, agreed: Mapping[str, AgreedScore], sent: Mapping[str, str] | None
) -> list[Row]:
    """What was typed in a form that was refused stays."""
    rows = []
    for item in form.all_items():
        kept, spread = agreed.get(item.id), summary.spreads.get(item.id)
        value, remark = (kept.score, kept.remark) if kept else ("", "")
        if sent is not None:
            value, remark = sent.get(f"score_{item.id}", ""), sent.get(f"remark_{item.id}", "")
        said = ""
        if spread is not None:
            said = _("alone: median %(median)s, from %(low)s to %(high)s (n = %(n)s)") % {
                "median": written(spread.median),
                "low": written(spread.lowest),
                "high": written(spread.highest),
                "n": spread.n,
            }
        rows.append(Row(item=item.id, label=name_of(form, item.id), value=value, remark=remark, spread=said))
    return rows


def spread_table(form: Instrument, summary: Summary) -> Table:
    """Item by item, those on which the raters differ most first."""
    order = sorted(summary.spreads, key=lambda item: (-summary.spreads[item].width, _place(form, item)))
    rows = []
    for item in order:
        one = summary.spreads[item]
        each = ", ".join(f"{name}: {sheet[item]}" for name, sheet in summary.sheets.items() if item in sheet)
        rows.append(
            [name_of(form, item), one.median, f"{written(one.lowest)} – {written(one.highest)}", one.n, each]
        )
    columns = [
        _("Item"),
        Column(_("Median"), numeric=True),
        Column(_("Lowest and highest"), numeric=True),
        Column("n", numeric=True),
        _("Each alone"),
    ]
    note = _("An interval such as 2/3 counts as its middle in the median. Discuss the items on top first.")
    return Table(_("What everybody scored alone"), columns, rows, note=note, narrow="scroll", id="spread")


def _place(form: Instrument, item: str) -> int:
    return [one.id for one in form.all_items()].index(item)


def who_differs(summary: Summary, *, named: bool) -> Table:
    rows = [[one.rater, written(one.mean, 2), one.n] for one in summary.furthest]
    columns = [
        _("Rater") if named else _("Sheet"),
        Column(_("Mean distance from the median"), numeric=True),
        Column(_("n items"), numeric=True),
    ]
    note = "" if named else _("The letters are given by chance; nothing that is kept says whose sheet it is.")
    return Table(_("Who differs most"), columns, rows, note=note, id="differs")


def means_table(form: Instrument, found: ConsensusRound, summary: Summary) -> Table:
    """The levels' means: of each alone, put together, and of what was agreed."""
    alone = means_of(form, _medians(summary))
    agreed = means_of(form, agreed_marks(found))
    rows = [
        [level_in_words(part.id), mean_words(alone.levels[part.id]), mean_words(agreed.levels[part.id])]
        for part in form.parts
    ]
    rows.append([_("All"), mean_words(alone.overall), mean_words(agreed.overall)])
    columns = [_("Level"), Column(_("Alone (medians)"), numeric=True), Column(_("Agreed"), numeric=True)]
    return Table(_("Means"), columns, rows, id="consensus-means")


def _medians(summary: Summary) -> dict[str, Mark]:
    return {item: Mark(one.median, one.median) for item, one in summary.spreads.items()}


def mean_words(mean: MeanMark | None) -> str:
    """ "2.45 (2.24 to 2.67, n = 21)": the middle, between all read low and all read high."""
    if mean is None:
        return _("nothing yet")
    said = {"middle": written(mean.middle, 2), "n": mean.n}
    if mean.low == mean.high:
        return _("%(middle)s (n = %(n)s)") % said
    said |= {"low": written(mean.low, 2), "high": written(mean.high, 2)}
    return _("%(middle)s (%(low)s to %(high)s, n = %(n)s)") % said


def agreed_table(form: Instrument, agreed: Mapping[str, AgreedScore]) -> Table:
    rows = [
        [name_of(form, item.id), agreed[item.id].score or None, agreed[item.id].remark or "–"]
        if item.id in agreed
        else [name_of(form, item.id), None, "–"]
        for item in form.all_items()
    ]
    columns = [_("Item"), Column(_("Consensus"), numeric=True), _("What was said")]
    return Table(_("What was agreed"), columns, rows, id="agreed")


def published_chart(
    form: Instrument, cohorts: Mapping[str, Mapping[str, Mark]], adequate: float | None
) -> Chart:
    """The levels' means of both cohorts."""
    names = cohort_words()
    before, during = (means_of(form, cohorts[name]) for name in ("pre", "reorg"))
    rows = [
        Dots(
            item=level_in_words(part.id),
            now=_middle(during.levels[part.id]),
            before=_middle(before.levels[part.id]),
        )
        for part in form.parts
    ]
    rows.append(Dots(item=_("All 21 factors"), now=_middle(during.overall), before=_middle(before.overall)))
    drawing = dot_chart(
        rows,
        scale=limits_of(form),
        adequate=adequate,
        now=str(names["reorg"]),
        before=str(names["pre"]),
        language=get_language() or "en",
        step=48,
    )
    return Chart(drawing, _("Means of the levels"), id="published-means", level=2)


def _middle(mean: MeanMark | None) -> float | None:
    return mean.middle if mean else None


def published_scores(form: Instrument, cohorts: Mapping[str, Mapping[str, Mark]]) -> Table:
    """Factor by factor as printed, with the means of the levels below."""
    names = cohort_words()
    rows = [
        [
            name_of(form, item.id),
            level_in_words(item.part or ""),
            *(str(cohorts[name][item.id]) for name in names),
        ]
        for item in form.all_items()
    ]
    for part in form.parts:
        means = [mean_words(means_of(form, cohorts[name]).levels[part.id]) for name in names]
        rows.append([_("Mean"), level_in_words(part.id), *means])
    rows.append([_("Mean"), _("All"), *(mean_words(means_of(form, cohorts[name]).overall) for name in names)])
    columns = [_("Factor"), _("Level"), *(Column(str(words), numeric=True) for words in names.values())]
    return Table(_("Factor by factor"), columns, rows, narrow="scroll", id="published-scores")
