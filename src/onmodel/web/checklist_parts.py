"""The checks of a treatment in words: what shows that one is done, who acts on another, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.checklists.standing import PRIMARY_CLINICIAN, Standing, done, next_of, standings
from onmodel.checklists.states import State, Time
from onmodel.packs.pack import Pack
from onmodel.patients.models import Treatment
from onmodel.web.components import Component, Link, Status
from onmodel.wording import status
from onmodel.wording.numbers import date_written


@dataclass(frozen=True)
class Mark(Component):
    """A state as an icon, with its word for who does not see it, and under the pointer."""

    template: ClassVar[str] = "components/check_mark.html"
    word: str

    def extra(self) -> dict[str, Any]:
        look = status.look(self.word, "check")
        return {"label": look.label, "tone": look.tone, "icon": look.icon}


def mark_of(standing: Standing) -> Mark:
    return Mark(_word(standing))


def words_of(standing: Standing) -> str:
    return standing.check.text.in_(get_language() or "en")


def status_of(standing: Standing) -> Status:
    return Status(_word(standing), of="check")


def _word(standing: Standing) -> str:
    attested = standing.state is State.DONE and standing.fact.on is None
    return "attested" if attested else standing.state.value


def shown_by(treatment: Treatment, standing: Standing) -> object:
    """A link to what shows it; the words of who attested it; of what is not there, where it is entered."""
    if standing.state is not State.DONE:
        return _entered_at(treatment, standing)
    if standing.fact.on is None and standing.attested is not None:
        who = standing.attested.said_by.name if standing.attested.said_by else "–"
        return _("%(words)s (%(who)s)") % {"words": standing.attested.words, "who": who}
    name, address = _thing(treatment, standing)
    return Link(name, address)


def _thing(treatment: Treatment, standing: Standing) -> tuple[str, str]:
    here, key = treatment.pk, standing.fact.key
    match standing.fact.shown:
        case "plan":
            return _("the plan"), reverse("plan", args=[here, key])
        case "assessment":
            return _("the assessment"), reverse("assessment-part", args=[here, key])
        case "referral":
            return _("the referral"), reverse("course", args=[here])
        case "contacts":
            return _("the contacts"), reverse("contacts", args=[here])
        case _:
            return _("the record"), reverse("treatment", args=[here])


def _entered_at(treatment: Treatment, standing: Standing) -> object:
    """The page on which the record would come to show it."""
    here = treatment.pk
    if standing.can_be_attested:
        return Link(_("say that it is done"), reverse("checklist-attest", args=[here, standing.check.id]))
    kind, *rest = standing.fact.name.split(".")
    match kind:
        case "plan":
            return Link(_("write it"), reverse("plans", args=[here]), note=_("plans"))
        case "referral":
            return Link(_("enter it"), reverse("course-step", args=[here, "referral"]), note=_("referral"))
        case "assessment" if rest[0] != "baseline":
            return Link(_("enter it"), reverse("assessment-keep", args=[here, rest[0]]), note=_("assessment"))
        case "treatment" if rest[0] == "home_visit":
            return Link(
                _("enter it"), reverse("assessment-keep", args=[here, "home_visit"]), note=_("assessment")
            )
        case _:
            return Link(_("the record"), reverse("treatment", args=[here]))


def until_words(standing: Standing) -> str:
    """Until when, or why it is not asked."""
    if standing.state is State.DONE:
        return "–"
    if standing.until is not None:
        return date_written(standing.until)
    return {
        Time.BEFORE: _("its phase has not begun"),
        Time.DURING: _("in this phase"),
        Time.OVER: _("its phase is over"),
        Time.NEVER: _("ended before its phase"),
        Time.UNKNOWN: _("no phase is recorded"),
    }[standing.time]


def who_acts(treatment: Treatment, standing: Standing) -> str:
    """The primary clinician by name; another role by its name in the pack."""
    if standing.state is State.DONE:
        return "–"
    if standing.responsible in (PRIMARY_CLINICIAN, "therapist"):
        clinician = treatment.primary_clinician
        return clinician.name if clinician else _("primary clinician: not assigned")
    return _role(treatment.programme.definitions, standing.responsible)


def _role(pack: Pack, name: str) -> str:
    found = next((role for role in pack.all_roles() if role.id == name), None)
    return found.title.in_(get_language() or "en") if found else name


def checks_of(treatment: Treatment) -> list[Standing]:
    """The checks of one treatment, as they stand today."""
    return standings(treatment.programme, [treatment], timezone.localdate())[treatment.pk]


def in_short(found: Sequence[Standing]) -> str:
    """How many are done, and what comes next: one line for a treatment's page. Empty without a checklist."""
    if not found:
        return ""
    said = _("%(done)s of %(all)s checks are done.") % {"done": done(found), "all": len(found)}
    coming = next_of(found)
    if coming is None:
        return said
    named = {"what": words_of(coming)}
    if coming.state is State.OVERDUE:
        told = _("Overdue: “%(what)s”") % named
    elif coming.until is not None:
        told = _("Next, until %(day)s: “%(what)s”") % {**named, "day": date_written(coming.until)}
    else:
        told = _("Next: “%(what)s”") % named
    return f"{said} {told}"
