"""The form of a review, point by point; and the small forms around it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.process.models import Decision, Review
from onmodel.process.reviews.actions import LONGEST, Decided, Notes, review_stamp
from onmodel.process.reviews.terms import POINTS, next_day
from onmodel.process.terms import entries
from onmodel.web.changes import SeenMixin
from onmodel.web.course_forms import PeopleBoxes, clinicians, day_field, words_field

POINT = "point-"
#: So many decisions can be written at once; one row more than there are is always free.
DECISIONS = 6
PATIENT = "patient"
YES_NO = [("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))]
SAID = {True: "yes", False: "no", None: ""}


def yes_no(label: Any, **named: Any) -> forms.TypedChoiceField:
    """Unknown where nobody said so."""
    return forms.TypedChoiceField(
        label=label,
        required=False,
        empty_value=None,
        coerce=lambda said: said == "yes",
        choices=[("", gettext_lazy("not said yet")), *YES_NO],
        **named,
    )


class ReviewForm(SeenMixin):
    """What was said and decided; `points` and `decisions` give the fields in the order of the page."""

    planned_on = day_field(gettext_lazy("Planned on"), required=False)
    staff = PeopleBoxes(
        label=gettext_lazy("Who of the staff was there"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    patient_present = yes_no(gettext_lazy("Was the patient there?"))
    relatives = forms.CharField(
        label=gettext_lazy("Who else was there"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Those close to the patient, if the patient agrees; others who help."),
    )
    next_focus = words_field(gettext_lazy("What the next weeks are about"), required=False)
    outcome_used = yes_no(gettext_lazy("Were outcome data used?"))
    next_on = day_field(gettext_lazy("Next review on"), required=False)

    def __init__(self, data: Any = None, *, review: Review) -> None:
        self.review = review
        super().__init__(data, initial=_initial(review))
        programme = review.treatment.programme
        people = clinicians(programme)
        self.fields["staff"].queryset = people
        titles = {row["point"]: row["title"] for row in review.agenda}
        language = get_language() or "en"
        self.terms = entries(programme.definitions, POINTS)
        for term in self.terms:
            label = titles.get(term.id, term.label.in_(language))
            self.fields[f"{POINT}{term.id}"] = forms.CharField(
                label=label, required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
            )
        owners = [("", "–"), (PATIENT, _("the patient")), *((str(one.pk), one.name) for one in people)]
        self._people = {str(one.pk): one for one in people}
        for n in range(DECISIONS):
            self._add_decision(n, owners)

    def _add_decision(self, n: int, owners: list[tuple[str, str]]) -> None:
        longest = Decision._meta.get_field("what").max_length
        number = {"n": n + 1}
        self.fields |= {
            f"what-{n}": forms.CharField(
                label=_("Decision %(n)s") % number, required=False, max_length=longest
            ),
            f"owner-{n}": forms.ChoiceField(
                label=_("Who does %(n)s") % number, required=False, choices=owners
            ),
            f"due-{n}": day_field(_("Until, of %(n)s") % number, required=False),
        }

    def points(self) -> list[dict[str, Any]]:
        """Each point with what the record said and the field to write in."""
        lines = {row["point"]: row["lines"] for row in self.review.agenda}
        return [
            {"term": term, "lines": lines.get(term.id, []), "field": self[f"{POINT}{term.id}"]}
            for term in self.terms
        ]

    def decisions(self) -> list[list[forms.BoundField]]:
        return [[self[f"{name}-{n}"] for name in ("what", "owner", "due")] for n in range(DECISIONS)]

    def notes(self) -> Notes:
        given = self.cleaned_data
        said = {name: words for name, words in given.items() if name.startswith(POINT)}
        return Notes(
            discussed={name.removeprefix(POINT): words for name, words in said.items()},
            staff=list(given["staff"]),
            decisions=[one for n in range(DECISIONS) if (one := self._decided(n)) is not None],
            **{
                name: given[name]
                for name in (
                    "patient_present",
                    "relatives",
                    "next_focus",
                    "outcome_used",
                    "planned_on",
                    "next_on",
                )
            },
        )

    def _decided(self, n: int) -> Decided | None:
        what, owner, due_on = (self.cleaned_data[f"{name}-{n}"] for name in ("what", "owner", "due"))
        if not what and not owner and due_on is None:
            return None
        return Decided(what=what, owner=self._people.get(owner), due_on=due_on)

    def clean(self) -> dict[str, Any]:
        """A decision needs words and an owner."""
        for n in range(DECISIONS):
            given = [self.cleaned_data.get(f"{name}-{n}") for name in ("what", "owner", "due")]
            if any(given) and not given[0]:
                self.add_error(f"what-{n}", ValidationError(_("Say what was decided.")))
            elif any(given) and not given[1]:
                self.add_error(f"owner-{n}", ValidationError(_("Say who does it.")))
        return self.cleaned_data


def _initial(review: Review) -> dict[str, Any]:
    fields = ("planned_on", "relatives", "next_focus", "next_on")
    found: dict[str, Any] = {name: getattr(review, name) for name in fields}
    found |= {f"{POINT}{name}": words for name, words in review.discussed.items()}
    for n, one in enumerate(review.decisions.all()[:DECISIONS]):
        owner = PATIENT if one.owner_id is None else str(one.owner_id)
        found |= {f"what-{n}": one.what, f"owner-{n}": owner, f"due-{n}": one.due_on}
    return found | {
        "staff": list(review.staff.values_list("pk", flat=True)),
        "patient_present": SAID[review.patient_present],
        "outcome_used": SAID[review.outcome_used],
        "seen": review_stamp(review),
    }


class HoldForm(forms.Form):
    """The day on which it took place."""

    held_on = day_field(gettext_lazy("Held on"))


def proposed_next(review: Review, held_on: Any) -> Any:
    """The last day on which the next review is in time."""
    return next_day(review.treatment.programme, review.kind, held_on)


class SettleForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        choices=[("done", gettext_lazy("done")), ("dropped", gettext_lazy("dropped"))],
    )
    settled_on = day_field(gettext_lazy("Since"))
    result = words_field(
        gettext_lazy("In a sentence"), required=False, help_text=gettext_lazy("Needed where it was dropped.")
    )
