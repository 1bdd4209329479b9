"""What treatment brings: observed and fitted courses, effect sizes, change, incidents."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _

from onmodel.inference.proportions import Proportion
from onmodel.measurement.change import Outcome
from onmodel.measurement.meaning import direction_of, find_cut_off
from onmodel.outcomes.course import OutcomeCourse
from onmodel.packs.instruments import Direction
from onmodel.reports.document import Basis, Block, Chart, Facts, Figure, Notes, Point, Table
from onmodel.reports.period import Period, words
from onmodel.wording.numbers import date_written

BETTER = (Outcome.RECOVERED, Outcome.IMPROVED)


def outcome_courses(period: Period) -> list[Block]:
    """For each outcome a chart with its table, and the effect sizes."""
    blocks: list[Block] = []
    for course in period.outcomes:
        blocks.append(course_chart_of(period, course))
        blocks.append(_course_table(period, course))
    if not blocks:
        return [Notes(items=(), empty=_("No outcome was measured up to the end of this period."))]
    return [*blocks, _effects_table(period)]


def name_of(course: OutcomeCourse) -> str:
    return f"{course.instrument.abbreviation} {words(course.instrument.scale(course.scale).title)}"


def _data_in_words(period: Period, course: OutcomeCourse) -> str:
    return _(
        "%(forms)s forms of %(patients)s patients who started in the five years up to %(day)s, "
        "answered by then"
    ) % {"forms": course.forms, "patients": course.patients, "day": date_written(period.end)}


def _observed_basis(period: Period, course: OutcomeCourse) -> Basis:
    instrument = course.instrument
    return Basis(
        rule=_("%(instrument)s, scale %(scale)s, scored as its definition says")
        % {"instrument": instrument.abbreviation, "scale": words(instrument.scale(course.scale).title)},
        version=instrument.version,
        data=_data_in_words(period, course),
    )


def model_basis(period: Period, course: OutcomeCourse) -> Basis:
    """The fitted course of an outcome, and whose scores it was fitted to."""
    terms = ", ".join(course.fit.model.terms) if course.fit else ""
    random = {
        "slope": _("random intercept and slope by patient"),
        "uncorrelated": _("random intercept and slope by patient, uncorrelated"),
        "intercept": _("random intercept by patient"),
        "none": _("no random effects"),
    }[course.fit.random if course.fit else "none"]
    return Basis(
        rule=_("linear mixed model of %(scale)s on months since start (%(terms)s), %(random)s, REML")
        % {"scale": name_of(course), "terms": terms, "random": random},
        version=f"{course.instrument.id} {course.instrument.version}",
        data=_data_in_words(period, course),
    )


def better_way(course: OutcomeCourse) -> str:
    """ "lower is better", where the scale has a direction."""
    direction = direction_of(course.instrument, course.scale)
    return {
        Direction.WORSE: _("lower is better"),
        Direction.BETTER: _("higher is better"),
        Direction.NEUTRAL: "",
    }[direction]


def _y_title(course: OutcomeCourse) -> str:
    title, better = words(course.instrument.scale(course.scale).title), better_way(course)
    return _("%(scale)s (%(better)s)") % {"scale": title, "better": better} if better else title


def course_chart_of(period: Period, course: OutcomeCourse) -> Chart:
    """Observed means with n and intervals, and the line of the model with its band."""
    cut_off = find_cut_off(course.instrument, course.scale)
    few = period.template.minimum_n
    return Chart(
        title=name_of(course),
        x_title=_("Months since start"),
        y_title=_y_title(course),
        observed=tuple(
            Point(
                x=moment.month,
                value=moment.summary.mean,
                lower=moment.summary.lower,
                upper=moment.summary.upper,
                n=moment.summary.n,
            )
            for moment in course.observed
            if moment.summary.n >= few
        ),
        modelled=tuple(
            Point(x=e.month, value=e.estimate, lower=e.lower, upper=e.upper) for e in course.curve
        ),
        cut_off=cut_off.value if cut_off else None,
        cut_off_label=_("cut-off (%(population)s)") % {"population": cut_off.population} if cut_off else "",
        lower_is_better=direction_of(course.instrument, course.scale) is Direction.WORSE,
        note=" ".join(str(w) for w in course.fit.warnings) if course.fit else _too_few(period, course),
        basis=model_basis(period, course) if course.fit else _observed_basis(period, course),
    )


def _too_few(period: Period, course: OutcomeCourse) -> str:
    return _("No model: that needs %(minimum)s patients and two moments, and there are %(n)s patients.") % {
        "minimum": period.template.minimum_n,
        "n": course.patients,
    }


def _course_table(period: Period, course: OutcomeCourse) -> Table:
    """Observed mean and SD with n, and the model's mean with its interval, by month."""
    estimates = {e.month: e for e in course.estimates}
    observed, modelled = _observed_basis(period, course), None
    if course.fit:
        modelled = model_basis(period, course)
    few = period.template.minimum_n
    rows = []
    for moment in course.observed:
        summary, month = moment.summary, moment.month
        shown = summary.n >= few
        why = "" if shown else _("fewer than %(n)s patients") % {"n": few}
        mean = Figure(
            value=summary.mean if shown else None,
            decimals=2,
            n=summary.n,
            lower=summary.lower if shown else None,
            upper=summary.upper if shown else None,
            basis=observed,
            why=why,
        )
        sd = Figure(value=summary.sd if shown else None, decimals=2, basis=observed, why=why)
        estimate = estimates.get(month)
        fitted = (
            Figure(
                value=estimate.estimate,
                decimals=2,
                n=course.patients,
                lower=estimate.lower,
                upper=estimate.upper,
                basis=modelled,
            )
            if estimate
            else ""
        )
        rows.append((f"{month:g}", mean, sd, fitted))
    columns = (_("Month"), _("Observed mean (95 % interval)"), _("SD"), _("Model (95 % interval)"))
    title = _("%(name)s by month") % {"name": name_of(course)}
    return Table(title=title, columns=columns, rows=tuple(rows), behind=True)


