"""The comparison of two groups of a programme's treatments, as a report."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from onmodel.outcomes.comparison import Comparison
from onmodel.outcomes.periods import GROUPS, Spanning
from onmodel.programmes.models import Programme
from onmodel.reports.comparing.findings import cautions, sentences, verdict
from onmodel.reports.comparing.tables import baseline, courses, effects, paths, who
from onmodel.reports.comparing.view import View
from onmodel.reports.document import Basis, Block, Facts, Figure, Notes, Report, Section
from onmodel.reports.period import COUNTED
from onmodel.wording.numbers import date_written


def comparison_report(
    programme: Programme, comparison: Comparison, *, language: str = "en", aggregates_only: bool = False
) -> Report:
    """The report of a comparison; with `aggregates_only`, for who sees no patient, without small cells."""
    with override(language):
        view = View(comparison, aggregates_only)
        starts = [day for group in GROUPS for day in comparison.allocation.starts(group) or ()]
        pack = programme.definitions
        return Report(
            title=_("Two periods compared") if view.by_date else _("Two cohorts compared"),
            programme=programme.name,
            organisation=programme.organisation.name,
            format="",
            start=comparison.until if aggregates_only else min(starts, default=comparison.until),
            end=comparison.until,
            pack=pack.id,
            pack_version=pack.version,
            template_version="",
            language=language,
            simulated=programme.is_simulated,
            nominal_dates=bool(comparison.allocation.nominal),
            sections=tuple(_sections(view)),
        )


def _sections(view: View) -> list[Section]:
    mind = Notes(title=_("To mind"), items=tuple(cautions(view)))
    said = Notes(title=_("In words"), items=tuple(sentences(view)))
    parts: list[tuple[str, str, str, list[Block]]] = [
        ("found", _("What was found"), verdict(view), [_facts(view), said, mind]),
        (
            "who",
            _("Who is compared with whom"),
            f"{_who_in_words(view)} {_adjustment(view)}".strip(),
            who(view),
        ),
        ("baseline", _("The groups at the start"), "", baseline(view)),
        ("courses", _("The courses"), _courses_in_words(), courses(view)),
        ("effects", _("Effect sizes and differences"), "", effects(view)),
        ("models", _("How each model was chosen"), _path_in_words(), paths(view)),
    ]
    return [Section(id=id_, title=title, intro=intro, blocks=tuple(b)) for id_, title, intro, b in parts if b]


def _facts(view: View) -> Facts:
    comparison = view.comparison
    data = _("treatments in this group, started by %(day)s") % {"day": date_written(comparison.until)}
    facts = [
        (view.names[group], _patients(view.count(comparison.allocation.size(group), data)))
        for group in GROUPS
    ]
    if comparison.tested:
        tested = len(comparison.tested)
        counted = Basis(rule=COUNTED, version="", data=_("outcomes whose corrected p is below 0.05"))
        unit = _("of %(n)s outcomes") % {"n": tested}
        facts.append((_("Courses differ"), Figure(value=len(comparison.different), unit=unit, basis=counted)))
    return Facts(facts=tuple(facts))


def _patients(count: Figure) -> Figure:
    """A count with its unit."""
    if count.value is None:
        return count
    return Figure(
        value=count.value, unit=ngettext("patient", "patients", int(count.value)), basis=count.basis
    )


def _who_in_words(view: View) -> str:
    split, allocation = view.by_date, view.comparison.allocation
    if split is None:
        return _(
            "Treatments are grouped by the cohort that was recorded with them; others (%(n)s) are left out."
        ) % {"n": view.number(allocation.elsewhere)}
    rule = _(
        "A treatment that had ended by the date counts as before it; one that started on the date or later "
        "counts as after it. Scores keep their group whenever they were given: a follow-up long after an "
        "early treatment tells about that treatment."
    )
    numbers = {"n": view.number(allocation.spanning)}
    choice = {
        Spanning.AFTER: _(
            "Treatments under way on the date (%(n)s) count as after it, as D ch. 8 counted them: what "
            "changed reached them too."
        ),
        Spanning.OUT: _("Treatments under way on the date (%(n)s) are left out."),
        Spanning.START: _("Treatments under way on the date (%(n)s) count as before it, by their start."),
    }[split.spanning]
    return f"{rule} {choice % numbers}"


def _courses_in_words() -> str:
    return _(
        "Points are observed means with their 95 % interval; lines are the model's means with a 95 % band, "
        "as far as each group was measured. A model uses every score of every patient, also of those who "
        "stopped answering."
    )


def _adjustment(view: View) -> str:
    """What an adjustment was for and whom it left out."""
    if not view.comparison.adjusted:
        return ""
    return _(
        "Adjusted for age and gender at the start: each has a part of its own in the level and in the "
        "straight change over time, and the courses stand at the mean of all patients. Treatments of "
        "patients whose age or gender is not known (%(n)s) are left out."
    ) % {"n": view.number(view.comparison.unknown)}


def _path_in_words() -> str:
    return _(
        "For each outcome, following D ch. 8: start from linear and quadratic time, group, and "
        "group in interaction with both; settle how patients vary by REML deviance; then drop one time "
        "effect at a time while the least needed has p > 0.10 by ML deviance, an interaction before what "
        "it contains and quadratic before linear time."
    )
