"""Which of a few described cases a programme is most like, counted over what is known of both.

Simple matching: of the statements that are known for both, the share on which they agree (Sokal and
Michener 1958; Gower's coefficient of 1971 for symmetric yes/no variables with missing values). A share of
agreement among a handful of cases is no probability of anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: With fewer statements known for both, no share is given. Ours.
FEWEST = 3


@dataclass(frozen=True, kw_only=True)
class Case:
    """A described case: statement -> whether it was so there; what is not told of is left out."""

    id: str
    outcome: str
    known: Mapping[str, bool]


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """How far a case is like what was asked about: on which statements they agree, on which they differ."""

    case: Case
    agree: tuple[str, ...]
    differ: tuple[str, ...]
    fewest: int = FEWEST

    @property
    def n(self) -> int:
        """The number of statements known for both."""
        return len(self.agree) + len(self.differ)

    @property
    def share(self) -> float | None:
        """Agreeing of known for both, 0 to 1; None where fewer than `fewest` are known for both."""
        return len(self.agree) / self.n if self.n >= max(self.fewest, 1) else None


def resemblance(known: Mapping[str, bool], case: Case, fewest: int = FEWEST) -> Resemblance:
    """Agreement and difference with one case, in the order of `known`.

    >>> case = Case(id="a", outcome="failure", known={"support": False, "leader": True, "plan": False})
    >>> found = resemblance({"support": False, "leader": False, "plan": False}, case)
    >>> found.agree, found.differ, round(found.share, 2)
    (('support', 'plan'), ('leader',), 0.67)
    """
    both = [name for name in known if name in case.known]
    return Resemblance(
        case=case,
        agree=tuple(name for name in both if known[name] == case.known[name]),
        differ=tuple(name for name in both if known[name] != case.known[name]),
        fewest=fewest,
    )


def ranked(known: Mapping[str, bool], cases: Sequence[Case], fewest: int = FEWEST) -> list[Resemblance]:
    """All cases, most alike first; those with too little in common last, in the order given.

    Equal shares stand in the order of how many statements they rest on, most first.

    >>> a = Case(id="a", outcome="failure", known={"x": True, "y": True, "z": True})
    >>> b = Case(id="b", outcome="success", known={"x": False, "y": True, "z": True})
    >>> [one.case.id for one in ranked({"x": False, "y": True, "z": True}, [a, b])]
    ['b', 'a']
    """
    found = [resemblance(known, case, fewest) for case in cases]
    return sorted(found, key=lambda one: (one.share is None, -(one.share or 0.0), -one.n))


def nearest(known: Mapping[str, bool], cases: Sequence[Case], fewest: int = FEWEST) -> list[Resemblance]:
    """The case with the highest share, or the several that share it; empty where none can be compared.

    >>> a = Case(id="a", outcome="failure", known={"x": True})
    >>> nearest({"x": True}, [a])
    []
    """
    comparable = [one for one in ranked(known, cases, fewest) if one.share is not None]
    return [one for one in comparable if one.share == comparable[0].share]


def leave_one_out(cases: Sequence[Case], fewest: int = FEWEST) -> list[tuple[Case, list[Resemblance]]]:
    """Each case with those of the others that are nearest to it.

    >>> a = Case(id="a", outcome="failure", known={"x": True, "y": True, "z": True})
    >>> [(case.id, others) for case, others in leave_one_out([a])]
    [('a', [])]
    """
    return [
        (case, nearest(case.known, [other for other in cases if other.id != case.id], fewest))
        for case in cases
    ]
