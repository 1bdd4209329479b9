"""Rated sessions over years, written at once: a level that may fall on a day."""

import datetime

import numpy as np

from onmodel.adherence.models import Rating
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Assignment
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Session

FIRST = datetime.date(2022, 1, 10)
QUARTER = datetime.timedelta(days=91)
#: Around a level: no two therapists of four alike on a day, no run on one side, and so no alarm.
PATTERN = (0, 1, 0, -1)


def rate_quarterly(
    programme: Programme,
    therapists: dict,
    *,
    rater,
    quarters: int = 14,
    fell: dict | None = None,
    back: int | None = None,
    by: float = 2.0,
    sessions: bool = False,
) -> list[Assignment]:
    """Two individual sessions a quarter of each therapist (`therapists`: user -> team), by PATTERN about 5
    of 7; those in `fell` (user -> quarter) lie `by` lower from that quarter on, until `back`. With `sessions`
    each has its session and rating, else they are forms from before there were ratings."""
    instrument = programme.definitions.instruments["mbt_acs"]
    forms, levels, teams = [], [], []
    places = {user: place for place, user in enumerate(therapists)}
    for quarter in range(quarters):
        for half in (0, 1):
            for user, team in therapists.items():
                fallen = fell is not None and user in fell and quarter >= fell[user]
                fallen = fallen and (back is None or quarter < back)
                levels.append(5 + PATTERN[(2 * quarter + half + places[user]) % 4] - by * fallen)
                teams.append(team)
                forms.append(_form(programme, user, rater, FIRST + quarter * QUARTER + half * QUARTER / 2))
    items = instrument.all_items()
    rated = np.array([item.kind == "choice" for item in items])
    answers = np.clip(np.round(np.array(levels)[:, None] + np.zeros(len(items))), 1, 7)
    write_filled(forms, instrument=instrument, answers=np.where(rated, answers, np.nan))
    if sessions:
        _sessions(programme, forms, teams, rater)
    return forms


def _form(programme: Programme, user, rater, day: datetime.date) -> Assignment:
    instrument = programme.definitions.instruments["mbt_acs"]
    return Assignment(
        programme=programme,
        subject_kind="therapist",
        person=user,
        pack=programme.pack,
        instrument=instrument.id,
        instrument_version=instrument.version,
        respondent="supervisor",
        respondent_user=rater,
        due_on=day,
        answered_on=day,
        status=Assignment.Status.ANSWERED,
    )


def _sessions(programme: Programme, forms: list[Assignment], teams: list, rater) -> None:
    held = [
        Session(
            programme=programme, team=team, kind="individual", component="individual", held_on=form.due_on
        )
        for form, team in zip(forms, teams, strict=True)
    ]
    Session.objects.bulk_create(held)
    done = datetime.datetime(2022, 1, 1, tzinfo=datetime.UTC)
    Rating.objects.bulk_create(
        Rating(
            programme=programme,
            session=session,
            therapist=form.person,
            rater=rater,
            assignment=form,
            purpose=Rating.Purpose.RATING,
            submitted_at=done,
            seen_at=done,
        )
        for session, form in zip(held, forms, strict=True)
    )
