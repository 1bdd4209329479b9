"""The blocks of a report, by the name that a pack's template uses."""

from __future__ import annotations

from collections.abc import Callable

from onmodel.reports.blocks import adherence, cases, following, indicators, integrity, outcome, requirements
from onmodel.reports.document import Block
from onmodel.reports.period import Period

BLOCKS: dict[str, Callable[[Period], list[Block]]] = {
    block.__name__: block
    for block in (
        requirements.requirements_table,
        integrity.integrity_table,
        indicators.indicator_table,
        indicators.open_signals,
        cases.case_flow,
        cases.ends,
        cases.duration,
        adherence.adherence_table,
        adherence.team_items,
        outcome.outcome_courses,
        outcome.outcome_change,
        outcome.incidents,
        following.suggestions,
        following.promises,
        following.missing_data,
    )
}
