"""Who stays away and what comes next, as rows of a table; and when a treatment was reviewed."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.patients.models import Treatment
from onmodel.process.absences.ladder import Next
from onmodel.process.absences.reading import STEPS, next_steps
from onmodel.process.reviews.terms import KINDS
from onmodel.process.terms import entries, entry, label
from onmodel.programmes.models import Programme
from onmodel.web.components import EmptyState, Fact, Link, Table
from onmodel.web.signal_groups import due_in_words
from onmodel.wording.numbers import date_written


def staying_away(programme: Programme, treatments: list[Treatment]) -> list[tuple[Treatment, Next]]:
    """Those for whom a step comes next, the earliest first."""
    found = next_steps(programme, [one.pk for one in treatments], timezone.localdate())
    both = [(one, found[one.pk]) for one in treatments if one.pk in found]
    return sorted(both, key=lambda pair: pair[1].due_on)


def absences_table(programme: Programme, staying: list[tuple[Treatment, Next]]) -> Table:
    rows = [
        [
            Link(one.patient.pseudonym, reverse("days", args=[one.pk])),
            missed_in_words(step),
            label(programme.definitions, STEPS, step.step),
            due_in_words(step.due_on),
            one.primary_clinician.name if one.primary_clinician else "–",
        ]
        for one, step in staying
    ]
    columns = [_("Patient"), _("Missed"), _("Next step"), _("By"), _("Primary clinician")]
    empty = EmptyState(_("Nobody stays away"))
    return Table(_("Who stays away, and the next step"), columns, rows, empty=empty, id="absences")


def missed_in_words(step: Next) -> str:
    words = ngettext("%(n)s session since %(day)s", "%(n)s sessions in a row since %(day)s", step.missed)
    return words % {"n": step.missed, "day": date_written(step.since)}


def next_in_words(treatment: Treatment) -> dict[str, Any] | None:
    """What the page of a patient's days says of an absence; None where nothing comes next."""
    step = next_steps(treatment.programme, [treatment.pk], timezone.localdate()).get(treatment.pk)
    if step is None:
        return None
    pack = treatment.programme.definitions
    term = entry(pack, STEPS, step.step)
    return {
        "missed": missed_in_words(step),
        "step": label(pack, STEPS, step.step),
        "help": term.help if term else None,
        "due": due_in_words(step.due_on),
        "is_review": step.step == "review",
    }


def steps_table(treatment: Treatment, latest: int) -> Table | None:
    rows = [
        [
            one.happened_on,
            label(treatment.programme.definitions, STEPS, one.step),
            one.get_result_display(),
            ", ".join(person.name for person in one.done_by.all()),
            one.note or "–",
        ]
        for one in treatment.absence_steps.prefetch_related("done_by")[:latest]
    ]
    columns = [_("Day"), _("Step"), _("What came of it"), _("By whom"), _("Note")]
    return Table(_("What was tried after missed sessions"), columns, rows, id="tried") if rows else None


def reviews_facts(treatment: Treatment) -> list[Fact]:
    """Of each kind of review when it was held last, and when the next one is."""
    held = treatment.reviews.held().order_by().values_list("kind")
    known = {
        kind: (last, following) for kind, last, following in held.annotate(Max("held_on"), Max("next_on"))
    }
    found = []
    for term in entries(treatment.programme.definitions, KINDS):
        last, following = known.get(term.id, (None, None))
        note = _("next on %(day)s") % {"day": date_written(following)} if following else ""
        found.append(
            Fact(label(treatment.programme.definitions, KINDS, term.id), last or _("not held yet"), note)
        )
    return found
