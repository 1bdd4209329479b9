"""The report on half a page: what a board reads first."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.measurement.change import Outcome
from onmodel.outcomes.course import OutcomeCourse
from onmodel.reports.blocks.adherence import SESSION_FORM, overall_adherence, ratings_basis
from onmodel.reports.blocks.outcome import better_way, effect_figure, model_basis, name_of, share_better
from onmodel.reports.blocks.requirements import count_by_state
from onmodel.reports.document import Basis, Block, Facts, Figure, Notes
from onmodel.reports.outside import is_small
from onmodel.reports.period import Period, words
from onmodel.requirements.standing import State
from onmodel.wording.numbers import date_written, written


def brief(period: Period) -> list[Block]:
    """The figures that matter most, then the same in sentences."""
    treatments = period.treatments
    now = period.counted(_("records of the programme as of %(day)s") % {"day": date_written(period.end)})
    facts = [
        (_("requirements met"), count_by_state(period, State.MET)),
        (_("requirements not met"), count_by_state(period, State.NOT_MET)),
        (
            _("patients in treatment at the end"),
            Figure(value=treatments.active_on(period.end).count(), basis=now),
        ),
        (_("signals open at the end"), Figure(value=period.open_signals.count(), basis=now)),
    ]
    if period.outcomes:
        facts += _main_outcome(period, period.outcomes[0])
    sentences = _sentences(period)
    items, bases = tuple(text for text, _basis in sentences), tuple(basis for _text, basis in sentences)
    return [Facts(facts=tuple(facts)), Notes(items=items, bases=bases)]


def _main_outcome(period: Period, course: OutcomeCourse) -> list[tuple[str, Figure]]:
    month = course.effects[-1].month if course.effects else period.template.months[0]
    names = {"name": name_of(course), "month": month, "better": better_way(course)}
    effect = _("effect size of %(name)s at %(month)g months (%(better)s)") % names
    return [
        (effect, effect_figure(period, course, month)),
        (_("patients reliably better on %(name)s") % names, share_better(period, course)),
    ]


def _sentences(period: Period) -> list[tuple[str, Basis | None]]:
    """Each with what its numbers rest on."""
    sentences = [(_requirements(period), count_by_state(period, State.MET).basis)]
    for course in period.outcomes:
        if text := _course(period, course):
            sentences.append((text, model_basis(period, course)))
    if text := _adherence(period):
        form = period.programme.definitions.instruments[SESSION_FORM]
        sentences.append((text, ratings_basis(period, form)))
    if text := _left_out(period):
        sentences.append((text, period.counted(_("objections to the monitoring of quality, as they stand"))))
    return sentences


def _left_out(period: Period) -> str:
    """Whose records no figure counts."""
    if not period.left_out:
        return ""
    if period.outside and is_small(period.left_out):
        return _("Who objected to the monitoring of quality is left out of the figures about patients.")
    return ngettext(
        "%(n)s patient objected to the monitoring of quality; the figures about patients leave this "
        "patient out, the caseloads do not.",
        "%(n)s patients objected to the monitoring of quality; the figures about patients leave them "
        "out, the caseloads do not.",
        period.left_out,
    ) % {"n": period.left_out}


def _requirements(period: Period) -> str:
    counts = {
        "all": len(period.standings),
        "met": sum(s.state is State.MET for s in period.standings),
        "not_met": sum(s.state is State.NOT_MET for s in period.standings),
        "unknown": sum(s.state is State.UNKNOWN for s in period.standings),
    }
    return (
        _(
            "Of %(all)s requirements and recommendations %(met)s are met, %(not_met)s are not, and of "
            "%(unknown)s it is unknown."
        )
        % counts
    )


def _course(period: Period, course: OutcomeCourse) -> str:
    """From where to where by the model, and how many are reliably better or worse."""
    if not course.estimates or not course.effects:
        return ""
    last = course.effects[-1].month
    start = next(e.estimate for e in course.estimates if e.month == 0)
    end = next(e.estimate for e in course.estimates if e.month == last)
    if start is None or end is None:
        return ""
    text = _("%(name)s: from %(start)s at the start to %(end)s at %(month)g months, by the model.") % {
        "name": name_of(course),
        "start": written(start, 2),
        "end": written(end, 2),
        "month": last,
    }
    better, worse = course.share(Outcome.RECOVERED, Outcome.IMPROVED), course.share(Outcome.DETERIORATED)
    if better is None or worse is None:
        return text
    share = {"better": better.successes, "worse": worse.successes, "n": better.n}
    rest = better.n - better.successes - worse.successes
    if period.outside and any(map(is_small, (*share.values(), rest))):
        return text
    return (
        f"{text} "
        + _("Of %(n)s patients measured again, %(better)s are reliably better and %(worse)s reliably worse.")
        % share
    )


def _adherence(period: Period) -> str:
    form = period.programme.definitions.instruments.get(SESSION_FORM)
    if form is None:
        return ""
    now, before = overall_adherence(period), overall_adherence(period.before)
    if now.mean is None:
        return ""
    text = ngettext(
        "%(scale)s was %(mean)s in %(n)s rated session",
        "%(scale)s was %(mean)s on average over %(n)s rated sessions",
        now.n,
    ) % {"scale": words(form.scale(form.main_scale).title), "mean": written(now.mean, 1), "n": now.n}
    if before.mean is None:
        return f"{text}."
    return text + _("; in the period before it was %(mean)s (n = %(n)s).") % {
        "mean": written(before.mean, 1),
        "n": before.n,
    }
