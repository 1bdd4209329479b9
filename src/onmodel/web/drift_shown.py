"""Drift in pictures and words: a level by quarter against its baseline, and how sure one can be."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.adherence.correcting import Scored
from onmodel.adherence.drift import Drift, Watched
from onmodel.adherence.profile import FEWEST_FOR_INTERVAL
from onmodel.charts.drift import Happened, Level, Quarter, drift_chart
from onmodel.inference.describe import summarise
from onmodel.programmes.events import ProgrammeEvent
from onmodel.web.components import Chart
from onmodel.web.rating_form import in_words
from onmodel.wording.numbers import date_written, written

DAYS_A_QUARTER = 91
MONTHS_A_YEAR = 12
#: The ends of the scales of sessions.
DOMAIN = (1, 7)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One therapist, team or programme; `chart` is None while nothing is rated."""

    title: str
    chart: Chart | None
    state: str
    sentences: tuple[str, ...]


def shown(
    watched: Watched, drift: Drift, *, title: str, events: Sequence[ProgrammeEvent], simulated: bool
) -> Shown:
    state = state_of(watched)
    drawing = drift_chart(
        quarters(watched.scores),
        measure=_("Overall adherence, corrected"),
        levels=_levels(watched),
        events=_events(watched, events),
        domain=DOMAIN,
        says=state,
        language=get_language() or "en",
    )
    chart = Chart(
        drawing,
        title,
        id=f"drift-{watched.level}-{watched.subject}",
        n=len(watched.scores),
        simulated=simulated,
    )
    return Shown(title=title, chart=chart, state=state, sentences=tuple(_sentences(watched, drift)))


def quarters(scores: Iterable[Scored]) -> list[Quarter]:
    """Means by calendar quarter, with an interval from three sessions on."""
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one in scores:
        found[(one.day.year, (one.day.month - 1) // 3)].append(one.value)
    drawn = []
    for (year, number), values in sorted(found.items()):
        summary = summarise(values)
        sure = summary.n >= FEWEST_FOR_INTERVAL
        drawn.append(
            Quarter(
                day=datetime.date(year, 3 * number + 2, 15),
                name=_("Q%(number)s %(year)s") % {"number": number + 1, "year": year},
                mean=summary.mean,
                n=summary.n,
                low=summary.lower if sure else None,
                high=summary.upper if sure else None,
            )
        )
    return drawn


def _levels(watched: Watched) -> list[Level]:
    """The baseline over the whole time, and the level since it fell."""
    if watched.watch is None:
        return []
    first, last = watched.scores[0].day, watched.scores[-1].day
    name = _("baseline %(mean)s") % {"mean": written(watched.watch.centre, 1)}
    levels = [Level(start=first, end=last, value=watched.watch.centre, name=name)]
    if watched.amount is not None and watched.since is not None:
        fallen = _("since then %(mean)s") % {"mean": written(watched.amount.since, 1)}
        levels.append(Level(start=watched.since, end=last, value=watched.amount.since, name=fallen))
    return levels


def _events(watched: Watched, events: Iterable[ProgrammeEvent]) -> list[Happened]:
    """What happened to this unit while it was rated."""
    if not watched.scores:
        return []
    first = watched.scores[0].day
    return [
        Happened(day=event.happened_on, name=event_in_words(event))
        for event in events
        if event.happened_on >= first
        and (event.team_id is None or (watched.level, watched.subject) == ("team", event.team_id))
    ]


def event_in_words(event: ProgrammeEvent) -> str:
    return in_words(event.term.label, event.kind) if event.term else event.kind


def state_of(watched: Watched) -> str:
    """Whether the level fell, in one sentence."""
    if watched.why == "few":
        return ngettext(
            "Not to be told yet: %(n)s more rated session is needed.",
            "Not to be told yet: %(n)s more rated sessions are needed.",
            watched.needed,
        ) % {"n": watched.needed}
    if watched.watch is None:
        return _(
            "Not to be told yet: too few therapists were rated to know how much sessions differ by chance."
        )
    amount, since = watched.amount, watched.since
    if amount is None or since is None:
        return _back(watched)
    return _(
        "Fallen since about %(day)s: from %(before)s to %(since)s, %(by)s points lower (95 %% interval "
        "%(low)s to %(high)s, n = %(n)s sessions)."
    ) % {
        "day": date_written(since),
        "before": written(amount.before, 1),
        "since": written(amount.since, 1),
        "by": written(-amount.change, 1),
        "low": written(-amount.upper, 1),
        "high": written(-amount.lower, 1),
        "n": amount.n,
    }


def _back(watched: Watched) -> str:
    ended = [fall for fall in watched.watch.falls if fall.ended is not None] if watched.watch else []
    if not ended:
        return _("No fall beyond what chance explains.")
    last = ended[-1]
    return _("Back at its level: it was lower from about %(first)s until %(last)s.") % {
        "first": date_written(watched.scores[last.first].day),
        "last": date_written(watched.scores[last.ended].day),
    }


def _sentences(watched: Watched, drift: Drift) -> Iterable[str]:
    """What it is held against, how often it errs, how soon it notices, what is taken out."""
    watch = watched.watch
    if watch is not None:
        start = watched.scores[: watch.n_baseline]
        yield _("Held against the first %(n)s sessions, until %(day)s: mean %(mean)s.") % {
            "n": watch.n_baseline,
            "day": date_written(start[-1].day),
            "mean": written(watch.centre, 1),
        }
        yield _(
            "False alarms: were nothing to change, about one in %(sessions)s sessions, at the present pace "
            "one in %(years)s years."
        ) % {
            "sessions": written(watched.settings.run_length, 0),
            "years": written(watched.years_between_false_alarms, 1),
        }
        yield _(
            "A lasting fall of %(fall)s points would be noticed after about %(sessions)s sessions, "
            "%(months)s months at the present pace; later where the baseline happened to be low."
        ) % {
            "fall": written(watch.fall),
            "sessions": written(watch.to_notice, 0),
            "months": written(MONTHS_A_YEAR * watch.to_notice / watched.pace, 0),
        }
    yield _corrected(drift)
    if watched.series.left_out:
        yield _(
            "Ratings left out, because the rater or the kind of session cannot be held against the baseline: "
            "%(n)s."
        ) % {"n": watched.series.left_out}


def _corrected(drift: Drift) -> str:
    if drift.correction.raters:
        return _("The severity of %(n)s raters and the kind of session are taken out.") % {
            "n": drift.correction.raters
        }
    return _(
        "The kind of session is taken out. Raters' severity is not known: too few sessions of the same "
        "half-year were rated by several."
    )
