"""A page of outcomes as sections of charts with the tables behind them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from onmodel.measurement.change import change_criteria
from onmodel.measurement.meaning import direction_of, find_cut_off
from onmodel.packs.instruments import Direction
from onmodel.programmes.models import Programme
from onmodel.reports.cohorts.parts import EARLY_ENDS, EVENTS, GOALS
from onmodel.reports.cohorts.selection import EVERYBODY, Selection
from onmodel.reports.cohorts.series import Figures, Kind, Part, Series
from onmodel.reports.cohorts.series import Point as Value
from onmodel.reports.cohorts.words import Names
from onmodel.reports.document import Basis, Block, Cell, Chart, Figure, Line, Notes, Point, Section, Table
from onmodel.wording.numbers import date_written

#: The goal that no score stands for.
ENGAGEMENT = "engagement"


class Page:
    """The sections of one selection's figures, as they may be shown to the reader."""

    def __init__(self, programme: Programme, selection: Selection, figures: Figures) -> None:
        self.programme, self.selection, self.figures = programme, selection, figures
        self.definitions = programme.definitions
        self.names = Names(self.definitions, selection.by, tuple(figures.groups))
        self.instrument = self.definitions.instruments[selection.instrument]
        self.measure = f"{selection.instrument}.{selection.scale}"

    def sections(self) -> tuple[Section, ...]:
        return (self.course(), self.change(), self.goals(), self.events(), self.ends(), self.attendance())

    # --- the course ---
    def course(self) -> Section:
        blocks: list[Block] = [self.course_chart(), self._course_table()]
        return Section(
            id=Part.COURSE.value,
            title=_("How the outcome runs"),
            intro=_(
                "Means that were measured, with n, and the line of one mixed model that gives each group "
                "with enough moments its own course."
            ),
            blocks=tuple(blocks),
        )

    def course_chart(self) -> Chart:
        cut_off = find_cut_off(self.instrument, self.selection.scale)
        direction = direction_of(self.instrument, self.selection.scale)
        better = {
            Direction.WORSE: _("lower is better"),
            Direction.BETTER: _("higher is better"),
            Direction.NEUTRAL: _("no better or worse"),
        }[direction]
        name = self.names.scale(self.measure)
        return Chart(
            title=name,
            x_title=_("Months since start"),
            y_title=_("%(scale)s (%(better)s)") % {"scale": name, "better": better},
            lines=tuple(self._course_lines()),
            cut_off=cut_off.value if cut_off else None,
            lower_is_better=direction is Direction.WORSE,
            note=" ".join(self.figures.model.warnings),
            basis=self._model_basis(),
        )

    def _course_lines(self) -> Iterable[Line]:
        for group in self.figures.groups:
            own = {s.kind: s.points for s in self.figures.of(Part.COURSE) if s.group == group}
            observed = tuple(map(_point, own.get(Kind.MEAN, ())))
            if any(point.value is not None for point in observed):
                yield Line(
                    name=self.names.group(group),
                    observed=observed,
                    modelled=tuple(map(_point, own.get(Kind.MODEL, ()))),
                )

    def _course_table(self) -> Table:
        """Each group's means beside how many of those who had come to the moment were measured."""
        measured = {(s.group, p.x): p for s in self.figures.of(Part.MISSING) for p in s.points}
        rows: list[tuple[Cell, ...]] = []
        for series in self.figures.of(Part.COURSE, Kind.MEAN):
            for point in series.points:
                there = measured.get((series.group, point.x))
                mean = self._figure(point, self._observed_basis(), decimals=2)
                share = (
                    self._figure(there, self._counted(_("scores at moments that lie behind")))
                    if there
                    else ""
                )
                rows.append((self.names.group(series.group), f"{point.x:g}", mean, _percent(share)))
        return Table(
            title=_("%(name)s by month, and how many were measured")
            % {"name": self.names.scale(self.measure)},
            columns=(
                _("Group"),
                _("Month"),
                _("Observed mean (95 % interval)"),
                _("Measured, of those who came so far"),
            ),
            rows=tuple(rows),
            behind=True,
        )

    # --- who changed ---
    def change(self) -> Section:
        rows = []
        for group in self.figures.groups:
            own = {s.what: s.points[0] for s in self.figures.of(Part.CHANGE) if s.group == group}
            if own:
                cells = [
                    self._share(own.get(what), what)
                    for what in ("better", "recovered", "unchanged", "deteriorated")
                ]
                rows.append((self.names.group(group), *cells))
        table = Table(
            title="",
            columns=(
                _("Group"),
                _("Reliably better"),
                _("Recovered (part of the better)"),
                _("Unchanged"),
                _("Reliably worse"),
            ),
            rows=tuple(rows),
            empty=_("No criterion of reliable change is known for this scale, or nobody was measured twice."),
        )
        return Section(
            id=Part.CHANGE.value,
            title=_("Who changed"),
            intro=_(
                "From the score at the start to the last one, of patients with both: more than measurement "
                "error explains, or not. With 95 % intervals (Wilson)."
            ),
            blocks=(table,),
        )

    def _share(self, point: Value | None, what: str) -> Figure:
        if point is None:
            why = _("no cut-off is known") if what == "recovered" else ""
            return Figure(value=None, unit="%", why=why)
        return _percent(self._figure(point, self._change_basis()))

    # --- goals ---
    def goals(self) -> Section:
        rows = []
        everybody = [s for s in self.figures.of(Part.GOALS) if s.group == EVERYBODY]
        for about in dict.fromkeys(s.measure for s in everybody):
            goal, _sep, measure = about.partition(":")
            own = {s.what: s.points[0] for s in everybody if s.measure == about}
            cells = (_percent(figure) for figure in self._goal_cells(own))
            rows.append((self.names.term(GOALS, goal), self.names.scale(measure), *cells))
        rows += self._goals_seen_elsewhere({s.measure.partition(":")[0] for s in everybody})
        table = Table(
            title="",
            columns=(
                _("Goal"),
                _("Seen by"),
                _("At the start"),
                _("At the last measurement"),
                _("Reliably better"),
                _("Reliably worse"),
            ),
            rows=tuple(rows),
            empty=_("No measure that goes with a goal was filled twice."),
            note=_(
                "Which measure goes with which goal is the choice of this program. At the start and at the "
                "last measurement: the share of patients without the event. The file holds the same by group."
            ),
        )
        return Section(
            id=Part.GOALS.value,
            title=_("The five goals"),
            intro=_(
                "What the measures say of each general goal of treatment; the personal goals of patients "
                "stand in their plans."
            ),
            blocks=(table,),
        )

    def _goals_seen_elsewhere(self, seen: set[str]) -> Iterable[tuple[Cell, ...]]:
        """Goals that no measure here tells of; engagement shows in attendance and in who stays."""
        listed = self.definitions.terms.get(GOALS)
        for term in listed.terms if listed else ():
            if term.id not in seen:
                where = _("see attendance and staying, below") if term.id == ENGAGEMENT else _("not measured")
                yield (self.names.term(GOALS, term.id), where, "", "", "", "")

    def _goal_cells(self, own: dict[str, Value]) -> Iterable[Cell]:
        """Without the event at both ends, or reliably better and worse: the one or the other."""
        basis = self._counted(_("patients measured at the start and later"))
        for what in ("none_at_start", "none_at_last", "better", "deteriorated"):
            yield self._figure(own[what], basis) if what in own else ""

    # --- events ---
    def events(self) -> Section:
        blocks: list[Block] = []
        found = self.figures.of(Part.EVENTS)
        for term, measure in dict.fromkeys((s.what, s.measure) for s in found):
            series = [s for s in found if s.measure == measure]
            blocks += self._chart(
                series,
                title=_("%(event)s (%(form)s)")
                % {"event": self.names.term(EVENTS, term), "form": self.names.form(measure)},
                y_title=_("Patients with at least one"),
                form="shares",
            )
        empty = Notes(items=(), empty=_("No form that counts self-harm, attempts or care was filled."))
        return Section(
            id=Part.EVENTS.value,
            title=_("Self-harm, attempts, admissions and care"),
            intro=_(
                "The share of those who answered with at least one in the time that the form asks about; at "
                "the start that is the time before treatment."
            ),
            blocks=tuple(blocks) or (empty,),
        )

    # --- ends ---
    def ends(self) -> Section:
        found = self.figures.of(Part.ENDS)
        titles = {
            ("any", Kind.STAYING): _("Still in treatment"),
            **{(end, Kind.INCIDENCE): self.names.term("end_kinds", end) for end in EARLY_ENDS},
        }
        blocks: list[Block] = []
        for (end, kind), title in titles.items():
            series = [s for s in found if (s.measure, s.kind) == (end, kind)]
            if series:
                blocks += self._chart(series, title=title, y_title=_("Patients who started"), form="curves")
        empty = Notes(items=(), empty=_("Nobody started yet."))
        return Section(
            id=Part.ENDS.value,
            title=_("Staying, dropping out, being put out"),
            intro=_(
                "Treatments under way count for as long as they were followed (Kaplan and Meier). Drop-out "
                "is the patient's end, push-out the team's; whoever ended otherwise can do neither any more "
                "(Aalen and Johansen)."
            ),
            blocks=tuple(blocks) or (empty,),
        )

    # --- attendance ---
    def attendance(self) -> Section:
        blocks: list[Block] = []
        found = self.figures.of(Part.ATTENDANCE)
        for kind in dict.fromkeys(s.measure for s in found):
            series = [s for s in found if s.measure == kind]
            title = self.names.term("therapy_components", kind)
            blocks += self._chart(series, title=title, y_title=_("Sessions attended"), form="shares")
        empty = Notes(items=(), empty=_("This programme records no attendance."))
        return Section(
            id=Part.ATTENDANCE.value,
            title=_("Attendance"),
            intro=_(
                "Of the sessions a patient was expected at, the share attended: the mean over patients, for "
                "each three months since the start."
            ),
            blocks=tuple(blocks) or (empty,),
        )

    # --- what they share ---
    def _chart(self, series: list[Series], *, title: str, y_title: str, form: str) -> list[Block]:
        basis = self._counted(y_title)
        lines = tuple(
            Line(
                name=self.names.group(s.group),
                observed=tuple(_point(p, times=100) for p in s.points) if form == "shares" else (),
                modelled=tuple(_point(p, times=100) for p in s.points) if form == "curves" else (),
            )
            for s in series
        )
        chart = Chart(
            title=title, x_title=_("Months since start"), y_title=y_title, lines=lines, form=form, basis=basis
        )
        return [chart]

    def _figure(self, point: Value, basis: Basis, *, decimals: int = 0) -> Figure:
        few = point.value is None
        why = _("fewer than %(n)s") % {"n": self.figures.minimum_n} if few else ""
        return Figure(
            value=point.value,
            decimals=decimals,
            n=point.n,
            lower=point.lower,
            upper=point.upper,
            basis=basis,
            why=why,
        )

    def _data(self) -> str:
        return _("%(n)s treatments that started by %(day)s and were asked for") % {
            "n": self.figures.patients,
            "day": date_written(self.figures.until),
        }

    def _counted(self, what: str) -> Basis:
        return Basis(rule=what, version="", data=self._data())

    def _observed_basis(self) -> Basis:
        rule = _("%(scale)s, scored as its definition says") % {"scale": self.names.scale(self.measure)}
        return Basis(rule=rule, version=self.instrument.version, data=self._data())

    def _model_basis(self) -> Basis:
        if not self.figures.of(Part.COURSE, Kind.MODEL):
            return self._observed_basis()
        rule = _(
            "linear mixed model of %(scale)s on months since start (%(terms)s) by group, "
            "random %(random)s, REML"
        ) % {
            "scale": self.names.scale(self.measure),
            "terms": ", ".join(self.figures.model.terms),
            "random": self.figures.model.random,
        }
        return Basis(rule=rule, version=f"{self.instrument.id} {self.instrument.version}", data=self._data())

    def _change_basis(self) -> Basis:
        criterion = change_criteria(self.instrument, self.selection.scale)[0]
        rule = _("reliable change of %(scale)s: %(value)s (%(source)s)") % {
            "scale": self.names.scale(self.measure),
            "value": f"{criterion.value:.3g}",
            "source": criterion.source,
        }
        return Basis(rule=rule, version=self.instrument.version, data=self._data())


def _point(point: Value, *, times: float = 1) -> Point:
    value, lower, upper = (None if v is None else times * v for v in (point.value, point.lower, point.upper))
    return Point(x=point.x or 0.0, value=value, lower=lower, upper=upper, n=point.n)


def _percent(cell: Cell) -> Cell:
    """A share as a percentage."""
    if not isinstance(cell, Figure):
        return cell
    value, lower, upper = (None if v is None else 100 * v for v in (cell.value, cell.lower, cell.upper))
    return Figure(value=value, unit="%", n=cell.n, lower=lower, upper=upper, basis=cell.basis, why=cell.why)
