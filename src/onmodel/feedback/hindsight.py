"""How a programme's expected courses came out: each patient predicted from the others."""

from __future__ import annotations

import datetime

import polars as pl

from onmodel.feedback.expecting import followed_scales, model_for, rule_of, settings_of
from onmodel.inference.hindsight import Hindsight, look_back
from onmodel.measurement.change import Outcome, classify_change
from onmodel.measurement.meaning import direction_of
from onmodel.outcomes.course import scores_frame
from onmodel.packs.instruments import Direction, Instrument
from onmodel.programmes.models import Programme

WORSE, NO_BETTER = "reliably worse", "not reliably better"


def came_out(programme: Programme, *, until: datetime.date, early: float) -> dict[str, Hindsight]:
    """form.SCALE -> how it came out, of the scales with patients enough for a course to expect.

    `early` is the month up to which a standing counts; the end is a patient's last score against the first.
    """
    settings = settings_of(rule_of(programme.definitions))
    found = {}
    for instrument, scale in followed_scales(programme):
        frame = scores_frame(programme, instrument, scale, until=until)
        ends = ends_of(frame, instrument, scale)
        if sum(frame.group_by("treatment").len()["len"] > 1) < settings.minimum_patients or not ends:
            continue
        found[f"{instrument.id}.{scale}"] = look_back(
            frame,
            model_for(frame),
            ends=ends,
            early=early,
            higher_is_worse=direction_of(instrument, scale) is Direction.WORSE,
            tail=settings.tail,
            sure=settings.certainty,
        )
    return found


def ends_of(frame: pl.DataFrame, instrument: Instrument, scale: str) -> dict[str, dict[str, bool]]:
    """Way of doing badly -> patient -> whether; empty where the scale has no criterion of change."""
    rows = frame.drop_nulls().sort("months").group_by("treatment", maintain_order=True)
    ends = rows.agg(first=pl.col("score").first(), last=pl.col("score").last(), n=pl.len()).filter(
        pl.col("n") > 1
    )
    outcomes = classify_change(instrument, scale, ends["first"].to_list(), ends["last"].to_list()).to_list()
    known = {
        patient: outcome
        for patient, outcome in zip(ends["treatment"], outcomes, strict=True)
        if outcome is not None
    }
    if not known:
        return {}
    better = (Outcome.IMPROVED, Outcome.RECOVERED)
    return {
        WORSE: {patient: outcome is Outcome.DETERIORATED for patient, outcome in known.items()},
        NO_BETTER: {patient: outcome not in better for patient, outcome in known.items()},
    }
