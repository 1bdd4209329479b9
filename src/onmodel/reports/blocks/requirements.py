"""Requirements: is each met, and how is that known."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.packs.standards import Limit, Standard
from onmodel.reports.document import Basis, Block, Cell, Figure, Status, Table
from onmodel.reports.period import Period, words
from onmodel.reports.units import bound_in_words, unit_in_words, why_in_words
from onmodel.requirements.standing import Known, Standing, State
from onmodel.wording.numbers import date_written


def requirements_table(period: Period) -> list[Block]:
    """Each with what was found, the bound it is held to, and how it is known."""
    rows = tuple(_row(period, standing) for standing in period.standings)
    columns = (_("Requirement"), _("Met?"), _("Known by"), _("Found"), _("Bound"), _("Remark"))
    return [
        Table(
            title=_("Each requirement and recommendation on %(day)s") % {"day": date_written(period.end)},
            columns=columns,
            rows=rows,
            empty=_("The pack has no requirements."),
        ),
    ]


def count_by_state(period: Period, state: State) -> Figure:
    """How many standards are in a state, of all of them."""
    basis = Basis(
        rule=_("standards of pack %(pack)s") % {"pack": period.programme.pack},
        version=period.programme.definitions.version,
        data=_("requirements and recommendations as of %(day)s") % {"day": date_written(period.end)},
    )
    count = sum(standing.state is state for standing in period.standings)
    return Figure(value=count, n=len(period.standings), basis=basis)


def _row(period: Period, standing: Standing) -> tuple[Cell, ...]:
    standard = standing.standard
    name = f"{standard.number}. {words(standard.text)}" if standard.number else words(standard.text)
    return (
        name,
        Status(standing.state.value),
        Status(standing.known.value),
        _found(period, standing),
        bound_in_words(standing.limit) if standing.limit and standing.known is not Known.ATTESTED else "",
        _remark(standing),
    )


def _found(period: Period, standing: Standing) -> Cell:
    """The value where it is one; for several subjects, the one furthest outside or the median of all."""
    known = [found for found in standing.found if found.value is not None]
    if not known:
        return None
    limit = standing.limit
    worst = max(standing.failing or known, key=lambda found: _distance(found.value, limit))
    return Figure(
        value=worst.value,
        unit=unit_in_words(limit.unit, worst.value) if limit else "",
        decimals=0 if worst.value == round(worst.value) else 1,
        n=worst.n,
        basis=basis_of(period, standing.standard, limit),
    )


def _distance(value: float, limit: Limit | None) -> float:
    """How far outside the bounds, or how near to one from inside (then below 0)."""
    bounds = []
    if limit and limit.at_least is not None:
        bounds.append(limit.at_least - value)
    if limit and limit.at_most is not None:
        bounds.append(value - limit.at_most)
    return max(bounds, default=0.0)


def _remark(standing: Standing) -> str:
    parts = []
    if standing.known is Known.COMPUTED and len(standing.found) > 1:
        sizes = {"failing": len(standing.failing), "all": len(standing.found)}
        if standing.failing:
            parts.append(
                _("%(failing)s of %(all)s outside the bound; the one furthest out is shown.") % sizes
            )
        else:
            parts.append(_("All %(all)s within the bound; the one nearest to it is shown.") % sizes)
    if standing.overridden:
        parts.append(_("Bound set by the programme: %(source)s.") % {"source": standing.limit.source})
    if standing.attestation is not None and standing.known is Known.ATTESTED:
        said = {
            "name": standing.attestation.attested_by.name,
            "day": date_written(standing.attestation.attested_on),
            "evidence": standing.attestation.evidence,
        }
        parts.append(_("%(name)s, %(day)s: %(evidence)s") % said)
    if standing.state is State.UNKNOWN and standing.why is not None:
        parts.append(why_in_words(standing.why))
    return " ".join(parts)


def basis_of(period: Period, standard: Standard, limit: Limit | None) -> Basis:
    files = period.programme.definitions.standards.values()
    version = next((file.version for file in files if standard in file.standards), "")
    data = _("measure %(measure)s as of %(day)s") % {
        "measure": standard.measure,
        "day": date_written(period.end),
    }
    rule = _("requirement %(number)s, %(id)s") % {"number": standard.number or "–", "id": standard.id}
    return Basis(rule=f"{rule} ({limit.source})" if limit else rule, version=version, data=data)