def effect_figure(period: Period, course: OutcomeCourse, month: float) -> Figure:
    """Cohen's d at a month; unknown beyond what was measured, and with too few patients."""
    effect = next((effect for effect in course.effects if effect.month == month), None)
    if effect is None or course.fit is None:
        why = _("not measured that long") if course.fit else _("too few patients")
        return Figure(value=None, n=course.patients, why=why)
    return Figure(
        value=effect.d,
        decimals=2,
        n=course.patients,
        lower=effect.lower,
        upper=effect.upper,
        basis=model_basis(period, course),
    )


def _effects_table(period: Period) -> Table:
    rows = tuple(
        (
            name_of(course),
            better_way(course),
            *(effect_figure(period, course, month) for month in period.template.months),
        )
        for course in period.outcomes
    )
    months = tuple(_("%(month)g months") % {"month": month} for month in period.template.months)
    return Table(
        title=_("Effect sizes since the start"),
        columns=(_("Outcome"), _("Direction"), *months),
        rows=rows,
        note=_(
            "Cohen's d: the model's change since the start, divided by the standard deviation of single "
            "scores at the start, as the model implies it. With each figure its 95 % interval."
        ),
    )


def share_better(period: Period, course: OutcomeCourse) -> Figure:
    """The share of patients who are reliably better; unknown without a criterion of reliable change."""
    if course.change is None or not course.change.criteria:
        return Figure(value=None, unit="%", why=_("no criterion of reliable change, or nobody seen twice"))
    return _share(course.share(*BETTER), _change_basis(period, course))


def outcome_change(period: Period) -> list[Block]:
    """Who recovered, improved, stayed the same or got worse, by reliable change."""
    rows, without = [], []
    for course in period.outcomes:
        if course.change is None or not course.change.criteria:
            without.append(name_of(course))
            continue
        basis = _change_basis(period, course)
        better, unchanged, worse = (
            _share(course.share(*outcomes), basis)
            for outcomes in (BETTER, (Outcome.UNCHANGED,), (Outcome.DETERIORATED,))
        )
        rows.append((name_of(course), better, _recovered(course, basis), unchanged, worse))
    columns = (
        _("Outcome"),
        _("Reliably better"),
        _("Recovered (part of the better)"),
        _("Unchanged"),
        _("Reliably worse"),
    )
    note = ""
    if without:
        note = _("No criterion of reliable change is known for: %(names)s.") % {"names": "; ".join(without)}
    return [
        Table(
            title=_("Change of each patient, from the start to the last measurement"),
            columns=columns,
            rows=tuple(rows),
            note=note,
            empty=_("Nobody was measured twice on a scale with a criterion of reliable change."),
        )
    ]


def _recovered(course: OutcomeCourse, basis: Basis) -> Figure:
    """Unknown, not nobody, where the scale has no cut-off to cross."""
    if course.change is None or course.change.cut_off is None:
        return Figure(value=None, unit="%", why=_("no cut-off is known"), basis=basis)
    return _share(course.share(Outcome.RECOVERED), basis)


def _change_basis(period: Period, course: OutcomeCourse) -> Basis:
    criterion = course.change.criteria[0]
    value = f"{criterion.value:.3g}"
    rule = _("reliable change of %(scale)s: %(value)s (%(source)s)") % {
        "scale": name_of(course),
        "value": value,
        "source": criterion.source,
    }
    return Basis(rule=rule, version=course.instrument.version, data=_data_in_words(period, course))


def _share(share: Proportion | None, basis: Basis) -> Figure:
    if share is None or share.estimate is None:
        return Figure(value=None, unit="%", n=0, why=_("nobody was measured twice"), basis=basis)
    return Figure(
        value=100 * share.estimate,
        unit="%",
        n=share.n,
        lower=100 * share.lower,
        upper=100 * share.upper,
        basis=basis,
    )


def incidents(period: Period) -> list[Block]:
    """Incidents by kind, beside the period before; an empty record is no proof of none."""
    now = _incident_counts(period)
    before = _incident_counts(period.before)
    terms = period.terms("incident_kinds")
    names = {term.id: words(term.label) for term in terms.terms} if terms else {}
    kinds = [*names, *sorted((set(now) | set(before)) - set(names))]
    basis = period.counted(_("incidents recorded from %(period)s") % {"period": period.in_words})
    earlier = period.counted(_("incidents recorded from %(period)s") % {"period": period.before.in_words})
    if not period.records_incidents:
        return [Facts(title=_("Incidents"), facts=((_("incidents"), _unrecorded(basis)),))]
    rows = tuple(
        (
            names.get(kind, kind),
            Figure(value=now[kind], basis=basis),
            Figure(value=before[kind], basis=earlier),
        )
        for kind in kinds
    )
    columns = (_("Incident"), _("This period"), _("Period before"))
    return [Table(title=_("Incidents"), columns=columns, rows=rows)]


def _incident_counts(period: Period) -> Counter[str]:
    within = period.incidents.filter(happened_on__range=(period.start, period.end))
    return Counter(within.values_list("kind", flat=True))


def _unrecorded(basis: Basis) -> Figure:
    return Figure(value=None, why=_("this programme records no incidents"), basis=basis)
