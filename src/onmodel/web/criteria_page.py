"""The parts of the page about the quality criteria: charts, tables, what stands beside a criterion."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.charts.dots import Dots, dot_chart
from onmodel.criteria.beside import evidence_beside, short_names
from onmodel.criteria.evidence import Evidence, Source
from onmodel.criteria.models import CriteriaReview, Improvement
from onmodel.criteria.scores import Criterion, LevelMean, Scored, criteria_of, form_of, level_means
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.reports.evidence_words import name_of, says
from onmodel.web.components import Chart, Column, EmptyState, Link, Status, Table
from onmodel.web.rating_form import Field, field_of, in_words
from onmodel.wording.levels import level_in_words
from onmodel.wording.numbers import date_written, written


@dataclass(frozen=True, kw_only=True)
class Beside:
    """One source as the page shows it."""

    state: Status
    name: str
    says: str


@dataclass(frozen=True, kw_only=True)
class CriterionShown:
    """A criterion to be scored: its field, its lettered aspects, what the record says, the remark."""

    item: str
    field: Field
    aspects: tuple[tuple[str, str], ...]
    beside: tuple[Beside, ...]
    remark: str


def short_name(programme: Programme, item: str) -> str:
    """ "7. Continuity"."""
    found = short_names(programme).get(item)
    return f"{item}. {in_words(found)}" if found else item


def review_name(review: CriteriaReview) -> str:
    return _("%(kind)s of %(day)s") % {
        "kind": review.get_kind_display().capitalize(),
        "day": date_written(review.day),
    }


def dots(programme: Programme, latest: Scored, before: Scored | None, adequate: float | None) -> Chart:
    form = form_of(programme)
    scale = form.scale(form.main_scale)
    rows = [
        Dots(
            item=short_name(programme, one.id),
            now=latest.scores.get(one.id),
            before=before.scores.get(one.id) if before else None,
        )
        for one in criteria_of(programme)
    ]
    drawing = dot_chart(
        rows,
        scale=(scale.minimum, scale.maximum),
        adequate=adequate,
        now=review_name(latest.review),
        before=review_name(before.review) if before else "",
        language=get_language() or "en",
        step=30,
    )
    name = _("Criterion by criterion")
    return Chart(drawing, name, id="criteria-dots", simulated=programme.is_simulated, level=2)


def levels_table(form: Instrument, latest: Scored, before: Scored | None) -> Table:
    """The means of each level now and the time before, with how many criteria were scored."""
    now = level_means(form, latest.scores)
    then = {one.level: one for one in level_means(form, before.scores)} if before else {}
    rows = [
        [
            _("All criteria") if one.level == form.main_scale else level_in_words(one.level),
            *([_mean(then[one.level])] if before else []),
            _mean(one),
        ]
        for one in now
    ]
    columns = [
        _("Level"),
        *([Column(review_name(before.review), numeric=True)] if before else []),
        Column(review_name(latest.review), numeric=True),
    ]
    note = _(
        "The source gives four levels and no rule for a mean: the four criteria of “organisation and team” "
        "stand on their own and count for neither of the two. A criterion that was passed over counts in "
        "no mean."
    )
    return Table(_("Means of the levels"), columns, rows, note=note, id="criteria-levels")


def _mean(one: LevelMean) -> str:
    said = {"n": one.n, "of": one.of}
    if one.mean is None:
        return _("not scored (0 of %(of)s)") % said
    return _("%(mean)s (%(n)s of %(of)s scored)") % {**said, "mean": written(one.mean, 2)}


def reviews_table(programme: Programme, reviews: Sequence[CriteriaReview]) -> Table:
    rows = [
        [
            Link(date_written(one.day), reverse("criteria-review", args=[one.pk]))
            if one.state != CriteriaReview.State.PLANNED
            else one.day,
            one.get_kind_display().capitalize(),
            one.assessor.name,
            Status(one.state, of="criteria_review"),
        ]
        for one in reviews
    ]
    columns = [_("Day"), _("Kind"), _("Scored by"), _("State")]
    empty = EmptyState(
        _("Not scored yet"), _("Begin a self-assessment, or let the expert centre plan an audit.")
    )
    return Table(_("Audits and self-assessments"), columns, rows, empty=empty, id="criteria-reviews")


def improvements_table(
    programme: Programme, improvements: Sequence[Improvement], today: datetime.date, *, may_settle: bool
) -> Table:
    rows = []
    for one in improvements:
        action = one.action
        waits = action.state == action.State.AGREED
        late = waits and action.due_on < today
        rows.append(
            [
                short_name(programme, one.criterion),
                Link(action.what, reverse("improvement", args=[one.pk]))
                if may_settle and waits
                else action.what,
                action.owner.name,
                action.due_on,
                Status("overdue" if late else action.state, of="action"),
                action.result or "–",
            ]
        )
    columns = [_("Criterion"), _("What"), _("Owner"), _("By"), _("State"), _("What came of it")]
    empty = EmptyState(_("Nothing agreed yet"), _("Agree on what will be better, by whom and when."))
    return Table(_("Plan of improvement"), columns, rows, empty=empty, id="improvements")


def parts_to_score(
    review: CriteriaReview, answers: Mapping[str, float | str | None], remarks: Mapping[str, str]
) -> list[tuple[str, list[CriterionShown]]]:
    """The form's parts with their criteria; the record as of the day of the review beside each."""
    programme = review.programme
    form = form_of(programme)
    beside = evidence_beside(programme, Evidence(programme, review.day))
    found = []
    for part in form.parts:
        rows = [
            _shown(form, one, answers, remarks.get(one.id, ""), beside.get(one.id, []))
            for one in criteria_of(programme)
            if one.item.part == part.id
        ]
        found.append((in_words(part.title), rows))
    return found


def _shown(
    form: Instrument,
    one: Criterion,
    answers: Mapping[str, float | str | None],
    remark: str,
    sources: Sequence[Source],
) -> CriterionShown:
    label = in_words(one.item.label, one.id)
    aspects = one.standard.aspects if one.standard else ()
    return CriterionShown(
        item=one.id,
        field=field_of(form, one.item, answers, f"{one.id}. {label}"),
        aspects=tuple((aspect.id, in_words(aspect.text)) for aspect in aspects),
        beside=tuple(shown(source) for source in sources),
        remark=remark,
    )


def shown(source: Source) -> Beside:
    return Beside(state=Status(source.state.value, of="integrity"), name=name_of(source), says=says(source))


def scores_table(review: CriteriaReview, scores: Mapping[str, float]) -> Table:
    """What was scored and remarked, criterion by criterion."""
    programme = review.programme
    remarks = dict(review.remarks.values_list("criterion", "text"))
    rows = [
        [
            f"{one.id}. {in_words(one.item.label, one.id)}",
            level_in_words(one.item.part or ""),
            scores.get(one.id),
            remarks.get(one.id, "–"),
        ]
        for one in criteria_of(programme)
    ]
    columns = [_("Criterion"), _("Level"), Column(_("Score"), numeric=True), _("Remark")]
    return Table(_("Criterion by criterion"), columns, rows, id="criteria-scores")
