"""The outreach ladder of the pack: by what, and how many days on, a form that does not come is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from onmodel.packs.base import Text
from onmodel.packs.pack import Pack

#: The term list that holds the ladder; each term says the kind of contact and the days after what.
TERMS = "outreach_steps"
AUTOMATIC = ("mail", "sms")


@dataclass(frozen=True, kw_only=True)
class Step:
    """`days` after the form's window opened or after it was due; `text` names the words of a reminder."""

    id: str
    label: Text
    kind: str
    after: str
    days: int
    text: str
    source: str

    @property
    def automatic(self) -> bool:
        return self.kind in AUTOMATIC

    def day(self, opens_on: datetime.date | None, due_on: datetime.date | None) -> datetime.date | None:
        """Its day for a form with this window; a form without a due day counts from its opening."""
        first = opens_on if self.after == "opening" or due_on is None else due_on
        return None if first is None else first + datetime.timedelta(days=self.days)


def ladder(pack: Pack) -> tuple[Step, ...]:
    """The steps in the pack's order; empty for a pack without any."""
    terms = pack.terms.get(TERMS)
    return tuple(
        Step(
            id=term.id,
            label=term.label,
            kind=str(term.values["kind"]),
            after=str(term.values["after"]),
            days=int(float(term.values["days"])),
            text=str(term.values.get("text", "")),
            source=term.source,
        )
        for term in (terms.terms if terms else ())
    )


def step_reached(
    steps: tuple[Step, ...],
    opens_on: datetime.date | None,
    due_on: datetime.date | None,
    day: datetime.date,
) -> Step | None:
    """The last step whose day has come."""
    reached = [step for step in steps if (on := step.day(opens_on, due_on)) is not None and on <= day]
    return reached[-1] if reached else None


def next_by_hand(
    steps: tuple[Step, ...],
    opens_on: datetime.date | None,
    due_on: datetime.date | None,
    tried: Collection[str],
) -> tuple[Step, datetime.date] | None:
    """The first step of people whose kind was not tried yet for this form, and its day.

    When every kind was tried, the last one again: the ladder has no end but the window's.
    """
    by_hand = [step for step in steps if not step.automatic]
    if not by_hand:
        return None
    step = next((step for step in by_hand if step.kind not in tried), by_hand[-1])
    day = step.day(opens_on, due_on)
    return None if day is None else (step, day)
