"""What patients fill in: answers or scores for each visit, following the courses. Pure NumPy.

Only the BSI's GSI, the SIPP's domains (D ch. 8), and attempts and self-harm (D ch. 4) follow
published figures; how the other forms go with the GSI is an assumption of the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onmodel.demonstration.answering import FACET_SD, GradedItems, graded_items, skip_some
from onmodel.demonstration.careers import Career
from onmodel.demonstration.courses import (
    GSI,
    SIPP,
    Cohort,
    Course,
    Floats,
    Traits,
    deviations,
    draw_traits,
    scores_at,
)
from onmodel.demonstration.visits import MONTHS, Visit

SKIPPED = 0.008  # of single items
SHARED_WITH_GSI = 0.6  # correlation of a SIPP domain's level and slope with the GSI's, reversed
#: Chance of any in the six months before, at 0, 6, 12, 18 months and later (D ch. 4, Figure 2).
ATTEMPTS = (0.317, 0.147, 0.0, 0.06, 0.06)
SELF_HARM = (0.512, 0.324, 0.158, 0.19, 0.19)
ACTS = (17.9, 6.5, 3.0, 3.0, 3.0)  # mean number among those with any
#: Mean alliance on 1 to 5 (assumption).
ALLIANCE, ALLIANCE_WHEN_REORGANISED = 3.9, 3.1


@dataclass(frozen=True)
class Outcomes:
    """Target scores (n careers, moments) of the GSI and of each SIPP domain by its name."""

    gsi: Floats
    sipp: Mapping[str, Floats]


def outcomes(rng: np.random.Generator, careers: Sequence[Career]) -> Outcomes:
    months = np.array(MONTHS)
    reorganised = np.array([career.share_reorganised(months) for career in careers])
    general = draw_traits(rng, len(careers))
    gsi = _course(rng, GSI, general, reorganised, months)
    sipp = {
        course.name: _course(
            rng, course, _partly(general, draw_traits(rng, len(careers))), reorganised, months
        )
        for course in SIPP
    }
    return Outcomes(gsi=gsi, sipp=sipp)


def _partly(general: Traits, own: Traits) -> Traits:
    """Traits that go against the general ones in part: on the SIPP, higher is better."""
    rest = np.sqrt(1.0 - SHARED_WITH_GSI**2)
    return Traits(
        level=-SHARED_WITH_GSI * general.level + rest * own.level,
        slope=-SHARED_WITH_GSI * general.slope + rest * own.slope,
    )


def _course(
    rng: np.random.Generator, course: Course, traits: Traits, reorganised: Floats, months: Floats
) -> Floats:
    """Scores around a mean between the two cohorts' curves; `reorganised` (n, moments) from 0 to 1."""
    sound, troubled = course.mean(months, Cohort.SOUND), course.mean(months, Cohort.REORGANISED)
    mean = sound + reorganised * (troubled - sound)
    return scores_at(course, mean, deviations(rng, traits, months))


def at_visits(values: Floats, visits: Sequence[Visit]) -> Floats:
    """The values (careers, moments) of those visits: (n,)."""
    moments = [MONTHS.index(visit.months) for visit in visits]
    return values[[visit.patient for visit in visits], moments]


@dataclass(frozen=True)
class Forms:
    """The simulation's item parameters, drawn once a service."""

    bsi: GradedItems
    phq9: GradedItems
    eq5d: GradedItems
    alliance: GradedItems


def item_parameters(rng: np.random.Generator, bsi_facets: NDArray[np.int64]) -> Forms:
    """Parameters of the forms' items; `bsi_facets` gives the subscale of each item of the BSI."""
    nine, twelve = np.zeros(9, dtype=np.int64), np.arange(12) % 3
    dimensions = GradedItems(
        discrimination=np.array([1.6, 1.8, 1.8, 1.5, 1.8]),
        thresholds=np.array([[1.6, 4.6], [2.4, 4.8], [-0.3, 2.2], [0.2, 2.4], [-1.2, 1.0]]),
        lowest=1,
        facets=np.zeros(5, dtype=np.int64),
    )
    return Forms(
        bsi=graded_items(rng, facets=bsi_facets, options=5, lowest=0, easiest=-0.5),
        phq9=graded_items(rng, facets=nine, options=4, lowest=0, easiest=-0.5),
        eq5d=dimensions,
        alliance=graded_items(rng, facets=twelve, options=5, lowest=1, easiest=-1.5),
    )


