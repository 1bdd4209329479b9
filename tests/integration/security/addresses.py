"""Every address of the site, filled in with the objects of the estate."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

from django.urls import URLPattern, get_resolver, reverse

from onmodel.agreements.models import Arrangement, ContractFile
from onmodel.programmes.events import ProgrammeEvent
from onmodel.requirements.models import EvidenceFile
from onmodel.staffing.models import Absence

#: What may stand in an address apart from objects.
WORDS = {
    "standard": ["req_05_team_size"],
    "purpose": ["research"],
    "kind": ["json", "html", "pdf"],
    "provider_id": ["institution"],
    "language": ["en"],
    "message": ["reminder"],
    "channel": ["mail"],
    "schedule": ["minimal_set"],
    "which": ["fast-0"],
    "step": ["phase", "agree"],
    "stretch": ["part"],
    "thing": ["incident"],
    "plan_kind": ["signal_plan"],
    "task": ["population"],
    "assessment_part": ["risk"],
    "check": ["contract"],
    "what": ["absence", "vacancy", "time", "places"],
    "checklist": ["programme_requirements"],
    "review_kind": ["team"],
    "side": ["supervisor", "manager"],
    "pir_section": ["brief"],
}


@dataclass(frozen=True)
class Address:
    """An address, the name of its pattern, and the case or place whose object it names."""

    url: str
    name: str
    case: str = ""
    place: str = ""


def patterns() -> Iterator[tuple[str, URLPattern]]:
    """(route without its parameters' kinds, pattern) of the whole site."""

    def walk(found, before: str = "") -> Iterator[tuple[str, URLPattern]]:
        for pattern in found:
            route = before + str(pattern.pattern).lstrip("^")
            if isinstance(pattern, URLPattern):
                yield route, pattern
            else:
                yield from walk(pattern.url_patterns, route)

    yield from walk(get_resolver().url_patterns)


def all_addresses(cast: SimpleNamespace) -> list[Address]:
    """Each pattern with each object of each case and place. Fails for one that nobody told how to fill."""
    cases = cast.cases.values()
    words = WORDS | {
        "form_pk": [case.form.pk for case in cases],
        "contact": [case.contact.pk for case in cases],
        "plan_pk": [case.plan.pk for case in cases],
        "review_pk": [case.review.pk for case in cases],
        "decision": [case.review.decisions.get().pk for case in cases],
        "row": [case.part.pk for case in cases] + [case.incident.pk for case in cases],
        "group": [999_999],
        "letter_pk": [case.letter.pk for case in cases],
        "person": [cast.therapist.pk],
        "kept_pk": list(Absence.objects.values_list("pk", flat=True)),
        "contract_pk": list(ContractFile.objects.values_list("pk", flat=True)),
        "file_pk": list(EvidenceFile.objects.values_list("pk", flat=True)),
        "event_pk": list(ProgrammeEvent.objects.values_list("pk", flat=True)),
        "arrangement": list(Arrangement.objects.values_list("pk", flat=True)),
        "team": [cast.team.pk],
        "note": [case.objects["ratings"][0].notes.get().pk for case in cases],
        "recommendation": [place.pir.recommendations.get().pk for place in cast.places.values()],
        "question": [place.pir.questions.get().pk for place in cast.places.values()],
        "goal_pk": [case.goal.pk for case in cases],
        "action_pk": [signal.actions.first().pk for case in cases for signal in case.objects["signals"][:1]],
    }
    found = []
    for route, pattern in patterns():
        parameters = re.findall(r"<(?:\w+:)?(\w+)>", route)
        if not parameters:
            found.append(Address(reverse(pattern.name), pattern.name))
            continue
        for owner, of, first in objects(cast, route):
            others = [words[name] for name in parameters[1:]] if first else [words[n] for n in parameters]
            for rest in itertools.product(*others):
                arguments = [first, *rest] if first else list(rest)
                found.append(Address(reverse(pattern.name, args=arguments), pattern.name, **{of: owner}))
    return found


def objects(cast: SimpleNamespace, route: str) -> Iterator[tuple[str, str, object]]:
    """(owner, "case" or "place", what stands first in the address) for the first part of a route."""
    part = "my/forms" if route.startswith("my/forms/") else route.partition("/")[0]
    if part == "programmes":
        yield from ((name, "place", place.programme.slug) for name, place in cast.places.items())
    elif part == "organisations":
        yield from (
            (name, "place", place.programme.organisation.slug)
            for name, place in cast.places.items()
            if name != "sibling"
        )
    elif part == "imports":
        yield from ((name, "place", run.pk) for name, place in cast.places.items() for run in place.runs)
    elif part == "released":
        yield from ((name, "place", place.released.pk) for name, place in cast.places.items())
    elif part in ("criteria", "improvements", "consensus"):
        yield from (
            (name, "place", thing.pk)
            for name, place in cast.places.items()
            for thing in place.objects.get(part, [])
        )
    elif part == "pirs":
        yield from ((name, "place", place.pir.pk) for name, place in cast.places.items())
    elif part == "account":
        yield "", "place", 1
    elif part == "no-reminders":
        yield "", "place", f"{'0' * 32}:signed-by-nobody"
    elif part in ("sign-in", "my"):
        yield "", "place", None
    else:
        yield from (
            (name, "case", thing.pk)
            for name, case in cast.cases.items()
            for thing in case.objects.get(part, [])
        )
