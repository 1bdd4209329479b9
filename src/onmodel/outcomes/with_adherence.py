"""Does adherence go with outcome here? One mixed model joins rated adherence to patients' courses.

Each patient's course of a score is straight over the months of treatment, patients and their therapists
differing at random in level and slope. Whether courses go with adherence is told by two products with time:
with the mean adherence of the patient's team while (s)he was treated, and with how far his or her own
therapists lay above their team. That is an association in this programme: who chose whom, and what else
changed in those years, is in it too.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import polars as pl

from onmodel.adherence.correcting import Scored, correction_of, sessions_of
from onmodel.adherence.drift import counted_ratings, settings_for
from onmodel.inference.cautions import DataError
from onmodel.inference.distributions import critical
from onmodel.inference.mixed import Model, NestedFit, fit_nested
from onmodel.outcomes.course import scores_frame
from onmodel.packs.instruments import Instrument
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Term
from onmodel.patients.models import Involvement, Treatment
from onmodel.programmes.models import Programme

#: The list and the term of the pack with the least numbers, and why.
MINIMA, TERM = "least_numbers", "adherence_and_outcome"
#: Slopes are told for so many months.
MONTHS = 12.0
EFFECTS = ("linear", "own", "team", "linear:own", "linear:team")
WITHIN_TEAMS, BETWEEN_TEAMS = "linear:own", "linear:team"


@dataclass(frozen=True, kw_only=True)
class Slope:
    """How much higher a score has become after `MONTHS` for a point of adherence more."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True)
class Association:
    """Of one outcome. `own` and `team` are None below the least numbers, or where the fit does not hold."""

    patients: int
    measurements: int
    therapists: int
    ratings: int
    own: Slope | None = None
    team: Slope | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def minima_of(pack: Pack) -> Term | None:
    """Patients, therapists and ratings that are the least, with the reason; None: never shown."""
    listed = pack.terms.get(MINIMA)
    return next((term for term in (listed.terms if listed else ()) if term.id == TERM), None)


def association(
    programme: Programme, instrument: Instrument, scale: str, *, until: datetime.date
) -> Association:
    """Of the patients with two scores or more whose therapists and team were rated during treatment."""
    frame, ratings = joined(programme, instrument, scale, until=until)
    counts = {
        "patients": frame["treatment"].n_unique(),
        "measurements": len(frame),
        "therapists": frame["therapist"].n_unique(),
        "ratings": ratings,
    }
    least = minima_of(programme.definitions)
    enough = least is not None and all(
        counts[name] >= float(str(least.values[name])) for name in ("patients", "therapists", "ratings")
    )
    fit = fitted(frame) if enough else None
    if fit is None:
        return Association(**counts)
    return Association(**counts, own=slope_of(fit, WITHIN_TEAMS), team=slope_of(fit, BETWEEN_TEAMS))


def fitted(frame: pl.DataFrame) -> NestedFit | None:
    """Patients within primary clinicians; None where that cannot be fitted."""
    model = Model("treatment", "months", "score", effects=EFFECTS, random="slope")
    try:
        return fit_nested(frame, model, programme="therapist", between="uncorrelated")
    except DataError:
        return None


def slope_of(fit: NestedFit, name: str, level: float = 0.95) -> Slope | None:
    if name not in fit.names:
        return None
    estimate, se = fit.coef[name], fit.se[name]
    if not (se > 0 and fit.converged):
        return None
    reach = critical(level, max(fit.n_programmes - 2, 1)) * se
    return Slope(
        estimate=MONTHS * estimate, lower=MONTHS * (estimate - reach), upper=MONTHS * (estimate + reach)
    )


def joined(
    programme: Programme, instrument: Instrument, scale: str, *, until: datetime.date
) -> tuple[pl.DataFrame, int]:
    """Columns treatment, therapist, months, score, own, team (these two about their means), and the number of
    sessions they rest on."""
    scores = scores_frame(programme, instrument, scale, until=until)
    several = scores.group_by("treatment").len().filter(pl.col("len") > 1)["treatment"].to_list()
    exposures, forms = _exposures(programme, several, until)
    schema = {"treatment": pl.String, "therapist": pl.String, "own": pl.Float64, "team": pl.Float64}
    rated = pl.DataFrame(exposures, schema=schema, orient="row")
    frame = scores.join(rated, on="treatment", how="inner", maintain_order="left")
    centred = [pl.col(name) - rated[name].mean() for name in ("own", "team")] if len(rated) else []
    return frame.with_columns(*centred), len(forms)


def _exposures(
    programme: Programme, treatments: Sequence[str], until: datetime.date
) -> tuple[list[tuple[str, str, float, float]], set[int]]:
    """(treatment, primary clinician, own therapists above the team, team), each by the sessions rated between
    its start and end; left out where one of these is not known."""
    settings = settings_for(programme.definitions)
    ratings = tuple(counted_ratings(programme, until))
    baseline = settings["therapist"].baseline if "therapist" in settings else 1
    sessions = sessions_of(ratings, correction_of(ratings, baseline=baseline))
    by_therapist: dict[int, list[Scored]] = defaultdict(list)
    by_team: dict[int | None, list[Scored]] = defaultdict(list)
    for one in sessions:
        by_therapist[one.therapist].append(one)
        by_team[one.team].append(one)
    involved: dict[object, set[int]] = defaultdict(set)
    rows = Involvement.objects.filter(treatment__in=treatments).values_list("treatment", "therapist")
    for treatment, therapist in rows:
        involved[treatment].add(therapist)
    found, used = [], set[int]()
    known = {"primary_clinician__isnull": False, "team__isnull": False, "started_on__isnull": False}
    for one in Treatment.objects.filter(pk__in=treatments, **known).order_by("pk"):
        end = one.ended_on or until
        own = [s for n in sorted(involved[one.pk]) for s in by_therapist[n] if one.started_on <= s.day <= end]
        team = [s for s in by_team[one.team_id] if one.started_on <= s.day <= end]
        if own and team:
            level = sum(s.value for s in team) / len(team)
            above = sum(s.value for s in own) / len(own) - level
            found.append((str(one.pk), str(one.primary_clinician_id), above, level))
            used |= {form for s in (*own, *team) for form in s.forms}
    return found, used