#: Item -> chance of at least one at the first four moments, and the mean where there is one: assumptions.
CARE = {
    "admissions": ((0.38, 0.22, 0.12, 0.08), 1.5),
    "crisis_contacts": ((0.55, 0.38, 0.24, 0.16), 2.5),
    "emergency_visits": ((0.42, 0.28, 0.18, 0.12), 1.8),
    "gp_contacts": ((0.85, 0.80, 0.75, 0.70), 3.0),
    "other_treatments": ((0.45, 0.25, 0.18, 0.15), 1.3),
    "medicines": ((0.80, 0.75, 0.66, 0.60), 1.9),
}


def facet_deviations(rng: np.random.Generator, items: GradedItems, n: int) -> Floats:
    """Deviations (n, facets) on the subscales, weighing to 0 over the items of each patient."""
    facets = int(items.facets.max()) + 1
    if facets == 1:
        return np.zeros((n, 1))
    drawn = rng.normal(0.0, FACET_SD, size=(n, facets))
    weights = np.bincount(items.facets, minlength=facets) / len(items.facets)
    return drawn - (drawn @ weights)[:, None]


def answers_to(rng: np.random.Generator, items: GradedItems, mean_answer: Floats) -> Floats:
    """Answers (n, k) whose expected mean is `mean_answer` (n,)."""
    severity = items.severity_for(mean_answer)
    return items.draw(rng, severity, facet_deviations(rng, items, len(mean_answer)))


def bsi_answers(rng: np.random.Generator, forms: Forms, gsi: Floats) -> Floats:
    return skip_some(rng, answers_to(rng, forms.bsi, gsi), SKIPPED)


def phq9_answers(rng: np.random.Generator, forms: Forms, gsi: Floats) -> Floats:
    """Mean answer near the GSI, within the form's 0 to 3."""
    mean = np.clip(gsi + rng.normal(0.0, 0.25, size=gsi.shape), 0.05, 2.9)
    return skip_some(rng, answers_to(rng, forms.phq9, mean), SKIPPED)


def eq5d_answers(rng: np.random.Generator, forms: Forms, gsi: Floats) -> Floats:
    severity = (gsi - GSI.sound[1]) / GSI.sd - 0.2 + rng.normal(0.0, 0.3, size=gsi.shape)
    return forms.eq5d.draw(rng, severity, np.zeros((len(gsi), 1)))


def alliance_answers(rng: np.random.Generator, forms: Forms, reorganised: Floats) -> Floats:
    """Alliance of n visits; `reorganised` (n,) from 0 to 1."""
    centre = ALLIANCE + reorganised * (ALLIANCE_WHEN_REORGANISED - ALLIANCE)
    mean = np.clip(centre + rng.normal(0.0, 0.6, size=len(centre)), 1.1, 4.95)
    return skip_some(rng, answers_to(rng, forms.alliance, mean), SKIPPED)


def self_harm_counts(
    rng: np.random.Generator, months: Sequence[float], reorganised: Floats
) -> Mapping[str, Floats]:
    """Suicide attempts and acts of self-harm in the six months before: counts (n,) by item.

    During the reorganisation half of the published decline is taken (assumption).
    """
    moment = np.minimum([MONTHS.index(value) for value in months], len(ATTEMPTS) - 1)
    kept = 1.0 - 0.5 * reorganised
    counts = {}
    for item, chance, mean in (("attempts", ATTEMPTS, (1.9, 1.0)), ("self_harm", SELF_HARM, ACTS)):
        rates = np.array(chance)
        any_ = rng.random(len(moment)) < rates[0] + kept * (rates[moment] - rates[0])
        means = np.array([*mean, *[mean[-1]] * len(ATTEMPTS)])[moment]
        counts[item] = np.where(any_, rng.geometric(1.0 / means), 0).astype(np.float64)
    return counts


def care_counts(
    rng: np.random.Generator, months: Sequence[float], reorganised: Floats
) -> Mapping[str, Floats]:
    """Use of care in the six months before: counts (n,) by item; chances and means are assumptions."""
    moment = np.minimum([MONTHS.index(value) for value in months], 3)
    kept = 1.0 - 0.5 * reorganised
    counts = {}
    for item, (chance, mean) in CARE.items():
        rates = np.array(chance)
        any_ = rng.random(len(moment)) < rates[0] + kept * (rates[moment] - rates[0])
        counts[item] = np.where(any_, rng.geometric(1.0 / mean, size=len(moment)), 0).astype(np.float64)
    stays = counts["admissions"]
    counts["admission_days"] = np.where(stays > 0, rng.poisson(9.0 * np.maximum(stays, 1.0)), 0.0)
    return counts
